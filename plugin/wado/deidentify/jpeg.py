"""JPEG and JPEG-LS without what a decoder does not need: segments for people, tables that no scan uses, what is behind.

Segments have the lengths that ISO/IEC 10918-1 B.2 and 14495-1 C.2 give them, or the codestream is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import imagecodecs
import numpy as np

from wado.image.codecs import CodestreamError, decode_jpeg_ls
from wado.image.codestream import (
    APP0,
    APP14,
    JPEG_LS_FRAME,
    LOSSLESS_FRAME,
    RESTART_INTERVAL,
    RESTARTS,
    START_OF_SCAN,
    read_jpeg_header,
)
from wado.image.ends_in_text import TextError, ends_in_text
from wado.image.pixels import ImagePixel
from wado.image.stored_values import Words

HUFFMAN_TABLES, QUANTIZATION_TABLES, ARITHMETIC_CONDITIONING = 0xC4, 0xDB, 0xCC
NUMBER_OF_LINES, JPEG_LS_PARAMETERS, APP8 = 0xDC, 0xF8, 0xE8
END_OF_IMAGE = b"\xff\xd9"
SEQUENTIAL, PROGRESSIVE = frozenset({0xC0, 0xC1, LOSSLESS_FRAME, 0xC9, 0xCB, JPEG_LS_FRAME}), frozenset({0xC2, 0xCA})
_NO_FRAMES = frozenset({0xC5, 0xC6, 0xC7, 0xC8, 0xCD, 0xCE, 0xCF, 0xDE, 0xDF})
"""Frames of hierarchical JPEGs, and what is reserved: no decoder here reads them."""
_LOSSLESS = frozenset({LOSSLESS_FRAME, 0xCB, JPEG_LS_FRAME})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})

_MARKER_IN_JPEG = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_MARKER_IN_JPEG_LS = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
"""A marker that ends the coded data of a scan; restarts are of them (ISO/IEC 10918-1 B.1.1.2, 14495-1 A.1)."""

_JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"
"""What tells of the colour space, with an aspect ratio of 1 and no preview: DICOM tells of the first (PS3.5 8.2.1)."""
_ADOBE, _ADOBE_LENGTH = b"Adobe\0\x64\0\0\0\0", 12
"""The same without flags, up to its transform."""
_HP, _HP_LENGTH = b"mrfx", 5

_MOST_COMPONENTS, _MOST_CONDITIONS = 4, 8
_GREATEST_DC_CATEGORY = 16
_COUNTS, _QUANTITIES = 16, 64
_PRESET_LENGTH = 13

_FILLERS = (b"\0" * 64, b"\x55" * 64, b"\xcc\x3a" * 32)
"""Bytes in place of the last ones of a scan: no two of them make the same of a picture that needs those."""
_SMALLEST_TAIL = 4
"""Bytes that could name somebody."""
_FIRST_STEP = 64
SHORTEST_TEXT = 8
"""Bytes before a restart, of which there may be thousands, that are worth asking the decoder."""


@dataclass(slots=True)
class _Table:
    """A table of Huffman codes or quantities with its class and destination before it."""

    content: bytes
    is_used: bool = False


@dataclass(slots=True)
class _Jpeg:
    """What was kept so far: whole segments, and by their marker those tables of which some may go."""

    parts: list[bytes | tuple[int, list[_Table]]] = field(default_factory=list)
    frame: int = 0
    quantities: dict[int, int] = field(default_factory=dict)
    """Quantization table of each component of the frame."""
    tables: dict[tuple[int, int], _Table] = field(default_factory=dict)
    """By marker, and class and destination."""
    scanned: set[bytes] = field(default_factory=set)

    def joined(self) -> bytes:
        return b"".join(part if isinstance(part, bytes) else b"".join(_used(*part)) for part in self.parts)


def _used(marker: int, tables: list[_Table]) -> Iterator[bytes]:
    if content := b"".join(table.content for table in tables if table.is_used):
        yield _segment(marker, content)


def clean_jpeg(codestream: bytes) -> bytes:
    """Segment by segment up to the end of the image. Raises `CodestreamError` for what is not as the standard says."""
    jpeg, at = _Jpeg([codestream[:2]]), 2
    while 0 <= (at := codestream.find(0xFF, at)) <= len(codestream) - 2:  # bytes between segments are none of it
        marker = codestream[at + 1]
        if marker in (0x00, 0xFF) or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == END_OF_IMAGE[1]:
            jpeg.parts.append(END_OF_IMAGE)
            break
        length = int.from_bytes(codestream[at + 2 : at + 4], "big")
        content = codestream[at + 4 : at + 2 + length]
        _check(length >= 2 and len(content) == length - 2)
        at += 2 + length
        if marker != START_OF_SCAN:
            _keep(jpeg, marker, content)
        elif not _begins_scan(jpeg, content):  # all were there before: a decoder has read its last
            jpeg.parts.append(END_OF_IMAGE)
            break
        else:
            end = _end_of_data(codestream, at, jpeg.frame)
            jpeg.parts += [_segment(marker, content), codestream[at:end]]
            at = end
    return jpeg.joined()


def _end_of_data(codestream: bytes, at: int, frame: int) -> int:
    found = (_MARKER_IN_JPEG_LS if frame == JPEG_LS_FRAME else _MARKER_IN_JPEG).search(codestream, at)
    if not found:
        return len(codestream)
    end = found.start()
    while end > at and codestream[end - 1] == 0xFF:  # bytes that fill up before a marker
        end -= 1
    return end


def _segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + (2 + len(content)).to_bytes(2, "big") + content


def _keep(jpeg: _Jpeg, marker: int, content: bytes) -> None:
    """The segment, if a decoder needs it: JFIF, Adobe's and HP's tell of the colour space."""
    if marker in SEQUENTIAL or marker in PROGRESSIVE:
        _check(not jpeg.frame and 1 <= content[5] <= _MOST_COMPONENTS and len(content) == 6 + 3 * content[5])
        jpeg.frame = marker
        jpeg.quantities = {content[at]: content[at + 2] for at in range(6, len(content), 3)}
    elif marker == HUFFMAN_TABLES:
        _keep_tables(jpeg, marker, list(_huffman_tables(content)))
        return
    elif marker == QUANTIZATION_TABLES:
        _keep_tables(jpeg, marker, list(_quantization_tables(content)))
        return
    elif marker == ARITHMETIC_CONDITIONING:
        _check(len(content) % 2 == 0 and len(content) <= 2 * _MOST_CONDITIONS)
    elif marker in (RESTART_INTERVAL, NUMBER_OF_LINES):
        _check(len(content) == 2)
    elif marker == JPEG_LS_PARAMETERS:
        _check(content[:1] == b"\1" and len(content) == _PRESET_LENGTH - 2)
    elif marker in _NO_FRAMES:
        raise CodestreamError
    else:
        content = _color_space(marker, content)
        if not content:
            return
    jpeg.parts.append(_segment(marker, content))


def _color_space(marker: int, content: bytes) -> bytes:
    """What is kept of the segments of applications."""
    if marker == APP0 and content.startswith(_JFIF[:5]):
        return _JFIF
    if marker == APP14 and content.startswith(_ADOBE[:5]) and len(content) >= _ADOBE_LENGTH:
        return _ADOBE + content[_ADOBE_LENGTH - 1 : _ADOBE_LENGTH]
    if marker == APP8 and content.startswith(_HP) and len(content) >= _HP_LENGTH:
        return content[:_HP_LENGTH]
    return b""


def _keep_tables(jpeg: _Jpeg, marker: int, tables: list[_Table]) -> None:
    for table in tables:
        key = table.content[0] & (0x0F if marker == QUANTIZATION_TABLES else 0xFF)
        jpeg.tables[marker, key] = table
    jpeg.parts.append((marker, tables))


def _huffman_tables(content: bytes) -> Iterator[_Table]:
    """Each value has one code (10918-1 C.2); those of DC and of differences are categories (F.1.2.1, H.1.2)."""
    at = 0
    while at < len(content):
        end = at + 1 + _COUNTS + sum(content[at + 1 : at + 1 + _COUNTS])
        values = content[at + 1 + _COUNTS : end]
        is_dc = content[at] < 0x10
        _check(end <= len(content) and len(set(values)) == len(values))
        _check(not is_dc or max(values, default=0) <= _GREATEST_DC_CATEGORY)
        yield _Table(content[at:end])
        at = end


def _quantization_tables(content: bytes) -> Iterator[_Table]:
    at = 0
    while at < len(content):
        end = at + 1 + _QUANTITIES * (1 + (content[at] >> 4 & 1))
        _check(end <= len(content))
        yield _Table(content[at:end])
        at = end


def _begins_scan(jpeg: _Jpeg, header: bytes) -> bool:
    """Take note of the tables that the scan uses (10918-1 B.2.3); false where its components have had their scan."""
    number = header[0] if header else 0
    _check(jpeg.frame and 1 <= number <= _MOST_COMPONENTS and len(header) == 4 + 2 * number)
    components, selectors = header[1:-3:2], header[2:-3:2]
    _check(jpeg.frame != JPEG_LS_FRAME or not any(selectors))  # mapping tables, which are left out
    is_progressive = jpeg.frame in PROGRESSIVE
    scans = {components + header[-3:]} if is_progressive else {bytes([component]) for component in components}
    if jpeg.scanned & scans:
        return False
    jpeg.scanned |= scans
    for component, selector in zip(components, selectors, strict=True):
        for key in _tables_of_scan(jpeg, component, selector, header[-3:]):
            if key in jpeg.tables:
                jpeg.tables[key].is_used = True
    return True


def _tables_of_scan(jpeg: _Jpeg, component: int, selector: int, spectrum: bytes) -> Iterator[tuple[int, int]]:
    """Those of DC or differences, of quantities, and of AC; only a progressive scan has not all (G.1.1.1.1)."""
    if jpeg.frame in _LOSSLESS:
        yield HUFFMAN_TABLES, selector >> 4
        return
    yield QUANTIZATION_TABLES, jpeg.quantities.get(component, 0)
    is_progressive = jpeg.frame in PROGRESSIVE
    if not is_progressive or not spectrum[0]:
        yield HUFFMAN_TABLES, selector >> 4
    if not is_progressive or spectrum[1]:
        yield HUFFMAN_TABLES, 0x10 | selector & 0x0F


def without_tail(codestream: bytes, pixel: ImagePixel) -> bytes:
    """As much of each scan of a cleaned JPEG as its picture takes; raises `CodestreamError` where it cannot be decoded,
    and `TextError` where text stands before a restart.

    The decoder tells: other bytes in place of those that it needs make another picture. That of JPEG-LS raises for one
    byte too many.
    """
    header = read_jpeg_header(codestream)
    _check(header is not None)
    assert header
    if header.frame_marker == JPEG_LS_FRAME:
        decode_jpeg_ls(codestream, pixel)
        return codestream
    _check((header.rows, header.columns) == (pixel.rows, pixel.columns))
    _check(len(header.components) == pixel.samples_per_pixel)
    is_ended = codestream.endswith(END_OF_IMAGE)
    codestream = codestream if is_ended else codestream + END_OF_IMAGE
    whole: Words = imagecodecs.jpeg8_decode(codestream)
    for start, end in reversed(list(_scans(codestream, header.frame_marker))):
        last_restart = start
        for restart in RESTARTS.finditer(codestream, start, end):
            at, last_restart = restart.span()
            is_text = ends_in_text(codestream[max(start, at - _FIRST_STEP) : at], SHORTEST_TEXT)
            if is_text and _is_enough(codestream, at - _SMALLEST_TAIL, at, whole):
                raise TextError
        enough = _enough(codestream, last_restart, end, whole)
        codestream = codestream[:enough] + codestream[end:]
    return codestream if is_ended else codestream.removesuffix(END_OF_IMAGE)


def _scans(codestream: bytes, frame: int) -> Iterator[tuple[int, int]]:
    """Where the coded data of each scan of a cleaned JPEG begin and end."""
    at = 2
    while (marker := codestream[at + 1]) != END_OF_IMAGE[1]:
        at += 2 + int.from_bytes(codestream[at + 2 : at + 4], "big")
        if marker == START_OF_SCAN:
            end = _end_of_data(codestream, at, frame)
            yield at, end
            at = end


def _enough(codestream: bytes, start: int, end: int, whole: Words) -> int:
    """Where coded data may end. What is behind them is short mostly, so it is looked for from their end."""
    enough, step = end - _SMALLEST_TAIL, _FIRST_STEP
    if enough <= start or not _is_enough(codestream, enough, end, whole):
        return end
    too_short = max(start, enough - step)
    while too_short > start and _is_enough(codestream, too_short, end, whole):
        enough, step = too_short, step * _FIRST_STEP
        too_short = max(start, enough - step)
    while enough - too_short > 1:
        middle = (too_short + enough) // 2
        too_short, enough = (too_short, middle) if _is_enough(codestream, middle, end, whole) else (middle, enough)
    return enough + (codestream[enough - 1] == 0xFF)


def _is_enough(codestream: bytes, cut: int, end: int, whole: Words) -> bool:
    """Whether the data up to there make the whole picture, whatever comes behind them."""
    before, after = codestream[:cut].rstrip(b"\xff"), codestream[end:]
    return all(np.array_equal(imagecodecs.jpeg8_decode(before + filler + after), whole) for filler in _FILLERS)


def _check(is_right: object) -> None:
    if not is_right:
        raise CodestreamError
