"""Videos without what their writers put beside the pictures: user data, sound, and what is told in the container.

Coded pictures and what their decoding takes are copied bit by bit; of messages about them only those that are numbers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from av.packet import Packet
from av.video.stream import VideoStream

from wado.image.codecs import CodestreamError
from wado.video.bit_stream import BitStream
from wado.video.encode import Format, open_output
from wado.video.streams import codec_of, decode_frames, opened, packets

ELEMENTARY = ("h264", "hevc", "mpegvideo")
CONTAINERS = {"mov": "mp4", "mpegts": "mpegts", "mpeg": "vob"}
"""What a stream is written as again, by libav's name of what it was."""

_START_CODE = re.compile(rb"\0\0\x01")

_H264_SEI, _H264_UNITS = 6, frozenset({1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 20})
"""Slices, parameter sets, delimiters and ends (ITU-T H.264 Table 7-1); not filler, nor what is left unspecified."""
_HEVC_SEI, _HEVC_UNITS = (39, 40), frozenset(range(38))
"""The same of ITU-T H.265 Table 7-1."""
_MPEG_UNITS = frozenset({*range(0xB0), 0xB3, 0xB5, 0xB7, 0xB8})
"""Pictures, slices, headers, extensions, ends (ITU-T H.262 Table 6-1); not user data, B2."""

_H264_LENGTHS = {9: 2, 10: 1, 11: 1}
_HEVC_LENGTHS = {35: 3, 36: 2, 37: 2}
_MPEG_LENGTHS = {0xB7: 1}
"""Bytes of the units that have no more: delimiters and ends (H.264 7.3.2.4-6, H.265 7.3.2.5-7, H.262 6.2.2)."""

_NUMERIC_MESSAGES = frozenset({0, 1, 6, 129, 130, 132})
"""Buffering period, picture timing, recovery point; of HEVC parameter sets in use, decoding units, checksums."""
_LONGEST_MESSAGE = 64
_PARAMETER_SETS = (32, 33, 34)
_HVCC_HEADER = 22

Clean = Callable[[bytes], bytes]


def write_cleaned(descriptor: int, stream: BitStream) -> None:
    """Write the video in its own kind of container to an empty file. Raises `CodestreamError`, also for a codec that is
    none of MPEG-1, MPEG-2, H.264 and HEVC.
    """
    next(decode_frames(stream))  # raises for what no decoder knows as a video, and nobody has looked at
    with opened(stream) as (container, video):
        kind, codec = container.format.name.split(",")[0], codec_of(video)
        units = UNITS.get(codec)
        if units is None or (kind not in ELEMENTARY and kind not in CONTAINERS):
            raise CodestreamError
        length_size = _length_size(codec, video.codec_context.extradata or b"")
        coded = ((packet, clean_units(bytes(packet), units, length_size)) for packet in packets(container, video))
        if kind in ELEMENTARY:
            with os.fdopen(descriptor, "wb", closefd=False) as file:
                file.writelines(content for _, content in coded)
        else:
            _mux(descriptor, CONTAINERS[kind], video, codec, coded)


def _mux(
    descriptor: int, container: str, video: VideoStream, codec: str, coded: Iterator[tuple[Packet[Any], bytes]]
) -> None:
    with open_output(descriptor, Format(container, codec, {})) as output:
        target = output.add_stream_from_template(video)
        target.metadata.clear()
        if codec == "hevc" and (extradata := video.codec_context.extradata):
            target.codec_context.extradata = _without_messages(extradata)
        for packet, content in coded:
            cleaned: Packet[Any] = Packet(content)
            cleaned.pts, cleaned.dts, cleaned.duration = packet.pts, packet.dts, packet.duration
            cleaned.time_base = packet.time_base or Fraction(1, 90000)
            cleaned.is_keyframe = packet.is_keyframe
            cleaned.stream = target
            output.mux(cleaned)


