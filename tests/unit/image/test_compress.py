"""Encoders of stored values (PS3.5 A.4): lossless ones give back what they were given, lossy ones come near it."""

from __future__ import annotations

import math
import zlib
from typing import Any

import imagecodecs
import numpy as np
import pytest

from tests.support.datasets import image_pixel
from tests.support.images import Array, greatest_difference
from tests.support.object_kinds import COLUMNS, ROWS, anatomy, colored
from wado.image import compress
from wado.image.codecs import decode, decode_deflated, decode_rle, decode_uncompressed
from wado.image.compress import Frame, FrameEncoder, LossyEncoder, error_for
from wado.image.pixels import Cell

FRAMES = {
    "1 in 8": Frame(anatomy(1), 1),
    "5 in 8": Frame(anatomy(5), 5),
    "8": Frame(anatomy(8), 8),
    "signed 8": Frame(anatomy(8, is_signed=True), 8),
    "9 in 16": Frame(anatomy(9), 9),
    "12 in 16": Frame(anatomy(12), 12),
    "16": Frame(anatomy(16), 16),
    "signed 12 in 16": Frame(anatomy(12, is_signed=True), 12),
    "signed 16": Frame(anatomy(16, is_signed=True), 16),
    "RGB": Frame(colored(), 8, is_rgb=True),
    "YBR": Frame(colored(), 8),
    "RGB 16": Frame(colored(16), 16, is_rgb=True),
    "one pixel": Frame(anatomy(8)[:1, :1], 8),
    "one row": Frame(anatomy(12)[:1], 12),
    "one column": Frame(anatomy(12)[:, :1].copy(), 12),
    "flat": Frame(np.full((ROWS, COLUMNS), 1234, np.uint16), 12),
    "reversed rows": Frame(anatomy(12)[::-1, ::2], 12),
}

UNSIGNED = [name for name, frame in FRAMES.items() if not frame.is_signed]
GREY_OR_RGB = [name for name in UNSIGNED if not FRAMES[name].is_color or FRAMES[name].is_rgb]


def read_back(codestream: bytes, frame: Frame, transfer_syntax_uid: str = "") -> Array:
    """The words that our decoders find, with the sign of the frame."""
    rows, columns = frame.values.shape[:2]
    pixel = image_pixel(
        rows,
        columns,
        samples_per_pixel=3 if frame.is_color else 1,
        photometric_interpretation=("RGB" if frame.is_rgb else "YBR_FULL") if frame.is_color else "MONOCHROME2",
        bits_allocated=frame.cell_bits,
        cell=Cell(frame.cell_bits, frame.cell_bits - 1, frame.is_signed),
    )
    words = decode(transfer_syntax_uid, codestream, pixel).words
    return words.astype(frame.cells.dtype).view(frame.values.dtype)


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize(
    "encode",
    [
        compress.encode_jpeg_lossless,
        compress.encode_jpeg_ls_lossless,
        compress.encode_jpeg_2000_lossless,
        compress.encode_htj2k_lossless,
    ],
)
def test_lossless_encoders_give_back_every_value(encode: FrameEncoder, name: str) -> None:
    frame = FRAMES[name]
    np.testing.assert_array_equal(read_back(encode(frame, 1), frame), frame.values)


@pytest.mark.parametrize("name", GREY_OR_RGB)
def test_jpeg_xl_gives_back_every_value(name: str) -> None:
    frame = FRAMES[name]
    np.testing.assert_array_equal(read_back(compress.encode_jpeg_xl_lossless(frame, 1), frame), frame.values)


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize(
    ("encode", "uid"),
    [
        (compress.encode_rle, "1.2.840.10008.1.2.5"),
        (compress.encode_native, "1.2.840.10008.1.2.1.98"),
        (compress.encode_deflated, "1.2.840.10008.1.2.8.1"),
    ],
)
def test_what_keeps_cells_gives_back_every_bit(encode: FrameEncoder, uid: str, name: str) -> None:
    frame = FRAMES[name]
    np.testing.assert_array_equal(read_back(encode(frame, 1), frame, uid), frame.values)


LOSSY: dict[LossyEncoder, FrameEncoder] = {
    compress.encode_jpeg_ls: compress.encode_jpeg_ls_lossless,
    compress.encode_jpeg_2000: compress.encode_jpeg_2000_lossless,
    compress.encode_htj2k: compress.encode_htj2k_lossless,
}
"""With what takes the frames that they leave."""


