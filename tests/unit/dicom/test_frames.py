"""Where the frames lie, whatever table tells of them (PS3.5 A.4, PS3.3 C.7.6.3.1.8)."""

from __future__ import annotations

import struct

import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import DELIMITER, encapsulated, fragment, image_pixel
from wado.dicom.frames import EncapsulatedFrames, NativeFrames, Span, find_frames
from wado.dicom.stored_object import BytesSource, PixelDataElement
from wado.errors import NotAcceptable

END = b"\xff\xd9"
ONE, TWO, THREE = b"one." + END, b"second" + END, b"3rd." + END
PREFIX = b"what stands before"


def table(*offsets: int) -> bytes:
    return struct.pack(f"<{len(offsets)}I", *offsets)


def frames_of(content: bytes, number_of_frames: int, extended: tuple[int, ...] = ()) -> list[bytes]:
    source = BytesSource(PREFIX + content)
    dataset = Dataset()
    if extended:
        dataset.ExtendedOffsetTable = struct.pack(f"<{len(extended)}Q", *extended)
    pixel = image_pixel(1, 1, number_of_frames=number_of_frames)
    frames = find_frames(source, dataset, PixelDataElement("PixelData", len(PREFIX), None), pixel)
    assert isinstance(frames, EncapsulatedFrames)
    return [frames.read(source, frame_index) for frame_index in range(number_of_frames)]


SECOND, THIRD = 8 + len(ONE), 16 + len(ONE) + len(TWO)


@pytest.mark.parametrize(
    ("offsets", "extended"),
    [
        pytest.param(table(0, SECOND, THIRD), (), id="basic offset table"),
        pytest.param(b"", (0, SECOND, THIRD), id="extended offset table"),
        pytest.param(b"", (), id="no table"),
        pytest.param(table(0, SECOND + 2, THIRD), (), id="a wrong offset"),
        pytest.param(table(0, THIRD, SECOND), (), id="offsets out of order"),
        pytest.param(table(0, 0, 0), (), id="offsets of 0"),
        pytest.param(table(0, SECOND), (), id="too few offsets"),
        pytest.param(table(0, SECOND, 1 << 31), (), id="an offset beyond the end"),
        pytest.param(b"\1\2\3", (), id="rubbish"),
    ],
)
def test_one_fragment_for_each_frame_needs_no_table(offsets: bytes, extended: tuple[int, ...]) -> None:
    assert frames_of(encapsulated(ONE, TWO, THREE, table=offsets), 3, extended) == [ONE, TWO, THREE]


def test_a_table_tells_which_fragments_are_one_frame() -> None:
    content = encapsulated(b"aa", b"bb", b"cc", b"dd", b"ee", table=table(0, 20, 30))
    assert frames_of(content, 3) == [b"aabb", b"cc", b"ddee"]


def test_without_a_table_a_frame_ends_with_its_codestream() -> None:
    content = encapsulated(b"on", b"e!" + END, TWO, b"th", b"ir", b"d!" + END + b"\0\0")
    assert frames_of(content, 3) == [b"one!" + END, TWO, b"third!" + END + b"\0\0"]


@pytest.mark.parametrize("signature", [b"\xff\x0a", b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a"], ids=["bare", "in boxes"])
def test_without_a_table_a_jpeg_xl_begins_a_frame(signature: bytes) -> None:
    content = encapsulated(signature + b"on", b"e!", signature + b"two!", signature + b"th", b"re", b"e!")
    assert frames_of(content, 3) == [signature + b"one!", signature + b"two!", signature + b"three!"]


def test_all_fragments_are_the_only_frames() -> None:
    assert frames_of(encapsulated(b"a" + END[:1], b"bb", b"cc"), 1) == [b"a\xffbbcc"]


@pytest.mark.parametrize("delimiter", [b"", DELIMITER[:3], b"\1\2\3\4\5\6\7\x08"], ids=["none", "cut short", "rubbish"])
def test_a_missing_delimiter_is_the_end(delimiter: bytes) -> None:
    assert frames_of(encapsulated(ONE, TWO, delimiter=delimiter), 2) == [ONE, TWO]


def test_a_last_fragment_that_is_cut_short_ends_with_the_file() -> None:
    assert frames_of(encapsulated(ONE, TWO, delimiter=b"")[:-3], 2) == [ONE, TWO[:-3]]


def test_a_fragment_that_claims_more_than_there_is_ends_with_the_file() -> None:
    content = fragment(b"") + b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + ONE
    assert frames_of(content, 1) == [ONE]


@pytest.mark.parametrize("content", [b"", DELIMITER, fragment(b""), fragment(b"") + DELIMITER, b"rubbish rubbish"])
def test_pixel_data_without_a_fragment_are_refused(content: bytes) -> None:
    with pytest.raises(NotAcceptable, match="no fragment"):
        frames_of(content, 1)


def test_fragments_that_nothing_divides_into_frames_are_refused() -> None:
    with pytest.raises(NotAcceptable, match="which fragments"):
        frames_of(encapsulated(b"aa", b"bb", b"cc", b"dd"), 2)


def test_fewer_fragments_than_frames_are_refused() -> None:
    with pytest.raises(NotAcceptable):
        frames_of(encapsulated(ONE, TWO), 3)


def test_only_the_frame_asked_for_is_read() -> None:
    class Counting(BytesSource):
        __slots__ = ()

        def read(self, offset: int, length: int) -> bytes:
            reads.append(length)
            return super().read(offset, length)

    reads: list[int] = []
    source = Counting(bytes(1000))
    assert NativeFrames(Span(100, 800), 80).read(source, 3) == (bytes(10), 0)
    assert reads == [10]


@pytest.mark.parametrize(
    ("frame_bits", "frame_index", "expected"),
    [
        (16, 0, (b"\x00\x01", 0)),
        (16, 1, (b"\x02\x03", 0)),
        (9, 1, (b"\x01\x02", 1)),  # bits 9 to 17
        (9, 2, (b"\x02\x03", 2)),
        (3, 2, (b"\x00\x01", 6)),
    ],
)
def test_native_frames_follow_without_a_gap_even_of_bits(
    frame_bits: int, frame_index: int, expected: tuple[bytes, int]
) -> None:
    assert NativeFrames(Span(2, 8), frame_bits).read(BytesSource(b"--" + bytes(range(8))), frame_index) == expected


@pytest.mark.parametrize("frame_index", [0, 1, 2])
def test_bytes_in_words_of_big_endian_change_places(frame_index: int) -> None:
    swapped = bytes([1, 0, 3, 2, 5, 4, 7, 6, 9, 8])
    expected = bytes(range(3 * frame_index, 3 * frame_index + 3))
    frames = NativeFrames(Span(2, 10), 24, has_swapped_bytes=True)
    assert frames.read(BytesSource(b"--" + swapped), frame_index) == (expected, 0)


def test_native_frames_beyond_the_element_or_the_file_are_refused() -> None:
    with pytest.raises(NotAcceptable, match="shorter than the number of frames"):
        NativeFrames(Span(0, 16), 64).read(BytesSource(bytes(100)), 2)
    with pytest.raises(NotAcceptable, match="cut short"):
        NativeFrames(Span(0, 100), 64).read(BytesSource(bytes(20)), 2)


@pytest.mark.parametrize("span", [Span(0, 15), Span(0, 16)], ids=["of the element", "of the file"])
def test_a_last_byte_that_is_missing_is_black(span: Span) -> None:
    content, _ = NativeFrames(span, 64).read(BytesSource(b"\x01" * 15), 1)
    assert content == b"\x01" * 7 + b"\0"
