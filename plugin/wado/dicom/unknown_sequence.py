"""Sequences that are stored as UN (PS3.5 6.2.2)."""

from __future__ import annotations

import io
from typing import BinaryIO

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.valuerep import STANDARD_VR

_DELIMITERS = b"\xfe\xff"
"""The group of items and of their ends, in little endian (PS3.5 7.5)."""


def as_sequence(element: RawDataElement) -> RawDataElement:
    """The element as the sequence that it holds: in Little Endian, whatever is around it, and commonly in Implicit VR.

    pydicom takes lengths from 16 kilobytes on for VRs, as they may look like two letters.
    """
    content = element.value or b""
    if not content.startswith(_DELIMITERS):
        return element._replace(VR="SQ")
    is_implicit_vr = not says_vrs(io.BytesIO(content))
    return element._replace(VR="SQ", is_implicit_VR=is_implicit_vr, is_little_endian=True)


def says_vrs(file: BinaryIO) -> bool:
    """Whether the first element in the items that begin where `file` stands, and is left, says its VR."""
    place = file.tell()
    start, room = file.read(8), 0
    while start.startswith(_DELIMITERS):
        room = int.from_bytes(start[4:], "little")
        start = file.read(8)
    file.seek(place)
    vr = start[4:6].decode("latin-1")
    if vr not in STANDARD_VR:
        return False
    if int.from_bytes(start[4:], "little") > room - len(start):
        return True  # as a length it would reach beyond the item
    tag = int.from_bytes(start[:2], "little") << 16 | int.from_bytes(start[2:4], "little")
    return not dictionary_has_tag(tag) or vr == "UN" or vr in dictionary_VR(tag).split(" or ")
