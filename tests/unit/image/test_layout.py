"""Where a frame is in the picture: turned, flipped, cropped, sized (PS3.3 C.10.4, C.10.6; PS3.4 N.2)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.images import assert_equal
from wado.image.layout import Layout, Orientation, fit_into
from wado.image.region import Box
from wado.image.resize import PixelByPixel

FRAME = np.arange(1, 7, dtype=np.uint8).reshape(2, 3)
ROWS, COLUMNS = FRAME.shape
WHOLE = Box(0, 0, ROWS, COLUMNS)
ORIENTATIONS = [Orientation(turns, is_flipped) for turns in range(4) for is_flipped in (False, True)]

TURNED = {
    Orientation(0): [[1, 2, 3], [4, 5, 6]],
    Orientation(1): [[4, 1], [5, 2], [6, 3]],
    Orientation(2): [[6, 5, 4], [3, 2, 1]],
    Orientation(3): [[3, 6], [2, 5], [1, 4]],
    Orientation(0, is_flipped=True): [[3, 2, 1], [6, 5, 4]],
    Orientation(1, is_flipped=True): [[1, 4], [2, 5], [3, 6]],
    Orientation(2, is_flipped=True): [[4, 5, 6], [1, 2, 3]],
    Orientation(3, is_flipped=True): [[6, 3], [5, 2], [4, 1]],
}
"""Drawn by hand: clockwise first, then left for right."""


def layout_of(box: Box, orientation: Orientation) -> Layout:
    return Layout(box, *orientation.size(box.rows, box.columns), orientation)


def place(layout: Layout, column: float, row: float) -> tuple[float, float]:
    (found,) = layout.to_picture.apply(np.array([[column, row]])).round(9).tolist()
    return tuple(found)


def displayed_corners(layout: Layout) -> list[list[float]]:
    found = layout.displayed_to_picture.apply(np.array([[0.0, 0.0], [1.0, 1.0]]))
    rounded: list[list[float]] = found.round(9).tolist()
    return rounded


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_turned_clockwise_then_flipped(orientation: Orientation) -> None:
    assert_equal(layout_of(WHOLE, orientation).draw(FRAME), np.array(TURNED[orientation], np.uint8))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_colours_turn_as_grey_levels_do(orientation: Orientation) -> None:
    colours = np.stack([FRAME, FRAME + 50, FRAME + 100], axis=-1)
    grey = layout_of(WHOLE, orientation).draw(FRAME)
    assert_equal(layout_of(WHOLE, orientation).draw(colours), np.stack([grey, grey + 50, grey + 100], axis=-1))


def test_turned_four_times_is_not_turned() -> None:
    picture = FRAME
    for _ in range(4):
        picture = Orientation(1).turn(picture)
    assert_equal(picture, FRAME)


def test_flipped_twice_is_not_flipped() -> None:
    flip = Orientation(0, is_flipped=True)
    assert_equal(flip.turn(flip.turn(FRAME)), FRAME)


def test_a_frame_as_it_is_is_not_copied() -> None:
    picture = Layout(WHOLE, ROWS, COLUMNS).draw(FRAME)
    assert picture.base is FRAME or picture is FRAME or np.shares_memory(picture, FRAME)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_pixel_is_where_the_affine_says(orientation: Orientation) -> None:
    layout = layout_of(Box(-1, 1, 2, 5), orientation)
    picture = layout.draw(FRAME)
    for row, column in np.ndindex(FRAME.shape):
        shown_column, shown_row = place(layout, column + 0.5, row + 0.5)
        if 0 <= shown_column < layout.columns and 0 <= shown_row < layout.rows:
            assert picture[int(shown_row), int(shown_column)] == FRAME[row, column]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("part", [Box(0, 0, 1, 1), Box(0, 1, 2, 2), Box(1, 0, 2, 2)])
def test_a_box_turned_back_is_what_the_turned_picture_has_there(orientation: Orientation, part: Box) -> None:
    back = orientation.turned_back(part, ROWS, COLUMNS)
    assert_equal(orientation.turn(back.crop(FRAME)), part.crop(orientation.turn(FRAME)))


def test_beyond_the_frame_it_is_black() -> None:
    expected = np.array([[0, 0, 0], [2, 3, 0], [5, 6, 0], [0, 0, 0]], np.uint8)
    assert_equal(Layout(Box(-1, 1, 3, 4), 4, 3).draw(FRAME), expected)
    colours = np.repeat(FRAME[..., None], 3, axis=-1)
    assert_equal(Layout(Box(-1, 1, 3, 4), 4, 3).draw(colours), np.repeat(expected[..., None], 3, axis=-1))


def test_a_box_that_does_not_touch_the_frame_is_black() -> None:
    assert_equal(Layout(Box(10, 10, 12, 11), 2, 1).draw(FRAME), np.zeros((2, 1), np.uint8))


def marked(row: int, column: int) -> NDArray[np.uint8]:
    frame = np.zeros((12, 16), np.uint8)
    frame[row, column] = 255
    return frame


def centre(picture: NDArray[np.uint8]) -> tuple[float, float]:
    """Column and row that the light of a picture is gathered around."""
    weights = picture.astype(float) / picture.sum(dtype=float)
    rows, columns = np.indices(picture.shape)
    return float((weights * (columns + 0.5)).sum()), float((weights * (rows + 0.5)).sum())


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("window", [None, (1.25, 0.5, 6.5, 7.75)])
@pytest.mark.parametrize("spot", [Box(12, 6, 60, 54), None])
def test_an_enlarged_pixel_is_where_the_affine_says(
    orientation: Orientation, window: tuple[float, float, float, float] | None, spot: Box | None
) -> None:
    layout = Layout(Box(1, 2, 10, 11), 80, 90, orientation, window, spot)
    shown = centre(layout.draw(marked(5, 6)))
    assert shown == pytest.approx(place(layout, 6.5, 5.5), abs=0.15)


def test_the_displayed_area_is_the_box_where_there_is_no_other() -> None:
    assert displayed_corners(Layout(Box(1, 1, 5, 9), 40, 80)) == [[0, 0], [80, 40]]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_graphics_relative_to_the_display_begin_at_the_turned_areas_top_left(orientation: Orientation) -> None:
    layout = layout_of(Box(-4, 2, 6, 8), orientation)
    assert displayed_corners(layout) == [[0, 0], [layout.columns, layout.rows]]


def test_graphics_relative_to_the_display_stay_with_the_area_when_a_part_of_it_is_shown() -> None:
    layout = replace(Layout(Box(10, 20, 30, 40), 40, 40), displayed=Box(0, 0, 100, 200))
    assert displayed_corners(layout) == [[-40, -20], [360, 180]]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_part_of_a_turned_area_lies_in_it_as_its_pixels_do(orientation: Orientation) -> None:
    """The region's left half: of the area, 0 to 0.5 is in the picture whatever the turn."""
    area = Box(0, 0, 40, 60)
    rows, columns = orientation.size(area.rows, area.columns)
    part = orientation.turned_back(Box(0, 0, rows, columns // 2), area.rows, area.columns)
    layout = Layout(part, rows, columns // 2, orientation, displayed=area)
    assert displayed_corners(layout) == [[0, 0], [columns, rows]]


def test_a_layout_of_the_right_size_is_left_alone() -> None:
    layout = Layout(WHOLE, 20, 30)
    assert fit_into(layout, 20, 30) is layout


def test_another_size_is_fitted_in_the_middle_of_black() -> None:
    fitted = fit_into(Layout(WHOLE, ROWS, COLUMNS), 6, 3)
    assert (fitted.rows, fitted.columns, fitted.place) == (6, 3, Box(2, 0, 4, 3))
    expected = np.zeros((6, 3), np.uint8)
    expected[2:4] = FRAME
    assert_equal(fitted.draw(FRAME), expected)
    assert place(fitted, 0, 0) == (0, 2)
    assert displayed_corners(fitted) == [[0, 2], [3, 4]]


def test_a_narrow_picture_is_fitted_in_the_middle_of_a_wide_one() -> None:
    fitted = fit_into(Layout(WHOLE, 20, 10), 10, 25)
    assert fitted.place == Box(0, 10, 10, 15)


@pytest.mark.parametrize(
    "layout",
    [
        Layout(WHOLE, ROWS, 4),
        Layout(Box(0, 1, ROWS, COLUMNS + 1), ROWS, COLUMNS),
        Layout(WHOLE, ROWS, COLUMNS, Orientation(2)),
        Layout(WHOLE, ROWS, COLUMNS, window=(0, 0, 1, 1)),
        Layout(WHOLE, ROWS, COLUMNS, place=Box(0, 0, 1, 1)),
    ],
)
def test_only_a_frame_that_is_left_as_it_is_is_the_frame(layout: Layout) -> None:
    assert not layout.is_frame(ROWS, COLUMNS)
    assert Layout(WHOLE, ROWS, COLUMNS, displayed=Box(0, 0, 9, 9)).is_frame(ROWS, COLUMNS)


RAMP = np.add.outer(np.arange(0, 120), np.arange(0, 200) / 2).astype(np.float32)
"""What is at a row and column; it is the same along every line between two of its values."""


def as_grey(words: NDArray[np.float32]) -> NDArray[np.uint8]:
    levels: NDArray[np.uint8] = np.floor(words + 0.5).astype(np.uint8)
    return levels


@pytest.mark.parametrize("scale", [2, 4, 8])
@pytest.mark.parametrize("box", [Box(0, 0, 120, 200), Box(13, 22, 77, 150), Box(60, 100, 120, 200)], ids=str)
@pytest.mark.parametrize("is_in_the_middle", [True, False], ids=["middle", "first"])
def test_a_reduced_frame_shows_the_same_in_the_same_place(scale: int, box: Box, is_in_the_middle: bool) -> None:
    """Whether a word is the mean of those it stands for or the first of them; but within half a word of an end."""
    first = RAMP[::scale, ::scale]
    words = RAMP.reshape(120 // scale, scale, 200 // scale, scale).mean((1, 3)) if is_in_the_middle else first
    offset = 0.0 if is_in_the_middle else 0.5 - 0.5 / scale
    layout = Layout(box, box.rows // 16, box.columns // 16)
    shown = layout.show_reduced(words, PixelByPixel(as_grey), scale, offset)
    assert shown.shape == (layout.rows, layout.columns)
    rows = box.top + (np.arange(layout.rows) + 0.5) * box.rows / layout.rows - 0.5
    columns = box.left + (np.arange(layout.columns) + 0.5) * box.columns / layout.columns - 0.5
    errors = np.abs(shown - np.add.outer(rows, columns / 2))
    assert errors[1:-1, 1:-1].max() <= 1.75
    assert errors.max() <= 2.5
