"""Display shutters: what lies outside of their shapes is one grey level or colour (PS3.3 C.7.6.11, C.7.6.15).

Places are rows and columns of the frame as the standard counts them, 1, 1 being the centre of the first pixel. A pixel
on an edge is inside: a shutter from the first to the last row and column covers none.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wado.image.overlays import Overlay
from wado.image.region import Box
from wado.image.resize import Picture

Mask = NDArray[np.bool_]
"""(rows, columns) of a frame."""

MASKS_KEPT = 4
LARGEST_KEPT = 1 << 24
"""Pixels of a frame whose mask is remembered: one byte each."""


@dataclass(frozen=True, slots=True)
class RectangularShutter:
    left: int
    right: int
    upper: int
    lower: int

    def inside(self, rows: int, columns: int) -> Mask:
        is_inside = np.zeros((rows, columns), bool)
        is_inside[max(0, self.upper - 1) : max(0, self.lower), max(0, self.left - 1) : max(0, self.right)] = True
        return is_inside


@dataclass(frozen=True, slots=True)
class CircularShutter:
    """`radius` is in columns: where pixels are not square, it is another number of rows, and the circle stays round.

    `pixel_aspect` is the height of a pixel over its width.
    """

    row: int
    column: int
    radius: int
    pixel_aspect: Fraction = Fraction(1)

    def inside(self, rows: int, columns: int) -> Mask:
        down = (np.arange(1, rows + 1) - self.row) * float(self.pixel_aspect)
        left = float(self.radius) ** 2 - down**2
        reach = np.where(left < 0, -1.0, np.sqrt(np.maximum(left, 0)))
        return np.abs(np.arange(1, columns + 1) - self.column) <= reach[:, None]


@dataclass(frozen=True, slots=True)
class PolygonalShutter:
    """`vertices` are rows and columns; the last one is joined to the first."""

    vertices: tuple[tuple[int, int], ...]

    def inside(self, rows: int, columns: int) -> Mask:
        """The pixels whose centres are in the polygon, by the even-odd rule, or exactly on its edges."""
        edges = list(zip(self.vertices, (*self.vertices[1:], self.vertices[0]), strict=True))
        is_inside = np.zeros((rows, columns), bool)
        for (row, column), (end_row, end_column) in edges:
            first, last = sorted((column, end_column))
            if row == end_row and 1 <= row <= rows:
                is_inside[row - 1, max(0, first - 1) : max(0, last)] = True
            elif 1 <= row <= rows and 1 <= column <= columns:
                is_inside[row - 1, column - 1] = True
        # A centre is inside if the edges to its left are odd in number. On an edge itself that one may be counted or
        # not, at its left or its right; where two edges meet in a row, it counts at its upper or its lower end.
        for takes_lower_end in (False, True):
            for takes_edge in (False, True):
                is_inside |= self._is_odd(edges, rows, columns, takes_lower_end=takes_lower_end, takes_edge=takes_edge)
        return is_inside

    @staticmethod
    def _is_odd(
        edges: list[tuple[tuple[int, int], tuple[int, int]]],
        rows: int,
        columns: int,
        *,
        takes_lower_end: bool,
        takes_edge: bool,
    ) -> Mask:
        """Whether the number of edges to the left of each centre is odd."""
        changes = np.zeros((rows, columns + 1), bool)
        for edge in edges:
            (top, left), (bottom, right) = sorted(edge)
            crossed = np.arange(max(top + takes_lower_end, 1), min(bottom - 1 + takes_lower_end, rows) + 1)
            if top == bottom or not len(crossed):
                continue
            # Whole numbers: the first column that is not to the left of the edge, or the first to its right.
            across, height = (crossed - top) * (right - left), bottom - top
            first = left + (-(-across // height) if takes_edge else across // height + 1)
            changes[crossed - 1, np.clip(first, 1, columns + 1) - 1] ^= True
        return np.logical_xor.accumulate(changes, axis=1)[:, :columns]


@dataclass(frozen=True, slots=True)
class BitmapShutter:
    """Pixels are outside where the overlay's bits are set."""

    overlay: Overlay

    def inside(self, rows: int, columns: int) -> Mask:
        overlay = self.overlay
        frame = Box(0, 0, rows, columns).moved(-overlay.top, -overlay.left)
        is_inside: Mask = frame.crop(overlay.bits.view(np.uint8)) == 0
        return is_inside


Shape = RectangularShutter | CircularShutter | PolygonalShutter | BitmapShutter


@dataclass(frozen=True, slots=True)
class Shutter:
    """`color` replaces what is outside of any of the shapes."""

    shapes: tuple[Shape, ...]
    color: tuple[int, int, int]


def close_shutter(picture: Picture, shutter: Shutter) -> Picture:
    """The picture of a whole frame with the shutter on; grey stays grey if the shutter's colour is grey."""
    rows, columns = picture.shape[:2]
    find = _outside_remembered if rows * columns <= LARGEST_KEPT else _outside
    outside = find(shutter.shapes, rows, columns)
    red, green, blue = shutter.color
    if picture.ndim == 2 and red == green == blue:
        return np.where(outside, np.uint8(red), picture)
    if picture.ndim == 2:
        picture = np.repeat(picture[..., None], 3, axis=2)
    return np.where(outside[..., None], np.array(shutter.color, np.uint8), picture)


def _outside(shapes: tuple[Shape, ...], rows: int, columns: int) -> Mask:
    """Only what is inside of all shapes is not (C.7.6.11: the least of the image remains)."""
    is_inside = np.ones((rows, columns), bool)
    for shape in shapes:
        is_inside &= shape.inside(rows, columns)
    return ~is_inside


_outside_remembered = lru_cache(maxsize=MASKS_KEPT)(_outside)
