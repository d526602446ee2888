"""The size of the answer's picture (PS3.18-2011 8.2.2, 8.2.3)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
"""(rows, columns) grey or (rows, columns, 3) RGB."""

Window = tuple[float, float, float, float]
"""A part of a picture: its left, top, right and bottom edges, in pixels that need not be whole."""

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
    if window is None and picture.shape[:2] == (rows, columns):
        return picture
    left, top, right, bottom = window or (0, 0, picture.shape[1], picture.shape[0])
    is_smaller = rows < bottom - top or columns < right - left
    resampling = Image.Resampling.HAMMING if is_smaller else Image.Resampling.BILINEAR
    gap = REDUCING_GAP if is_smaller else None
    return np.asarray(Image.fromarray(picture).resize((columns, rows), resampling, window, gap))


def rounded(length: Fraction) -> int:
    """Half up, and never nothing."""
    return max(1, int(length + Fraction(1, 2)))
