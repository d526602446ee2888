"""What becomes of an attribute: PS3.15 Table E.1-1, and this project's choice where the table leaves one.

`table_e_1_1.tsv` has the table's rows, written by `scripts/confidentiality_profile.py`.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

from pydicom._dicom_dict import DicomDictionary
from pydicom.datadict import dictionary_VR

from wado.deidentify.options import Option

TABLE = Path(__file__).with_name("table_e_1_1.tsv")
CURVES, OVERLAY_DATA, OVERLAY_COMMENTS, PRIVATE = "50XXXXXX", "60XX3000", "60XX4000", "PRIVATE"


class Action(Enum):
    """Table E.1-1a; of the combined ones that which every Type of attribute allows (see `RESOLVED`)."""

    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    NEW_UID = "U"
    KEEP = "K"
    CLEAN = "C"


RESOLVED = {
    "X": Action.REMOVE,
    "Z": Action.EMPTY,
    "D": Action.DUMMY,
    "U": Action.NEW_UID,
    "X/Z": Action.EMPTY,
    "X/D": Action.DUMMY,
    "Z/D": Action.DUMMY,
    "X/Z/D": Action.DUMMY,
    "X/Z/U*": Action.NEW_UID,
}
"""X would do for Type 3, Z for Type 2, D does for Types 1 to 3: one object's IOD may be unknown, and then nothing else
is sure to leave it valid. References under X/Z/U* are kept, with new UIDs, so that they still resolve."""

BY_TYPE = {
    "00081110": Action.REMOVE,  # Referenced Study Sequence, X/Z: Type 3, and never without an item
    "00102297": Action.EMPTY,  # Responsible Person, X: Type 2C of an animal
    "00102299": Action.EMPTY,  # Responsible Organization, X: Type 2C of an animal
    "00401001": Action.DUMMY,  # Requested Procedure ID, X: Type 1C or 2 where there is a request (PS3.3 10.6, C.17.2)
    "0040100A": Action.EMPTY,  # Reason for Requested Procedure Code Sequence, X: Type 2 in hanging protocols
    "00700082": Action.DUMMY,  # Presentation Creation Date, X: Type 1 in presentation states (PS3.3 C.11.10)
    "00700083": Action.DUMMY,  # Presentation Creation Time
}
"""Where an IOD must have what the table removes, it keeps the attribute without a value, or with one that says nothing;
and where it cannot have it empty, the attribute goes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the Basic Profile's action as the table writes it, and by column that of each option which has one."""

    tag: str
    name: str
    basic_profile: str
    options: dict[str, str]