def encoded(encode: LossyEncoder, frame: Frame, quality: int) -> bytes:
    lossless = LOSSY.get(encode, compress.encode_jpeg_xl_lossless)
    return encode(frame, quality) or lossless(frame, quality)


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("encode", [*LOSSY, compress.encode_jpeg_xl])
def test_the_highest_quality_leaves_nothing_to_lose(encode: LossyEncoder, name: str) -> None:
    assert encode(FRAMES[name], 100) is None


@pytest.mark.parametrize("name", ["1 in 8", "one pixel", "flat"])
@pytest.mark.parametrize("encode", LOSSY)
def test_values_of_a_narrow_span_leave_nothing_to_lose(encode: LossyEncoder, name: str) -> None:
    assert encode(FRAMES[name], 90) is None


@pytest.mark.parametrize("quality", [1, 30, 60, 90, 99])
@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("encode", LOSSY)
def test_the_error_is_that_of_the_quality(encode: LossyEncoder, name: str, quality: int) -> None:
    frame = FRAMES[name]
    errors = np.abs(read_back(encoded(encode, frame, quality), frame).astype(float) - frame.values)
    error = error_for(quality, frame)
    slack = 0.5 if error else 0.0
    assert math.sqrt(float(np.mean(errors**2))) <= compress.LARGEST_MEAN_ERROR * error + slack
    assert errors.max() <= compress.LARGEST_ERROR * error + 2 * slack


@pytest.mark.parametrize("quality", [1, 30, 60, 90])
@pytest.mark.parametrize("name", ["9 in 16", "12 in 16", "16", "RGB 16"])
def test_deep_values_in_jpeg_xl_have_the_error_of_the_quality(name: str, quality: int) -> None:
    frame = FRAMES[name]
    errors = np.abs(read_back(encoded(compress.encode_jpeg_xl, frame, quality), frame).astype(float) - frame.values)
    error = error_for(quality, frame)
    assert math.sqrt(float(np.mean(errors**2))) <= compress.LARGEST_MEAN_ERROR * error + 0.5


@pytest.mark.parametrize(
    ("encode", "name"),
    [
        (compress.encode_jpeg_baseline, "8"),
        (compress.encode_jpeg_baseline, "RGB"),
        (compress.encode_jpeg_extended, "12 in 16"),
        (compress.encode_jpeg_ls, "12 in 16"),
        (compress.encode_jpeg_2000, "8"),
        (compress.encode_jpeg_2000, "signed 16"),
        (compress.encode_htj2k, "16"),
        (compress.encode_jpeg_xl, "RGB"),
        (compress.encode_jpeg_xl, "12 in 16"),
    ],
)
def test_a_higher_quality_takes_more_bytes(encode: LossyEncoder, name: str) -> None:
    frame = FRAMES[name]
    sizes = [len(encoded(encode, frame, quality)) for quality in (5, 35, 65, 95)]
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]


@pytest.mark.parametrize("encode", [compress.encode_jpeg_2000, compress.encode_htj2k])
def test_a_small_structure_does_not_vanish(encode: LossyEncoder) -> None:
    """One bright pixel in the noise of a large flat picture: the mean error would let it go."""
    values = np.random.default_rng(1).integers(100, 110, (256, 256)).astype(np.uint16)
    values[100, 100] = 4000
    frame = Frame(values, 12)
    for quality in (1, 50, 95):
        found = int(read_back(encoded(encode, frame, quality), frame)[100, 100])
        assert abs(found - 4000) <= 24 * error_for(quality, frame) + 1


def test_the_error_by_hand() -> None:
    """30 + 90/4 = 52.5 dB below a span of 255; for 12 bits 10 log10(16) = 12.04 dB more."""
    frame = Frame(np.array([[0, 255]], np.uint8), 8)
    assert error_for(90, frame) == pytest.approx(255 / 10 ** (52.5 / 20))
    deep = Frame(np.array([[0, 4095]], np.uint16), 12)
    assert error_for(90, deep) == pytest.approx(4095 / 10 ** ((52.5 + 12.0412) / 20))
    assert error_for(90, Frame(np.array([[-1000, 3095]], np.int16), 16)) == pytest.approx(error_for(90, deep))
    assert error_for(100, deep) == 0 == error_for(1, Frame(np.zeros((2, 2), np.uint16), 12))


def test_the_error_that_rounding_would_hide_is_none() -> None:
    assert error_for(1, Frame(np.array([[0, 1]], np.uint8), 8)) == 0


@pytest.mark.parametrize("extreme", [-32768, 32767])
def test_near_lossless_never_turns_the_sign_of_an_extreme(extreme: int) -> None:
    """The samples of JPEG-LS have no sign: 0x7fff and 0x8000 are neighbours there."""
    values = anatomy(12).astype(np.int16)
    values[5, 5] = extreme
    frame = Frame(values, 16)
    assert compress.encode_jpeg_ls(frame, 1) is None


