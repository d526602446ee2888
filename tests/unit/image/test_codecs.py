"""Each decoder against what was encoded, against pydicom's files, and against what is broken."""

from __future__ import annotations

import random
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import generate_frames
from pydicom.uid import (
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.support.datasets import Array, image_pixel, make_image
from tests.support.images import assert_equal, assert_similar
from wado.image.codecs import BY_KIND, DEFLATED_IMAGE_FRAME, ENCAPSULATED_UNCOMPRESSED, CodestreamError, decode
from wado.image.codestream import Kind
from wado.image.pixels import ImagePixel

ROOT = Path(__file__).parents[3]
GREY = np.add.outer(np.arange(16) * 3, np.arange(24) * 2).astype(np.uint8)
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2 + 60], -1)
ANY = "1.2.840.10008.1.2.4.50"
JPEG_XL = "1.2.840.10008.1.2.4.110"

GREY_PIXEL = image_pixel(*GREY.shape)
RGB_PIXEL = replace(GREY_PIXEL, samples_per_pixel=3, photometric_interpretation="RGB")
YBR_PIXEL = replace(RGB_PIXEL, photometric_interpretation="YBR_FULL")


def jpeg(picture: Array, **options: Any) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(picture, level=98, subsampling="444", **options))


def rle(frame: Array) -> bytes:
    """A frame as pydicom encodes it."""
    dataset = make_image(frame, "RGB" if frame.ndim == 3 else "MONOCHROME2")
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.compress(RLELossless, generate_instance_uid=False)
    return next(generate_frames(dataset.PixelData, number_of_frames=1))


LOSSLESS: dict[str, tuple[str, Callable[[Array], bytes | bytearray]]] = {
    "JPEG lossless": (JPEGLosslessSV1, lambda a: imagecodecs.jpeg8_encode(a, lossless=True)),
    "JPEG-LS": (JPEGLSLossless, imagecodecs.jpegls_encode),
    "JPEG 2000": (JPEG2000Lossless, lambda a: imagecodecs.jpeg2k_encode(a, codecformat="j2k", reversible=True)),
    "JPEG 2000 in boxes": (
        JPEG2000Lossless,
        lambda a: imagecodecs.jpeg2k_encode(a, codecformat="jp2", reversible=True),
    ),
    "JPEG XL": (JPEG_XL, lambda a: imagecodecs.jpegxl_encode(a, lossless=True)),
    "RLE": (RLELossless, rle),
    "uncompressed": (ENCAPSULATED_UNCOMPRESSED, lambda a: a.tobytes()),
    "deflated": (DEFLATED_IMAGE_FRAME, lambda a: zlib.compress(a.tobytes(), wbits=-15)),
}


@pytest.mark.parametrize("name", LOSSLESS)
@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_a_lossless_codec_gives_back_every_grey_value(name: str, kind: str) -> None:
    uid, encode = LOSSLESS[name]
    words = GREY.astype(kind) * (1 if kind == "u1" else 251)
    pixel = image_pixel(*GREY.shape, bits_allocated=words.itemsize * 8)
    frame = decode(uid, bytes(encode(words)), pixel)
    assert frame.words.dtype == words.dtype
    assert_equal(frame.words, words)


@pytest.mark.parametrize("name", [name for name in LOSSLESS if name != "JPEG lossless"])
def test_a_lossless_codec_gives_back_every_colour(name: str) -> None:
    uid, encode = LOSSLESS[name]
    frame = decode(uid, bytes(encode(COLOUR)), RGB_PIXEL)
    assert frame.photometric_interpretation == "RGB"
    assert_equal(frame.words, COLOUR)


def test_the_codestream_counts_and_not_the_transfer_syntax() -> None:
    assert_equal(decode(JPEGBaseline8Bit, bytes(imagecodecs.jpegls_encode(GREY)), GREY_PIXEL).words, GREY)


@pytest.mark.parametrize("pixel", [RGB_PIXEL, YBR_PIXEL], ids=["object says RGB", "object says YBR_FULL"])
def test_a_jpeg_with_jfif_is_converted_whatever_the_object_says(pixel: ImagePixel) -> None:
    frame = decode(ANY, jpeg(COLOUR), pixel)
    assert frame.photometric_interpretation == "RGB"
    assert_similar(frame.words, COLOUR, 4)


def test_a_jpeg_without_conversion_is_not_converted() -> None:
    frame = decode(ANY, jpeg(COLOUR, colorspace="RGB", outcolorspace="RGB"), RGB_PIXEL)
    assert_similar(frame.words, COLOUR, 4)


def test_a_lossless_jpeg_has_the_colours_that_the_object_says() -> None:
    codestream = bytes(imagecodecs.jpeg8_encode(COLOUR, lossless=True, colorspace="RGB", outcolorspace="RGB"))
    for pixel in (RGB_PIXEL, YBR_PIXEL):
        frame = decode(ANY, codestream, pixel)
        assert frame.photometric_interpretation == pixel.photometric_interpretation
        assert_equal(frame.words, COLOUR)


