"""How many bytes of a tile-part the packets of a JPEG 2000 take: decoders pass over what stands behind the last one.

The headers of packets are read, nothing is decoded (ISO/IEC 15444-1 Annex B, 15444-15 B).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from typing import NamedTuple

from wado.image.codecs import CodestreamError

_START_OF_PACKET, _END_OF_HEADER = b"\xff\x91\x00\x04", b"\xff\x92"
_LENGTH_OF_START = 6
_BYPASS, _TERMINATE_ALL, _HIGH_THROUGHPUT = 0x01, 0x04, 0x40
_FIRST_BYPASSED, _MOST_PASSES = 10, 1 << 30
_MOST_LENGTH_BITS = 32
"""Of the length of a segment, as that of a tile-part has (A.4.2)."""
_MOST_PACKETS = 1 << 20
"""Of a tile: more of them no writer makes, and a reader needs not hold."""


class Box(NamedTuple):
    """A rectangle; right and bottom lie outside of it."""

    left: int
    top: int
    right: int
    bottom: int

    def moved(self, right: int, down: int) -> Box:
        return Box(self.left + right, self.top + down, self.right + right, self.bottom + down)

    def divided(self, across: int, down: int) -> Box:
        return Box(-(-self.left // across), -(-self.top // down), -(-self.right // across), -(-self.bottom // down))

    def within(self, other: Box) -> Box:
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Box(left, top, max(left, min(self.right, other.right)), max(top, min(self.bottom, other.bottom)))


@dataclass(frozen=True, slots=True)
class Coding:
    """What COD or COC say of a component; sizes are exponents of 2, precincts from the lowest resolution (A.6.1)."""

    levels: int
    block: tuple[int, int]
    style: int
    precincts: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """What SIZ and COD say of the image: its tiles, the sampling of each component, order and number of packets."""

    image: Box
    tile: Box
    sampling: tuple[tuple[int, int], ...]
    order: int
    layers: int


class _Bits:
    """Bits of a packet's header: behind a byte of 0xff comes one of seven (B.10.1)."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        self._byte = self._left = 0

    def take(self) -> int:
        if not self._left:
            self._left = 7 if self._byte == 0xFF else 8
            self._byte = self._data[self._at]
            self._at += 1
        self._left -= 1
        return self._byte >> self._left & 1

    def number(self, bits: int) -> int:
        value = 0
        for _ in range(bits):
            value = value << 1 | self.take()
        return value

    def end(self) -> int:
        """Where the header ends, which is not behind a byte of 0xff."""
        return self._at + (self._byte == 0xFF)


class _TagTree:
    """Numbers of a grid of code-blocks, each the greatest of what is told of it and of its parents (B.10.2)."""

    def __init__(self, across: int, down: int) -> None:
        self._levels = (max(across, down, 1) - 1).bit_length()
        self._nodes: dict[tuple[int, int, int], list[int]] = {}

    def is_below(self, bits: _Bits, column: int, row: int, threshold: int) -> bool:
        """Read as much as tells whether the number is less than the threshold."""
        lowest, node = 0, [0, 0]
        for level in range(self._levels, -1, -1):
            node = self._nodes.setdefault((level, column >> level, row >> level), [0, 0])
            node[0] = max(node[0], lowest)
            while node[0] < threshold and not node[1]:
                if bits.take():
                    node[1] = 1
                else:
                    node[0] += 1
            lowest = node[0]
        return bool(node[1]) and node[0] < threshold


@dataclass(slots=True)
class _Block:
    """A code-block so far: bits that a length takes, and the passes of its last segment and their most."""

    length_bits: int = 3
    segment: int = 0
    passes: int = 0
    most: int = 0


@dataclass(slots=True)
class _Band:
    """The code-blocks of a precinct in one band."""

    across: int
    down: int
    inclusion: _TagTree = field(init=False)
    planes: _TagTree = field(init=False)
    blocks: dict[tuple[int, int], _Block] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.inclusion, self.planes = _TagTree(self.across, self.down), _TagTree(self.across, self.down)


@dataclass(frozen=True, slots=True)
class _Precinct:
    """With the place on the reference grid at which its packets come (B.12.1)."""

    component: int
    resolution: int
    number: int
    top: int
    left: int
    style: int
    bands: tuple[_Band, ...]


class Packets:
    """Those of one tile, in their order, over all of its parts."""

    def __init__(self, grid: Grid, codings: list[Coding], tile: int) -> None:
        self._packets = _in_order(grid, _precincts(grid, codings, tile))

    def length_in(self, data: bytes) -> int:
        """Bytes that the packets of a tile-part take; raises `IndexError` where it ends within one."""
        at = 0
        while at < len(data) and (packet := next(self._packets, None)):
            at = _end_of_packet(data, at, *packet)
        return at


_ORDERS: dict[int, Callable[[_Precinct, int], tuple[int, ...]]] = {
    0: lambda one, layer: (layer, one.resolution, one.component, one.number),
    1: lambda one, layer: (one.resolution, layer, one.component, one.number),
    2: lambda one, layer: (one.resolution, one.top, one.left, one.component, one.number, layer),
    3: lambda one, layer: (one.top, one.left, one.component, one.resolution, one.number, layer),
    4: lambda one, layer: (one.component, one.top, one.left, one.resolution, one.number, layer),
}
"""What packets are sorted by (Table A.16, B.12.1)."""


