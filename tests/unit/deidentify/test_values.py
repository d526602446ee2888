"""Dates that move, and dummies that are valid."""

from __future__ import annotations

import pytest
from pydicom import config
from pydicom.valuerep import DA, DT, TM, validate_value

from wado.deidentify.values import DUMMIES, moved_back


@pytest.mark.parametrize(
    ("vr", "value", "days", "moved"),
    [
        ("DA", "20240301", 1, "20240229"),
        ("DA", "20230301", 1, "20230228"),
        ("DA", "2024.03.01", 31, "20240130"),
        ("DA", "20240101 ", 366, "20221231"),
        ("DT", "20240301083015.123456+0100", 1, "20240229083015.123456+0100"),
        ("DT", "20240301", 1, "20240229"),
        ("DT", "202403", 1, "202402"),
        ("DT", "2024", 1, "2023"),
        ("DT", "2024030108", 60, "2024010108"),
        ("TM", "083015.5", 1, "083015.5"),
        ("TM", "08:30:15", 1, "08:30:15"),
        ("DA", "Bergmann", 1, ""),
        ("DA", "20241301", 1, ""),
        ("DA", "00010101", 400, ""),
        ("DT", "born 1970", 1, ""),
        ("TM", "noon", 1, ""),
        ("DA", "", 1, ""),
    ],
)
def test_a_date_moves_by_whole_days(vr: str, value: str, days: int, moved: str) -> None:
    assert moved_back(vr, value, days) == moved


@pytest.mark.parametrize("vr", ["AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UR"])
def test_a_dummy_is_a_valid_value(vr: str) -> None:
    validate_value(vr, DUMMIES[vr], config.RAISE)


def test_dummies_of_time_can_be_read() -> None:
    assert str(DA(DUMMIES["DA"])) + str(TM(DUMMIES["TM"])) == str(DT(DUMMIES["DT"]))
