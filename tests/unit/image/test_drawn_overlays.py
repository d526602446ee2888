"""Overlays drawn over a picture that is laid out: in its own pixels, whatever they are of the frame's."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.images import assert_equal
from wado.image.layout import Layout, Orientation, fit_into
from wado.image.overlays import Overlay, draw_overlay
from wado.image.region import Box

ROWS, COLUMNS = 40, 60
WHOLE = Box(0, 0, ROWS, COLUMNS)
WHITE = (255, 255, 255)
ORIENTATIONS = [Orientation(turns, is_flipped) for turns in range(4) for is_flipped in (False, True)]


def overlay_of(bits: NDArray[np.bool_], top: int = 0, left: int = 0) -> Overlay:
    return Overlay(0x6000, top, left, bits)


def spots(*places: tuple[int, int]) -> Overlay:
    bits = np.zeros((ROWS, COLUMNS), bool)
    for place in places:
        bits[place] = True
    return overlay_of(bits)


def drawn(overlay: Overlay, layout: Layout, color: tuple[int, int, int] = WHITE) -> NDArray[np.uint8]:
    return draw_overlay(np.zeros((layout.rows, layout.columns), np.uint8), overlay, color, layout)


def test_each_bit_is_a_pixel_where_the_picture_has_the_frames_size() -> None:
    picture = drawn(spots((0, 0), (5, 7), (39, 59)), Layout(WHOLE, ROWS, COLUMNS), (9, 9, 9))
    assert np.argwhere(picture).tolist() == [[0, 0], [5, 7], [39, 59]]
    assert picture.max() == 9


def test_the_picture_itself_is_left_as_it_is() -> None:
    picture = np.zeros((ROWS, COLUMNS), np.uint8)
    draw_overlay(picture, spots((1, 1)), WHITE, Layout(WHOLE, ROWS, COLUMNS))
    assert not picture.any()


def test_a_colour_makes_a_grey_picture_one_in_colours() -> None:
    picture = draw_overlay(
        np.full((ROWS, COLUMNS), 50, np.uint8), spots((1, 2)), (1, 2, 3), Layout(WHOLE, ROWS, COLUMNS)
    )
    assert picture[1, 2].tolist() == [1, 2, 3]
    assert picture[1, 3].tolist() == [50, 50, 50]


@pytest.mark.parametrize(("rows", "columns"), [(20, 30), (13, 19), (7, 11), (3, 5), (1, 1), (39, 59)])
def test_thin_lines_stay_one_pixel_wide_however_small_the_picture(rows: int, columns: int) -> None:
    layout = Layout(WHOLE, rows, columns)
    for column in range(COLUMNS):
        bits = np.zeros((ROWS, COLUMNS), bool)
        bits[:, column] = True
        picture = drawn(overlay_of(bits), layout)
        lit = np.flatnonzero(picture[0])
        assert len(lit) == 1, "one pixel wide"
        assert (picture[:, lit] == 255).all(), "and fully lit"
        assert lit[0] == int((column + 0.5) * columns / COLUMNS)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("window", [None, (2.5, 1.25, 28.75, 21.5)])
def test_a_bit_is_where_the_affine_says_when_the_picture_is_reduced(
    orientation: Orientation, window: tuple[float, float, float, float] | None
) -> None:
    layout = Layout(Box(4, 10, 36, 45), 11, 12, orientation, window)
    picture = drawn(spots((20, 28)), layout)
    ((column, row),) = layout.to_picture.apply(np.array([[28.5, 20.5]])).tolist()
    assert np.argwhere(picture == 255).tolist() == [[int(row), int(column)]]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_bit_is_where_the_affine_says_when_the_picture_is_enlarged(orientation: Orientation) -> None:
    layout = Layout(Box(4, 10, 14, 20), 100, 100, orientation)
    picture = drawn(spots((8, 13)), layout)
    ((column, row),) = layout.to_picture.apply(np.array([[13.5, 8.5]])).tolist()
    rows, columns = np.argwhere(picture > 127).T
    assert rows.mean() + 0.5 == pytest.approx(row, abs=0.6)
    assert columns.mean() + 0.5 == pytest.approx(column, abs=0.6)
    assert 60 <= len(rows) <= 120, "a pixel of the frame is 10 by 10 here, smooth at its edges"


def test_a_picture_reduced_one_way_and_enlarged_the_other() -> None:
    picture = drawn(spots((8, 13)), Layout(WHOLE, 4, 600))
    assert picture.shape == (4, 600)
    assert picture[0, 135] > 200


def test_a_single_bit_of_thousands_is_not_lost() -> None:
    bits = np.zeros((3, 6000), bool)
    bits[1, 4567] = True
    picture = draw_overlay(np.zeros((3, 5), np.uint8), overlay_of(bits), WHITE, Layout(Box(0, 0, 3, 6000), 3, 5))
    assert np.argwhere(picture == 255).tolist() == [[1, 3]]


def test_an_overlay_may_reach_beyond_the_frame_as_the_displayed_area_does() -> None:
    layout = Layout(Box(-10, -10, ROWS, COLUMNS), ROWS + 10, COLUMNS + 10)
    picture = drawn(overlay_of(np.ones((4, 4), bool), top=-6, left=-5), layout)
    assert_equal(np.argwhere(picture).min(axis=0), np.array([4, 5]))
    assert_equal(np.argwhere(picture).max(axis=0), np.array([7, 8]))


def test_an_overlay_elsewhere_draws_nothing() -> None:
    assert not drawn(overlay_of(np.ones((4, 4), bool), top=100), Layout(WHOLE, 20, 30)).any()


def test_in_a_picture_of_another_size_the_overlay_is_where_the_frame_is() -> None:
    layout = fit_into(Layout(WHOLE, ROWS, COLUMNS), 80, 60)
    picture = drawn(overlay_of(np.ones((ROWS, COLUMNS), bool)), layout)
    assert (picture[20:60] == 255).all()
    assert not picture[:20].any()
    assert not picture[60:].any()
