"""Codestreams that are cut short: an error or the right picture, never another one."""

from __future__ import annotations

import io
from collections.abc import Callable

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.support.datasets import Array, coded_squares, image_pixel
from tests.support.images import assert_equal
from wado.image.codecs import RLE_LOSSLESS, CodestreamError, decode
from wado.image.pixels import ImagePixel

ROWS, COLUMNS = 50, 60
NOISE = np.random.default_rng(1).integers(0, 5, (ROWS, COLUMNS)).astype(np.uint8)
GREY = coded_squares(5, 6) // 2 + NOISE
DEEP = GREY.astype(np.uint16) * 16 + NOISE
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2], -1)
PICTURES = {"grey": GREY, "16 bits": DEEP, "colour": COLOUR}


def encode_jpeg(picture: Array) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(picture, level=90, bitspersample=12 if picture is DEEP else 8))


def encode_jpeg_lossless(picture: Array) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(picture, lossless=True, bitspersample=picture.itemsize * 8))


def encode_jpeg_progressive(picture: Array) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture.astype(np.uint8)).save(buffer, "JPEG", progressive=True)
    return buffer.getvalue()


def encode_jpeg_2000(picture: Array) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(picture, codecformat="j2k", reversible=True))


def encode_tiled_jpeg_2000(picture: Array) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG2000", tile_size=(32, 20), no_jp2=True)
    return buffer.getvalue()


def encode_jpeg_ls(picture: Array) -> bytes:
    return bytes(imagecodecs.jpegls_encode(picture))


def encode_rle(picture: Array) -> bytes:
    """PS3.5 Annex G: a header of 16 numbers, then a segment for each byte of each sample, the highest first."""
    planes = [picture] if picture.ndim == 2 else list(picture.transpose(2, 0, 1))
    segments = []
    for plane in planes:
        cells = np.ascontiguousarray(plane).view(np.uint8).reshape(*plane.shape, -1)
        for byte in reversed(range(cells.shape[2])):
            segment = b"".join(bytes(imagecodecs.packbits_encode(row.tobytes())) for row in cells[..., byte])
            segments.append(segment + bytes(len(segment) % 2))
    header = np.zeros(16, "<u4")
    header[0] = len(segments)
    header[1 : len(segments) + 1] = np.cumsum([64, *map(len, segments[:-1])])
    return header.tobytes() + b"".join(segments)


Encoder = Callable[[Array], bytes]

WITH_LAST_MARKER: dict[str, Encoder] = {
    "JPEG": encode_jpeg,
    "JPEG lossless": encode_jpeg_lossless,
    "JPEG-LS": encode_jpeg_ls,
    "JPEG 2000": encode_jpeg_2000,
    "JPEG 2000 in tiles": encode_tiled_jpeg_2000,
}
ENCODERS: dict[str, Encoder] = {**WITH_LAST_MARKER, "JPEG progressive": encode_jpeg_progressive, "RLE": encode_rle}

every_picture = pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)


def pixel_of(name: str, picture: Array) -> ImagePixel:
    interpretation = "MONOCHROME2" if picture.ndim == 2 else "YBR_FULL_422" if name == "JPEG" else "RGB"
    return image_pixel(
        ROWS,
        COLUMNS,
        bits_allocated=8 if name == "JPEG progressive" else picture.itemsize * 8,
        samples_per_pixel=1 if picture.ndim == 2 else 3,
        photometric_interpretation=interpretation,
    )


def words_of(name: str, codestream: bytes, picture: Array) -> Array:
    syntax = RLE_LOSSLESS if name == "RLE" else "none: the codestream decides"
    return decode(syntax, codestream, pixel_of(name, picture)).words


@every_picture
@pytest.mark.parametrize("name", ENCODERS)
def test_a_codestream_cut_short_gives_an_error_or_the_right_picture(name: str, picture: Array) -> None:
    codestream = ENCODERS[name](picture)
    whole = words_of(name, codestream, picture)
    places = [len(codestream) * part // 20 for part in range(20)]
    for length in sorted({*places, *range(len(codestream) - 60, len(codestream))}):
        try:
            words = words_of(name, codestream[:length], picture)
        except CodestreamError:
            continue
        assert_equal(words, whole)


@every_picture
@pytest.mark.parametrize("missing", [2, 3, 10, 100])
def test_zeros_do_not_take_the_place_of_run_lengths(missing: int, picture: Array) -> None:
    """But one that is padding itself, or a last pixel's value, of which nothing tells."""
    codestream = encode_rle(picture)
    whole = words_of("RLE", codestream, picture)
    try:
        words = words_of("RLE", codestream[:-missing] + bytes(missing % 2), picture)
    except CodestreamError:
        return
    assert (words != whole).sum() <= 1


@every_picture
@pytest.mark.parametrize("missing", [1, 2], ids=["last byte", "last marker"])
@pytest.mark.parametrize("name", WITH_LAST_MARKER)
def test_a_codestream_that_merely_lacks_its_end_gives_the_right_picture(
    name: str, missing: int, picture: Array
) -> None:
    codestream = WITH_LAST_MARKER[name](picture)
    assert_equal(words_of(name, codestream[:-missing], picture), words_of(name, codestream, picture))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("name", WITH_LAST_MARKER)
def test_one_byte_less_than_all_data_is_never_taken_for_all(name: str, seed: int) -> None:
    picture = GREY + np.random.default_rng(seed).integers(0, 2 + seed, GREY.shape).astype(np.uint8)
    codestream = WITH_LAST_MARKER[name](picture)
    whole = words_of(name, codestream, picture)
    for missing in (3, 4, 5):
        try:
            words = words_of(name, codestream[:-missing], picture)
        except CodestreamError:
            continue
        assert_equal(words, whole)


def test_nobody_can_tell_whether_the_last_scan_of_several_is_there() -> None:
    codestream = encode_jpeg_progressive(COLOUR)
    with pytest.raises(CodestreamError):
        words_of("JPEG progressive", codestream[:-2], COLOUR)
