"""What covers a picture: which pixels, how much of them, and in what colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wado.image.resize import Picture
from wado.presentation.graphic_model import Color

Mask = NDArray[np.uint8]
"""(rows, columns) of how much is covered: 0 to 255."""

FULL = 255
BAND = 256
"""Rows that are painted at once: what that takes does not grow with the picture."""
SPARSE = 0.2
"""Of an ink's pixels: where fewer are covered, they are painted one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """One colour at one place; the mask may reach beyond the picture."""

    top: int
    left: int
    mask: Mask
    color: Color
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """All inks as one: of the pixels at `places`, counted row by row, so much is kept and so much added.

    A pixel becomes (pixel * kept + added) / 255. `added` has a column for each of red, green and blue, or one where
    all of them are grey.
    """

    places: NDArray[np.intp]
    kept: NDArray[np.uint16]
    added: NDArray[np.uint16]

    @property
    def is_grey(self) -> bool:
        return bool(self.added.shape[1] == 1)

    @property
    def size(self) -> int:
        """In bytes."""
        return self.places.nbytes + self.kept.nbytes + self.added.nbytes


@dataclass(frozen=True, slots=True, eq=False)
class Pixels:
    """The pixels of a picture that an ink covers, counted row by row, and how much of each, 0 to 1."""

    places: NDArray[np.intp]
    covered: NDArray[np.float64]
    color: Color


def find_pixels(ink: Ink, rows: int, columns: int) -> Pixels:
    top, left, mask = _within(ink, rows, columns)
    row, column = np.nonzero(mask)
    places = np.asarray((row + top) * columns + column + left, np.intp)
    return Pixels(places, np.asarray(mask[row, column] * (ink.opacity / FULL), np.float64), ink.color)


def combine(parts: Sequence[Pixels]) -> Cover:
    """Each over those before it."""
    is_grey = all(_is_grey(part.color) for part in parts)
    channels = 1 if is_grey else 3
    all_places = [part.places for part in parts] or [np.empty(0, np.intp)]
    places = all_places[0] if len(all_places) == 1 else _distinct(np.concatenate(all_places))
    kept, added = np.ones(len(places)), np.zeros((len(places), channels))
    for part in parts:
        where, covered = np.searchsorted(places, part.places), part.covered
        kept[where] *= 1.0 - covered
        color = np.array(part.color[:channels], np.float64)
        added[where] = added[where] * (1.0 - covered)[:, np.newaxis] + covered[:, np.newaxis] * color
    kept_levels = np.rint(kept * FULL).astype(np.uint16)
    return Cover(places, kept_levels[:, np.newaxis], np.rint(added * FULL).astype(np.uint16))


def _distinct(places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each of them once, in order. NumPy's own `unique` takes ten times as long for what are rows of pixels."""
    places = np.sort(places)
    return places[np.diff(places, prepend=-1) > 0]


def lay_over(picture: Picture, cover: Cover) -> Picture:
    """The picture with the cover on it: in colours if it was, or the cover is."""
    return _lay_on(_copied(picture, is_grey=cover.is_grey), cover)


def paint(picture: Picture, ink: Ink) -> Picture:
    """Paint on a picture that is given; on one in colours instead, if it is grey and the ink is not."""
    if picture.ndim == 2 and not _is_grey(ink.color):
        picture = _copied(picture, is_grey=False)
    rows, columns = picture.shape[:2]
    top, left, mask = _within(ink, rows, columns)
    if np.count_nonzero(mask) < mask.size * SPARSE:
        return _lay_on(picture, combine([find_pixels(ink, rows, columns)]))
    color = np.array(ink.color[: 1 if picture.ndim == 2 else 3], np.uint16)
    for row in range(0, mask.shape[0], BAND):
        band = mask[row : row + BAND]
        area = picture[top + row : top + row + band.shape[0], left : left + band.shape[1]]
        covered = np.rint(band * ink.opacity).astype(np.uint16)
        covered = covered if picture.ndim == 2 else covered[:, :, np.newaxis]
        area[...] = (area * (np.uint16(FULL) - covered) + covered * color + np.uint16(FULL // 2)) // np.uint16(FULL)
    return picture


def _lay_on(picture: Picture, cover: Cover) -> Picture:
    """On a picture that is given, in colours if the cover is."""
    pixels = picture.reshape(picture.shape[0] * picture.shape[1], -1)
    # At most 255 * 255 and what rounding adds: it stays within 16 bits.
    pixels[cover.places] = (pixels[cover.places] * cover.kept + cover.added + np.uint16(FULL // 2)) // np.uint16(FULL)
    return picture


def _copied(picture: Picture, *, is_grey: bool) -> Picture:
    if picture.ndim == 2 and not is_grey:
        colors = np.empty((*picture.shape, 3), np.uint8)
        for channel in range(3):  # in half the time that it takes at once
            colors[..., channel] = picture
        return colors
    return np.array(picture, order="C")


def _is_grey(color: Color) -> bool:
    return color[0] == color[1] == color[2]


def _within(ink: Ink, rows: int, columns: int) -> tuple[int, int, Mask]:
    """The part of the ink that is in the picture: its top row, its left column, its mask."""
    top, left = max(ink.top, 0), max(ink.left, 0)
    bottom, right = max(rows - ink.top, 0), max(columns - ink.left, 0)
    return top, left, ink.mask[top - ink.top : bottom, left - ink.left : right]
