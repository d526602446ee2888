"""Stored videos: handed out, put into another container, encoded anew, decoded."""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.support.datasets import Array, sample_files
from tests.support.images import assert_equal
from tests.unit.video.made import (
    BT_601,
    BT_709,
    COLUMNS,
    FRAMES,
    JPEG_RANGE,
    MPEG_RANGE,
    OPTIONS,
    ROWS,
    make_stream,
    number_in,
    numbered,
    see,
    stored,
    written,
)
from wado.dicom.stored_object import BytesSource
from wado.image.codecs import CodestreamError
from wado.media_types import VIDEO_MP4, VIDEO_MPEG
from wado.video.bit_stream import BitStream, open_stream
from wado.video.streams import decode_frame, decode_frames, write_stream

STORED = [
    ("mpeg2video", "vob"),
    ("mpeg2video", "mpegts"),
    ("mpeg2video", "mpeg2video"),
    ("mpeg1video", "mpeg"),
    ("libx264", "mp4"),
    ("libx264", "mpegts"),
    ("libx264", "h264"),
    ("libx265", "mp4"),
    ("libx265", "mpegts"),
    ("libx265", "hevc"),
]
EVERY_KIND = pytest.mark.parametrize(("codec", "container"), STORED, ids=[" ".join(kind) for kind in STORED])
QUALITY = 90
MANY = 1000


@pytest.fixture(scope="module")
def streams() -> dict[tuple[str, str], bytes]:
    return {kind: make_stream(*kind) for kind in STORED}


Streams = dict[tuple[str, str], bytes]


@EVERY_KIND
def test_frames_come_in_the_order_of_being_shown(streams: Streams, codec: str, container: str) -> None:
    assert [number_in(picture) for picture in decode_frames(stored(streams[codec, container]))] == list(range(FRAMES))


@EVERY_KIND
def test_any_frame_can_be_had_alone(streams: Streams, codec: str, container: str) -> None:
    stream = stored(streams[codec, container])
    pictures = list(decode_frames(stored(streams[codec, container])))
    for frame_index in (0, 1, 2, 10, 11, 12, 13, 14, 23, FRAMES - 1):
        assert_equal(decode_frame(stream, frame_index), pictures[frame_index])


@EVERY_KIND
def test_there_is_no_frame_after_the_last(streams: Streams, codec: str, container: str) -> None:
    with pytest.raises(CodestreamError):
        decode_frame(stored(streams[codec, container]), FRAMES)


@pytest.mark.parametrize("color_range", [MPEG_RANGE, JPEG_RANGE], ids=["limited range", "full range"])
@pytest.mark.parametrize("color_space", [BT_601, BT_709], ids=["BT.601", "BT.709"])
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_range_and_matrix_of_colours_are_those_that_the_stream_names(
    codec: str, color_space: int, color_range: int
) -> None:
    content = make_stream(codec, "mp4", frames=1, color_space=color_space, color_range=color_range)
    picture = decode_frame(stored(content), 0)
    assert picture.dtype == np.uint8
    assert picture.shape == (ROWS, COLUMNS, 3)
    assert np.abs(picture.astype(int) - numbered(0)).mean() < 2.5


@pytest.mark.parametrize("pixel_format", ["yuv444p", "yuv422p", "yuv420p10le"])
def test_finer_samples_are_brought_to_8_bits_of_rgb(pixel_format: str) -> None:
    picture = decode_frame(stored(make_stream("libx264", "mp4", frames=1, pixel_format=pixel_format)), 0)
    assert np.abs(picture.astype(int) - numbered(0)).mean() < 2.5


def test_a_stream_without_chrominance_is_grey() -> None:
    picture = decode_frame(stored(make_stream("libx265", "mp4", frames=1, pixel_format="gray")), 0)
    assert picture.shape == (ROWS, COLUMNS)
    assert np.abs(picture - numbered(0) @ [0.299, 0.587, 0.114]).mean() < 1


AS_THEY_ARE = {
    ("mpeg2video", "vob", VIDEO_MPEG),
    ("mpeg2video", "mpeg2video", VIDEO_MPEG),
    ("mpeg1video", "mpeg", VIDEO_MPEG),
    ("libx264", "mp4", VIDEO_MP4),
    ("libx265", "mp4", VIDEO_MP4),
}
CODECS = {VIDEO_MPEG: ("mpeg1video", "mpeg2video"), VIDEO_MP4: ("h264", "hevc")}


@EVERY_KIND
@pytest.mark.parametrize("media_type", [VIDEO_MPEG, VIDEO_MP4])
def test_every_stored_video_is_had_as_either_type(
    streams: Streams, codec: str, container: str, media_type: str
) -> None:
    content = streams[codec, container]
    answer = written(write_stream, stored(content), media_type, QUALITY, MANY)
    seen = see(answer)
    assert (answer == content) == ((codec, container, media_type) in AS_THEY_ARE)
    assert seen.codec in CODECS[media_type]
    assert seen.numbers == list(range(FRAMES))
    assert seen.frame_rate == 25
    if seen.container != "mpegvideo":
        assert seen.times == pytest.approx([number / 25 for number in range(FRAMES)], abs=1e-3)


@pytest.mark.parametrize(
    ("codec", "container", "media_type"),
    [
        ("libx264", "mpegts", VIDEO_MP4),
        ("libx264", "h264", VIDEO_MP4),
        ("libx265", "mpegts", VIDEO_MP4),
        ("libx265", "hevc", VIDEO_MP4),
        ("mpeg2video", "mpegts", VIDEO_MPEG),
    ],
)
def test_another_container_loses_nothing(streams: Streams, codec: str, container: str, media_type: str) -> None:
    content = streams[codec, container]
    answer = written(write_stream, stored(content), media_type, QUALITY, MANY)
    for shown, picture in zip(decode_frames(stored(answer)), decode_frames(stored(content)), strict=True):
        assert_equal(shown, picture)
    if media_type == VIDEO_MP4:
        assert 0 < answer.find(b"moov") < answer.find(b"mdat")
        assert see(answer).duration == pytest.approx(FRAMES / 25, abs=0.01)


