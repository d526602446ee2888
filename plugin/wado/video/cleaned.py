"""Videos without what their writers put beside the pictures: user data, sound, and what is told in the container.

Coded pictures are copied bit by bit, and of messages about them only those that are numbers. Headers and parameter sets
are written anew out of what is known of them, by libav's bit stream filters, so that nothing stands behind their last
bit. What stands behind that of a coded picture no filter knows: there decoders are asked.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from av.bitstream import BitStreamFilterContext
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from wado.image.codecs import CodestreamError
from wado.image.ends_in_text import ends_in_text
from wado.video.bit_stream import BitStream
from wado.video.encode import Format, open_output
from wado.video.streams import codec_of, opened, packets

ELEMENTARY = ("h264", "hevc", "mpegvideo")
CONTAINERS = {"mov": "mp4", "mpegts": "mpegts", "mpeg": "vob"}
"""What a stream is written as again, by libav's name of what it was."""

_START_CODE = re.compile(rb"\0\0\x01")

_FILTERS = {"h264": "h264_metadata", "hevc": "hevc_metadata", "mpeg2video": "mpeg2_metadata"}
"""By codec, what writes headers anew; those of MPEG-1 are of the lengths below."""

_H264_SEI, _H264_UNITS = 6, frozenset({1, 5, 7, 8, 9, 10, 11})
"""Slices, parameter sets, delimiters and ends (ITU-T H.264 Table 7-1); not filler, nor what is left unspecified."""
_H264_OTHER_PICTURES = frozenset({2, 3, 4, 15, 20, 21})
"""Partitions of slices and second views: no decoder here has looked at them."""
_HEVC_SEI, _HEVC_UNITS = (39, 40), frozenset({*range(10), *range(16, 22), *range(32, 38)})
"""The same of ITU-T H.265 Table 7-1; not those that are reserved."""
_MPEG_UNITS = frozenset({*range(0xB0), 0xB3, 0xB5, 0xB7, 0xB8})
"""Pictures, slices, headers, extensions, ends (ITU-T H.262 Table 6-1); not user data, B2."""

_H264_LENGTHS = {9: 2, 10: 1, 11: 1}
_HEVC_LENGTHS = {35: 3, 36: 2, 37: 2}
"""Bytes of the units that have no more: delimiters and ends (H.264 7.3.2.4-6, H.265 7.3.2.5-7)."""

_MPEG_SLICES = range(1, 0xB0)
_TWO_ZEROS, _END_OF_SLICE = re.compile(rb"\0\0[^\0]"), 23
_SEQUENCE_HEADER, _MATRIX, _GROUP_HEADER, _PICTURE_TYPE = 9, 64, 5, 2
_PICTURE_HEADER_BITS, _MOTION_BITS = 29, {2: 4, 3: 8}
"""Up to the motion vectors, and those of P and B pictures (H.262 6.2.3)."""

_ZERO_WORDS_BACKWARDS = re.compile(rb"(?:\x03\0\0)*")

_NUMERIC_MESSAGES = {0: 24, 1: 8, 6: 4, 129: 8, 130: 16, 132: 49}
"""Buffering period, picture timing, recovery point; of HEVC parameter sets in use, decoding units, checksums. With the
bytes of the longest: times of day make a picture's timing longer (H.264 D.1, H.265 D.2).
"""

_HVCC_HEADER = 22
_TIMES = Fraction(1, 90000)

Clean = Callable[[bytes], bytes]


def write_cleaned(descriptor: int, stream: BitStream) -> None:
    """Write the video in its own kind of container to an empty file. Raises `CodestreamError`, also for a codec that is
    none of MPEG-1, MPEG-2, H.264 and HEVC. `check_decodes` has to look at what was written.
    """
    with opened(stream) as (container, video):
        kind, codec = container.format.name.split(",")[0], codec_of(video)
        if codec not in UNITS or (kind not in ELEMENTARY and kind not in CONTAINERS):
            raise CodestreamError
        coded = _cleaned_packets(container, video, codec)
        if kind in ELEMENTARY:
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.writelines(bytes(packet) for packet in _rewritten(coded, video, codec, None))
        else:
            with open_output(descriptor, Format(CONTAINERS[kind], codec, {})) as output:
                target = output.add_stream_from_template(video)
                target.metadata.clear()
                for packet in _rewritten(coded, video, codec, target):
                    packet.stream = target
                    output.mux(packet)


