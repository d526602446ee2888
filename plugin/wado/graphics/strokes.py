"""Lines and areas as ink: antialiased, as thick as they are to be in the picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import aggdraw
import numpy as np
from PIL import Image, ImageDraw

from wado.graphics.canvas import Canvas
from wado.graphics.clipping import Frame, Piece, clip_area, clip_line
from wado.graphics.curves import ellipse
from wado.graphics.dashes import dash
from wado.graphics.ink import FULL, Ink, Mask
from wado.image.affine import Points
from wado.presentation.graphic_model import WHITE, Color, FillStyle, LineStyle, Paint, Shadow

THICKEST_TO_SIDE = 1 / 8
DOT_WIDTHS = 3.0
"""Of a line's width, the diameter of a point: it is seen at any size."""
SMALLEST_DOT = 4.0
DOT_EXTENT = 0.5
"""Pixels: a line that is smaller is drawn as a point."""
FARTHEST_SHADOW = 1 / 32
"""Of the picture's shorter side; the nearest is a pixel away."""
CASING: Paint = Paint((0, 0, 0), 0.6)
"""Around the white of lines for which a state says no colour: they are to be seen on bone as well as on air."""
PATTERN_SIDE = 32
LONGEST_SMOOTH = 1 << 20
"""Pixels of all lines of one colour together that are drawn with smooth edges."""


@dataclass(slots=True)
class Outline:
    """One graphic in the picture's places: its lines, its closed areas, and what is solid in the lines' colour.

    `scale` are the picture's pixels to one of its units.
    """

    scale: float
    lines: list[Points] = field(default_factory=list)
    areas: list[Points] = field(default_factory=list)
    solids: list[Points] = field(default_factory=list)
    line: LineStyle | None = None
    fill: FillStyle | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """Lines of one width, or areas for a width of 0, all within the picture."""

    points: Sequence[Points]
    width: float


Strokes = dict[Paint, list[Stroke]]
"""What has the same colour and opacity is drawn at once: where it crosses itself it does not cover twice."""


def draw_outlines(outlines: Iterable[Outline], color: Color | None, canvas: Canvas) -> Iterator[Ink]:
    """Areas below lines, and the lines' shadows between them; `color` is that of the layer."""
    behind: Strokes = {}
    off: Strokes = {}
    on: Strokes = {}
    for outline in outlines:
        yield from _fill(outline, color, canvas)
        _stroke(outline, color, canvas, behind, off, on)
    for strokes in (behind, off, on):
        for paint, its in strokes.items():
            yield from _draw(its, paint, canvas)


def dot(center: Points, width: float) -> Points:
    """A disc for a point or a line so small."""
    radius = max(SMALLEST_DOT, DOT_WIDTHS * width) / 2.0
    return ellipse(center.reshape(2), np.array([radius, 0.0]), np.array([0.0, radius]))


def shadow_offset(shadow: Shadow, scale: float, canvas: Canvas) -> tuple[float, float]:
    """In pixels, right and down: never so small that it is not seen, nor so large that it is something else."""
    x, y = shadow.offset[0] * scale, shadow.offset[1] * scale
    length = math.hypot(x, y)
    if not 0.0 < length < math.inf:
        return 0.0, 0.0
    wanted = min(max(length, 1.0), max(2.0, canvas.side * FARTHEST_SHADOW))
    return x * wanted / length, y * wanted / length


def _width(outline: Outline, canvas: Canvas) -> float:
    """Line Thickness is in the units of the graphic (Table C.10-5b); a line is never so thin that it is not seen."""
    thickness = outline.line.thickness if outline.line else None
    if thickness is None:
        return canvas.thin
    return min(max(thickness * outline.scale, 1.0), max(2.0, canvas.side * THICKEST_TO_SIDE))


def _fill(outline: Outline, color: Color | None, canvas: Canvas) -> list[Ink]:
    style = outline.fill or FillStyle()
    frame = _frame(canvas, 2.0)
    areas = [area for area in (clip_area(points, frame) for points in outline.areas) if len(area)]
    if not areas:
        return []
    on = _painted(style.on, color)
    inks = _draw([Stroke(areas, 0.0)], on, canvas)
    if style.pattern is None:
        return inks
    stippled = [_stippled(ink, style.pattern, is_on=True) for ink in inks]
    if style.off is not None:
        off = _draw([Stroke(areas, 0.0)], _painted(style.off, color), canvas)
        stippled += [_stippled(ink, style.pattern, is_on=False) for ink in off]
    return stippled


def _stippled(ink: Ink, pattern: bytes, *, is_on: bool) -> Ink:
    """The part of the ink where the pattern, a pixel to a bit from the picture's corner, is set, or is not."""
    bits = np.unpackbits(np.frombuffer(pattern, np.uint8)).reshape(PATTERN_SIDE, PATTERN_SIDE) == is_on
    rows = np.arange(ink.top, ink.top + ink.mask.shape[0]) % PATTERN_SIDE
    columns = np.arange(ink.left, ink.left + ink.mask.shape[1]) % PATTERN_SIDE
    return Ink(ink.top, ink.left, np.where(bits[np.ix_(rows, columns)], ink.mask, 0), ink.color, ink.opacity)


