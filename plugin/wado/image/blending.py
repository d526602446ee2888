"""Pictures laid over one another (PS3.4 N.2.4.3, N.2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wado.image.color import RGB, Palette, apply_palette
from wado.image.resampling import Samples

Colors = NDArray[np.float32]
"""(rows, columns) of grey levels or (rows, columns, 3) of red, green, blue: 0 to 255, not rounded."""


@dataclass(frozen=True, slots=True)
class Layer:
    """`is_present` tells where there is anything, none that there is everywhere.

    Elsewhere, as at padding and outside of the image, the opacity is 0 and the colours are 0 (N.2.6).
    """

    colors: Colors
    is_present: NDArray[np.bool_] | None = None

    @property
    def opacity(self) -> NDArray[np.float32] | float:
        """1 where there is anything, in the shape of the colours."""
        if self.is_present is None:
            return 1.0
        opacity = self.is_present.astype(np.float32)
        return opacity[..., None] if self.colors.ndim == 3 else opacity


def make_layer(levels: Samples, palette: Palette | None = None) -> Layer:
    """Of levels from 0 to 1, grey or colours, NaN where nothing is; grey ones get the palette's colours, if any.

    The levels are spread over the whole palette (N.2.4.2).
    """
    is_number = ~np.isnan(levels)
    is_present = np.asarray(is_number.all(axis=2) if levels.ndim == 3 else is_number, np.bool_)
    if is_present.all():
        return Layer(_to_colors(levels, palette))
    shaped = is_present[..., None] if levels.ndim == 3 else is_present
    colors = _to_colors(np.where(shaped, levels, 0.0), palette)
    colors[~is_present] = 0.0
    return Layer(colors, is_present)


def _to_colors(levels: Samples, palette: Palette | None) -> Colors:
    if palette is not None:
        return apply_palette(levels, palette).astype(np.float32)
    return np.clip(levels * 255.0, 0.0, 255.0).astype(np.float32)


def lay_over(first: Layer, second: Layer, opacity: float) -> Layer:
    """FOREGROUND: opacity * first + (1 - opacity) * second where both are; else the one that is there (N.2.6)."""
    first, second = _alike((first, second))
    # Where only the first is, it counts wholly, and where it is not, not at all.
    share = first.opacity * (1.0 - np.float32(1.0 - opacity) * second.opacity)
    colors = second.colors + share * (first.colors - second.colors)
    if first.is_present is None or second.is_present is None:
        return Layer(colors)
    return Layer(colors, first.is_present | second.is_present)


def average(layers: Sequence[Layer]) -> Layer:
    """EQUAL: at each pixel the mean of those layers that are there (N.2.6)."""
    alike = _alike(layers)
    total = np.sum([layer.colors for layer in alike], axis=0, dtype=np.float32)
    count = sum((layer.opacity for layer in alike), start=0.0)
    colors = (total / np.maximum(count, 1.0)).astype(np.float32)
    present = [layer.is_present for layer in layers if layer.is_present is not None]
    return Layer(colors, np.logical_or.reduce(present) if len(present) == len(layers) else None)


def to_rgb(layer: Layer) -> RGB:
    """Rounded once; black where nothing is."""
    levels = (layer.colors + np.float32(0.5)).astype(np.uint8)
    return levels if levels.ndim == 3 else np.repeat(levels[..., None], 3, axis=2)


def _alike(layers: Sequence[Layer]) -> list[Layer]:
    """All in colours if one of them is: R, G and B of a grey are equal (N.2.6)."""
    if len({layer.colors.ndim for layer in layers}) == 1:
        return list(layers)
    return [
        layer if layer.colors.ndim == 3 else Layer(layer.colors[..., None].repeat(3, axis=2), layer.is_present)
        for layer in layers
    ]
