"""Chains that are a straight line, and levels by them that are those of the stages, to the last one."""

from __future__ import annotations

from fractions import Fraction

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
    grey_levels,
)
from wado.image.grey_levels import GreyLevels
from wado.image.pixels import Cell
from wado.image.second_thread import LARGE
from wado.image.stored_values import stored_values
from wado.image.straight_line import CHUNK, STEEPEST, Line, draw_line, prove_line, straight_line

UNSIGNED_16, SIGNED_16 = Cell(16, 15, False), Cell(16, 15, True)
CELLS = [
    UNSIGNED_16,
    SIGNED_16,
    Cell(12, 11, False),
    Cell(12, 11, True),
    Cell(12, 13, True),
    Cell(14, 15, False),
    Cell(1, 0, False),
]
ALL_WORDS = np.arange(65536, dtype=np.uint16).reshape(256, 256)

CT = GrayscaleChain(Rescale(1, -1024), Window(40, 1801), False)
SIGMOIDAL = GrayscaleChain(Rescale(), Window(1000, 2000, SIGMOID), False)
TABULATED = GrayscaleChain(LookupTable(0, 10, np.arange(1024, dtype=np.uint16).tobytes()), CT.voi, False)

CHAINS = {
    "ct": CT,
    "monochrome1": GrayscaleChain(Rescale(1, -1024), Window(40, 1800), True),
    "negative slope": GrayscaleChain(Rescale(-0.5, 300.25), Window(-200.0, 900, LINEAR_EXACT), True),
    "pet": GrayscaleChain(Rescale(0.731, 0.0), Window(1000, 2013.5), False),
    "all 12 bits": GrayscaleChain(Rescale(), Window(2048, 4096), False),
    "all 16 bits": GrayscaleChain(Rescale(), Window(32768, 65536), False),
    "all 16 bits, exactly": GrayscaleChain(Rescale(), Window(32768, 65536, LINEAR_EXACT), False),
    "wider than the cell": GrayscaleChain(Rescale(), Window(0, 1e6), False),
    "one level each": GrayscaleChain(Rescale(), Window(128, 256), False),
    "one level each, exactly": GrayscaleChain(Rescale(), Window(127.5, 255, LINEAR_EXACT), True),
    "ties": GrayscaleChain(Rescale(), Window(1000, 510, LINEAR_EXACT), False),
    "odd ties": GrayscaleChain(Rescale(), Window(1000.5, 765, LINEAR_EXACT), True),
    "steep": GrayscaleChain(Rescale(), Window(1000, 80), False),
    "width 1": GrayscaleChain(Rescale(), Window(1000, 1), False),
    "width 0": GrayscaleChain(Rescale(), Window(1000, 0, LINEAR_EXACT), True),
    "width 2": GrayscaleChain(Rescale(0.001, 0), Window(1, 2), False),
    "offset beyond whole numbers": GrayscaleChain(Rescale(1, 1e19), Window(1e19, 1000), False),
    "huge offset": GrayscaleChain(Rescale(1, 1e9), Window(1e9 + 500, 1000), False),
    "huge numbers": GrayscaleChain(Rescale(1e300, -1e300), Window(0, 1e300), True),
    "flat": GrayscaleChain(Rescale(1e-9, 0), Window(0, 1000), True),
    "all but level": GrayscaleChain(Rescale(1e-20, 0), Window(0, 1e308), False),
    "all black": GrayscaleChain(Rescale(), Window(1e5, 3000), False),
    "all white": GrayscaleChain(Rescale(), Window(-1e5, 3000), False),
    "sigmoid": SIGMOIDAL,
    "table": TABULATED,
}


def test_a_line_is_the_chain_between_black_and_white() -> None:
    # -860.5 is black and 939.5 is white (PS3.3 C.11.2.1.2.1): 1800 from end to end.
    line = straight_line(CT)
    assert line
    assert line.scale == pytest.approx(255 / 1800)
    assert 163.5 * line.scale + line.offset == pytest.approx(0.0)
    assert 1963.5 * line.scale + line.offset == pytest.approx(255.0)
    assert line.ends(np.dtype(np.int16)) == (163, 1964)
    assert line.ends(np.dtype(np.uint8)) == (163, 255)


def test_an_inverted_line_begins_with_white() -> None:
    line = straight_line(GrayscaleChain(Rescale(2, 0), Window(255, 510, LINEAR_EXACT), True))
    assert line == Line(-1.0, 255.0)
    assert line.ends(np.dtype(np.int16)) == (0, 255)


