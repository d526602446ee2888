"""Public attributes that are stored as UN (PS3.5 6.2.2) go, move and stay as those that say what they are."""

from __future__ import annotations

import io
import struct

import pydicom
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.tag import Tag

from tests.support.datasets import make_object
from tests.unit.deidentify.leaks import deidentified
from tests.unit.deidentify.objects import element, item, policy, walk_of
from tests.unit.deidentify.test_profile import KEPT_SEQUENCE, ROWS, tag_of, value_of, vr_of_row
from wado.deidentify.options import Option
from wado.deidentify.profile import PRIVATE, is_known

EVERY_OPTION = tuple(option for option in Option if option is not Option.RETAIN_UIDS)
META = b"\2\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0"
"""Transfer Syntax UID: Explicit VR Little Endian."""
FUNCTIONAL_GROUPS = 0x52009230
MORE_THAN_64_KILOBYTES = 600
"""Items of a sequence."""


def written(dataset: Dataset, *, is_implicit_vr: bool) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = is_implicit_vr, True
    write_dataset(buffer, dataset)
    return buffer.getvalue()


def value_bytes(tag: int, vr: str) -> bytes:
    dataset = Dataset()
    dataset.add(element(tag, vr, value_of(vr)))
    return written(dataset, is_implicit_vr=True)[8:]


def raw(tag: int, vr: str, value: bytes) -> Dataset:
    dataset = Dataset()
    dataset[tag] = RawDataElement(Tag(tag), vr, len(value), value, 0, vr == "SQ", True)
    return dataset


def unknown(tag: int, value: bytes) -> bytes:
    """An element of an unknown VR."""
    return struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, b"UN", 0, len(value)) + value


def file_with(elements: dict[int, bytes], **attributes: str) -> bytes:
    """An object in Explicit VR Little Endian with the elements at their places."""
    pieces = dict(elements)
    for present in make_object(**attributes):
        alone = Dataset()
        alone.add(present)
        pieces[int(present.tag)] = written(alone, is_implicit_vr=False)
    return bytes(128) + b"DICM" + META + b"".join(pieces[tag] for tag in sorted(pieces))


def read(content: bytes, *options: Option) -> FileDataset:
    return pydicom.dcmread(io.BytesIO(deidentified(content, policy(*options))[0]))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("options", [(), EVERY_OPTION], ids=["no option", "every option"])
@pytest.mark.parametrize("is_nested", [False, True], ids=["top", "item"])
def test_every_row_gets_the_action_of_its_attribute(is_nested: bool, options: tuple[Option, ...]) -> None:
    for row in ROWS:
        tag, vr = tag_of(row), vr_of_row(row)
        if row.tag == PRIVATE or not is_known(tag):
            continue
        outcomes = []
        for stored_vr in (vr, "UN"):
            dataset = raw(tag, stored_vr, value_bytes(tag, vr))
            outer = Dataset()
            outer.add(element(KEPT_SEQUENCE, "SQ", [dataset]))
            walk_of(*options).data_set(outer if is_nested else dataset)
            outcomes.append(written(dataset, is_implicit_vr=True))
        assert outcomes[0] == outcomes[1], row.tag


def test_what_stays_says_what_it_is() -> None:
    elements = {
        0x00080060: b"CT",  # Modality
        0x00181020: b"VB10",  # Software Versions
        0x00181050: b"0.5 ",  # Spatial Resolution
        0x00189073: struct.pack("<d", 1.5),  # Acquisition Duration
    }
    dataset = read(file_with({tag: unknown(tag, value) for tag, value in elements.items()}))
    assert [dataset.get_item(tag).VR for tag in elements] == ["CS", "LO", "DS", "FD"]
    assert dataset.Modality == "CT" and dataset.AcquisitionDuration == 1.5


def test_what_is_too_long_or_may_be_two_things_stays_unknown() -> None:
    elements = {0x00181020: b"VB10\\" * 20000, 0x00280106: b"\7\0"}  # Smallest Image Pixel Value: US or SS
    dataset = read(file_with({tag: unknown(tag, value) for tag, value in elements.items()}))
    assert {tag: dataset.get_item(tag).VR for tag in elements} == dict.fromkeys(elements, "UN")
    assert {tag: dataset.get_item(tag).value for tag in elements} == elements


@pytest.mark.parametrize("tag", [0x00181020, 0x00081030], ids=["a label", "a description"])
def test_text_is_searched(tag: int) -> None:
    content = file_with({tag: unknown(tag, b"Thorax Bergmann ")}, PatientName="Bergmann^Ilse", SeriesDate="20110412")
    written_bytes = deidentified(content, policy(Option.CLEAN_DESCRIPTORS))[0]
    assert b"Bergmann" not in written_bytes


def test_dates_move_with_the_others() -> None:
    content = file_with({0x00080021: unknown(0x00080021, b"20110412")}, StudyDate="20110412", PatientID="4711")
    dataset = read(content, Option.RETAIN_LONGITUDINAL_TEMPORAL_INFORMATION)
    assert dataset.SeriesDate == dataset.StudyDate != "20110412"


@pytest.mark.parametrize("number", [2, MORE_THAN_64_KILOBYTES])
@pytest.mark.parametrize("is_implicit_vr", [True, False], ids=["implicit", "explicit"])
@pytest.mark.parametrize("has_length", [True, False], ids=["length", "undefined length"])
def test_sequences_are_gone_through(number: int, is_implicit_vr: bool, has_length: bool) -> None:
    group = item(PatientID="4711-0815", ImageType="PRIMARY", SoftwareVersions="of 4711-0815", FrameComments="Bergmann")
    group.PixelMeasuresSequence = [item(SliceThickness="3", OperatorsName="Bergmann")]
    encoded = written(group, is_implicit_vr=is_implicit_vr)
    items = (struct.pack("<HHI", 0xFFFE, 0xE000, len(encoded)) + encoded) * number
    assert (len(items) > 0xFFFF) == (number == MORE_THAN_64_KILOBYTES)
    sequence = unknown(FUNCTIONAL_GROUPS, items)
    if not has_length:
        sequence = sequence[:8] + b"\xff\xff\xff\xff" + items + b"\xfe\xff\xdd\xe0" + bytes(4)
    content = file_with({FUNCTIONAL_GROUPS: sequence}, PatientID="4711-0815")
    written_bytes = deidentified(content, policy())[0]
    assert b"4711-0815" not in written_bytes and b"Bergmann" not in written_bytes
    kept = read(content).PerFrameFunctionalGroupsSequence
    assert len(kept) == number
    assert {(one.ImageType, one.PixelMeasuresSequence[0].SliceThickness) for one in kept} == {("PRIMARY", 3)}
