"""Texts as ink: where each is written, upright and unmirrored whatever is done to the image (PS3.3 C.10.5.1.1)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from wado.annotation.fonts import check_layout_library
from wado.graphics.canvas import SMALLEST_SIZE, Canvas, unit
from wado.graphics.compounds import HEAD_WIDTH, Label
from wado.graphics.ink import Ink, Mask
from wado.graphics.lettering import Block, draw_block, fit, fit_broken, is_within, outline_width, widen, wrap
from wado.graphics.strokes import Outline, draw_outlines, shadow_offset
from wado.presentation.graphic_model import WHITE, Color, Horizontal, Shadow, Text, TextStyle, Vertical

SMALLEST_TO_USUAL = 2 / 3
"""Of letters in a box that is too small for them, to those of a text without one."""
LARGEST_TO_SIDE = 1 / 8
"""Of letters that a box is meant for, to the picture's shorter side."""
HEAD_TO_SIZE = 0.6
"""Of an arrow that leads to an anchor point, to the letters."""
MARGIN = 2
"""Pixels between a text and the picture's edge, at least."""
OUTLINE_OPACITY = 0.7
LIGHT = 110
"""Luma from which on a colour has a black outline, and below it a white one."""
LUMA = (0.299, 0.587, 0.114)
PLAIN = TextStyle()


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and the row and column of its top left corner."""

    block: Block
    top: int
    left: int

    def nearest(self, column: float, row: float) -> tuple[float, float]:
        """The place of its edge, or in it, that is nearest to another."""
        right, bottom = self.left + self.block.width, self.top + self.block.height
        return min(max(column, self.left), right), min(max(row, self.top), bottom)


def draw_text(text: Text, color: Color | None, canvas: Canvas) -> list[Ink]:
    """Nothing if neither its box nor its anchor is in the picture (C.10.5.1.1).

    Raises `InternalError` and `Unimplemented` where the system's fonts do not do.
    """
    check_layout_library()
    found = _place(text, canvas)
    if found is None:
        return []
    placed, scale = found
    return [*_leader(text, placed, color, canvas), *_inks(placed, text.style, color, scale, canvas)]


def draw_label(label: Label, color: Color | None, canvas: Canvas) -> list[Ink]:
    """The text beside its place, if that is in the picture. Raises as `draw_text` does."""
    if not canvas.contains(label.place):
        return []
    check_layout_library()
    block = Block((label.text,), canvas.letter_size, label.style or PLAIN)
    free = canvas.letter_size / 4.0
    reach = (np.abs(label.direction) * (block.width, block.height)).sum() / 2.0 + free
    left, top = (label.place + label.direction * reach - (block.width / 2.0, block.height / 2.0)).tolist()
    return _inks(_moved_inside(block, top, left, canvas), label.style, color, 1.0, canvas)


def _place(text: Text, canvas: Canvas) -> tuple[Placed, float] | None:
    """Where it is written, and the picture's pixels to one of its units."""
    is_anchored = text.anchor is not None and canvas.contains(canvas.place((text.anchor.point,), text.anchor.units))
    if text.box is not None:
        corners = canvas.place(text.box.corners, text.box.units)
        (left, top), (right, bottom) = np.sort(corners, axis=0).tolist()
        is_seen = right >= 0 and bottom >= 0 and left <= canvas.columns and top <= canvas.rows
        if not (is_seen or is_anchored) or not np.isfinite(corners).all():
            return None
        return _in_box(text, (left, top, right, bottom), canvas), canvas.scale(text.box.units)
    if text.anchor is None or not is_anchored:
        return None
    return _at_anchor(text, canvas), canvas.scale(text.anchor.units)


def _in_box(text: Text, box: tuple[float, float, float, float], canvas: Canvas) -> Placed:
    """As large as the box allows, within what can be read; beyond its edges where it cannot be within them."""
    left, top, right, bottom = box
    style = text.style or PLAIN
    horizontal = style.horizontal or (text.box.justification if text.box else Horizontal.LEFT)
    block = _fitted(Block(text.lines, canvas.letter_size, style, horizontal), right - left, bottom - top, canvas)
    free_columns, free_rows = right - left - block.width, bottom - top - block.height
    column = left + free_columns * SHARES[horizontal.value]
    row = top + max(0.0, free_rows) * SHARES[(style.vertical or Vertical.TOP).value]
    return _moved_inside(block, row, column, canvas)


