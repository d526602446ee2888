"""Plain headers come out as pydicom reads them; all others are left to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.filereader import read_partial
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.support.datasets import make_image, pydicom_files, sample_files, to_data_set, to_file
from wado.dicom.plain_header import META_START, read_plain_header
from wado.dicom.stored_object import BytesSource, inflate
from wado.errors import NotAcceptable

HEAD = 64 * 1024
PIXELS = np.arange(6, dtype=np.uint16).reshape(2, 3)


def stops_at_pixel_data(tag: BaseTag, vr: str | None, length: int) -> bool:
    return int(tag) in (0x7FE00008, 0x7FE00009, 0x7FE00010)


def read(content: bytes, length: int = HEAD) -> tuple[FileDataset, int] | None:
    return read_plain_header(content[:length], stops_at_pixel_data, is_whole=length >= len(content))


def read_by_pydicom(content: bytes) -> tuple[FileDataset, int]:
    with BytesSource(content).open() as file:
        return read_partial(file, stops_at_pixel_data, force=True), file.tell()


def assert_same(ours: Dataset, theirs: Dataset) -> None:
    assert list(ours.keys()) == list(theirs.keys())
    for tag in theirs.keys():  # noqa: SIM118 - a data set iterates over its elements
        assert ours.get_item(tag) == theirs.get_item(tag)
    assert ours.original_encoding == theirs.original_encoding
    assert ours.original_character_set == theirs.original_character_set


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "path", [*pydicom_files(), *sample_files("4_images"), *sample_files("5_broken")], ids=lambda path: path.name
)
def test_a_header_is_what_pydicom_reads_or_left_to_it(path: Path) -> None:
    try:
        source = inflate(BytesSource(path.read_bytes()))
    except NotAcceptable:
        pytest.skip("it cannot be inflated")
    content = source.read(0, source.size)
    read_here = read(content)
    if read_here is None:
        pytest.skip("it is not plain")
    (ours, end), (theirs, their_end) = read_here, read_by_pydicom(content)
    assert end == their_end
    assert_same(ours, theirs)
    assert ours.file_meta == theirs.file_meta
    assert ours.preamble == theirs.preamble
    assert ours == theirs


def test_most_of_pydicoms_own_files_are_plain() -> None:
    contents = [path.read_bytes() for path in pydicom_files()]
    read_here = [content for content in contents if read(content) is not None]
    assert len(read_here) > len(contents) / 2


@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, ImplicitVRLittleEndian], ids=lambda uid: uid.name)
def test_a_header_ends_at_the_pixel_data(uid: str) -> None:
    content = to_file(make_image(PIXELS, PatientName="Name^Given", BitsGrouped=None), uid)
    header = read(content)
    assert header is not None
    dataset, end = header
    assert content[end : end + 4] == b"\xe0\x7f\x10\x00"
    assert dataset.Rows == 2 and dataset.PatientName == "Name^Given" and "PixelData" not in dataset


def test_big_endian_and_bare_data_sets_are_left_to_pydicom() -> None:
    assert read(to_file(make_image(PIXELS), ExplicitVRBigEndian)) is None
    assert read(to_data_set(make_image(PIXELS), ExplicitVRLittleEndian)) is None


def test_an_explicit_data_set_that_is_called_implicit_is_left_to_pydicom() -> None:
    content = to_file(make_image(PIXELS), ImplicitVRLittleEndian)
    start = content.index(b"\x08\x00", META_START + 12)
    bare = to_data_set(make_image(PIXELS), ExplicitVRLittleEndian)
    assert read(content) is not None
    assert read(content[:start] + bare) is None


def test_a_transfer_syntax_uid_that_is_none_is_left_to_pydicom() -> None:
    content = to_file(make_image(PIXELS), ExplicitVRLittleEndian)
    at = content.index(b"\x02\x00\x10\x00UI") + 4
    assert read(content) is not None
    assert read(content[:at] + b"LO" + content[at + 2 :]) is None
    items = b"SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\xdd\xe0\0\0\0\0"
    assert read(content[:at] + items + content[at + 4 + content[at + 2] :]) is None


def test_a_meta_header_alone_is_left_to_pydicom() -> None:
    content = to_file(make_image(PIXELS), ExplicitVRLittleEndian)
    assert read(content[: content.index(b"\x08\x00", META_START + 12)]) is None


def test_a_header_that_is_longer_than_the_bytes_is_left_to_pydicom() -> None:
    content = to_file(make_image(PIXELS), ExplicitVRLittleEndian)
    header = read(content)
    assert header is not None
    assert all(read(content, length) is None for length in range(header[1] + 12))


def test_an_object_without_pixel_data_ends_with_its_file() -> None:
    dataset = make_image(PIXELS)
    del dataset.PixelData
    content = to_file(dataset, ExplicitVRLittleEndian)
    header = read(content)
    assert header is not None and header[1] == len(content)
    assert read(content + b"more", len(content)) is None


def test_a_sequence_with_a_mark_at_its_end_is_read_in_the_character_set_of_the_object() -> None:
    item = Dataset()
    item.CodeMeaning = "Größe"
    dataset = make_image(PIXELS, SpecificCharacterSet="ISO_IR 192", ConceptNameCodeSequence=Sequence([item]))
    dataset["ConceptNameCodeSequence"].is_undefined_length = True
    item.is_undefined_length_sequence_item = True
    content = to_file(dataset, ExplicitVRLittleEndian)
    header = read(content)
    assert header is not None
    assert header[0].ConceptNameCodeSequence[0].CodeMeaning == "Größe"
    assert_same(header[0], read_by_pydicom(content)[0])
