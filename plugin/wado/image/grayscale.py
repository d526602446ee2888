"""Stored values to grey levels: modality, values of interest, presentation (PS3.3 C.11.1, C.11.2, C.11.6).

The chain is the same for equal stored values, so that it is tabulated over all words a cell can hold, once, and a frame
is a look-up. Frames whose cells are too wide for a table take the same functions pixel by pixel. Who drags a window
waits for another table with each picture: arrays are made once and changed in place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wado.image.look_up import is_tabulated, look_up, words_of
from wado.image.pixels import Cell
from wado.image.stored_values import Words, stored_values

Values = NDArray[Any]

Extremes = tuple[float, float]
"""The lowest and the highest modality value."""

LINEAR = "LINEAR"
LINEAR_EXACT = "LINEAR_EXACT"
SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class Rescale:
    """Rescale Slope and Rescale Intercept (PS3.3 C.11.1.1.2)."""

    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A Modality, VOI or Presentation LUT (PS3.3 C.11.1.1, C.11.2.1.1, C.11.6.1.1).

    `entries` are 16-bit words in native byte order.
    """

    first_mapped_value: int
    bits: int
    entries: bytes

    def apply(self, values: Values) -> Values:
        """The entries for the values; those outside of the table get the first or the last one."""
        entries = np.frombuffer(self.entries, np.uint16)
        indices = np.floor(np.asarray(values, np.float64) + 0.5) - self.first_mapped_value
        found: Values = entries[np.clip(indices, 0, len(entries) - 1).astype(np.intp)]
        return found


@dataclass(frozen=True, slots=True)
class Window:
    """Window Center, Window Width and VOI LUT Function (PS3.3 C.11.2.1.2, C.11.2.1.3)."""

    center: float
    width: float
    function: str = LINEAR


@dataclass(frozen=True, slots=True)
class GrayscaleChain:
    """From stored values to grey levels. Without `voi`, the whole range of the frame is shown.

    `is_inverted` tells that the lowest value is to be shown white. `padding` are the stored values, first to last,
    that do not count for the whole range, `always` those that do whether or not the frame holds them, and even where
    they are padding. `presentation` is the Presentation LUT of a presentation state.
    """

    modality: Rescale | LookupTable
    voi: Window | LookupTable | None
    is_inverted: bool
    padding: tuple[float, float] | None = None
    presentation: LookupTable | None = None
    always: tuple[float, ...] = ()


def complete(chain: GrayscaleChain, words: Words, cell: Cell) -> GrayscaleChain:
    """The chain with the full range of the frame as its window, where it has none."""
    if chain.voi is not None:
        return chain
    return replace(chain, voi=full_range(find_extremes(words, cell, chain)))


def render_grayscale(words: Words, cell: Cell, chain: GrayscaleChain) -> NDArray[np.uint8]:
    """Grey levels 0 to 255 of a frame, or of some of its rows by a chain that is complete."""
    chain = complete(chain, words, cell)
    if not is_tabulated(words):
        return grey_levels(stored_values(words, cell), chain)
    return look_up(compile_table(words.dtype.itemsize, cell, chain), words)


def grey_levels(values: Values, chain: GrayscaleChain) -> NDArray[np.uint8]:
    """The stages one after the other; float64 throughout, rounded once at the end."""
    with np.errstate(over="ignore", invalid="ignore"):  # attributes and float pixels may be of any size
        modality_values = apply_modality(values, chain.modality)
    return to_grey_levels(p_values(modality_values, chain))


def p_values(modality_values: Values, chain: GrayscaleChain) -> Values:
    """The stages behind the modality's: P-Values (PS3.14), from 0 for black to 1 for white."""
    assert chain.voi is not None
    with np.errstate(over="ignore", invalid="ignore"):
        output = np.asarray(apply_voi(modality_values, chain.voi))
    if chain.presentation is not None:
        output = apply_presentation(output, chain.presentation, chain.voi)
    if chain.is_inverted:
        output = 1.0 - output
    if math.isfinite(output.sum()):
        return output
    shown: Values = np.nan_to_num(output)  # a pixel that is no number is shown black
    return shown


def to_grey_levels(values: Values) -> NDArray[np.uint8]:
    """P-Values of 0 to 1 as 0 to 255, rounded to the nearest."""
    levels = values * 255.0
    levels += 0.5
    return np.floor(levels, out=levels).astype(np.uint8)


def apply_modality(values: Values, modality: Rescale | LookupTable) -> Values:
    if isinstance(modality, LookupTable):
        return modality.apply(values)
    output: Values = np.multiply(values, modality.slope, dtype=np.float64)
    output += modality.intercept
    return output


