"""The size that a JPEG XL says it has (ISO/IEC 18181), which its decoder would believe."""

from __future__ import annotations

JPEG_XL_CODESTREAM = b"\xff\x0a"
JPEG_XL_FILE = b"\x00\x00\x00\x0cJXL \r\n\x87\n"

_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
"""Columns to rows, where the columns are not told."""
_LONGEST_SIZE = 12
"""Bytes of a JPEG XL codestream that its signature and size may take."""


def read_jpeg_xl_size(codestream: bytes) -> tuple[int, int] | None:
    """Rows and columns before any orientation (ISO/IEC 18181-1 SizeHeader); none without a codestream in it."""
    bare = codestream if codestream.startswith(JPEG_XL_CODESTREAM) else _codestream_in_boxes(codestream)
    if len(bare) < 4:
        return None
    bits = _Bits(int.from_bytes(bare[2:_LONGEST_SIZE], "little"))
    is_small = bits.take(1)
    rows = _side(bits, is_small)
    ratio = _RATIOS.get(bits.take(3))
    return rows, rows * ratio[0] // ratio[1] if ratio else _side(bits, is_small)


class _Bits:
    """Bits of a number, the least significant first."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, count: int) -> int:
        taken = self._left & ((1 << count) - 1)
        self._left >>= count
        return taken


def _side(bits: _Bits, is_small: int) -> int:
    return 8 * (bits.take(5) + 1) if is_small else bits.take((9, 13, 18, 30)[bits.take(2)]) + 1


def _codestream_in_boxes(codestream: bytes) -> bytes:
    """The first bytes of the codestream within the boxes of the file format (ISO/IEC 18181-2)."""
    at, found = 0, b""
    while at + 8 <= len(codestream) and len(found) < _LONGEST_SIZE:
        length, kind, head = int.from_bytes(codestream[at : at + 4], "big"), codestream[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(codestream[at + 8 : at + 16], "big"), 16
        end = at + length if length else len(codestream)
        if end < at + head:
            break
        if kind in (b"jxlc", b"jxlp"):
            start = at + head + (4 if kind == b"jxlp" else 0)  # a part begins with its number
            found += codestream[start : min(end, start + _LONGEST_SIZE)]
        at = end
    return found if found.startswith(JPEG_XL_CODESTREAM) else b""
