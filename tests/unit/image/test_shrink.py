"""Pictures made smaller: the filter's weights by hand, and its pictures beside Pillow's and the exact ones."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from tests.support.datasets import Array
from tests.support.images import assert_equal
from wado.image.shrink import BAND, HALF, LEAST_LEFT, LONGEST_KEPT, Samples, add_up, hamming, products, shrink
from wado.spooled import MEBIBYTE

SIZES = [(60, 50), (40, 31), (33, 25), (23, 99), (120, 40), (300, 20), (1, 1), (119, 100), (7, 5)]


def test_the_filter_is_a_hamming_window_on_a_sinc() -> None:
    # sin(pi/2) / (pi/2) * 0.54; sin(pi/4) / (pi/4) * (0.54 + 0.46 * cos(pi/4))
    half, quarter = 0.54 * 2 / math.pi, 4 / math.pi * math.sqrt(0.5) * (0.54 + 0.46 * math.sqrt(0.5))
    weights = hamming(np.array([0.0, 0.25, -0.5, 1.0, -1.0, 1.5]))
    assert weights.tolist() == pytest.approx([1.0, quarter, half, 0.0, 0.0, 0.0])


def test_the_weights_of_a_pixel_reach_half_its_width_beyond_it_and_add_up_to_one() -> None:
    (product,) = products(8, 4, 0.0, 8.0)
    assert (product.first, product.last, product.start, product.end) == (0, 4, 0, 8)
    # Distances of 1/4 and 3/4 of the filter's reach: sinc 0.900316 and 0.300105, windows 0.865269 and 0.214731.
    near, far = 0.900316 * 0.865269, 0.300105 * 0.214731
    middle, edge = [far, near, near, far], [near, near, far]
    expected = [0, *(part / sum(middle) for part in middle), 0, 0, 0]
    assert product.weights[1].tolist() == pytest.approx(expected, abs=1e-5)
    expected = [*(part / sum(edge) for part in edge), 0, 0, 0, 0, 0]
    assert product.weights[0].tolist() == pytest.approx(expected, abs=1e-5)


def test_a_last_pixel_that_is_not_a_whole_one_counts_by_what_there_is_of_it() -> None:
    # Two and a half rows as one: sums of 2, 2 and 1 rows of 10 are 20, 20 and 10, and their mean is 20.
    (product,) = products(2.5, 1, 0.0, 2.5)
    assert product.weights @ np.array([20, 20, 10], np.float32) == pytest.approx([20])


@pytest.mark.parametrize("length", [17, 100, 1000.25])
@pytest.mark.parametrize("target", [1, 5, 16, 33, 170])
def test_products_make_each_pixel_once_of_what_is_there(length: float, target: int) -> None:
    made = products(length, target, 0.0, length)
    assert [pixel for product in made for pixel in range(product.first, product.last)] == list(range(target))
    for product in made:
        assert 0 <= product.start < product.end <= math.ceil(length)
        assert product.weights.shape == (product.last - product.first, product.end - product.start)
        assert product.weights.min() >= 0.0


def test_weights_of_long_lines_are_not_kept() -> None:
    short, long = (4096, 512, 0.0, 4096.0), (60000, 100_000, 0.0, 60000.0)
    assert products(*short) is products(*short)
    tracemalloc.start()
    for edge in range(3):
        products(*long[:3], long[3] - edge)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most > 4 * MEBIBYTE
    assert kept < MEBIBYTE


@pytest.mark.parametrize("length", [1, 700, 8000, 12000, LONGEST_KEPT - 1])
def test_weights_that_are_kept_are_few(length: int) -> None:
    for target in {1, min(length, LONGEST_KEPT - length), LONGEST_KEPT - length}:
        tracemalloc.start()
        made = products(length, target, 0.0, length - 0.001)
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert made
        assert kept < 2 * MEBIBYTE


@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "colour"])
@pytest.mark.parametrize("size", SIZES)
def test_a_picture_is_the_exact_one(size: tuple[int, int], channels: tuple[int, ...]) -> None:
    picture = noise(120, 100, *channels)
    assert np.abs(shrink(picture, Samples, *size) - exact(picture, *size)).max() < tolerance(picture, *size)


@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "colour"])
@pytest.mark.parametrize("size", SIZES)
def test_a_picture_is_as_pillow_has_it(size: tuple[int, int], channels: tuple[int, ...]) -> None:
    picture = noise(120, 100, *channels)
    pillow = np.asarray(Image.fromarray(picture).resize(size[::-1], Image.Resampling.HAMMING), float)
    # Pillow rounds twice.
    assert np.abs(shrink(picture, Samples, *size) - pillow).max() <= 1 + tolerance(picture, *size)


@pytest.mark.parametrize("window", [(0.0, 0.0, 100.0, 120.0), (10.25, 3.5, 90.0, 111.75), (50.0, 0.0, 100.0, 60.5)])
def test_a_part_of_a_picture_is_as_pillow_has_it(window: tuple[float, float, float, float]) -> None:
    picture = noise(120, 100)
    pillow = Image.fromarray(picture).resize((24, 31), Image.Resampling.HAMMING, window)
    assert np.abs(shrink(picture, Samples, 31, 24, window) - np.asarray(pillow, float)).max() <= 1


@pytest.mark.parametrize("size", [(300, 400), (100, 130), (40, 700), (1000, 50), (3, 2)])
def test_band_by_band_is_the_same_as_all_at_once(size: tuple[int, int]) -> None:
    picture = noise(3001, 701)
    assert picture.size > 8 * BAND
    assert np.abs(shrink(picture, Samples, *size) - exact(picture, *size)).max() < tolerance(picture, *size)


def test_words_are_read_no_farther_than_the_filter_reaches() -> None:
    picture, read = noise(3000, 500), []

    def samples_of(words: Array) -> Samples:
        read.append(len(words))
        return Samples(words)

    shrink(picture, samples_of, 30, 50, (0.0, 2000.0, 500.0, 2100.0))
    assert sum(read) <= 100 + 4 * (100 / 30)


@pytest.mark.parametrize("value", [0, 1, 77, 254, 255])
@pytest.mark.parametrize("size", SIZES)
def test_a_constant_picture_stays_constant(size: tuple[int, int], value: int) -> None:
    shrunk = shrink(np.full((120, 103), value, np.uint8), Samples, *size)
    assert shrunk.shape == size
    assert np.unique(shrunk).tolist() == [value]


def test_means_become_levels_by_the_line_of_the_samples() -> None:
    words = np.full((40, 40), 60000, np.uint16)
    words[:20] = 20000
    # 255.25 - 80 = 175.25 and 255.25 - 240 = 15.25
    shrunk = shrink(words, lambda rows: Samples(rows, 60000, -0.004, 255.25), 10, 40)
    assert_equal(shrunk[:4], np.full((4, 40), 175))
    assert_equal(shrunk[-4:], np.full((4, 40), 15))


@pytest.mark.parametrize(("highest", "kind"), [(255, np.uint16), (13107, np.uint16), (13108, np.uint32)])
def test_sums_of_rows_are_in_cells_that_hold_them(highest: int, kind: type) -> None:
    values = np.full((12, 3), highest, np.uint16)
    sums = add_up(Samples(values, highest), 5)
    assert sums.dtype == kind
    assert sums.tolist() == [[5 * highest] * 3, [5 * highest] * 3, [2 * highest] * 3]


def test_fewer_rows_than_a_step_are_added_up() -> None:
    assert add_up(Samples(np.full((3, 2), 7, np.uint8)), 5).tolist() == [[21, 21]]


def test_rows_of_single_words_and_longer_than_a_band_are_reduced() -> None:
    assert shrink(np.full((8, 2 * BAND), 9, np.uint8), Samples, 1, 100).tolist() == [[9] * 100]
    assert shrink(np.full((2 * BAND, 1), 9, np.uint8), Samples, 7, 1).tolist() == [[9]] * 7


IN_LITTLE_MEMORY = """
import resource
import numpy as np
from wado.image.shrink import Samples, shrink

