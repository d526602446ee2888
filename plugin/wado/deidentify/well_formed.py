"""Whether a value is of its kind: a malformed element may have swallowed those behind it, names and all.

An element whose length is wrong goes on in the headers and values of others. What is kept must not: values that nobody
removed, because nobody saw them, would leave with it.
"""

from __future__ import annotations

import re

from pydicom.datadict import dictionary_VM
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from wado.deidentify.elements import bytes_of
from wado.deidentify.profile import UNLISTED_BY_VR

_CONTROL = re.compile(rb"[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""No text holds these, in any character set; TAB, LF, FF, CR and ESC it may (PS3.5 6.1.3)."""

_WRITTEN = {
    "UI": re.compile(rb"[\d.]*"),
    **dict.fromkeys(("DS", "IS"), re.compile(rb"[\d+.Ee-]*")),
    "AS": re.compile(rb"(?:\d{1,3}[DWMY]?)?"),
}
"""Values that are written with few characters (PS3.5 6.2), without the spaces around them."""

_SPECIFIC_CHARACTER_SET = 0x00080005
_CHARACTER_SET = re.compile(rb"(?i)(?:ISO[ _-]?(?:2022[ _-]?)?IR[ _-]?\d{1,3}|GB18030|GBK|UTF-?8)?")
"""Defined Terms (PS3.3 C.12.1.1.2), and what some write instead."""

_TERMS = {
    0x00280004: (  # Photometric Interpretation
        *(b"MONOCHROME1", b"MONOCHROME2", b"PALETTE COLOR", b"RGB", b"HSV", b"ARGB", b"CMYK", b"XYB"),
        *(b"YBR_FULL", b"YBR_FULL_422", b"YBR_PARTIAL_422", b"YBR_PARTIAL_420", b"YBR_ICT", b"YBR_RCT"),
    ),
    0x0040A010: (  # Relationship Type
        *(b"CONTAINS", b"HAS OBS CONTEXT", b"HAS ACQ CONTEXT", b"HAS CONCEPT MOD", b"HAS PROPERTIES"),
        *(b"INFERRED FROM", b"SELECTED FROM"),
    ),
    0x0040A040: (  # Value Type
        *(b"TEXT", b"NUM", b"NUMERIC", b"CODE", b"DATETIME", b"DATE", b"TIME", b"UIDREF", b"PNAME", b"SCOORD"),
        *(b"SCOORD3D", b"TCOORD", b"COMPOSITE", b"IMAGE", b"WAVEFORM", b"CONTAINER", b"TABLE"),
    ),
}
"""Coded strings by which objects are read, and in which nobody looks for names (PS3.3 C.7.6.3.1.2, C.17.3, 10.2)."""

_TEXTS = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT"})
_WIDTHS = {"AT": 4, "FD": 8, "FL": 4, "SL": 4, "SS": 2, "SV": 8, "UL": 4, "US": 2, "UV": 8}
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
    if tag in _TERMS:
        return value.strip(b" \0") in (b"", *_TERMS[tag])
    if tag == _SPECIFIC_CHARACTER_SET:
        return all(_CHARACTER_SET.fullmatch(part.strip(b" \0")) for part in value.split(b"\\"))
    if vr == "UI" or (vr in _WRITTEN and stored_vr not in _WIDTHS):
        return all(_WRITTEN[vr].fullmatch(part.strip(b" \0")) for part in value.split(b"\\"))
    if vr in _TEXTS and stored_vr not in _WIDTHS:
        return not any(_CONTROL.search(part.rstrip(b" \0")) for part in value.split(b"\\"))
    width = _WIDTHS.get(stored_vr) or _WIDTHS.get(vr)
    if width and not tag >> 16 & 1:
        number = _number_of_values(dataset, tag, width)
        if number % 1 or number > _most_values(tag):
            return False
    return not _HEADER.search(value)


def _number_of_values(dataset: Dataset, tag: int, width: int) -> float:
    """Of numbers, one that has been cut short among them."""
    element = dataset.get_item(tag)
    return len(element.value or b"") / width if isinstance(element, RawDataElement) else element.VM


def _most_values(tag: int) -> float:
    bounded = _BOUNDED.fullmatch(dictionary_VM(tag))
    return int(bounded[1]) if bounded else float("inf")
