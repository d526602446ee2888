"""Lines of text as one mask: their size, their breaks, their style."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image

from wado.annotation.fonts import split_into_clusters
from wado.annotation.text import Extent, direction_of_text, draw_mask, measure
from wado.graphics.canvas import SMALLEST_SIZE
from wado.graphics.ink import FULL, Mask
from wado.presentation.graphic_model import Horizontal, TextStyle

ASCENT, DESCENT = 0.88, 0.24
"""Of a line, to the letters' size."""
PROBE_SIZE = 48
SLANT = 0.2
"""Columns to a row that italic letters lean by."""
BOLD_TO_SIZE = 1 / 16
UNDERLINE_TO_SIZE = 1 / 14
OUTLINE_TO_SIZE = 1 / 14


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size, set below one another."""

    lines: tuple[str, ...]
    size: int
    style: TextStyle
    horizontal: Horizontal = Horizontal.LEFT

    @property
    def width(self) -> int:
        return max(_extent(line, self.size).width for line in self.lines) + _extra(self.style, self.size)

    @property
    def height(self) -> int:
        return sum(_ascent(line, self.size) + _descent(line, self.size) for line in self.lines)


def fit(block: Block, width: float, height: float) -> Block:
    """With the largest letters with which the lines are within the width and height, but none that cannot be read."""
    probe = replace(block, size=PROBE_SIZE)
    part = min(width / max(1, probe.width), height / max(1, probe.height))
    block = replace(block, size=max(SMALLEST_SIZE, math.ceil(PROBE_SIZE * part)))
    while block.size > SMALLEST_SIZE and not is_within(block, width, height):
        block = replace(block, size=block.size - 1)
    return block


def fit_broken(block: Block, width: float, height: float, smallest: int) -> Block | None:
    """As `fit`, with lines broken between words and letters from its size down to the smallest, if they can be."""
    if math.ceil(ASCENT * smallest) + math.ceil(DESCENT * smallest) > height:
        return None  # not even one line
    while block.size >= smallest:
        broken = wrap(block, width)
        if is_within(broken, width, height):
            return broken
        block = replace(block, size=block.size - max(1, block.size // 16))
    return None


def is_within(block: Block, width: float, height: float) -> bool:
    return block.width <= width and block.height <= height


def wrap(block: Block, width: float, *, breaks_words: bool = False) -> Block:
    """The block with lines broken between words; and within a word that is too long itself, if it must be."""
    if block.width <= width:
        return block
    room = max(1, math.floor(width) - _extra(block.style, block.size))
    lines = [part for line in block.lines for part in _wrap_line(line, block.size, room)]
    if breaks_words:
        lines = [part for line in lines for part in _break(line, block.size, room)]
    return replace(block, lines=tuple(lines))


def draw_block(block: Block) -> Mask:
    """(height, width) of the block."""
    mask = np.zeros((block.height, block.width), np.uint8)
    room = block.width - _extra(block.style, block.size)
    row = 0
    for line in block.lines:
        extent = _extent(line, block.size)
        free = room - extent.width
        column = {Horizontal.LEFT: 0, Horizontal.CENTER: free // 2, Horizontal.RIGHT: free}[block.horizontal]
        ascent = _ascent(line, block.size)
        letters = _letters(line, block.size, block.style)
        top = row + ascent - extent.ascent
        area = mask[top : top + letters.shape[0], column : column + letters.shape[1]]
        np.maximum(area, letters[: area.shape[0], : area.shape[1]], out=area)
        if block.style.is_underlined and line:
            thick = max(1, round(block.size * UNDERLINE_TO_SIZE))
            mask[row + ascent + thick : row + ascent + 2 * thick, column : column + letters.shape[1]] = FULL
        row += ascent + _descent(line, block.size)
    return mask


def outline_width(size: int) -> int:
    return max(1, round(size * OUTLINE_TO_SIZE))


def widen(mask: Mask, reach: int) -> Mask:
    """With so many pixels more all around, for which there must be room."""
    return _widen_rows(_widen_rows(mask, reach).T, reach).T


def _widen_rows(mask: Mask, reach: int) -> Mask:
    """Each pixel as the highest within so many rows: of two rows, of three or four, of up to twice as many again."""
    highest, width = np.pad(mask, ((reach, reach), (0, 0))), 1
    while width < 2 * reach + 1:
        step = min(width, 2 * reach + 1 - width)
        highest = np.maximum(highest[:-step], highest[step:])
        width += step
    return highest


def _letters(line: str, size: int, style: TextStyle) -> Mask:
    letters = draw_mask(line, size, direction_of_text(line))
    if not style.is_bold and not style.is_italic:
        return letters
    letters = np.pad(letters, ((0, 0), (0, _extra(style, size))))
    if style.is_bold:
        letters = np.max([np.roll(letters, step, axis=1) for step in range(_bolder(size) + 1)], axis=0)
    if style.is_italic:
        image = Image.fromarray(letters)
        leaning = (1.0, SLANT, -SLANT * image.height, 0.0, 1.0, 0.0)
        letters = np.asarray(image.transform(image.size, Image.Transform.AFFINE, leaning, Image.Resampling.BILINEAR))
    return letters


def _extra(style: TextStyle, size: int) -> int:
    """Columns that bold and italic letters take on the right."""
    italic = math.ceil(SLANT * (ASCENT + DESCENT) * size) if style.is_italic else 0
    return italic + (_bolder(size) if style.is_bold else 0)


def _bolder(size: int) -> int:
    return max(1, round(size * BOLD_TO_SIZE))


@lru_cache(maxsize=4096)
def _extent(line: str, size: int) -> Extent:
    return measure(line, size, direction_of_text(line))


def _ascent(line: str, size: int) -> int:
    return max(_extent(line, size).ascent, math.ceil(ASCENT * size))


def _descent(line: str, size: int) -> int:
    return max(_extent(line, size).descent, math.ceil(DESCENT * size))


def _wrap_line(line: str, size: int, width: int) -> list[str]:
    lines = [""]
    for word in line.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if not lines[-1] or _extent(longer, size).width <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _break(line: str, size: int, width: int) -> list[str]:
    if _extent(line, size).width <= width:
        return [line]
    parts = [""]
    for cluster in split_into_clusters(line):
        if parts[-1] and _extent(parts[-1] + cluster, size).width > width:
            parts.append("")
        parts[-1] += cluster
    return parts
