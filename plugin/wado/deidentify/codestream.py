"""Codestreams that are copied, without what their writers put beside the picture: comments, profiles, previews."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable, Iterator

import numpy as np

from wado.image.codecs import (
    DEFLATED_IMAGE_FRAME,
    ENCAPSULATED_UNCOMPRESSED,
    RLE_LOSSLESS,
    CodestreamError,
    decode_deflated,
    decode_jpeg_xl,
    decode_uncompressed,
    rle_bytes,
    rle_segments,
)
from wado.image.codestream import APP0, APP14, START_OF_SCAN, Kind, bare_jpeg_2000, recognise
from wado.image.compress import encode_rle_segments, recompress_jpeg, restore_jpeg
from wado.image.jpeg_xl_size import JPEG_XL_FILE
from wado.image.pixels import ImagePixel
from wado.image.stored_values import Words

APP8 = 0xE8
END_OF_IMAGE = 0xD9
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})

_MARKER_IN_JPEG = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_MARKER_IN_JPEG_LS = re.compile(rb"\xff+[\x80-\xcf\xd8-\xfe]")
"""A marker that ends the coded data of a scan; restarts are of them (ISO/IEC 10918-1 B.1.1.2, 14495-1 A.1)."""

_SEGMENTS_OF_JPEG = frozenset({0x01, *range(0xC0, 0xD8), *range(0xDA, 0xE0), 0xF7, 0xF8})
"""What a decoder needs: frames, tables, scans, and those of JPEG-LS (ISO/IEC 10918-1 Table B.1, 14495-1 C.2)."""
NUMBER_OF_LINES = 0xDC

_JFIF_WITHOUT_PREVIEW = 12
_COLOR_SEGMENTS = {APP14: (b"Adobe", 12), APP8: (b"mrfx", 5)}
"""What the content of the segments that tell of the colour space begins with, and how long it is."""

SOT, SOD, COM, EOC = b"\xff\x90", b"\xff\x93", b"\xff\x64", b"\xff\xd9"
_SEGMENTS_OF_JPEG_2000 = frozenset({0x50, 0x51, 0x52, 0x53, *range(0x55, 0x5A), *range(0x5C, 0x62), 0x63, 0x64, 0x90})
_SEGMENTS_OF_PART_2 = frozenset(range(0x70, 0x7A))
"""By their second byte (ISO/IEC 15444-1 Table A.2, 15444-2 Table A.1, 15444-15)."""
_WHOLE, _PART, _FROM_JPEG = b"jxlc", b"jxlp", b"jbrd"
"""Boxes of a JPEG XL file: the codestream, a part of it, and what takes it back to a JPEG (ISO/IEC 18181-2)."""
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


def _clean_codestream(codestream: bytes, pixel: ImagePixel) -> bytes:
    kind = recognise(codestream)
    if kind in (Kind.JPEG, Kind.JPEG_LS):
        return _clean_jpeg(codestream, _MARKER_IN_JPEG_LS if kind is Kind.JPEG_LS else _MARKER_IN_JPEG)
    if kind is Kind.JPEG_2000:
        return _clean_jpeg_2000(bare_jpeg_2000(codestream))
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


def _clean_jpeg(codestream: bytes, marker_in_data: re.Pattern[bytes]) -> bytes:
    """Segment by segment up to the end of the image: what stands behind it goes too."""
    parts, at = [codestream[:2]], 2
    while 0 <= (at := codestream.find(0xFF, at)) <= len(codestream) - 2:  # bytes between segments are none of it
        marker = codestream[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == END_OF_IMAGE:
            parts.append(codestream[at : at + 2])
            break
        length = 0 if marker in _ALONE else int.from_bytes(codestream[at + 2 : at + 4], "big")
        parts.append(_kept_segment(marker, codestream[at : at + 2 + length]))
        at += 2 + length
        if marker == START_OF_SCAN:
            found = marker_in_data.search(codestream, at)
            end = found.start() if found else len(codestream)
            parts.append(codestream[at:end])
            at = end
    return b"".join(parts)


def _kept_segment(marker: int, segment: bytes) -> bytes:
    """The segment, unless it is for people or for other formats: JFIF, Adobe's and HP's tell of the colour space."""
    content = segment[4:]
    if marker == APP0 and content.startswith(b"JFIF\0"):
        header = content[:_JFIF_WITHOUT_PREVIEW].ljust(_JFIF_WITHOUT_PREVIEW, b"\0") + b"\0\0"
        return segment[:2] + (2 + len(header)).to_bytes(2, "big") + header
    if marker in _COLOR_SEGMENTS and content.startswith(_COLOR_SEGMENTS[marker][0]):
        kept = content[: _COLOR_SEGMENTS[marker][1]]
        return segment[:2] + (2 + len(kept)).to_bytes(2, "big") + kept
    if marker == NUMBER_OF_LINES:
        return segment[:2] + b"\0\4" + content[:2]
    return segment if marker in _SEGMENTS_OF_JPEG else b""


def _clean_jpeg_2000(codestream: bytes) -> bytes:
    """With comments of zeros, of the length that they had: other segments tell of lengths (ISO/IEC 15444-1 A.9.2).

    It ends where its first EOC is, which coded data cannot have within (A.1). Raises `CodestreamError` for what is none
    of it between two tile parts, or behind them where there is no EOC.
    """
    cleaned = bytearray(codestream)
    at, end_of_tile_part = 2, 0
    while (marker := bytes(cleaned[at : at + 2])) != EOC:
        if marker == SOD:
            if end_of_tile_part <= at:
                raise CodestreamError
            found = cleaned.find(EOC, at, end_of_tile_part)
            at = end_of_tile_part if found < 0 else found
            continue
        if not marker.startswith(b"\xff") or marker[-1] not in _SEGMENTS_OF_JPEG_2000 | _SEGMENTS_OF_PART_2:
            if any(cleaned[at:]):
                raise CodestreamError
            break
        length = int.from_bytes(cleaned[at + 2 : at + 4], "big")
        if marker == SOT:
            part_length = int.from_bytes(cleaned[at + 6 : at + 10], "big")
            end_of_tile_part = at + part_length if part_length else len(cleaned)
        if marker == COM:
            cleaned[at + 6 : at + 2 + length] = bytes(max(0, length - 4))
        at += 2 + length
    return bytes(cleaned[: at + 2])


def _clean_jpeg_xl(codestream: bytes, pixel: ImagePixel) -> bytes:
    """The codestream alone, without boxes for Exif, XMP and the like, and without anything behind it.

    One that gives back a JPEG is made anew of that JPEG, cleaned: its headers are in a box of their own.
    """
    if not codestream.startswith(JPEG_XL_FILE):
        return _without_tail(codestream, pixel)
    boxes = list(_boxes(codestream))
    if any(kind == _FROM_JPEG for kind, _ in boxes):
        return recompress_jpeg(_clean_jpeg(restore_jpeg(codestream), _MARKER_IN_JPEG))
    parts = {_WHOLE: 0, _PART: _NUMBER_OF_PART}
    return _without_tail(b"".join(content[parts[kind] :] for kind, content in boxes if kind in parts), pixel)


def _boxes(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each (ISO/IEC 14496-12 4.2)."""
    at = 0
    while at + 8 <= len(file):
        length, kind, header = int.from_bytes(file[at : at + 4], "big"), file[at + 4 : at + 8], 8
        if length == 1:
            length, header = int.from_bytes(file[at + 8 : at + 16], "big"), 16
        length = length if length >= header else len(file) - at
        yield kind, file[at + header : at + length]
        at += length


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