def _cleaned_packets(container: InputContainer, video: VideoStream, codec: str) -> Iterator[Packet[Any]]:
    """The coded pictures without the units that are none of them, and with nothing else that a packet may have."""
    length_size = length_size_of(codec, video.codec_context.extradata or b"")
    for packet in packets(container, video):
        cleaned: Packet[Any] = Packet(clean_units(bytes(packet), UNITS[codec], length_size))
        cleaned.pts, cleaned.dts, cleaned.duration = packet.pts, packet.dts, packet.duration
        cleaned.time_base = packet.time_base or _TIMES
        cleaned.is_keyframe = packet.is_keyframe
        yield cleaned


def _rewritten(
    coded: Iterator[Packet[Any]], video: VideoStream, codec: str, target: VideoStream | None
) -> Iterator[Packet[Any]]:
    """With headers and parameter sets written anew, those of the container as well, which `target` gets."""
    if (name := _FILTERS.get(codec)) is None:
        if target and target.codec_context.extradata:
            target.codec_context.extradata = None
        yield from coded
        return
    rewrite = BitStreamFilterContext(name, video, target)
    if target and (parameter_sets := target.codec_context.extradata):
        target.codec_context.extradata = clean_units(parameter_sets, UNITS[codec])  # start codes part them now
    for packet in coded:
        yield from rewrite.filter(packet)
    yield from rewrite.filter(None)


def clean_units(content: bytes, clean: Clean, length_size: int = 0) -> bytes:
    """The units of a packet, each cleaned; `length_size` bytes tell the length of each, or start codes part them."""
    cleaned = (clean(content[start:end]) for start, end in units_in(content, length_size))
    if length_size:
        return b"".join(len(unit).to_bytes(length_size, "big") + unit for unit in cleaned if unit)
    return b"".join(b"\0\0\x01" + unit for unit in cleaned if unit)


def units_in(content: bytes, length_size: int) -> Iterator[tuple[int, int]]:
    """Where each unit of a packet begins and ends."""
    if not length_size:
        starts = [match.end() for match in _START_CODE.finditer(content)]
        yield from zip(starts, [*(start - 3 for start in starts[1:]), len(content)], strict=True)
        return
    at = 0
    while at + length_size <= len(content):
        end = at + length_size + int.from_bytes(content[at : at + length_size], "big")
        yield at + length_size, min(end, len(content))
        at = end


def length_size_of(codec: str, extradata: bytes) -> int:
    """Of avcC and hvcC (ISO/IEC 14496-15 5.3.3, 8.3.3), which begin with their version; 0 where start codes are."""
    if not extradata.startswith(b"\x01") or codec not in ("h264", "hevc"):
        return 0
    place = 4 if codec == "h264" else _HVCC_HEADER - 1
    return (extradata[place] & 3) + 1 if len(extradata) > place else 0


def _h264_unit(unit: bytes) -> bytes:
    kind = unit[0] & 0x1F if unit else 0
    if kind in _H264_OTHER_PICTURES:
        raise CodestreamError
    if kind == _H264_SEI:
        return _numeric_messages(unit, 1)
    return _bounded(unit, _H264_LENGTHS.get(kind)) if kind in _H264_UNITS else b""


def _hevc_unit(unit: bytes) -> bytes:
    kind = unit[0] >> 1 & 0x3F if len(unit) > 1 else 63
    layer = (unit[0] & 1) << 5 | unit[1] >> 3 if len(unit) > 1 else 0
    if kind in _HEVC_SEI:
        return _numeric_messages(unit, 2)
    return _bounded(unit, _HEVC_LENGTHS.get(kind)) if kind in _HEVC_UNITS and not layer else b""


def _bounded(unit: bytes, length: int | None) -> bytes:
    """Without the zeros behind it (H.264 7.3.2.8, 7.4.2.10; H.265 7.3.2.9). Raises `CodestreamError` for one that ends
    in text: coded data hold so much of it by chance once in 10 million units.
    """
    unit = _without_zero_words(_without_rest(unit, length).rstrip(b"\0"))
    if ends_in_text(unit):
        raise CodestreamError
    return unit


def _without_zero_words(unit: bytes) -> bytes:
    """Those at its end, looked for from there: a search from the front would take the square of their number."""
    zeros = unit[len(unit.rstrip(b"\0\x03")) :]
    words = _ZERO_WORDS_BACKWARDS.match(zeros[::-1])
    return unit[: len(unit) - (words.end() if words else 0)]


