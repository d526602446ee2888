"""Elements of a data set as de-identification sees them: by VR, in their stored bytes, and replaced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydicom import config
from pydicom.datadict import dictionary_VR, private_dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from wado.character_sets.decode import TEXT_VRS as VRS_IN_A_CHARACTER_SET
from wado.character_sets.decode import decode
from wado.deidentify.values import dummy_for
from wado.dicom.element_tree import SPECIFIC_CHARACTER_SET
from wado.dicom.unknown_sequence import as_sequence

TEXT_VRS = frozenset({"AE", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})
"""VRs of free text, or of names."""


def vr_of(dataset: Dataset, tag: int) -> str:
    """The VR that says most of what the value is: the dictionary's, else the stored one; SQ if either says so."""
    stored = dataset.get_item(tag).VR
    known = _known_vr(dataset, tag)
    if "SQ" in (stored, known):
        return "SQ"
    return (known or stored or "UN").partition(" or ")[0]


def _known_vr(dataset: Dataset, tag: int) -> str | None:
    try:
        return private_dictionary_VR(tag, creator_of(dataset, tag)) if tag >> 16 & 1 else dictionary_VR(tag)
    except KeyError:
        return None


def creator_of(dataset: Dataset, tag: int) -> str:
    """The Private Creator of the block that a private element lies in (PS3.5 7.8.1); empty without, or with several."""
    block = (tag & 0xFFFF0000) | (tag >> 8 & 0xFF)
    creators = strings_of(dataset, block) if block in dataset else []
    return creators[0] if len(creators) == 1 else ""


def bytes_of(dataset: Dataset, tag: int) -> bytes:
    """The value as it is stored; that of an element which was set since, in UTF-8. None of a sequence has any."""
    element = dataset.get_item(tag)
    if isinstance(element, RawDataElement):
        return element.value or b""
    if isinstance(element.value, bytes):
        return element.value
    return b"" if element.VR == "SQ" else "\\".join(strings_of(dataset, tag)).encode("utf-8", "surrogateescape")


@contextmanager
def left_as_stored(dataset: Dataset) -> Iterator[None]:
    """What is read within, nothing private, is as it was stored again behind it: pydicom keeps what it makes of it."""
    public = [tag for tag in map(int, dataset.keys()) if not tag >> 16 & 1]
    stored = [dataset.get_item(tag, keep_deferred=True) for tag in public]
    yield
    for element in stored:
        if isinstance(element, RawDataElement) and dataset.get_item(element.tag, keep_deferred=True) is not element:
            dataset[element.tag] = element


def strings_of(dataset: Dataset, tag: int) -> list[str]:
    """The values as text without padding; none where they cannot be read."""
    try:
        value = dataset[tag].value
    except MemoryError:
        raise
    except Exception:  # pydicom raises nearly anything for a malformed element
        return []
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    values = list(value) if isinstance(value, (MultiValue, list, tuple)) else [value]
    return [str(part).strip(" \0") for part in values if part is not None]


def character_set_of(dataset: Dataset, outer: bytes) -> bytes:
    """The Specific Character Set in force in an item, as it is stored; `outer` is that around it (PS3.3 C.12.1.1.2)."""
    return bytes_of(dataset, SPECIFIC_CHARACTER_SET) if SPECIFIC_CHARACTER_SET in dataset else outer


def texts_of(dataset: Dataset, tag: int, vr: str, character_set: bytes) -> list[str]:
    """The values of an attribute that has a character set, without padding; the element itself stays as it is."""
    if vr not in VRS_IN_A_CHARACTER_SET:
        return []
    element = dataset.get_item(tag)
    if isinstance(element, RawDataElement):
        return [value.strip(" \0") for value in decode(element.value or b"", character_set, vr).values]
    return strings_of(dataset, tag)


def items_of(dataset: Dataset, tag: int) -> list[Dataset] | None:
    """The items of a sequence; None for what should be one and cannot be read as such."""
    try:
        stored = dataset.get_item(tag)
        if isinstance(stored, RawDataElement) and stored.VR == "UN":
            # pydicom leaves long ones unread; in Big Endian numbers would be written in the order that they are in.
            dataset[tag] = as_sequence(stored) if stored.is_little_endian else stored._replace(VR="SQ")
        element = dataset[tag]
        return list(element.value) if element.VR == "SQ" else None
    except MemoryError:
        raise
    except Exception:
        return None


def replace(dataset: Dataset, tag: int, vr: str, value: Any) -> None:
    dataset[tag] = DataElement(tag, vr, value, validation_mode=config.IGNORE)


def put_dummy(dataset: Dataset, tag: int, vr: str) -> None:
    replace(dataset, tag, vr, dummy_for(vr))


def put_nothing(dataset: Dataset, tag: int, vr: str) -> None:
    replace(dataset, tag, vr, [] if vr == "SQ" else empty_value_for_VR(vr))
