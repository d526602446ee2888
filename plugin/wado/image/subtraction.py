"""Mask subtraction, on modality values (PS3.3 C.7.6.10.1, PS3.4 N.2.1.2)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from wado.image.grayscale import Values
from wado.image.pixels import Cell
from wado.image.stored_values import Words

Differences = NDArray[np.float64]
"""(rows, columns): above 0 where the frame has more than its mask, 0 where it has the same."""


def subtract(contrast: Values, mask: Values) -> Differences:
    """What the frame has more than its mask; with the sign and the one bit more that PS3.4 N.2.1.2 speaks of."""
    with np.errstate(over="ignore", invalid="ignore"):  # attributes and float pixels may be of any size
        return np.subtract(contrast, mask, dtype=np.float64)


def to_words(differences: Differences) -> tuple[Words, Cell]:
    """Differences as the words of a frame, to be shown by a chain whose modality stage is the identity.

    Whole numbers fit cells of 16 bits, whose words are tabulated; others stay what they are.
    """
    if differences.min() >= -0x8000 and differences.max() < 0x8000:
        whole = differences.astype(np.int16)
        if np.array_equal(whole, differences):
            return whole.view(np.uint16), Cell(16, 15, is_signed=True)
    return differences, Cell(64, 63, is_signed=True)


def average(frames: Iterable[Values]) -> Values:
    """The mean of at least one frame, pixel by pixel; the frames are asked for one at a time."""
    others = iter(frames)
    total: Values = np.asarray(next(others), np.float64)
    count = 1
    with np.errstate(over="ignore", invalid="ignore"):
        for frame in others:
            total = total + frame
            count += 1
    return total / count if count > 1 else total


def shift_mask(mask: Values, down: float, left: float) -> Values:
    """The mask moved by so many rows and columns, by linear interpolation between its pixels.

    Where nothing of it comes to lie, its border is repeated, so that a uniform background stays one.
    """
    return _shift(_shift(mask, -down, 0), left, 1)


def _shift(values: Values, offset: float, axis: int) -> Values:
    """Values from so many pixels further on along the axis."""
    if offset == 0:
        return values
    last = values.shape[axis] - 1
    positions = np.clip(np.arange(last + 1) + offset, 0, last)
    before = positions.astype(np.intp)
    share = np.expand_dims(positions - before, 1 - axis)
    after = np.minimum(before + 1, last)
    between: Values = values.take(before, axis) * (1.0 - share) + values.take(after, axis) * share
    return between
