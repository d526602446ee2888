"""Stored videos: handed out as they are, put into another container, encoded anew, or decoded to pictures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

import av
import numpy as np
from av.codec.context import ThreadType
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from wado.image.codecs import CodestreamError
from wado.image.resize import Picture
from wado.media_types import VIDEO_MP4, VIDEO_MPEG
from wado.video.bit_stream import BitStream, read_head, recognise
from wado.video.encode import CAREFUL, FORMATS, color_space_of, open_output, write_video_at

AS_THEY_ARE = {VIDEO_MPEG: ("mpeg", "mpegvideo"), VIDEO_MP4: ("mov",)}
"""Containers that are handed out byte for byte where the codec is one of the media type's."""

CODECS = {VIDEO_MPEG: ("mpeg1video", "mpeg2video"), VIDEO_MP4: ("h264", "hevc")}

SOUND = {VIDEO_MPEG: ("mp1", "mp2", "mp3", "ac3"), VIDEO_MP4: ("aac", "mp3", "ac3")}
"""What is taken over into another container; PS3.5 8.2.5 to 8.2.11 allow some of it that has no place there."""

_WITHOUT_TIMES = ("h264", "hevc")
"""Elementary streams, whose pictures come in the order of coding and do not say when they are shown."""

_TAGS = {"hevc": "hvc1"}
"""Codes of the codec in MP4, where players take one of several."""

MOST_PIXELS = 8192 * 4352
"""Of a frame: HEVC's highest level; those of PS3.5 8.2.5 to 8.2.11 end at a quarter of it."""

_DECODING = {"max_pixels": str(MOST_PIXELS), "err_detect": "explode+crccheck"}
"""Damage is an error: the decoders would fill it with what is near it, which only looks right.

Nothing else that they can be told to look for makes them notice more; checksums tell of all damage where there are any.
"""

SLOWEST, FASTEST = 1, 240
DEFAULT_FRAME_RATE = Fraction(25)

_PROGRESSIVE = 1
"""libav's AV_FIELD_PROGRESSIVE."""
_UNSPECIFIED = 2
"""libav's AVCOL_SPC_UNSPECIFIED."""
_COPIED_AT_ONCE = 1 << 20


def write_stream(descriptor: int, stream: BitStream, media_type: str, quality: int, number_of_frames: int) -> None:
    """Write the video as `media_type` to an empty file; pictures are encoded anew only where its codec is another's.

    The sound is kept unless that has to be done, and then no more than `number_of_frames` pictures are. Raises
    `CodestreamError`.
    """
    with opened(stream) as (container, video):
        codec, name = codec_of(video), container.format.name.split(",")[0]
        frame_rate = _frame_rate(video)
    if codec not in CODECS[media_type]:
        write_video_at(descriptor, islice(decode_frames(stream), number_of_frames), frame_rate, media_type, quality)
    elif name in AS_THEY_ARE[media_type]:
        _copy(descriptor, stream)
    else:
        _repackage(descriptor, stream, media_type)


def is_encoded_anew(stream: BitStream, media_type: str) -> bool:
    """Whether `write_stream` has to encode every picture. Raises `CodestreamError`."""
    with opened(stream) as (_, video):
        return codec_of(video) not in CODECS[media_type]


def decode_frames(stream: BitStream) -> Iterator[Picture]:
    """All frames in the order in which they are shown, at least one, and all of one size."""
    size: tuple[int, int] | None = None
    with opened(stream) as (container, video):
        for frame in container.decode(video):
            size = size or (frame.height, frame.width)
            _check(size == (frame.height, frame.width))
            yield _to_picture(frame)
    _check(size is not None)


def decode_frame(stream: BitStream, frame_index: int) -> Picture:
    """One frame, decoded from the nearest one before it that can be decoded by itself."""
    times = _read_times(stream)
    start = _start_for(times, frame_index) if times else None
    picture = None
    if times and start is not None:
        picture = _decode_from(stream, start, sorted(time.shown for time in times)[frame_index])
    if picture is None:
        picture = next(islice(decode_frames(stream), frame_index, None), None)
    if picture is None:
        raise CodestreamError
    return picture


@dataclass(frozen=True, slots=True)
class _Time:
    """A coded picture's time of being shown; the list of them is in the order of coding."""

    shown: int
    is_keyframe: bool


@contextmanager
def opened(stream: BitStream) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its first video; what libav raises in the meantime becomes `CodestreamError`."""
    container_format = recognise(read_head(stream))
    _check(container_format is not None)
    stream.seek(0)
    try:
        with av.open(stream, "r", format=container_format, options=_DECODING) as container:
            video = container.streams.video[0]
            _check(video.codec_context is not None)  # an unknown codec
            video.thread_type, video.thread_count = ThreadType.NONE, 1
            video.codec_context.options = _DECODING
            yield container, video
    except MemoryError:
        raise
    except (av.FFmpegError, ValueError, IndexError):
        raise CodestreamError from None


def codec_of(stream: Stream) -> str:
    """The codec's name, not that of one of its decoders."""
    return stream.codec_context.codec.canonical_name if stream.codec_context else ""


