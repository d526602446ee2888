"""Original values of what de-identification removes, looked for in every byte of what it writes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from pydicom.charset import convert_encodings
from pydicom.dataset import Dataset

from wado.deidentify.deidentify import deidentify
from wado.deidentify.descriptors import vocabulary
from wado.deidentify.elements import items_of, strings_of, vr_of
from wado.deidentify.policy import Policy
from wado.deidentify.profile import NEVER_NEW, Action, action_for
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.dicom.values import text
from wado.errors import Forbidden
from wado.transcode.deidentified import encoded, write_deidentified

SHORTEST = 4
LONGEST_COINCIDENCE = 7
"""Characters of a value that the bytes of pixels may hold by chance."""

LOOKED_FOR = frozenset({"AE", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "UC", "UI", "UR", "UT"})
NUMBER = re.compile(r"[\s\d.+:/\\-]*")
COMMON = frozenset(["anonymous", "anonymized", "female", "male", "none", "null", "other", "overlay", "removed", "test"])
"""Words that stand in what stays whoever the patient is, besides those of the codes' meanings."""

DUMMIES = frozenset({"19000101", "19000101000000"})


def deidentified(content: bytes, policy: Policy) -> tuple[bytes, int]:
    """The file made of an object, and where its pixels begin; of one that is refused its data set alone."""
    file = io.BytesIO()
    try:
        write_deidentified(BytesSource(content), file, policy)
    except Forbidden:
        stored_object = read_stored_object(BytesSource(content))
        deidentify(stored_object.dataset, policy)
        written = encoded(stored_object.dataset, stored_object)
        return written, len(written)
    written = file.getvalue()
    again = read_stored_object(BytesSource(written))
    return written, again.pixel_data.offset if again.pixel_data else len(written)


WHO = frozenset({0x00080050, 0x00100020, 0x00100030, 0x00101040, 0x00200010})
"""Accession Number, Patient ID, Birth Date and Address, Study ID: what no option but Retain UIDs brings back, as names
and UIDs."""


def leaks(content: bytes, policy: Policy, *, only_who: bool = False) -> list[str]:
    """Tags of removed attributes whose values are still there, in any encoding; never the values themselves."""
    original = read_stored_object(BytesSource(content)).dataset
    written, pixels = deidentified(content, policy)
    kept = set(kept_values(original)) | DUMMIES
    device = " ".join([text(original, "Manufacturer"), text(original, "ManufacturerModelName")])
    is_marked = text(original, "PatientIdentityRemoved").upper() == "YES"
    found = set()
    for tag, vr, value in removed_values(original):
        if value in kept or value in device or (vr == "UI" and is_marked):
            continue  # an object that is marked as de-identified keeps its UIDs
        if only_who and vr not in ("PN", "UI") and tag not in WHO:
            continue
        for part in {value, *(re.split(r"[\^=]", value) if vr == "PN" else ())}:
            if is_telling(part) and _is_in(part, encodings_of(original), written, pixels):
                found.add(f"{tag:08X}")
    return sorted(found)


def removed_values(dataset: Dataset, is_removed: bool = False) -> Iterator[tuple[int, str, str]]:
    """Tag, VR and value of every element that the Basic Profile takes out, alone or with the sequence it is in."""
    for tag in map(int, dataset.keys()):
        try:
            vr = vr_of(dataset, tag)
        except Exception:  # a malformed element, whose value nobody can tell
            continue
        action = action_for(tag, vr, ())
        if vr == "SQ":
            goes = is_removed or action in (Action.REMOVE, Action.EMPTY)
            for item in items_of(dataset, tag) or ():
                yield from removed_values(item, goes)
        elif (is_removed or action is not Action.KEEP) and vr in LOOKED_FOR and tag not in NEVER_NEW:
            yield from ((tag, vr, value) for value in strings_of(dataset, tag))


def kept_values(dataset: Dataset) -> Iterator[str]:
    """Whole values of coded strings, which the profile keeps: what equals one of them is found for that reason."""
    for tag in map(int, dataset.keys()):
        try:
            vr = vr_of(dataset, tag)
        except Exception:
            continue
        if vr == "SQ" and action_for(tag, vr, ()) is Action.KEEP:
            for item in items_of(dataset, tag) or ():
                yield from kept_values(item)
        elif vr == "CS" and tag != 0x00700080:
            yield from strings_of(dataset, tag)


def is_telling(value: str) -> bool:
    """Whether the value could be anybody's name, number or description, and is found for no other reason."""
    if len(value) < SHORTEST or value.startswith("1.2.840.10008."):
        return False
    if NUMBER.fullmatch(value) and len(re.findall(r"\d", value)) < 6:
        return False
    words = re.findall(r"[^\W\d_]+", value.lower())
    return not words or not (vocabulary() | COMMON).issuperset(words)


def encodings_of(dataset: Dataset) -> set[str]:
    try:
        own = convert_encodings(dataset.get("SpecificCharacterSet"))
    except LookupError:
        own = []
    return {"utf-8", "latin-1", "utf-16-le", "utf-16-be", *own}


def _is_in(value: str, encodings: set[str], written: bytes, pixels: int) -> bool:
    forms = {value.encode(encoding, "ignore") for encoding in encodings}
    end = pixels if len(value) <= LONGEST_COINCIDENCE else len(written)
    return any(len(form) >= SHORTEST and written.find(form, 0, end) >= 0 for form in forms)
