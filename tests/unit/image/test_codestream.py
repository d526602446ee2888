"""What codestreams say of themselves, put together marker by marker."""

from __future__ import annotations

import struct

import imagecodecs
import numpy as np
import pytest

from wado.image.codestream import (
    JPEG_LS_FRAME,
    LOSSLESS_FRAME,
    Kind,
    Loss,
    bare_jpeg_2000,
    has_every_restart,
    has_every_scan,
    kind_of_loss,
    read_jpeg_2000_header,
    read_jpeg_header,
    recognise,
)

SOI = b"\xff\xd8"
SOS = b"\xff\xda\x00\x0c" + bytes(10)
JFIF = b"\xff\xe0\x00\x10JFIF\0" + bytes(9)
PICTURE = np.arange(64 * 3, dtype=np.uint8).reshape(8, 8, 3)


def adobe(transform: int) -> bytes:
    return b"\xff\xee\x00\x0eAdobe" + bytes(6) + bytes([transform])


def jpeg_2000(codecformat: str) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(PICTURE, codecformat=codecformat))


def frame(marker: int = 0xC0, identifiers: bytes = b"\1\2\3", factors: bytes = b"\x11\x11\x11") -> bytes:
    components = b"".join(
        bytes([identifier, factor, 0]) for identifier, factor in zip(identifiers, factors, strict=True)
    )
    content = struct.pack(">BHHB", 8, 20, 30, len(identifiers)) + components
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def test_a_frame_header_gives_the_size_and_the_components() -> None:
    header = read_jpeg_header(SOI + JFIF + frame(factors=b"\x21\x11\x11") + SOS)
    assert header
    assert (header.rows, header.columns) == (20, 30)
    assert header.components == ((1, 2, 1), (2, 1, 1), (3, 1, 1))
    assert header.has_jfif and header.adobe_transform is None


@pytest.mark.parametrize(
    "between",
    [b"\xff\xff\xff", b"\xff\x01", b"\xff\xd0", b"\xff\xfe\x00\x07hello", b"\xff\xc4\x00\x04\x00\x00"],
    ids=["fill bytes", "TEM", "RST", "comment", "Huffman table"],
)
def test_other_markers_before_the_frame_are_passed_over(between: bytes) -> None:
    header = read_jpeg_header(SOI + between + frame() + SOS)
    assert header and header.rows == 20


@pytest.mark.parametrize(
    "codestream",
    [
        b"",
        SOI,
        SOI + SOS,
        SOI + SOS + frame(),
        SOI + b"rubbish" + frame(),
        SOI + b"\xff\xe0\x00\x00" + frame(),
        SOI + b"\xff\xe0\xff\xff",
        SOI + frame()[:5],
    ],
    ids=["nothing", "start", "no frame", "frame after scan", "rubbish", "length 0", "length beyond", "cut short"],
)
def test_a_codestream_without_a_frame_header_has_none(codestream: bytes) -> None:
    assert read_jpeg_header(codestream) is None


def test_components_beyond_the_end_of_the_segment_are_not_made_up() -> None:
    header = read_jpeg_header(SOI + frame()[:-3])
    assert header and len(header.components) == 2


@pytest.mark.parametrize(
    ("segments", "by_the_object", "is_ybr"),
    [
        pytest.param(JFIF + frame(), False, True, id="JFIF is YBR whatever the object says"),
        pytest.param(JFIF + frame(identifiers=b"RGB"), False, True, id="JFIF comes before the identifiers"),
        pytest.param(adobe(1) + frame(), False, True, id="Adobe's transform 1 is YBR"),
        pytest.param(adobe(0) + frame(), True, False, id="Adobe's transform 0 is RGB"),
        pytest.param(frame(identifiers=b"RGB"), True, False, id="the identifiers R, G, B are RGB"),
        pytest.param(frame(factors=b"\x21\x11\x11"), False, True, id="fewer samples are chrominance"),
        pytest.param(frame(identifiers=b"\0\1\2"), False, False, id="without a word the object says: RGB"),
        pytest.param(frame(identifiers=b"\0\1\2"), True, True, id="without a word the object says: YBR"),
        pytest.param(frame(), False, False, id="the identifiers 1, 2, 3 say nothing"),
    ],
)
def test_the_codestream_decides_on_its_colours_before_the_object(
    segments: bytes, by_the_object: bool, is_ybr: bool
) -> None:
    header = read_jpeg_header(SOI + segments + SOS)
    assert header and header.is_ybr(otherwise=by_the_object) is is_ybr


