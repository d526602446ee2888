"""Pictures to draw on, and what is seen in them afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wado.graphics.draw import draw_graphics
from wado.image.affine import Affine, scaling
from wado.image.resize import Picture
from wado.presentation.graphic_model import WHITE, Color, Compound, Graphic, Layer, Text

SIDE = 128
BACKGROUND = 40


@dataclass(frozen=True)
class View:
    """A square picture, one of its pixels to each of the frame's unless another affine is given."""

    rows: int = SIDE
    columns: int = SIDE
    to_picture: Affine = field(default_factory=Affine)
    displayed_to_picture: Affine = field(default_factory=lambda: scaling(SIDE, SIDE))


VIEW = View()


def magnified(factor: int) -> View:
    side = SIDE * factor
    return View(side, side, scaling(factor, factor), scaling(side, side))


def background(view: View = VIEW) -> Picture:
    return np.full((view.rows, view.columns), BACKGROUND, np.uint8)


def drawn(*items: Graphic | Compound | Text, color: Color | None = WHITE, view: View = VIEW) -> Picture:
    """One layer over an even grey."""
    layer = Layer(
        color,
        tuple(item for item in items if isinstance(item, Graphic)),
        tuple(item for item in items if isinstance(item, Compound)),
        tuple(item for item in items if isinstance(item, Text)),
    )
    return draw_graphics(background(view), (layer,), view)


def changed(picture: Picture) -> NDArray[np.bool_]:
    return np.asarray((picture.reshape(*picture.shape[:2], -1) != BACKGROUND).any(axis=2), np.bool_)


def extent(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """First and last row, first and last column."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])
