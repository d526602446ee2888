"""The size of a JPEG XL, put together bit by bit and box by box."""

from __future__ import annotations

import struct

import pytest

from wado.image.jpeg_xl_size import read_jpeg_xl_size


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
