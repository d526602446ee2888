"""A malformed element that has swallowed others goes with them; a sound one stays."""

from __future__ import annotations

import io
import struct

import pydicom
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.support.datasets import make_object, to_file
from tests.unit.deidentify.leaks import deidentified
from tests.unit.deidentify.objects import item, policy, walk_of
from wado.deidentify.elements import vr_of
from wado.deidentify.well_formed import is_well_formed
from wado.dicom.stored_object import BytesSource
from wado.errors import NotAcceptable
from wado.transcode.deidentified import write_deidentified

NAME = b"Zwetschge^Ida "
EXPLICIT = struct.pack("<HH2sH", 0x0010, 0x0010, b"PN", len(NAME)) + NAME
BIG = struct.pack(">HH2sH", 0x0010, 0x0010, b"PN", len(NAME)) + NAME
IMPLICIT = struct.pack("<HHI", 0x0010, 0x0010, len(NAME)) + NAME


def raw(tag: int, vr: str, value: bytes) -> Dataset:
    """A data set of one element as it comes out of a file."""
    dataset = Dataset()
    dataset[tag] = RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)
    return dataset


@pytest.mark.parametrize("swallowed", [EXPLICIT, BIG, IMPLICIT], ids=["explicit", "big", "implicit"])
@pytest.mark.parametrize(
    ("tag", "vr", "before"),
    [
        (0x00080070, "LO", b"ACME"),  # Manufacturer
        (0x00080060, "CS", b"CT"),
        (0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.2\0"),
        (0x00180050, "DS", b"1.0 "),
        (0x00280010, "US", b"\x10\0"),
        (0x00283006, "OW", bytes(16)),  # LUT Data
        (0x00660016, "OF", bytes(16)),  # Point Coordinates Data
    ],
)
def test_an_element_that_swallowed_a_name_goes(tag: int, vr: str, before: bytes, swallowed: bytes) -> None:
    dataset = raw(tag, vr, before + swallowed)
    assert not is_well_formed(dataset, tag, vr)
    walk_of().data_set(dataset)
    assert tag not in dataset


@pytest.mark.parametrize("transfer_syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_a_length_that_is_too_long_takes_no_name_along(transfer_syntax: str) -> None:
    content = to_file(make_object(Manufacturer="ACME", PatientName="Zwetschge^Ida"), transfer_syntax)
    at = content.index(b"ACME")
    length_field = slice(at - 4, at) if transfer_syntax == ImplicitVRLittleEndian else slice(at - 2, at)
    order = "big" if transfer_syntax == ExplicitVRBigEndian else "little"
    width = length_field.stop - length_field.start
    longer = (content.index(b"Zwetschge^Ida") + 14 - at).to_bytes(width, order)  # type: ignore[arg-type]
    written, _ = deidentified(content[: length_field.start] + longer + content[at:], policy())
    assert b"Zwetschge" not in written
    assert b"ACME" not in written


def test_a_name_under_another_tag_goes() -> None:
    dataset = raw(0x20100010, "PN", NAME)  # Image Display Format
    walk_of().data_set(dataset)
    assert 0x20100010 not in dataset


def test_sound_values_stay() -> None:
    dataset = make_object(
        Manufacturer="ACME\r\n",
        ImageType=["ORIGINAL", "PRIMARY"],
        SliceThickness="1.0",
        PixelAspectRatio=[1, 1],
        RedPaletteColorLookupTableData=bytes(range(256)),
        SOPClassUID="1.2.840.10008.5.1.4.1.1.2",
        Rows=16,
    )
    dataset = pydicom.dcmread(io.BytesIO(to_file(dataset)))
    for tag in (0x00080070, 0x00080008, 0x00180050, 0x00280034, 0x00281201, 0x00080016, 0x00280010):
        vr = str(dataset.get_item(tag).VR)
        assert is_well_formed(dataset, tag, vr), hex(tag)


def test_a_transfer_syntax_that_is_no_uid_is_refused() -> None:
    content = to_file(make_object(PatientName="Zwetschge^Ida"))
    broken = content.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1 2.1\0", 1)
    assert broken != content
    with pytest.raises(NotAcceptable, match="Transfer Syntax UID"):
        write_deidentified(BytesSource(broken), io.BytesIO(), policy())


def test_pixels_in_an_item_go() -> None:
    nested = item(Rows=1, Columns=2, PixelData=b"\1\2")
    nested["PixelData"].VR = "OB"
    dataset = item(SharedFunctionalGroupsSequence=[nested])
    walk_of().data_set(dataset)
    assert "PixelData" not in dataset.SharedFunctionalGroupsSequence[0]


@pytest.mark.parametrize(("value", "expected"), [("ZWETSCHGE", "REMOVED"), ("X4711-0815", "REMOVED"), ("HEAD", "HEAD")])
def test_a_coded_string_names_nobody(value: str, expected: str) -> None:
    content = to_file(make_object(PatientName="Zwetschge^Head", PatientID="4711-0815", BodyPartExamined=value))
    assert pydicom.dcmread(io.BytesIO(deidentified(content, policy())[0])).BodyPartExamined == expected


@pytest.mark.parametrize(
    ("tag", "vr", "value", "expected"),
    [
        (0x00280010, "US", b"\x10\0", True),  # Rows
        (0x00280010, "UL", b"\x10\0\0\0", True),
        (0x00280010, "US", b"\x10\0Ilse", False),
        (0x00281101, "US", b"\x10\0\0\0\x10\0", True),  # Red Palette Color Lookup Table Descriptor
        (0x00281101, "US", b"\x10\0I", False),
        (0x00280034, "IS", b"1\\1 ", True),  # Pixel Aspect Ratio
        (0x00200013, "IS", b"1.0 ", True),  # Instance Number
        (0x00200013, "IS", b"Ilse", False),
        (0x00180050, "DS", b" -1.5E+3 ", True),  # Slice Thickness
        (0x00180050, "DS", b"1.5 Ilse", False),
        (0x00180050, "FD", bytes(8), True),
        (0x00180050, "FD", bytes(8) + b"Zwetschg", False),
        (0x00101010, "AS", b"045Y", True),  # Patient's Age
        (0x00101010, "AS", b"Ilse", False),
        (0x00280004, "CS", b"MONOCHROME2 ", True),  # Photometric Interpretation
        (0x00280004, "CS", b"ILSE", False),
        (0x0040A040, "CS", b"CONTAINER ", True),  # Value Type
        (0x0040A040, "CS", b"ILSE", False),
        (0x0040A010, "CS", b"HAS PROPERTIES", True),  # Relationship Type
        (0x0040A010, "CS", b"ILSE", False),
        (0x00080005, "CS", b"\\ISO 2022 IR 87\\ISO_IR 100 ", True),  # Specific Character Set
        (0x00080005, "CS", b"ISO_IR 100\\ILSE", False),
    ],
)
def test_a_value_is_as_long_and_is_written_as_its_kind_is(tag: int, vr: str, value: bytes, expected: bool) -> None:
    dataset = raw(tag, vr, value)
    assert is_well_formed(dataset, tag, vr_of(dataset, tag)) is expected


@pytest.mark.parametrize(("value", "expected"), [(b"\x00\x02", True), (b"\x00\x02Ilse", False)])
def test_numbers_are_counted_where_they_have_been_read_before(value: bytes, expected: bool) -> None:
    dataset = raw(0x00280010, "US", value)
    assert len(value) // 2 == dataset[0x00280010].VM
    assert is_well_formed(dataset, 0x00280010, "US") is expected


def test_a_body_part_that_is_a_part_of_a_name_stays() -> None:
    """What laterality means follows from it; collections give patients such names."""
    content = to_file(make_object(PatientName="QIN-HEADNECK-01", BodyPartExamined="HEADNECK"))
    assert pydicom.dcmread(io.BytesIO(deidentified(content, policy())[0])).BodyPartExamined == "HEADNECK"
