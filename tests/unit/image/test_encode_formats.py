"""Every picture format: what it is by its first bytes, its size, its channels, and what it loses."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.support.datasets import Array, coded_squares
from tests.support.images import assert_equal, assert_similar
from wado.image.encode import ENCODERS, LONGEST_SIDE, encode
from wado.media_types import (
    IMAGE_AVIF,
    IMAGE_GIF,
    IMAGE_JP2,
    IMAGE_JPEG,
    IMAGE_JXL,
    IMAGE_PNG,
    IMAGE_WEBP,
    LOSSY,
)

MAGIC = {
    IMAGE_JPEG: (0, b"\xff\xd8\xff"),
    IMAGE_PNG: (0, b"\x89PNG\r\n\x1a\n"),
    IMAGE_GIF: (0, b"GIF8"),
    IMAGE_JP2: (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n"),
    IMAGE_WEBP: (8, b"WEBP"),
    IMAGE_JXL: (0, b"\xff\x0a"),
    IMAGE_AVIF: (4, b"ftypavif"),
}

WITHOUT_GREY = {IMAGE_WEBP}
"""The formats that have colours only: they show grey levels as equal red, green and blue."""

SHADES = np.arange(256, dtype=np.uint8).reshape(16, 16).repeat(4, 0).repeat(3, 1)
GREY = coded_squares(4, 5)
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2], -1)
NOISE = np.random.default_rng(1).integers(0, 40, (64, 96, 3)).astype(np.uint8)
ROWS_AND_COLUMNS = np.mgrid[0:64, 0:96]
PHOTOGRAPH = (100 + 60 * np.sin(ROWS_AND_COLUMNS[0] / 9) * np.cos(ROWS_AND_COLUMNS[1] / 13)).astype(np.uint8)[
    ..., None
] + NOISE

every_format = pytest.mark.parametrize("media_type", ENCODERS)


def decoded(content: bytes) -> Array:
    """Pixels: (rows, columns), or with red, green and blue behind."""
    if content.startswith(MAGIC[IMAGE_JXL][1]):
        pixels: Array = imagecodecs.jpegxl_decode(content)
        return pixels
    with Image.open(io.BytesIO(content)) as image:
        if image.mode == "P":
            return np.asarray(image.convert("L" if is_grey_palette(image) else "RGB"))
        return np.asarray(image)


def is_grey_palette(image: Image.Image) -> bool:
    entries = np.array(image.getpalette()).reshape(-1, 3)
    return bool((entries == entries[:, :1]).all())


def test_every_format_is_tested() -> None:
    assert MAGIC.keys() == ENCODERS.keys()
    assert LONGEST_SIDE.keys() <= ENCODERS.keys()


@every_format
@pytest.mark.parametrize("picture", [GREY, COLOUR], ids=["grey", "colour"])
def test_the_first_bytes_tell_the_format(media_type: str, picture: Array) -> None:
    at, magic = MAGIC[media_type]
    assert ENCODERS[media_type](picture, 90)[at:].startswith(magic)


@every_format
@pytest.mark.parametrize("picture", [GREY, COLOUR], ids=["grey", "colour"])
def test_the_picture_keeps_its_size_and_its_channels(media_type: str, picture: Array) -> None:
    shown = decoded(ENCODERS[media_type](picture, 90))
    assert shown.shape[:2] == picture.shape[:2]
    if picture.ndim == 3 or media_type in WITHOUT_GREY:
        assert shown.shape[2:] == (3,)
    else:
        assert shown.ndim == 2


@every_format
def test_a_single_pixel_may_come_from_planes(media_type: str) -> None:
    pixel = np.array([120, 130, 140], np.uint8).reshape(3, 1, 1).transpose(1, 2, 0)
    assert_similar(decoded(ENCODERS[media_type](pixel, 100)), pixel, 3)


@every_format
def test_grey_stays_without_a_tint(media_type: str) -> None:
    shown = decoded(ENCODERS[media_type](SHADES, 100)).astype(int).reshape(*SHADES.shape, -1)
    assert np.ptp(shown, axis=2).max() <= (media_type in WITHOUT_GREY)
    assert_similar(shown[..., 0], SHADES, 3)


@pytest.mark.parametrize("media_type", sorted(LOSSY & ENCODERS.keys()))
@pytest.mark.parametrize("picture", [PHOTOGRAPH[..., 0], PHOTOGRAPH], ids=["grey", "colour"])
def test_a_higher_quality_takes_more_bytes_and_comes_closer(media_type: str, picture: Array) -> None:
    contents = [ENCODERS[media_type](picture, quality) for quality in (10, 30, 50, 70, 85, 95, 100)]
    lengths = [len(content) for content in contents]
    assert lengths == sorted(set(lengths))
    errors = [float(np.abs(channels(content) - picture.reshape(64, 96, -1)[..., :1]).mean()) for content in contents]
    assert errors[-1] < errors[2] < errors[0]


def channels(content: bytes) -> Array:
    """The first channel of the decoded picture, as signed numbers."""
    return decoded(content).astype(int).reshape(64, 96, -1)[..., :1]


@pytest.mark.parametrize("media_type", sorted(ENCODERS.keys() - LOSSY))
@pytest.mark.parametrize("picture", [GREY, COLOUR], ids=["grey", "colour"])
def test_quality_has_nothing_to_act_on_elsewhere(media_type: str, picture: Array) -> None:
    assert ENCODERS[media_type](picture, 1) == ENCODERS[media_type](picture, 100)


@pytest.mark.parametrize("media_type", [IMAGE_PNG, IMAGE_JP2, IMAGE_JXL])
@pytest.mark.parametrize("picture", [SHADES, COLOUR, PHOTOGRAPH], ids=["grey", "colour", "photograph"])
def test_quality_100_loses_nothing_where_the_format_can(media_type: str, picture: Array) -> None:
    assert_equal(decoded(ENCODERS[media_type](picture, 100)), picture)


@pytest.mark.parametrize("slope", [1, 2, 3])
def test_only_quality_100_of_a_smooth_jpeg_2000_is_lossless_and_less_never_takes_more(slope: int) -> None:
    waves = 127 + 120 * np.sin(np.add.outer(np.arange(200), np.arange(300) * slope) / 60)
    picture = np.stack([waves, 255 - waves, waves / 2], -1).astype(np.uint8)
    contents = [ENCODERS[IMAGE_JP2](picture, quality) for quality in (1, 10, 25, 50, 75, 85, 90, 95, 99, 100)]
    lengths = [len(content) for content in contents]
    assert lengths == sorted(lengths) and lengths[-2] < lengths[-1] / 2
    assert [np.array_equal(decoded(content), picture) for content in contents] == [False] * 9 + [True]


@pytest.mark.parametrize("picture", [SHADES, SHADES[:1, :5], PHOTOGRAPH[..., 0]], ids=["all levels", "few", "noise"])
def test_gif_keeps_every_grey_level(picture: Array) -> None:
    assert_equal(decoded(ENCODERS[IMAGE_GIF](picture, 90)), picture)


def test_gif_finds_256_colours_that_are_close() -> None:
    shown = decoded(ENCODERS[IMAGE_GIF](PHOTOGRAPH, 90)).astype(int)
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) <= 256
    assert np.abs(shown - PHOTOGRAPH).mean() < 8


def test_gif_keeps_the_colours_of_a_picture_that_has_few() -> None:
    assert_similar(decoded(ENCODERS[IMAGE_GIF](COLOUR, 90)), COLOUR, 4)


@pytest.mark.parametrize("media_type", LONGEST_SIDE)
def test_the_longest_side_can_be_encoded(media_type: str) -> None:
    content = ENCODERS[media_type](np.zeros((1, LONGEST_SIDE[media_type]), np.uint8), 50)
    assert decoded(content).shape[:2] == (1, LONGEST_SIDE[media_type])


ONE_DOT = np.zeros((512, 512), np.uint8)
ONE_DOT[100, 200] = 255


@every_format
@pytest.mark.parametrize("quality", [10, 50, 90])
@pytest.mark.parametrize("level", [0, 1, 100, 250, 255])
@pytest.mark.parametrize("size", [1, 7, 10, 64])
def test_a_constant_picture_keeps_its_level(media_type: str, size: int, level: int, quality: int) -> None:
    shown = decoded(ENCODERS[media_type](np.full((size, size), level, np.uint8), quality))
    assert np.abs(shown.astype(int) - level).max() <= (4 if quality == 90 else 16)


@every_format
def test_a_single_bright_pixel_does_not_vanish(media_type: str) -> None:
    shown = decoded(ENCODERS[media_type](ONE_DOT, 90))
    assert shown[100, 200].max() > 200


LACK = """
import resource, sys
sys.path[:0] = sys.argv[1:2]
import numpy as np
from wado.image.encode import encode

encode(np.zeros((16, 16), np.uint8), "image/jp2", 90)
picture = np.zeros((4000, 4000), np.uint8)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (int(sys.argv[2]) << 20),) * 2)
try:
    print(encode(picture, "image/jp2", 90)[4:8])
except MemoryError:
    print("MemoryError")
"""


@pytest.mark.parametrize(("room", "outcome"), [(600, "b'jP  '"), (100, "MemoryError")])
def test_a_lack_of_memory_is_told_as_such(room: int, outcome: str) -> None:
    command = [sys.executable, "-c", LACK, str(Path(__file__).parents[3] / "plugin"), str(room)]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip() == outcome


def test_an_error_that_memory_does_not_explain_is_raised_as_it_is() -> None:
    with pytest.raises(KeyError):
        encode(np.zeros((4, 4), np.uint8), "image/none", 90)
