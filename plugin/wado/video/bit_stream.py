"""The bit stream that an object holds: one for all its frames, in one fragment or several (PS3.5 8.2.5 to 8.2.11)."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from io import RawIOBase
from itertools import accumulate, islice
from typing import Protocol

_ITEM = b"\xfe\xff\x00\xe0"

HEAD_LENGTH = 1024


class Source(Protocol):
    """Bytes that can be read from anywhere in them."""

    @property
    def size(self) -> int:
        """How many there are."""

    def read(self, offset: int, length: int) -> bytes:
        """At most `length` bytes; fewer only at the end."""


class BitStream(RawIOBase):
    """A file made of parts of the source, each an offset and a length."""

    def __init__(self, source: Source, parts: Sequence[tuple[int, int]]) -> None:
        self._source = source
        self._parts = tuple(parts)
        self._ends = tuple(accumulate(length for _, length in parts))
        self._at = 0

    @property
    def size(self) -> int:
        return self._ends[-1] if self._ends else 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence] + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        wanted = self.size - self._at if size < 0 else size
        pieces = []
        while wanted > 0 and (piece := self._read_within_part(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def _read_within_part(self, size: int) -> bytes:
        number = bisect_right(self._ends, self._at)
        if number == len(self._parts):
            return b""
        offset, length = self._parts[number]
        left = self._ends[number] - self._at
        content = self._source.read(offset + length - left, min(size, left))
        self._at += len(content)
        return content


def open_stream(source: Source, offset: int, length: int | None = None) -> BitStream:
    """The bit stream of the pixel data whose value starts at `offset`; `length` is none where it is encapsulated."""
    if length is not None:
        return BitStream(source, [(offset, max(0, min(length, source.size - offset)))])
    return BitStream(source, list(islice(_fragments(source, offset), 1, None)))


def read_head(stream: BitStream) -> bytes:
    """The first bytes, without moving the place in the stream."""
    at = stream.tell()
    stream.seek(0)
    head = stream.read(HEAD_LENGTH)
    stream.seek(at)
    return head


def _fragments(source: Source, offset: int) -> Iterator[tuple[int, int]]:
    """The items (PS3.5 Annex A.4), of which the first is the offset table, up to the delimiter or the end."""
    while (header := source.read(offset, 8))[:4] == _ITEM and len(header) == 8:
        length = min(int.from_bytes(header[4:], "little"), max(0, source.size - offset - 8))
        yield offset + 8, length
        offset += 8 + length


def recognise(head: bytes) -> str | None:
    """The container, by libav's name of its demuxer; none for what is no container of a video in DICOM.

    libav is told, and never left to guess: among its formats are lists of other files to open.
    """
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"):
        return "mov"
    if len(head) > 2 * _TS_PACKET and all(head[at] == _TS_SYNC for at in (0, _TS_PACKET, 2 * _TS_PACKET)):
        return "mpegts"
    start = head.lstrip(b"\0")
    if not start.startswith(b"\x01") or len(start) < 2 or head[:2] != b"\0\0":
        return None
    return ELEMENTARY_STREAMS.get(start[1])


_TS_PACKET, _TS_SYNC = 188, 0x47

ELEMENTARY_STREAMS = {
    0xBA: "mpeg",  # the pack header of a program stream
    0xB3: "mpegvideo",  # sequence header
    **dict.fromkeys((0x06, 0x09, 0x27, 0x47, 0x67), "h264"),  # SEI, access unit delimiter, sequence parameter set
    **dict.fromkeys((0x40, 0x42, 0x46, 0x4E), "hevc"),  # VPS, SPS, access unit delimiter, SEI
}
"""The container, by the byte that comes after the first start code."""
