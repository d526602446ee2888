"""PS3.18-2011 7.2: multi-frame image objects."""

from __future__ import annotations

import pytest

from tests.conformance.server import DICOM, REFUSED, Server, assert_refused, dataset_in

MULTI_FRAME = ("frames", "compressed frames")


@pytest.mark.parametrize("content_type", [None, DICOM, "*/*"])
@pytest.mark.parametrize("name", MULTI_FRAME)
def test_the_whole_object_is_the_default(server: Server, name: str, content_type: str | None) -> None:
    dataset = dataset_in(server.ask(name, contentType=content_type))
    assert dataset.NumberOfFrames == 3


@pytest.mark.parametrize("media_type", ["video/mpeg", "image/gif", "video/mp4"])
@pytest.mark.parametrize("name", MULTI_FRAME)
def test_a_type_that_should_be_served_is_served_or_refused(server: Server, name: str, media_type: str) -> None:
    answer = server.ask(name, contentType=media_type)
    if answer.status in REFUSED:
        assert_refused(answer, 406)
    else:
        assert (answer.status, answer.media_type) == (200, media_type)


def test_text_is_406(server: Server) -> None:
    assert_refused(server.ask("frames", contentType="text/plain"), 406)
