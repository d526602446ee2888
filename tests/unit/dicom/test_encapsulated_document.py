"""Where an encapsulated document lies, and how long it is (PS3.3 C.24.2)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.support.datasets import make_object, to_file
from tests.support.documents import CDA, MTL, PDF, STL, encapsulate_document
from wado.dicom.encapsulated_document import find_encapsulated_document
from wado.dicom.stored_object import BytesSource, FileSource
from wado.errors import NotAcceptable

ODD, EVEN = PDF + b"%" * (1 - len(PDF) % 2), PDF + b"%" * (len(PDF) % 2)


@pytest.mark.parametrize("document", [ODD, EVEN], ids=["odd", "even"])
@pytest.mark.parametrize("syntax", [None, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_the_document_is_found_in_every_transfer_syntax(document: bytes, syntax: str | None) -> None:
    found = find_encapsulated_document(BytesSource(to_file(encapsulate_document("PDF", document), syntax)))
    assert found.read() == document
    assert (found.media_type, found.title) == ("application/pdf", "A document")
    assert not found.has_wrong_length


@pytest.mark.parametrize("kind, document", [("PDF", ODD), ("PDF", EVEN), ("CDA", CDA), ("MTL", MTL), ("STL", STL)])
def test_without_its_length_a_zero_at_the_end_is_padding(kind: str, document: bytes) -> None:
    dataset = encapsulate_document(kind, document, EncapsulatedDocumentLength=None)
    assert find_encapsulated_document(BytesSource(to_file(dataset))).read() == document


def test_the_zeros_at_the_end_of_a_binary_model_are_its_own() -> None:
    assert STL.endswith(b"\0") and len(STL) == 80 + 4 + 2 * 50


@pytest.mark.parametrize("stated", [1, len(PDF) - 1, len(PDF) + 100, 0xFFFFFFFF])
def test_a_wrong_length_cuts_nothing_off(stated: int) -> None:
    document = PDF + b"x" * (len(PDF) % 2)
    dataset = encapsulate_document("PDF", document, EncapsulatedDocumentLength=stated)
    found = find_encapsulated_document(BytesSource(to_file(dataset)))
    assert found.read() == document
    assert found.has_wrong_length


def test_an_object_without_a_document_is_refused() -> None:
    with pytest.raises(NotAcceptable, match=r"\(0042,0011\) is absent or empty"):
        find_encapsulated_document(BytesSource(to_file(make_object("1.2.840.10008.5.1.4.1.1.104.1"))))
    with pytest.raises(NotAcceptable, match=r"\(0042,0011\) is absent or empty"):
        find_encapsulated_document(BytesSource(to_file(encapsulate_document("PDF", EncapsulatedDocument=b""))))


@given(st.data())
def test_a_file_that_is_cut_or_changed_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(to_file(encapsulate_document("PDF")))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(132, len(content) - 1))] = data.draw(st.integers(0, 255))
    source = BytesSource(bytes(content[: data.draw(st.integers(0, len(content)))]))
    try:
        found = find_encapsulated_document(source)
    except NotAcceptable:
        return
    assert len(found.read()) == found.length <= source.size


def test_a_large_document_is_not_read(tmp_path: Path) -> None:
    """It lies in a file with holes: read, it would be more than the process may have."""
    small = to_file(encapsulate_document("OBJ", b"v 0 0 0\n", EncapsulatedDocumentLength=None))
    end = small.index(b"v 0 0 0\n")
    length = 3 << 30
    path = tmp_path / "model.dcm"
    with path.open("wb") as file:
        file.write(small[: end - 4] + length.to_bytes(4, "little") + b"v 0 0 0\n")
        file.truncate(end + length - 1)
        file.seek(end + length - 1)
        file.write(b"\n" + small[end + 8 :])
    descriptor = os.open(path, os.O_RDONLY)
    try:
        found = find_encapsulated_document(FileSource(descriptor, os.fstat(descriptor).st_size))
    finally:
        os.close(descriptor)
    assert (found.offset, found.length, found.media_type) == (end, length, "model/obj")