def test_a_jpeg_in_a_jpeg_xl_is_the_jpeg_that_it_was() -> None:
    original = jpeg(COLOUR)
    frame = decode(JPEG_XL, bytes(imagecodecs.jpegxl_encode_jpeg(original)), YBR_PIXEL)
    assert_equal(frame.words, decode(ANY, original, YBR_PIXEL).words)


def test_rle_has_a_segment_for_each_byte_the_highest_first() -> None:
    segments = [bytes([1, high, low]) for high, low in ((1, 0xFF), (2, 0xFE), (3, 0xFD), (4, 0xFC))]
    header = np.array([4, 64, 67, 70, 73, *[0] * 11], "<u4").tobytes()
    frame = decode(RLELossless, header + b"".join(segments), image_pixel(1, 2, bits_allocated=32))
    assert frame.words.tolist() == [[0x01020304, 0xFFFEFDFC]]


def test_rle_of_single_bits_is_read_from_the_lowest_bit() -> None:
    segment = bytes([1, 0b1101_0010, 0b0000_0001])  # two bytes as they are
    header = np.array([1, 64, *[0] * 14], "<u4").tobytes()
    frame = decode(RLELossless, header + segment, image_pixel(3, 3, bits_allocated=1))
    assert frame.words.tolist() == [[0, 1, 0], [0, 1, 0], [1, 1, 1]]


RLE_HEADER = np.array([1, 64, *[0] * 14], "<u4").tobytes()
SIX = bytes([2, 7, 8, 9]) + bytes([256 + 1 - 3, 5])
"""Three bytes as they are, then three of the same."""


@pytest.mark.parametrize(
    "behind",
    [
        b"",
        b"\x00",
        b"\x00\x00\x00",
        b"\x80\x80",
        b"\x05ab",  # six bytes announced, of which two are there
        b"\xfe",  # a run without its byte
        b"\x05abcdef\x7f",
        b"no runs at all, whatever wrote it",
    ],
)
def test_bytes_behind_the_last_row_of_an_rle_segment_are_padding_whatever_they_are(behind: bytes) -> None:
    frame = decode(RLELossless, RLE_HEADER + SIX + behind, image_pixel(2, 3))
    assert frame.words.tolist() == [[7, 8, 9], [5, 5, 5]]


def test_padding_between_rle_segments_need_be_no_runs() -> None:
    header = np.array([2, 64, 64 + len(SIX) + 4, *[0] * 13], "<u4").tobytes()
    frame = decode(RLELossless, header + SIX + b"\x7f\x00\x00\x00" + SIX, image_pixel(2, 3, bits_allocated=16))
    assert frame.words.tolist() == [[0x0707, 0x0808, 0x0909], [0x0505] * 3]


def test_an_rle_run_may_be_longer_than_the_frame_and_end_early_there() -> None:
    whole = bytes([2, 7, 8, 9, 9, 1, 2, 3])  # ten bytes announced, of which the frame needs the three that are there
    assert decode(RLELossless, RLE_HEADER + whole, image_pixel(2, 3)).words.tolist() == [[7, 8, 9], [1, 2, 3]]


@pytest.mark.parametrize(
    "short",
    [
        b"",
        SIX[:-1],
        SIX[:-2],
        SIX[:3],
        bytes([2, 7, 8, 9, 0x80]),
        bytes([9, 1, 2, 3, 4, 5]),
        bytes([2, 7, 8, 9, 5, 1, 2]),
    ],
)
def test_an_rle_frame_that_lacks_a_byte_is_refused(short: bytes) -> None:
    with pytest.raises(CodestreamError):
        decode(RLELossless, RLE_HEADER + short, image_pixel(2, 3))


def test_a_jpeg_ls_that_lacks_its_end_is_whole() -> None:
    codestream = bytes(imagecodecs.jpegls_encode(GREY))
    assert codestream.endswith(b"\xff\xd9")
    assert_equal(decode(ANY, codestream[:-2], GREY_PIXEL).words, GREY)


def test_padding_behind_a_codestream_is_nothing_to_any_codec() -> None:
    for uid, encode in LOSSLESS.values():
        content = bytes(encode(GREY))
        for length in (1, 2, 7, 12):
            assert_equal(decode(uid, content + bytes(length), GREY_PIXEL).words, GREY)


def test_a_last_byte_that_is_missing_is_black() -> None:
    content = GREY.tobytes()
    words = decode(ENCAPSULATED_UNCOMPRESSED, content[:-1], GREY_PIXEL).words.reshape(-1)
    assert_equal(words[:-1], GREY.reshape(-1)[:-1])
    assert words[-1] == 0
    for uid, short in (
        (ENCAPSULATED_UNCOMPRESSED, content[:-2]),
        (DEFLATED_IMAGE_FRAME, zlib.compress(content[:-1], wbits=-15)),
    ):
        with pytest.raises(CodestreamError):
            decode(uid, short, GREY_PIXEL)


WRONG_SIZES = [
    replace(GREY_PIXEL, rows=17),
    replace(GREY_PIXEL, columns=25),
    replace(GREY_PIXEL, rows=60000, columns=60000),
    RGB_PIXEL,
]


