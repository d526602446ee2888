"""Codestreams that are copied: no comments, and the same picture."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.support.datasets import make_image, to_file
from wado.deidentify.codestream import clean_frame
from wado.deidentify.jpeg import clean_jpeg
from wado.dicom.stored_image import read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.image.codecs import BY_TRANSFER_SYNTAX, CodestreamError, decode
from wado.image.compress import Frame, encode_deflated, encode_native, encode_rle
from wado.image.ends_in_text import TextError
from wado.image.pixels import ImagePixel

PICTURE: Any = (np.add.outer(np.arange(40), np.arange(60)) % 200).astype(np.uint8)
SECRET = b"Bergmann^Ilse"


def pixel_of(pixels: Any, **changes: Any) -> ImagePixel:
    source = BytesSource(to_file(make_image(pixels, **changes)))
    return read_stored_image(read_stored_object(source), source).pixel


PIXEL = pixel_of(PICTURE)
_JPEG = "1.2.840.10008.1.2.4."
BASELINE, JPEG_XL, RECOMPRESSED = f"{_JPEG}50", f"{_JPEG}110", f"{_JPEG}111"
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
def test_what_is_hardly_a_codestream_is_refused(codestream: bytes) -> None:
    with pytest.raises(CodestreamError):
        clean_frame(f"{_JPEG}50", codestream, PIXEL)


def before_scan(jpeg: bytes, segment: bytes) -> bytes:
    at = jpeg.index(b"\xff\xda")
    return jpeg[:at] + segment + jpeg[at:]


def segment_of(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (2 + len(content)).to_bytes(2, "big") + content


LETTERS = b"BERGMANILS,ToHx6"
"""As many as a table of quantities or codes takes, without one twice."""

USELESS: dict[str, tuple[bytes, Any]] = {
    "codes of no scan": (
        before_scan(baseline(), segment_of(0xC4, b"\x13" + bytes([*[0] * 15, len(LETTERS)]) + LETTERS)),
        imagecodecs.jpeg8_decode,
    ),
    "quantities of no component": (
        before_scan(baseline(), segment_of(0xDB, b"\3" + LETTERS * 4)),
        imagecodecs.jpeg8_decode,
    ),
    "behind the last scan": (baseline()[:-2] + LETTERS + baseline()[-2:], imagecodecs.jpeg8_decode),
    "behind the scan of a lossless one": (
        bytes(imagecodecs.ljpeg_encode(PICTURE))[:-2] + LETTERS + b"\xff\xd9",
        imagecodecs.ljpeg_decode,
    ),
    "a second scan": (
        baseline()[:-2] + segment_of(0xDA, b"\1\1\0\0\x3f\0") + LETTERS + b"\xff\xd9",
        imagecodecs.jpeg8_decode,
    ),
    "Adobe's flags": (
        with_segment(baseline(), 0xEE, b"Adobe\0\x64" + b"ILSE" + b"\0"),
        imagecodecs.jpeg8_decode,
    ),
    "the density of JFIF": (
        baseline().replace(b"JFIF\0\1\1\0\0\1\0\1", b"JFIF\0\1\1\0ILSE"),
        imagecodecs.jpeg8_decode,
    ),
}


@pytest.mark.parametrize("name", USELESS)
def test_a_jpeg_keeps_nothing_that_no_scan_uses(name: str) -> None:
    jpeg, decode = USELESS[name]
    assert LETTERS in jpeg or b"ILSE" in jpeg
    cleaned = clean_codestream(jpeg)
    assert LETTERS not in cleaned and b"ILSE" not in cleaned
    assert np.array_equal(decode(cleaned), decode(baseline() if name == "a second scan" else jpeg))


def test_a_cleaned_jpeg_stays_as_it_is() -> None:
    for jpeg, _ in JPEGS.values():
        cleaned = clean_codestream(jpeg)
        assert clean_codestream(cleaned) == cleaned


UNFIT_JPEGS = {
    "a table that is too long": before_scan(baseline(), segment_of(0xDB, b"\0" + bytes(range(1, 65)) + SECRET)),
    "a code twice": before_scan(baseline(), segment_of(0xC4, b"\x10" + bytes([*[0] * 15, len(SECRET)]) + SECRET)),
    "a category that is none": before_scan(baseline(), segment_of(0xC4, b"\3" + bytes([*[0] * 15, 4]) + b"Ilse")),
    "a frame that is too long": baseline().replace(b"\xff\xc0\x00\x0b", b"\xff\xc0\x00\x18", 1),
    "a second frame": before_scan(baseline(), segment_of(0xC0, b"\x08\0\x28\0\x3c\1\1\x11\0")),
    "a number of lines that is too long": before_scan(baseline(), segment_of(0xDC, b"\0\x28" + SECRET)),
    "a restart interval that is too long": before_scan(baseline(), segment_of(0xDD, b"\0\x28" + SECRET)),
    "a reserved frame": before_scan(baseline(), segment_of(0xC8, SECRET)),
    "a hierarchical one": before_scan(baseline(), segment_of(0xDE, SECRET)),
    "conditions of arithmetic coding": before_scan(baseline(), segment_of(0xCC, SECRET * 2)),
    "of another size": before_scan(baseline(), b"").replace(b"\x00\x28\x00\x3c", b"\x00\x30\x00\x3c", 1),
    "JPEG-LS with more data": bytes(imagecodecs.jpegls_encode(PICTURE))[:-2] + SECRET + b"\xff\xd9",
    "JPEG-LS with a mapping table": with_segment(bytes(imagecodecs.jpegls_encode(PICTURE)), 0xF8, b"\2\1\1"),
}


@pytest.mark.parametrize("name", UNFIT_JPEGS)
def test_a_jpeg_that_is_not_as_it_should_be_is_refused(name: str) -> None:
    with pytest.raises(CodestreamError):
        clean_codestream(UNFIT_JPEGS[name])


def in_main_header(marker: int, content: bytes) -> bytes:
    codestream = jpeg_2000_with_comment()
    return codestream.replace(b"\xff\x90", segment_of(marker, content) + b"\xff\x90", 1)


def in_tile_part(marker: int, content: bytes) -> bytes:
    codestream = jpeg_2000_with_comment()
    longer = codestream.replace(b"\xff\x93", segment_of(marker, content) + b"\xff\x93", 1)
    length = int.from_bytes(codestream[(at := codestream.index(b"\xff\x90") + 6) : at + 4], "big")
    return with_length_of_tile_part(longer, length + 4 + len(content))


POINTERS = {
    "lengths of packets": in_main_header(0x57, b"\0" + SECRET),
    "where components are": in_main_header(0x63, SECRET),
    "a profile": in_main_header(0x59, SECRET),
    "lengths of packets in a tile part": in_tile_part(0x58, b"\0" + SECRET),
    "a comment in a tile part": in_tile_part(0x64, b"\0\1" + SECRET),
}


@pytest.mark.parametrize("name", POINTERS)
def test_a_jpeg_2000_loses_pointers_and_comments(name: str) -> None:
    cleaned = clean_codestream(POINTERS[name])
    assert SECRET not in cleaned and b"OpenJPEG" not in cleaned
    assert cleaned == clean_codestream(jpeg_2000_with_comment())
    assert np.array_equal(imagecodecs.jpeg2k_decode(cleaned), PICTURE)


UNFIT_SEGMENTS = {
    "capabilities of nothing": in_main_header(0x50, bytes(4)),
    "capabilities that are too long": in_main_header(0x50, b"\0\2\0\0" + SECRET),
    "coding style": in_main_header(0x52, bytes.fromhex("00000001000204040001") + SECRET),
    "coding style of a component": in_main_header(0x53, bytes.fromhex("00000204040001") + SECRET),
    "quantization": in_main_header(0x5C, b"\x40" + SECRET),
    "quantization of a component": in_main_header(0x5D, b"\0\x40" + SECRET),
    "a region": in_main_header(0x5E, SECRET),
    "a progression": in_main_header(0x5F, SECRET + b"^"),
    "packed headers": in_main_header(0x60, SECRET),
    "packed headers in a tile part": in_tile_part(0x61, SECRET),
    "a profile": in_main_header(0x56, SECRET),
    "Part 2": in_main_header(0x74, SECRET),
    "text behind packets of another order": with_length_of_tile_part(
        in_main_header(0x5F, b"\0\0\0\1\3\1\0").replace(b"\xff\xd9", SECRET * 2 + b"\xff\xd9"), 0
    ),
}


@pytest.mark.parametrize("name", UNFIT_SEGMENTS)
def test_a_jpeg_2000_with_a_segment_of_another_length_is_refused(name: str) -> None:
    with pytest.raises(CodestreamError):
        clean_codestream(UNFIT_SEGMENTS[name])


def test_a_jpeg_2000_may_change_the_order_of_its_packets() -> None:
    codestream = in_main_header(0x5F, b"\0\0\0\1\3\1\0")
    assert np.array_equal(imagecodecs.jpeg2k_decode(clean_codestream(codestream)), PICTURE)


def test_a_high_throughput_jpeg_2000_keeps_its_capabilities_and_lengths() -> None:
    """Transfer syntaxes of resolutions in tile parts of their own want those of the parts (PS3.5 A.4.12)."""
    by_resolution: dict[str, Any] = {"tlm": True, "tilepart": imagecodecs.HTJ2K.TILEPART.RESOLUTIONS}
    codestream = bytes(imagecodecs.htj2k_encode(PICTURE, reversible=True, **by_resolution))
    cleaned = clean_codestream(codestream.replace(b"\xff\x52", segment_of(0x64, b"\0\1" + SECRET) + b"\xff\x52", 1))
    assert SECRET not in cleaned
    assert b"\xff\x50\x00\x08" in cleaned
    assert np.array_equal(imagecodecs.jpeg2k_decode(cleaned), imagecodecs.jpeg2k_decode(codestream))
    at = cleaned.index(b"\xff\x55")
    length = int.from_bytes(cleaned[at + 2 : at + 4], "big")
    told = [int.from_bytes(cleaned[place : place + 4], "big") for place in range(at + 8, at + 2 + length, 6)]
    starts = [match.start() for match in re.finditer(b"\xff\x90\x00\x0a", cleaned)]
    assert len(starts) > 1
    assert told == [end - start for start, end in pairwise([*starts, cleaned.rindex(b"\xff\xd9")])]


def test_a_jpeg_2000_may_tell_of_quantization_before_coding() -> None:
    codestream = clean_codestream(jpeg_2000_with_comment())
    coding, quantization = codestream.index(b"\xff\x52"), codestream.index(b"\xff\x5c")
    end = codestream.index(b"\xff\x90")
    swapped = codestream[:coding] + codestream[quantization:end] + codestream[coding:quantization] + codestream[end:]
    assert clean_codestream(swapped) == swapped


def test_a_sequential_jpeg_keeps_its_tables_whatever_its_scan_says_of_the_spectrum() -> None:
    """Decoders take all of it (ISO/IEC 10918-1 B.2.3), and some writers say that there is nothing but DC."""
    jpeg = baseline().replace(b"\x00\x3f\x00", bytes(3), 1)
    assert np.array_equal(imagecodecs.jpeg8_decode(clean_codestream(jpeg)), imagecodecs.jpeg8_decode(baseline()))


COLOR: Any = np.dstack([PICTURE, PICTURE[::-1], PICTURE[:, ::-1]])
COLOR_PIXEL = pixel_of(COLOR, photometric_interpretation="RGB")
SEVERAL_SCANS: dict[str, tuple[Any, ImagePixel, dict[str, Any]]] = {
    "grey": (PICTURE, PIXEL, {"progressive": True}),
    "colour": (COLOR, COLOR_PIXEL, {"progressive": True}),
    "restarts": (PICTURE, PIXEL, {"restart_marker_rows": 1}),
    "restarts of colours": (COLOR, COLOR_PIXEL, {"restart_marker_blocks": 1}),
    "progressive with restarts": (COLOR, COLOR_PIXEL, {"progressive": True, "restart_marker_rows": 1}),
}


def jpeg_of(pixels: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90, **options)
    return clean_jpeg(file.getvalue())


def ends_of_scans(jpeg: bytes) -> list[int]:
    """Where a marker is behind coded data that is no restart."""
    scans = [match.start() for match in re.finditer(rb"\xff\xda", jpeg)]
    return [re.compile(rb"\xff[\xc0-\xcf\xd9-\xfe]").search(jpeg, at + 2).start() for at in scans]  # type: ignore[union-attr]


@pytest.mark.parametrize("name", SEVERAL_SCANS)
def test_nothing_is_behind_any_scan_of_a_jpeg(name: str) -> None:
    pixels, pixel, options = SEVERAL_SCANS[name]
    jpeg = jpeg_of(pixels, **options)
    cleaned = clean_frame(BASELINE, jpeg, pixel)
    assert np.array_equal(imagecodecs.jpeg8_decode(cleaned), imagecodecs.jpeg8_decode(jpeg))
    ends = ends_of_scans(jpeg)
    assert len(ends) > 5 or "progressive" not in options
    for end in ends:
        assert clean_frame(BASELINE, jpeg[:end] + b"von Ilse" + jpeg[end:], pixel) == cleaned


@pytest.mark.parametrize("name", [name for name in SEVERAL_SCANS if "restarts" in name])
def test_a_jpeg_with_text_before_a_restart_is_refused(name: str) -> None:
    pixels, pixel, options = SEVERAL_SCANS[name]
    jpeg = jpeg_of(pixels, **options)
    restarts = [match.start() for match in re.finditer(rb"\xff[\xd0-\xd7]", jpeg)]
    assert restarts
    for at in restarts:
        with pytest.raises(TextError):
            clean_frame(BASELINE, jpeg[:at] + b"von Ilse" + jpeg[at:], pixel)


@pytest.mark.parametrize("length", [4, 63, 64, 65, 4095, 4096, 4097, 9000])
def test_what_is_behind_a_scan_may_have_any_length(length: int) -> None:
    jpeg = jpeg_of(PICTURE)
    tail = bytes(np.random.default_rng(length).integers(1, 255, length, np.uint8))
    assert clean_frame(BASELINE, jpeg[:-2] + tail + jpeg[-2:], PIXEL) == clean_frame(BASELINE, jpeg, PIXEL)
