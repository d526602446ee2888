"""Compound graphics as lines, areas and labels in the picture (PS3.3 C.10.5.1.3).

What the standard leaves to the application (the size of arrow heads, ticks and bars) is in proportion to the picture,
so that it is as legible in a large one as in a small one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wado.graphics.canvas import Canvas, determinant, turn_vectors, unit
from wado.graphics.curves import ellipse
from wado.graphics.strokes import Outline
from wado.image.affine import Affine, Points, translation
from wado.presentation.graphic_model import Compound, CompoundShape, TextStyle, Tick, Units, Vertical

Vector = NDArray[np.float64]
"""(2,) of columns and rows in the picture."""

SMALLEST_HEAD = 8.0
HEAD_TO_SIDE = 1 / 48
HEAD_WIDTH = 0.7
"""Of an arrow's head, to its length."""
LONGEST_HEAD = 0.5
"""Of the arrow."""
SHAFT_TO_HEAD = 3.0
"""Of the arrows beside a cut line."""
TICK_TO_HEAD = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A text beside a place, in the direction from it."""

    text: str
    place: Vector
    direction: Vector
    style: TextStyle | None


@dataclass(frozen=True, slots=True)
class Drawn:
    outline: Outline
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A compound graphic and the canvas that it is drawn on."""

    compound: Compound
    canvas: Canvas

    @property
    def affine(self) -> Affine:
        """The graphic's units to the picture, with its own rotation: in its pixels, or in the picture for DISPLAY."""
        affine, angle = self.canvas.affine(self.compound.units), math.radians(self.compound.angle)
        if not angle or self.compound.pivot is None:
            return affine
        pivot = np.array([self.compound.pivot])
        if self.compound.units is Units.PIXEL:
            return rotation(angle, pivot).then(affine)
        return affine.then(rotation(angle, affine.apply(pivot)))

    @property
    def points(self) -> Points:
        return self.affine.apply(np.array(self.compound.points, np.float64))

    @property
    def pivot(self) -> Vector:
        """Where the rotation point is, or else the middle of the points."""
        if self.compound.pivot is None:
            return np.asarray(self.points.mean(axis=0), np.float64)
        return np.asarray(self.affine.apply(np.array([self.compound.pivot]))[0], np.float64)

    @property
    def head(self) -> float:
        """Length of an arrow's head, in pixels."""
        return max(SMALLEST_HEAD, self.canvas.side * HEAD_TO_SIDE)

    def display_length(self, length: float) -> float:
        """A fraction of the displayed area in pixels: on average of its sides, where they differ."""
        return min(length * self.canvas.scale(Units.DISPLAY), 1e9)

    def left_of(self, direction: Vector) -> Vector:
        """What is to the left of the way on the unturned image: its other side where the image is flipped."""
        side = 1.0 if determinant(self.affine) >= 0.0 else -1.0
        return side * np.array([direction[1], -direction[0]])

    def outline(
        self, lines: Iterable[Points] = (), areas: Iterable[Points] = (), solids: Iterable[Points] = ()
    ) -> Outline:
        compound = self.compound
        scale = self.canvas.scale(compound.units)
        return Outline(scale, list(lines), list(areas), list(solids), compound.line, compound.fill)


def draw_compound(compound: Compound, canvas: Canvas) -> Drawn:
    return SHAPES[compound.shape](Setting(compound, canvas))


def rotation(angle: float, pivot: Points) -> Affine:
    """Counterclockwise as it is seen, where rows count downward (C.10.5.1.3.2)."""
    column, row = pivot.reshape(2).tolist()
    cosine, sine = math.cos(angle), math.sin(angle)
    turn = Affine(a=cosine, b=sine, d=-sine, e=cosine)
    return translation(-column, -row).then(turn).then(translation(column, row))


def _multiline(setting: Setting) -> Drawn:
    points = setting.points
    return Drawn(setting.outline(points[i : i + 2] for i in range(0, len(points), 2)))


def _infinite_line(setting: Setting) -> Drawn:
    return Drawn(setting.outline(_through(setting)))


def _cut_line(setting: Setting) -> Drawn:
    """With two arrows from its right that point at the middles of its halves (C.10.5.1.3.6)."""
    start, end = setting.points
    pivot = setting.pivot
    right = -setting.left_of(unit(end - start))
    lines, solids = _through(setting), []
    for tip in ((start + pivot) / 2.0, (pivot + end) / 2.0):
        shaft, head = _arrow(tip + right * setting.head * SHAFT_TO_HEAD, tip, setting.head)
        lines.append(shaft)
        solids.append(head)
    return Drawn(setting.outline(lines, solids=solids))


def _range_line(setting: Setting) -> Drawn:
    """A line with a bar across each end."""
    start, end = setting.points
    across = setting.left_of(unit(end - start)) * setting.head
    bars = [np.stack([place - across, place + across]) for place in (start, end)]
    return Drawn(setting.outline([setting.points, *bars]))


