"""Codestreams with an end where none should be, or with a hole: an error wherever the decoders can be made to tell."""

from __future__ import annotations

import io
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.support.datasets import Array, image_pixel
from tests.support.images import assert_equal
from wado.image.codecs import CodestreamError, decode

ROWS, COLUMNS = 70, 83
END_OF_IMAGE = b"\xff\xd9"
NOISE = np.random.default_rng(4).integers(0, 9, (ROWS, COLUMNS)).astype(np.uint8)
GREY = (np.linspace(20, 220, COLUMNS)[np.newaxis] + NOISE).astype(np.uint8)
DEEP = GREY.astype(np.uint16) * 16 + NOISE
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2], -1)
FLAT = np.full((ROWS, COLUMNS), 128, np.uint8)
"""The grey that libjpeg makes up; whoever has it in the picture must not be refused."""


def saved(picture: Array, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


CODESTREAMS = {
    "grey": (GREY, saved(GREY)),
    "colour": (COLOUR, saved(COLOUR)),
    "colour in full": (COLOUR, saved(COLOUR, subsampling="4:4:4")),
    "extended": (DEEP, bytes(imagecodecs.jpeg8_encode(DEEP, level=90, bitspersample=12))),
    "lossless": (GREY, bytes(imagecodecs.jpeg8_encode(GREY, lossless=True))),
    "lossless of 16 bits": (DEEP, bytes(imagecodecs.jpeg8_encode(DEEP, lossless=True, bitspersample=16))),
    "lossless of 12 bits": (DEEP, bytes(imagecodecs.jpeg8_encode(DEEP, lossless=True, bitspersample=12, predictor=4))),
    "lossless of colours": (COLOUR, bytes(imagecodecs.jpeg8_encode(COLOUR, lossless=True))),
    "progressive": (COLOUR, saved(COLOUR, progressive=True)),
    "restarts": (GREY, saved(GREY, restart_marker_blocks=7)),
    "restarts in colour": (COLOUR, saved(COLOUR, restart_marker_rows=1)),
}
PLAIN = [name for name in CODESTREAMS if name not in ("progressive", "restarts", "restarts in colour")]


def words_of(codestream: bytes, picture: Array, uid: str = "none: the codestream decides") -> Array:
    interpretation = "MONOCHROME2" if picture.ndim == 2 else "YBR_FULL_422"
    samples = 1 if picture.ndim == 2 else 3
    pixel = image_pixel(
        *picture.shape[:2],
        bits_allocated=8 * picture.itemsize,
        samples_per_pixel=samples,
        photometric_interpretation=interpretation,
    )
    return decode(uid, codestream, pixel).words


@pytest.mark.parametrize("name", CODESTREAMS)
def test_what_is_whole_is_decoded(name: str) -> None:
    picture, codestream = CODESTREAMS[name]
    assert np.abs(words_of(codestream, picture).astype(int) - picture).mean() < 6 * picture.itemsize**4


@pytest.mark.parametrize("name", PLAIN)
def test_an_end_where_the_data_were_cut_is_noticed(name: str) -> None:
    """But for the last block, of which nothing tells; of lossless pixels that is the last row."""
    picture, codestream = CODESTREAMS[name]
    whole = words_of(codestream, picture)
    start = codestream.index(b"\xff\xda") + 14
    for length in np.linspace(start, len(codestream) - 3, 40).astype(int):
        try:
            words = words_of(codestream[:length] + END_OF_IMAGE, picture)
        except CodestreamError:
            continue
        assert_equal(words[:-16], whole[:-16])
        assert (words != whole).sum() <= (16 * 16 if "lossless" not in name else COLUMNS) * whole[0, 0].size


@pytest.mark.parametrize("name", ["restarts", "restarts in colour", "progressive"])
def test_an_end_within_restarts_or_scans_is_noticed(name: str) -> None:
    picture, codestream = CODESTREAMS[name]
    whole = words_of(codestream, picture)
    start = codestream.rindex(b"\xff\xda") + 14 if name == "progressive" else codestream.index(b"\xff\xda") + 14
    for length in range(start, len(codestream) - 2, 7):
        try:
            words = words_of(codestream[:length] + END_OF_IMAGE, picture)
        except CodestreamError:
            continue
        assert_equal(words, whole)


def test_data_missing_before_a_restart_are_noticed() -> None:
    picture, codestream = CODESTREAMS["restarts"]
    marker = codestream.index(b"\xff\xd3")
    with pytest.raises(CodestreamError):
        words_of(codestream[: marker - 9] + codestream[marker:], picture)


def test_a_restart_interval_that_is_missing_is_noticed() -> None:
    picture, codestream = CODESTREAMS["restarts"]
    first, second = codestream.index(b"\xff\xd3"), codestream.index(b"\xff\xd4")
    with pytest.raises(CodestreamError):
        words_of(codestream[:first] + codestream[second:], picture)


@pytest.mark.parametrize("options", [{}, {"lossless": True}])
def test_a_picture_that_is_grey_to_its_end_is_not_taken_for_damaged(options: dict[str, Any]) -> None:
    assert_equal(words_of(bytes(imagecodecs.jpeg8_encode(FLAT, **options)), FLAT), FLAT)


@pytest.mark.parametrize("kind", ["JPEG-LS", "JPEG 2000", "JPEG XL", "JPEG XL in boxes"])
def test_other_codecs_notice_an_end_that_stands_too_early(kind: str) -> None:
    codestream, end = {
        "JPEG-LS": (imagecodecs.jpegls_encode(DEEP), END_OF_IMAGE),
        "JPEG 2000": (imagecodecs.jpeg2k_encode(DEEP, codecformat="j2k", reversible=True), END_OF_IMAGE),
        "JPEG XL": (imagecodecs.jpegxl_encode(DEEP, lossless=True, usecontainer=False), b"\0"),
        "JPEG XL in boxes": (imagecodecs.jpegxl_encode(DEEP, lossless=True, usecontainer=True), b"\0"),
    }[kind]
    assert_equal(words_of(bytes(codestream), DEEP), DEEP)
    for length in np.linspace(len(codestream) // 4, len(codestream) - 4, 12).astype(int):
        with pytest.raises(CodestreamError):
            words_of(bytes(codestream[:length]) + end, DEEP)


@pytest.mark.parametrize("usecontainer", [False, True])
@pytest.mark.parametrize("size", [(8, 8), (256, 64), (10, 12), (90, 160), (511, 1), (1, 513), (40, 30), (1000, 2000)])
def test_a_jpeg_xl_of_another_size_is_refused_before_it_is_decoded(size: tuple[int, int], usecontainer: bool) -> None:
    picture: Array = np.zeros(size, np.uint8)
    codestream = bytes(imagecodecs.jpegxl_encode(picture, lossless=True, usecontainer=usecontainer))
    assert_equal(words_of(codestream, picture), picture)
    for other in ((size[0] + 1, size[1]), (size[0], size[1] + 8)):
        with pytest.raises(CodestreamError):
            words_of(codestream, np.zeros(other, np.uint8))
