"""The tree of a data set's elements: against pydicom's reading, and of what is broken."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from tests.support.datasets import make_object, pydicom_file, pydicom_files, to_data_set, to_file
from wado.dicom.element_tree import DEEPEST, Item, Value, read_element_tree
from wado.dicom.stored_object import PIXEL_DATA_TAGS, BytesSource
from wado.errors import NotAcceptable

CODE_VALUE, CONTENT = 0x00080100, 0x0040A730


def tree_of(content: bytes) -> Item:
    return read_element_tree(BytesSource(content))


def outline_of(item: Item) -> list[object]:
    """Tags in their order, with the items of sequences."""
    return [
        (tag, [outline_of(inner) for inner in item.sequences[tag]]) if tag in item.sequences else tag
        for tag in item.tags()
    ]


def pydicom_outline(dataset: Dataset, *, is_item: bool = False) -> list[object]:
    found: list[object] = []
    for element in dataset:
        if element.tag in PIXEL_DATA_TAGS and not is_item:
            break
        inner = [pydicom_outline(item, is_item=True) for item in element.value] if element.VR == "SQ" else None
        found.append(int(element.tag) if inner is None else (int(element.tag), inner))
    return found


WHOLE = [path for path in pydicom_files() if path.name not in ("rtplan_truncated.dcm", "no_meta.dcm")]


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_the_elements_are_those_that_pydicom_reads(path: Path) -> None:
    try:
        expected = pydicom_outline(pydicom.dcmread(path, force=True))
    except Exception as error:
        pytest.skip(f"pydicom does not read it: {type(error).__name__}")
    if not expected:
        pytest.skip("it has no data set")
    assert outline_of(tree_of(path.read_bytes())) == expected


@pytest.mark.parametrize(
    "transfer_syntax_uid",
    [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian],
)
def test_every_encoding_is_read(transfer_syntax_uid: str) -> None:
    inner = Dataset()
    inner.CodeValue = "A"
    tree = tree_of(to_file(make_object(ContentSequence=[inner], Rows=3), transfer_syntax_uid))
    assert tree.sequences[CONTENT][0].values[CODE_VALUE] == Value("SH", b"A ")
    order = ">H" if transfer_syntax_uid == ExplicitVRBigEndian else "<H"
    assert struct.unpack(order, tree.values[0x00280010].content) == (3,)
    assert tree.is_whole


@pytest.mark.parametrize("transfer_syntax_uid", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_an_object_without_meta_header_is_read_by_its_look(transfer_syntax_uid: str) -> None:
    tree = tree_of(to_data_set(make_object(), transfer_syntax_uid))
    assert tree.values[0x00100020].content == b"0 "


def test_an_item_has_its_own_character_set_or_that_around_it() -> None:
    own, other = Dataset(), Dataset()
    own.SpecificCharacterSet, own.CodeValue, other.CodeValue = "ISO_IR 192", "A", "B"
    tree = tree_of(to_file(make_object(SpecificCharacterSet="ISO_IR 100", ContentSequence=[own, other])))
    sets = [item.character_set.strip() for item in (tree, *tree.sequences[CONTENT])]
    assert sets == [b"ISO_IR 100", b"ISO_IR 192", b"ISO_IR 100"]


def deep(levels: int, *, has_lengths: bool) -> bytes:
    """An object of sequences in sequences, in Implicit VR Little Endian."""
    content = b""
    for _ in range(levels):
        length = len(content) if has_lengths else 0xFFFFFFFF
        item = struct.pack("<HHL", 0xFFFE, 0xE000, length) + content
        item += b"" if has_lengths else struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
        length = len(item) if has_lengths else 0xFFFFFFFF
        content = struct.pack("<HHL", 0x0040, 0xA730, length) + item
        content += b"" if has_lengths else struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    return content


@pytest.mark.parametrize("has_lengths", [True, False])
def test_many_levels_are_read_without_recursion(has_lengths: bool) -> None:
    item = tree_of(deep(DEEPEST, has_lengths=has_lengths))
    for _ in range(DEEPEST):
        assert item.is_whole
        (item,) = item.sequences[CONTENT]
    assert not item.tags()


@pytest.mark.parametrize("has_lengths", [True, False])
def test_more_levels_than_any_report_has_are_refused(has_lengths: bool) -> None:
    with pytest.raises(NotAcceptable, match="levels"):
        tree_of(deep(DEEPEST + 1, has_lengths=has_lengths))


def test_a_sequence_hidden_in_an_unknown_vr_is_found() -> None:
    """PS3.5 6.2.2: such a one is in Implicit VR Little Endian."""
    inner = Dataset()
    inner.CodeValue = "A"
    value = io.BytesIO()
    pydicom.dcmwrite(value, inner, implicit_vr=True, little_endian=True)
    item = struct.pack("<HHL", 0xFFFE, 0xE000, len(value.getvalue())) + value.getvalue()
    element = struct.pack("<HH2sHL", 0x0040, 0xA730, b"UN", 0, len(item)) + item
    head = struct.pack("<HH2sH", 0x0008, 0x0060, b"CS", 2) + b"SR"
    assert tree_of(head + element).sequences[CONTENT][0].values[CODE_VALUE].content == b"A "


@pytest.mark.parametrize("cut", range(1, 60))
def test_an_object_that_breaks_off_says_so(cut: int) -> None:
    inner = Dataset()
    inner.CodeValue, inner.CodeMeaning = "A", "B" * 40
    content = to_file(make_object(ContentSequence=[inner]))
    tree = tree_of(content[:-cut])
    assert not all(item.is_whole for item in (tree, *tree.sequences.get(CONTENT, [])))


def test_what_is_no_dicom_is_refused() -> None:
    with pytest.raises(NotAcceptable, match="cannot be read as DICOM"):
        tree_of(b"")


def test_the_pixel_data_are_not_read() -> None:
    assert 0x7FE00010 not in tree_of(pydicom_file("CT_small.dcm").read_bytes()).tags()
