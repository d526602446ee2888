"""Palettes and colour spaces, with numbers computed by hand (PS3.3 C.7.6.3.1.2, C.7.6.3.1.5)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.datasets import Array
from tests.support.images import assert_equal, assert_similar
from wado.image.color import Palette, render_color, render_palette, render_pseudo_color, rgbx_of, to_8_bits
from wado.image.grayscale import LINEAR_EXACT, GrayscaleChain, Rescale, Window, render_grayscale
from wado.image.pixels import Cell

CELL = Cell(8, 7, False)
TRAFFIC_LIGHT = Palette(10, bytes([255, 0, 0, 255, 255, 0, 0, 255, 0]))


def one_row(*pixels: tuple[int, int, int]) -> Array:
    return np.array([pixels], np.uint8)


def test_a_palette_gives_values_outside_of_it_its_first_or_last_colour() -> None:
    words = np.array([[0, 10, 11, 12, 255]], np.uint8)
    red, yellow, green = [255, 0, 0], [255, 255, 0], [0, 255, 0]
    assert render_palette(words, CELL, TRAFFIC_LIGHT).tolist() == [[red, red, yellow, green, green]]


def test_a_palette_may_begin_below_zero_for_signed_pixels() -> None:
    palette = Palette(-1, bytes([1, 1, 1, 2, 2, 2, 3, 3, 3]))
    words = np.array([[0x80, 0xFF, 0x00, 0x01]], np.uint8)
    assert render_palette(words, Cell(8, 7, True), palette)[..., 0].tolist() == [[1, 1, 2, 3]]


def test_a_palette_of_1024_colours_takes_indices_of_16_bits() -> None:
    # pydicom casts the indices to the entries' type, so that they wrap round at 256.
    entries = np.repeat((np.arange(1024) // 4).astype(np.uint8), 3)
    words = np.array([[0, 255, 256, 512, 1020, 1023]], np.uint16)
    shown = render_palette(words, Cell(10, 9, False), Palette(0, entries.tobytes()))
    assert shown[..., 0].tolist() == [[0, 63, 64, 128, 255, 255]]


def test_a_palette_looks_at_the_stored_bits_only() -> None:
    words = np.array([[0xF00B]], np.uint16)
    assert render_palette(words, Cell(12, 11, False), TRAFFIC_LIGHT).tolist() == [[[255, 255, 0]]]


def test_a_palettes_picture_has_a_fourth_byte_in_each_pixel() -> None:
    picture = render_palette(np.arange(9, 13, dtype=np.uint8).reshape(2, 2), CELL, TRAFFIC_LIGHT)
    rgbx = rgbx_of(picture)
    assert rgbx is not None
    assert_equal(rgbx[..., :3], picture)
    assert rgbx.flags.c_contiguous


def test_parts_and_copies_of_it_have_none_and_neither_have_other_pictures() -> None:
    picture = render_palette(np.zeros((4, 4), np.uint8), CELL, TRAFFIC_LIGHT)
    whole = np.zeros((4, 4, 4), np.uint8)
    others = picture[1:], picture[:, 1:], picture[::-1], picture[..., ::-1], picture.transpose(1, 0, 2), picture.copy()
    assert [rgbx_of(other) for other in (*others, whole[..., 1:], whole[..., :3], whole[..., 0])] == [None] * 9


@pytest.mark.parametrize(
    ("ybr", "rgb"),
    [
        # R = Y + 1.402 (Cr-128), G = Y - 0.344136 (Cb-128) - 0.714136 (Cr-128), B = Y + 1.772 (Cb-128)
        ((0, 128, 128), (0, 0, 0)),
        ((255, 128, 128), (255, 255, 255)),
        ((100, 128, 128), (100, 100, 100)),
        ((76, 85, 255), (254, 0, 0)),
        ((150, 44, 21), (0, 255, 1)),
        ((29, 255, 107), (0, 0, 254)),
        ((100, 148, 98), (58, 115, 135)),
        ((255, 255, 255), (255, 121, 255)),
    ],
)
@pytest.mark.parametrize("name", ["YBR_FULL", "YBR_FULL_422"])
def test_ybr_full_is_the_matrix_of_the_standard(
    name: str, ybr: tuple[int, int, int], rgb: tuple[int, int, int]
) -> None:
    assert_similar(render_color(one_row(ybr), CELL, name), one_row(rgb))


@pytest.mark.parametrize(
    ("ybr", "rgb"),
    [
        ((16, 128, 128), (0, 0, 0)),
        ((235, 128, 128), (255, 255, 255)),
        ((0, 128, 128), (0, 0, 0)),
        ((255, 128, 128), (255, 255, 255)),
        ((126, 128, 128), (128, 128, 128)),
        ((81, 90, 240), (254, 0, 0)),
        ((145, 54, 34), (0, 255, 1)),
        ((41, 240, 110), (0, 0, 255)),
    ],
)
def test_ybr_partial_has_its_black_at_16_and_its_white_at_235(
    ybr: tuple[int, int, int], rgb: tuple[int, int, int]
) -> None:
    assert_similar(render_color(one_row(ybr), CELL, "YBR_PARTIAL_422"), one_row(rgb))


def test_ybr_full_is_within_one_of_the_formula_everywhere() -> None:
    steps = np.arange(0, 256, 5)
    ybr = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(1, -1, 3).astype(np.uint8)
    y, b, r = (ybr[..., channel].astype(float) - (0, 128, 128)[channel] for channel in range(3))
    rgb = np.stack([y + 1.402 * r, y - 0.344136 * b - 0.714136 * r, y + 1.772 * b], -1)
    assert_similar(render_color(ybr, CELL, "YBR_FULL"), np.clip(np.floor(rgb + 0.5), 0, 255))


def test_rgb_is_shown_as_it_is() -> None:
    assert_equal(render_color(one_row((1, 2, 3), (254, 0, 9)), CELL, "RGB"), one_row((1, 2, 3), (254, 0, 9)))


@pytest.mark.parametrize(
    ("words", "cell", "expected"),
    [
        pytest.param(np.array([0, 257, 32768, 65535], "u2"), Cell(16, 15, False), [0, 1, 128, 255], id="16 bits"),
        pytest.param(np.array([0, 2048, 4095], "u2"), Cell(12, 11, False), [0, 128, 255], id="12 bits"),
        pytest.param(np.array([0, 2**31, 2**32 - 1], "u4"), Cell(32, 31, False), [0, 128, 255], id="32 bits"),
        pytest.param(np.array([0x80, 0, 0x7F], "u1"), Cell(8, 7, True), [0, 128, 255], id="signed"),
        pytest.param(np.array([0, 15], "u1"), Cell(4, 3, False), [0, 255], id="4 bits"),
        pytest.param(np.array([7, 200], "u1"), CELL, [7, 200], id="8 bits"),
    ],
)
def test_samples_of_any_depth_keep_their_highest_value_the_highest(
    words: Array, cell: Cell, expected: list[int]
) -> None:
    assert to_8_bits(words, cell).tolist() == expected


GRADED = Palette(7, bytes([0, 0, 0, 10, 20, 30, 40, 50, 60, 255, 254, 253]))
"""Four entries; that the first is said to be for 7 counts for nothing where grey levels are spread over them."""


@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "f4"])
def test_grey_levels_are_spread_over_the_entries_of_a_palette(kind: str) -> None:
    # (x - 100) / 90 of 3 steps, to the nearest: 100 to 114, 115 to 144, 145 to 174, 175 and above.
    chain = GrayscaleChain(Rescale(), Window(145, 90, LINEAR_EXACT), False)
    words = np.array([[0, 100, 114, 116, 144, 146, 174, 176, 190, 250]], kind)
    shown = render_pseudo_color(words, Cell(words.itemsize * 8, words.itemsize * 8 - 1, False), chain, GRADED)
    assert shown[0, :, 0].tolist() == [0, 0, 0, 10, 10, 40, 40, 255, 255, 255]
    assert shown[0, -1].tolist() == [255, 254, 253]


def test_a_palette_follows_the_whole_chain() -> None:
    chain = GrayscaleChain(Rescale(-1, 0), Window(-127.5, 255, LINEAR_EXACT), False)
    shown = render_pseudo_color(np.array([[0, 255]], np.uint8), Cell(8, 7, False), chain, GRADED)
    assert shown[0, :, 0].tolist() == [255, 0]


def test_without_a_window_the_range_of_the_frame_is_spread() -> None:
    chain = GrayscaleChain(Rescale(), None, False)
    shown = render_pseudo_color(np.array([[0.25, 0.5, 0.75]], np.float32), Cell(32, 31, False), chain, GRADED)
    assert shown[0, :, 0].tolist() == [0, 40, 255]


def test_256_entries_are_what_the_grey_level_would_be() -> None:
    chain = GrayscaleChain(Rescale(), Window(2048, 4096), False)
    words, cell = np.arange(4096, dtype=np.uint16).reshape(64, 64), Cell(12, 11, False)
    ramp = Palette(0, np.repeat(np.arange(256, dtype=np.uint8), 3).tobytes())
    shown = render_pseudo_color(words, cell, chain, ramp)
    assert_equal(shown[..., 1], render_grayscale(words, cell, chain))
