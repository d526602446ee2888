"""Pictures to bytes: one encoder for each media type."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
from imagecodecs import JPEG8
from PIL import Image

from wado.image import animation
from wado.image.color import rgbx_of
from wado.image.jpeg_strips import encode_in_strips
from wado.image.resize import Picture
from wado.media_types import IMAGE_AVIF, IMAGE_GIF, IMAGE_JP2, IMAGE_JPEG, IMAGE_JXL, IMAGE_PNG, IMAGE_WEBP

Encoder = Callable[[Picture, int], bytes]

LONGEST_SIDE = {
    IMAGE_JPEG: 65500,
    IMAGE_PNG: 1_000_000,
    IMAGE_GIF: 65535,
    IMAGE_WEBP: 16383,
    IMAGE_JXL: 65535,
    IMAGE_AVIF: 16384,
}
"""Pixels that a side of the picture may have, where the format or its library has a bound that matters.

The library of JPEG XL takes sixteen times as long for a side four times as long: ten seconds for 262,144 pixels.
"""

FULL_CHROMINANCE_QUALITY = 95
PNG_COMPRESSION = 1
PNG_FILTER = 16
"""zlib's fastest level and the filter SUB: more of either takes several times as long to save a tenth."""


JP2_LARGEST_ERROR, JP2_LARGEST_MEAN_ERROR = 24, 2
"""Times the error that a signal-to-noise ratio stands for that one pixel, and all on average, may be wrong by."""


def encode_jpeg(picture: Picture, quality: int) -> bytes:
    """Baseline, sequential, 8 bit, Huffman coded (PS3.18-2011 7.1.2)."""
    # Chrominance at half the resolution is hard to see in a photograph, but blurs coloured lines and letters.
    subsampling = "444" if quality >= FULL_CHROMINANCE_QUALITY else "420"
    options: dict[str, Any] = {"level": quality, "subsampling": subsampling}
    samples = rgbx_of(picture)
    if samples is None:
        samples = _packed(picture)
    else:
        options |= {"colorspace": JPEG8.CS.EXT_RGBX, "outcolorspace": JPEG8.CS.YCbCr}
    return encode_in_strips(samples, lambda strip: bytes(imagecodecs.jpeg8_encode(strip, **options)))


def encode_png(picture: Picture, quality: int) -> bytes:
    del quality  # PNG loses nothing
    return bytes(imagecodecs.png_encode(_packed(picture), level=PNG_COMPRESSION, filter=PNG_FILTER))


def encode_gif(picture: Picture, quality: int) -> bytes:
    del quality  # it has nothing to act on
    return animation.encode_gif(picture)


def encode_jp2(picture: Picture, quality: int) -> bytes:
    """JPEG 2000 in its file format: lossless at 100, below it a peak signal-to-noise ratio of 30 to 54 dB.

    Where that ratio would let a small structure vanish from a picture of little else, lossless too.
    """
    picture = _packed(picture)
    if quality < 100:
        ratio = 30 + quality // 4
        options: dict[str, Any] = {"level": ratio, "codecformat": "jp2", "reversible": False, "numthreads": 1}
        encoded = bytes(imagecodecs.jpeg2k_encode(picture, **options))
        if _is_close(imagecodecs.jpeg2k_decode(encoded, numthreads=1), picture, 255 / 10 ** (ratio / 20)):
            return encoded
    return bytes(imagecodecs.jpeg2k_encode(picture, codecformat="jp2", reversible=True, numthreads=1))


def _is_close(decoded: Picture, picture: Picture, error: float) -> bool:
    """Whether no pixel is wrong by much more than the error to be expected, and not all of them together."""
    errors = np.abs(decoded.astype(np.int16) - picture)
    return bool(errors.max() <= JP2_LARGEST_ERROR * error and errors.mean() <= JP2_LARGEST_MEAN_ERROR * error)


def encode_webp(picture: Picture, quality: int) -> bytes:
    return _save(Image.fromarray(picture), "WEBP", quality=quality, method=2)


def encode_jxl(picture: Picture, quality: int) -> bytes:
    """JPEG XL: lossless at 100."""
    options: dict[str, Any] = {"lossless": True} if quality == 100 else {"level": quality}
    picture = _packed(picture)
    return bytes(imagecodecs.jpegxl_encode(picture, **options, effort=3, usecontainer=False, numthreads=1))


def encode_avif(picture: Picture, quality: int) -> bytes:
    subsampling = "4:0:0" if picture.ndim == 2 else "4:4:4" if quality >= FULL_CHROMINANCE_QUALITY else "4:2:0"
    image = Image.fromarray(picture)
    return _save(image, "AVIF", quality=quality, subsampling=subsampling, speed=8, max_threads=1)


ENCODERS: dict[str, Encoder] = {
    IMAGE_JPEG: encode_jpeg,
    IMAGE_PNG: encode_png,
    IMAGE_GIF: encode_gif,
    IMAGE_JP2: encode_jp2,
    IMAGE_WEBP: encode_webp,
    IMAGE_JXL: encode_jxl,
    IMAGE_AVIF: encode_avif,
}

MOST_TAKEN = 16
"""Bytes for each sample that encoding was seen to take at most, with OpenJPEG."""


def encode(picture: Picture, media_type: str, quality: int) -> bytes:
    """The picture as that type. Raises `MemoryError` too where a library complains, and may have lacked memory."""
    try:
        return ENCODERS[media_type](picture, quality)
    except Exception:
        np.empty(MOST_TAKEN * picture.size, np.uint8)  # raises where there is no room
        raise


# Pillow looks for its formats at the first picture; a worker has it do so before its memory is bounded.
Image.init()


def _packed(picture: Picture) -> Picture:
    """Pixel behind pixel. numpy leaves the strides of a single pixel as they were, which imagecodecs refuses."""
    return np.ascontiguousarray(picture).reshape(-1).reshape(picture.shape)


def _save(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
