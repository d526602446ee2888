"""The region of a picture that a request selects (PS3.18-2011 8.2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from wado.image.resize import Picture


@dataclass(frozen=True, slots=True)
class Box:
    """Rows `top` to `bottom` and columns `left` to `right`, the last ones not included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def rows(self) -> int:
        return self.bottom - self.top

    @property
    def columns(self) -> int:
        return self.right - self.left

    def moved(self, rows: int, columns: int) -> Box:
        return Box(self.top + rows, self.left + columns, self.bottom + rows, self.right + columns)

    def common(self, other: Box) -> Box | None:
        """What lies in both; none where they do not touch."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = min(self.bottom, other.bottom), min(self.right, other.right)
        return Box(top, left, bottom, right) if top < bottom and left < right else None

    def is_within(self, rows: int, columns: int) -> bool:
        """Whether a picture of this size has all of the box."""
        return self.top >= 0 and self.left >= 0 and self.bottom <= rows and self.right <= columns

    def crop(self, picture: Picture) -> Picture:
        """The box out of the picture; what lies outside of the picture is black."""
        rows, columns = picture.shape[:2]
        if self.is_within(rows, columns):
            return picture[self.top : self.bottom, self.left : self.right]
        cropped = np.zeros((self.rows, self.columns, *picture.shape[2:]), picture.dtype)
        inside = self.common(Box(0, 0, rows, columns))
        if inside is not None:
            inside.moved(-self.top, -self.left).crop(cropped)[...] = inside.crop(picture)
        return cropped


def select_box(rows: int, columns: int, region: tuple[float, float, float, float] | None) -> Box:
    """The pixels of a region given as left, top, right and bottom from 0 to 1; all of them without one.

    Edges lie on the nearest pixel's edge, so that regions that touch neither overlap nor leave a gap. No region is
    without a pixel.
    """
    if region is None:
        return Box(0, 0, rows, columns)
    left, top, right, bottom = region
    first_row, last_row = _edges(top, bottom, rows)
    first_column, last_column = _edges(left, right, columns)
    return Box(first_row, first_column, last_row, last_column)


def _edges(start: float, end: float, length: int) -> tuple[int, int]:
    # repr gives back the decimal digits that the request had: 0.29 of 100 pixels is 29, not 28.999…
    first = min(_nearest(Fraction(repr(start)) * length), length - 1)
    return first, max(_nearest(Fraction(repr(end)) * length), first + 1)


def _nearest(position: Fraction) -> int:
    return int(position + Fraction(1, 2))
