"""Frames decoded at a lower resolution: what is in the codestream for it, or nothing."""

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
from wado.image.pixels import Cell, ImagePixel
from wado.image.reduced import ReducedFrame, count_halvings, decode_reduced
from wado.image.stored_values import stored_values

ROWS, COLUMNS = 96, 160
END_OF_IMAGE = b"\xff\xd9"
GENERATOR = np.random.default_rng(11)
RAMP = np.linspace(0.2, 0.7, COLUMNS)[np.newaxis] + np.linspace(0.0, 0.1, ROWS)[:, np.newaxis]
"""0 to 1, far enough from either that no sample of a lower resolution is beyond them."""
GREY = (RAMP * 255 + GENERATOR.integers(0, 9, RAMP.shape)).astype(np.uint8)
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2 + 30], -1)
DEEP = GREY.astype(np.uint16) * 16


def encode_jpeg_2000(picture: Array, **options: Any) -> bytes:
    defaults: dict[str, Any] = {"codecformat": "j2k", "reversible": True}
    return bytes(imagecodecs.jpeg2k_encode(picture, **defaults | options))


def encode_jpeg(picture: Array, **options: Any) -> bytes:
    buffer = io.BytesIO()
    defaults: dict[str, Any] = {"quality": 95}
    Image.fromarray(picture).save(buffer, "JPEG", **defaults | options)
    return buffer.getvalue()


def pixel_of(picture: Array, bits_stored: int | None = None, **changes: Any) -> ImagePixel:
    bits = bits_stored or picture.itemsize * 8
    defaults: dict[str, Any] = {
        "bits_allocated": picture.itemsize * 8,
        "cell": Cell(bits, bits - 1, is_signed=picture.dtype.kind == "i"),
        "samples_per_pixel": 1 if picture.ndim == 2 else 3,
        "photometric_interpretation": "MONOCHROME2" if picture.ndim == 2 else "RGB",
    }
    return image_pixel(*picture.shape[:2], **defaults | changes)


def reduced(codestream: bytes, pixel: ImagePixel, halvings: int) -> ReducedFrame:
    frame = decode_reduced(codestream, pixel, halvings)
    assert frame is not None
    return frame


