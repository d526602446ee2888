"""An annotation burnt into a picture: white letters with a black outline, legible on anything."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wado.annotation.fonts import check_layout_library
from wado.annotation.layout import Placed, arrange
from wado.annotation.model import Annotation
from wado.annotation.text import Mask, draw_mask, measure

Picture = NDArray[np.uint8]
"""(rows, columns) grey or (rows, columns, 3) RGB."""

OUTLINE_TO_SIZE = 1 / 14
SHADE = 0.5
"""Of black in the second half of the outline."""
LARGEST_REMEMBERED = 64
"""Size of the largest letters whose masks are kept: a line takes up to some 200 KB then."""


def draw_annotation(picture: Picture, annotation: Annotation) -> Picture:
    """The picture with the annotation burnt in (PS3.18-2011 8.2.1).

    Raises `BadRequest` where the picture has no room for it, `InternalError` where the system lacks fonts, and
    `Unimplemented` where no font has a character.
    """
    check_layout_library()
    rows, columns = picture.shape[:2]
    arrangement = arrange(annotation, rows, columns)
    if not arrangement:
        return picture
    annotated = picture.copy()
    for placed in arrangement:
        burn_in(annotated, placed)
    return annotated


def outline_of(size: int) -> int:
    """Pixels of black around a letter; as many again are darkened."""
    return max(1, round(size * OUTLINE_TO_SIZE))


def burn_in(picture: Picture, placed: Placed) -> None:
    """Draw one line into the picture that is given."""
    line = placed.line
    letters, outline = _masks(line.text, line.size, line.direction)
    reach = 2 * outline_of(line.size)
    extent = measure(line.text, line.size, line.direction)
    top, left = placed.row + line.ascent - extent.ascent - reach, placed.column - reach
    area = picture[top : top + letters.shape[0], left : left + letters.shape[1]]
    if picture.ndim == 3:
        letters, outline = letters[..., None], outline[..., None]
    darkened = area * (np.uint16(255) - outline) // 255
    area[...] = darkened + (np.uint16(255) - darkened) * letters // 255


def _masks(text: str, size: int, direction: str) -> tuple[Mask, Mask]:
    return (_remembered_masks if size <= LARGEST_REMEMBERED else _draw_masks)(text, size, direction)


def _draw_masks(text: str, size: int, direction: str) -> tuple[Mask, Mask]:
    """The letters and their outline, with room for the outline on all sides."""
    reach = outline_of(size)
    letters = np.pad(draw_mask(text, size, direction), 2 * reach)
    solid = _widened(letters, reach)
    return letters, np.maximum(solid, (_widened(solid, reach) * SHADE).astype(np.uint8))


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
