"""The size of the answer's picture (PS3.18-2011 8.2.2, 8.2.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wado.image.stored_values import Words

Picture = NDArray[np.uint8]
"""(rows, columns) grey or (rows, columns, 3) RGB."""

Window = tuple[float, float, float, float]
"""A part of a picture: its left, top, right and bottom edges, in pixels that need not be whole."""

Factors = tuple[int, int]
"""How many columns, and how many rows, become one."""


class Show(Protocol):
    """How words are shown, each pixel by itself: any rows of a frame look as they do in the whole."""

    def __call__(self, words: Words) -> Picture:
        """The picture of these words."""

    def reduced(self, words: Words, factors: Factors) -> Picture:
        """The same, with the mean of each block of pixels in its place."""


@dataclass(frozen=True, slots=True)
class PixelByPixel:
    """A `Show` by any function."""

    show: Callable[[Words], Picture]

    def __call__(self, words: Words) -> Picture:
        return self.show(words)

    def reduced(self, words: Words, factors: Factors) -> Picture:
        return reduce_picture(self.show(words), factors)


BAND = 256 * 1024
"""Words of a band: what is made of them stays in the processor's cache."""

REDUCING_GAP = 3.0
"""Pictures more than so many times too large are averaged in whole steps first: faster, and not to be told apart."""


def fit_size(
    rows: int, columns: int, pixel_aspect: Fraction, maximum_rows: int | None, maximum_columns: int | None
) -> tuple[int, int]:
    """Rows and columns that keep the aspect ratio: as given for one of the maxima, at most as given for the other.

    `pixel_aspect` is the height of a pixel over its width: pixels become square when a size is chosen. Without one,
    each value of the image is a pixel of the picture.
    """
    if maximum_rows is None and maximum_columns is None:
        return rows, columns
    height = rows * pixel_aspect
    factors = [Fraction(maximum_rows) / height] if maximum_rows else []
    factors += [Fraction(maximum_columns, columns)] if maximum_columns else []
    factor = min(factors)
    return rounded(height * factor), rounded(columns * factor)


def resize(picture: Picture, rows: int, columns: int, window: Window | None = None) -> Picture:
    """Antialiased where it shrinks, smooth where it grows; every pixel between its neighbours, never beyond them.

    Of the part of the picture within `window`, where there is one.
    """
    if window is None:
        return show_resized(picture, PixelByPixel(_as_it_is), rows, columns)
    left, top, right, bottom = window
    is_smaller = rows < bottom - top or columns < right - left
    resampling = Image.Resampling.HAMMING if is_smaller else Image.Resampling.BILINEAR
    gap = REDUCING_GAP if is_smaller else None
    return np.asarray(Image.fromarray(picture).resize((columns, rows), resampling, window, gap))


def show_resized(words: Words, show: Show, rows: int, columns: int) -> Picture:
    """The picture that `show` makes of the words, resized.

    Where it is averaged in whole steps first, that is done band by band: the whole picture is never made.
    """
    if words.shape[:2] == (rows, columns):
        return show(words)
    is_smaller = rows < words.shape[0] or columns < words.shape[1]
    resampling = Image.Resampling.HAMMING if is_smaller else Image.Resampling.BILINEAR
    factors = _whole_factor(words.shape[1], columns), _whole_factor(words.shape[0], rows)
    if factors == (1, 1):
        return np.asarray(Image.fromarray(show(words)).resize((columns, rows), resampling))
    reduced = np.concatenate([show.reduced(band, factors) for band in _bands(words, factors[1])])
    whole = 0, 0, words.shape[1] / factors[0], words.shape[0] / factors[1]
    return np.asarray(Image.fromarray(reduced).resize((columns, rows), resampling, box=whole))


def reduce_picture(picture: Picture, factors: Factors) -> Picture:
    """The mean of each block of so many columns and rows; the last ones are of what there is."""
    return np.asarray(Image.fromarray(picture).reduce(factors))


def _whole_factor(length: int, target: int) -> int:
    return int(length / target / REDUCING_GAP) or 1


def _bands(words: Words, factor: int) -> Iterator[Words]:
    """Some rows at a time, a whole number of steps."""
    step = max(1, BAND // (words[0].size * factor)) * factor
    return (words[start : start + step] for start in range(0, len(words), step))


def _as_it_is(picture: Picture) -> Picture:
    return picture


def rounded(length: Fraction) -> int:
    """Half up, and never nothing."""
    return max(1, int(length + Fraction(1, 2)))
