"""Codestreams that are copied: no comments, and the same picture."""

from __future__ import annotations

import io
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.support.datasets import make_image, to_file
from wado.deidentify.codestream import clean_frame
from wado.dicom.stored_image import read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.image.codecs import BY_TRANSFER_SYNTAX, CodestreamError, decode
from wado.image.compress import Frame, encode_deflated, encode_native, encode_rle
from wado.image.pixels import ImagePixel

PICTURE: Any = (np.add.outer(np.arange(40), np.arange(60)) % 200).astype(np.uint8)
SECRET = b"Bergmann^Ilse"


def pixel_of(pixels: Any, **changes: Any) -> ImagePixel:
    source = BytesSource(to_file(make_image(pixels, **changes)))
    return read_stored_image(read_stored_object(source), source).pixel


PIXEL = pixel_of(PICTURE)
_JPEG = "1.2.840.10008.1.2.4."
JPEG_XL, RECOMPRESSED = f"{_JPEG}110", f"{_JPEG}111"
RLE, UNCOMPRESSED, DEFLATED = "1.2.840.10008.1.2.5", f"{_JPEG.rstrip('4.')}.1.98", "1.2.840.10008.1.2.8.1"


def clean_codestream(codestream: bytes) -> bytes:
    return clean_frame(f"{_JPEG}70", codestream, PIXEL)


def with_segment(jpeg: bytes, marker: int, before: bytes = b"") -> bytes:
    """A JPEG with one more segment behind its first marker."""
    content = before + SECRET
    return jpeg[:2] + bytes([0xFF, marker]) + (2 + len(content)).to_bytes(2, "big") + content + jpeg[2:]


