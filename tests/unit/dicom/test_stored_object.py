"""Reading objects from whole, bare, deflated, foreign and broken files (PS3.10 section 7, PS3.5 Annex A)."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from tests.support.datasets import make_image, make_object, pydicom_files, to_data_set, to_file, with_codestreams
from tests.support.images import opened
from wado.dicom.stored_object import BytesSource, FileSource, SpooledSource, StoredObject, inflate, read_stored_object
from wado.errors import NotAcceptable
from wado.spooled import SpooledFile

PIXELS = np.arange(6, dtype=np.uint16).reshape(2, 3)
SYNTAXES = [
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
]


def read(content: bytes) -> StoredObject:
    return read_stored_object(BytesSource(content))


@pytest.mark.parametrize("uid", SYNTAXES, ids=lambda uid: uid.name)
def test_a_file_of_every_uncompressed_syntax_tells_where_its_pixels_are(uid: str) -> None:
    content = to_file(make_image(PIXELS), uid)
    stored_object = read(content)
    assert stored_object.transfer_syntax_uid == uid
    assert stored_object.is_part10
    assert stored_object.is_deflated is (uid == DeflatedExplicitVRLittleEndian)
    assert stored_object.is_little_endian is (uid != ExplicitVRBigEndian)
    assert stored_object.dataset.Rows == 2
    element = stored_object.pixel_data
    assert element and element.length == 12 and not element.is_encapsulated
    order = ">u2" if uid == ExplicitVRBigEndian else "<u2"
    value = inflate(BytesSource(content)).read(element.offset, 12)
    assert np.frombuffer(value, order).tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("uid", SYNTAXES[:2], ids=lambda uid: uid.name)
def test_a_file_without_meta_header_is_read_as_what_it_looks_like(uid: str) -> None:
    stored_object = read(to_data_set(make_image(PIXELS), uid))
    assert stored_object.transfer_syntax_uid == uid
    assert not stored_object.is_part10
    assert stored_object.pixel_data and stored_object.pixel_data.length == 12


def test_encapsulated_pixels_have_no_length() -> None:
    dataset = with_codestreams(make_image(PIXELS), "1.2.840.10008.1.2.4.80", [b"codestream"])
    element = read(to_file(dataset)).pixel_data
    assert element and element.is_encapsulated


@pytest.mark.parametrize(("kind", "keyword"), [("f4", "FloatPixelData"), ("f8", "DoubleFloatPixelData")])
def test_float_pixels_are_pixel_data_too(kind: str, keyword: str) -> None:
    element = read(to_file(make_image(np.zeros((2, 2), kind)))).pixel_data
    assert element and element.keyword == keyword


def test_an_object_without_pixels_has_none() -> None:
    assert read(to_file(make_object())).pixel_data is None


def test_reading_stops_before_the_pixels() -> None:
    with opened(to_file(make_image(PIXELS))) as (descriptor, size):
        stored_object = read_stored_object(FileSource(descriptor, size))
    assert "PixelData" not in stored_object.dataset


def test_pixels_in_words_are_known() -> None:
    assert (element := read(to_file(make_image(PIXELS))).pixel_data) and element.is_in_words
    bytewise = make_image(PIXELS.astype(np.uint8))
    assert (element := read(to_file(bytewise)).pixel_data) and not element.is_in_words


def test_a_source_gives_no_more_than_there_is() -> None:
    with opened(b"0123456789") as (descriptor, size):
        for source in (FileSource(descriptor, size), BytesSource(b"0123456789")):
            assert source.size == 10
            assert source.read(8, 100) == b"89"
            assert source.read(20, 5) == b""
            with source.open() as file:
                assert file.read() == b"0123456789"


def test_a_deflated_file_that_is_damaged_is_refused() -> None:
    content = to_file(make_image(PIXELS), DeflatedExplicitVRLittleEndian)
    with pytest.raises(NotAcceptable, match="cannot be read"):
        read(content[:-40] + bytes(40))


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"DICM", bytes(128) + b"DICM", b"<html></html>", b"\xff" * 500, bytes(range(256)) * 4],
    ids=["nothing", "a byte", "four letters", "preamble", "html", "ff", "all bytes"],
)
def test_what_is_no_dicom_is_refused_or_read_as_an_object_of_nothing(content: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            assert read(content).pixel_data is None
        except NotAcceptable as error:
            assert "cannot be read as DICOM" in error.message


@pytest.mark.parametrize("path", pydicom_files(), ids=lambda path: path.name)
def test_each_of_pydicoms_files_is_read(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored_object = read_stored_object(BytesSource(path.read_bytes()))
    assert stored_object.transfer_syntax_uid.startswith("1.2.840.10008.1.2")


@pytest.mark.parametrize("uid", SYNTAXES, ids=lambda uid: uid.name)
def test_a_file_that_ends_anywhere_is_read_or_refused(uid: str) -> None:
    content = to_file(make_image(PIXELS), uid)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for length in range(0, len(content), 7):
            try:
                read(content[:length])
            except NotAcceptable:
                continue


def test_a_deflated_object_too_large_for_memory_is_inflated_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = make_image(np.arange(64, dtype=np.uint8).reshape(8, 8))
    source = BytesSource(to_file(dataset, DeflatedExplicitVRLittleEndian))
    inflated = inflate(source)
    monkeypatch.setattr(SpooledFile, "most_in_memory", 0)
    on_disk = inflate(source)
    assert isinstance(inflated, BytesSource) and isinstance(on_disk, SpooledSource)
    assert on_disk.read(0, on_disk.size + 1) == inflated.content
    with on_disk.open() as file:
        assert file.read() == inflated.content
    assert on_disk.read(on_disk.size - 2, 5) == inflated.content[-2:]
