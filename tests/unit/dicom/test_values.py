"""Attributes as plain values, whatever the file holds in their place."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from wado.dicom.values import decimals, integer, items, text, unfit, values_of
from wado.errors import NotAcceptable


def with_raw(keyword: str, vr: str, value: bytes) -> Dataset:
    """A data set with an element as a file may hold it."""
    dataset = Dataset()
    tag = Tag(keyword)
    dataset._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)
    return dataset


@pytest.mark.parametrize(
    ("vr", "value", "expected"),
    [
        ("DS", b"1.5", [1.5]),
        ("DS", b" 40 \\ -160 ", [40.0, -160.0]),
        ("DS", b"1e3", [1000.0]),
        ("DS", b"", []),
        ("DS", b"abc", []),
        ("DS", b"40\\abc\\50", [40.0]),
        ("DS", b"nan", []),
        ("DS", b"1\\inf", [1.0]),
        ("DS", b"1,5", []),
        ("DS", b"\xff\xfe", []),
        ("UN", b" -1024 ", [-1024.0]),
        ("FD", b"\0\0\0\0\0\0\xf8\x3f", [1.5]),
        ("FD", b"\0\0\0", []),
        ("US", b"\x05\x00", [5.0]),
        ("XX", b"7", []),
    ],
)
def test_decimals_are_numbers_or_are_left_out(vr: str, value: bytes, expected: list[float]) -> None:
    assert decimals(with_raw("WindowCenter", vr, value), "WindowCenter") == expected


@pytest.mark.parametrize(
    ("vr", "value", "expected"),
    [
        ("US", b"\x00\x02", 512),
        ("US", b"\x00\x02\x01\x00", 512),
        ("IS", b"15 ", 15),
        ("IS", b"1A", -1),
        ("US", b"", -1),
        ("US", b"\x01", -1),
        ("LO", b"many", -1),
        ("UN", b"\x00\x02", 512),
    ],
)
def test_an_integer_is_the_first_value_or_the_default(vr: str, value: bytes, expected: int) -> None:
    assert integer(with_raw("Rows", vr, value), "Rows", -1) == expected


def test_an_integer_that_is_absent_is_named_in_the_error() -> None:
    with pytest.raises(NotAcceptable, match=r"Rows \(0028,0010\) is absent or malformed"):
        integer(Dataset(), "Rows")


@pytest.mark.parametrize(
    ("value", "expected"), [(b"RGB ", "RGB"), (b"RGB\0", "RGB"), (b"", ""), (b"A\\B", "A"), (b" ", "")]
)
def test_text_is_the_first_value_without_its_padding(value: bytes, expected: str) -> None:
    assert text(with_raw("PhotometricInterpretation", "CS", value), "PhotometricInterpretation") == expected


def test_the_items_of_a_sequence_are_data_sets() -> None:
    dataset, item = Dataset(), Dataset()
    item.WindowCenter = 40
    dataset.FrameVOILUTSequence = [item, Dataset()]
    assert [len(each) for each in items(dataset, "FrameVOILUTSequence")] == [1, 0]


@pytest.mark.parametrize("number", [2, 20_000])
def test_the_items_of_a_sequence_of_unknown_vr_are_data_sets(number: int) -> None:
    """Also of more than 64 kilobytes, which pydicom leaves unread."""
    item = b"\x28\x00\x50\x10\x02\x00\x00\x0040"  # Window Center in implicit VR
    value = (b"\xfe\xff\x00\xe0\x0a\x00\x00\x00" + item) * number
    found = items(with_raw("FrameVOILUTSequence", "UN", value), "FrameVOILUTSequence")
    assert [each.WindowCenter for each in found] == [40] * number


@pytest.mark.parametrize("value", [b"", b"rubbish", b"\xfe\xff\x00\xe0\xff\xff"])
def test_a_malformed_sequence_has_no_items(value: bytes) -> None:
    assert items(with_raw("FrameVOILUTSequence", "SQ", value), "FrameVOILUTSequence") == []


@pytest.mark.parametrize(
    ("value", "expected"), [(None, []), ("", []), (0, [0]), ([1, 2], [1, 2]), (b"\1\0", [b"\1\0"])]
)
def test_values_are_a_list_of_any_length(value: Any, expected: list[Any]) -> None:
    dataset = Dataset()
    dataset.add_new(0x00281201, "OW", value) if isinstance(value, bytes) else dataset.add_new(0x00281201, "IS", value)
    assert values_of(dataset, "RedPaletteColorLookupTableData") == expected


def test_an_unfit_object_is_406_and_the_way_out_is_told() -> None:
    error = unfit("Rows", "is 0")
    assert error.status == 406
    assert "Rows (0028,0010) is 0" in error.message and "transferSyntax=*" in error.message


RAW: dict[str, tuple[bytes, ...]] = {
    "WindowCenter": (
        b"1",
        b" 1.5",
        b"+7.",
        b"-.5",
        b"1e3\0",
        b"1E-3 ",
        b"1\\2",
        b" 1 \\ 2\0",
        b"1\\",
        b"\\1",
        b"1 \0 \0",
    ),
    "NumberOfFrames": (b"7", b"-7 ", b"+07\0", b" 7", b"7\\8", b"7.0", b"7.5", b"1_0", b"9999999999", b"\0", b"--1"),
    "Rows": (b"\1\0", b"\xff\xff", b"\1\0\2\0", b"\1", b"\1\0\2"),
    "TagAngleSecondAxis": (b"\1\0", b"\xff\xff", b"\0\x80", b"\xff\xff\2\0", b"\1\0\2"),
    "Modality": (b"A", b" A B ", b"A\0", b"A\0\0", b"A\\B", b"   ", b"\xe9", b"A\tB", b"\0A", b"[x]^"),
    "SOPClassUID": (b"1.2.3\0", b"1.2.3", b"1.2.3 ", b"1.2\\1.3", b"\0\0"),
}
"""Values of DS, IS, US, SS, CS and UI, as they should be and otherwise."""


@pytest.mark.parametrize("read", [lambda one, name: integer(one, name, -1), decimals, text, values_of])
@pytest.mark.parametrize(
    ("keyword", "value"), [(keyword, value) for keyword, values in RAW.items() for value in values]
)
@pytest.mark.parametrize("form", ["explicit", "implicit", "big endian"])
def test_what_is_read_out_of_the_bytes_is_what_pydicom_makes_of_them(
    form: str, keyword: str, value: bytes, read: Callable[[Dataset, str], object]
) -> None:
    def make() -> Dataset:
        dataset = with_raw(keyword, dictionary_VR(keyword), value)
        stored: Any = dataset._dict[Tag(keyword)]
        if form == "implicit":
            stored = stored._replace(VR=None, is_implicit_VR=True)
        dataset._dict[Tag(keyword)] = stored._replace(is_little_endian=form != "big endian")
        return dataset

    converted = make()
    with contextlib.suppress(Exception):  # of what pydicom cannot read, either way has to say so
        converted[keyword]
    assert read(make(), keyword) == read(converted, keyword)