def _frame_rate(video: VideoStream) -> Fraction:
    rate = video.average_rate or video.guessed_rate or DEFAULT_FRAME_RATE
    return rate if SLOWEST <= rate <= FASTEST else DEFAULT_FRAME_RATE


def _copy(descriptor: int, stream: BitStream) -> None:
    stream.seek(0)
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        shutil.copyfileobj(stream, file, _COPIED_AT_ONCE)


def _repackage(descriptor: int, stream: BitStream, media_type: str) -> None:
    """The same coded pictures, and sound, in the media type's container; time starts with the first picture."""
    with opened(stream) as (container, video), open_output(descriptor, FORMATS[media_type]) as output:
        sounds = [sound for sound in container.streams.audio if codec_of(sound) in SOUND[media_type]]
        targets: dict[int, Stream] = {kept.index: output.add_stream_from_template(kept) for kept in (video, *sounds)}
        if media_type == VIDEO_MP4 and (tag := _TAGS.get(codec_of(video))):
            targets[video.index].codec_context.codec_tag = tag
        places = None if container.format.name not in _WITHOUT_TIMES else _shown_places(stream)
        start = Fraction(video.start_time or 0) * (video.time_base or 0)
        for number, packet in enumerate(packets(container, video, *sounds)):
            if places is None:
                _shift(packet, start)
            else:
                _set_times(packet, number, places, _frame_rate(video))
            packet.stream = targets[packet.stream_index]
            output.mux(packet)


def _shown_places(stream: BitStream) -> list[int]:
    """The place in the order of being shown of each picture of an elementary stream, which only decoding tells."""
    with opened(stream) as (container, video):
        shown: list[int | None] = []
        for number, packet in enumerate((*packets(container, video), None)):
            if packet is not None:
                packet.pts = packet.dts = number
            shown.extend(frame.pts for frame in video.decode(packet))
    _check(sorted(number for number in shown if number is not None) == list(range(len(shown))))
    return [place for _, place in sorted((number or 0, place) for place, number in enumerate(shown))]


def _set_times(packet: Packet[Any], number: int, places: Sequence[int], frame_rate: Fraction) -> None:
    """A picture is decoded no later than it is shown."""
    delay = max(number - place for number, place in enumerate(places))
    packet.time_base = 1 / frame_rate
    packet.dts, packet.pts, packet.duration = number - delay, places[number], 1


def _shift(packet: Packet[Any], start: Fraction) -> None:
    ticks = int(start / packet.time_base)
    packet.pts = None if packet.pts is None else packet.pts - ticks
    packet.dts = None if packet.dts is None else packet.dts - ticks


def packets(container: InputContainer, *streams: Stream) -> Iterator[Packet[Any]]:
    """Without the empty one at the end, which would flush the decoder."""
    return (packet for packet in container.demux(streams) if packet.size)


def _read_times(stream: BitStream) -> list[_Time] | None:
    """None where they are missing, or where a packet may be half a picture."""
    with opened(stream) as (container, video):
        if codec_of(video) == "h264" and video.codec_context.field_order > _PROGRESSIVE:
            return None
        times = [(packet.pts, packet.is_keyframe, packet.is_discard) for packet in packets(container, video)]
    if any(shown is None or is_discard for shown, _, is_discard in times):
        return None
    sound = [_Time(shown, is_keyframe) for shown, is_keyframe, _ in times if shown is not None]
    is_whole = sound and sound[0].is_keyframe and min(time.shown for time in sound) == sound[0].shown
    return sound if is_whole and len({time.shown for time in sound}) == len(sound) else None


def _start_for(times: Sequence[_Time], frame_index: int) -> int | None:
    """Number of the last packet from which the frame can be decoded: those after a keyframe may be shown before it."""
    if frame_index >= len(times):
        return None
    shown = sorted(time.shown for time in times)[frame_index]
    number = next(number for number, time in enumerate(times) if time.shown == shown)
    return next(start for start in range(number, -1, -1) if times[start].is_keyframe and times[start].shown <= shown)


def _decode_from(stream: BitStream, start: int, shown: int) -> Picture | None:
    """None where the decoder does not give this frame, as one that needs what came before."""
    with opened(stream) as (container, video):
        for packet in (*islice(packets(container, video), start, None), None):
            for frame in video.decode(packet):
                if frame.pts == shown:
                    return _to_picture(frame)
    return None


def _to_picture(frame: VideoFrame) -> Picture:
    """RGB; grey where there is no chrominance. A frame that the decoder had to make up in part is refused."""
    _check(not frame.is_corrupt)
    said = frame.colorspace
    color_space = color_space_of(frame.height, frame.width) if said == _UNSPECIFIED else said
    picture = frame.reformat(
        format="gray" if frame.format.name.startswith("gray") else "rgb24",
        src_colorspace=color_space,
        src_color_range=frame.color_range,
        dst_color_range=ColorRange.JPEG,
        interpolation=CAREFUL,
    )
    return np.asarray(picture.to_ndarray(), np.uint8)


def _check(is_right: bool) -> None:
    if not is_right:
        raise CodestreamError
