"""Grayscale chains that are one straight line between black and white: levels without a table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wado.image.grayscale import LINEAR, LINEAR_EXACT, GrayscaleChain, Rescale, Window, grey_levels
from wado.image.pixels import Cell
from wado.image.second_thread import LARGE, in_two
from wado.image.stored_values import Words, stored_values

Levels = NDArray[np.uint8]

LARGEST_OFFSET = 1e4
"""Levels: beyond them the sum is not exact enough."""

STEEPEST = 1.0
"""Levels for each stored value, at most: then the whole number next to an end of a line has the level of that end."""

CHUNK = 64 * 1024
"""Words that are worked on at once: what is made of them stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Line:
    """Grey levels are stored values times `scale` plus `offset`, from 0 to 255."""

    scale: float
    offset: float

    def ends(self, kind: np.dtype[Any]) -> tuple[int, int]:
        """The whole values nearest to those of black and white, the lower one first, as far as `kind` can hold them."""
        black, white = -self.offset / self.scale, (255.0 - self.offset) / self.scale
        limits = np.iinfo(kind)
        low, high = (min(max(limits.min, end), limits.max) for end in sorted((black, white)))
        return math.ceil(low - 0.5), math.floor(high + 0.5)


def straight_line(chain: GrayscaleChain) -> Line | None:
    """The chain as one line (PS3.3 C.11.1.1.2, C.11.2.1.2.1, C.11.2.1.3.2); none if it is another curve."""
    if not isinstance(chain.modality, Rescale) or not isinstance(chain.voi, Window) or chain.presentation is not None:
        return None
    if chain.voi.function == LINEAR:
        center, width = chain.voi.center - 0.5, chain.voi.width - 1.0
    elif chain.voi.function == LINEAR_EXACT:
        center, width = chain.voi.center, chain.voi.width
    else:
        return None
    if width <= 0.0:
        return None
    scale = 255.0 * chain.modality.slope / width
    offset = 255.0 * ((chain.modality.intercept - center) / width + 0.5)
    if scale == 0.0 or not math.isfinite(offset) or abs(offset) > LARGEST_OFFSET:
        return None  # of a slope too small for a number as well
    return Line(-scale, 255.0 - offset) if chain.is_inverted else Line(scale, offset)


@dataclass(frozen=True, slots=True)
class ProvenLine:
    """How 16-bit values become levels in single precision, as exactly as by the stages of the chain.

    They are clipped to `low` and `high`, multiplied by `scale` and moved by `offset`; what is behind the point goes.
    """

    low: np.integer[Any]
    high: np.integer[Any]
    scale: np.float32
    offset: np.float32

    def levels(self, values: Words, floats: NDArray[np.float32], clipped: Words) -> NDArray[np.float32]:
        """Levels with what is behind the point, in `floats`; `clipped` is room for as many values."""
        np.clip(values, self.low, self.high, out=clipped)
        np.copyto(floats, clipped)
        np.multiply(floats, self.scale, out=floats)
        return np.add(floats, self.offset, out=floats)


@lru_cache(maxsize=64)
def prove_line(cell: Cell, chain: GrayscaleChain) -> ProvenLine | None:
    """The chain, if it is a line that gives every value of such 16-bit cells the very level that the stages give it.

    Compared are all values between the ends, the next one beyond each, and the lowest and the highest of all: since
    rounding keeps their order, those that lie between two with the same level have that level as well.
    """
    line = straight_line(chain)
    if line is None or abs(line.scale) > STEEPEST:
        return None
    kind = np.dtype(np.int16 if cell.is_signed else np.uint16)
    low, high = line.ends(kind)
    limits = np.iinfo(kind)
    near = np.arange(max(limits.min, low - 1), min(limits.max, high + 1) + 1)
    values = np.concatenate([[limits.min], near, [limits.max]]).astype(kind)
    proven = ProvenLine(kind.type(low), kind.type(high), np.float32(line.scale), np.float32(line.offset + 0.5))
    floats = proven.levels(values, np.empty(values.shape, np.float32), np.empty_like(values))
    if floats.min() <= -1.0 or floats.max() >= 256.0:  # these become bytes in more than one way
        return None
    return proven if np.array_equal(floats.astype(np.uint8), grey_levels(values, chain)) else None


def draw_line(words: Words, cell: Cell, line: ProvenLine) -> Levels:
    """The levels of all words of a frame, or of some of its rows."""
    flat = np.ascontiguousarray(words).reshape(-1)
    levels = np.empty(words.shape, np.uint8)
    found = levels.reshape(-1)
    if flat.size < LARGE:
        _draw(flat, cell, line, found)
    else:
        middle = flat.size // 2
        in_two(
            lambda: _draw(flat[:middle], cell, line, found[:middle]),
            lambda: _draw(flat[middle:], cell, line, found[middle:]),
        )
    return levels


def _draw(flat: Words, cell: Cell, line: ProvenLine, found: Levels) -> None:
    size = min(CHUNK, flat.size)
    floats, clipped = np.empty(size, np.float32), np.empty(size, line.low.dtype)
    for start in range(0, flat.size, CHUNK):
        values = stored_values(flat[start : start + CHUNK], cell)
        levels = line.levels(values, floats[: values.size], clipped[: values.size])
        np.copyto(found[start : start + CHUNK], levels, casting="unsafe")
