"""Codestreams that are copied, without what their writers put beside the picture: comments, profiles, previews."""

from __future__ import annotations

import re

from wado.image.codestream import APP0, APP14, START_OF_SCAN, Kind, bare_jpeg_2000, recognise
from wado.image.jpeg_xl_size import JPEG_XL_FILE

COMMENT = 0xFE
APPLICATION = range(0xE0, 0xF0)
APP8 = 0xE8
END_OF_IMAGE = 0xD9
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})

_MARKER_IN_JPEG = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_MARKER_IN_JPEG_LS = re.compile(rb"\xff+[\x80-\xcf\xd8-\xfe]")
"""A marker that ends the coded data of a scan; restarts are of them (ISO/IEC 10918-1 B.1.1.2, 14495-1 A.1)."""

_JFIF_WITHOUT_PREVIEW = 12
_COLOR_SEGMENTS = {APP14: (b"Adobe", 12), APP8: (b"mrfx", 5)}
"""What the content of the segments that tell of the colour space begins with, and how long it is."""

SOT, SOD, COM, EOC = b"\xff\x90", b"\xff\x93", b"\xff\x64", b"\xff\xd9"
_JPEG_XL_BOXES = (b"JXL ", b"ftyp", b"jxll", b"jxlc", b"jxlp")


def clean_codestream(codestream: bytes) -> bytes:
    """The same picture, of an even number of bytes; what is no codestream of these comes back as it is."""
    kind = recognise(codestream)
    if kind in (Kind.JPEG, Kind.JPEG_LS):
        cleaned = _clean_jpeg(codestream, _MARKER_IN_JPEG_LS if kind is Kind.JPEG_LS else _MARKER_IN_JPEG)
    elif kind is Kind.JPEG_2000:
        cleaned = _clean_jpeg_2000(bare_jpeg_2000(codestream))
    elif kind is Kind.JPEG_XL and codestream.startswith(JPEG_XL_FILE):
        cleaned = _clean_jpeg_xl(codestream)
    else:
        return codestream
    return cleaned + b"\0" * (len(cleaned) % 2)


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
    return b"" if marker == COMMENT or marker in APPLICATION else segment


def _clean_jpeg_2000(codestream: bytes) -> bytes:
    """With comments of zeros, of the length that they had: other segments tell of lengths (ISO/IEC 15444-1 A.9.2)."""
    cleaned = bytearray(codestream)
    at, end_of_tile_part = 2, 0
    while at + 4 <= len(cleaned) and cleaned[at] == 0xFF:
        marker = bytes(cleaned[at : at + 2])
        if marker == EOC:
            return bytes(cleaned[: at + 2])
        if marker == SOD:
            if end_of_tile_part <= at:
                break  # a tile part that goes to the end
            at = end_of_tile_part
            continue
        length = int.from_bytes(cleaned[at + 2 : at + 4], "big")
        if marker == SOT:
            part_length = int.from_bytes(cleaned[at + 6 : at + 10], "big")
            end_of_tile_part = at + part_length if part_length else 0
        if marker == COM:
            cleaned[at + 6 : at + 2 + length] = bytes(max(0, length - 4))
        at += 2 + length
    if cleaned[at : at + 2] == EOC:
        return bytes(cleaned[: at + 2])
    return bytes(cleaned)


def _clean_jpeg_xl(file: bytes) -> bytes:
    """The boxes of the picture itself: no Exif, XMP, nor what a JPEG that it was made of had beside its picture."""
    parts, at = [], 0
    while at + 8 <= len(file):
        length, kind = int.from_bytes(file[at : at + 4], "big"), file[at + 4 : at + 8]
        if length == 1:
            length = int.from_bytes(file[at + 8 : at + 16], "big")
        length = length if length >= 8 else len(file) - at
        if kind in _JPEG_XL_BOXES:
            parts.append(file[at : at + length])
        at += length
    return b"".join(parts)