def _fitted(block: Block, width: float, height: float, canvas: Canvas) -> Block:
    """In its own lines if they have room in letters of the usual size, else in broken ones, else with too little."""
    width, height = min(width, canvas.columns - 2.0 * MARGIN), min(height, canvas.rows - 2.0 * MARGIN)
    fitting = fit(block, width, height)
    if fitting.size >= block.size and is_within(fitting, width, height):
        return replace(fitting, size=min(fitting.size, max(block.size, round(canvas.side * LARGEST_TO_SIDE))))
    smallest = max(SMALLEST_SIZE, round(block.size * SMALLEST_TO_USUAL))
    if is_within(fitting, width, height):
        smallest = max(smallest, fitting.size)
    broken = fit_broken(block, width, height, smallest)
    if broken is not None:
        return broken
    block = replace(block, size=max(smallest, fitting.size))
    return _within_picture(wrap(block, width) if height > width else block, canvas)


def _within_picture(block: Block, canvas: Canvas) -> Block:
    return wrap(block, canvas.columns - 2.0 * MARGIN, breaks_words=True)


def _at_anchor(text: Text, canvas: Canvas) -> Placed:
    """To the right of the point; farther away, and above, where a line is to lead there."""
    assert text.anchor is not None
    column, row = canvas.place((text.anchor.point,), text.anchor.units)[0].tolist()
    style = text.style or PLAIN
    block = Block(text.lines, max(SMALLEST_SIZE, canvas.letter_size), style, style.horizontal or Horizontal.LEFT)
    block = _within_picture(block, canvas)
    if text.anchor.is_visible:
        return _moved_inside(block, row - 1.5 * block.size - block.height, column + 1.5 * block.size, canvas)
    return _moved_inside(block, row - block.height / 2.0, column + block.size / 2.0, canvas)


def _moved_inside(block: Block, top: float, left: float, canvas: Canvas) -> Placed:
    """Within the picture, as far as it is smaller than that."""
    last_top, last_left = canvas.rows - block.height - MARGIN, canvas.columns - block.width - MARGIN
    row, column = max(min(round(top), last_top), MARGIN), max(min(round(left), last_left), MARGIN)
    return Placed(block, row, column)


def _leader(text: Text, placed: Placed, color: Color | None, canvas: Canvas) -> Iterator[Ink]:
    """The line to the anchor point, with a head there, if it is visible (Anchor Point Visibility)."""
    if text.anchor is None or not text.anchor.is_visible:
        return
    tip = canvas.place((text.anchor.point,), text.anchor.units)[0]
    if not np.isfinite(tip).all():
        return
    start = np.array(placed.nearest(*tip.tolist()))
    length = math.hypot(*(tip - start).tolist())
    if length < 1.0:
        return
    direction, head = unit(tip - start), min(placed.block.size * HEAD_TO_SIZE, length)
    base = tip - direction * head
    side = np.array([-direction[1], direction[0]]) * head * HEAD_WIDTH / 2.0
    outline = Outline(1.0, lines=[np.stack([start, base])], solids=[np.stack([tip, base + side, base - side])])
    yield from draw_outlines([outline], (text.style.color if text.style else None) or color, canvas)


def _inks(placed: Placed, style: TextStyle | None, color: Color | None, scale: float, canvas: Canvas) -> list[Ink]:
    """The letters, and behind them the shadow of their style; without a style an outline that sets them off."""
    ink_color = (style.color if style else None) or color or WHITE
    letters = draw_block(placed.block)
    front = Ink(placed.top, placed.left, letters, ink_color)
    if style is None:
        reach = outline_width(placed.block.size)
        behind = widen(np.pad(letters, reach), reach)
        return [Ink(placed.top - reach, placed.left - reach, behind, _contrast(ink_color), OUTLINE_OPACITY), front]
    if style.shadow is not None:
        return [_shadow(placed, style.shadow, letters, scale, canvas), front]
    return [front]


def _shadow(placed: Placed, shadow: Shadow, letters: Mask, scale: float, canvas: Canvas) -> Ink:
    column, row = shadow_offset(shadow, scale, canvas)
    if not shadow.is_outlined:
        return Ink(placed.top + round(row), placed.left + round(column), letters, shadow.color, shadow.opacity)
    reach = max(1, round(math.hypot(column, row)))
    mask = widen(np.pad(letters, reach), reach)
    return Ink(placed.top - reach, placed.left - reach, mask, shadow.color, shadow.opacity)


def _contrast(color: Color) -> Color:
    luma = sum(weight * value for weight, value in zip(LUMA, color, strict=True))
    return (0, 0, 0) if luma >= LIGHT else WHITE


SHARES = {"LEFT": 0.0, "TOP": 0.0, "CENTER": 0.5, "RIGHT": 1.0, "BOTTOM": 1.0}
"""Of what is free, before the text."""
