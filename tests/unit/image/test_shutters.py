"""Display shutters pixel by pixel (PS3.3 C.7.6.11, C.7.6.15)."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.support.images import assert_equal
from wado.image.overlays import Overlay
from wado.image.shutters import (
    BitmapShutter,
    CircularShutter,
    PolygonalShutter,
    RectangularShutter,
    Shape,
    Shutter,
    close_shutter,
)

ROWS, COLUMNS = 6, 8
FRAME = np.full((ROWS, COLUMNS), 200, np.uint8)
BLACK = (0, 0, 0)


def drawn(*shapes: Shape, rows: int = ROWS, columns: int = COLUMNS) -> str:
    """The frame as text: # where it is open."""
    picture = close_shutter(np.full((rows, columns), 200, np.uint8), Shutter(shapes, BLACK))
    return "\n".join("".join("#" if level else "." for level in row) for row in picture)


def art(*lines: str) -> str:
    return "\n".join(lines)


def test_a_rectangle_has_its_edges_inside() -> None:
    expected = art("........", "..####..", "..####..", "..####..", "........", "........")
    assert drawn(RectangularShutter(left=3, right=6, upper=2, lower=4)) == expected


@pytest.mark.parametrize(
    "shape",
    [
        RectangularShutter(1, COLUMNS, 1, ROWS),
        RectangularShutter(-5, 100, 0, 100),
        PolygonalShutter(((1, 1), (1, COLUMNS), (ROWS, COLUMNS), (ROWS, 1))),
        PolygonalShutter(((-9, -9), (-9, 50), (50, 50), (50, -9))),
        CircularShutter(3, 4, 10),
        BitmapShutter(Overlay(0x6000, 0, 0, np.zeros((ROWS, COLUMNS), bool))),
        BitmapShutter(Overlay(0x6000, -9, 20, np.ones((3, 3), bool))),
    ],
)
def test_a_shutter_around_everything_covers_nothing(shape: Shape) -> None:
    assert "." not in drawn(shape)


@pytest.mark.parametrize(
    "shape",
    [
        RectangularShutter(20, 30, 1, 6),
        RectangularShutter(-9, 0, -9, 0),
        CircularShutter(100, 100, 5),
        PolygonalShutter(((20, 20), (20, 30), (30, 30))),
    ],
)
def test_a_shutter_that_is_open_elsewhere_covers_everything(shape: Shape) -> None:
    assert "#" not in drawn(shape)


def test_a_circle_is_measured_from_the_centres_of_pixels() -> None:
    expected = art("...#....", ".#####..", ".#####..", "#######.", ".#####..", ".#####..", "...#....")
    assert drawn(CircularShutter(row=4, column=4, radius=3), rows=7) == expected


def test_a_circle_of_pixels_twice_as_high_has_half_the_rows() -> None:
    expected = art("....#....", ".#######.", "#########", ".#######.", "....#....")
    assert drawn(CircularShutter(3, 5, 4, Fraction(2)), rows=5, columns=9) == expected


def test_a_triangle_has_its_vertices_and_edges_inside() -> None:
    expected = art("........", "...#....", "..###...", ".#####..", "#######.", "........")
    assert drawn(PolygonalShutter(((2, 4), (5, 1), (5, 7)))) == expected


def test_a_polygon_may_have_notches() -> None:
    expected = art("#.....#.", "##...##.", "###.###.", "#######.", "#######.", "........")
    assert drawn(PolygonalShutter(((1, 1), (4, 4), (1, 7), (5, 7), (5, 1)))) == expected


def is_on(row: int, column: int, one: tuple[int, int], other: tuple[int, int]) -> bool:
    (row_1, column_1), (row_2, column_2) = one, other
    is_in_line = (row - row_1) * (column_2 - column_1) == (column - column_1) * (row_2 - row_1)
    is_within = min(row_1, row_2) <= row <= max(row_1, row_2)
    return is_in_line and is_within and min(column_1, column_2) <= column <= max(column_1, column_2)


def winds_around(row: int, column: int, vertices: tuple[tuple[int, int], ...]) -> bool:
    """Even-odd by a ray to the left, in fractions; for places that are on no edge."""
    is_odd = False
    for (row_1, column_1), (row_2, column_2) in zip(vertices, (*vertices[1:], vertices[0]), strict=True):
        if (row_1 <= row) != (row_2 <= row):
            crossing = column_1 + Fraction((row - row_1) * (column_2 - column_1), row_2 - row_1)
            is_odd ^= crossing < column
    return is_odd


@pytest.mark.parametrize("seed", range(60))
def test_random_polygons_are_as_the_definition_says_in_every_pixel(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = random.integers(-4, 20, (int(random.integers(3, 8)), 2)).tolist()
    vertices = tuple((int(row), int(column)) for row, column in corners)
    rows, columns = 14, 16
    inside = PolygonalShutter(vertices).inside(rows, columns)
    edges = list(zip(vertices, (*vertices[1:], vertices[0]), strict=True))
    for row, column in product(range(1, rows + 1), range(1, columns + 1)):
        on_edges = sum(is_on(row, column, *edge) for edge in edges)
        if on_edges == 0:
            assert inside[row - 1, column - 1] == winds_around(row, column, vertices)
        elif on_edges == 1 or (row, column) in vertices:
            assert inside[row - 1, column - 1], "edges and vertices are inside"


def test_a_bitmap_covers_where_its_bits_are_set() -> None:
    bits = np.array([[True, False], [True, True]])
    expected = art("########", "###.####", "###..###", "########", "########", "########")
    assert drawn(BitmapShutter(Overlay(0x6000, 1, 3, bits))) == expected


def test_of_several_shapes_the_least_remains() -> None:
    shapes = (RectangularShutter(3, 8, 1, 6), PolygonalShutter(((2, 4), (5, 1), (5, 7))))
    expected = art("........", "...#....", "..###...", "..####..", "..#####.", "........")
    assert drawn(*shapes) == expected


def test_the_cover_is_grey_in_grey_and_colour_in_colour() -> None:
    shape = RectangularShutter(1, 4, 1, ROWS)
    grey = close_shutter(FRAME, Shutter((shape,), (7, 7, 7)))
    assert grey.ndim == 2
    assert (grey[0, 3], grey[0, 4]) == (200, 7)
    colour = close_shutter(FRAME, Shutter((shape,), (1, 2, 3)))
    assert colour[0, 3].tolist() == [200, 200, 200]
    assert colour[0, 4].tolist() == [1, 2, 3]
    assert_equal(close_shutter(np.repeat(FRAME[..., None], 3, axis=2), Shutter((shape,), (1, 2, 3))), colour)


def test_the_frame_itself_is_left_as_it_is() -> None:
    before = FRAME.copy()
    close_shutter(FRAME, Shutter((RectangularShutter(1, 1, 1, 1),), BLACK))
    assert_equal(FRAME, before)
