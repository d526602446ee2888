"""Videos made for the tests, whose pictures carry their number, and what a player sees of a video."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from tests.support.datasets import Array, encapsulated
from wado.dicom.stored_object import BytesSource
from wado.video.bit_stream import BitStream, open_stream

ROWS, COLUMNS = 96, 128
FRAMES = 30
BITS = 6
MPEG_RANGE, JPEG_RANGE = 1, 2
BT_709, BT_601 = 1, 5

OPTIONS = {
    "libx264": {"crf": "8", "x264-params": "log-level=none"},
    "libx265": {"crf": "8", "x265-params": "log-level=none:pools=none:frame-threads=1"},
    "mpeg2video": {"qmin": "1", "qmax": "1"},
    "mpeg1video": {"qmin": "3", "qmax": "3"},
}


def numbered(number: int, rows: int = ROWS, columns: int = COLUMNS) -> Array:
    """A coloured picture with its number as six black or white squares."""
    picture = np.zeros((rows, columns, 3), np.uint8)
    picture[..., 0] = np.linspace(0, 255, columns)
    picture[..., 1] = np.linspace(0, 255, rows)[:, np.newaxis]
    for bit in range(BITS):
        picture[8:24, 8 + 16 * bit : 20 + 16 * bit] = 255 * (number >> bit & 1)
    return picture


def number_in(picture: Array) -> int:
    levels = [picture[16, 14 + 16 * bit].mean() for bit in range(BITS)]
    return sum(1 << bit for bit, level in enumerate(levels) if level > 128)


def make_stream(
    codec: str,
    container: str,
    *,
    frames: int = FRAMES,
    size: tuple[int, int] = (ROWS, COLUMNS),
    color_range: int = MPEG_RANGE,
    color_space: int = BT_601,
    pixel_format: str = "yuv420p",
    sound: str | None = None,
    options: dict[str, str] | None = None,
) -> bytes:
    """25 frames a second, each twelfth one decodable by itself; B frames only where x265 gives them sound times."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        video = output.add_stream(
            codec, rate=25, options={**OPTIONS[codec], "bf": str(2 if frames > 4 else 0), **(options or {})}
        )
        assert isinstance(video, VideoStream)
        video.height, video.width = size
        video.pix_fmt = pixel_format
        video.codec_context.gop_size = 12
        video.codec_context.thread_count = 1
        video.color_range, video.colorspace = color_range, color_space
        audio = output.add_stream(sound, rate=48000) if sound else None
        for number in range(frames):
            frame = VideoFrame.from_ndarray(numbered(number, *size), "rgb24")
            frame = frame.reformat(format=pixel_format, dst_colorspace=color_space, dst_color_range=color_range)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            output.mux(video.encode(frame))
            if audio:
                assert isinstance(audio, AudioStream)
                output.mux(audio.encode(silence(number)))
        for stream in filter(None, (video, audio)):
            assert isinstance(stream, VideoStream | AudioStream)
            output.mux(stream.encode(None))
    return file.getvalue()


def silence(number: int) -> av.AudioFrame:
    """A video frame's time of it."""
    frame = av.AudioFrame.from_ndarray(np.zeros((2, 1920), np.float32), "fltp", "stereo")
    frame.sample_rate = 48000
    frame.pts, frame.time_base = number * 1920, Fraction(1, 48000)
    return frame


def stored(stream: bytes, number_of_fragments: int = 3) -> BitStream:
    """The stream as pixel data hold it, with bytes of a file before it."""
    length = max(2, -(-len(stream) // number_of_fragments))
    fragments = [stream[at : at + length] for at in range(0, len(stream), length)]
    before = b"what stands before"
    return open_stream(BytesSource(before + encapsulated(*fragments)), len(before))


@dataclass(frozen=True)
class Seen:
    """`times` are the seconds at which the frames are shown, counted from the first; `luminance` their Y planes."""

    container: str
    codec: str
    size: tuple[int, int]
    pictures: list[Array]
    luminance: list[Array]
    times: list[float]
    duration: float
    frame_rate: Fraction | None
    sounds: list[str]

    @property
    def numbers(self) -> list[int]:
        return [number_in(picture) for picture in self.pictures]


def see(content: bytes) -> Seen:
    with av.open(io.BytesIO(content), "r") as container:
        video = container.streams.video[0]
        frames = list(container.decode(video))
        starts = [frame.time for frame in frames]
        return Seen(
            container.format.name.split(",")[0],
            video.codec_context.name,
            (video.height, video.width),
            [np.asarray(frame.to_ndarray(format="rgb24")) for frame in frames],
            [np.asarray(frame.to_ndarray())[: frame.height, : frame.width] for frame in frames],
            [start - starts[0] for start in starts],
            float(container.duration or 0) / 1_000_000,
            video.average_rate,
            [audio.codec_context.name for audio in container.streams.audio],
        )


def written(write: Callable[..., None], *arguments: Any) -> bytes:
    """What a function writes to the descriptor that is its first argument."""
    descriptor = os.memfd_create("test")
    try:
        write(descriptor, *arguments)
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    finally:
        os.close(descriptor)


def mean_error(shown: Sequence[Array], wanted: Sequence[Array]) -> float:
    return float(np.mean([np.abs(a.astype(float) - b).mean() for a, b in zip(shown, wanted, strict=True)]))
