"""How a grey frame is shown, whole or reduced."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wado.image.grayscale import GrayscaleChain, render_grayscale
from wado.image.look_up import is_tabulated
from wado.image.pixels import Cell
from wado.image.resize import Picture
from wado.image.shrink import Samples
from wado.image.stored_values import Words, stored_values
from wado.image.straight_line import draw_line, prove_line, straight_line


@dataclass(frozen=True, slots=True)
class GreyLevels:
    """A `Show` by a chain that is complete."""

    cell: Cell
    chain: GrayscaleChain

    def __call__(self, words: Words) -> Picture:
        line = prove_line(self.cell, self.chain) if words.dtype == np.uint16 else None
        return draw_line(words, self.cell, line) if line else render_grayscale(words, self.cell, self.chain)

    def samples(self, words: Words) -> Samples:
        """Where the chain is a straight line, the mean of the levels is the level of the values' mean.

        A fourth of the work, and within one level of the mean of rounded levels.
        """
        line = straight_line(self.chain) if is_tabulated(words) else None
        if line is None or abs(line.scale) > STEEPEST:
            return Samples(self(words))
        values = stored_values(words, self.cell)
        low, high = line.ends(values.dtype)
        lowest = values.dtype.type(low)
        above = np.clip(values, lowest, values.dtype.type(high))
        above -= lowest  # wraps round to what it is without a sign
        return Samples(above.view(f"u{above.itemsize}"), high - low, line.scale, low * line.scale + line.offset)


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
