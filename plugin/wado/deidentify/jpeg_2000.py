"""JPEG 2000 and High-Throughput JPEG 2000 codestreams with nothing but what a decoder needs of them.

Pointers and comments are left out; lengths of tile parts, which PS3.5 A.4.4 wants in some transfer syntaxes, are told
anew. Every other segment has the length that ISO/IEC 15444-1 Annex A gives it, or the codestream is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from wado.deidentify.jpeg_2000_packets import Box, Coding, Grid, Packets
from wado.image.codecs import CodestreamError
from wado.image.ends_in_text import ends_in_text

START, END, START_OF_TILE_PART, START_OF_DATA = b"\xff\x4f", b"\xff\xd9", 0x90, b"\xff\x93"
SIZE, CODING, COMPONENT_CODING, QUANTIZATION, COMPONENT_QUANTIZATION = 0x51, 0x52, 0x53, 0x5C, 0x5D
REGION, PROGRESSION, CAPABILITIES = 0x5E, 0x5F, 0x50

TILE_PART_LENGTHS = 0x55
_LEFT_OUT = frozenset({TILE_PART_LENGTHS, 0x57, 0x58, 0x59, 0x63, 0x64})
"""Lengths of tile parts and packets, a profile to become, where components are, comments (Table A.2, 15444-15 A.6)."""
_REORDERING = frozenset({CODING, COMPONENT_CODING, PROGRESSION})
"""Those in a tile-part's header that say of its packets something else than the main header."""
_ORDERS = 5
_LENGTHS_OF_32_BITS = 0x60
_LENGTHS_IN_SEGMENT = 8192
_MOST_COMPONENTS, _MOST_LEVELS, _MOST_PROGRESSIONS = 4, 32, 4
_FEW_COMPONENTS = 257
_TILE_PART_HEADER = 12
_HIGH_THROUGHPUT = 1 << 17
"""The bit of Part 15 in what CAP says there is (15444-15 A.3)."""

PacketsOf = Callable[[int], Packets]


class _Limits:
    """What the lengths of other segments and of packets follow from: `component` is the width of a component's number,
    `size`, `coding` and `components` the content of SIZ, COD and each COC.
    """

    def __init__(self) -> None:
        self.component, self.levels, self.has_lengths = 1, 0, False
        self.size = self.coding = b""
        self.components: dict[int, bytes] = {}


def clean_jpeg_2000(codestream: bytes) -> bytes:
    """It ends where its first EOC is, which coded data cannot have within (A.1). Raises `CodestreamError`, also for
    what is none of it between two tile parts, or behind them where there is no EOC.
    """
    limits = _Limits()
    header, at = _kept_segments(codestream, len(START), limits, START_OF_TILE_PART)
    _check(header[1:2] == bytes([SIZE]))
    packets = _packets_of(limits) if PROGRESSION not in _markers_in(header) else None
    tile_parts = []
    while codestream[at : at + 2] == bytes([0xFF, START_OF_TILE_PART]):
        part, at = _tile_part(codestream, at, limits, packets)
        tile_parts.append(part)
    is_ended = codestream[at : at + 2] == END
    _check(is_ended or not any(codestream[at:]))
    lengths = _lengths_of(tile_parts) if limits.has_lengths else ()
    return b"".join([START, header, *lengths, *tile_parts, END if is_ended else b""])


def _lengths_of(tile_parts: list[bytes]) -> Iterator[bytes]:
    """Segments with the number of its tile, in 16 bits, and the length of each, in 32 (Table A.33)."""
    for number, start in enumerate(range(0, len(tile_parts), _LENGTHS_IN_SEGMENT)):
        entries = b"".join(part[4:10] for part in tile_parts[start : start + _LENGTHS_IN_SEGMENT])
        length = (4 + len(entries)).to_bytes(2, "big")
        yield bytes([0xFF, TILE_PART_LENGTHS]) + length + bytes([number, _LENGTHS_OF_32_BITS]) + entries


def _tile_part(codestream: bytes, at: int, limits: _Limits, packets: PacketsOf | None) -> tuple[bytes, int]:
    """One without the segments that are left out and without what is behind its packets, so of a new length; and where
    it ended (A.4.2). Where its packets come in another order than the main header says, it must not end in text.
    """
    length = int.from_bytes(codestream[at + 6 : at + 10], "big")
    end = min(at + length, len(codestream)) if length else len(codestream)
    start = codestream[at : at + _TILE_PART_HEADER]
    _check(len(start) == _TILE_PART_HEADER and start[2:4] == b"\0\x0a")
    header, at = _kept_segments(codestream, at + _TILE_PART_HEADER, limits, START_OF_DATA[1])
    _check(at + 2 <= end)
    ended = codestream.find(END, at, end)
    end = end if ended < 0 else ended
    data = codestream[at:end]
    if packets and not _REORDERING & _markers_in(header):
        data = data[: _length_of_packets(packets(int.from_bytes(start[4:6], "big")), data)]
    else:
        _check(not ends_in_text(data))
    new_length = _TILE_PART_HEADER + len(header) + len(data)
    return start[:6] + new_length.to_bytes(4, "big") + start[10:] + header + data, end


def _length_of_packets(packets: Packets, data: bytes) -> int:
    """With the marker that stands before them; all of it where it ends within a packet, as nothing is behind that."""
    start = len(START_OF_DATA)
    try:
        return start + packets.length_in(data[start:])
    except IndexError:
        return len(data)


