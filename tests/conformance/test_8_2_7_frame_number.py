"""PS3.18-2011 8.2.7: frameNumber takes one frame out of several, counted from 1."""

from __future__ import annotations

import pytest

from tests.conformance.objects import FRAME_LEVELS
from tests.conformance.server import DICOM, JPEG, PNG, Server, assert_refused, picture_in

MULTI_FRAME = ("frames", "compressed frames")


@pytest.mark.parametrize(("frame_number", "level"), [*enumerate(FRAME_LEVELS, start=1)])
@pytest.mark.parametrize("name", MULTI_FRAME)
def test_the_picture_is_that_of_the_frame(server: Server, name: str, frame_number: int, level: int) -> None:
    picture = picture_in(server.ask(name, contentType=PNG, frameNumber=frame_number))
    assert (picture.min(), picture.max()) == (level, level)


@pytest.mark.parametrize("value", ["0", "4", "-1", "1.0", "1,2", "x", "99999999999999999999"])
@pytest.mark.parametrize("name", MULTI_FRAME)
def test_there_is_no_such_frame(server: Server, name: str, value: str) -> None:
    assert_refused(server.ask(name, contentType=JPEG, frameNumber=value), 400, "frameNumber")


@pytest.mark.parametrize("value", ["1", "2", "0"])
def test_it_is_ignored_for_a_single_frame(server: Server, value: str) -> None:
    plain = server.ask("squares", contentType=JPEG)
    assert server.ask("squares", contentType=JPEG, frameNumber=value).body == plain.body


def test_it_is_ignored_for_what_is_no_image(server: Server) -> None:
    assert server.ask("plan", frameNumber=1).status == 200


@pytest.mark.parametrize("name", ["squares", "frames"])
def test_it_is_refused_with_application_dicom(server: Server, name: str) -> None:
    assert_refused(server.ask(name, contentType=DICOM, frameNumber=1), 400, "frameNumber")