def clean_units(content: bytes, clean: Callable[[bytes], bytes], length_size: int = 0) -> bytes:
    """The units of a packet, each cleaned; `length_size` bytes tell the length of each, or start codes part them."""
    if length_size:
        cleaned = (clean(unit) for unit in _by_length(content, length_size))
        return b"".join(len(unit).to_bytes(length_size, "big") + unit for unit in cleaned if unit)
    starts = [match.end() for match in _START_CODE.finditer(content)]
    ends = [start - 3 for start in starts[1:]] + [len(content)]
    units = (clean(content[start:end]) for start, end in zip(starts, ends, strict=True))
    return b"".join(b"\0\0\x01" + unit for unit in units if unit)


def _by_length(content: bytes, length_size: int) -> Iterator[bytes]:
    at = 0
    while at + length_size <= len(content):
        end = at + length_size + int.from_bytes(content[at : at + length_size], "big")
        yield content[at + length_size : end]
        at = end


def _length_size(codec: str, extradata: bytes) -> int:
    """Of avcC and hvcC (ISO/IEC 14496-15 5.3.3, 8.3.3), which begin with their version; 0 where start codes are."""
    if not extradata.startswith(b"\x01") or codec not in ("h264", "hevc"):
        return 0
    place = 4 if codec == "h264" else _HVCC_HEADER - 1
    return (extradata[place] & 3) + 1 if len(extradata) > place else 0


def _without_messages(extradata: bytes) -> bytes:
    """hvcC with parameter sets alone, or the same with start codes."""
    if not extradata.startswith(b"\x01"):
        return clean_units(extradata, _hevc_unit)
    kept, at = [], _HVCC_HEADER + 1
    for _ in range(extradata[_HVCC_HEADER]):
        start, count = at, int.from_bytes(extradata[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            at += 2 + int.from_bytes(extradata[at : at + 2], "big")
        if extradata[start] & 0x3F in _PARAMETER_SETS:
            kept.append(extradata[start:at])
    return extradata[:_HVCC_HEADER] + bytes([len(kept)]) + b"".join(kept)


def _h264_unit(unit: bytes) -> bytes:
    kind = unit[0] & 0x1F if unit else 0
    if kind == _H264_SEI:
        return _numeric_messages(unit, 1)
    return _without_rest(unit, _H264_LENGTHS.get(kind)).rstrip(b"\0") if kind in _H264_UNITS else b""


def _hevc_unit(unit: bytes) -> bytes:
    kind = unit[0] >> 1 & 0x3F if len(unit) > 1 else 63
    if kind in _HEVC_SEI:
        return _numeric_messages(unit, 2)
    return _without_rest(unit, _HEVC_LENGTHS.get(kind)).rstrip(b"\0") if kind in _HEVC_UNITS else b""


def _mpeg_unit(unit: bytes) -> bytes:
    """With zeros at its end, which may be of the last slice."""
    return _without_rest(unit, _MPEG_LENGTHS.get(unit[0])) if unit and unit[0] in _MPEG_UNITS else b""


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
    "mpeg1video": _mpeg_unit,
}


def _numeric_messages(unit: bytes, header_length: int) -> bytes:
    """Supplemental enhancement information (H.264 7.3.2.3, H.265 7.3.5) without the messages that can hold text."""
    content = unit[header_length:].replace(b"\0\0\x03", b"\0\0")  # without the bytes that keep start codes out
    kept, at = b"", 0
    while at + 2 <= len(content.rstrip(b"\0")):
        start = at
        kind, at = _number(content, at)
        length, at = _number(content, at)
        if kind in _NUMERIC_MESSAGES and length <= _LONGEST_MESSAGE and at + length <= len(content):
            kept += content[start : at + length]
        at += length
    escaped = re.sub(rb"\0\0(?=[\0-\x03])", b"\0\0\x03", kept + b"\x80")
    return unit[:header_length] + escaped if kept else b""


def _number(content: bytes, at: int) -> tuple[int, int]:
    """Of a message's kind or length, in as many bytes as it takes; and where it ends."""
    number = 0
    while content[at : at + 1] == b"\xff":
        number, at = number + 255, at + 1
    return number + (content[at] if at < len(content) else 0), at + 1
