"""Places in one picture as places in another: scaled, turned, flipped, moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(number of points, 2) of column and row; 0, 0 is the top left corner of the top left pixel, 1, 1 its other corner."""


@dataclass(frozen=True, slots=True)
class Affine:
    """column' = a * column + b * row + c, row' = d * column + e * row + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 1.0
    f: float = 0.0

    def apply(self, points: Points) -> Points:
        column, row = points[:, 0], points[:, 1]
        return np.stack([self.a * column + self.b * row + self.c, self.d * column + self.e * row + self.f], axis=1)

    def then(self, after: Affine) -> Affine:
        """This one, and the other on what it gives."""
        return Affine(
            after.a * self.a + after.b * self.d,
            after.a * self.b + after.b * self.e,
            after.a * self.c + after.b * self.f + after.c,
            after.d * self.a + after.e * self.d,
            after.d * self.b + after.e * self.e,
            after.d * self.c + after.e * self.f + after.f,
        )


def scaling(columns: float, rows: float) -> Affine:
    return Affine(a=columns, e=rows)


def translation(columns: float, rows: float) -> Affine:
    return Affine(c=columns, f=rows)


QUARTER_TURN = Affine(a=0.0, b=-1.0, d=1.0, e=0.0)
"""Clockwise, around the origin: the column axis becomes the row axis."""

FLIP = Affine(a=-1.0)
"""Left for right, around the origin."""
