"""What a JPEG XL says of itself at its beginning (ISO/IEC 18181): its size, which its decoder would believe, and its
colour space."""

from __future__ import annotations

from collections.abc import Iterator

JPEG_XL_CODESTREAM = b"\xff\x0a"
JPEG_XL_FILE = b"\x00\x00\x00\x0cJXL \r\n\x87\n"

_FROM_JPEG = b"jbrd"
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
"""Columns to rows, where the columns are not told."""
_LONGEST_HEADER = 40
"""Bytes of a JPEG XL codestream that its signature, two sizes and the depths before its colour space may take."""


def read_jpeg_xl_size(codestream: bytes) -> tuple[int, int] | None:
    """Rows and columns before any orientation (ISO/IEC 18181-1 SizeHeader); none without a codestream in it."""
    bits = _header(codestream)
    return _size(bits) if bits else None


def is_xyb(codestream: bytes) -> bool:
    """Whether the values are in XYB, which does not come back exactly (ISO/IEC 18181-1 ImageMetadata).

    No for what moves, has a preview or more than its colours: what tells lies behind all that.
    """
    bits = _header(codestream)
    if bits is None:
        return False
    _size(bits)
    if bits.take(1):  # all that follows is as it is by default
        return True
    if bits.take(1):
        bits.take(3)  # orientation
        if bits.take(1):
            _size(bits)  # the one that it is meant to be shown in
        if bits.take(2):  # a preview, moving pictures
            return False
    is_float = bits.take(1)
    if bits.take(2) == 3:
        bits.take(6)
    bits.take(4 * is_float + 1)  # bits of the exponent; whether 16 bits hold what is computed
    has_extra_channels = bits.take(2)
    return not has_extra_channels and bool(bits.take(1))


def is_from_jpeg(codestream: bytes) -> bool:
    """Whether it gives back the JPEG that it was made of (ISO/IEC 18181-2)."""
    return codestream.startswith(JPEG_XL_FILE) and any(kind == _FROM_JPEG for kind, _, _ in boxes_of(codestream))


class _Bits:
    """Bits of a number, the least significant first."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, count: int) -> int:
        taken = self._left & ((1 << count) - 1)
        self._left >>= count
        return taken


def _header(codestream: bytes) -> _Bits | None:
    """What follows the signature; none without a codestream."""
    bare = codestream if codestream.startswith(JPEG_XL_CODESTREAM) else _codestream_in_boxes(codestream)
    return _Bits(int.from_bytes(bare[2:_LONGEST_HEADER], "little")) if len(bare) >= 4 else None


def _size(bits: _Bits) -> tuple[int, int]:
    is_small = bits.take(1)
    rows = _side(bits, is_small)
    ratio = _RATIOS.get(bits.take(3))
    return rows, rows * ratio[0] // ratio[1] if ratio else _side(bits, is_small)


def _side(bits: _Bits, is_small: int) -> int:
    return 8 * (bits.take(5) + 1) if is_small else bits.take((9, 13, 18, 30)[bits.take(2)]) + 1


def _codestream_in_boxes(file: bytes) -> bytes:
    """The first bytes of the codestream within the boxes of the file format."""
    found = b""
    for kind, start, end in boxes_of(file):
        if len(found) >= _LONGEST_HEADER:
            break
        if kind in (b"jxlc", b"jxlp"):
            start += 4 if kind == b"jxlp" else 0  # a part begins with its number
            found += file[start : min(end, start + _LONGEST_HEADER)]
    return found if found.startswith(JPEG_XL_CODESTREAM) else b""


def boxes_of(file: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, and where the content starts and ends, of each box, up to one that cannot be (ISO/IEC 14496-12 4.2)."""
    at = 0
    while at + 8 <= len(file):
        length, kind, head = int.from_bytes(file[at : at + 4], "big"), file[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(file[at + 8 : at + 16], "big"), 16
        end = at + length if length else len(file)
        if end < at + head:
            return
        yield kind, at + head, end
        at = end
