"""Every row of PS3.15 Table E.1-1 on a data set, at its top level and in an item."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset

from tests.unit.deidentify.objects import code, element, item, walk_of
from wado.deidentify.options import Option
from wado.deidentify.profile import BY_TYPE, Action, Row, action_for, table
from wado.deidentify.pseudonyms import Pseudonyms
from wado.deidentify.values import dummy_for

KEPT_SEQUENCE = 0x00409096
"""Real World Value Mapping Sequence: not in the table, so that its items are gone through."""

VALUES: dict[str, Any] = {
    **dict.fromkeys(("LO", "LT", "SH", "ST", "UC", "UT"), "Bergmann 4711"),
    "AE": "BERGMANN",
    "AS": "047Y",
    "CS": "BERGMANN",
    "DA": "20110412",
    "DT": "20110412083015",
    "TM": "083015",
    "PN": "Bergmann^Ilse",
    "UI": "1.2.3.4711",
    "UR": "https://example/4711",
    "DS": "47.11",
    "IS": "4711",
    **dict.fromkeys(("FD", "FL", "SL", "SS", "UL", "US"), 4711),
    **dict.fromkeys(("OB", "OW", "UN"), b"Bergmann"),
    "AT": 0x47114711,
}

UNKNOWN_VRS = {"0040B020": "SQ", "0040E012": "UR"}
"""Of rows that are newer than the dictionary; the others are text or codes that go in any case."""

OF_PATTERNS = {"50XXXXXX": 0x50023000, "60XX3000": 0x60043000, "60XX4000": 0x60044000, "PRIVATE": 0x00111001}

ROWS = list(table().values())
NUMBER_OF_ROWS = 656
"""652 attributes and 4 patterns: curves, overlay data, overlay comments, private attributes (edition 2026c)."""

ACTIONS = {"X": 416, "D": 93, "U": 55, "Z": 42, "X/D": 23, "X/Z": 11, "X/Z/D": 8, "Z/D": 6, "X/Z/U*": 2}
OPTIONS = {
    ("retain_safe_private", "C"): 1,
    ("retain_uid", "K"): 60,
    ("retain_device_id", "K"): 48,
    ("retain_device_id", "C"): 11,
    ("retain_institution_id", "K"): 10,
    ("retain_patient_characteristics", "K"): 14,
    ("retain_patient_characteristics", "C"): 5,
    ("retain_full_dates", "K"): 169,
    ("retain_modified_dates", "C"): 169,
    ("clean_descriptors", "C"): 140,
    ("clean_structured_content", "C"): 4,
    ("clean_graphics", "C"): 4,
}
"""Cells of each kind in the standard's own text, edition 2026c."""

PATIENT = {"00100010", "00100020"}
"""Name and ID get pseudonyms, which Z and Z/D allow."""


def tag_of(row: Row) -> int:
    return OF_PATTERNS.get(row.tag) or int(row.tag, 16)


def vr_of_row(row: Row) -> str:
    if row.tag in OF_PATTERNS:
        return "LO" if row.tag in ("PRIVATE", "60XX4000") else "OW"
    try:
        return dictionary_VR(tag_of(row)).partition(" or ")[0]
    except KeyError:
        return UNKNOWN_VRS.get(row.tag, "LO")


def value_of(vr: str) -> Any:
    return [code("4711", "Bergmann", "99LOCAL")] if vr == "SQ" else VALUES[vr]


def one(row: Row) -> Dataset:
    dataset = Dataset()
    dataset.add(element(tag_of(row), vr_of_row(row), value_of(vr_of_row(row))))
    return dataset


def expected_actions(row: Row) -> set[str]:
    return set(row.basic_profile.replace("*", "").split("/"))


def outcome(dataset: Dataset, row: Row, vr: str) -> str:
    """Which action was done, by what can be seen of the attribute."""
    tag = tag_of(row)
    if tag not in dataset:
        return "X"
    value = dataset[tag].value
    if value in (None, "", b"") or (vr == "SQ" and not value):
        return "Z"
    if vr == "UI":
        return "U" if value == Pseudonyms(b"a secret of the tests").uid(VALUES["UI"]) else "K"
    if vr == "SQ":
        return "K" if "Bergmann" in str(value[0]) else "D"
    if value == dummy_for(vr):
        return "D"
    return "K" if value == VALUES[vr] else "C"