with open("/proc/self/statm") as status:
    used = int(status.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 24 * 1024 * 1024,) * 2)
print(shrink(np.full((600, 4000), 9, np.uint8), Samples, 100, 700).max())
"""


def test_products_take_no_more_memory_when_it_is_bounded() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", IN_LITTLE_MEMORY]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "9", "")


def noise(rows: int, columns: int, *channels: int) -> Array:
    return np.random.default_rng(4).integers(0, 256, (rows, columns, *channels), np.uint8)


def tolerance(picture: Array, rows: int, columns: int) -> float:
    """Half a level for rounding; more where rows of noise are added up before."""
    return HALF + 0.001 if picture.shape[0] / rows < 2 * LEAST_LEFT else 8


def exact(picture: Array, rows: int, columns: int) -> Array:
    """By one matrix for all rows and one for all columns, in double precision."""
    down, across = dense(picture.shape[0], rows), dense(picture.shape[1], columns)
    return np.asarray(np.einsum("ri,ij...,cj->rc...", down, picture.astype(float), across, optimize=True))


def dense(length: int, target: int) -> Array:
    """Each row are the weights of a pixel, one by one (Pillow's documentation of its filters)."""
    scale = length / target
    reach = max(scale, 1.0)
    weights = np.zeros((target, length))
    for pixel in range(target):
        for place in range(length):
            distance = (place + 0.5 - (pixel + 0.5) * scale) / reach
            if abs(distance) < 1.0:
                sine = math.sin(math.pi * distance) / (math.pi * distance) if distance else 1.0
                weights[pixel, place] = sine * (0.54 + 0.46 * math.cos(math.pi * distance))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
