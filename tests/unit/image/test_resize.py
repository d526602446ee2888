"""The size of the answer's picture (PS3.18-2011 8.2.2, 8.2.3), and pictures of other sizes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from tests.support.datasets import SQUARE, Array, coded_squares
from tests.support.images import assert_equal
from wado.image.resize import PixelByPixel, fit_size, resize, show_resized
from wado.image.shrink import BAND

SQUARE_PIXELS = Fraction(1)


@pytest.mark.parametrize(
    ("size", "maxima", "expected"),
    [
        ((512, 512), (None, None), (512, 512)),
        ((512, 512), (256, None), (256, 256)),
        ((512, 512), (None, 100), (100, 100)),
        ((300, 484), (150, None), (150, 242)),
        ((300, 484), (None, 242), (150, 242)),
        ((300, 484), (100, 100), (62, 100)),  # 300 * 100/484 = 61.98
        ((484, 300), (100, 100), (100, 62)),
        ((2, 3), (1, None), (1, 2)),  # 1.5 is rounded up
        ((3, 2), (None, 1), (2, 1)),
        ((1, 1000), (None, 10), (1, 10)),  # never no rows
        ((1000, 1), (10, 10), (10, 1)),
        ((128, 128), (1000, 2000), (1000, 1000)),  # a picture may grow
        ((10, 20), (40, None), (40, 80)),
        ((3328, 4096), (333, None), (333, 410)),  # 409.84
        ((49, 49), (7, 7), (7, 7)),  # 49 * (7/49) in floating point may be 6.999...
        ((22, 22), (None, 15), (15, 15)),
    ],
)
def test_the_aspect_ratio_is_kept_by_exact_fractions(
    size: tuple[int, int], maxima: tuple[int | None, int | None], expected: tuple[int, int]
) -> None:
    assert fit_size(*size, SQUARE_PIXELS, *maxima) == expected


def test_a_picture_never_exceeds_what_was_asked_for_and_reaches_it_in_one_direction() -> None:
    sizes = [1, 2, 3, 7, 97, 512, 1023]
    for rows, columns, most_rows, most_columns in (
        (a, b, c, d) for a in sizes for b in sizes for c in sizes for d in sizes
    ):
        fitted = fit_size(rows, columns, SQUARE_PIXELS, most_rows, most_columns)
        assert fitted[0] <= most_rows and fitted[1] <= most_columns
        assert fitted[0] == most_rows or fitted[1] == most_columns


@pytest.mark.parametrize("size", [(3, 5), (40, 40), (1, 1), (97, 200)])
@pytest.mark.parametrize("shape", [(40, 40), (40, 40, 3)], ids=["grey", "colour"])
def test_a_constant_picture_stays_constant(shape: tuple[int, ...], size: tuple[int, int]) -> None:
    resized = resize(np.full(shape, 77, np.uint8), *size)
    assert resized.shape == (*size, *shape[2:])
    assert np.unique(resized).tolist() == [77]


@pytest.mark.parametrize("factor", [2, 3, 0.5])
def test_coded_squares_keep_their_places(factor: float) -> None:
    squares = coded_squares(3, 5)
    rows, columns = (int(length * factor) for length in squares.shape)
    step = int(SQUARE * factor)
    centers = np.s_[step // 2 :: step]
    before = squares[SQUARE // 2 :: SQUARE, SQUARE // 2 :: SQUARE].astype(int)
    after = resize(squares, rows, columns)[centers, centers].astype(int)
    assert np.abs(after - before).max() <= 4


def test_a_reduced_picture_is_the_mean_of_its_pixels_not_every_nth_of_them() -> None:
    stripes = np.tile(np.array([0, 255], np.uint8), (64, 32))
    reduced = resize(stripes, 8, 8).astype(int)
    assert np.abs(reduced - 128).max() <= 6


def test_a_picture_of_the_right_size_is_not_touched() -> None:
    squares = coded_squares()
    assert_equal(resize(squares, *squares.shape), squares)


def test_colours_are_resized_each_by_itself() -> None:
    squares = coded_squares()
    colours = np.stack([squares, squares.T, 255 - squares], -1)
    resized = resize(colours, 30, 20)
    for channel in range(3):
        assert_equal(resized[..., channel], resize(np.ascontiguousarray(colours[..., channel]), 30, 20))


@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "colour"])
@pytest.mark.parametrize("size", [(700, 300), (7, 300), (400, 9), (1, 1), (128, 128), (1300, 50), (1201, 13)])
def test_a_reduced_picture_is_what_is_shown_of_the_words(size: tuple[int, int], channels: tuple[int, ...]) -> None:
    words = np.random.default_rng(3).integers(0, 256, (1201, 463, *channels), np.uint8)

    def show(rows: Array) -> Array:
        return 255 - rows

    assert words.size > 2 * BAND
    assert_equal(show_resized(words, PixelByPixel(show), *size), resize(255 - words, *size))


def test_a_picture_that_grows_is_what_is_shown_of_the_words() -> None:
    words = np.random.default_rng(3).integers(0, 256, (40, 50), np.uint8)
    expected = Image.fromarray(255 - words).resize((100, 90), Image.Resampling.BILINEAR)
    assert_equal(show_resized(words, PixelByPixel(lambda rows: 255 - rows), 90, 100), np.asarray(expected))


def test_a_row_that_is_longer_than_a_band_is_reduced() -> None:
    assert resize(np.full((8, 2 * BAND), 9, np.uint8), 1, 100).tolist() == [[9] * 100]
