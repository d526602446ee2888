"""Grey pictures that are reduced: the mean of the levels without the levels."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.datasets import Array
from tests.support.images import assert_equal
from wado.image.grayscale import (
    LINEAR_EXACT,
    SIGMOID,
    GrayscaleChain,
    LookupTable,
    Rescale,
    Window,
    apply_modality,
    apply_voi,
)
from wado.image.grey_levels import STEEPEST, GreyLevels, Line, block_means, straight_line
from wado.image.pixels import Cell
from wado.image.resize import reduce_picture, show_resized
from wado.image.stored_values import stored_values

UNSIGNED_16, SIGNED_16 = Cell(16, 15, False), Cell(16, 15, True)
SIGNED_12, UNSIGNED_12 = Cell(12, 11, True), Cell(12, 13, False)
CT = GrayscaleChain(Rescale(1, -1024), Window(40, 1801), False)
MIRROR = GrayscaleChain(Rescale(-0.5, 300.25), Window(-200.0, 900, LINEAR_EXACT), True)
STEEP = GrayscaleChain(Rescale(), Window(1000, 256), False)
SIGMOIDAL = GrayscaleChain(Rescale(), Window(1000, 2000, SIGMOID), False)
TABULATED = GrayscaleChain(LookupTable(0, 10, np.arange(1024, dtype=np.uint16).tobytes()), CT.voi, False)


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
        GrayscaleChain(Rescale(1, float("inf")), Window(10, 1000), False),
    ],
)
def test_other_curves_and_boundless_numbers_are_no_line(chain: GrayscaleChain) -> None:
    assert straight_line(chain) is None


@pytest.mark.parametrize("chain", [CT, MIRROR, STEEP, SIGMOIDAL, TABULATED], ids=["ct", "mirror", "steep", "s", "lut"])
@pytest.mark.parametrize("cell", [UNSIGNED_16, SIGNED_16, SIGNED_12, UNSIGNED_12], ids=str)
def test_a_reduced_level_is_within_one_of_the_mean_of_exact_levels(cell: Cell, chain: GrayscaleChain) -> None:
    words = np.random.default_rng(5).integers(0, 65536, (62, 75)).astype(np.uint16)
    words[:30, :40] >>= 5
    words[50:] = 0
    exact = exact_levels(words, cell, chain)
    reduced = GreyLevels(cell, chain).reduced(words, (7, 5))
    for row in range(13):
        for column in range(11):
            mean = exact[5 * row : 5 * row + 5, 7 * column : 7 * column + 7].mean()
            assert abs(reduced[row, column] - mean) < 1.0


@pytest.mark.parametrize("is_inverted", [False, True])
@pytest.mark.parametrize("width", [511, 512.5, 700.25, 65535])
@pytest.mark.parametrize("center", [1000.0, 1000.25, 1000.5, 1000.75])
def test_black_stays_black_and_white_white(center: float, width: float, is_inverted: bool) -> None:
    chain = GrayscaleChain(Rescale(), Window(center, width, LINEAR_EXACT), is_inverted)
    line = straight_line(chain)
    assert line
    assert abs(line.scale) <= STEEPEST
    for value in (-32768, 32767, *line.ends(np.dtype(np.int16))):
        words = np.full((6, 6), value, np.int16).view(np.uint16)
        assert_equal(GreyLevels(SIGNED_16, chain).reduced(words, (3, 3)), GreyLevels(SIGNED_16, chain)(words)[::3, ::3])


def test_what_cannot_be_a_line_is_the_mean_of_rounded_levels() -> None:
    words = np.random.default_rng(6).integers(0, 2000, (30, 30)).astype(np.uint16)
    for chain in (STEEP, SIGMOIDAL, TABULATED):
        levels = GreyLevels(UNSIGNED_16, chain)
        assert_equal(levels.reduced(words, (3, 3)), reduce_picture(levels(words), (3, 3)))


def test_a_thumbnail_is_within_one_level_of_that_of_the_whole_picture() -> None:
    rows, columns = np.mgrid[0:1400, 0:1100]
    noise = np.random.default_rng(7).normal(0, 40, (1400, 1100))
    words = (1000 + 900 * np.sin(columns / 60) * np.cos(rows / 45) + noise).astype(np.int16).view(np.uint16)
    levels = GreyLevels(SIGNED_16, CT)
    thumbnail = show_resized(words, levels, 140, 110).astype(int)
    assert np.abs(thumbnail - show_resized(levels(words), WHOLE, 140, 110)).max() <= 1


def test_the_blocks_at_the_edges_are_the_mean_of_what_there_is() -> None:
    values = np.arange(35, dtype=np.float32).reshape(5, 7)
    assert block_means(values, (3, 2)).tolist() == [[4.5, 7.5, 9.5], [18.5, 21.5, 23.5], [29, 32, 34]]
    assert block_means(values[:1], (7, 2)).tolist() == [[3]]


class Whole:
    """A `Show` of pictures as they are."""

    def __call__(self, words: Array) -> Array:
        return words

    def reduced(self, words: Array, factors: tuple[int, int]) -> Array:
        return reduce_picture(words, factors)


WHOLE = Whole()


def exact_levels(words: Array, cell: Cell, chain: GrayscaleChain) -> Array:
    assert chain.voi
    output = apply_voi(apply_modality(stored_values(words, cell), chain.modality), chain.voi)
    return np.asarray(255.0 * (1.0 - output if chain.is_inverted else output))
