"""Codestreams that are copied, without what their writers put beside the picture: comments, profiles, previews."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable

import numpy as np

from wado.deidentify.jpeg import clean_jpeg, without_tail
from wado.deidentify.jpeg_2000 import clean_jpeg_2000
from wado.image.codecs import (
    DEFLATED_IMAGE_FRAME,
    ENCAPSULATED_UNCOMPRESSED,
    RLE_LOSSLESS,
    CodestreamError,
    checked_jpeg_2000_header,
    decode_deflated,
    decode_jpeg_xl,
    decode_uncompressed,
    rle_bytes,
    rle_segments,
)
from wado.image.codestream import Kind, bare_jpeg_2000, recognise
from wado.image.compress import encode_rle_segments, recompress_jpeg, restore_jpeg
from wado.image.jpeg_xl_header import JPEG_XL_FILE, boxes_of, is_from_jpeg
from wado.image.pixels import ImagePixel
from wado.image.stored_values import Words

START_OF_FIRST_SCAN = b"\xff\xda"
_WHOLE, _PART = b"jxlc", b"jxlp"
"""Boxes of a JPEG XL file: the codestream, and a part of it (ISO/IEC 18181-2)."""
_NUMBER_OF_PART = 4
_SMALLEST_TAIL = 4
"""Bytes behind a codestream that could name somebody; libjxl does not notice that so few are missing."""


def clean_frame(transfer_syntax_uid: str, codestream: bytes, pixel: ImagePixel) -> bytes:
    """A frame of the same pixels, of an even number of bytes; raises `CodestreamError` for what cannot be read."""
    clean = _WITHOUT_HEADER.get(transfer_syntax_uid)
    try:
        cleaned = clean(codestream, pixel) if clean else _clean_codestream(codestream, pixel)
    except (ValueError, RuntimeError, IndexError, zlib.error):
        raise CodestreamError from None
    return cleaned + b"\0" * (len(cleaned) % 2)


def copied_part(transfer_syntax_uid: str, cleaned: bytes) -> bytes:
    """What of a cleaned frame is still as its writer left it: the scans of a JPEG, nothing of what is encoded anew."""
    if transfer_syntax_uid in _WITHOUT_HEADER:
        return b""
    is_jpeg = recognise(cleaned) in (Kind.JPEG, Kind.JPEG_LS)
    return cleaned[max(0, cleaned.find(START_OF_FIRST_SCAN)) :] if is_jpeg else cleaned


def _clean_codestream(codestream: bytes, pixel: ImagePixel) -> bytes:
    kind = recognise(codestream)
    if kind in (Kind.JPEG, Kind.JPEG_LS):
        return without_tail(clean_jpeg(codestream), pixel)
    if kind is Kind.JPEG_2000:
        bare = bare_jpeg_2000(codestream)
        checked_jpeg_2000_header(bare, pixel)  # before anything is made of its claims
        return clean_jpeg_2000(bare)
    if kind is Kind.JPEG_XL:
        return _clean_jpeg_xl(codestream, pixel)
    raise CodestreamError


def _clean_rle(codestream: bytes, pixel: ImagePixel) -> bytes:
    """Its segments coded anew: nothing between and behind them, nor in them behind the last row (PS3.5 Annex G)."""
    itemsize = max(8, pixel.bits_allocated) // 8
    is_bits = pixel.bits_allocated == 1
    shape = (1, -(-pixel.rows * pixel.columns // 8)) if is_bits else (pixel.rows, pixel.columns)
    segments = rle_segments(codestream, pixel.samples_per_pixel * itemsize)
    decoded = (rle_bytes(segment, math.prod(shape)) for segment in segments)
    return encode_rle_segments(cells.reshape(shape) for cells in decoded)


def _clean_uncompressed(codestream: bytes, pixel: ImagePixel) -> bytes:
    decode_uncompressed(codestream, pixel)  # raises for what is too short
    return codestream[: -(-pixel.frame_bits // 8)]


def _clean_deflated(codestream: bytes, pixel: ImagePixel) -> bytes:
    decode_deflated(codestream, pixel)  # raises for what is too short
    length = -(-pixel.frame_bits // 8)
    content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(codestream, length)
    encoder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return encoder.compress(content) + encoder.flush()


_WITHOUT_HEADER: dict[str, Callable[[bytes, ImagePixel], bytes]] = {
    RLE_LOSSLESS: _clean_rle,
    ENCAPSULATED_UNCOMPRESSED: _clean_uncompressed,
    DEFLATED_IMAGE_FRAME: _clean_deflated,
}
"""Frames that do not say by themselves what they are."""


def _clean_jpeg_xl(codestream: bytes, pixel: ImagePixel) -> bytes:
    """The codestream alone, without boxes for Exif, XMP and the like, and without anything behind it.

    One that gives back a JPEG is made anew of that JPEG, cleaned: its headers are in a box of their own.
    """
    if not codestream.startswith(JPEG_XL_FILE):
        return _without_tail(codestream, pixel)
    if is_from_jpeg(codestream):
        return recompress_jpeg(without_tail(clean_jpeg(restore_jpeg(codestream)), pixel))
    parts = {_WHOLE: 0, _PART: _NUMBER_OF_PART}
    contents = (codestream[start + parts[kind] : end] for kind, start, end in boxes_of(codestream) if kind in parts)
    return _without_tail(b"".join(contents), pixel)


def _without_tail(codestream: bytes, pixel: ImagePixel) -> bytes:
    """As much of it as its picture takes: the format does not tell its length, but its decoder what is missing."""
    whole = _decoded(codestream, pixel)
    if whole is None:
        raise CodestreamError
    if _decoded(codestream[:-_SMALLEST_TAIL], pixel) is None:
        return codestream
    too_short, enough = 0, len(codestream) - _SMALLEST_TAIL
    while enough - too_short > 1:
        middle = (too_short + enough) // 2
        is_enough = _decoded(codestream[:middle], pixel) is not None
        too_short, enough = (too_short, middle) if is_enough else (middle, enough)
    for length in range(enough, min(enough + _SMALLEST_TAIL, len(codestream)) + 1):
        decoded = _decoded(codestream[:length], pixel)
        if decoded is not None and np.array_equal(decoded, whole):
            return codestream[:length]
    raise CodestreamError


def _decoded(codestream: bytes, pixel: ImagePixel) -> Words | None:
    try:
        return decode_jpeg_xl(codestream, pixel).words
    except (CodestreamError, ValueError, RuntimeError):
        return None
