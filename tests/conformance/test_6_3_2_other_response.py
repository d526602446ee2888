"""PS3.18-2011 6.3.2: any other answer is one part, of a type that contentType names and Accept allows."""

from __future__ import annotations

import pytest

from tests.conformance.server import JPEG, PNG, Server, assert_refused, picture_in

LISTS: dict[str, tuple[str, str]] = {
    "the first of equals": ("image/png,image/jpeg", PNG),
    "the most desired": ("image/png;q=0.5,image/jpeg;q=0.9", JPEG),
    "the most desired of those there are": ("image/x-unknown,image/jpeg;q=0.1", JPEG),
    "one with a parameter": ("image/x-unknown;level=1,image/png;q=0.5", PNG),
    "anything of a kind": ("image/*", JPEG),
    "none that is refused": ("image/jpeg;q=0,image/png;q=0.1", PNG),
    "capitals": ("Image/PNG", PNG),
    "spaces": (" image/png ; q=1 , image/jpeg;q=0.5", PNG),
}


@pytest.mark.parametrize(("content_type", "expected"), LISTS.values(), ids=LISTS.keys())
def test_the_most_desired_type_is_sent(server: Server, content_type: str, expected: str) -> None:
    answer = server.ask("squares", contentType=content_type)
    assert (answer.status, answer.media_type) == (200, expected)


@pytest.mark.parametrize("media_type", [JPEG, PNG])
def test_the_bytes_are_of_the_type_that_is_said(server: Server, media_type: str) -> None:
    answer = server.ask("squares", contentType=media_type)
    assert answer.headers["content-type"] == media_type
    assert picture_in(answer).shape == (40, 60)


@pytest.mark.parametrize("content_type", ["image/x-unknown", "text/html", "video/mpeg", "application/json,a/b"])
def test_a_type_that_cannot_be_served_is_406(server: Server, content_type: str) -> None:
    assert_refused(server.ask("squares", contentType=content_type), 406)


def test_the_answer_is_no_multipart(server: Server) -> None:
    assert not server.ask("frames", contentType="image/png").media_type.startswith("multipart/")
