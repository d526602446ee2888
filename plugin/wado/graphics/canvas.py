"""The picture to draw on: where points lie in it, and how thick and large things are there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wado.image.affine import Affine, Points
from wado.presentation.graphic_model import Point, Units

THIN = 1.5
"""Pixels of a thin line in a picture of the usual size: seen wherever it lies between the pixels."""
THINNEST = 1.25
USUAL_SIDE = 512
SMALLEST_SIZE = 9
"""Of letters, in pixels from line to line."""
WANTED_SIZE = 12
LARGEST_SIZE = 200
SIZE_TO_SIDE = 1 / 40


class View(Protocol):
    """What `Layout` says of a picture."""

    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> int: ...
    @property
    def to_picture(self) -> Affine: ...
    @property
    def displayed_to_picture(self) -> Affine: ...


@dataclass(frozen=True, slots=True)
class Canvas:
    """`pixel` and `display` take points in these units to places in the picture."""

    rows: int
    columns: int
    pixel: Affine
    display: Affine

    @classmethod
    def of(cls, view: View) -> Canvas:
        return cls(view.rows, view.columns, view.to_picture, view.displayed_to_picture)

    @property
    def side(self) -> int:
        """The shorter one."""
        return min(self.rows, self.columns)

    @property
    def thin(self) -> float:
        """The width of a line whose state says nothing of it: about a pixel, a little more in large pictures."""
        return max(THINNEST, THIN * math.sqrt(self.side / USUAL_SIDE))

    @property
    def letter_size(self) -> int:
        """That of a text whose state says nothing of it."""
        return round(min(max(self.side * SIZE_TO_SIDE, WANTED_SIZE), LARGEST_SIZE))

    def affine(self, units: Units) -> Affine:
        return self.pixel if units is Units.PIXEL else self.display

    def scale(self, units: Units) -> float:
        """Pixels of the picture to one of the units, on average of all directions."""
        affine = self.affine(units)
        return math.sqrt(abs(determinant(affine)))

    def place(self, points: tuple[Point, ...], units: Units) -> Points:
        return self.affine(units).apply(np.array(points, np.float64).reshape(-1, 2))

    def contains(self, point: Points) -> bool:
        column, row = point.reshape(2).tolist()
        return 0.0 <= column <= self.columns and 0.0 <= row <= self.rows


def determinant(affine: Affine) -> float:
    """Negative where it mirrors."""
    return affine.a * affine.e - affine.b * affine.d


def turn_vectors(affine: Affine, vectors: Points) -> Points:
    """Directions and lengths rather than places."""
    return Affine(affine.a, affine.b, 0.0, affine.d, affine.e, 0.0).apply(vectors)


def unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of length 1; nothing for one without a direction."""
    length = math.hypot(*vector.tolist())
    return vector / length if 0.0 < length < math.inf else np.zeros(2)
