"""Pictures to videos: MPEG-2 in a program stream (ISO/IEC 13818), H.264 in MP4 (ISO/IEC 14496)."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from io import RawIOBase
from itertools import repeat

import av
import numpy as np
from av.codec.context import Flags
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from av.video.stream import VideoStream

from wado.image.resize import Picture
from wado.media_types import VIDEO_MP4, VIDEO_MPEG
from wado.video.pace import MP4_CLOCK, Milliseconds, choose_mpeg_rate, mp4_ticks, mpeg_ticks

LONGEST_SIDE = {VIDEO_MPEG: 4094, VIDEO_MP4: 8192}
"""Pixels that a side may have: more than players take, and less than where the encoders fail."""

PICTURES_IN_A_GROUP = {VIDEO_MPEG: 12, VIDEO_MP4: 48}
"""Pictures from one that can be shown by itself to the next, which is as far as a player has to go back."""

CLEAREST_CRF, ROUGHEST_CRF = 10, 40
"""x264's scale, 6 to a doubling of the quantiser: 10 is not to be told from the original."""
ROUGHEST_QUANTISER = 31
"""MPEG-2's greatest quantiser_scale_code; the least is 1."""

WITHOUT_LOOKING_AHEAD = "rc-lookahead=0:mbtree=0:weightp=0"
"""When x264 looks ahead, it looks at memory that was never written to: equal pictures give other bytes now and then."""

BLACK, WHITE = 16, 235
"""Luminance codes (ITU-R BT.601, BT.709). Few players heed a flag that says otherwise, and MPEG-2 has none."""
NO_COLOR = 128

_LUMINANCE = (np.arange(256) * (WHITE - BLACK) / 255 + BLACK + 0.5).astype(np.uint8)
# Filters without negative weights: no echo beside an edge.
CAREFUL = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP


@dataclass(frozen=True, slots=True)
class Clock:
    """Ticks a second, whether each tick has a picture of its own, and the rate to declare."""

    rate: Fraction
    repeats_pictures: bool
    frame_rate: Fraction


@dataclass(frozen=True, slots=True)
class Format:
    """A media type's container and codec, by libav's names."""

    container: str
    codec: str
    container_options: Mapping[str, str] = field(default_factory=dict)


FORMATS = {
    VIDEO_MPEG: Format("vob", "mpeg2video"),
    # The index comes before the pictures, so that playing starts with the first bytes.
    VIDEO_MP4: Format("mp4", "libx264", {"movflags": "+faststart"}),
}


def write_video(
    descriptor: int, pictures: Iterable[Picture], durations: Sequence[Milliseconds], media_type: str, quality: int
) -> None:
    """Write as many pictures as there are durations, all of one size, to an empty file open for reading and writing.

    `quality` is imageQuality, 1 to 100 (PS3.18-2011 8.2.8).
    """
    if media_type == VIDEO_MPEG:
        rate = choose_mpeg_rate(durations)
        clock, ticks = Clock(rate, True, rate), mpeg_ticks(durations, rate)
    else:
        frame_rate = Fraction(1000 * len(durations)) / sum(Fraction(duration) for duration in durations)
        clock, ticks = _mp4_clock(frame_rate), mp4_ticks(durations)
    _write(descriptor, zip(pictures, ticks, strict=True), clock, media_type, quality)


def write_video_at(
    descriptor: int, pictures: Iterable[Picture], frame_rate: Fraction, media_type: str, quality: int
) -> None:
    """As `write_video`, with pictures of unknown number that are shown equally long."""
    duration = 1000 / frame_rate
    if media_type == VIDEO_MPEG:
        rate = choose_mpeg_rate([duration])
        clock, ticks = Clock(rate, True, rate), mpeg_ticks(repeat(duration), rate)
    else:
        clock, ticks = _mp4_clock(frame_rate), mp4_ticks(repeat(duration))
    _write(descriptor, zip(pictures, ticks, strict=False), clock, media_type, quality)


def crf(quality: int) -> float:
    return ROUGHEST_CRF - (ROUGHEST_CRF - CLEAREST_CRF) * (quality - 1) / 99


