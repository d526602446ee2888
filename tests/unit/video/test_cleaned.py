"""Videos without what their writers put beside the pictures: the same pictures, at the same times."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.unit.video.made import make_stream, number_in, see, stored, written
from wado.image.codecs import CodestreamError
from wado.video.cleaned import UNITS, clean_units, write_cleaned
from wado.video.streams import decode_frames

SECRET = b"Bergmann^Ilse"
KINDS = {
    "H.264": ("libx264", "h264"),
    "H.264 in MP4": ("libx264", "mp4"),
    "H.264 in a transport stream": ("libx264", "mpegts"),
    "HEVC": ("libx265", "hevc"),
    "HEVC in MP4": ("libx265", "mp4"),
    "HEVC in a transport stream": ("libx265", "mpegts"),
    "MPEG-2": ("mpeg2video", "mpeg2video"),
    "MPEG-2 in a transport stream": ("mpeg2video", "mpegts"),
    "MPEG-2 in a program stream": ("mpeg2video", "vob"),
    "MPEG-1": ("mpeg1video", "mpeg1video"),
}
UNREGISTERED = b"\x05" + bytes([16 + len(SECRET)]) + b"sixteen letters!" + SECRET + b"\x80"
"""A message of user data (H.264 D.1.7, H.265 D.2.7)."""
USER_DATA = {
    "h264": b"\x06" + UNREGISTERED,
    "hevc": b"\x4e\x01" + UNREGISTERED,
    "mpeg2video": b"\xb2" + SECRET,
    "mpeg1video": b"\xb2" + SECRET,
}


BESIDE = {
    "mp4": (8 + len(SECRET)).to_bytes(4, "big") + b"free" + SECRET,
    "mpegts": (b"\x47\x1f\xf0\x10" + SECRET).ljust(188, b"\xff"),
    "vob": b"\0\0\x01\xbf" + len(SECRET).to_bytes(2, "big") + SECRET,
}
"""What a container can have besides its streams: a free box, a packet of nobody's, a private stream."""


def with_user_data(elementary: bytes, codec: str) -> bytes:
    """Before each slice, where decoders pass over it."""
    start = {"h264": b"\0\0\x01\x41", "hevc": b"\0\0\x01\x02\x01"}.get(codec, b"\0\0\x01\x01")
    return elementary.replace(start, b"\0\0\x01" + USER_DATA[codec] + start)


@pytest.mark.parametrize("name", KINDS)
def test_the_pictures_stay_and_nothing_else_is_told(name: str) -> None:
    encoder, container = KINDS[name]
    codec = encoder.replace("libx264", "h264").replace("libx265", "hevc")
    stream = make_stream(encoder, container)
    stream = stream + BESIDE[container] if container in BESIDE else with_user_data(stream, codec)
    assert SECRET in stream
    cleaned = written(write_cleaned, stored(stream))
    assert SECRET not in cleaned
    assert b"x264" not in cleaned and b"x265" not in cleaned
    before, after = list(decode_frames(stored(stream))), list(decode_frames(stored(cleaned)))
    assert [number_in(picture) for picture in after] == list(range(30))
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize(("encoder", "container"), [("libx264", "mp4"), ("libx265", "mp4"), ("libx264", "mpegts")])
def test_the_pictures_keep_their_times_and_the_sound_goes(encoder: str, container: str) -> None:
    stream = make_stream(encoder, container, sound="aac")
    before, after = see(stream), see(written(write_cleaned, stored(stream)))
    assert before.sounds and not after.sounds
    assert after.times == pytest.approx(before.times)
    assert (after.container, after.codec, after.size) == (before.container, before.codec, before.size)


@pytest.mark.parametrize("name", ["H.264", "HEVC", "MPEG-2", "MPEG-1"])
def test_what_stands_behind_the_zeros_at_the_end_is_refused(name: str) -> None:
    encoder, container = KINDS[name]
    with pytest.raises(CodestreamError):
        written(write_cleaned, stored(make_stream(encoder, container) + bytes(64) + SECRET))


ENDS = {"h264": (b"\x09\x10", b"\x0b"), "hevc": (b"\x46\x01\x10", b"\x4a\x01"), "mpeg2video": (b"\xb7",)}


@pytest.mark.parametrize("codec", ENDS)
def test_delimiters_and_ends_have_nothing_behind_them(codec: str) -> None:
    for unit in ENDS[codec]:
        assert UNITS[codec](unit + SECRET) == unit


def test_messages_of_numbers_stay() -> None:
    """A recovery point, from which decoding can start, is one; the zeros of its own need an escape."""
    recovery, others = b"\x06\x01\xc4", b"\x00\x03\0\0\1"
    unit = b"\x06" + recovery + UNREGISTERED[:-1] + others.replace(b"\0\0\1", b"\0\0\3\1") + b"\x80"
    cleaned = clean_units(b"\0\0\1" + unit, UNITS["h264"])
    assert cleaned == b"\0\0\1\x06" + recovery + others.replace(b"\0\0\1", b"\0\0\3\1") + b"\x80"


@pytest.mark.parametrize("content", [b"", b"no video", b"\0\0\1\xb3" + SECRET])
def test_what_is_no_video_is_refused(content: Any) -> None:
    with pytest.raises(CodestreamError):
        written(write_cleaned, stored(content))
