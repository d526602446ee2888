"""What a codestream says of itself, before a decoder is let near it.

The transfer syntax is wrong often enough that the codestream decides; and a decoder believes whatever size the
codestream claims, so that it must be that of the image first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from wado.image.jpeg_xl_header import JPEG_XL_CODESTREAM, JPEG_XL_FILE, is_from_jpeg, is_xyb

_START_OF_IMAGE = b"\xff\xd8"
_START_OF_CODESTREAM = b"\xff\x4f\xff\x51"
_START_OF_TILE_PART = b"\xff\x90"
_JPEG_XL = (JPEG_XL_CODESTREAM, JPEG_XL_FILE)
_LONGEST_PROLOGUE = 4096
"""Bytes before the codestream in which its start is looked for: a file format's boxes, or a vendor's rubbish."""

APP0, APP14 = 0xE0, 0xEE
START_OF_SCAN = 0xDA
LOSSLESS_FRAME, JPEG_LS_FRAME = 0xC3, 0xF7
RESTART_INTERVAL = 0xDD
RESTARTS = re.compile(rb"\xff[\xd0-\xd7]")
"""Markers between restart intervals; in coded data a byte of 0xff is followed by 0."""
_SCANS = re.compile(rb"\xff\xda\x00.[\x01-\x04]", re.DOTALL)
"""Scan headers up to the number of components."""
_ONE_SCAN = (0xC0, 0xC1, 0xC3)
"""Frame markers of JPEGs that may have all of their components in one scan: baseline, extended, lossless."""
_FRAMES = (frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {JPEG_LS_FRAME}
_WITHOUT_LENGTH = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})


class Kind(Enum):
    JPEG = "JPEG"
    JPEG_LS = "JPEG-LS"
    JPEG_2000 = "JPEG 2000"
    JPEG_XL = "JPEG XL"


class Loss(Enum):
    """What has lost something of a picture."""

    JPEG = "JPEG"
    JPEG_LS = "JPEG-LS"
    JPEG_2000 = "JPEG 2000"
    HIGH_THROUGHPUT_JPEG_2000 = "High-Throughput JPEG 2000"
    JPEG_XL = "JPEG XL"


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """The frame header and the colour markers of a JPEG or JPEG-LS codestream (ISO/IEC 10918-1 Annex B).

    `precision` is in bits; `components` are identifier, horizontal and vertical sampling factor of each;
    `adobe_transform` is that of Adobe's marker segment; `restart_interval` is in MCUs, 0 without; `first_scan` is the
    offset of the first scan's marker; `has_one_scan` tells that it has all components and every bit of them.
    """

    frame_marker: int
    precision: int
    rows: int
    columns: int
    components: tuple[tuple[int, int, int], ...]
    has_jfif: bool
    adobe_transform: int | None
    restart_interval: int
    first_scan: int
    has_one_scan: bool

    @property
    def is_lossless(self) -> bool:
        return self.frame_marker == LOSSLESS_FRAME

    def is_ybr(self, *, otherwise: bool) -> bool:
        """Whether the three components of a lossy frame are luminance and chrominance.

        What the codestream says counts before the object's Photometric Interpretation, which is wrong more often.
        """
        if self.has_jfif or self.adobe_transform:
            return True
        if len({factors[1:] for factors in self.components}) > 1:
            return True  # only chrominance is kept at a lower resolution
        if self.adobe_transform == 0 or bytes(factors[0] for factors in self.components) == b"RGB":
            return False
        return otherwise


@dataclass(frozen=True, slots=True)
class Jpeg2000Header:
    """The image and tile size of a JPEG 2000 codestream (ISO/IEC 15444-1 A.5.1, A.6.1).

    `precision`, in bits, and `is_signed` are those of the first component; `is_uniform` tells that they are of all.
    `is_high_throughput` is what Rsiz says of capabilities (ISO/IEC 15444-15 A.2), `is_reversible` what the coding style
    says of the wavelet transformation (ISO/IEC 15444-1 Table A.20).
    """

    rows: int
    columns: int
    number_of_components: int
    number_of_tiles: int
    is_subsampled: bool
    has_component_transform: bool
    decomposition_levels: int
    precision: int
    is_signed: bool
    is_uniform: bool
    is_high_throughput: bool
    is_reversible: bool


def recognise(codestream: bytes) -> Kind | None:
    """The kind of codestream; none for what is no codestream of these."""
    if codestream.startswith(_JPEG_XL):
        return Kind.JPEG_XL
    if codestream.startswith(_START_OF_IMAGE):
        header = read_jpeg_header(codestream)
        return Kind.JPEG_LS if header and header.frame_marker == JPEG_LS_FRAME else Kind.JPEG
    return Kind.JPEG_2000 if _start_of_codestream(codestream) >= 0 else None


def kind_of_loss(codestream: bytes) -> Loss | None:
    """What a codestream says that it lost something by; none where nothing is lost, or where it does not say.

    A JPEG-LS says by how much a value may differ (ISO/IEC 14495-1 C.2.3), a JPEG 2000 by its wavelet transformation, a
    JPEG XL by its colour space, or by being made of a JPEG.
    """
    kind = recognise(codestream)
    if kind is Kind.JPEG_2000:
        header = read_jpeg_2000_header(bare_jpeg_2000(codestream))
        if header is None or header.is_reversible:
            return None
        return Loss.HIGH_THROUGHPUT_JPEG_2000 if header.is_high_throughput else Loss.JPEG_2000
    if kind is Kind.JPEG_XL:
        return Loss.JPEG if is_from_jpeg(codestream) else Loss.JPEG_XL if is_xyb(codestream) else None
    jpeg = read_jpeg_header(codestream) if kind in (Kind.JPEG, Kind.JPEG_LS) else None
    if jpeg is None or jpeg.is_lossless:
        return None
    if kind is Kind.JPEG:
        return Loss.JPEG
    number_of_components = int.from_bytes(codestream[jpeg.first_scan + 4 : jpeg.first_scan + 5], "big")
    near = jpeg.first_scan + 5 + 2 * number_of_components
    return Loss.JPEG_LS if codestream[near : near + 1] > b"\0" else None


def bare_jpeg_2000(codestream: bytes) -> bytes:
    """The codestream without what stands before it, which may be boxes with a colour space of their own."""
    return codestream[_start_of_codestream(codestream) :]


def read_jpeg_header(codestream: bytes) -> JpegHeader | None:
    """The marker segments up to the first scan; none where there is no frame header among them."""
    frame: tuple[int, bytes] | None = None
    has_jfif, adobe_transform, restart_interval = False, None, 0
    first_scan, in_first_scan = len(codestream), 0
    for at, marker, segment in _segments(codestream):
        if marker == APP0 and segment.startswith(b"JFIF\0"):
            has_jfif = True
        elif marker == APP14 and segment.startswith(b"Adobe") and len(segment) >= 12:
            adobe_transform = segment[11]
        elif marker == RESTART_INTERVAL:
            restart_interval = int.from_bytes(segment[:2], "big")
        elif marker == START_OF_SCAN:
            first_scan, in_first_scan = at, segment[0] if segment else 0
        elif marker in _FRAMES and len(segment) >= 6:
            frame = marker, segment
    if frame is None:
        return None
    marker, segment = frame
    return JpegHeader(
        frame_marker=marker,
        precision=segment[0],
        rows=int.from_bytes(segment[1:3], "big"),
        columns=int.from_bytes(segment[3:5], "big"),
        components=_components(segment),
        has_jfif=has_jfif,
        adobe_transform=adobe_transform,
        restart_interval=restart_interval,
        first_scan=first_scan,
        has_one_scan=marker in _ONE_SCAN and in_first_scan == segment[5],
    )


def find_frame_header(codestream: bytes) -> int:
    """The offset of the frame header's marker; raises `ValueError` where there is none."""
    for at, marker, _ in _segments(codestream):
        if marker in _FRAMES:
            return at
    raise ValueError


