"""Overlays burnt into a picture (PS3.3 C.9.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wado.image.layout import Layout
from wado.image.region import Box
from wado.image.resize import Picture, resize
from wado.image.shrink import Window

WHITE = 255

HIGHEST_MEAN = 255
"""Of so many pixels the mean is not zero in 8 bits if one is white."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """A plane of bits; `top` and `left` are the place of its first bit in the image, from 0, and may be outside."""

    group: int
    top: int
    left: int
    bits: NDArray[np.bool_]


def burn_in(picture: Picture, overlays: tuple[Overlay, ...]) -> Picture:
    """The picture with every set bit white; what lies outside of it is cut off."""
    if not overlays:
        return picture
    burnt = picture.copy()
    for overlay in overlays:
        rows, columns = overlay.bits.shape
        top, left = max(0, overlay.top), max(0, overlay.left)
        target = burnt[top : max(0, overlay.top + rows), left : max(0, overlay.left + columns)]
        bits = overlay.bits[top - overlay.top :, left - overlay.left :][: target.shape[0], : target.shape[1]]
        target[bits] = WHITE
    return burnt


def draw_overlay(picture: Picture, overlay: Overlay, color: tuple[int, int, int], layout: Layout) -> Picture:
    """The overlay over a picture that is laid out already, at that picture's own resolution.

    A line of one pixel is never thinner than a pixel of the picture: where a picture is reduced, one of its pixels is
    set if any is whose centre lies in it. Where it is enlarged, edges are smooth.
    """
    place = layout.place or Box(0, 0, layout.rows, layout.columns)
    mask = replace(layout, box=layout.box.moved(-overlay.top, -overlay.left)).crop(overlay.bits.view(np.uint8)) * 255
    window = layout.window or (0, 0, mask.shape[1], mask.shape[0])
    mask, window = _reduce(mask, window, place.rows, place.columns)
    mask = mask if mask.shape == (place.rows, place.columns) else resize(mask, place.rows, place.columns, window)
    is_grey = color[0] == color[1] == color[2]
    image = Image.fromarray(picture)
    image = image.copy() if is_grey or image.mode == "RGB" else image.convert("RGB")
    image.paste(color if image.mode == "RGB" else color[0], (place.left, place.top), Image.fromarray(mask))
    return np.asarray(image)


def _reduce(mask: Picture, window: Window, rows: int, columns: int) -> tuple[Picture, Window]:
    """The sides of the window that are longer than they shall be, reduced so that nothing that is set is lost."""
    left, top, right, bottom = window
    if columns < right - left:
        mask, left, right = _any_set(mask, (left, 0, right, mask.shape[0]), mask.shape[0], columns), 0, columns
    if rows < bottom - top:
        mask, top, bottom = _any_set(mask, (0, top, mask.shape[1], bottom), rows, mask.shape[1]), 0, rows
    return mask, (left, top, right, bottom)


def _any_set(mask: Picture, window: Window, rows: int, columns: int) -> Picture:
    """The window in fewer rows or fewer columns, each pixel set if any is whose centre lies in it."""
    left, top, right, bottom = window
    # A box filter is the mean of the pixels whose centres lie in the box: of many, one alone is lost in 8 bits.
    is_fine = (right - left) * (bottom - top) <= HIGHEST_MEAN * rows * columns
    image = Image.fromarray(mask if is_fine else mask.astype(np.float32))
    mean = np.asarray(image.resize((columns, rows), Image.Resampling.BOX, window))
    return np.where(mean > 0, np.uint8(WHITE), np.uint8(0))