def apply_voi(modality_values: Values, voi: Window | LookupTable) -> Values:
    """Output 0 to 1."""
    if isinstance(voi, LookupTable):
        return np.minimum(voi.apply(modality_values) / (2.0**voi.bits - 1.0), 1.0)
    return WINDOW_FUNCTIONS[voi.function](modality_values, voi.center, voi.width)


def apply_presentation(outputs: Values, table: LookupTable, voi: Window | LookupTable) -> Values:
    """Output 0 to 1 of a Presentation LUT, whose entries the output of the VOI stage is spread over (PS3.3 C.11.6.1.1).

    A linear window goes from the first entry to the last, as the notes of C.11.6.1 have it; any other range is shared
    out among the entries in equal parts. A value between two entries gets the lower one. So does DCMTK.
    """
    entries = np.frombuffer(table.entries, np.uint16)
    if isinstance(voi, LookupTable):
        highest = len(entries) * (1.0 - 2.0**-voi.bits)
    else:
        highest = len(entries) - 1.0 if voi.function == LINEAR else float(len(entries))
    indices = np.floor(np.nan_to_num(outputs) * highest + SLACK)
    found = entries[np.minimum(indices, len(entries) - 1).astype(np.intp)]
    return np.minimum(found / (2.0**table.bits - 1.0), 1.0)


SLACK = 1e-6
"""What a value that falls upon an entry may have lost by rounding, in entries."""


def apply_linear_window(values: Values, center: float, width: float) -> Values:
    """PS3.3 C.11.2.1.2.1. A width of 1 is a threshold: up to center - 0.5 the lowest, above it the highest output."""
    lowest = center - 0.5 - (width - 1.0) / 2.0
    if width <= 1.0:
        return (values > lowest).astype(np.float64)
    output: Values = values - lowest
    output /= width - 1.0
    return np.clip(output, 0.0, 1.0, out=output)


def apply_linear_exact_window(values: Values, center: float, width: float) -> Values:
    """PS3.3 C.11.2.1.3.2. A constant frame, whose full range has no width, is shown in the lowest output."""
    if width <= 0.0:
        return np.zeros(np.shape(values))
    return np.clip((values - center) / width + 0.5, 0.0, 1.0)


def apply_sigmoid_window(values: Values, center: float, width: float) -> Values:
    """PS3.3 C.11.2.1.3.1."""
    exponents = np.clip(-4.0 * (values - center) / width, -700.0, 700.0)
    return 1.0 / (1.0 + np.exp(exponents))


WINDOW_FUNCTIONS = {
    LINEAR: apply_linear_window,
    LINEAR_EXACT: apply_linear_exact_window,
    SIGMOID: apply_sigmoid_window,
}


def full_range(*extremes: Extremes | None) -> Window:
    """The window from the lowest to the highest of the modality values; of none, one that shows black."""
    ends = [end for pair in extremes if pair for end in pair]
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    return Window((low + high) / 2.0, high - low, LINEAR_EXACT)


def find_extremes(words: Words, cell: Cell, chain: GrayscaleChain) -> Extremes | None:
    """The frame's lowest and highest modality value: the one stage that looks at the pixels.

    None where no value counts: a frame of nothing but padding is all padding. Single bits have their range whatever
    they hold: a segment that fills its frame is white, an empty one black.
    """
    values = stored_values(words, cell) if cell.bits_stored > 1 else np.array([0, 1])
    if values.dtype.kind == "f":
        values = values[np.isfinite(values)]
    if chain.padding is not None:
        values = _without_padding(values, *chain.padding)
    is_straight = isinstance(chain.modality, Rescale) and values.size > 0
    # A straight line has its extremes at the ends; a table may have them anywhere.
    decisive = np.append([values.min(), values.max()] if is_straight else np.unique(values), chain.always)
    if decisive.size == 0:
        return None
    with np.errstate(over="ignore"):
        outputs = np.asarray(apply_modality(decisive, chain.modality), np.float64)
    return float(outputs.min()), float(outputs.max())


def _without_padding(values: Values, first: float, last: float) -> Values:
    """All of them where the others have but one value: it is shown apart from the padding."""
    others = values[(values < first) | (values > last)]
    return others if others.size == 0 or others.min() < others.max() else values


@lru_cache(maxsize=64)
def compile_table(itemsize: int, cell: Cell, chain: GrayscaleChain) -> NDArray[np.uint8]:
    """The grey level of every word that a cell of so many bytes can hold: 256 or 65536 of them."""
    words = words_of(itemsize)
    distinct = words[: 2 << cell.high_bit]  # bits above High Bit are no part of the value
    return np.tile(grey_levels(stored_values(distinct, cell), chain), len(words) // len(distinct))