def test_the_table_is_whole() -> None:
    assert len(ROWS) == NUMBER_OF_ROWS
    assert Counter(row.basic_profile for row in ROWS) == ACTIONS
    assert Counter(cell for row in ROWS for cell in row.options.items()) == OPTIONS


@pytest.mark.parametrize("is_nested", [False, True], ids=["top", "item"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.tag)
def test_every_row_gets_its_action(row: Row, is_nested: bool) -> None:
    vr = vr_of_row(row)
    dataset = one(row)
    outer = Dataset()
    outer.add(element(KEPT_SEQUENCE, "SQ", [item(RealWorldValueMappingSequence=[dataset])]))
    walk_of().data_set(outer if is_nested else dataset)
    done = outcome(dataset, row, vr)
    if row.tag in PATIENT:
        assert done == "C"
    elif row.tag in BY_TYPE:
        assert done in ("X", "Z", "D")
    elif row.basic_profile == "X/Z/U*":
        assert dataset[tag_of(row)].value[0] is not None  # kept for the new UIDs in it
    elif vr == "UI" and "D" in expected_actions(row):
        assert done == "U"
    else:
        assert done in expected_actions(row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.tag)
def test_every_combined_action_is_one_that_every_type_allows(row: Row) -> None:
    """D is for Types 1 to 3, Z for 2 and 3, X for 3 only; U keeps references."""
    strictest = {"X/Z": "Z", "X/D": "D", "Z/D": "D", "X/Z/D": "D", "X/Z/U*": "U"}.get(
        row.basic_profile, row.basic_profile
    )
    if row.tag not in BY_TYPE:
        assert action_for(tag_of(row), vr_of_row(row), ()).value == strictest


OPTION_ROWS = [
    pytest.param(option, row, id=f"{option.value}-{row.tag}")
    for option in Option
    for row in ROWS
    if option.column in row.options
]


@pytest.mark.parametrize(("option", "row"), OPTION_ROWS)
def test_every_option_keeps_or_cleans_what_the_table_says(option: Option, row: Row) -> None:
    vr = vr_of_row(row)
    dataset = one(row)
    walk_of(option).data_set(dataset)
    done = outcome(dataset, row, vr)
    if row.options[option.column] == "K":
        assert done == "K"
    elif vr in ("DA", "DT"):
        assert done == "C" and dataset[tag_of(row)].value < VALUES[vr]
    elif vr == "TM":
        assert done == "K"
    elif vr == "SQ":
        assert tag_of(row) in dataset
    else:
        assert "Bergmann" not in str(dataset)  # none of its words may stay, so that it is as without the option


@pytest.mark.parametrize(
    ("tag", "vr"),
    [
        (0x00080016, "UI"),  # SOP Class UID
        (0x0008010C, "UI"),  # Coding Scheme UID
        (0x00080060, "CS"),  # Modality
        (0x00080070, "LO"),  # Manufacturer
        (0x00280010, "US"),  # Rows
        (0x00180050, "DS"),  # Slice Thickness
    ],
)
def test_what_the_table_does_not_list_stays(tag: int, vr: str) -> None:
    assert action_for(tag, vr, ()) is Action.KEEP


@pytest.mark.parametrize(
    ("tag", "vr", "action"),
    [
        (0x00080000, "UL", Action.REMOVE),  # a group length
        (0x00000900, "US", Action.REMOVE),  # Status, of a command
        (0x00081190, "UR", Action.REMOVE),  # Retrieve URL
        (0x00100033, "LO", Action.REMOVE),  # Patient's Birth Date in Alternative Calendar
        (0x00209312, "UI", Action.NEW_UID),  # Volume Frame of Reference UID
        (0x0074100C, "LO", Action.REMOVE),  # Contact Display Name
        (0x00402006, "SH", Action.EMPTY),  # Placer Order Number / Imaging Service Request (Retired)
        (0x0072006F, "UC", Action.DUMMY),  # Selector UC Value
        (0x0040E001, "ST", Action.DUMMY),  # HL7 Instance Identifier
        (0x0040A067, "PN", Action.EMPTY),  # Document Author (Trial)
        (0x00080416, "DT", Action.EMPTY),  # Expiration DateTime
        (0x00189999, "LO", Action.REMOVE),  # no attribute that the dictionary knows
    ],
)
def test_what_identifies_by_its_kind_goes_though_it_is_not_listed(tag: int, vr: str, action: Action) -> None:
    assert action_for(tag, vr, ()) is action