def _mpeg_unit(unit: bytes) -> bytes:
    """With zeros at its end, which may be of the last slice; nothing else is behind one that can be decoded."""
    kind = unit[0] if unit else -1
    if kind not in _MPEG_UNITS:
        return b""
    clean = _MPEG_HEADERS.get(kind, _mpeg_2_slice if kind in _MPEG_SLICES else bytes)
    return clean(_without_rest(unit, None))


def _mpeg_1_unit(unit: bytes) -> bytes:
    """Extensions are reserved (ISO/IEC 11172-2 2.4.2.1)."""
    if unit.startswith(b"\xb5"):
        return b""
    return _mpeg_unit(_mpeg_1_slice(unit) if unit and unit[0] in _MPEG_SLICES else unit)


def _sequence_header(unit: bytes) -> bytes:
    """With its matrices, where it has them: the second begins a bit behind the first (H.262 6.2.2.1)."""
    if len(unit) < _SEQUENCE_HEADER:
        raise CodestreamError
    has_intra = unit[8] >> 1 & 1
    at_other = 8 + _MATRIX * has_intra
    has_other = unit[at_other] & 1 if at_other < len(unit) else 0
    return unit[: _SEQUENCE_HEADER + _MATRIX * (has_intra + has_other)]


def _group_header(unit: bytes) -> bytes:
    """The time of day goes, with its marker bit as it has to be (H.262 6.2.2.6)."""
    if len(unit) < _GROUP_HEADER:
        raise CodestreamError
    return unit[:1] + b"\x00\x08\x00" + bytes([unit[4] & 0x60])


def _picture_header(unit: bytes) -> bytes:
    """Without the bytes of extra information, which decoders pass over (H.262 6.2.3)."""
    bits = _PICTURE_HEADER_BITS + _MOTION_BITS.get(unit[2] >> 3 & 7 if len(unit) > _PICTURE_TYPE else 0, 0)
    length = bits // 8 + 1
    if len(unit) < 1 + length:
        raise CodestreamError
    number = int.from_bytes(unit[1 : 1 + length], "big")
    unused = 8 * length - bits
    return unit[:1] + (number >> unused << unused).to_bytes(length, "big")


def _mpeg_2_slice(unit: bytes) -> bytes:
    """Raises `CodestreamError` for extra information, behind which the data would have to be moved (H.262 6.2.4), and
    for 23 bits of zero, which end a slice (6.2.4), with something behind them.
    """
    if len(unit) > 2 and unit[1] & 4 and unit[2] & 2:
        raise CodestreamError
    for zeros in _TWO_ZEROS.finditer(unit):
        before, after = unit[zeros.start() - 1], unit[zeros.end() - 1]
        if (before & -before).bit_length() - 1 + 16 + 8 - after.bit_length() >= _END_OF_SLICE:
            raise CodestreamError
    return unit


def _mpeg_1_slice(unit: bytes) -> bytes:
    """The same of ISO/IEC 11172-2 2.4.2.6."""
    if len(unit) > 1 and unit[1] & 4:
        raise CodestreamError
    return unit


_MPEG_HEADERS: dict[int, Clean] = {
    0x00: _picture_header,
    0xB3: _sequence_header,
    0xB7: lambda unit: unit[:1],
    0xB8: _group_header,
}
"""H.262 6.2.2, and the same in ISO/IEC 11172-2 2.4.2; extensions are written anew by libav."""


def _without_rest(unit: bytes, length: int | None) -> bytes:
    """Up to its length, if it has one. Raises `CodestreamError` where something stands behind the zeros that end it: no
    unit has three within (H.264 B.1, H.265 B.2, H.262 5.2.3).
    """
    if unit[:length].partition(b"\0\0\0")[2].strip(b"\0"):
        raise CodestreamError
    return unit[:length]


UNITS: dict[str, Clean] = {
    "h264": _h264_unit,
    "hevc": _hevc_unit,
    "mpeg2video": _mpeg_unit,
    "mpeg1video": _mpeg_1_unit,
}


