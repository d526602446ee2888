"""Pictures to bytes: one encoder for each media type.

The libraries refuse a picture whose samples do not lie one behind the other, as those of colour planes do not.
"""

from __future__ import annotations

from collections.abc import Callable

import imagecodecs
import numpy as np

from wado.image.resize import Picture
from wado.media_types import IMAGE_JPEG, IMAGE_PNG

Encoder = Callable[[Picture, int], bytes]

LONGEST_SIDE = {IMAGE_JPEG: 65500}
"""Pixels that a side of the picture may have: libjpeg's bound; the format's own is 65535."""

FULL_CHROMINANCE_QUALITY = 90
PNG_COMPRESSION = 1
PNG_FILTER = 16
"""zlib's fastest level and the filter SUB: more of either takes several times as long to save a tenth."""


def encode_jpeg(picture: Picture, quality: int) -> bytes:
    """Baseline, sequential, 8 bit, Huffman coded (PS3.18-2011 7.1.2)."""
    # Chrominance at half the resolution is hard to see in a photograph, but blurs coloured lines and letters.
    subsampling = "444" if quality >= FULL_CHROMINANCE_QUALITY else "420"
    return bytes(imagecodecs.jpeg8_encode(np.ascontiguousarray(picture), level=quality, subsampling=subsampling))


def encode_png(picture: Picture, quality: int) -> bytes:
    del quality  # PNG loses nothing
    return bytes(imagecodecs.png_encode(np.ascontiguousarray(picture), level=PNG_COMPRESSION, filter=PNG_FILTER))


ENCODERS: dict[str, Encoder] = {IMAGE_JPEG: encode_jpeg, IMAGE_PNG: encode_png}
