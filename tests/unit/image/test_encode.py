"""Encoders: what the media types promise (PS3.18-2011 7.1.2)."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest

from tests.support.datasets import Array, coded_squares
from tests.support.images import assert_equal, assert_similar, decode_picture
from wado.image.codestream import read_jpeg_header
from wado.image.color import Palette, render_palette
from wado.image.encode import ENCODERS, Encoder, encode_jpeg, encode_png
from wado.image.pixels import Cell

BASELINE_SEQUENTIAL = 0xC0
GREY = coded_squares()
COLOUR = np.stack([GREY, GREY.T, 255 - GREY], -1)


@pytest.mark.parametrize("quality", [1, 50, 90, 100])
@pytest.mark.parametrize(("picture", "components"), [(GREY, 1), (COLOUR, 3)], ids=["grey", "colour"])
def test_jpeg_is_baseline_sequential(picture: Array, components: int, quality: int) -> None:
    header = read_jpeg_header(encode_jpeg(picture, quality))
    assert header
    assert header.frame_marker == BASELINE_SEQUENTIAL
    assert (header.rows, header.columns) == picture.shape[:2]
    assert len(header.components) == components
    assert header.has_jfif


def test_jpeg_of_high_quality_keeps_the_chrominance_of_every_pixel() -> None:
    def factors(quality: int) -> list[tuple[int, int]]:
        header = read_jpeg_header(encode_jpeg(COLOUR, quality))
        assert header
        return [component[1:] for component in header.components]

    assert factors(95) == [(1, 1), (1, 1), (1, 1)]
    assert factors(94) == [(2, 2), (1, 1), (1, 1)]


@pytest.mark.parametrize("picture", [GREY, COLOUR], ids=["grey", "colour"])
def test_a_higher_quality_takes_more_bytes_and_is_closer(picture: Array) -> None:
    lengths = [len(encode_jpeg(picture, quality)) for quality in (10, 50, 90, 100)]
    assert lengths == sorted(lengths)
    assert_similar(decode_picture(encode_jpeg(picture, 100)), picture, 4)


@pytest.mark.parametrize("picture", [GREY, COLOUR], ids=["grey", "colour"])
def test_png_loses_nothing(picture: Array) -> None:
    assert_equal(decode_picture(encode_png(picture, 0)), picture)


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (9, 1), (1, 1, 3)])
def test_the_smallest_pictures_can_be_encoded(encoder: Encoder, shape: tuple[int, ...]) -> None:
    decoded = imagecodecs.imread(encoder(np.full(shape, 100, np.uint8), 95))
    assert decoded.size in (shape[0] * shape[1], 3 * shape[0] * shape[1])
    assert np.abs(decoded.astype(int) - 100).max() <= 3


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)
def test_colours_in_planes_and_read_only_pictures_can_be_encoded(encoder: type) -> None:
    planes = np.ascontiguousarray(COLOUR.transpose(2, 0, 1)).transpose(1, 2, 0)
    planes.flags.writeable = False
    assert encoder(planes, 95) == encoder(COLOUR, 95)


@pytest.mark.parametrize("encoder", ENCODERS.values(), ids=ENCODERS)
def test_a_palettes_picture_is_encoded_as_any_other(encoder: Encoder) -> None:
    picture = render_palette(GREY, Cell(8, 7, False), Palette(0, bytes(range(256)) * 3))
    assert encoder(picture, 90) == encoder(picture.copy(), 90)