@pytest.mark.parametrize(
    "chain",
    [
        SIGMOIDAL,
        TABULATED,
        GrayscaleChain(Rescale(), LookupTable(0, 8, bytes(4)), False),
        GrayscaleChain(Rescale(), Window(10, 1), False),
        GrayscaleChain(Rescale(), Window(10, 0, LINEAR_EXACT), False),
        GrayscaleChain(Rescale(), Window(1e9, 1000), False),
        GrayscaleChain(Rescale(0, 0), Window(10, 1000), False),
        GrayscaleChain(Rescale(1e-20, 0), Window(10, 1e308), False),
        GrayscaleChain(Rescale(1, float("inf")), Window(10, 1000), False),
    ],
)
def test_other_curves_and_boundless_numbers_are_no_line(chain: GrayscaleChain) -> None:
    assert straight_line(chain) is None


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_every_word_is_shown_as_by_the_stages(cell: Cell, chain: GrayscaleChain) -> None:
    expected = grey_levels(stored_values(ALL_WORDS, cell), chain)
    assert_equal(GreyLevels(cell, chain)(ALL_WORDS), expected)
    line = prove_line(cell, chain)
    if line:
        assert_equal(draw_line(ALL_WORDS, cell, line), expected)


@pytest.mark.parametrize("function", [LINEAR, LINEAR_EXACT])
def test_every_word_is_shown_as_by_the_stages_in_windows_at_random(function: str) -> None:
    numbers = np.random.default_rng(8)
    proven = 0
    for _ in range(200):
        cell = CELLS[numbers.integers(len(CELLS))]
        slope, intercept = numbers.choice([1.0, 1.0, -1.0, 2.0, 0.1, 0.75, 1 / 3]), float(numbers.integers(-2000, 2000))
        window = Window(float(numbers.integers(-4000, 8000)) / 2, float(numbers.integers(1, 10000)) / 2, function)
        chain = GrayscaleChain(Rescale(float(slope), intercept), window, bool(numbers.integers(2)))
        assert_equal(GreyLevels(cell, chain)(ALL_WORDS), grey_levels(stored_values(ALL_WORDS, cell), chain))
        proven += prove_line(cell, chain) is not None
    assert proven > 50


@pytest.mark.parametrize("name", ["ct", "monochrome1", "negative slope", "all 12 bits", "all 16 bits"])
def test_usual_windows_are_proven(name: str) -> None:
    assert prove_line(SIGNED_16, CHAINS[name])


@pytest.mark.parametrize("name", ["steep", "width 1", "width 0", "sigmoid", "table", "huge numbers"])
def test_other_chains_are_not_drawn_as_lines(name: str) -> None:
    assert prove_line(SIGNED_16, CHAINS[name]) is None


def test_a_level_that_single_precision_has_wrong_is_found_out() -> None:
    # 255 / 1530 is a sixth: 3, 9, 15… are half a level, which neither kind of number holds exactly.
    refused = [
        center
        for center in range(1000, 1100)
        if prove_line(UNSIGNED_16, GrayscaleChain(Rescale(), Window(center, 1530, LINEAR_EXACT), False)) is None
    ]
    assert refused
    for center in refused:
        chain = GrayscaleChain(Rescale(), Window(center, 1530, LINEAR_EXACT), False)
        line = straight_line(chain)
        assert line and abs(line.scale) <= STEEPEST
        assert_equal(GreyLevels(UNSIGNED_16, chain)(ALL_WORDS), grey_levels(ALL_WORDS, chain))


def test_levels_are_those_of_the_standard_by_exact_fractions() -> None:
    # y = 255 ((x - (c - 0.5)) / (w - 1) + 0.5), rounded half up (PS3.3 C.11.2.1.2.1): for 40 and 1801
    levels = GreyLevels(SIGNED_16, CT)(ALL_WORDS).reshape(-1).view()
    for stored in (*range(150, 180), *range(1000, 1100), *range(1950, 1980)):
        exact = ((stored - 1024 - Fraction(79, 2)) / 1800 + Fraction(1, 2)) * 255
        assert levels[stored] == min(max(int(exact + Fraction(1, 2)) if exact > 0 else 0, 0), 255)


@pytest.mark.parametrize("length", [1, 3, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7, LARGE - 1, LARGE, LARGE + 5])
def test_rows_of_any_length_are_drawn_alike(length: int) -> None:
    words = (np.arange(length) * 7919).astype(np.uint16).reshape(1, length)
    line = prove_line(SIGNED_16, CT)
    assert line
    assert_equal(draw_line(words, SIGNED_16, line), grey_levels(words.view(np.int16), CT))


def test_words_that_do_not_lie_side_by_side_and_none_at_all_are_drawn() -> None:
    line = prove_line(SIGNED_16, CT)
    assert line
    words: Array = ALL_WORDS[3:200:2, ::-3].T
    assert_equal(draw_line(words, SIGNED_16, line), grey_levels(words.view(np.int16), CT))
    assert draw_line(ALL_WORDS[:0], SIGNED_16, line).shape == (0, 256)
