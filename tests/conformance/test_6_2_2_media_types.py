"""PS3.18-2011 6.2.2: the Accept field says which media types the client takes."""

from __future__ import annotations

import pytest

from tests.conformance.server import DICOM, JPEG, PNG, Server, assert_refused

ACCEPTED: dict[str, tuple[str | None, str | None, str]] = {
    "neither": (None, None, JPEG),
    "anything": (None, "*/*", JPEG),
    "any image": (None, "image/*", JPEG),
    "one": (None, "image/png", PNG),
    "another one": (None, "application/dicom", DICOM),
    "the preferred one is not to be had": (None, "text/html, image/png;q=0.5", PNG),
    "the default is allowed, though not preferred": (None, "image/png, image/jpeg;q=0.1", JPEG),
    "all but the default": (None, "image/jpeg;q=0, image/*", PNG),
    "what a browser sends for a page": (None, "text/html,application/xhtml+xml,*/*;q=0.8", JPEG),
    "contentType alone": ("image/png", None, PNG),
    "contentType within anything": ("image/png", "*/*", PNG),
    "contentType within a range": ("image/png", "image/*;q=0.1", PNG),
    "contentType, the second of which is accepted": ("image/png,image/jpeg", "image/jpeg", JPEG),
    "a malformed item": (None, "nonsense, image/png", PNG),
}


@pytest.mark.parametrize(("content_type", "accept", "expected"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_the_answer_is_of_a_type_that_is_accepted(
    server: Server, content_type: str | None, accept: str | None, expected: str
) -> None:
    answer = server.ask("squares", accept, contentType=content_type)
    assert (answer.status, answer.media_type) == (200, expected)


@pytest.mark.parametrize(
    ("content_type", "accept"),
    [(None, "text/html"), (None, "image/gif;q=0, image/bmp"), ("image/png", "image/jpeg"), ("image/png", "*/*;q=0")],
)
def test_nothing_that_is_accepted_is_406(server: Server, content_type: str | None, accept: str) -> None:
    assert_refused(server.ask("squares", accept, contentType=content_type), 406)