def low_pass(values: Array, axis: int) -> Array:
    """The reversible 5-3 transform of ISO/IEC 15444-1 F.4.8.1, of which every second sample is the lower resolution."""
    line = np.moveaxis(values.astype(np.int64), axis, 0)
    around = np.pad(line, ((2, 2), *((0, 0),) * (line.ndim - 1)), mode="reflect")  # F.4.7
    high = around[1:-1:2] - (around[:-2:2] + around[2::2]) // 2
    count = -(-len(line) // 2)
    return np.moveaxis(line[::2] + (high[:count] + high[1 : count + 1] + 2) // 4, 0, axis)


def lower_resolution(values: Array, halvings: int) -> Array:
    for _ in range(halvings):
        values = low_pass(low_pass(values, 0), 1)
    return values


@pytest.mark.parametrize(
    ("reduction", "halvings"), [(1, 0), (7.99, 0), (8, 1), (15.9, 1), (16, 2), (31, 2), (32, 3), (64, 3), (1000, 3)]
)
def test_what_is_left_to_reduce_is_four_times_at_least(reduction: float, halvings: int) -> None:
    assert count_halvings(reduction) == halvings


def test_a_lower_resolution_by_hand() -> None:
    """The row 10 13 … 199: all differences are 0, but for the last, 199 - 196, of which (3 + 2) // 4 goes to 196."""
    picture = np.tile(np.arange(10, 200, 3, dtype=np.uint8), (64, 1))
    frame = reduced(encode_jpeg_2000(picture), pixel_of(picture), 1)
    assert_equal(frame.words, np.tile(np.array([*range(10, 191, 6), 197], np.uint8), (32, 1)))
    assert (frame.scale, frame.offset) == (2, 0.25)


@pytest.mark.parametrize("halvings", [1, 2, 3])
@pytest.mark.parametrize("bits", [8, 9, 10, 12, 14, 16])
@pytest.mark.parametrize("is_signed", [False, True], ids=["unsigned", "signed"])
def test_a_resolution_of_jpeg_2000_is_that_of_the_standard(bits: int, halvings: int, is_signed: bool) -> None:
    half = 1 << (bits - 1)
    noise = GENERATOR.integers(-half // 8, half // 8, (ROWS, COLUMNS))
    values = (RAMP * 2 * half).astype(np.int64) + noise - (half if is_signed else 0)
    picture = values.astype(f"{'i' if is_signed else 'u'}{1 if bits == 8 else 2}")
    # For this encoder samples of other widths than a byte or two are unsigned: that they are not is written afterwards.
    codestream = encode_jpeg_2000(
        (values + half if is_signed else values).astype(f"u{picture.itemsize}"), bitspersample=bits
    )
    if is_signed:
        codestream = codestream[:42] + bytes([codestream[42] | 0x80]) + codestream[43:]
    frame = reduced(codestream, pixel_of(picture, bits), halvings)
    assert frame.is_signed == is_signed
    cell = Cell(bits, bits - 1, is_signed)
    whole = decode("", codestream, pixel_of(picture, bits))
    assert_equal(stored_values(whole.words, cell).astype(np.int64), values)
    done = min(halvings, 2) if bits == 8 else halvings
    assert frame.scale == 2**done
    assert_equal(stored_values(frame.words, cell).astype(np.int64), lower_resolution(values, done))
    assert frame.words.dtype == whole.words.dtype


@pytest.mark.parametrize("halvings", [1, 2])
def test_the_colours_of_a_resolution_are_those_of_its_components(halvings: int) -> None:
    """As they are, and by the reversible component transform (ISO/IEC 15444-1 G.2)."""
    plain = reduced(encode_jpeg_2000(COLOUR, mct=False), pixel_of(COLOUR), halvings)
    assert_equal(plain.words, lower_resolution(COLOUR, halvings).astype(np.uint8))
    transformed = reduced(encode_jpeg_2000(COLOUR), pixel_of(COLOUR), halvings)
    red, green, blue = COLOUR.transpose(2, 0, 1).astype(int)
    components = (red + 2 * green + blue) // 4, blue - green, red - green
    luminance, to_blue, to_red = (lower_resolution(component, halvings) for component in components)
    green = luminance - (to_blue + to_red) // 4
    assert_equal(transformed.words, np.stack([green + to_red, green, green + to_blue], -1).astype(np.uint8))
    assert transformed.photometric_interpretation == "RGB"


def test_high_throughput_jpeg_2000_is_decoded_wholly() -> None:
    codestream = bytes(imagecodecs.htj2k_encode(GREY, reversible=True))
    assert decode_reduced(codestream, pixel_of(GREY), 2) is None


@pytest.mark.parametrize(
    ("rows", "columns", "halvings", "scale"),
    [(96, 160, 3, 8), (95, 160, 3, 8), (97, 160, 3, 2), (98, 160, 2, 4), (93, 157, 2, 2), (91, 159, 1, 2)],
)
def test_sides_that_are_no_multiple(rows: int, columns: int, halvings: int, scale: int) -> None:
    """Sides are rounded up; where it cannot be had so, the resolution above it is."""
    picture = np.resize(DEEP, (rows, columns))
    frame = reduced(encode_jpeg_2000(picture, bitspersample=12), pixel_of(picture, 12), halvings)
    assert frame.scale == scale
    assert frame.words.shape == (-(-rows // scale), -(-columns // scale))


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("halvings", [1, 2, 3])
@pytest.mark.parametrize("columns", [160, 153, 145])
def test_a_reduced_jpeg_has_the_means_of_blocks(halvings: int, subsampling: str, columns: int) -> None:
    smooth = np.stack([RAMP, 1 - RAMP, RAMP / 2 + 0.1], -1)[:, :columns] * 255
    codestream = encode_jpeg(smooth.astype(np.uint8), subsampling=subsampling)
    frame = reduced(codestream, pixel_of(smooth.astype(np.uint8), photometric_interpretation="YBR_FULL_422"), halvings)
    scale = 2**halvings
    assert (frame.scale, frame.offset, frame.photometric_interpretation) == (scale, 0.0, "RGB")
    assert frame.words.shape == (-(-ROWS // scale), -(-columns // scale), 3)
    whole = decode("", codestream, pixel_of(smooth.astype(np.uint8), photometric_interpretation="YBR_FULL_422")).words
    # Two beside each other, which may have their chrominance in common.
    pairs = columns // scale // 2
    means = whole[:, : pairs * 2 * scale].reshape(ROWS // scale, scale, pairs, 2 * scale, 3).mean((1, 3))
    errors = np.abs(frame.words[:, : pairs * 2].reshape(ROWS // scale, pairs, 2, 3).mean(2) - means)
    assert errors.mean() < 1.0
    assert errors.max() < 3.0


def test_an_eighth_of_a_grey_jpeg_is_the_mean_of_each_block() -> None:
    whole = decode("", encode_jpeg(GREY), pixel_of(GREY)).words
    frame = reduced(encode_jpeg(GREY), pixel_of(GREY), 3)
    means = whole.reshape(ROWS // 8, 8, COLUMNS // 8, 8).mean((1, 3))
    assert np.abs(frame.words - means).max() <= 1.0


def test_components_of_a_jpeg_are_taken_for_what_the_decoder_of_the_whole_takes_them_for() -> None:
    bare = bytes(imagecodecs.jpeg8_encode(COLOUR, level=95, colorspace="RGB", outcolorspace="RGB"))
    for codestream, space in ((encode_jpeg(COLOUR), "YBR_FULL_422"), (bare, "RGB")):
        pixel = pixel_of(COLOUR, photometric_interpretation=space)
        whole, frame = decode("", codestream, pixel), reduced(codestream, pixel, 3)
        assert frame.photometric_interpretation == whole.photometric_interpretation
        means = whole.words.reshape(ROWS // 8, 8, COLUMNS // 8, 8, 3).mean((1, 3))
        assert np.abs(frame.words - means).max() <= 3.0


TILED = io.BytesIO()
Image.fromarray(GREY).save(TILED, "JPEG2000", tile_size=(64, 64), no_jp2=True)


@pytest.mark.parametrize(
    ("codestream", "pixel"),
    [
        pytest.param(encode_jpeg_2000(DEEP, bitspersample=12), pixel_of(DEEP, 11), id="fewer bits stored than coded"),
        pytest.param(encode_jpeg_2000(DEEP, bitspersample=12), pixel_of(DEEP, 16), id="more bits stored than coded"),
        pytest.param(
            encode_jpeg_2000(DEEP, bitspersample=12),
            pixel_of(DEEP, cell=Cell(12, 15, is_signed=False)),
            id="bits beside those stored",
        ),
        pytest.param(encode_jpeg_2000(DEEP), pixel_of(DEEP, cell=Cell(16, 15, is_signed=True)), id="another sign"),
        pytest.param(encode_jpeg_2000(GREY), pixel_of(GREY[:-1]), id="another size"),
        pytest.param(encode_jpeg_2000(GREY, resolutions=1), pixel_of(GREY), id="one resolution"),
        pytest.param(TILED.getvalue(), pixel_of(GREY), id="tiles"),
        pytest.param(encode_jpeg_2000(COLOUR.astype(np.uint16)), pixel_of(COLOUR.astype(np.uint16)), id="deep colours"),
        pytest.param(encode_jpeg(GREY), pixel_of(GREY[:-1]), id="JPEG of another size"),
        pytest.param(encode_jpeg(COLOUR, progressive=True), pixel_of(COLOUR), id="progressive"),
        pytest.param(encode_jpeg(GREY, restart_marker_blocks=7), pixel_of(GREY), id="restarts"),
        pytest.param(
            bytes(imagecodecs.jpeg8_encode(DEEP, level=90, bitspersample=12)), pixel_of(DEEP, 12), id="JPEG of 12 bits"
        ),
        pytest.param(bytes(imagecodecs.jpeg8_encode(GREY, lossless=True)), pixel_of(GREY), id="JPEG lossless"),
        pytest.param(bytes(imagecodecs.jpegls_encode(GREY)), pixel_of(GREY), id="JPEG-LS"),
        pytest.param(b"", pixel_of(GREY), id="nothing"),
    ],
)
def test_what_the_decoder_of_the_whole_has_to_look_at(codestream: bytes, pixel: ImagePixel) -> None:
    assert decode_reduced(codestream, pixel, 1) is None


WHOLE = {
    "JPEG 2000": (encode_jpeg_2000(GREY), GREY),
    "JPEG 2000 with loss": (encode_jpeg_2000(GREY, reversible=False, level=40), GREY),
    "JPEG 2000 in colour": (encode_jpeg_2000(COLOUR), COLOUR),
    "JPEG": (encode_jpeg(GREY), GREY),
    "JPEG in colour": (encode_jpeg(COLOUR), COLOUR),
    "JPEG in colour, half": (encode_jpeg(COLOUR, subsampling="4:2:2"), COLOUR),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("halvings", [1, 3])
@pytest.mark.parametrize("end", [b"", END_OF_IMAGE, END_OF_IMAGE + b"\0"], ids=["cut", "ended", "padded"])
def test_a_codestream_cut_short_gives_nothing_or_the_right_words(name: str, halvings: int, end: bytes) -> None:
    """As of the whole, but for the last block of a JPEG, of which nothing tells."""
    codestream, picture = WHOLE[name]
    whole = reduced(codestream, pixel_of(picture), halvings).words
    places = np.linspace(0, len(codestream), 60).astype(int).tolist()
    for length in sorted({*places, *range(len(codestream) - 40, len(codestream))}):
        frame = decode_reduced(codestream[:length] + end, pixel_of(picture), halvings)
        if frame is not None and "2000" in name:
            assert_equal(frame.words, whole)
        elif frame is not None:
            block = 16 >> halvings
            assert_equal(frame.words[:-block], whole[:-block])
            assert_equal(frame.words[-block:, : -2 * block], whole[-block:, : -2 * block])
    assert decode_reduced(codestream[: len(codestream) // 2] + end, pixel_of(picture), halvings) is None


@pytest.mark.parametrize("columns", [145, 146, 153, 160])
@pytest.mark.parametrize("halvings", [1, 2, 3])
def test_an_early_end_is_noticed_whatever_its_chrominance_is_mixed_with(columns: int, halvings: int) -> None:
    picture = np.broadcast_to(np.array([200, 40, 90], np.uint8), (ROWS, columns, 3))
    noisy = (picture + GENERATOR.integers(0, 20, picture.shape)).astype(np.uint8)
    codestream = encode_jpeg(noisy, subsampling="4:2:2")
    start = codestream.index(b"\xff\xda") + 14
    for length in range(start, len(codestream) - 250, 97):
        assert decode_reduced(codestream[:length] + END_OF_IMAGE, pixel_of(noisy), halvings) is None


def test_the_same_words_come_of_a_codestream_with_padding_behind_it() -> None:
    for codestream, picture in WHOLE.values():
        assert_equal(
            reduced(codestream + b"\0", pixel_of(picture), 2).words, reduced(codestream, pixel_of(picture), 2).words
        )


@pytest.mark.parametrize("name", WHOLE)
def test_no_damage_that_is_refused_of_the_whole_is_shown_of_a_part(name: str) -> None:
    codestream, picture = WHOLE[name]
    damages, refused = np.random.default_rng(len(name)), 0
    for number in range(80):
        damaged = bytearray(codestream)
        end = len(codestream) if number % 2 else 400
        for place in damages.integers(0, end, 3).tolist():
            damaged[place] = int(damages.integers(0, 256))
        try:
            decode("", bytes(damaged), pixel_of(picture))
        except CodestreamError:
            refused += 1
            assert decode_reduced(bytes(damaged), pixel_of(picture), 2) is None
    assert refused > 0