def _numeric_messages(unit: bytes, header_length: int) -> bytes:
    """Supplemental enhancement information (H.264 7.3.2.3, H.265 7.3.5) without the messages that can hold text."""
    content = unit[header_length:].replace(b"\0\0\x03", b"\0\0")  # without the bytes that keep start codes out
    kept, at, end = bytearray(), 0, len(content.rstrip(b"\0"))
    while at + 2 <= end:
        start = at
        kind, at = _number(content, at)
        length, at = _number(content, at)
        if length <= _NUMERIC_MESSAGES.get(kind, -1) and at + length <= len(content):
            kept += content[start : at + length]
        at += length
    escaped = re.sub(rb"\0\0(?=[\0-\x03])", b"\0\0\x03", bytes(kept) + b"\x80")
    return unit[:header_length] + escaped if kept else b""


def _number(content: bytes, at: int) -> tuple[int, int]:
    """Of a message's kind or length, in as many bytes as it takes; and where it ends."""
    number = 0
    while content[at : at + 1] == b"\xff":
        number, at = number + 255, at + 1
    return number + (content[at] if at < len(content) else 0), at + 1


_SLICES: dict[str, Callable[[int], bool]] = {
    "h264": lambda header: header & 0x1F in (1, 5),
    "hevc": lambda header: header >> 1 & 0x3F < 32,
}
"""Whether the first byte of a unit is that of a slice."""
_SHORTEST_SLICE = 8

_FILLERS = (b"\xa5\x5a\xa5\x5b", b"\x55" * 4, b"\xcc\x3a\xcc\x3b")
"""In place of a slice's last bytes: no two of them make the same of a picture that needs those."""


def check_decodes(stream: BitStream) -> None:
    """Raises `CodestreamError` unless every picture can be decoded, and the last one needs its last bytes.

    A decoder tells of what it cannot read, also behind a slice of MPEG-2. Behind one of H.264 and HEVC it reads no
    further: there the last bytes of the last slice are changed, which has to change the picture.
    """
    pictures = keyframe = count = 0
    with opened(stream) as (container, video):
        codec = codec_of(video)
        for count, packet in enumerate(packets(container, video), 1):
            keyframe = count - 1 if packet.is_keyframe else keyframe
            pictures += len(_decoded(video, packet))
        pictures += len(_decoded(video, None))
    if not pictures:
        raise CodestreamError
    if codec in _SLICES:
        _check_last_slice(stream, count, keyframe)


def _decoded(video: VideoStream, packet: Packet[Any] | None) -> list[VideoFrame]:
    frames = video.decode(packet)
    if any(frame.is_corrupt for frame in frames):
        raise CodestreamError
    return frames


def _check_last_slice(stream: BitStream, count: int, keyframe: int) -> None:
    """Raises `CodestreamError` where its last bytes can be any; decoding starts where it can, else at the first packet.

    A slice that is too short to have a name in it stays as it is.
    """
    digests = ((start, _digest_of_last(stream, range(start, count), b"")) for start in (keyframe, 0))
    start, whole = next((found for found in digests if found[1] is not None), (0, None))
    if whole is None:
        raise CodestreamError
    if all(_digest_of_last(stream, range(start, count), filler) == whole for filler in _FILLERS):
        raise CodestreamError


def _digest_of_last(stream: BitStream, numbers: range, filler: bytes) -> bytes | None:
    """Of the pictures of these packets, with other bytes at the end of the last slice; none where one is damaged."""
    digest = hashlib.blake2b()
    try:
        with opened(stream) as (container, video):
            for number, packet in enumerate(packets(container, video)):
                if number not in numbers:
                    continue
                if filler and number == numbers[-1]:
                    packet = _with_other_end(packet, video, filler)
                for frame in _decoded(video, packet):
                    digest.update(frame.to_ndarray().tobytes())
            for frame in _decoded(video, None):
                digest.update(frame.to_ndarray().tobytes())
    except CodestreamError:
        return None
    return digest.digest()


def _with_other_end(packet: Packet[Any], video: VideoStream, filler: bytes) -> Packet[Any]:
    """Raises `CodestreamError` where there is no slice of more bytes than these."""
    content, codec = bytes(packet), codec_of(video)
    spans = units_in(content, length_size_of(codec, video.codec_context.extradata or b""))
    ends = [end for start, end in spans if end - start > _SHORTEST_SLICE and _SLICES[codec](content[start])]
    if not ends:
        raise CodestreamError
    changed: Packet[Any] = Packet(content[: ends[-1] - len(filler)] + filler + content[ends[-1] :])
    changed.pts, changed.dts, changed.time_base = packet.pts, packet.dts, packet.time_base
    return changed
