"""Whether a value is of its kind: a malformed element may have swallowed those behind it, names and all.

An element whose length is wrong goes on in the headers and values of others. What is kept must not: values that nobody
removed, because nobody saw them, would leave with it.
"""

from __future__ import annotations

import re

from pydicom.datadict import dictionary_VM
from pydicom.dataset import Dataset

from wado.deidentify.elements import bytes_of
from wado.deidentify.profile import UNLISTED_BY_VR

_CONTROL = re.compile(rb"[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""No text holds these, in any character set; TAB, LF, FF, CR and ESC it may (PS3.5 6.1.3)."""
_UID = re.compile(rb"[\d.]*")

_TEXTS = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT"})
_OF_ONE_NUMBER = frozenset({"AT", "FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"})
_WIDEST = 8
"""Bytes of one number."""

_GROUP = rb"[\x08\x10\x12\x18\x20\x28\x32\x38\x40]"
_VRS = rb"(?:AE|AS|CS|DA|DS|DT|IS|LO|LT|PN|SH|ST|TM|UI)"
_HEADER = re.compile(
    rb"(?s)" + _GROUP + rb"\0.." + _VRS + rb".\0"  # explicit VR
    rb"|\0" + _GROUP + rb".." + _VRS + rb"\0."  # the same in Big Endian
    rb"|\x10\0[\x10\x20\x30]\0.\0\0\0[ -~\x80-\xff]{2}"  # implicit VR: Patient's Name, ID and Birth Date
)
"""The header of an element, which numbers do not hold by chance (PS3.5 7.1)."""

_BOUNDED = re.compile(r"(?:\d+-)?(\d+)")


def is_well_formed(dataset: Dataset, tag: int, vr: str) -> bool:
    """Whether the element's value can be what `vr`, that of the dictionary, makes of it."""
    stored_vr = dataset.get_item(tag).VR
    if vr == "NONE" or (stored_vr in UNLISTED_BY_VR and stored_vr not in (vr, "UN")):
        return False  # an item where none belongs; a name under the tag of something else
    value = bytes_of(dataset, tag)
    if vr == "UI":
        return all(_UID.fullmatch(part.strip(b" \0")) for part in value.split(b"\\"))
    if vr in _TEXTS and stored_vr not in _OF_ONE_NUMBER:
        return not any(_CONTROL.search(part.rstrip(b" \0")) for part in value.split(b"\\"))
    if vr in _OF_ONE_NUMBER and not tag >> 16 & 1 and len(value) > _most_bytes(tag):
        return False
    return not _HEADER.search(value)


def _most_bytes(tag: int) -> float:
    bounded = _BOUNDED.fullmatch(dictionary_VM(tag))
    return _WIDEST * int(bounded[1]) if bounded else float("inf")