def _stroke(outline: Outline, color: Color | None, canvas: Canvas, behind: Strokes, off: Strokes, on: Strokes) -> None:
    style = outline.line or LineStyle()
    width = _width(outline, canvas)
    paint = _painted(style.on, color)
    clipped = _clipped(outline, width, canvas)
    whole = [piece.points for piece in clipped]
    solids = [*outline.solids, *(dot(line[:1], width) for line in outline.lines if _is_dot(line))]
    if style.shadow is not None:
        _cast(outline, solids, style.shadow, width, canvas, behind)
    elif color is None and style.on.color is None:
        casing = replace(CASING, opacity=CASING.opacity * paint.opacity)
        _add(behind, casing, whole, width + 2.0)
        _add(behind, casing, solids, 0.0, 2.0)
    dashes, gaps = (whole, []) if style.pattern is None else dash(clipped, style.pattern, width)
    if style.off is not None:
        _add(off, _painted(style.off, color), gaps, width)
    _add(on, paint, dashes, width)
    _add(on, paint, solids, 0.0)


def _cast(
    outline: Outline, solids: list[Points], shadow: Shadow, width: float, canvas: Canvas, behind: Strokes
) -> None:
    """A shadow is solid whatever the line's pattern is (C.10.5.1.3.13.1)."""
    offset = shadow_offset(shadow, outline.scale, canvas)
    paint = Paint(shadow.color, shadow.opacity)
    moved = np.zeros(2) if shadow.is_outlined else np.array(offset)
    wider = 2.0 * math.hypot(*offset) if shadow.is_outlined else 0.0
    frame = _frame(canvas, width + wider)
    pieces = [piece.points for line in outline.lines for piece in clip_line(line + moved, frame)]
    _add(behind, paint, pieces, width + wider)
    _add(behind, paint, [solid + moved for solid in solids], 0.0, wider)


def _clipped(outline: Outline, width: float, canvas: Canvas) -> list[Piece]:
    frame = _frame(canvas, width)
    return [piece for line in outline.lines if not _is_dot(line) for piece in clip_line(line, frame)]


def _is_dot(line: Points) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(len(line)) and bool((np.abs(line - line[0]) < DOT_EXTENT).all())


def _closed(areas: Iterable[Points]) -> list[Points]:
    return [np.concatenate([area, area[:1]]) for area in areas]


def _painted(paint: Paint, color: Color | None) -> Paint:
    return Paint(paint.color or color or WHITE, paint.opacity)


def _frame(canvas: Canvas, margin: float) -> Frame:
    """The picture, and as much around it as what is outside may reach into it."""
    margin += 2.0
    return Frame(-margin, -margin, canvas.columns + margin, canvas.rows + margin)


def _add(strokes: Strokes, paint: Paint, points: Sequence[Points], width: float, border: float = 0.0) -> None:
    """Lines of a width; or, for a width of 0, areas, with a border of another width around them."""
    if points and paint.opacity > 0.0:
        its = strokes.setdefault(paint, [])
        its.append(Stroke(points, width))
        if border > 0.0:
            its.append(Stroke(_closed(points), border))


def _draw(strokes: Sequence[Stroke], paint: Paint, canvas: Canvas) -> list[Ink]:
    """One mask as large as what is drawn in it; none for nothing within the picture."""
    color = paint.color or WHITE
    frame = _frame(canvas, max((stroke.width for stroke in strokes), default=0.0))
    shapes = [
        (points if stroke.width else clip_area(points, frame), stroke.width)
        for stroke in strokes
        for points in stroke.points
    ]
    shapes = [(points, width) for points, width in shapes if len(points) > 1]
    if not shapes:
        return []
    reach = np.array(
        [[*points.min(axis=0) - width - 1.0, *points.max(axis=0) + width + 1.0] for points, width in shapes]
    )
    left, top = (max(0, math.floor(reach[:, axis].min())) for axis in (0, 1))
    right = min(canvas.columns, math.ceil(reach[:, 2].max()))
    bottom = min(canvas.rows, math.ceil(reach[:, 3].max()))
    if left >= right or top >= bottom:
        return []
    corner = np.array([left, top])
    mask = _mask([(points - corner, width) for points, width in shapes], bottom - top, right - left)
    return [Ink(top, left, mask, color, paint.opacity)]


def _mask(shapes: Sequence[tuple[Points, float]], rows: int, columns: int) -> Mask:
    image = Image.new("L", (columns, rows))
    if sum(float(np.hypot(*np.diff(points, axis=0).T).sum()) for points, _ in shapes) > LONGEST_SMOOTH:
        _draw_coarsely(image, shapes)
        return np.asarray(image)
    drawing = aggdraw.Draw(image)
    brush = aggdraw.Brush(FULL)
    for points, width in shapes:
        if width:
            drawing.line(points.reshape(-1).tolist(), aggdraw.Pen(FULL, width))
        else:
            drawing.polygon(points.reshape(-1).tolist(), None, brush)
    drawing.flush()
    return np.asarray(image)


def _draw_coarsely(image: Image.Image, shapes: Sequence[tuple[Points, float]]) -> None:
    """A scribble that nearly fills the picture, in a fraction of the time and memory that smooth edges would take."""
    drawing = ImageDraw.Draw(image)
    for points, width in shapes:
        # For Pillow a pixel's place is its middle.
        flat = (points - 0.5).reshape(-1).tolist()
        if width:
            drawing.line(flat, fill=FULL, width=max(1, round(width)))
        else:
            drawing.polygon(flat, fill=FULL)
