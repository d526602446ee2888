"""Elements to put in place of stored ones, made of values (PS3.5 section 6.2)."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from pydicom.charset import convert_encodings, encode_string
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.multival import MultiValue

from wado.dicom.values import unfit, values_of
from wado.transcode.element_encoding import ITEM, TEXT_VRS, Element

Replacements = dict[int, Element | None]
"""By tag; none where the stored element is left out."""


def element(keyword: str, value: str | int | bytes) -> Element:
    """Text is ASCII; a number is US. Raises `NotAcceptable` for text that was taken over and is not."""
    vr = dictionary_VR(keyword)
    if isinstance(value, int):
        return Element(tag_of(keyword), "US", value.to_bytes(2, "little"))
    if isinstance(value, str) and not value.isascii():
        raise unfit(keyword, "is malformed")
    content = value.encode("ascii") if isinstance(value, str) else value
    padding = b" " if vr in TEXT_VRS else b"\0"
    return Element(tag_of(keyword), vr, content + padding * (len(content) % 2))


def replacements(values: Mapping[str, str | int | bytes | None]) -> Replacements:
    return {tag_of(keyword): None if value is None else element(keyword, value) for keyword, value in values.items()}


def item(attributes: Dataset) -> bytes:
    """An item of a sequence; the attributes' text is ASCII."""
    content = DicomBytesIO()
    content.is_implicit_VR, content.is_little_endian = False, True
    write_dataset(content, attributes)
    value = content.getvalue()
    return struct.pack("<HHI", ITEM >> 16, ITEM & 0xFFFF, len(value)) + value


def raw_value(dataset: Dataset, keyword: str) -> bytes:
    """The bytes of a text in the object's own character set, without padding; empty where there is none."""
    if keyword not in dataset:
        return b""
    value = dataset.get_item(keyword).value
    if isinstance(value, bytes):
        return value.rstrip(b" \0")
    text = "\\".join(map(str, value)) if isinstance(value, MultiValue) else str(value or "")
    return encode_string(text, convert_encodings(list(values_of(dataset, "SpecificCharacterSet")) or [""]))


def tag_of(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    assert tag is not None, keyword
    return tag
