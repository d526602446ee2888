"""Headers as nearly all files have them, read in one pass over the first bytes: a third of pydicom's time.

Plain is a file of PS3.10 in Little Endian whose elements before the pixel data have a known VR each, and a length; or
a mark at their end, if they are sequences in Explicit VR. What comes out is what pydicom makes of it, element by
element. Of any other nothing comes out: it is for pydicom to read.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

from pydicom.charset import convert_encodings, default_encoding
from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.filereader import read_sequence
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, STANDARD_VR
from pydicom.values import convert_string

from wado.dicom.tags import tag_of

META_START = 132
"""Bytes of the preamble and of the letters behind it (PS3.10 7.1)."""

UNDEFINED_LENGTH = 0xFFFFFFFF

META_TAGS = range(0x00020000, 0x00030000)
DATA_SET_TAGS = range(0x00040000, 0x7FE00008)
"""Those of elements that may stand before the pixel data, of whatever kind."""

TRANSFER_SYNTAX_UID = tag_of(0x00020010)
SPECIFIC_CHARACTER_SET = tag_of(0x00080005)

_OF_DICOM = "1.2.840.10008.1.2"
"""How the UIDs of the standard's transfer syntaxes begin: Explicit VR Little Endian but for those named here."""

_EXPLICIT, _IMPLICIT, _LENGTH = struct.Struct("<HH2sH"), struct.Struct("<HHL"), struct.Struct("<L")

Form = tuple[str | None, int, Any]

_FORMS: dict[bytes, Form] = {
    str(vr).encode("ascii"): (str(vr), 12 if vr in EXPLICIT_VR_LENGTH_32 else 8, empty_value_for_VR(vr, raw=True))
    for vr in STANDARD_VR
}
"""The VR, the length of its elements' headers (PS3.5 7.1.2) and pydicom's empty value, by the letters in the file."""

_WITHOUT_VR: Form = None, 8, empty_value_for_VR(None, raw=True)

Elements = dict[BaseTag, RawDataElement | DataElement]
Stop = Callable[[BaseTag, str | None, int], bool]


class _NotPlainError(Exception):
    """pydicom has to read it."""


def read_plain_header(head: bytes, stop: Stop, *, is_whole: bool) -> tuple[FileDataset, int] | None:
    """The data set of the file that begins with these bytes, or is nothing but these, and where it ends.

    That is at the element for which `stop`, pydicom's `stop_when`, is true. None if the header is not plain.
    """
    if head[META_START - 4 : META_START] != b"DICM":
        return None
    try:
        meta, start = _read_elements(head, META_START, META_TAGS, is_implicit_vr=False)
        is_implicit_vr = _is_implicit_vr(meta, head[start + 4 : start + 6])
        elements, end = _read_elements(head, start, DATA_SET_TAGS, is_implicit_vr)
        is_over = is_whole if end == len(head) else stop(*_read_form(head, end, is_implicit_vr))
    except (_NotPlainError, struct.error):  # the latter where the bytes end within an element's header
        return None
    return (_to_dataset(head, meta, elements, is_implicit_vr), end) if is_over else None


def _is_implicit_vr(meta: Elements, first_vr: bytes) -> bool:
    """By the transfer syntax; not plain where that is another, or the first element looks otherwise or is missing."""
    element = meta.get(TRANSFER_SYNTAX_UID)
    if not first_vr or not isinstance(element, RawDataElement) or element.VR != "UI":
        raise _NotPlainError
    uid = (element.value or b"").decode("ascii", "replace").rstrip("\0 ")
    if not uid.startswith(_OF_DICOM) or uid in (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian):
        raise _NotPlainError
    is_implicit_vr: bool = uid == ImplicitVRLittleEndian
    if is_implicit_vr and first_vr.isalpha() and first_vr.isupper():
        raise _NotPlainError
    return is_implicit_vr


def _read_elements(head: bytes, position: int, tags: range, is_implicit_vr: bool) -> tuple[Elements, int]:
    """The elements from a position on, as long as their tags are among these, and where they end."""
    elements: Elements = {}
    first, behind = tags.start, tags.stop
    while position < len(head):
        if is_implicit_vr:
            group, number, length = _IMPLICIT.unpack_from(head, position)
            form: Form | None = _WITHOUT_VR
        else:
            group, number, letters, length = _EXPLICIT.unpack_from(head, position)
            form = _FORMS.get(letters)
        tag = group << 16 | number
        if not first <= tag < behind:
            break
        if form is None:
            raise _NotPlainError
        vr, header_length, empty = form
        if header_length == 12:
            length = _LENGTH.unpack_from(head, position + 8)[0]
        start = position + header_length
        base_tag = tag_of(tag)
        if length == UNDEFINED_LENGTH and vr == "SQ":
            sequence, position = _read_sequence(head, start, elements)
            elements[base_tag] = DataElement(base_tag, vr, sequence, start, is_undefined_length=True)
            continue
        position = start + length
        if position > len(head):
            raise _NotPlainError
        value = head[start:position] if length else empty
        elements[base_tag] = RawDataElement(base_tag, vr, length, value, start, is_implicit_vr, True)
    return elements, position


def _read_sequence(head: bytes, start: int, elements: Elements) -> tuple[Sequence, int]:
    """A sequence in Explicit VR up to the mark at its end, by pydicom, and where the next element is."""
    character_set = elements.get(SPECIFIC_CHARACTER_SET)
    file = io.BytesIO(head)
    file.seek(start)
    try:
        declared = convert_string(character_set.value or b"", True) if character_set else None
        encodings = default_encoding if declared is None else convert_encodings(declared)
        sequence = read_sequence(file, False, True, UNDEFINED_LENGTH, encodings)
    except Exception:  # pydicom raises nearly anything for what is not DICOM
        raise _NotPlainError from None
    if file.tell() == len(head):
        raise _NotPlainError  # its end may not be among these bytes
    return sequence, file.tell()


def _read_form(head: bytes, position: int, is_implicit_vr: bool) -> tuple[BaseTag, str | None, int]:
    """Tag, VR and length of the element at a position."""
    if is_implicit_vr:
        group, number, length = _IMPLICIT.unpack_from(head, position)
        return BaseTag(group << 16 | number), None, length
    group, number, letters, length = _EXPLICIT.unpack_from(head, position)
    vr, header_length, _ = _FORMS.get(letters, _WITHOUT_VR)
    if vr is None:
        raise _NotPlainError
    if header_length == 12:
        length = _LENGTH.unpack_from(head, position + 8)[0]
    return BaseTag(group << 16 | number), vr, length


def _to_dataset(head: bytes, meta: Elements, elements: Elements, is_implicit_vr: bool) -> FileDataset:
    """As pydicom's `read_partial` puts it together, but for the name of a file."""
    file_meta = FileMetaDataset(meta)
    file_meta.set_original_encoding(False, True, default_encoding)
    dataset = FileDataset("", elements, head[: META_START - 4], file_meta, is_implicit_vr, True)
    character_set = dataset.get(SPECIFIC_CHARACTER_SET)
    encodings = convert_encodings(character_set.value) if character_set else default_encoding
    dataset.set_original_encoding(is_implicit_vr, True, encodings)
    return dataset
