"""The size of the answer's picture (PS3.18-2011 8.2.2, 8.2.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wado.image.shrink import Samples, Window, shrink
from wado.image.stored_values import Words

Picture = NDArray[np.uint8]
"""(rows, columns) grey or (rows, columns, 3) RGB."""


class Show(Protocol):
    """How words are shown, each pixel by itself: any rows of a frame look as they do in the whole."""

    def __call__(self, words: Words) -> Picture:
        """The picture of these words."""

    def samples(self, words: Words) -> Samples:
        """What is averaged where the picture of these words is reduced."""


@dataclass(frozen=True, slots=True)
class PixelByPixel:
    """A `Show` by any function."""

    show: Callable[[Words], Picture]

    def __call__(self, words: Words) -> Picture:
        return self.show(words)

    def samples(self, words: Words) -> Samples:
        return Samples(self.show(words))


@lru_cache(maxsize=256)
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
    if rows < bottom - top or columns < right - left:
        return shrink(picture, Samples, rows, columns, window)
    return np.asarray(Image.fromarray(picture).resize((columns, rows), Image.Resampling.BILINEAR, window))


def show_resized(words: Words, show: Show, rows: int, columns: int) -> Picture:
    """The picture that `show` makes of the words, resized; reduced ones band by band, without the whole picture."""
    if words.shape[:2] == (rows, columns):
        return show(words)
    if rows < words.shape[0] or columns < words.shape[1]:
        return shrink(words, show.samples, rows, columns)
    return np.asarray(Image.fromarray(show(words)).resize((columns, rows), Image.Resampling.BILINEAR))


def _as_it_is(picture: Picture) -> Picture:
    return picture


def rounded(length: Fraction) -> int:
    """Half up, and never nothing."""
    return max(1, int(length + Fraction(1, 2)))