def _ruler(setting: Setting) -> Drawn:
    """A line with its major ticks; without any, a ruler has one at each end."""
    start, end = setting.points
    side = setting.left_of(unit(end - start))
    length = setting.head * TICK_TO_HEAD
    from_side, to_side = TICK_SIDES[setting.compound.tick_side]
    ticks = setting.compound.ticks or (Tick(0.0, ""), Tick(1.0, ""))
    places = [start + (end - start) * tick.position for tick in ticks]
    lines = [np.stack([place + side * length * from_side, place + side * length * to_side]) for place in places]
    labels = (
        _tick_label(setting.compound, tick.label, place, side * length)
        for tick, place in zip(ticks, places, strict=True)
        if tick.label and setting.compound.shows_labels
    )
    return Drawn(setting.outline([setting.points, *lines]), tuple(labels))


def _tick_label(compound: Compound, text: str, place: Vector, tick: Vector) -> Label:
    """Beyond the tick's end, if it is on that side."""
    from_side, to_side = TICK_SIDES[compound.tick_side]
    if compound.label_side is Vertical.TOP:
        return Label(text, place + tick * max(to_side, 0.0), unit(tick), compound.text)
    return Label(text, place + tick * min(from_side, 0.0), -unit(tick), compound.text)


def _crosshair(setting: Setting) -> Drawn:
    """Two lines through a point, as far as the diameter of visibility, or else the picture, goes."""
    center = setting.points[0]
    visible = setting.compound.visibility
    reach = setting.display_length(visible) / 2.0 if visible else _beyond(setting, center)
    gap = setting.display_length(setting.compound.gap) / 2.0
    directions = [unit(vector) for vector in turn_vectors(setting.affine, np.eye(2))]
    lines = [
        np.stack([center + way * direction * gap, center + way * direction * reach])
        for direction in directions
        for way in (1.0, -1.0)
    ]
    return Drawn(setting.outline(lines if reach > gap else ()))


def _arrow_alone(setting: Setting) -> Drawn:
    """From the first point to the second, whose head is there."""
    tail, tip = setting.points
    longest = LONGEST_HEAD * math.hypot(*(tip - tail).tolist())
    shaft, head = _arrow(tail, tip, min(setting.head, longest))
    return Drawn(setting.outline([shaft], solids=[head]))


def _rectangle(setting: Setting) -> Drawn:
    (left, top), (right, bottom) = setting.compound.points
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    return _closed(setting, setting.affine.apply(corners))


def _ellipse(setting: Setting) -> Drawn:
    """Within the rectangle of two of its corners (C.10.5.1.3.3)."""
    (left, top), (right, bottom) = setting.compound.points
    halves = np.array([[(right - left) / 2.0, 0.0], [0.0, (bottom - top) / 2.0]])
    first, second = turn_vectors(setting.affine, halves)
    center = setting.affine.apply(np.array([[(left + right) / 2.0, (top + bottom) / 2.0]]))[0]
    return _closed(setting, ellipse(center, first, second))


def _closed(setting: Setting, line: Points) -> Drawn:
    return Drawn(setting.outline([line], [line] if setting.compound.is_filled else []))


def _through(setting: Setting) -> list[Points]:
    """A line through both points to the ends of the picture, but for the gap around its pivot."""
    start, end = setting.points
    direction = unit(end - start)
    pivot = setting.pivot
    # The place on the line that is nearest to the pivot, and how far the gap reaches along the line from there.
    foot = start + direction * float((pivot - start) @ direction)
    away = math.hypot(*(pivot - foot).tolist())
    radius = setting.display_length(setting.compound.gap) / 2.0
    half = math.sqrt(radius**2 - away**2) if away < radius else 0.0
    reach = _beyond(setting, foot)
    if not half:
        return [np.stack([foot - direction * reach, foot + direction * reach])]
    return [np.stack([foot + way * direction * half, foot + way * direction * reach]) for way in (-1.0, 1.0)]


def _beyond(setting: Setting, place: Vector) -> float:
    """Farther away than the picture reaches in any direction."""
    rows, columns = setting.canvas.rows, setting.canvas.columns
    return float(np.abs(place).sum()) + rows + columns


def _arrow(tail: Vector, tip: Vector, head: float) -> tuple[Points, Points]:
    """Its shaft, up to its head, and its head."""
    direction = unit(tip - tail)
    base = tip - direction * head
    across = np.array([-direction[1], direction[0]]) * head * HEAD_WIDTH / 2.0
    return np.stack([tail, base]), np.stack([tip, base + across, base - across])


TICK_SIDES = {Vertical.TOP: (0.0, 1.0), Vertical.CENTER: (-0.5, 0.5), Vertical.BOTTOM: (-1.0, 0.0)}
"""From where to where a tick goes, in its lengths above the line."""

SHAPES: dict[CompoundShape, Callable[[Setting], Drawn]] = {
    CompoundShape.MULTILINE: _multiline,
    CompoundShape.INFINITELINE: _infinite_line,
    CompoundShape.CUTLINE: _cut_line,
    CompoundShape.RANGELINE: _range_line,
    CompoundShape.RULER: _ruler,
    CompoundShape.AXIS: _ruler,
    CompoundShape.CROSSHAIR: _crosshair,
    CompoundShape.ARROW: _arrow_alone,
    CompoundShape.RECTANGLE: _rectangle,
    CompoundShape.ELLIPSE: _ellipse,
}