def _in_order(grid: Grid, precincts: Iterator[_Precinct]) -> Iterator[tuple[_Precinct, int]]:
    """Raises `CodestreamError` for too many."""
    key = _ORDERS[grid.order]
    most = _MOST_PACKETS // grid.layers
    known = list(islice(precincts, most + 1))
    if len(known) > most:
        raise CodestreamError
    return iter(sorted(product(known, range(grid.layers)), key=lambda packet: key(*packet)))


def _precincts(grid: Grid, codings: list[Coding], tile: int) -> Iterator[_Precinct]:
    across = -(-(grid.image.right - grid.tile.left) // grid.tile.right)
    left, top = (grid.tile.left + tile % across * grid.tile.right, grid.tile.top + tile // across * grid.tile.bottom)
    area = Box(left, top, left + grid.tile.right, top + grid.tile.bottom).within(grid.image)
    for component, (coding, (dx, dy)) in enumerate(zip(codings, grid.sampling, strict=True)):
        samples = area.divided(dx, dy)
        for resolution in range(coding.levels + 1):
            scale = 1 << coding.levels - resolution
            shown = samples.divided(scale, scale)
            if shown.right <= shown.left or shown.bottom <= shown.top:
                continue
            width, height = (1 << exponent for exponent in coding.precincts[resolution])
            rows = range(shown.top // height, -(-shown.bottom // height))
            columns = range(shown.left // width, -(-shown.right // width))
            for number, (row, column) in enumerate(product(rows, columns)):
                cell = Box(column * width, row * height, (column + 1) * width, (row + 1) * height)
                yield _Precinct(
                    component=component,
                    resolution=resolution,
                    number=number,
                    top=max(area.top, cell.top * scale * dy),
                    left=max(area.left, cell.left * scale * dx),
                    style=coding.style,
                    bands=tuple(_bands(coding, resolution, samples, cell)),
                )


def _bands(coding: Coding, resolution: int, samples: Box, cell: Box) -> Iterator[_Band]:
    """LL of the lowest resolution, HL, LH and HH of the others (B.5, B.7)."""
    is_lowest = resolution == 0
    level = coding.levels - max(0, resolution - 1)
    half, whole = (1 << level) >> 1, 1 << level
    part = cell if is_lowest else Box(*(side // 2 for side in cell))
    exponents = (exponent - (not is_lowest) for exponent in coding.precincts[resolution])
    width, height = (1 << min(pair) for pair in zip(coding.block, exponents, strict=True))
    for right, low in ((0, 0),) if is_lowest else ((1, 0), (0, 1), (1, 1)):
        moved = samples.moved(-half * right, -half * low)
        band = moved.divided(whole, whole).within(part)
        is_empty = band.right <= band.left or band.bottom <= band.top
        across = 0 if is_empty else -(-band.right // width) - band.left // width
        yield _Band(across, 0 if is_empty else -(-band.bottom // height) - band.top // height)


def _end_of_packet(data: bytes, at: int, precinct: _Precinct, layer: int) -> int:
    """Its header, and as many bytes as that tells of (B.10)."""
    if data.startswith(_START_OF_PACKET, at):
        at += _LENGTH_OF_START
    bits, length = _Bits(data, at), 0
    if bits.take():
        for band in precinct.bands:
            for row, column in product(range(band.down), range(band.across)):
                length += _length_of_block(bits, band, column, row, layer, precinct.style)
    at = bits.end()
    if data.startswith(_END_OF_HEADER, at):
        at += len(_END_OF_HEADER)
    if at + length > len(data):
        raise IndexError
    return at + length


def _length_of_block(bits: _Bits, band: _Band, column: int, row: int, layer: int, style: int) -> int:
    block = band.blocks.get((column, row))
    if block is None:
        if not band.inclusion.is_below(bits, column, row, layer + 1):
            return 0
        planes = 1
        while not band.planes.is_below(bits, column, row, planes):
            planes += 1
        block = band.blocks[column, row] = _Block(most=_most_passes(0, 0, style))
    elif not bits.take():
        return 0
    passes, length = _number_of_passes(bits), 0
    while bits.take():
        block.length_bits += 1
        if block.length_bits > _MOST_LENGTH_BITS:
            raise CodestreamError
    while passes:
        if block.passes == block.most:
            block.segment, block.passes = block.segment + 1, 0
            block.most = _most_passes(block.segment, block.most, style)
        taken = min(passes, block.most - block.passes)
        length += bits.number(block.length_bits + taken.bit_length() - 1)
        block.passes += taken
        passes -= taken
    return length


def _most_passes(segment: int, before: int, style: int) -> int:
    """Of a segment, which has a length of its own (Table D.9, 15444-15 B.3)."""
    if style & _HIGH_THROUGHPUT:
        return _MOST_PASSES if segment else 1
    if style & _TERMINATE_ALL:
        return 1
    if style & _BYPASS:
        return _FIRST_BYPASSED if not segment else 1 if before == 2 else 2
    return _MOST_PASSES


def _number_of_passes(bits: _Bits) -> int:
    """Table B.4."""
    for start, width in ((1, 1), (2, 1), (3, 2), (6, 5)):
        value = bits.number(width)
        if value != (1 << width) - 1:
            return start + value
    return 37 + bits.number(7)
