"""Displayed areas of presentation states (PS3.3 C.10.4, C.10.6)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import ROOT, make_image, to_file
from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.errors import BadRequest
from wado.image.layout import UPRIGHT, Orientation
from wado.image.region import Box
from wado.presentation.displayed_area import DisplayedArea, read_displayed_area
from wado.presentation.reference import FrameReference

IMAGE_UID = f"{ROOT}.3"
FIRST = FrameReference(IMAGE_UID, 1)
ROWS, COLUMNS = 30, 40
WHOLE = Box(0, 0, ROWS, COLUMNS)


def stored(**attributes: Any) -> StoredImage:
    content = np.zeros((ROWS, COLUMNS), np.uint8)
    source = BytesSource(to_file(make_image(content, **attributes)))
    return read_stored_image(read_stored_object(source), source)


def area_item(top_left: list[int], bottom_right: list[int], **attributes: Any) -> Dataset:
    """Corners as column and row, the first being 1."""
    item = Dataset()
    item.DisplayedAreaTopLeftHandCorner = top_left
    item.DisplayedAreaBottomRightHandCorner = bottom_right
    item.PresentationSizeMode = "SCALE TO FIT"
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def state_of(*areas: Dataset, **attributes: Any) -> Dataset:
    state = Dataset()
    if areas:
        state.DisplayedAreaSelectionSequence = list(areas)
    for keyword, value in attributes.items():
        setattr(state, keyword, value)
    return state


def read(*areas: Dataset, reference: FrameReference = FIRST, **attributes: Any) -> DisplayedArea:
    return read_displayed_area(state_of(*areas, **attributes), stored(), reference)


def about(*frame_numbers: int, uid: str = IMAGE_UID) -> list[Dataset]:
    image = Dataset()
    image.ReferencedSOPInstanceUID = uid
    if frame_numbers:
        image.ReferencedFrameNumber = list(frame_numbers)
    return [image]


def test_corners_count_from_1_and_are_both_within() -> None:
    assert read(area_item([1, 1], [COLUMNS, ROWS])).specified == WHOLE
    assert read(area_item([3, 2], [3, 2])).specified == Box(1, 2, 2, 3)


def test_a_state_without_areas_shows_the_whole_frame() -> None:
    assert read() == DisplayedArea(WHOLE, WHOLE, UPRIGHT, Fraction(1))


def test_corners_may_lie_outside() -> None:
    area = read(area_item([-9, 0], [50, 20]))
    assert area.specified == area.shown == Box(-1, -10, 20, 50)


@pytest.mark.parametrize(
    ("top_left", "bottom_right"),
    [([5, 7], [20, 10]), ([5, 10], [20, 7]), ([20, 10], [5, 7]), ([20, 7], [5, 10])],
    ids=["0 degrees", "90 degrees", "180 degrees", "270 degrees"],
)
def test_which_corner_is_which_depends_on_the_turn_and_not_the_area(
    top_left: list[int], bottom_right: list[int]
) -> None:
    assert read(area_item(top_left, bottom_right)).specified == Box(6, 4, 10, 20)


@pytest.mark.parametrize("last", [[COLUMNS - 1, ROWS - 1], [COLUMNS, ROWS]])
def test_the_whole_frame_counted_from_0_is_the_whole_frame(last: list[int]) -> None:
    assert read(area_item([0, 0], last)).specified == WHOLE


def test_another_area_from_0_is_as_it_says() -> None:
    assert read(area_item([0, 0], [20, 10])).specified == Box(-1, -1, 10, 20)


@pytest.mark.parametrize("top_left", [[], [1], [1, 1, 1]])
def test_corners_that_are_none_are_refused(top_left: list[int]) -> None:
    with pytest.raises(BadRequest, match=r"Displayed Area Top Left Hand Corner \(0070,0052\)"):
        read(area_item(top_left, [4, 4]))


def test_an_area_without_a_pixel_of_the_frame_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"\(0070,005A\) selects an area that has no pixel"):
        read(area_item([COLUMNS + 1, 1], [COLUMNS + 9, 9]))


def test_each_image_and_frame_has_its_own_area() -> None:
    areas = [
        area_item([1, 1], [2, 2], ReferencedImageSequence=about(uid=f"{ROOT}.9")),
        area_item([1, 1], [4, 4], ReferencedImageSequence=about(2, 3)),
        area_item([1, 1], [6, 6], ReferencedImageSequence=about()),
    ]
    assert read(*areas).specified == Box(0, 0, 6, 6)
    assert read(*areas, reference=FrameReference(IMAGE_UID, 3)).specified == Box(0, 0, 4, 4)
    with pytest.raises(BadRequest, match="has no item for this image or frame"):
        read(*areas[:2])


@pytest.mark.parametrize(
    ("attributes", "orientation"),
    [
        ({}, UPRIGHT),
        ({"ImageRotation": 0, "ImageHorizontalFlip": "N"}, UPRIGHT),
        ({"ImageRotation": 90, "ImageHorizontalFlip": "Y"}, Orientation(1, is_flipped=True)),
        ({"ImageRotation": 270}, Orientation(3)),
    ],
)
def test_rotation_and_flip(attributes: dict[str, Any], orientation: Orientation) -> None:
    assert read(**attributes).orientation == orientation


@pytest.mark.parametrize("attributes", [{"ImageRotation": 45}, {"ImageRotation": 360}, {"ImageHorizontalFlip": "YES"}])
def test_other_rotations_and_flips_are_refused(attributes: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="Image"):
        read(**attributes)


@pytest.mark.parametrize(
    ("attributes", "aspect"),
    [
        ({"PresentationPixelSpacing": ["0.5", "0.25"]}, Fraction(2)),
        ({"PresentationPixelAspectRatio": ["1", "2"]}, Fraction(1, 2)),
        ({"PresentationPixelSpacing": ["3", "1"], "PresentationPixelAspectRatio": ["1", "1"]}, Fraction(3)),
        ({}, Fraction(4)),
    ],
)
def test_the_states_aspect_replaces_the_images(attributes: dict[str, Any], aspect: Fraction) -> None:
    state = state_of(area_item([1, 1], [4, 4], **attributes))
    assert read_displayed_area(state, stored(PixelSpacing=["4", "1"]), FIRST).pixel_aspect == aspect


@pytest.mark.parametrize("spacing", [["0", "1"], ["1"], ["-1", "1"], ["100", "1"]])
def test_impossible_pixels_are_refused(spacing: list[str]) -> None:
    with pytest.raises(BadRequest, match=r"Presentation Pixel Spacing \(0070,0101\)"):
        read(area_item([1, 1], [4, 4], PresentationPixelSpacing=spacing))


def test_magnification_keeps_the_digits_of_the_state() -> None:
    item = area_item([1, 1], [4, 4], PresentationSizeMode="MAGNIFY", PresentationPixelMagnificationRatio=1.5)
    assert read(item).magnification == Fraction(3, 2)
    item.PresentationSizeMode = "TRUE SIZE"
    assert read(item).magnification is None


@pytest.mark.parametrize(
    "attributes",
    [
        {"PresentationSizeMode": "MAGNIFY"},
        {"PresentationSizeMode": "MAGNIFY", "PresentationPixelMagnificationRatio": 0.0},
        {"PresentationSizeMode": "HUGE"},
        {"PixelOriginInterpretation": "SLIDE"},
    ],
)
def test_modes_that_cannot_be_followed_are_refused(attributes: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        read(area_item([1, 1], [4, 4], **attributes))


def test_of_an_area_in_the_total_pixel_matrix_a_frame_shows_its_part() -> None:
    """The third tile of 40 columns begins at column 81 of the matrix."""
    image = stored(TotalPixelMatrixColumns=120, TotalPixelMatrixRows=30, DimensionOrganizationType="TILED_FULL")
    state = state_of(area_item([61, 11], [100, 20], PixelOriginInterpretation="VOLUME"))
    area = read_displayed_area(state, image, FrameReference(IMAGE_UID, 3))
    assert (area.specified, area.shown) == (Box(10, -20, 20, 20), Box(10, 0, 20, 20))
    with pytest.raises(BadRequest, match="no pixel of this frame"):
        read_displayed_area(state, image, FrameReference(IMAGE_UID, 1))