@pytest.mark.parametrize(
    ("codestream", "kind"),
    [
        (SOI + frame(), Kind.JPEG),
        (SOI + frame(LOSSLESS_FRAME), Kind.JPEG),
        (SOI + frame(JPEG_LS_FRAME), Kind.JPEG_LS),
        (b"\xff\x4f\xff\x51", Kind.JPEG_2000),
        (bytes(100) + b"\xff\x4f\xff\x51", Kind.JPEG_2000),
        (b"\xff\x0a", Kind.JPEG_XL),
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n", Kind.JPEG_XL),
        (b"", None),
        (bytes(200), None),
        (bytes(5000) + b"\xff\x4f\xff\x51", None),
    ],
)
def test_a_codestream_is_recognised_by_its_beginning(codestream: bytes, kind: Kind | None) -> None:
    assert recognise(codestream) is kind


def test_a_lossless_frame_is_known_by_its_marker() -> None:
    lossless, lossy = read_jpeg_header(SOI + frame(LOSSLESS_FRAME)), read_jpeg_header(SOI + frame())
    assert lossless and lossless.is_lossless
    assert lossy and not lossy.is_lossless


def test_a_jpeg_2000_header_gives_the_size_and_the_coding() -> None:
    codestream = bare_jpeg_2000(jpeg_2000("j2k"))
    header = read_jpeg_2000_header(codestream)
    assert header
    assert (header.rows, header.columns, header.number_of_components) == (8, 8, 3)
    assert header.number_of_tiles == 1
    assert not header.is_subsampled


def test_boxes_before_a_jpeg_2000_codestream_are_cut_away() -> None:
    boxed = jpeg_2000("jp2")
    assert not boxed.startswith(b"\xff\x4f")
    assert bare_jpeg_2000(boxed).startswith(b"\xff\x4f\xff\x51")


@pytest.mark.parametrize("length", [0, 2, 8, 41, 45, 50, 60])
def test_a_jpeg_2000_header_that_is_cut_short_is_none(length: int) -> None:
    codestream = jpeg_2000("j2k")
    assert read_jpeg_2000_header(codestream[:length]) is None


@pytest.mark.parametrize(
    ("at", "value"), [(16, 1), (24, 0), (28, 0), (32, 1)], ids=["offset", "width", "height", "tile"]
)
def test_a_jpeg_2000_header_with_offsets_or_empty_tiles_makes_no_sense(at: int, value: int) -> None:
    codestream = bytearray(jpeg_2000("j2k"))
    codestream[at : at + 4] = value.to_bytes(4, "big")
    assert read_jpeg_2000_header(bytes(codestream)) is None


def scan(*identifiers: int) -> bytes:
    """A scan's header, and a few bytes in place of its data."""
    components = b"".join(bytes([identifier, 0]) for identifier in identifiers)
    content = bytes([len(identifiers)]) + components + b"\x00\x3f\x00"
    return b"\xff\xda" + struct.pack(">H", len(content) + 2) + content + b"data\xff\x00data"


@pytest.mark.parametrize(
    ("scans", "has_one_scan", "is_whole"),
    [
        ([(1, 2, 3)], True, True),
        ([(1,), (2,), (3,)], False, True),
        ([(1,), (2, 3)], False, True),
        ([(1,), (2,)], False, False),
        ([(1,)], False, False),
    ],
)
@pytest.mark.parametrize("marker", [0xC0, 0xC1, LOSSLESS_FRAME])
def test_each_component_has_its_scan(
    scans: list[tuple[int, ...]], has_one_scan: bool, is_whole: bool, marker: int
) -> None:
    codestream = SOI + frame(marker) + b"".join(scan(*identifiers) for identifiers in scans)
    header = read_jpeg_header(codestream)
    assert header and codestream[header.first_scan :].startswith(b"\xff\xda")
    assert header.has_one_scan == has_one_scan
    assert has_every_scan(codestream, header) == is_whole


