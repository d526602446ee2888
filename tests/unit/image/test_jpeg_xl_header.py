"""The header of a JPEG XL, put together bit by bit and box by box."""

from __future__ import annotations

import struct

import pytest

from wado.image.jpeg_xl_header import is_from_jpeg, is_xyb, read_jpeg_xl_size


@pytest.mark.parametrize(
    ("bits", "size"),
    [
        # From the least significant bit on: small, rows / 8 - 1 in 5 bits, ratio in 3 bits, columns / 8 - 1.
        (0b0_00000_1 | 1 << 6, (8, 8)),
        (0b00011_1 | 7 << 6, (32, 64)),
        (0b00011_1 | 0 << 6 | 9 << 9, (32, 80)),
        # Not small: rows - 1 after 2 bits of how many bits they take; 4:3.
        (0 | 0 << 1 | 299 << 3 | 3 << 12, (300, 400)),
        (0 | 1 << 1 | 4999 << 3 | 0 << 16 | 0 << 19 | 99 << 21, (5000, 100)),
    ],
)
def test_the_size_of_a_jpeg_xl(bits: int, size: tuple[int, int]) -> None:
    codestream = b"\xff\x0a" + bits.to_bytes(10, "little")
    assert read_jpeg_xl_size(codestream) == size
    signature = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
    whole = struct.pack(">I", 8 + len(codestream)) + b"jxlc" + codestream
    long = struct.pack(">I4sQ", 1, b"jxlc", 16 + len(codestream)) + codestream
    last = struct.pack(">I", 0) + b"jxlc" + codestream
    first_part = struct.pack(">I4sI", 12 + 3, b"jxlp", 0) + codestream[:3]
    second_part = struct.pack(">I4sI", 12 + 9, b"jxlp", 1 << 31 | 1) + codestream[3:]
    for boxes in (whole, long, last, first_part + second_part):
        assert read_jpeg_xl_size(signature + boxes) == size


@pytest.mark.parametrize(
    "content", [b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n", b"\x00\x00\x00\x0cJXL \r\n\x87\n\0\0\0\1jxlc\0\0"]
)
def test_a_jpeg_xl_without_a_codestream_has_no_size(content: bytes) -> None:
    assert read_jpeg_xl_size(content) is None


SMALL = [(1, 1), (0, 5), (1, 3)]
"""A size: small, 8 rows, as many columns."""


def packed(fields: list[tuple[int, int]]) -> bytes:
    """Values of so many bits each, the least significant bit first, behind a signature."""
    number, place = 0, 0
    for value, count in fields:
        number |= value << place
        place += count
    return b"\xff\x0a" + number.to_bytes(40, "little")


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        # All as by default.
        ([(1, 1)], True),
        # No further fields; integers of 8 bits; 16 bits hold all; no more channels; XYB or not.
        ([(0, 1), (0, 1), (0, 1), (0, 2), (1, 1), (0, 2), (1, 1)], True),
        ([(0, 1), (0, 1), (0, 1), (0, 2), (1, 1), (0, 2), (0, 1)], False),
        # 16 bits, told in 6 of them.
        ([(0, 1), (0, 1), (0, 1), (3, 2), (15, 6), (0, 1), (0, 2), (1, 1)], True),
        # Floats of 32 bits, 8 of them the exponent.
        ([(0, 1), (0, 1), (1, 1), (0, 2), (7, 4), (0, 1), (0, 2), (1, 1)], True),
        # Orientation and a size to be shown in.
        ([(0, 1), (1, 1), (5, 3), (1, 1), *SMALL, (0, 2), (0, 1), (1, 2), (1, 1), (0, 2), (1, 1)], True),
        # A preview; moving pictures; an alpha channel.
        ([(0, 1), (1, 1), (0, 3), (0, 1), (1, 1), (0, 1), (2**40 - 1, 40)], False),
        ([(0, 1), (1, 1), (0, 3), (0, 1), (0, 1), (1, 1), (2**40 - 1, 40)], False),
        ([(0, 1), (0, 1), (0, 1), (0, 2), (1, 1), (1, 2), (2**40 - 1, 40)], False),
    ],
)
def test_a_jpeg_xl_says_whether_it_is_in_xyb(metadata: list[tuple[int, int]], expected: bool) -> None:
    assert is_xyb(packed([*SMALL, *metadata])) is expected
    longest = [(0, 1), (3, 2), (2**30 - 1, 30), (0, 3), (3, 2), (2**30 - 1, 30)]
    assert is_xyb(packed([*longest, *metadata])) is expected


def test_what_has_no_codestream_is_neither_in_xyb_nor_of_a_jpeg() -> None:
    assert not is_xyb(b"\xff\x0a")
    assert not is_from_jpeg(b"\xff\x0a\xff\xff\xff")


def test_a_box_tells_of_the_jpeg_that_it_was_made_of() -> None:
    signature = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
    codestream = struct.pack(">I", 8 + 4) + b"jxlc" + b"\xff\x0a\0\0"
    assert is_from_jpeg(signature + struct.pack(">I", 8) + b"jbrd" + codestream)
    assert not is_from_jpeg(signature + codestream)