def _packets_of(limits: _Limits) -> PacketsOf:
    """By the number of a tile, its packets."""
    size, coding = limits.size, limits.coding
    _check(size and coding)
    right, bottom, left, top, *tile = (int.from_bytes(size[at : at + 4], "big") for at in range(2, 34, 4))
    sampling = tuple((size[at + 1], size[at + 2]) for at in range(36, len(size), 3))
    grid = Grid(
        image=Box(left, top, right, bottom),
        tile=Box(tile[2], tile[3], tile[0], tile[1]),
        sampling=sampling,
        order=coding[1],
        layers=int.from_bytes(coding[2:4], "big"),
    )
    _check(coding[1] < _ORDERS and grid.layers and all(tile[:2]) and all(map(all, sampling)))
    styles = [limits.components.get(number, coding[:1] + coding[5:]) for number in range(len(sampling))]
    codings = [_coding(style[0], style[1:]) for style in styles]
    return lru_cache(maxsize=None)(lambda number: Packets(grid, codings, number))


def _coding(style: int, parameters: bytes) -> Coding:
    """Table A.20."""
    levels = parameters[0]
    sizes = parameters[5:] if style & 1 else b"\xff" * (levels + 1)
    return Coding(
        levels=levels,
        block=((parameters[1] & 15) + 2, (parameters[2] & 15) + 2),
        style=parameters[3],
        precincts=tuple((size & 15, size >> 4) for size in sizes),
    )


def _markers_in(segments: bytes) -> set[int]:
    """The second bytes of their markers."""
    markers, at = set(), 0
    while at < len(segments):
        markers.add(segments[at + 1])
        at += 2 + int.from_bytes(segments[at + 2 : at + 4], "big")
    return markers


def _kept_segments(codestream: bytes, at: int, limits: _Limits, last: int) -> tuple[bytes, int]:
    """The marker segments up to a marker, and where that is. What follows from others is checked behind them."""
    kept: list[bytes] = []
    while codestream[at : at + 2] not in (bytes([0xFF, last]), END):
        marker, length = codestream[at + 1 : at + 2], int.from_bytes(codestream[at + 2 : at + 4], "big")
        segment = codestream[at : at + 2 + length]
        _check(codestream[at : at + 1] == b"\xff" and length >= 2 and len(segment) == 2 + length)
        at += 2 + length
        if marker[0] in _LEFT_OUT:
            limits.has_lengths |= marker[0] == TILE_PART_LENGTHS
            continue
        _check(marker[0] in _CHECKS)
        kept.append(segment)
    for segment in sorted(kept, key=lambda segment: _ORDER.get(segment[1], len(_ORDER))):
        _check(_CHECKS[segment[1]](segment[4:], limits))
    return b"".join(kept), at


def _is_size(content: bytes, limits: _Limits) -> bool:
    number = int.from_bytes(content[34:36], "big")
    limits.size = content
    limits.component = 1 if number < _FEW_COMPONENTS else 2
    return 1 <= number <= _MOST_COMPONENTS and len(content) == 36 + 3 * number


def _is_coding(content: bytes, limits: _Limits) -> bool:
    limits.coding = content
    return len(content) >= 10 and _is_style(content[0], content[5:], limits)


def _is_component_coding(content: bytes, limits: _Limits) -> bool:
    at = limits.component
    limits.components[int.from_bytes(content[:at], "big")] = content[at:]
    return len(content) >= at + 6 and _is_style(content[at], content[at + 1 :], limits)


def _is_style(style: int, parameters: bytes, limits: _Limits) -> bool:
    """Levels, code blocks and a transform, and the precincts of each level where they are told (Table A.20)."""
    levels = parameters[0]
    limits.levels = max(limits.levels, levels)
    return levels <= _MOST_LEVELS and len(parameters) == 5 + (levels + 1) * (style & 1)


def _is_quantization(content: bytes, limits: _Limits) -> bool:
    """An exponent for each band, one step, or a step for each (Table A.28)."""
    bands = 3 * limits.levels + 1
    lengths = {0: range(1, bands + 1), 1: range(2, 3), 2: range(2, 2 * bands + 1, 2)}
    return len(content) >= 1 and len(content) - 1 in lengths.get(content[0] & 0x1F, ())


def _is_component_quantization(content: bytes, limits: _Limits) -> bool:
    return _is_quantization(content[limits.component :], limits)


def _is_region(content: bytes, limits: _Limits) -> bool:
    return len(content) == limits.component + 2


def _is_progression(content: bytes, limits: _Limits) -> bool:
    """Changes of the progression, whose last byte is one of five orders (Table A.32)."""
    size = 5 + 2 * limits.component
    return (
        0 < len(content) <= _MOST_PROGRESSIONS * size and not len(content) % size and max(content[size - 1 :: size]) < 5
    )


def _is_capabilities(content: bytes, limits: _Limits) -> bool:
    return content[:4] == _HIGH_THROUGHPUT.to_bytes(4, "big") and len(content) == 6


_CHECKS: dict[int, Callable[[bytes, _Limits], bool]] = {
    CAPABILITIES: _is_capabilities,
    SIZE: _is_size,
    CODING: _is_coding,
    COMPONENT_CODING: _is_component_coding,
    QUANTIZATION: _is_quantization,
    COMPONENT_QUANTIZATION: _is_component_quantization,
    REGION: _is_region,
    PROGRESSION: _is_progression,
}
"""By the second byte of the marker; packed packet headers and those of Part 2 no decoder here reads."""

_ORDER = {SIZE: 0, CODING: 1, COMPONENT_CODING: 2}
"""What tells how wide and how many others are."""


def _check(is_right: object) -> None:
    if not is_right:
        raise CodestreamError