@lru_cache(maxsize=1)
def table() -> dict[str, Row]:
    """All rows by tag, eight hexadecimal digits, or by pattern."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t")
        records = list(reader)
    return {record["tag"]: _row(record) for record in records}


def _row(record: dict[str, str]) -> Row:
    options = {column: action for column, action in list(record.items())[3:] if action}
    return Row(record["tag"], record["name"], record["basic_profile"], options)


NEVER_NEW = frozenset(
    tag
    for tag, entry in DicomDictionary.items()
    if entry[0] == "UI" and any(part in entry[4] for part in ("SOPClass", "TransferSyntax", "CodingScheme"))
) | {0x00020012, 0x00020100, 0x0008010D, 0x00080117, 0x00080118, 0x00080062, 0x00089123}
"""UI attributes that the table leaves and that name no object: classes, transfer syntaxes, coding schemes, writers."""

UNLISTED_BY_VR = {
    "PN": Action.EMPTY,
    "AE": Action.EMPTY,
    "UI": Action.NEW_UID,
    "UR": Action.REMOVE,
    "UN": Action.REMOVE,
}
UNLISTED_DATES = frozenset({"DA", "DT", "TM"})

UNLISTED = {
    0x00080051: Action.REMOVE,  # Issuer of Accession Number Sequence
    0x0008010E: Action.KEEP,  # Coding Scheme URL
    0x00080120: Action.KEEP,  # URN Code Value
    0x00100024: Action.REMOVE,  # Issuer of Patient ID Qualifiers Sequence
    0x00100033: Action.REMOVE,  # Patient's Birth Date in Alternative Calendar
    0x00100034: Action.REMOVE,  # Patient's Death Date in Alternative Calendar
    0x00102295: Action.DUMMY,  # Breed Registration Number: of the animal, Type 1 in its item
    0x00181803: Action.REMOVE,  # NTP Source Address: of the site's network
    0x00400026: Action.REMOVE,  # Order Placer Identifier Sequence
    0x00400027: Action.REMOVE,  # Order Filler Identifier Sequence
    0x00400036: Action.REMOVE,  # Assigning Facility Sequence
    0x00400039: Action.REMOVE,  # Assigning Jurisdiction Code Sequence
    0x0040003A: Action.REMOVE,  # Assigning Agency or Department Code Sequence
    0x00400400: Action.REMOVE,  # Comments on the Scheduled Procedure Step
    0x00401006: Action.EMPTY,  # Placer Order Number / Procedure, retired: as (0040,2016), which the table has
    0x00401007: Action.EMPTY,  # Filler Order Number / Procedure, retired: as (0040,2017)
    0x00402006: Action.EMPTY,  # Placer Order Number / Imaging Service Request (Retired)
    0x00402007: Action.EMPTY,  # Filler Order Number / Imaging Service Request (Retired)
    0x0040A992: Action.REMOVE,  # Uniform Resource Locator (Trial)
    0x0040E001: Action.DUMMY,  # HL7 Instance Identifier: of a document about the patient, Type 1 in its item
    0x0072006F: Action.DUMMY,  # Selector UC Value: the table has those of all other kinds of text
    0x00720008: Action.DUMMY,  # Hanging Protocol Creator: a person, Type 1
    0x00720010: Action.REMOVE,  # Hanging Protocol User Group Name
    0x0074100C: Action.REMOVE,  # Contact Display Name: of a person
    0x21000160: Action.REMOVE,  # Owner ID
    0x04000500: Action.REMOVE,  # Encrypted Attributes Sequence: what another de-identifier took out
    0x4FFE0001: Action.REMOVE,  # MAC Parameters Sequence: of digital signatures, which the table removes
    0x0040A16A: Action.REMOVE,  # Bibliographic Citation (Trial)
    0x00420010: Action.EMPTY,  # Document Title
}
"""Attributes that the table does not have and that say who the patient is, or where, or who else it was."""


def find_row(tag: int) -> Row | None:
    """The table's row for an attribute of an even group."""
    group, element = tag >> 16, tag & 0xFFFF
    if group % 2:
        return table()[PRIVATE]
    if 0x5000 <= group <= 0x50FF:
        return table()[CURVES]
    if 0x6000 <= group <= 0x60FF:
        return table()[{0x3000: OVERLAY_DATA, 0x4000: OVERLAY_COMMENTS}.get(element, OVERLAY_DATA)]
    return table().get(f"{tag:08X}")


def action_for(tag: int, vr: str, options: Collection[Option]) -> Action:
    """What becomes of the attribute; that of a private one, a curve or an overlay is for the caller to refine."""
    row = find_row(tag)
    if row is None:
        return _action_for_unlisted(tag, vr, options)
    allowed = {row.options[option.column] for option in options if option.column in row.options}
    if "K" in allowed:
        return Action.KEEP
    return Action.CLEAN if "C" in allowed else BY_TYPE.get(row.tag) or RESOLVED[row.basic_profile]


def basic_action_for(tag: int, vr: str) -> Action:
    """What becomes of the attribute where it cannot be cleaned."""
    return action_for(tag, vr, ())


def _action_for_unlisted(tag: int, vr: str, options: Collection[Option]) -> Action:
    """The Basic Profile keeps what the table does not list; what identifies by its kind does not stay here either."""
    if tag in UNLISTED:
        return UNLISTED[tag]
    if tag >> 16 < 8 or tag & 0xFFFF == 0 or not is_known(tag):
        return Action.REMOVE  # commands, directories, group lengths, and what this dictionary cannot tell of
    if vr in UNLISTED_DATES:
        is_shifted = Option.RETAIN_LONGITUDINAL_TEMPORAL_INFORMATION in options
        return Action.CLEAN if is_shifted else Action.EMPTY
    if vr == "UI":
        is_kept = tag in NEVER_NEW or Option.RETAIN_UIDS in options
        return Action.KEEP if is_kept else Action.NEW_UID
    return UNLISTED_BY_VR.get(vr, Action.KEEP)


def is_known(tag: int) -> bool:
    try:
        dictionary_VR(tag)
    except KeyError:
        return False
    return True
