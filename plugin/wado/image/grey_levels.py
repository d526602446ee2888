"""How a grey frame is shown, whole or reduced."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wado.image.grayscale import LINEAR, LINEAR_EXACT, GrayscaleChain, Rescale, Window, render_grayscale
from wado.image.look_up import is_tabulated
from wado.image.pixels import Cell
from wado.image.resize import Factors, Picture, reduce_picture
from wado.image.stored_values import Words, stored_values

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class GreyLevels:
    """A `Show` by a chain that is complete."""

    cell: Cell
    chain: GrayscaleChain

    def __call__(self, words: Words) -> Picture:
        return render_grayscale(words, self.cell, self.chain)

    def reduced(self, words: Words, factors: Factors) -> Picture:
        """Where the chain is a straight line, the mean of the levels is the level of the values' mean.

        A fourth of the work, and within one level of the mean of rounded levels.
        """
        line = straight_line(self.chain) if is_tabulated(words) else None
        if line is None or abs(line.scale) > STEEPEST:
            return reduce_picture(self(words), factors)
        values = stored_values(words, self.cell)
        shown = np.clip(values, *line.ends(values.dtype)).astype(np.float32)
        levels = block_means(shown, factors) * np.float32(line.scale) + np.float32(line.offset)
        rounded: Picture = np.clip(np.floor(levels + np.float32(0.5)), 0, 255).astype(np.uint8)
        return rounded


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


def is_alike_averaged(chain: GrayscaleChain, cell: Cell) -> bool:
    """Whether levels of averaged stored values are as good as averaged levels, whatever values the frame has.

    The chain is one line, and its window at least half as wide as all that can be stored: how far a value lies beyond
    the window's ends makes little difference then. No value stands for something else than a brightness.
    """
    line = None if chain.padding or chain.always else straight_line(chain)
    return line is not None and abs(line.scale) * 2**cell.bits_stored <= 255.0 * MOST_BEYOND


MOST_BEYOND = 2.0
"""All that can be stored over what is in the window."""

STEEPEST = 0.5
"""Levels for each stored value, at most: then a whole number is near enough to either end of a line."""


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
    if width <= 0.0 or chain.modality.slope == 0.0:
        return None
    scale = 255.0 * chain.modality.slope / width
    offset = 255.0 * ((chain.modality.intercept - center) / width + 0.5)
    if not math.isfinite(offset) or abs(offset) > LARGEST_OFFSET:
        return None
    return Line(-scale, 255.0 - offset) if chain.is_inverted else Line(scale, offset)


LARGEST_OFFSET = 1e4
"""Levels: beyond them the sum is not exact enough."""


def block_means(values: Values, factors: Factors) -> Values:
    """The mean of each block of so many columns and rows; the last ones are of what there is."""
    columns, rows = factors
    return _means_along_rows(_means_of_rows(values, rows), columns)


def _means_of_rows(values: Values, factor: int) -> Values:
    whole = len(values) // factor
    blocks = values[: whole * factor].reshape(whole, factor, values.shape[1])
    means = np.ones(factor, np.float32) @ blocks / np.float32(factor)  # much faster than a mean along a short axis
    rest = values[whole * factor :]
    return np.concatenate([means, rest.mean(axis=0, keepdims=True)]) if len(rest) else means


def _means_along_rows(values: Values, factor: int) -> Values:
    whole = values.shape[1] // factor
    blocks = np.ascontiguousarray(values[:, : whole * factor]).reshape(len(values), whole, factor)
    means = blocks @ np.ones(factor, np.float32) / np.float32(factor)
    rest = values[:, whole * factor :]
    return np.concatenate([means, rest.mean(axis=1, keepdims=True)], axis=1) if rest.size else means
