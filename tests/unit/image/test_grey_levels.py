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
from wado.image.grey_levels import STEEPEST, GreyLevels
from wado.image.pixels import Cell
from wado.image.resize import PixelByPixel, show_resized
from wado.image.shrink import Samples
from wado.image.stored_values import stored_values
from wado.image.straight_line import straight_line

UNSIGNED_16, SIGNED_16 = Cell(16, 15, False), Cell(16, 15, True)
SIGNED_12, UNSIGNED_12 = Cell(12, 11, True), Cell(12, 13, False)
CT = GrayscaleChain(Rescale(1, -1024), Window(40, 1801), False)
MIRROR = GrayscaleChain(Rescale(-0.5, 300.25), Window(-200.0, 900, LINEAR_EXACT), True)
STEEP = GrayscaleChain(Rescale(), Window(1000, 256), False)
SIGMOIDAL = GrayscaleChain(Rescale(), Window(1000, 2000, SIGMOID), False)
TABULATED = GrayscaleChain(LookupTable(0, 10, np.arange(1024, dtype=np.uint16).tobytes()), CT.voi, False)


@pytest.mark.parametrize("chain", [CT, MIRROR, STEEP, SIGMOIDAL, TABULATED], ids=["ct", "mirror", "steep", "s", "lut"])
@pytest.mark.parametrize("cell", [UNSIGNED_16, SIGNED_16, SIGNED_12, UNSIGNED_12], ids=str)
def test_a_reduced_level_is_within_one_of_the_mean_of_exact_levels(cell: Cell, chain: GrayscaleChain) -> None:
    words = np.random.default_rng(5).integers(0, 65536, (62, 75)).astype(np.uint16)
    words[:30, :40] >>= 5
    words[50:] = 0
    exact = exact_levels(words, cell, chain)
    levels = levels_of(GreyLevels(cell, chain).samples(words))
    for row in range(13):
        for column in range(11):
            block = np.s_[5 * row : 5 * row + 5, 7 * column : 7 * column + 7]
            assert abs(levels[block].mean() - exact[block].mean()) < 0.5


@pytest.mark.parametrize("is_inverted", [False, True])
@pytest.mark.parametrize("width", [511, 512.5, 700.25, 65535])
@pytest.mark.parametrize("center", [1000.0, 1000.25, 1000.5, 1000.75])
def test_black_stays_black_and_white_white(center: float, width: float, is_inverted: bool) -> None:
    chain = GrayscaleChain(Rescale(), Window(center, width, LINEAR_EXACT), is_inverted)
    line = straight_line(chain)
    assert line
    assert abs(line.scale) <= STEEPEST
    show = GreyLevels(SIGNED_16, chain)
    for value in (-32768, 32767, *line.ends(np.dtype(np.int16))):
        words = np.full((36, 36), value, np.int16).view(np.uint16)
        assert_equal(show_resized(words, show, 6, 6), show(words)[::6, ::6])


@pytest.mark.parametrize("is_inverted", [False, True])
@pytest.mark.parametrize("size", [(9, 7), (40, 31), (71, 50), (73, 300)], ids=str)
def test_an_even_area_whose_level_is_a_half_is_not_speckled(size: tuple[int, int], is_inverted: bool) -> None:
    # 255 / 1530 is a sixth: 1000 is 127.5, 1003 is 128, 1006 is 128.5 and so on (PS3.3 C.11.2.1.3.2).
    show = GreyLevels(UNSIGNED_16, GrayscaleChain(Rescale(), Window(1000, 1530, LINEAR_EXACT), is_inverted))
    for count in range(-120, 120):
        value = 1000 + 6 * count
        shown = show_resized(np.full((103, 91), value, np.uint16), show, *size)
        assert_equal(shown, np.full(size, 128 - count if is_inverted else 128 + count))


def test_what_cannot_be_a_line_is_the_mean_of_rounded_levels() -> None:
    words = np.random.default_rng(6).integers(0, 2000, (30, 30)).astype(np.uint16)
    for chain in (STEEP, SIGMOIDAL, TABULATED):
        levels = GreyLevels(UNSIGNED_16, chain)
        samples = levels.samples(words)
        assert_equal(samples.values, levels(words))
        assert (samples.highest, samples.scale, samples.offset) == (255, 1.0, 0.0)


def test_a_thumbnail_is_within_one_level_of_that_of_the_whole_picture() -> None:
    rows, columns = np.mgrid[0:1400, 0:1100]
    noise = np.random.default_rng(7).normal(0, 40, (1400, 1100))
    words = (1000 + 900 * np.sin(columns / 60) * np.cos(rows / 45) + noise).astype(np.int16).view(np.uint16)
    levels, as_it_is = GreyLevels(SIGNED_16, CT), PixelByPixel(lambda picture: picture)
    thumbnail = show_resized(words, levels, 140, 110).astype(int)
    assert np.abs(thumbnail - show_resized(levels(words), as_it_is, 140, 110)).max() <= 1


@pytest.mark.parametrize("cell", [UNSIGNED_16, SIGNED_16, SIGNED_12, UNSIGNED_12], ids=str)
def test_samples_are_the_values_above_the_lower_end(cell: Cell) -> None:
    words = np.arange(65536, dtype=np.uint16)
    samples = GreyLevels(cell, CT).samples(words)
    assert samples.highest <= 1801
    assert_equal(samples.values, np.clip(stored_values(words, cell).astype(int), 163, 163 + samples.highest) - 163)


def levels_of(samples: Samples) -> Array:
    return np.asarray(np.clip(samples.values * samples.scale + samples.offset, 0.0, 255.0))


def exact_levels(words: Array, cell: Cell, chain: GrayscaleChain) -> Array:
    assert chain.voi
    output = apply_voi(apply_modality(stored_values(words, cell), chain.modality), chain.voi)
    return np.asarray(255.0 * (1.0 - output if chain.is_inverted else output))