def baseline(**options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(PICTURE).save(file, "JPEG", quality=90, **options)
    return file.getvalue()


JPEGS: dict[str, tuple[bytes, Any]] = {
    "comment": (with_segment(baseline(), 0xFE), imagecodecs.jpeg8_decode),
    "Exif": (with_segment(baseline(), 0xE1), imagecodecs.jpeg8_decode),
    "progressive": (with_segment(baseline(progressive=True), 0xFE), imagecodecs.jpeg8_decode),
    "behind the end": (baseline() + SECRET, imagecodecs.jpeg8_decode),
    "between segments": (baseline()[:2] + SECRET + baseline()[2:], imagecodecs.jpeg8_decode),
    "Adobe": (with_segment(baseline(), 0xEE, b"Adobe\0\x64\0\0\0\0\0"), imagecodecs.jpeg8_decode),
    "lossless": (with_segment(bytes(imagecodecs.ljpeg_encode(PICTURE)), 0xFE), imagecodecs.ljpeg_decode),
    "number of lines": (with_segment(baseline(), 0xDC, b"\0\x28"), imagecodecs.jpeg8_decode),
    "HP": (with_segment(bytes(imagecodecs.jpegls_encode(PICTURE)), 0xE8, b"mrfx\0"), imagecodecs.jpegls_decode),
    "JPEG-LS": (with_segment(bytes(imagecodecs.jpegls_encode(PICTURE)), 0xFE), imagecodecs.jpegls_decode),
}


@pytest.mark.parametrize("name", JPEGS)
def test_a_jpeg_loses_its_comments_and_no_pixel(name: str) -> None:
    jpeg, decode = JPEGS[name]
    assert SECRET in jpeg
    cleaned = clean_codestream(jpeg)
    assert SECRET not in cleaned and len(cleaned) % 2 == 0
    assert np.array_equal(decode(cleaned), decode(jpeg))


def jpeg_2000_with_comment() -> bytes:
    codestream = bytes(imagecodecs.jpeg2k_encode(PICTURE, codecformat="j2k", level=0, reversible=True))
    at = codestream.index(b"\xff\x52")
    return codestream[:at] + b"\xff\x64" + (4 + len(SECRET)).to_bytes(2, "big") + b"\0\1" + SECRET + codestream[at:]


@pytest.mark.parametrize("behind", [b"", SECRET])
def test_a_jpeg_2000_loses_its_comments_and_no_pixel(behind: bytes) -> None:
    codestream = jpeg_2000_with_comment() + behind
    cleaned = clean_codestream(codestream)
    assert SECRET not in cleaned
    assert np.array_equal(imagecodecs.jpeg2k_decode(cleaned), PICTURE)


@pytest.mark.parametrize("marker", [0x02, 0xBF, 0xF0, 0xFD])
def test_a_jpeg_loses_segments_that_no_decoder_knows(marker: int) -> None:
    assert clean_codestream(with_segment(baseline(), marker)) == clean_codestream(baseline())


def with_length_of_tile_part(codestream: bytes, length: int) -> bytes:
    """Of its first and only one (ISO/IEC 15444-1 A.4.2)."""
    at = codestream.index(b"\xff\x90") + 6
    return codestream[:at] + length.to_bytes(4, "big") + codestream[at + 4 :]


@pytest.mark.parametrize("length", [0, 5000], ids=["up to the end", "and further"])
def test_a_jpeg_2000_ends_where_its_last_tile_part_does(length: int) -> None:
    codestream = with_length_of_tile_part(jpeg_2000_with_comment(), length)
    cleaned = clean_codestream(codestream + SECRET)
    assert SECRET not in cleaned and cleaned.rstrip(b"\0").endswith(b"\xff\xd9")
    if not length:
        assert np.array_equal(imagecodecs.jpeg2k_decode(cleaned), PICTURE)


UNFIT_JPEG_2000 = {
    "a length that is too small": with_length_of_tile_part(jpeg_2000_with_comment(), 12),
    "no end": jpeg_2000_with_comment()[:-2] + SECRET,
    "an unknown segment": jpeg_2000_with_comment().replace(b"\xff\x64", b"\xff\x65"),
}


@pytest.mark.parametrize("name", UNFIT_JPEG_2000)
def test_a_jpeg_2000_whose_parts_cannot_be_told_is_refused(name: str) -> None:
    with pytest.raises(CodestreamError):
        clean_codestream(UNFIT_JPEG_2000[name])


def test_a_jpeg_2000_without_an_end_is_as_it_was() -> None:
    codestream = clean_codestream(jpeg_2000_with_comment()).rstrip(b"\0")[:-2]
    assert clean_codestream(codestream).rstrip(b"\0") == codestream.rstrip(b"\0")


def jpeg_xl(**options: Any) -> bytes:
    return bytes(imagecodecs.jpegxl_encode(PICTURE, **options))


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


JPEG_XLS = {
    "a box": jpeg_xl(lossless=True, usecontainer=True) + box(b"xml ", SECRET),
    "no box": jpeg_xl(lossless=True, usecontainer=True) + SECRET,
    "behind": jpeg_xl(lossless=True, usecontainer=False) + SECRET,
    "lossy, behind": jpeg_xl(level=80, usecontainer=False) + SECRET,
    "far behind": jpeg_xl(lossless=True, usecontainer=False) + bytes(5000) + SECRET,
    "nothing": jpeg_xl(lossless=True, usecontainer=False),
}


@pytest.mark.parametrize("name", JPEG_XLS)
def test_a_jpeg_xl_loses_all_but_its_picture(name: str) -> None:
    codestream = JPEG_XLS[name]
    cleaned = clean_frame(JPEG_XL, codestream, PIXEL)
    assert SECRET not in cleaned and len(cleaned) % 2 == 0
    assert np.array_equal(imagecodecs.jpegxl_decode(cleaned), imagecodecs.jpegxl_decode(codestream))
    if name == "nothing":
        assert cleaned.rstrip(b"\0") == codestream.rstrip(b"\0")


@pytest.mark.parametrize("name", ["comment", "Exif", "behind the end", "Adobe"])
def test_a_jpeg_in_jpeg_xl_loses_what_the_jpeg_does(name: str) -> None:
    jpeg, _ = JPEGS[name]
    codestream = bytes(imagecodecs.jpegxl_encode_jpeg(jpeg, usecontainer=True))
    assert SECRET in bytes(imagecodecs.jpegxl_decode_jpeg(codestream, numthreads=1))
    cleaned = clean_frame(RECOMPRESSED, codestream, PIXEL)
    restored = bytes(imagecodecs.jpegxl_decode_jpeg(cleaned, numthreads=1))
    assert SECRET not in cleaned and SECRET not in restored
    assert np.array_equal(imagecodecs.jpeg8_decode(restored), imagecodecs.jpeg8_decode(jpeg))


@pytest.mark.parametrize(
    "pixels",
    [
        PICTURE,
        (PICTURE.astype(np.uint16) << 4),
        np.dstack([PICTURE] * 3),
        np.arange(24, dtype=np.uint32).reshape(4, 6),
    ],
    ids=["8 bits", "16 bits", "colour", "32 bits"],
)
def test_rle_loses_what_is_behind_its_rows_and_segments(pixels: Any) -> None:
    pixel = pixel_of(pixels, photometric_interpretation="RGB" if pixels.ndim == 3 else "MONOCHROME2")
    rle = encode_rle(Frame(pixels, pixel.cell.bits_stored), 100)
    run = bytes([len(SECRET) - 1]) + SECRET
    for behind in (run, SECRET):
        cleaned = clean_frame(RLE, rle + behind, pixel)
        assert SECRET not in cleaned and len(cleaned) % 2 == 0
        assert np.array_equal(decode(RLE, cleaned, pixel).words, pixels)
    with pytest.raises(CodestreamError):
        clean_frame(RLE, rle[:-1], pixel)


@pytest.mark.parametrize(("uid", "encode"), [(UNCOMPRESSED, encode_native), (DEFLATED, encode_deflated)])
def test_frames_without_a_codec_lose_what_is_behind_them(uid: str, encode: Any) -> None:
    assert uid in BY_TRANSFER_SYNTAX
    cleaned = clean_frame(uid, encode(Frame(PICTURE, 8), 100) + SECRET, PIXEL)
    assert SECRET not in cleaned and len(cleaned) % 2 == 0
    assert np.array_equal(decode(uid, cleaned, PIXEL).words, PICTURE)


@pytest.mark.parametrize("uid", [f"{_JPEG}50", JPEG_XL, RLE, UNCOMPRESSED, DEFLATED])
@pytest.mark.parametrize("codestream", [b"", b"nothing", b"\xff\x0a" + SECRET, b"\0\0\0\x0cJXL \r\n\x87\n"])
def test_what_cannot_be_looked_at_is_refused(uid: str, codestream: bytes) -> None:
    with pytest.raises(CodestreamError):
        clean_frame(uid, codestream, PIXEL)


@pytest.mark.parametrize("codestream", [b"\xff\xd8", b"\xff\xd8\xff", b"\xff\x4f\xff\x51"])
def test_what_is_hardly_a_codestream_does_no_harm(codestream: bytes) -> None:
    clean_frame(f"{_JPEG}50", codestream, PIXEL)