def test_near_lossless_differs_by_no_more_than_its_bound() -> None:
    frame = FRAMES["12 in 16"]
    bound = int(error_for(50, frame) * math.sqrt(3))
    assert (
        1 <= greatest_difference(read_back(encoded(compress.encode_jpeg_ls, frame, 50), frame), frame.values) <= bound
    )


@pytest.mark.parametrize(("name", "limit"), [("8", 25), ("RGB", 60), ("YBR", 60)])
def test_jpeg_baseline_comes_near(name: str, limit: int) -> None:
    frame = FRAMES[name]
    codestream = compress.encode_jpeg_baseline(frame, 90)
    assert b"\xff\xc0\x00" in codestream
    expected = frame.values
    spaces: Any = {"colorspace": "YCBCR", "outcolorspace": "YCBCR"} if name == "YBR" else {}
    decoded = imagecodecs.jpeg8_decode(codestream, **spaces)
    assert greatest_difference(decoded, expected) <= limit


def test_jpeg_baseline_keeps_every_column_of_chrominance() -> None:
    codestream = compress.encode_jpeg_baseline(FRAMES["RGB"], 90)
    frame = codestream[codestream.index(b"\xff\xc0") + 10 :]
    assert [frame[1], frame[4], frame[7]] == [0x11, 0x11, 0x11]


def thin_lines() -> Any:
    """Red and blue on dark grey, a pixel wide."""
    picture = np.full((96, 96, 3), 20, np.uint8)
    picture[::7], picture[:, ::11] = (255, 0, 0), (0, 0, 255)
    return picture


@pytest.mark.parametrize(("quality", "largest"), [(90, 60), (95, 30), (100, 6)])
def test_thin_coloured_lines_stay_what_they_are_in_jpeg_baseline(quality: int, largest: int) -> None:
    codestream = compress.encode_jpeg_baseline(Frame(thin_lines(), 8, is_rgb=True), quality)
    assert greatest_difference(imagecodecs.jpeg8_decode(codestream), thin_lines()) <= largest


def test_colours_lose_nothing_in_jpeg_xl_at_the_usual_quality() -> None:
    frame = Frame(thin_lines(), 8, is_rgb=True)
    assert compress.encode_jpeg_xl(frame, 90) is None
    lossy = compress.encode_jpeg_xl(frame, 89)
    assert lossy and greatest_difference(imagecodecs.jpegxl_decode(lossy), frame.values) > 0


@pytest.mark.parametrize(("name", "precision"), [("12 in 16", 12), ("9 in 16", 12), ("8", 8)])
def test_jpeg_extended_says_that_it_is(name: str, precision: int) -> None:
    frame = FRAMES[name]
    codestream = compress.encode_jpeg_extended(frame, 90)
    header = codestream[codestream.index(b"\xff\xc1") :]
    assert header[4] == precision and b"\xff\xc0\x00" not in codestream
    assert greatest_difference(imagecodecs.jpeg8_decode(codestream), frame.values) <= 40


@pytest.mark.parametrize(("name", "precision"), [("12 in 16", 12), ("5 in 8", 5), ("signed 12 in 16", 16), ("16", 16)])
def test_jpeg_lossless_has_selection_value_1_and_the_precision_of_the_values(name: str, precision: int) -> None:
    codestream = compress.encode_jpeg_lossless(FRAMES[name], 1)
    frame, scan = codestream.index(b"\xff\xc3"), codestream.index(b"\xff\xda")
    assert codestream[frame + 4] == precision
    number_of_components = codestream[scan + 4]
    assert codestream[scan + 5 + 2 * number_of_components] == 1


@pytest.mark.parametrize(("name", "transforms"), [("RGB", 1), ("YBR", 0), ("8", 0)])
@pytest.mark.parametrize(
    "encode",
    [
        compress.encode_jpeg_2000_lossless,
        compress.encode_jpeg_2000,
        compress.encode_htj2k_lossless,
        compress.encode_htj2k,
    ],
)
def test_red_green_and_blue_alone_are_transformed(encode: LossyEncoder, name: str, transforms: int) -> None:
    codestream = encode(FRAMES[name], 50)
    assert codestream
    assert codestream[codestream.index(b"\xff\x52") + 8] == transforms


RPCL = 2
HIGH_THROUGHPUT = 0x40


