"""Videos without what their writers put beside the pictures: the same pictures, at the same times."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from tests.unit.video.made import make_stream, number_in, see, stored, written
from wado.dicom.stored_object import BytesSource
from wado.image.codecs import CodestreamError
from wado.media_types import VIDEO_MP4
from wado.video.bit_stream import open_stream
from wado.video.cleaned import UNITS, check_decodes, clean_units, write_cleaned
from wado.video.streams import decode_frames, write_stream

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


@pytest.mark.parametrize("content", [b"", b"no video", b"\0\0\1\xb3" + SECRET, b"\0\0\1\x67" + SECRET])
def test_what_is_no_video_is_refused(content: Any) -> None:
    with pytest.raises(CodestreamError):
        cleaned_and_checked(content)


def cleaned_and_checked(content: bytes) -> bytes:
    """As it is sent."""
    cleaned = written(write_cleaned, stored(content))
    check_decodes(open_stream(BytesSource(cleaned), 0, len(cleaned)))
    return cleaned


def behind_units(elementary: bytes, codec: str, kinds: Collection[int], text: bytes = SECRET) -> bytes:
    """With text behind the last bit of each unit of these kinds; zeros at their end are of MPEG's units."""
    head, *units = elementary.split(b"\0\0\x01")
    kind_of: dict[str, Callable[[int], int]] = {"h264": lambda first: first & 31, "hevc": lambda first: first >> 1 & 63}
    for number, unit in enumerate(units):
        if kind_of.get(codec, int)(unit[0]) in kinds:
            ended = unit.rstrip(b"\0") if codec in kind_of else unit
            units[number] = ended + text + unit[len(ended) :]
    return b"\0\0\x01".join([head, *units])


HEADERS = {
    "H.264": {"sequence": {7}, "picture": {8}},
    "HEVC": {"video": {32}, "sequence": {33}, "picture": {34}, "reserved": {41}},
    "MPEG-2": {"sequence": {0xB3}, "extension": {0xB5}, "group": {0xB8}, "picture": {0x00}},
    "MPEG-1": {"sequence": {0xB3}, "group": {0xB8}, "picture": {0x00}},
}


@pytest.mark.parametrize(("name", "header"), [(name, header) for name in HEADERS for header in HEADERS[name]])
def test_nothing_stays_behind_a_header(name: str, header: str) -> None:
    encoder, container = KINDS[name]
    elementary = make_stream(encoder, container)
    assert cleaned_and_checked(behind_units(elementary, container, HEADERS[name][header])) == cleaned_and_checked(
        elementary
    )


SLICES = {
    "H.264": {1, 5},
    "HEVC": {0, 1, *range(16, 22)},
    "MPEG-2": range(1, 0xB0),
    "MPEG-1": range(1, 0xB0),
}


@pytest.mark.parametrize("name", SLICES)
def test_text_behind_the_last_slice_is_refused(name: str) -> None:
    encoder, container = KINDS[name]
    elementary = make_stream(encoder, container)
    cleaned_and_checked(elementary)
    with pytest.raises(CodestreamError):
        cleaned_and_checked(elementary + SECRET)


@pytest.mark.parametrize("encoder", ["libx264", "libx265"])
def test_text_behind_the_last_slice_is_refused_in_a_container(encoder: str) -> None:
    """There a length tells where the slice ends."""
    elementary = make_stream(encoder, "h264" if encoder == "libx264" else "hevc")
    file, with_text = (
        written(write_stream, stored(one), VIDEO_MP4, 90, 30) for one in (elementary, elementary + SECRET)
    )
    assert SECRET in with_text
    assert see(cleaned_and_checked(file)).numbers == list(range(30))
    with pytest.raises(CodestreamError):
        cleaned_and_checked(with_text)


@pytest.mark.parametrize("name", SLICES)
def test_long_text_behind_any_slice_is_refused(name: str) -> None:
    encoder, container = KINDS[name]
    with pytest.raises(CodestreamError):
        cleaned_and_checked(behind_units(make_stream(encoder, container), container, SLICES[name], SECRET + SECRET))


def test_a_slice_of_mpeg_2_has_not_one_byte_behind_it() -> None:
    with pytest.raises(CodestreamError):
        cleaned_and_checked(behind_units(make_stream("mpeg2video", "mpeg2video"), "mpeg2video", {3}, b"A"))


@pytest.mark.parametrize(("encoder", "box"), [("libx264", b"avcC"), ("libx265", b"hvcC")])
def test_nothing_stays_behind_the_parameter_sets_of_a_container(encoder: str, box: bytes) -> None:
    file = make_stream(encoder, "mp4")
    around = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1" if encoder == "libx264" else b"hev1", box)
    starts = [file.rindex(kind) - 4 for kind in around]
    end = starts[-1] + int.from_bytes(file[starts[-1] : starts[-1] + 4], "big")
    changed = bytearray(file)
    for start in starts:
        changed[start : start + 4] = (int.from_bytes(file[start : start + 4], "big") + len(SECRET)).to_bytes(4, "big")
    cleaned = cleaned_and_checked(bytes(changed[:end] + SECRET + changed[end:]))
    assert SECRET not in cleaned
    assert see(cleaned).numbers == see(file).numbers


def test_a_group_of_pictures_does_not_tell_the_time_of_day() -> None:
    assert UNITS["mpeg2video"](b"\xb8\xff\xff\xff\xff" + SECRET) == b"\xb8\x00\x08\x00\x60"


def test_a_picture_header_ends_before_extra_information() -> None:
    """An I picture has 29 bits, then the one that tells of extra information (H.262 6.2.3)."""
    assert UNITS["mpeg2video"](b"\x00\x00\x0f\xff\xff" + SECRET) == b"\x00\x00\x0f\xff\xf8"


@pytest.mark.parametrize(("codec", "unit"), [("mpeg2video", b"\x01\x0e\x02"), ("mpeg1video", b"\x01\x0c\x00")])
def test_a_slice_with_extra_information_is_refused(codec: str, unit: bytes) -> None:
    with pytest.raises(CodestreamError):
        UNITS[codec](unit + SECRET)


@pytest.mark.parametrize(("codec", "unit"), [("hevc", b"\x02\x09"), ("hevc", b"\x16\x01"), ("h264", b"\x0d")])
def test_units_that_decoders_pass_over_go(codec: str, unit: bytes) -> None:
    """Of another layer, reserved, of an auxiliary picture."""
    assert UNITS[codec](unit + SECRET) == b""


@pytest.mark.parametrize("kind", [2, 3, 4, 15, 20])
def test_partitions_and_second_views_are_refused(kind: int) -> None:
    with pytest.raises(CodestreamError):
        UNITS["h264"](bytes([kind]) + SECRET)


@pytest.mark.parametrize("codec", ["mpeg2video", "mpeg1video"])
@pytest.mark.parametrize(
    ("end", "is_refused"),
    [
        (b"\x40\0\0Ilse", True),  # 6, 16 and 1 bits
        (b"\x80\0\0Ilse", True),
        (b"\x20\0\0Ilse", False),  # 22 bits may be coded data
        (b"\x20\0\0\x1f", True),
        (b"\x40\0\0", False),
    ],
)
def test_a_slice_with_something_behind_its_end_is_refused(codec: str, end: bytes, is_refused: bool) -> None:
    unit = b"\x01\x08\xff" + end
    with pytest.raises(CodestreamError) if is_refused else nullcontext():
        assert UNITS[codec](unit) == unit
