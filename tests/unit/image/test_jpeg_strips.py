"""A JPEG of strips decodes to the same pixels as one that is encoded at once (ISO/IEC 10918-1 E.1.4)."""

from __future__ import annotations

import io
import math

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.support.datasets import Array
from tests.support.images import assert_equal
from wado.image import jpeg_strips, second_thread
from wado.image.codestream import has_every_restart, read_jpeg_header
from wado.image.jpeg_strips import encode_in_strips, join, strip_height, units

SIZES = [(64, 64), (65, 63), (47, 129), (17, 801), (801, 17), (100, 33)]


@pytest.fixture
def small_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg_strips, "LARGE", 1000)


def picture(rows: int, columns: int, channels: int = 1) -> Array:
    """Steep edges beside smooth areas: what depends on its neighbours would show."""
    row, column = np.mgrid[0:rows, 0:columns]
    planes = [128 + 100 * np.sin(row / (5 + plane)) * np.cos(column / 9) for plane in range(channels)]
    noisy = np.stack(planes, axis=-1) + np.random.default_rng(1).normal(0, 9, (rows, columns, channels))
    samples: Array = noisy.clip(0, 255).astype(np.uint8)
    return samples[..., 0] if channels == 1 else samples


def encode(samples: Array, subsampling: str = "420", quality: int = 90) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(np.ascontiguousarray(samples), level=quality, subsampling=subsampling))


def decode_by_pillow(codestream: bytes) -> Array:
    return np.asarray(Image.open(io.BytesIO(codestream)))


@pytest.mark.usefixtures("small_ones_too")
@pytest.mark.parametrize("quality", [1, 75, 100])
@pytest.mark.parametrize("subsampling", ["444", "422", "420", "440", "411"])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("channels", [1, 3])
def test_the_pixels_are_those_of_the_picture_encoded_at_once(
    size: tuple[int, int], channels: int, subsampling: str, quality: int
) -> None:
    samples = picture(*size, channels)
    whole = encode(samples, subsampling, quality)
    joined = encode_in_strips(samples, lambda strip: encode(strip, subsampling, quality))
    header = read_jpeg_header(joined)
    assert header and (header.rows, header.columns) == size
    assert has_every_restart(joined, header)
    assert header.restart_interval
    for decode in (decode_by_pillow, imagecodecs.jpeg8_decode):
        assert_equal(decode(joined), decode(whole))


@pytest.mark.parametrize("is_free", [True, False], ids=["two-threads", "one-thread"])
def test_the_bytes_do_not_depend_on_the_threads(monkeypatch: pytest.MonkeyPatch, is_free: bool) -> None:
    samples = picture(1100, 1000)
    monkeypatch.setattr(second_thread, "is_processor_free", lambda: is_free)
    expected = join([encode(samples[:560]), encode(samples[560:])], 1100)
    assert encode_in_strips(samples, encode) == expected


@pytest.mark.parametrize("number", [2, 3, 8, 9, 20])
def test_the_markers_are_numbered_from_0_to_7_over_and_over(number: int) -> None:
    samples = picture(16 * number - 5, 40, 3)
    joined = join([encode(samples[top : top + 16]) for top in range(0, len(samples), 16)], len(samples))
    assert_equal(decode_by_pillow(joined), decode_by_pillow(encode(samples)))


@pytest.mark.parametrize(
    "size", [*SIZES, (4096, 4096), (5000, 4096), (65500, 65500), (17, 65500), (32, 65500)], ids=str
)
def test_a_strip_is_of_whole_units_and_no_longer_than_an_interval_can_be(size: tuple[int, int]) -> None:
    rows, columns = size
    height = strip_height(rows, columns)
    assert height >= rows or (height > 0 and height % 16 == 0)
    if height < rows:
        assert math.ceil(height / 8) * math.ceil(columns / 8) <= 0xFFFF


def test_a_small_picture_is_encoded_at_once() -> None:
    assert strip_height(1023, 1024) == 1023
    assert strip_height(1024, 1024) == 512
    assert encode_in_strips(picture(100, 100), encode) == encode(picture(100, 100))


def test_the_blocks_of_one_component_are_units_whatever_its_factors() -> None:
    assert units(17, 9, [(1, 2, 2)]) == 3 * 2
    assert units(17, 17, [(1, 2, 2), (2, 1, 1), (3, 1, 1)]) == 2 * 2
    assert units(17, 17, [(1, 2, 1), (2, 1, 1), (3, 1, 1)]) == 3 * 2
