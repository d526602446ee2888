"""The stages of the grayscale chain, with numbers computed by hand (PS3.3 C.11.1, C.11.2)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.support.datasets import Array
from tests.support.images import assert_equal
from wado.image.grayscale import (
    LINEAR,
    LINEAR_EXACT,
    SIGMOID,
    GrayscaleChain,
    LookupTable,
    Rescale,
    Window,
    apply_modality,
    apply_voi,
    compile_table,
    complete,
    find_extremes,
    full_range,
    grey_levels,
    render_grayscale,
)
from wado.image.look_up import look_up
from wado.image.pixels import Cell
from wado.image.stored_values import stored_values

UNSIGNED_8, SIGNED_8 = Cell(8, 7, False), Cell(8, 7, True)
UNSIGNED_16, SIGNED_16 = Cell(16, 15, False), Cell(16, 15, True)


def table(first_mapped_value: int, bits: int, *entries: int) -> LookupTable:
    return LookupTable(first_mapped_value, bits, np.array(entries, np.uint16).tobytes())


def test_rescale_is_slope_times_value_plus_intercept() -> None:
    values = np.array([-2, 0, 3], np.int16)
    assert apply_modality(values, Rescale(2.5, -1024.0)).tolist() == [-1029.0, -1024.0, -1016.5]


def test_a_table_gives_values_outside_of_it_its_first_or_last_entry() -> None:
    assert table(10, 16, 5, 7, 9).apply(np.array([-100, 9, 10, 11, 12, 13, 60000])).tolist() == [5, 5, 5, 7, 9, 9, 9]


def test_a_table_may_begin_below_zero_for_unsigned_pixels() -> None:
    # pydicom and highdicom fail with OverflowError here.
    assert table(-1, 8, 10, 20, 30).apply(np.array([0, 1, 255], np.uint8)).tolist() == [20, 30, 30]


def test_a_table_of_8_bit_entries_takes_indices_of_16_bits() -> None:
    # pydicom casts the indices to the entries' type, so that they wrap round at 256.
    entries = np.arange(4096) // 16
    voi = LookupTable(0, 8, entries.astype(np.uint16).tobytes())
    levels = grey_levels(np.array([0, 255, 256, 2048, 4095], np.uint16), GrayscaleChain(Rescale(), voi, False))
    assert levels.tolist() == [0, 15, 16, 128, 255]


def test_a_voi_table_is_indexed_by_the_nearest_whole_modality_value() -> None:
    assert table(0, 8, 1, 2, 3).apply(np.array([0.4, 0.5, 1.49, 1.5])).tolist() == [1, 2, 2, 3]


@pytest.mark.parametrize(
    ("bits", "entry", "expected"), [(8, 255, 1.0), (10, 1023, 1.0), (16, 65535, 1.0), (8, 51, 0.2)]
)
def test_a_voi_table_has_the_range_of_its_bits(bits: int, entry: int, expected: float) -> None:
    assert apply_voi(np.array([0]), table(0, bits, entry)).tolist() == [pytest.approx(expected)]


def test_entries_beyond_the_bits_of_a_table_are_shown_as_the_highest() -> None:
    assert apply_voi(np.array([0, 1]), table(0, 8, 300, 0)).tolist() == [1.0, 0.0]


LINEAR_CASES = [
    # y = (x - (c - 0.5)) / (w - 1) + 0.5: for c=2048, w=4096 the lowest is x <= 0, the highest x > 4095.
    pytest.param(Window(2048, 4096), [-1, 0, 1, 2047.5, 4095, 4096], [0, 0, 1 / 4095, 0.5, 1, 1], id="12 bits"),
    pytest.param(Window(40, 400), [-161, -160, 39.5, 239, 240], [0, 0, 0.5, 1, 1], id="abdomen"),
    pytest.param(Window(0, 100), [-50, -49, -0.5, 49, 50], [0, 1 / 99, 0.5, 99 / 99, 1], id="around zero"),
    pytest.param(Window(0, 2), [-2, -1, 0, 1], [0, 0, 1, 1], id="width 2"),
    pytest.param(Window(10, 1), [9, 9.5, 9.6, 10], [0, 0, 1, 1], id="width 1 is a threshold"),
    pytest.param(Window(128, 256), [0, 255, 127], [0.0, 1.0, 127 / 255], id="8 bits"),
]


@pytest.mark.parametrize(("window", "values", "expected"), LINEAR_CASES)
def test_linear_is_the_function_of_c_11_2_1_2_1(window: Window, values: list[float], expected: list[float]) -> None:
    assert apply_voi(np.array(values, float), window).tolist() == pytest.approx(expected)


def test_linear_exact_is_the_function_of_c_11_2_1_3_2() -> None:
    # y = (x - c) / w + 0.5, lowest for x <= c - w/2, highest for x > c + w/2
    window = Window(2048, 4096, LINEAR_EXACT)
    outputs = apply_voi(np.array([-1.0, 0, 1024, 2048, 4095, 4096, 5000]), window)
    assert outputs.tolist() == pytest.approx([0, 0, 0.25, 0.5, 4095 / 4096, 1, 1])
    narrow = Window(0.5, 0.25, LINEAR_EXACT)
    assert apply_voi(np.array([0.3, 0.4375, 0.5, 0.7]), narrow).tolist() == pytest.approx([0, 0.25, 0.5, 1])


def test_sigmoid_is_the_function_of_c_11_2_1_3_1() -> None:
    # y = 1 / (1 + exp(-4 (x - c) / w))
    window = Window(100, 80, SIGMOID)
    outputs = apply_voi(np.array([60.0, 80, 100, 120, 140]), window)
    by_hand = [1 / (1 + math.exp(exponent)) for exponent in (2, 1, 0, -1, -2)]
    assert outputs.tolist() == pytest.approx(by_hand)
    assert [round(255 * output) for output in by_hand] == [30, 69, 128, 186, 225]


@pytest.mark.parametrize("function", [LINEAR, LINEAR_EXACT, SIGMOID])
@pytest.mark.parametrize("width", [1e-9, 1.0, 1e300])
def test_no_width_and_no_value_is_too_great_for_a_window(function: str, width: float) -> None:
    chain = GrayscaleChain(Rescale(), Window(0.0, width, function), False)
    levels = grey_levels(np.array([-1e308, -1.0, 0.0, 1.0, 1e308]), chain)
    assert (levels[0], levels[-1]) == (0, 255) or width == 1e300
    assert levels.tolist() == sorted(levels)


# Three entries of which the middle one is white; the last column is what DCMTK makes of the same states.
PRESENTATION_CASES = [
    # Equal thirds of 0 to 255: 0 to 85, 86 to 170, 171 to 255.
    pytest.param(Window(127.5, 255, LINEAR_EXACT), [0, 84, 86, 169, 171, 255], [0, 0, 255, 255, 0, 0], id="exact"),
    # From the first entry at 0 to the last at 255: the middle one from half way on.
    pytest.param(Window(128, 256), [0, 127, 128, 254, 255], [0, 0, 255, 255, 0], id="linear"),
    # Values of 0 to 3, 4 and 5, 6 and 7 of 8, of which each is a share.
    pytest.param(
        LookupTable(0, 3, np.arange(8, dtype=np.uint16).tobytes()),
        [0, 1, 2, 3, 4, 5, 6, 7],
        [0, 0, 0, 255, 255, 255, 0, 0],
        id="table",
    ),
]


@pytest.mark.parametrize(("voi", "values", "expected"), PRESENTATION_CASES)
def test_the_entries_of_a_presentation_lut_share_the_range_before_it(
    voi: Window | LookupTable, values: list[int], expected: list[int]
) -> None:
    chain = GrayscaleChain(Rescale(), voi, False, presentation=table(0, 10, 0, 1023, 0))
    assert grey_levels(np.array(values), chain).tolist() == expected


def test_a_presentation_lut_has_the_range_of_its_bits() -> None:
    entries = table(0, 12, 0, 819, 4095, 5000)
    chain = GrayscaleChain(Rescale(), Window(2, 4), False, presentation=entries)
    assert grey_levels(np.array([0, 1, 2, 3]), chain).tolist() == [0, 51, 255, 255]


def test_every_entry_of_a_presentation_lut_is_reached_by_its_own_value() -> None:
    entries = np.arange(256, dtype=np.uint16)
    chain = GrayscaleChain(Rescale(), Window(128, 256), False, presentation=LookupTable(0, 8, entries.tobytes()))
    assert_equal(grey_levels(np.arange(256), chain), np.arange(256))


def test_a_presentation_lut_shows_pixels_that_are_no_numbers_as_its_first_entry() -> None:
    chain = GrayscaleChain(Rescale(), Window(1, 2, LINEAR_EXACT), False, presentation=table(0, 8, 51, 255))
    assert grey_levels(np.array([np.nan, np.inf, -np.inf]), chain).tolist() == [51, 255, 51]


def test_inversion_turns_black_into_white() -> None:
    chain = GrayscaleChain(Rescale(), Window(128, 256), is_inverted=True)
    assert grey_levels(np.array([0, 1, 100, 255], np.uint8), chain).tolist() == [255, 254, 155, 0]


def test_inversion_does_not_depend_on_what_is_in_view() -> None:
    # pydicom inverts by the highest value of the array at hand: a crop comes out darker than the whole.
    chain = GrayscaleChain(Rescale(), Window(128, 256), is_inverted=True)
    whole = np.array([[0, 100, 255]], np.uint8)
    assert_equal(grey_levels(whole[:, :2], chain), grey_levels(whole, chain)[:, :2])


@pytest.mark.parametrize(
    ("words", "cell", "modality", "expected"),
    [
        pytest.param(np.array([[10, 30, 50]], "u1"), UNSIGNED_8, Rescale(), [[0, 128, 255]], id="unsigned"),
        pytest.param(np.array([[0xF6, 0, 10]], "u1"), SIGNED_8, Rescale(), [[0, 128, 255]], id="-10, 0, 10"),
        pytest.param(np.array([[10, 30, 50]], "u1"), UNSIGNED_8, Rescale(-1, 5), [[255, 128, 0]], id="negative slope"),
        pytest.param(np.array([[7, 7]], "u1"), UNSIGNED_8, Rescale(), [[0, 0]], id="constant"),
        pytest.param(np.array([[0, 1, 2]], "u1"), UNSIGNED_8, table(0, 16, 50, 90, 10), [[128, 255, 0]], id="table"),
        pytest.param(np.array([[0, 2**32 - 1]], "u4"), Cell(32, 31, False), Rescale(), [[0, 255]], id="32 bits"),
        pytest.param(
            np.array([[2**31, 0, 2**31 - 1]], "u4"), Cell(32, 31, True), Rescale(), [[0, 128, 255]], id="-2^31"
        ),
        pytest.param(np.array([[0xF00A, 0x1032]], "u2"), Cell(12, 11, False), Rescale(), [[0, 255]], id="bits above"),
        pytest.param(np.array([[1, 1]], "u1"), Cell(1, 0, False), Rescale(), [[255, 255]], id="a full segment"),
        pytest.param(np.array([[0, 0]], "u1"), Cell(1, 0, False), Rescale(), [[0, 0]], id="an empty segment"),
    ],
)
def test_without_a_window_the_whole_range_of_the_frame_is_shown(
    words: Array, cell: Cell, modality: Rescale | LookupTable, expected: list[list[int]]
) -> None:
    assert render_grayscale(words, cell, GrayscaleChain(modality, None, False)).tolist() == expected


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_float_pixels_that_are_no_numbers_are_shown_without_a_warning(kind: str) -> None:
    words = np.array([[0.0, 0.5, 1.0, np.nan, np.inf, -np.inf]], kind)
    levels = render_grayscale(words, Cell(32, 31, False), GrayscaleChain(Rescale(), None, False))
    assert levels.tolist() == [[0, 128, 255, 0, 255, 0]]


@pytest.mark.parametrize("content", [[np.nan, np.nan], [3.5, 3.5]], ids=["no number", "constant"])
def test_float_frames_without_a_range_are_black(content: list[float]) -> None:
    words = np.array([content], "f4")
    assert render_grayscale(words, Cell(32, 31, False), GrayscaleChain(Rescale(), None, False)).tolist() == [[0, 0]]


def test_attributes_of_any_size_give_a_picture() -> None:
    chain = GrayscaleChain(Rescale(1e308, -1e308), Window(-1e308, 1e308), True)
    assert render_grayscale(np.array([[0, 255]], np.uint8), UNSIGNED_8, chain).shape == (1, 2)
    chain = GrayscaleChain(Rescale(1e308, 1e308), None, False)
    assert render_grayscale(np.array([[0, 255]], np.uint8), UNSIGNED_8, chain).shape == (1, 2)


CELLS = [UNSIGNED_8, SIGNED_8, Cell(6, 6, True), UNSIGNED_16, SIGNED_16, Cell(12, 11, True), Cell(12, 15, False)]
CHAINS = [
    GrayscaleChain(Rescale(1.5, -1024), Window(40, 400), False),
    GrayscaleChain(Rescale(), Window(0.5, 1), True),
    GrayscaleChain(Rescale(-1, 0), Window(10, 20, SIGMOID), False),
    GrayscaleChain(Rescale(), Window(10, 0.5, LINEAR_EXACT), True),
    GrayscaleChain(table(-3, 16, 9, 4, 60000, 7), table(5, 12, 0, 900, 4095), False),
]


@pytest.mark.parametrize("chain", CHAINS, ids=["ct", "threshold", "sigmoid", "exact", "tables"])
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_compiled_table_equals_the_stages_for_every_word(cell: Cell, chain: GrayscaleChain) -> None:
    itemsize = 1 if cell.high_bit < 8 else 2
    words = np.arange(256**itemsize, dtype=f"u{itemsize}")
    assert_equal(look_up(compile_table(itemsize, cell, chain), words), grey_levels(stored_values(words, cell), chain))


def test_wide_cells_take_the_stages_and_show_the_same() -> None:
    chain = GrayscaleChain(Rescale(1, -100), Window(40, 400), False)
    narrow = np.arange(500, dtype=np.uint16).reshape(20, 25)
    assert_equal(
        render_grayscale(narrow.astype(np.uint32), Cell(32, 31, False), chain),
        render_grayscale(narrow, UNSIGNED_16, chain),
    )


def test_the_full_range_window_is_exact_at_both_ends() -> None:
    chain = GrayscaleChain(Rescale(2, 1), None, False)
    words = np.array([[3, 20]], np.uint8)
    window = full_range(find_extremes(words, UNSIGNED_8, chain))
    assert window == Window(24.0, 34.0, LINEAR_EXACT)  # 7 to 41
    assert render_grayscale(words, UNSIGNED_8, replace(chain, voi=window)).tolist() == [[0, 255]]


def test_values_that_always_count_need_not_be_there() -> None:
    words, table = np.array([[3, 20]], np.uint8), LookupTable(0, 8, np.array([9, 5, 7], np.uint16).tobytes())
    straight = GrayscaleChain(Rescale(2, 1), None, False, always=(0, 30))
    assert find_extremes(words, UNSIGNED_8, straight) == (1, 61)
    assert find_extremes(words[:, :0], UNSIGNED_8, replace(straight, always=(0,))) == (1, 1)
    assert find_extremes(words[:, :0], UNSIGNED_8, replace(straight, always=())) is None
    assert find_extremes(words, UNSIGNED_8, GrayscaleChain(table, None, False, always=(0, 1))) == (5, 9)


def test_the_full_range_of_several_frames_is_from_the_lowest_to_the_highest_of_all() -> None:
    assert full_range((5, 20), None, (10, 40)) == Window(22.5, 35, LINEAR_EXACT)
    assert full_range(None) == Window(0, 0, LINEAR_EXACT)


def test_rows_of_a_frame_look_as_they_do_in_the_whole() -> None:
    words = np.array([[0, 10], [20, 40]], np.uint8)
    chain = complete(GrayscaleChain(Rescale(), None, False), words, UNSIGNED_8)
    assert render_grayscale(words[:1], UNSIGNED_8, chain).tolist() == [[0, 64]]
    assert render_grayscale(words[1:], UNSIGNED_8, chain).tolist() == [[128, 255]]
