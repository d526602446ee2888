"""Attributes as they are written: every value that is one, and nothing for those that are not."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import make_object
from wado.annotation.model import ELLIPSIS
from wado.annotation.written import (
    LONGEST_TEXT,
    REPLACEMENT,
    visible,
    written_age,
    written_date,
    written_name,
    written_number,
    written_text,
    written_time,
)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Adams^John Robert^Quincy^Rev.^B.A.", ["Adams, John Robert Quincy, Rev., B.A."]),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", ["Yamada, Tarou", "山田 太郎", "やまだ たろう"]),
        ("=山田^太郎", ["山田 太郎"]),
        ("Yamada^Tarou==やまだ^たろう", ["Yamada, Tarou", "やまだ たろう"]),
        ("Smith", ["Smith"]),
        ("^John", ["John"]),
        ("Smith^^Middle", ["Smith, Middle"]),
        ("A^B^C^D^E^F", ["A, B C, D, E, F"]),
        ("A=B=C=D", ["A", "B", "C", "D"]),
        ("", []),
    ],
)
def test_every_component_of_every_group_of_a_name_is_written(name: str, lines: list[str]) -> None:
    assert written_name(make_object(PatientName=name), "PatientName") == lines


def test_no_value_of_a_text_is_lost() -> None:
    assert written_text(make_object(PatientID=["A", "B"]), "PatientID") == "A\\B"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("a\tb\r\nc", "a b c"),
        ("a\x1b$B", f"a{REPLACEMENT}$B"),
        ("12\u202e34", f"12{REPLACEMENT}34"),
        ("e\u0301", "é"),
        ("\ud800", REPLACEMENT),
        ("مي\u200cخواهم", "مي\u200cخواهم"),
        ("x" * 300, "x" * LONGEST_TEXT + ELLIPSIS),
    ],
)
def test_what_cannot_be_seen_is_replaced_by_what_can(stored: str, shown: str) -> None:
    assert visible(stored) == shown


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("20261121", "2026-11-21"),
        ("2026.11.21", "2026-11-21"),
        ("20260230", ""),
        ("2026", ""),
        ("20261121-20261122", ""),
        ("20261301", ""),
        ("", ""),
    ],
)
def test_dates_are_written_as_iso_8601(stored: str, written: str) -> None:
    assert written_date(make_object(StudyDate=stored), "StudyDate") == written


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("101112.123456", "10:11:12"),
        ("101112", "10:11:12"),
        ("10:11:12", "10:11:12"),
        ("1011", "10:11"),
        ("10", "10 h"),
        ("24", ""),
        ("1061", ""),
        ("noon", ""),
    ],
)
def test_times_are_written_as_precisely_as_they_are_stored(stored: str, written: str) -> None:
    assert written_time(make_object(StudyTime=stored), "StudyTime") == written


@pytest.mark.parametrize(("stored", "written"), [("045Y", "45Y"), ("006M", "6M"), ("45", ""), ("045X", "")])
def test_ages(stored: str, written: str) -> None:
    assert written_age(make_object(PatientAge=stored), "PatientAge") == written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0"),
        (120, "120"),
        (-77.2040634155, "-77.2"),
        (33.333333, "33.33"),
        (0.00123456, "0.001235"),
        (12345.6, "12346"),
        (100000, "100000"),
        (2.50, "2.5"),
        (1e-12, "0"),
        (9999.6, "10000"),
    ],
)
def test_numbers_have_four_digits_that_count(number: float, written: str) -> None:
    assert written_number(number) == written


def test_absent_attributes_are_written_as_nothing() -> None:
    nothing = Dataset()
    written = [each(nothing, "PatientName") for each in (written_text, written_date, written_time, written_age)]
    assert written == ["", "", "", ""]
    assert written_name(nothing, "PatientName") == []