@pytest.mark.parametrize("name", LOSSLESS)
@pytest.mark.parametrize("pixel", WRONG_SIZES, ids=["rows", "columns", "giant", "samples"])
def test_a_codestream_of_another_size_is_refused(name: str, pixel: ImagePixel) -> None:
    uid, encode = LOSSLESS[name]
    with pytest.raises(CodestreamError):
        decode(uid, bytes(encode(GREY)), pixel)


def test_a_size_that_the_codestream_merely_claims_is_refused_before_decoding() -> None:
    codestream = bytearray(jpeg(GREY))
    at = codestream.index(b"\xff\xc0") + 5
    codestream[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(CodestreamError):
        decode(ANY, bytes(codestream), GREY_PIXEL)


@pytest.mark.parametrize("segments", [[64], [64, 10], [64, 1 << 31], [3, 64]])
def test_rle_segments_must_be_as_many_as_the_bytes_and_lie_in_order(segments: list[int]) -> None:
    header = np.array([2, *segments, *[0] * (15 - len(segments))], "<u4").tobytes()
    with pytest.raises(CodestreamError):
        decode(RLELossless, header + bytes(100), image_pixel(2, 2, bits_allocated=16))


def test_a_deflated_frame_does_not_inflate_beyond_its_length() -> None:
    bomb = zlib.compress(bytes(50_000_000), wbits=-15)
    assert_equal(decode(DEFLATED_IMAGE_FRAME, bomb, GREY_PIXEL).words, np.zeros_like(GREY))


@pytest.mark.parametrize("name", LOSSLESS)
def test_what_is_cut_short_is_decoded_or_refused_and_nothing_else(name: str) -> None:
    uid, encode = LOSSLESS[name]
    content = bytes(encode(GREY))
    for length in {*range(0, len(content), max(1, len(content) // 40)), len(content) - 1}:
        try:
            assert decode(uid, content[:length], GREY_PIXEL).words.shape == GREY.shape
        except CodestreamError:
            continue


@pytest.mark.parametrize("name", LOSSLESS)
def test_rubbish_is_decoded_or_refused_and_nothing_else(name: str) -> None:
    uid, encode = LOSSLESS[name]
    content, chance = bytes(encode(GREY)), random.Random(1)
    for _ in range(60):
        broken = bytearray(content)
        for _ in range(chance.choice([1, 3, 10])):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            assert decode(uid, bytes(broken), GREY_PIXEL).words.shape == GREY.shape
        except CodestreamError:
            continue


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2.4.50", "1.2.3", RLELossless, DEFLATED_IMAGE_FRAME])
def test_what_is_no_codestream_at_all_is_refused(uid: str) -> None:
    for content in (b"", b"\0" * 10, b"rubbish" * 10, b"\xff\xd8", b"\xff\x4f\xff\x51", b"\xff\x0a"):
        with pytest.raises(CodestreamError):
            decode(uid, content, GREY_PIXEL)


def test_every_kind_of_codestream_has_a_decoder() -> None:
    assert set(BY_KIND) == set(Kind)


LACK = """
import resource, sys
sys.path[:0] = sys.argv[1:3]
from tests.support.datasets import image_pixel
from wado.image.codecs import CodestreamError, decode

side, room, codestream = int(sys.argv[3]), int(sys.argv[4]) << 20, open(sys.argv[5], "rb").read()
decode("1.2.840.10008.1.2.4.90", open(sys.argv[6], "rb").read(), image_pixel(8, 8))  # loads what is loaded once
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + room, used + room))
try:
    print(decode("1.2.840.10008.1.2.4.90", codestream, image_pixel(side, side)).words.shape == (side, side))
except (CodestreamError, MemoryError) as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize("encode", [imagecodecs.jpeg2k_encode, imagecodecs.htj2k_encode], ids=["jpeg2k", "htj2k"])
@pytest.mark.parametrize(
    ("room", "is_damaged", "outcome"),
    [(600, False, "True"), (30, False, "MemoryError"), (600, True, "CodestreamError")],
)
def test_a_lack_of_memory_is_not_taken_for_damage(
    encode: Callable[..., bytes], room: int, is_damaged: bool, outcome: str, tmp_path: Path
) -> None:
    """25 million samples, for each of which the libraries take 4 bytes, in so many MiB.

    They are encoded in another process than they are decoded in: what an encoder has freed would be room as well.
    """
    codestreams = [bytes(encode(np.zeros((side, side), np.uint8), reversible=True)) for side in (5000, 8)]
    files = [tmp_path / "large", tmp_path / "small"]
    files[0].write_bytes(codestreams[0][: len(codestreams[0]) // 2] if is_damaged else codestreams[0])
    files[1].write_bytes(codestreams[1])
    command = [sys.executable, "-c", LACK, str(ROOT), str(ROOT / "plugin"), "5000", str(room), *map(str, files)]
    environment = {"MALLOC_MMAP_THRESHOLD_": "1000000"}
    answer = subprocess.run(command, capture_output=True, check=True, env=environment, text=True).stdout
    assert answer.strip() == outcome