def quantiser(quality: int) -> int:
    """1 to 31, in equal proportions, as `crf` is."""
    return round(math.pow(ROUGHEST_QUANTISER, (100 - quality) / 99))


def _mp4_clock(frame_rate: Fraction) -> Clock:
    return Clock(MP4_CLOCK, False, frame_rate.limit_denominator(1001))


def _write(
    descriptor: int, pictures: Iterable[tuple[Picture, int]], clock: Clock, media_type: str, quality: int
) -> None:
    at = 0
    stream: VideoStream | None = None
    with open_output(descriptor, FORMATS[media_type]) as container:
        for picture, ticks in pictures:
            even = _to_even_size(picture)
            if stream is None:
                stream = _add_stream(container, even.shape[:2], clock, media_type, quality)
            frame = _to_frame(even, Colorspace(stream.colorspace))
            frame.time_base = 1 / clock.rate
            step = 1 if clock.repeats_pictures else ticks
            for start in range(at, at + ticks, step or 1):
                frame.pts, frame.duration = start, step
                container.mux(stream.encode(frame))
            at += ticks
        if stream is not None:
            container.mux(stream.encode(None))


def open_output(descriptor: int, container_format: Format) -> OutputContainer:
    """A container to write; libav opens the file once more to move what it wrote behind the index."""
    return av.open(
        os.fdopen(descriptor, "wb", buffering=0, closefd=False),
        "w",
        format=container_format.container,
        container_options=dict(container_format.container_options),
        io_open=lambda *_: _Reader(descriptor),
    )


def _add_stream(
    container: OutputContainer, size: tuple[int, int], clock: Clock, media_type: str, quality: int
) -> VideoStream:
    options = (
        {"crf": f"{crf(quality):.2f}", "preset": "veryfast", "bf": "0", "x264-params": WITHOUT_LOOKING_AHEAD}
        if media_type == VIDEO_MP4
        else {"dc": "10", "qmin": str(quantiser(quality)), "qmax": str(quantiser(quality))}
    )
    stream = container.add_stream(FORMATS[media_type].codec, rate=clock.frame_rate, options=options)
    assert isinstance(stream, VideoStream)
    stream.height, stream.width = size
    stream.pix_fmt = "yuv420p"
    stream.color_range = ColorRange.MPEG
    stream.colorspace = color_space_of(*size)
    context = stream.codec_context
    context.time_base = 1 / clock.rate
    context.thread_count = 1
    context.gop_size = PICTURES_IN_A_GROUP[media_type]
    context.flags |= Flags.frame_duration
    return stream


def color_space_of(rows: int, columns: int) -> Colorspace:
    """What players assume for a size, so that those are right too that do not heed what the stream says."""
    return Colorspace.ITU709 if rows > 576 or columns >= 1280 else Colorspace.SMPTE170M


def _to_even_size(picture: Picture) -> Picture:
    """The last row and column once more where their number is odd: chrominance is for two by two pixels."""
    rows, columns = picture.shape[:2]
    if rows % 2 == columns % 2 == 0:
        return picture
    return np.pad(picture, [(0, rows % 2), (0, columns % 2), (0, 0)][: picture.ndim], mode="edge")


def _to_frame(picture: Picture, color_space: Colorspace) -> VideoFrame:
    if picture.ndim == 3:
        rgb = VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
        return rgb.reformat(
            format="yuv420p", dst_colorspace=color_space, dst_color_range=ColorRange.MPEG, interpolation=CAREFUL
        )
    rows, columns = picture.shape
    planes = np.full((rows + rows // 2, columns), NO_COLOR, np.uint8)
    planes[:rows] = _LUMINANCE[picture]
    return VideoFrame.from_ndarray(planes, "yuv420p")


class _Reader(RawIOBase):
    """The file behind a descriptor, with a place of its own in it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        starts = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: os.fstat(self._descriptor).st_size}
        self._at = starts[whence] + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        content = os.pread(self._descriptor, size, self._at)
        self._at += len(content)
        return content
