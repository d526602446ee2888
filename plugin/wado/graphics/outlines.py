"""Graphic objects as lines and areas in the picture (PS3.3 C.10.5.1.2)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from wado.graphics.canvas import Canvas, turn_vectors
from wado.graphics.curves import ellipse, spline
from wado.graphics.strokes import Outline
from wado.image.affine import Points
from wado.presentation.graphic_model import Graphic, Shape, Units


def outline(graphic: Graphic, canvas: Canvas) -> Outline:
    """Filled, its area is that within its line, even if the line itself is open."""
    line = SHAPES[graphic.shape](graphic, canvas)
    drawn = Outline(canvas.scale(graphic.units), lines=[line], line=graphic.line, fill=graphic.fill)
    if graphic.is_filled:
        drawn.areas.append(line)
    return drawn


def _line(graphic: Graphic, canvas: Canvas) -> Points:
    return canvas.place(graphic.points, graphic.units)


def _curve(graphic: Graphic, canvas: Canvas) -> Points:
    return spline(canvas.place(graphic.points, graphic.units))


def _circle(graphic: Graphic, canvas: Canvas) -> Points:
    """A circle in the pixels of the frame, whatever they become; one in the picture, if it is relative to that."""
    if graphic.units is Units.PIXEL:
        (column, row), (other_column, other_row) = graphic.points
        radius = math.hypot(other_column - column, other_row - row)
        first, second = turn_vectors(canvas.pixel, np.array([[radius, 0.0], [0.0, radius]]))
        return ellipse(canvas.place(graphic.points, graphic.units)[0], first, second)
    center, end = canvas.place(graphic.points, graphic.units)
    radius = math.hypot(*(end - center).tolist())
    return ellipse(center, np.array([radius, 0.0]), np.array([0.0, radius]))


def _ellipse(graphic: Graphic, canvas: Canvas) -> Points:
    """Around the middle of the first axis. Axes become conjugate diameters of the ellipse in the picture."""
    start, end, other_start, other_end = canvas.place(graphic.points, graphic.units)
    return ellipse((start + end) / 2.0, (end - start) / 2.0, (other_end - other_start) / 2.0)


SHAPES: dict[Shape, Callable[[Graphic, Canvas], Points]] = {
    Shape.POINT: _line,
    Shape.POLYLINE: _line,
    Shape.INTERPOLATED: _curve,
    Shape.CIRCLE: _circle,
    Shape.ELLIPSE: _ellipse,
}