@pytest.mark.parametrize(("rows", "columns", "levels"), [(37, 46, 1), (65, 40, 1), (512, 400, 3), (300, 1025, 5)])
def test_htj2k_has_what_its_rpcl_options_ask_for(rows: int, columns: int, levels: int) -> None:
    """Order of progression, lowest resolution of at most 64 pixels, lengths of tile-parts (PS3.5 A.4.4)."""
    codestream = compress.encode_htj2k_lossless(Frame(np.zeros((rows, columns), np.uint16), 12), 1)
    style = codestream.index(b"\xff\x52")
    assert (codestream[style + 5], codestream[style + 9]) == (RPCL, levels)
    assert codestream[style + 12] & HIGH_THROUGHPUT
    assert b"\xff\x55" in codestream[: codestream.index(b"\xff\x90")]
    assert codestream.count(b"\xff\x90\x00\x0a") == levels + 1


@pytest.mark.parametrize(
    ("name", "precision"),
    [("12 in 16", 11), ("signed 12 in 16", 0x80 | 11), ("16", 15), ("5 in 8", 4), ("signed 16", 0x80 | 15), ("RGB", 7)],
)
@pytest.mark.parametrize("encode", [compress.encode_jpeg_2000_lossless, compress.encode_htj2k_lossless])
def test_the_precision_is_that_of_the_values(encode: FrameEncoder, name: str, precision: int) -> None:
    """Bits less one, the highest bit for a sign (ISO/IEC 15444-1 A.5.1)."""
    assert encode(FRAMES[name], 1)[42] == precision


def test_deep_colours_of_few_bits_come_back_from_htj2k() -> None:
    frame = Frame(colored(16) >> 4, 12, is_rgb=True)
    codestream = compress.encode_htj2k_lossless(frame, 1)
    assert [codestream[42 + 3 * component] for component in range(3)] == [11, 11, 11]
    for decoded in (imagecodecs.jpeg2k_decode(codestream), imagecodecs.htj2k_decode(codestream)):
        np.testing.assert_array_equal(decoded, frame.values)


@pytest.mark.parametrize("name", ["12 in 16", "signed 12 in 16", "9 in 16", "5 in 8", "1 in 8"])
def test_openjph_reads_what_it_wrote_with_another_precision(name: str) -> None:
    frame = FRAMES[name]
    decoded = imagecodecs.htj2k_decode(compress.encode_htj2k_lossless(frame, 1))
    np.testing.assert_array_equal(decoded, frame.values)


def test_rle_by_hand() -> None:
    """Two rows of the same byte: a run each, not one over both; the higher byte before the lower (PS3.5 G.3, G.5)."""
    values = np.full((2, 3), 0x0105, np.uint16)
    codestream = compress.encode_rle(Frame(values, 16), 1)
    header = np.frombuffer(codestream, "<u4", 16)
    assert list(header[:4]) == [2, 64, 68, 0]
    assert codestream[64:] == b"\xfe\x01\xfe\x01\xfe\x05\xfe\x05"


def test_every_segment_of_rle_has_an_even_length() -> None:
    for name in ("8", "RGB", "RGB 16"):
        offsets = np.frombuffer(compress.encode_rle(FRAMES[name], 1), "<u4", 16)
        assert not np.any(offsets[1 : offsets[0] + 1] % 2)


def test_single_bits_are_packed_from_the_least_significant_on() -> None:
    frame = Frame(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], bool), 1)
    assert compress.encode_native(frame, 1) == bytes([0b00010001, 0b1])
    assert zlib.decompress(compress.encode_deflated(frame, 1), -15) == bytes([0b00010001, 0b1])


def test_numbers_are_in_little_endian() -> None:
    assert compress.encode_native(Frame(np.array([[0x0102]], ">u2"), 16), 1) == b"\x02\x01"


def test_a_jpeg_comes_back_from_jpeg_xl_byte_for_byte() -> None:
    jpeg = compress.encode_jpeg_baseline(FRAMES["RGB"], 80)
    recompressed = compress.recompress_jpeg(jpeg)
    assert recompressed != jpeg
    assert compress.restore_jpeg(recompressed) == jpeg
    with pytest.raises(ValueError):
        compress.restore_jpeg(compress.encode_jpeg_xl_lossless(FRAMES["8"], 1))


@pytest.mark.parametrize("decoder", [decode_rle, decode_uncompressed, decode_deflated])
def test_bits_above_the_stored_ones_are_kept_where_cells_are(decoder: Any) -> None:
    encoders: dict[Any, FrameEncoder] = {
        decode_rle: compress.encode_rle,
        decode_uncompressed: compress.encode_native,
        decode_deflated: compress.encode_deflated,
    }
    words = anatomy(12) | np.uint16(0xA000)
    pixel = image_pixel(ROWS, COLUMNS, bits_allocated=16, cell=Cell(12, 11, False))
    np.testing.assert_array_equal(decoder(encoders[decoder](Frame(words, 12), 1), pixel).words, words)
