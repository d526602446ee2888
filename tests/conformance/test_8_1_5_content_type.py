"""PS3.18-2011 8.1.5: contentType is a list of media types as in RFC 2616, with degrees of preference."""

from __future__ import annotations

import pytest

from tests.conformance.server import JPEG, Server, assert_refused

MALFORMED = ("image", "image/", "/jpeg", "image/jpeg/x", "image/jpeg;q=2", "image/jpeg;q=x", "*/jpeg", "i mage/\u00e9")


@pytest.mark.parametrize("value", MALFORMED)
def test_what_is_no_list_of_media_types_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("squares", contentType=value), 400, "contentType")


@pytest.mark.parametrize("value", ["image/jpeg", "image/jpeg;q=0.001", "image/jpeg; level=1", ",image/jpeg,"])
def test_what_is_one_is_taken(server: Server, value: str) -> None:
    assert server.ask("squares", contentType=value).media_type == JPEG


def test_the_example_of_the_standard_is_understood(server: Server) -> None:
    """Annex B.3."""
    answer = server.ask("squares", contentType="image/jp2;level=1,image/jpeg;q=0.5")
    assert answer.media_type in ("image/jp2", JPEG)


def test_an_empty_value_is_an_absent_one(server: Server) -> None:
    assert server.ask("squares", contentType="").media_type == JPEG
