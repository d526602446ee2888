"""Overlays burnt into a picture (PS3.3 C.9.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wado.image.resize import Picture

WHITE = 255


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
