"""Sequences that are stored as UN (PS3.5 6.2.2)."""

from __future__ import annotations

import io
import struct

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from wado.dicom.unknown_sequence import says_vrs
from wado.dicom.values import items

ITEM = b"\xfe\xff\x00\xe0"
EMPTY_ITEM = ITEM + bytes(4)
ENDLESS_EMPTY_ITEM = ITEM + b"\xff\xff\xff\xff\xfe\xff\x0d\xe0" + bytes(4)
WITH_VR, WITHOUT_VR = b"\x28\x00\x50\x10DS\x02\x0040", b"\x28\x00\x50\x10\x02\x00\x00\x0040"


def item(content: bytes) -> bytes:
    return ITEM + struct.pack("<L", len(content)) + content


def with_unknown(keyword: str, value: bytes, *, is_little_endian: bool = True) -> Dataset:
    dataset, tag = Dataset(), Tag(keyword)
    dataset[tag] = RawDataElement(tag, "UN", len(value), value, 0, False, is_little_endian)
    return dataset


@pytest.mark.parametrize("before", [b"", EMPTY_ITEM, ENDLESS_EMPTY_ITEM, EMPTY_ITEM * 3])
@pytest.mark.parametrize("content", [WITH_VR, WITHOUT_VR])
@pytest.mark.parametrize("is_little_endian", [True, False])
def test_items_are_read_in_the_encoding_that_they_are_in(before: bytes, content: bytes, is_little_endian: bool) -> None:
    """Which is little endian in a big endian file too."""
    dataset = with_unknown("FrameVOILUTSequence", before + item(content), is_little_endian=is_little_endian)
    assert items(dataset, "FrameVOILUTSequence")[-1].WindowCenter == 40


def test_a_length_that_looks_like_a_vr_is_a_length() -> None:
    reference = item(b"\x08\x00\x55\x11" + struct.pack("<L", 0x4142 - 16) + b"1" * (0x4142 - 16))
    assert len(reference) == 0x4142
    series = item(b"\x08\x00\x40\x11" + struct.pack("<L", len(reference)) + reference)
    (read,) = items(with_unknown("ReferencedSeriesSequence", series), "ReferencedSeriesSequence")
    assert len(read.ReferencedImageSequence) == 1


def test_what_reaches_beyond_the_item_is_no_length() -> None:
    """Of an element with another VR than the dictionary's: Referenced Image Sequence as OB."""
    assert says_vrs(io.BytesIO(item(b"\x08\x00\x40\x11OB\x00\x00\x02\x00\x00\x00AB")))


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (b"\x09\x00\x10\x00LO\x02\x00AB", True),  # a private creator
        (b"\x09\x00\x10\x00\x02\x00\x00\x00AB", False),
        (b"\x28\x00\x06\x01SS\x02\x00\x01\x00", True),  # Smallest Image Pixel Value: US or SS
        (b"\x28\x00\x06\x01UN\x00\x00\x02\x00\x00\x00\x01\x00", True),
        (b"\x08\x00\x40\x11LO\x00\x00", False),  # Referenced Image Sequence, of 0x4F4C bytes
        (b"", False),
    ],
)
def test_the_first_element_tells_whether_vrs_are_there(element: bytes, expected: bool) -> None:
    assert says_vrs(io.BytesIO(ITEM + b"\xff\xff\xff\xff" + element)) is expected
