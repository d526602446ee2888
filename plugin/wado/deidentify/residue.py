"""Names, numbers and dates that went, looked for in what stays: free text, and bytes that should be numbers."""

from __future__ import annotations

from collections.abc import Sequence

from pydicom.dataset import Dataset

from wado.character_sets.graphic_sets import ESCAPE
from wado.deidentify.descriptors import vocabulary
from wado.deidentify.elements import (
    TEXT_VRS,
    bytes_of,
    character_set_of,
    items_of,
    put_dummy,
    put_nothing,
    texts_of,
    vr_of,
)
from wado.deidentify.identity import SHORTEST_NUMBER, Identity
from wado.deidentify.profile import NEVER_NEW
from wado.dicom.values import text

OF_A_CODE = frozenset({0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120})
"""Code Value, Coding Scheme Designator and Version, Code Meaning, Long and URN Code Value."""

STANDARD_SCHEMES = frozenset({"99SDM", "DCM", "FMA", "LN", "MDC", "RADLEX", "SCT", "SNM3", "SRT", "UCUM", "UMLS"})

OF_STRUCTURE = frozenset({0x00080005, 0x00280004, 0x0040A010, 0x0040A040})
"""Specific Character Set, Photometric Interpretation, Relationship and Value Type: without them nothing can be read."""

CONTENT_LABEL = 0x00700080
LONGEST_CODE_STRING = 16


def remove_residue(dataset: Dataset, identity: Identity, outer: bytes = b"") -> None:
    """Put a dummy in the place of every text that has a value of the identity in it, and nothing in that of numbers.

    `outer` is the Specific Character Set in force around an item.
    """
    character_set = character_set_of(dataset, outer)
    is_standard_code = text(dataset, "CodingSchemeDesignator") in STANDARD_SCHEMES
    for tag in list(map(int, dataset.keys())):
        vr = vr_of(dataset, tag)
        if vr == "SQ":
            for item in items_of(dataset, tag) or ():
                remove_residue(item, identity, character_set)
            continue
        value = bytes_of(dataset, tag)
        if is_text(dataset, tag, vr, value):
            is_plain = value.isascii() and ESCAPE not in value
            texts = [value.decode("ascii")] if is_plain else texts_of(dataset, tag, vr, character_set)
            is_residue = _names_somebody if is_standard_code and tag in OF_A_CODE else _tells_who
            if is_residue(value, texts, identity):
                put_dummy(dataset, tag, vr)
        elif vr == "CS" and tag not in OF_STRUCTURE and identity.is_named_in(value):
            put_dummy(dataset, tag, vr)
        elif has_residue(tag, vr, value, identity):
            put_nothing(dataset, tag, vr)


def _tells_who(value: bytes, texts: Sequence[str], identity: Identity) -> bool:
    """Whether free text has anything of the identity in it; `texts` are its characters, which are remembered too."""
    found = identity.found_in(b"\\".join([value, *(text.lower().encode("utf-8", "replace") for text in texts)]))
    return any(map(_says_who, found)) or any(map(identity.names_in, texts))


def _names_somebody(_: bytes, texts: Sequence[str], identity: Identity) -> bool:
    """Whether a code of the standard's schemes has a name: its numbers are not the patient's, nor its usual words."""
    return not all(identity.names_in(text) <= vocabulary() for text in texts)


def is_text(dataset: Dataset, tag: int, vr: str, value: bytes) -> bool:
    """Whether somebody may have written the value by hand, whatever the dictionary says of the attribute."""
    if vr in TEXT_VRS or dataset.get_item(tag).VR in TEXT_VRS or tag == CONTENT_LABEL:
        return True
    return vr == "CS" and any(len(part) > LONGEST_CODE_STRING for part in value.split(b"\\"))


def has_residue(tag: int, vr: str, value: bytes, identity: Identity) -> bool:
    """Whether numbers are the identity's: a malformed element may have swallowed those that came behind it."""
    if vr == "CS":
        return False
    if vr == "UI":
        return tag in NEVER_NEW and any(True for _ in identity.uids_in(value))
    if vr in ("DS", "IS"):
        return any(part.strip(b" \0") in identity.values for part in value.lower().split(b"\\"))
    return len(value) >= SHORTEST_NUMBER and identity.is_in_numbers(value)


def _says_who(value: bytes) -> bool:
    """Whether the value is anything but words that reports are made of, such as the part of a body."""
    return not vocabulary().issuperset(value.decode("utf-8", "replace").split())