def test_of_a_progressive_jpeg_nobody_can_tell_whether_every_scan_is_there() -> None:
    codestream = SOI + frame(0xC2) + scan(1)
    header = read_jpeg_header(codestream)
    assert header and not header.has_one_scan
    assert has_every_scan(codestream, header)


def restarts(*numbers: int) -> bytes:
    return b"".join(b"\xff" + bytes([0xD0 + number]) + b"data" for number in numbers)


@pytest.mark.parametrize(
    ("marker", "factors", "interval", "numbers", "is_whole"),
    [
        # 20 rows and 30 columns are 3 by 4 blocks of 8, of which two by two are one unit, or 600 samples.
        (0xC0, b"\x11\x11\x11", 5, (0, 1), True),
        (0xC0, b"\x11\x11\x11", 5, (0, 1, 2), True),
        (0xC0, b"\x11\x11\x11", 5, (0, 1, 2, 3), False),
        (0xC0, b"\x11\x11\x11", 5, (0,), False),
        (0xC0, b"\x11\x11\x11", 5, (0, 2), False),
        (0xC0, b"\x11\x11\x11", 1, (0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2), True),
        (0xC0, b"\x22\x11\x11", 1, (0, 1, 2), True),
        (0xC0, b"\x22\x11\x11", 1, (0, 1), False),
        (0xC0, b"\x22", 6, (0,), True),
        (LOSSLESS_FRAME, b"\x11", 300, (0,), True),
        (LOSSLESS_FRAME, b"\x11", 300, (), False),
        (0xC0, b"\x11", 0, (), True),
    ],
)
def test_the_markers_of_restarts_are_counted(
    marker: int, factors: bytes, interval: int, numbers: tuple[int, ...], is_whole: bool
) -> None:
    identifiers = bytes(range(1, len(factors) + 1))
    define = b"\xff\xdd\x00\x04" + struct.pack(">H", interval)
    codestream = SOI + define + frame(marker, identifiers, factors) + scan(*identifiers) + restarts(*numbers)
    header = read_jpeg_header(codestream)
    assert header and header.restart_interval == interval
    assert has_every_restart(codestream, header) == is_whole


GREY_8 = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)


@pytest.mark.parametrize(
    ("codestream", "loss"),
    [
        (imagecodecs.jpeg8_encode(GREY_8, 100), Loss.JPEG),
        (imagecodecs.jpeg8_encode(GREY_8, lossless=True), None),
        (imagecodecs.jpegls_encode(GREY_8, 1), Loss.JPEG_LS),
        (imagecodecs.jpegls_encode(np.stack([GREY_8] * 3, -1), 1), Loss.JPEG_LS),
        (imagecodecs.jpegls_encode(GREY_8, 0), None),
        (imagecodecs.jpeg2k_encode(GREY_8, 30, reversible=False), Loss.JPEG_2000),
        (imagecodecs.jpeg2k_encode(GREY_8, reversible=True), None),
        (imagecodecs.htj2k_encode(GREY_8, 0.01, reversible=False), Loss.HIGH_THROUGHPUT_JPEG_2000),
        (imagecodecs.htj2k_encode(GREY_8, reversible=True), None),
        (imagecodecs.jpegxl_encode(GREY_8, 90), Loss.JPEG_XL),
        (imagecodecs.jpegxl_encode(GREY_8.astype(np.uint16) * 16, 90), Loss.JPEG_XL),
        (imagecodecs.jpegxl_encode(np.stack([GREY_8] * 3, -1), 90, usecontainer=True), Loss.JPEG_XL),
        (imagecodecs.jpegxl_encode(GREY_8, lossless=True), None),
        (imagecodecs.jpegxl_encode(GREY_8.astype(np.uint16) * 16, lossless=True), None),
        (imagecodecs.jpegxl_encode(np.stack([GREY_8] * 3, -1), lossless=True, usecontainer=True), None),
        (imagecodecs.jpegxl_encode_jpeg(imagecodecs.jpeg8_encode(GREY_8, 90)), Loss.JPEG),
        (b"", None),
    ],
)
def test_a_codestream_says_whether_it_lost_something(codestream: bytes, loss: Loss | None) -> None:
    assert kind_of_loss(bytes(codestream)) is loss