def precision_of(codestream: bytes) -> int | None:
    """Bits of the samples of a JPEG, JPEG-LS or JPEG 2000; none where nothing tells."""
    kind = recognise(codestream)
    if kind in (Kind.JPEG, Kind.JPEG_LS):
        header = read_jpeg_header(codestream)
        return header.precision if header else None
    if kind is not Kind.JPEG_2000:
        return None
    components = bare_jpeg_2000(codestream)
    number = int.from_bytes(components[40:42], "big")
    precisions = [(size & 0x7F) + 1 for size in components[42 : 42 + 3 * number : 3]]  # Ssiz (ISO/IEC 15444-1 A.5.1)
    return max(precisions, default=None)


def _segments(codestream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Offset, marker and content of each marker segment up to that of the first scan."""
    at, marker = 2, 0
    while marker != START_OF_SCAN and at + 4 <= len(codestream) and codestream[at] == 0xFF:
        marker = codestream[at + 1]
        if marker == 0xFF or marker in _WITHOUT_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(codestream[at + 2 : at + 4], "big")
        if length < 2:
            break
        yield at, marker, codestream[at + 4 : at + 2 + length]
        at += 2 + length


def _components(frame: bytes) -> tuple[tuple[int, int, int], ...]:
    """Identifier, horizontal and vertical sampling factor of each (ISO/IEC 10918-1 B.2.2)."""
    specifications = (frame[6 + 3 * number : 9 + 3 * number] for number in range(frame[5]))
    return tuple((item[0], item[1] >> 4, item[1] & 15) for item in specifications if len(item) == 3)


def has_every_scan(codestream: bytes, header: JpegHeader) -> bool:
    """Whether every component has its scan; of a progressive JPEG nobody can tell."""
    if header.has_one_scan or header.frame_marker not in _ONE_SCAN:
        return True
    numbers = (scan[4] for scan in _SCANS.findall(codestream, header.first_scan))
    return bool(sum(numbers) >= len(header.components))


def has_every_restart(codestream: bytes, header: JpegHeader) -> bool:
    """Whether each restart interval of the only scan ends with its marker, in their order (ISO/IEC 10918-1 E.1.4)."""
    if not header.restart_interval or not header.has_one_scan:
        return True
    numbers = [marker[-1] & 7 for marker in RESTARTS.findall(codestream, header.first_scan)]
    wanted = -(-_number_of_mcus(header) // header.restart_interval) - 1
    # One more, behind the last interval, does no harm.
    return len(numbers) - wanted in (0, 1) and all(number == place % 8 for place, number in enumerate(numbers))


def _number_of_mcus(header: JpegHeader) -> int:
    """Minimum coded units of a scan of all components: a single component's is one block or sample (A.2)."""
    side = 1 if header.is_lossless else 8
    is_interleaved = len(header.components) > 1
    width = side * (max(factors[1] for factors in header.components) if is_interleaved else 1)
    height = side * (max(factors[2] for factors in header.components) if is_interleaved else 1)
    return -(-header.columns // width) * -(-header.rows // height)


def read_jpeg_2000_header(codestream: bytes) -> Jpeg2000Header | None:
    """The SIZ and COD segments of a bare codestream; none where they are cut short or make no sense."""
    numbers = [int.from_bytes(codestream[at : at + 4], "big") for at in range(8, 40, 4)]
    number_of_components = int.from_bytes(codestream[40:42], "big")
    components = codestream[42 : 42 + 3 * number_of_components]
    coding_style = codestream.find(b"\xff\x52", 42)
    if len(components) < 3 * number_of_components or coding_style < 0 or len(codestream) < coding_style + 10:
        return None
    right, bottom, left, top, tile_width, tile_height, tile_left, tile_top = numbers
    if (left, top, tile_left, tile_top) != (0, 0, 0, 0) or not tile_width or not tile_height:
        return None
    return Jpeg2000Header(
        rows=bottom,
        columns=right,
        number_of_components=number_of_components,
        number_of_tiles=-(-right // tile_width) * -(-bottom // tile_height),
        is_subsampled=any(
            factor != 1 for at in range(number_of_components) for factor in components[3 * at + 1 : 3 * at + 3]
        ),
        has_component_transform=bool(codestream[coding_style + 8]),
        decomposition_levels=codestream[coding_style + 9],
        precision=(codestream[42] & 0x7F) + 1,
        is_signed=codestream[42] >= 0x80,
        is_uniform=len(set(components[::3])) == 1,
        is_high_throughput=bool(codestream[6] & 0x40),
        is_reversible=codestream[coding_style + 13 : coding_style + 14] == b"\1",
    )


def has_every_tile(codestream: bytes, number_of_tiles: int) -> bool:
    """Whether a bare JPEG 2000 codestream ends where the last part of its last tile does (ISO/IEC 15444-1 A.4.2)."""
    at = 2
    while codestream[at : at + 1] == b"\xff" and codestream[at : at + 2] != _START_OF_TILE_PART:
        at += 2 + int.from_bytes(codestream[at + 2 : at + 4], "big")
    ended = set()
    while codestream[at : at + 2] == _START_OF_TILE_PART and at + 12 <= len(codestream):
        tile, length = codestream[at + 4 : at + 6], int.from_bytes(codestream[at + 6 : at + 10], "big")
        part, number_of_parts = codestream[at + 10 : at + 12]
        if part + 1 == number_of_parts:
            ended.add(tile)
        at += max(12, length)
    return at == len(codestream) and len(ended) == number_of_tiles


def _start_of_codestream(codestream: bytes) -> int:
    return codestream.find(_START_OF_CODESTREAM, 0, _LONGEST_PROLOGUE)
