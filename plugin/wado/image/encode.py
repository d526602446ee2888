"""Pictures to bytes: one encoder for each media type."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image

from wado.image.resize import Picture
from wado.media_types import IMAGE_JPEG, IMAGE_PNG

Encoder = Callable[[Picture, int], bytes]

JPEG_LONGEST_SIDE = 65500
"""libjpeg's bound; the format's own is 65535."""


def encode_jpeg(picture: Picture, quality: int) -> bytes:
    """Baseline, 8 bit, Huffman coded (PS3.18-2011 7.1.2). Colour of high quality keeps all its chrominance."""
    # Chrominance at half the resolution is invisible in photographs but blurs coloured lines and text.
    subsampling = "4:4:4" if quality >= 90 else "4:2:0"
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    return buffer.getvalue()


def encode_png(picture: Picture, quality: int) -> bytes:
    del quality  # PNG loses nothing
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


ENCODERS: dict[str, Encoder] = {IMAGE_JPEG: encode_jpeg, IMAGE_PNG: encode_png}

LONGEST_SIDE = {IMAGE_JPEG: JPEG_LONGEST_SIDE}
"""Pixels that a side of the picture may have, where the format has a bound that matters."""

# Pillow looks for its formats when the first picture is saved; a worker does it before its memory is bounded.
Image.init()
