"""Words of the cells, and the values stored in them (PS3.3 C.7.6.3, PS3.5 8.1)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.datasets import Array, image_pixel
from wado.image.pixels import Cell, PixelFormat
from wado.image.stored_values import stored_values, unpack

RGB = {"samples_per_pixel": 3, "photometric_interpretation": "RGB"}


@pytest.mark.parametrize(
    ("words", "cell", "values"),
    [
        pytest.param(np.array([0, 1, 255], "u1"), Cell(8, 7, False), [0, 1, 255], id="8 bits unsigned"),
        pytest.param(np.array([0, 127, 128, 255], "u1"), Cell(8, 7, True), [0, 127, -128, -1], id="8 bits signed"),
        pytest.param(np.array([0x0FFF, 0x0800], "u2"), Cell(12, 11, False), [4095, 2048], id="12 bits unsigned"),
        pytest.param(np.array([0x0FFF, 0x0800, 0x07FF], "u2"), Cell(12, 11, True), [-1, -2048, 2047], id="12 signed"),
        pytest.param(np.array([0xF123, 0x8FFF], "u2"), Cell(12, 11, False), [0x123, 0xFFF], id="overlay bits above"),
        pytest.param(np.array([0xF7FF, 0x0800], "u2"), Cell(12, 11, True), [2047, -2048], id="padded without its sign"),
        pytest.param(np.array([0x1230, 0xFFFF], "u2"), Cell(12, 15, False), [0x123, 0xFFF], id="high bit 15"),
        pytest.param(np.array([0xFFF0, 0x7FF5], "u2"), Cell(12, 15, True), [-1, 2047], id="high bit 15 signed"),
        pytest.param(np.array([0b0110_0100], "u1"), Cell(3, 6, False), [0b110], id="bits in the middle"),
        pytest.param(np.array([0xFFFFFFFF, 5], "u4"), Cell(32, 31, True), [-1, 5], id="32 bits signed"),
        pytest.param(np.array([0xFFFFFFFF], "u4"), Cell(32, 31, False), [4294967295], id="32 bits unsigned"),
        pytest.param(np.array([0, 1], "u1"), Cell(1, 0, False), [0, 1], id="a single bit"),
    ],
)
def test_a_stored_value_is_made_of_its_own_bits_only(words: Array, cell: Cell, values: list[int]) -> None:
    assert stored_values(words, cell).tolist() == values


def test_float_pixels_are_their_own_values() -> None:
    assert stored_values(np.array([-0.5, 1e9], "f4"), Cell(32, 31, False)).tolist() == [-0.5, 1e9]


def test_a_stage_leaves_its_input_as_it_was() -> None:
    words = np.array([0xF123, 0xFFFF], "u2")
    stored_values(words, Cell(12, 11, True))
    assert words.tolist() == [0xF123, 0xFFFF]


def test_bytes_become_rows_and_columns() -> None:
    assert unpack(bytes(range(6)), image_pixel(2, 3)).tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    ("first_bit", "expected"),
    [(0, [[1, 0, 1], [1, 0, 0]]), (1, [[0, 1, 1], [0, 0, 1]]), (6, [[1, 0, 0], [1, 0, 1]])],
)
def test_single_bits_start_at_the_lowest_of_a_byte(first_bit: int, expected: list[list[int]]) -> None:
    content = bytes([0b0100_1101, 0b0000_1010])
    assert unpack(content, image_pixel(2, 3, bits_allocated=1), first_bit=first_bit).tolist() == expected


@pytest.mark.parametrize(
    ("bits_allocated", "is_little_endian", "content", "expected"),
    [
        (16, True, b"\x34\x12\x00\x80", [[0x1234, 0x8000]]),
        (16, False, b"\x12\x34\x80\x00", [[0x1234, 0x8000]]),
        (32, True, b"\x78\x56\x34\x12\x01\0\0\0", [[0x12345678, 1]]),
        (32, False, b"\x12\x34\x56\x78\0\0\0\x01", [[0x12345678, 1]]),
    ],
)
def test_wide_cells_are_read_in_their_byte_order(
    bits_allocated: int, is_little_endian: bool, content: bytes, expected: list[list[int]]
) -> None:
    pixel = image_pixel(1, 2, bits_allocated=bits_allocated)
    words = unpack(content, pixel, is_little_endian=is_little_endian)
    assert words.dtype.isnative
    assert words.tolist() == expected


@pytest.mark.parametrize(("pixel_format", "kind"), [(PixelFormat.FLOAT, "f4"), (PixelFormat.DOUBLE, "f8")])
@pytest.mark.parametrize("order", ["<", ">"])
def test_float_pixels_are_read_in_their_byte_order(pixel_format: PixelFormat, kind: str, order: str) -> None:
    content = np.array([[1.5, -2.25]], order + kind).tobytes()
    pixel = image_pixel(1, 2, bits_allocated=int(kind[1]) * 8, pixel_format=pixel_format)
    assert unpack(content, pixel, is_little_endian=order == "<").tolist() == [[1.5, -2.25]]


def test_colours_lie_pixel_by_pixel_or_plane_by_plane() -> None:
    expected = [[[1, 2, 3], [4, 5, 6]]]
    assert unpack(bytes([1, 2, 3, 4, 5, 6]), image_pixel(1, 2, **RGB)).tolist() == expected
    assert unpack(bytes([1, 4, 2, 5, 3, 6]), image_pixel(1, 2, is_planar=True, **RGB)).tolist() == expected


def test_two_pixels_share_their_chrominance_in_422() -> None:
    pixel = image_pixel(1, 4, samples_per_pixel=3, photometric_interpretation="YBR_FULL_422")
    content = bytes([10, 20, 130, 140, 30, 40, 150, 160])
    assert pixel.frame_bits == 64
    assert unpack(content, pixel).tolist() == [[[10, 130, 140], [20, 130, 140], [30, 150, 160], [40, 150, 160]]]


def test_padding_behind_the_frame_is_left_out() -> None:
    assert unpack(bytes([1, 2, 3, 0]), image_pixel(1, 3)).tolist() == [[1, 2, 3]]
