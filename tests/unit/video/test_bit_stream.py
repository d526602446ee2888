"""The bit stream in an object's fragments (PS3.5 8.2.5 to 8.2.11, Annex A.4)."""

from __future__ import annotations

import os

import pytest

from tests.support.datasets import DELIMITER, encapsulated, fragment
from tests.unit.video.made import make_stream, stored
from wado.dicom.stored_object import BytesSource
from wado.video.bit_stream import open_stream, read_head, recognise

CONTENT = bytes(range(256)) * 3


def test_fragments_are_one_stream() -> None:
    stream = stored(CONTENT, 5)
    assert stream.size == len(CONTENT)
    assert stream.read() == CONTENT
    assert stream.read() == b""


@pytest.mark.parametrize(("offset", "length"), [(0, 10), (150, 20), (150, 500), (700, 500), (768, 1), (5000, 1)])
def test_it_can_be_read_from_anywhere(offset: int, length: int) -> None:
    stream = stored(CONTENT, 5)
    assert stream.seek(offset) == offset
    assert stream.read(length) == CONTENT[offset : offset + length]
    assert stream.tell() == max(offset, min(offset + length, len(CONTENT)))


def test_it_is_a_file() -> None:
    stream = stored(CONTENT, 2)
    assert stream.readable() and stream.seekable()
    assert stream.seek(-3, os.SEEK_END) == len(CONTENT) - 3
    assert stream.seek(1, os.SEEK_CUR) == len(CONTENT) - 2
    assert stream.read() == CONTENT[-2:]
    assert stream.seek(-5000, os.SEEK_CUR) == 0


def test_reading_the_head_leaves_the_place() -> None:
    stream = stored(CONTENT, 2)
    stream.seek(7)
    assert read_head(stream) == CONTENT[:1024]
    assert stream.tell() == 7


def test_the_offset_table_is_no_part_of_it() -> None:
    source = BytesSource(encapsulated(CONTENT, table=b"\0\0\0\0"))
    assert open_stream(source, 0).read() == CONTENT


def test_empty_fragments_do_no_harm() -> None:
    source = BytesSource(encapsulated(b"", b"ab", b"", b"", b"cd", b""))
    assert open_stream(source, 0).read() == b"abcd"


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (fragment(b"") + fragment(b"abcd")[:-2], b"ab"),
        (fragment(b"") + b"\xfe\xff\x00\xe0\xff\xff\xff\xffabcd", b"abcd"),
        (fragment(b"") + fragment(b"ab") + b"\xfe\xff", b"ab"),
        (fragment(b"") + DELIMITER, b""),
        (fragment(b""), b""),
        (b"", b""),
        (b"rubbish of some length", b""),
    ],
)
def test_what_is_cut_short_ends_early(content: bytes, read: bytes) -> None:
    assert open_stream(BytesSource(content), 0).read() == read


def test_a_value_of_known_length_is_the_stream() -> None:
    assert open_stream(BytesSource(b"..abcd.."), 2, 4).read() == b"abcd"
    assert open_stream(BytesSource(b"..abcd"), 2, 400).read() == b"abcd"


@pytest.mark.parametrize(
    ("codec", "container", "name"),
    [
        ("mpeg2video", "vob", "mpeg"),
        ("mpeg1video", "mpeg", "mpeg"),
        ("mpeg2video", "mpegts", "mpegts"),
        ("mpeg2video", "mpeg2video", "mpegvideo"),
        ("libx264", "mp4", "mov"),
        ("libx264", "mov", "mov"),
        ("libx264", "mpegts", "mpegts"),
        ("libx264", "h264", "h264"),
        ("libx265", "mp4", "mov"),
        ("libx265", "hevc", "hevc"),
    ],
)
def test_the_container_is_told_by_its_first_bytes(codec: str, container: str, name: str) -> None:
    assert recognise(make_stream(codec, container, frames=2)[:1024]) == name


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0" * 1024,
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"RIFF\x10\x00\x00\x00AVI LIST",
        b"\xff\xd8\xff\xe0",
        b"\x1aE\xdf\xa3",
        b"\x00\x00\x01",
        b"G" + bytes(187) + b"G",
    ],
)
def test_nothing_else_is_a_video_here(head: bytes) -> None:
    assert recognise(head) is None