def test_another_container_keeps_the_sound() -> None:
    content = make_stream("libx264", "mpegts", sound="aac")
    seen = see(written(write_stream, stored(content), VIDEO_MP4, QUALITY, MANY))
    assert seen.sounds == ["aac"]
    assert seen.numbers == list(range(FRAMES))


def test_one_frame_does_not_cost_all_before_it() -> None:
    stream = stored(make_stream("libx264", "mp4", frames=240, size=(240, 320)))

    def seconds(frame_index: int) -> float:
        start = time.process_time()
        decode_frame(stream, frame_index)
        return time.process_time() - start

    start = time.process_time()
    assert len(list(decode_frames(stream))) == 240
    whole = time.process_time() - start
    assert min(seconds(229) for _ in range(3)) < whole / 3  # a twelfth at most is decoded


@pytest.mark.parametrize(
    "content", [b"", b"rubbish", b"\0" * 5000, b"\x00\x00\x01\xba" + bytes(500), b"\0\0\0\x08ftyp"]
)
def test_what_is_no_video_is_refused(content: bytes) -> None:
    stream = BitStream(BytesSource(content), [(0, len(content))])
    with pytest.raises(CodestreamError):
        decode_frame(stream, 0)
    with pytest.raises(CodestreamError):
        list(decode_frames(stream))
    with pytest.raises(CodestreamError):
        written(write_stream, stream, VIDEO_MP4, QUALITY, MANY)


def test_a_playlist_opens_no_other_file() -> None:
    content = b"#EXTM3U\n#EXTINF:1,\nfile:///proc/self/environ\n#EXT-X-ENDLIST\n"
    with pytest.raises(CodestreamError):
        decode_frame(stored(content), 0)


def test_frames_larger_than_any_video_are_refused() -> None:
    with pytest.raises(CodestreamError):
        decode_frame(stored(make_stream("libx264", "mp4", frames=1, size=(4400, 8192))), 0)


@EVERY_KIND
def test_damage_is_refused_or_survived(streams: Streams, codec: str, container: str) -> None:
    generator = random.Random(f"{codec} {container}")
    for _ in range(6):
        content = bytearray(streams[codec, container])
        for _ in range(generator.choice((1, 5, 50))):
            content[generator.randrange(len(content))] = generator.randrange(256)
        stream = stored(bytes(content[: generator.randrange(len(content) // 2, len(content))]))
        assert outcome(stream, generator.randrange(FRAMES)) in ("refused", "decoded")


def outcome(stream: BitStream, frame_index: int) -> str:
    try:
        picture: Array = decode_frame(stream, frame_index)
        written(write_stream, stream, VIDEO_MP4, QUALITY, MANY)
    except CodestreamError:
        return "refused"
    return "decoded" if picture.shape == (ROWS, COLUMNS, 3) else "of another size"


@pytest.mark.parametrize(("codec", "container"), [("libx264", "mp4"), ("mpeg2video", "vob")])
def test_most_damage_is_noticed(streams: Streams, codec: str, container: str) -> None:
    """A picture that only looks right is worse than none."""
    whole = streams[codec, container]
    pictures = list(decode_frames(stored(whole)))
    generator = random.Random(3)
    outcomes = [outcome_of_damage(whole, pictures, generator) for _ in range(80)]
    assert outcomes.count("another") <= 8 < outcomes.count("refused")


def test_checksums_tell_of_all_damage() -> None:
    """HEVC itself tells of little: nearly any bits are some picture of it."""
    parameters = f"{OPTIONS['libx265']['x265-params']}:hash=1"
    whole = make_stream("libx265", "mp4", options={"x265-params": parameters})
    pictures = list(decode_frames(stored(whole)))
    generator = random.Random(3)
    outcomes = [outcome_of_damage(whole, pictures, generator) for _ in range(40)]
    assert outcomes.count("another") == 0 < outcomes.count("refused")


def outcome_of_damage(whole: bytes, pictures: list[Array], generator: random.Random) -> str:
    content = bytearray(whole)
    at = generator.randrange(len(whole) // 10, len(whole))
    content[at : at + 4] = generator.randbytes(4)
    frame_index = generator.randrange(FRAMES)
    try:
        picture = decode_frame(stored(bytes(content)), frame_index)
    except CodestreamError:
        return "refused"
    return "the same" if np.array_equal(picture, pictures[frame_index]) else "another"


def test_frames_that_change_their_size_are_refused() -> None:
    parts = [make_stream("mpeg2video", "mpeg2video", frames=3, size=size) for size in ((96, 128), (48, 64))]
    with pytest.raises(CodestreamError):
        list(decode_frames(stored(b"".join(parts))))
    with pytest.raises(CodestreamError):
        written(write_stream, stored(b"".join(parts)), VIDEO_MP4, QUALITY, MANY)


SAMPLES = sample_files("4_images/video_synthetic")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_sample_videos_have_as_many_frames_as_they_say(path: Path) -> None:
    dataset = pydicom.dcmread(path, stop_before_pixels=True)
    content = path.read_bytes()
    offset = content.find(b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff") + 12
    pictures = list(decode_frames(open_stream(BytesSource(content), offset)))
    assert len(pictures) == dataset.NumberOfFrames
    assert pictures[0].shape == (dataset.Rows, dataset.Columns, 3)
