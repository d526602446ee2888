"""An annotation burnt into a picture: white letters with a black outline, legible on anything."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wado.annotation.fonts import check_layout_library
from wado.annotation.layout import arrange
from wado.annotation.model import Annotation
from wado.annotation.text import Mask, draw_mask, measure
from wado.annotation.wrapping import Placed

Picture = NDArray[np.uint8]
"""(rows, columns) grey or (rows, columns, 3) RGB."""

STROKES = np.round(255 * (np.arange(256) / 255) ** 0.75).astype(np.uint8)
"""Brighter, as strokes of small letters are thinner than a pixel."""
SOLID = np.minimum(3 * np.arange(256), 255).astype(np.uint8)
"""What an outline is drawn around: as black beside a thin stroke as beside a thick one."""
OUTLINE_TO_SIZE = 1 / 14
SHADE = 0.5
"""Of black in the second half of the outline."""
LARGEST_REMEMBERED = 64
"""Size of the largest letters whose masks are kept: a line takes up to some 200 KB then."""


def draw_annotation(picture: Picture, annotation: Annotation) -> Picture:
    """The picture with the annotation burnt in (PS3.18-2011 8.2.1).

    Raises `InternalError` where the system lacks fonts, and `Unimplemented` where no font has a character.
    """
    check_layout_library()
    rows, columns = picture.shape[:2]
    lines = arrange(annotation, rows, columns).lines
    return burn_in(picture, lines) if lines else picture


def outline_of(size: int) -> int:
    """Pixels of black around a letter; as many again are darkened."""
    return max(1, round(size * OUTLINE_TO_SIZE))


def burn_in(picture: Picture, lines: Sequence[Placed]) -> Picture:
    """The picture with the lines drawn in: all the outlines first, so that none lies over its neighbour's letters."""
    annotated = picture.copy()
    masks = [_masks(placed.line.text, placed.line.size, placed.line.direction) for placed in lines]
    for placed, (letters, outline) in zip(lines, masks, strict=True):
        area = _area_of(placed, annotated, letters)
        area[...] = area * (np.uint16(255) - _for_samples(outline, annotated)) // 255
    for placed, (letters, _) in zip(lines, masks, strict=True):
        area = _area_of(placed, annotated, letters)
        area[...] = area + (np.uint16(255) - area) * _for_samples(letters, annotated) // 255
    return annotated


def _area_of(placed: Placed, picture: Picture, mask: Mask) -> Picture:
    """The part of the picture that the mask of a line covers."""
    line = placed.line
    reach = 2 * outline_of(line.size)
    extent = measure(line.text, line.size, line.direction)
    top, left = placed.row + line.ascent - extent.ascent - reach, placed.column - reach
    return picture[top : top + mask.shape[0], left : left + mask.shape[1]]


def _for_samples(mask: Mask, picture: Picture) -> Mask:
    return mask[..., None] if picture.ndim == 3 else mask


def _masks(text: str, size: int, direction: str) -> tuple[Mask, Mask]:
    return (_remembered_masks if size <= LARGEST_REMEMBERED else _draw_masks)(text, size, direction)


def _draw_masks(text: str, size: int, direction: str) -> tuple[Mask, Mask]:
    """The letters and their outline, with room for the outline on all sides."""
    reach = outline_of(size)
    letters = np.pad(draw_mask(text, size, direction), 2 * reach)
    solid = _widened(SOLID[letters], reach)
    return STROKES[letters], np.maximum(solid, (_widened(solid, reach) * SHADE).astype(np.uint8))


_remembered_masks = lru_cache(maxsize=128)(_draw_masks)


def _widened(letters: Mask, reach: int) -> Mask:
    """With so many pixels more all around: by squares and crosses in turn, which makes octagons."""
    for step in range(reach):
        wider = letters.copy()
        np.maximum(wider[1:], letters[:-1], out=wider[1:])
        np.maximum(wider[:-1], letters[1:], out=wider[:-1])
        letters = wider.copy() if step % 2 == 0 else letters
        np.maximum(wider[:, 1:], letters[:, :-1], out=wider[:, 1:])
        np.maximum(wider[:, :-1], letters[:, 1:], out=wider[:, :-1])
        letters = wider
    return letters
