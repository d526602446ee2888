"""Palettes: descriptors, entries of 8 and 16 bits, and segments (PS3.3 C.7.6.3.1.5, C.7.9.2)."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset

from wado.dicom.palette import COLORS, expand_segments, read_palette
from wado.errors import NotAcceptable


def palette(descriptor: list[int], data: bytes, prefix: str = "") -> Dataset:
    """The same entries for red, green and blue."""
    dataset = Dataset()
    dataset.set_original_encoding(False, True, "ascii")
    for color in COLORS:
        dataset.add_new(f"{color}PaletteColorLookupTableDescriptor", "US", descriptor)
        dataset.add_new(f"{prefix}{color}PaletteColorLookupTableData", "OW", data)
    return dataset


def words(*values: int) -> bytes:
    return np.array(values, "<u2").tobytes()


def reds(dataset: Dataset, *, is_signed: bool = False) -> list[int]:
    return list(read_palette(dataset, is_signed).entries[::3])


@pytest.mark.parametrize(
    ("descriptor", "data", "expected"),
    [
        pytest.param([3, 0, 16], words(0, 0x8000, 0xFFFF), [0, 128, 255], id="16 bits"),
        pytest.param([3, 0, 8], words(0, 128, 255), [0, 128, 255], id="8 bits in words"),
        pytest.param([4, 0, 8], bytes([0, 1, 128, 255]), [0, 1, 128, 255], id="8 bits in bytes"),
        pytest.param([3, 0, 8], bytes([0, 128, 255, 0]), [0, 128, 255], id="8 bits in bytes, padded"),
        pytest.param([3, 0, 16], words(0, 128, 255), [0, 128, 255], id="8 bits where the descriptor says 16"),
        pytest.param([2, 0, 8], words(0x1200, 0xFF00), [0x12, 0xFF], id="16 bits where the descriptor says 8"),
        pytest.param([2, 0, 16], words(1, 0xFFFF, 5, 6), [0, 255], id="more entries than the descriptor says"),
    ],
)
def test_entries_become_bytes(descriptor: list[int], data: bytes, expected: list[int]) -> None:
    assert reds(palette(descriptor, data)) == expected


def test_a_descriptor_of_no_entries_means_65536() -> None:
    assert len(reds(palette([0, 0, 16], words(*range(65536))))) == 65536


@pytest.mark.parametrize(
    ("first", "is_signed", "expected"), [(5, False, 5), (0xFFFE, True, -2), (0xFFFE, False, 65534)]
)
def test_the_first_mapped_value_has_the_sign_of_the_pixels(first: int, is_signed: bool, expected: int) -> None:
    assert read_palette(palette([1, first, 16], words(7)), is_signed).first_mapped_value == expected


def test_red_green_and_blue_are_one_entry() -> None:
    dataset = palette([1, 0, 8], words(10))
    dataset.GreenPaletteColorLookupTableData = words(20)
    dataset.BluePaletteColorLookupTableData = words(30)
    assert read_palette(dataset, False).entries == bytes([10, 20, 30])


@pytest.mark.parametrize(
    ("descriptor", "data", "named"),
    [
        ([3, 0, 12], words(1, 2, 3), "Descriptor"),
        ([3, 0], words(1, 2, 3), "Descriptor"),
        ([30, 0, 16], words(1, 2, 3), "Data"),
        ([3, 0, 16], b"", "Data"),
    ],
)
def test_a_palette_that_is_not_whole_is_refused(descriptor: list[int], data: bytes, named: str) -> None:
    with pytest.raises(NotAcceptable, match=f"Red Palette Color Lookup Table {named}"):
        read_palette(palette(descriptor, data), False)


def test_discrete_segments_are_their_entries() -> None:
    assert expand_segments([0, 3, 10, 20, 30, 0, 1, 5], 4) == [10, 20, 30, 5]


def test_linear_segments_go_on_from_the_entry_before() -> None:
    assert expand_segments([0, 1, 0, 1, 4, 100], 5) == [0, 25, 50, 75, 100]
    assert expand_segments([0, 1, 100, 1, 4, 0], 5) == [100, 75, 50, 25, 0]


def test_the_example_of_the_standard_is_expanded_as_it_says() -> None:
    # PS3.3 C.7.9.2: a discrete, a linear and an indirect segment that copies the two before from their byte offset.
    segments = [0, 2, 7, 8, 1, 2, 12, 2, 2, 0, 0]
    assert expand_segments(segments, 8) == [7, 8, 10, 12, 7, 8, 10, 12]


def test_an_indirect_segment_copies_from_a_byte_offset_with_its_low_word_first() -> None:
    segments = [0, 1, 9, 0, 2, 1, 2, 2, 1, 6, 0]  # the second segment begins at byte 6
    assert expand_segments(segments, 5) == [9, 1, 2, 1, 2]


def test_the_byte_offset_of_an_indirect_segment_has_a_high_word() -> None:
    long = 33000
    offset = 2 * (2 + long)  # 66004, beyond what one word holds
    segments = [0, long, *[9] * long, 0, 2, 1, 2, 2, 1, offset & 0xFFFF, offset >> 16]
    assert expand_segments(segments, long + 4)[long:] == [1, 2, 1, 2]


def test_a_copied_linear_segment_goes_on_from_where_it_is_copied_to() -> None:
    segments = [0, 1, 0, 1, 2, 10, 2, 1, 6, 0]
    assert expand_segments(segments, 5) == [0, 5, 10, 10, 10]


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [0],
        [1, 5, 10],
        [7, 5, 10],
        [2, 1, 0, 0],
        [0, 1, 5, 2, 1, 6, 0],
        [2, 60000, 0, 0] * 3,
        [0, 1, 5, 2, 1, 0xFFFF, 0xFFFF],
        [0, 1, 5, 1, 0, 9],
        [0, 0] * 50,
    ],
)
def test_segments_that_make_no_sense_end_the_expansion(segments: list[int]) -> None:
    assert len(expand_segments(segments, 10)) <= 2


def test_a_segmented_palette_is_read_as_its_entries() -> None:
    dataset = palette([5, 0, 16], words(0, 1, 0, 1, 4, 0xFFFF), "Segmented")
    assert reds(dataset) == [0, 64, 128, 191, 255]


def test_a_segmented_palette_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(NotAcceptable, match="does not expand"):
        read_palette(palette([9, 0, 16], words(0, 1, 0, 1, 4, 0xFFFF), "Segmented"), False)


def test_segments_of_8_bit_entries_may_be_bytes() -> None:
    # A discrete entry, a line of 3 to 0xFE, and the line once more from byte 3 on: it begins where it is copied to.
    content = bytes([0, 1, 0xFF, 1, 3, 0xFC, 2, 1, 3, 0, 0, 0])
    assert reds(palette([7, 0, 8], content, "Segmented")) == [255, 254, 253, 252, 252, 252, 252]
    assert reds(palette([4, 0, 8], words(0, 1, 0, 1, 3, 0x1E), "Segmented")) == [0, 10, 20, 30]


def test_segments_in_bytes_are_read_in_big_endian_too() -> None:
    dataset = palette([4, 0, 8], bytes([1, 0, 1, 0xFF, 0xFC, 3]), "Segmented")
    dataset.set_original_encoding(False, False, "ascii")
    assert reds(dataset) == [255, 254, 253, 252]
