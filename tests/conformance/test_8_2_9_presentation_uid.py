"""PS3.18-2011 8.2.9: presentationUID names the presentation state to apply; it is never ignored."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from tests.conformance.objects import ACTIVITY_LEVEL, ANATOMY_LEVEL, FRAME_LEVELS, SQUARES
from tests.conformance.server import DICOM, Server, assert_refused, picture_in, size_of
from tests.support.datasets import SQUARE
from tests.support.http_client import Answer

TURNED = np.fliplr(np.rot90(SQUARES, -1))
"""By 90 degrees clockwise, then flipped (PS3.3 C.10.6)."""

AREA = SQUARES[10:30, 10:50]
FITTING = ["fitting state", "true size state"]


def codes(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The grey levels in the middle of the squares, whose sides are so long."""
    return picture[side // 2 :: side, side // 2 :: side]


def test_the_presentation_state_is_applied(server: Server) -> None:
    picture = picture_in(server.show("inverting state", "squares")).astype(int)
    assert np.abs(picture - (255 - SQUARES.astype(int))).max() <= 1


def test_rotation_comes_before_the_flip(server: Server) -> None:
    np.testing.assert_array_equal(picture_in(server.show("turning state", "squares")), TURNED)


@pytest.mark.parametrize(
    ("region", "part"),
    [
        ("0,0,0.5,0.5", TURNED[:30, :20]),
        ("0.5,0,1,0.5", TURNED[:30, 20:]),
        ("0.25,0.5,0.75,1", TURNED[30:, 10:30]),
        ("0,0,1,1", TURNED),
    ],
)
def test_the_region_is_one_of_the_turned_image(server: Server, region: str, part: NDArray[np.uint8]) -> None:
    np.testing.assert_array_equal(picture_in(server.show("turning state", "squares", region=region)), part)


@pytest.mark.parametrize("state", FITTING)
def test_a_displayed_area_is_not_scaled_without_rows_and_columns(server: Server, state: str) -> None:
    np.testing.assert_array_equal(picture_in(server.show(state, "squares")), AREA)


@pytest.mark.parametrize("state", FITTING)
@pytest.mark.parametrize(
    ("size", "rows", "columns"),
    [
        ({"rows": 60}, 60, 120),
        ({"columns": 120}, 60, 120),
        ({"rows": 60, "columns": 1000}, 60, 120),
        ({"rows": 1000, "columns": 40}, 20, 40),
    ],
)
def test_a_displayed_area_is_scaled_into_rows_and_columns(
    server: Server, state: str, size: dict[str, int], rows: int, columns: int
) -> None:
    picture = picture_in(server.show(state, "squares", **size))
    assert picture.shape == (rows, columns)
    np.testing.assert_array_equal(codes(picture, SQUARE * rows // 20), codes(AREA, SQUARE))


@pytest.mark.parametrize("state", FITTING)
def test_rows_hold_for_the_region_of_a_displayed_area(server: Server, state: str) -> None:
    picture = picture_in(server.show(state, "squares", region="0.5,0,1,1", rows=40))
    assert picture.shape == (40, 40)
    np.testing.assert_array_equal(codes(picture, 2 * SQUARE), codes(AREA[:, 20:], SQUARE))


@pytest.mark.parametrize(
    ("size", "rows", "columns"), [({}, 40, 80), ({"rows": 20, "columns": 40}, 20, 40), ({"rows": 100}, 40, 80)]
)
def test_a_magnified_area_is_cropped_to_rows_and_columns(
    server: Server, size: dict[str, int], rows: int, columns: int
) -> None:
    """About its middle, where the standard does not say."""
    whole = picture_in(server.show("magnifying state", "squares"))
    np.testing.assert_array_equal(codes(whole, 2 * SQUARE), codes(AREA, SQUARE))
    top, left = (40 - rows) // 2, (80 - columns) // 2
    picture = picture_in(server.show("magnifying state", "squares", **size))
    np.testing.assert_array_equal(picture, whole[top : top + rows, left : left + columns])


def test_the_region_of_a_magnified_area_is_not_scaled(server: Server) -> None:
    whole = picture_in(server.show("magnifying state", "squares"))
    part = picture_in(server.show("magnifying state", "squares", region="0,0.5,0.5,1"))
    np.testing.assert_array_equal(part, whole[20:, :40])


@pytest.mark.parametrize("state", [*FITTING, "turning state", "magnifying state"])
def test_the_region_of_everything_changes_nothing(server: Server, state: str) -> None:
    whole = picture_in(server.show(state, "squares", rows=30))
    np.testing.assert_array_equal(picture_in(server.show(state, "squares", rows=30, region="0,0,1,1")), whole)


def test_the_annotation_tells_directions_as_they_are_seen(server: Server) -> None:
    """The turned image, and another that is stored like that, have the same letters at the same edges."""
    shown = picture_in(server.show("turning state of an oriented image", "transverse", annotation="technique"))
    plain = picture_in(server.ask("turned transverse", contentType="image/png", annotation="technique"))
    np.testing.assert_array_equal(shown, plain)
    assert (shown != picture_in(server.ask("transverse", contentType="image/png", annotation="technique"))).any()


def animation_levels(answer: Answer) -> list[int]:
    assert (answer.status, answer.media_type) == (200, "image/gif"), answer
    with Image.open(io.BytesIO(answer.body)) as animation:
        return [int(np.asarray(frame.convert("L"))[12, 16]) for frame in ImageSequence.Iterator(animation)]


def video_levels(answer: Answer) -> list[int]:
    assert (answer.status, answer.media_type) == (200, "video/mp4"), answer
    with av.open(io.BytesIO(answer.body), "r") as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    return [int(frame[12, 16]) for frame in frames]


WINDOWED = [FRAME_LEVELS[0], FRAME_LEVELS[1] - 20, FRAME_LEVELS[2]]


def test_each_frame_of_an_animation_has_its_window(server: Server) -> None:
    assert animation_levels(server.show("windows of frames", "frames", contentType="image/gif")) == WINDOWED


def test_each_frame_of_a_video_has_its_window(server: Server) -> None:
    shown = video_levels(server.show("windows of frames", "frames", contentType="video/mp4"))
    assert len(shown) == 3
    assert np.abs(np.subtract(shown, WINDOWED)).max() <= 2


@pytest.mark.parametrize("frame_number", [1, 2, 3])
def test_each_frame_has_its_window(server: Server, frame_number: int) -> None:
    picture = picture_in(server.show("windows of frames", "frames", frameNumber=frame_number))
    assert (picture == WINDOWED[frame_number - 1]).all()


def test_an_animation_has_the_frames_that_the_state_references(server: Server) -> None:
    answer = server.show("state of two frames", "frames", contentType="image/gif")
    assert animation_levels(answer) == [FRAME_LEVELS[0], FRAME_LEVELS[2]]
    assert "does not reference" in answer.headers["warning"]


def test_a_frame_that_the_state_does_not_reference_is_refused(server: Server) -> None:
    assert_refused(server.show("state of two frames", "frames", frameNumber=2), 400, "presentationUID")
    assert size_of(server.show("state of two frames", "frames", frameNumber=3)) == (24, 32)


def test_a_colour_image_is_turned(server: Server) -> None:
    plain = picture_in(server.ask("color", contentType="image/png"))
    np.testing.assert_array_equal(picture_in(server.show("colour state", "color")), plain[::-1, ::-1])


def test_grey_levels_become_colours(server: Server) -> None:
    picture = picture_in(server.show("pseudo-color state", "squares"))
    expected = np.stack([SQUARES, 255 - SQUARES, np.zeros_like(SQUARES)], -1)
    np.testing.assert_array_equal(picture, expected)


def test_images_are_blended(server: Server) -> None:
    """Half of the grey, and half of the other in red: by hand."""
    picture = picture_in(server.show("blending state", "anatomy"))
    red = (ANATOMY_LEVEL + ACTIVITY_LEVEL) // 2
    assert np.abs(picture.astype(int) - [red, ANATOMY_LEVEL // 2, ANATOMY_LEVEL // 2]).max() <= 1


def test_an_image_to_blend_that_is_not_there_is_not_found(server: Server) -> None:
    assert_refused(server.show("blending state that lacks an image", "anatomy"), 404, "presentationUID")


def test_text_is_that_of_the_states_own_character_set(server: Server) -> None:
    greek, utf_8 = (picture_in(server.show(state, "squares", rows=400)) for state in ("Greek state", "UTF-8 state"))
    np.testing.assert_array_equal(greek, utf_8)
    different = greek != picture_in(server.ask("squares", contentType="image/png", rows=400))
    assert different[:200].any() and not different[300:].any()


def test_one_that_does_not_exist_is_not_found(server: Server) -> None:
    assert_refused(server.show("inverting state", "squares", presentationUID="1.2.3"), 404, "presentationUID")


def test_one_of_another_study_is_not_found(server: Server) -> None:
    assert_refused(server.show("inverting state", "color"), 404, "presentationUID")


@pytest.mark.parametrize("value", ["x", "1.2.*", "1..2"])
def test_what_is_no_uid_is_refused(server: Server, value: str) -> None:
    assert_refused(server.show("inverting state", "squares", presentationUID=value), 400, "presentationUID")


@pytest.mark.parametrize("image", ["squares", "frames"])
def test_it_is_refused_with_application_dicom(server: Server, image: str) -> None:
    state = {"squares": "inverting state", "frames": "windows of frames"}[image]
    assert_refused(server.show(state, image, contentType=DICOM), 400, "presentationUID")


def test_it_is_refused_with_a_window(server: Server) -> None:
    answer = server.show("inverting state", "squares", windowCenter=128, windowWidth=256)
    assert_refused(answer, 400)
    assert "presentationUID" in answer.text or "windowCenter" in answer.text


def test_one_of_another_image_of_the_study_is_refused(server: Server) -> None:
    assert_refused(server.show("blending state that lacks an image", "activity"), 400, "presentationUID")


def test_an_image_that_is_superimposed_is_refused(server: Server) -> None:
    """The picture would be that of the other image."""
    assert_refused(server.show("blending state", "activity"), 400, "presentationUID")


@pytest.mark.parametrize("state", ["volume rendering state", "unsound state"])
def test_one_that_cannot_be_applied_is_refused(server: Server, state: str) -> None:
    assert_refused(server.show(state, "squares"), 400, "presentationUID")


def test_what_is_no_presentation_state_is_refused(server: Server) -> None:
    uids = server.uids["squares"]
    answer = server.show(
        "inverting state", "squares", presentationUID=uids["objectUID"], presentationSeriesUID=uids["seriesUID"]
    )
    assert_refused(answer, 400, "presentationUID")
