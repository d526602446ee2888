"""Plain text: within its columns, and with all that the outline has."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from tests.support.reports import (
    code_item,
    container,
    every_report,
    make_report,
    number_item,
    outline_of,
    text_item,
)
from wado.dicom.stored_object import BytesSource
from wado.report.arrange import arrange
from wado.report.columns import width_of, wrap
from wado.report.outline import runs_of
from wado.report.plain_text import NARROWEST_COLUMN, WIDTH, write_plain_text
from wado.report.read_report import read_report

EVERY_REPORT = every_report()


def words_of(text: str) -> str:
    """The characters without those by which lines and columns are laid out."""
    return "".join(character for character in text if not character.isspace() and character not in "|-+=.*")


@pytest.mark.parametrize(("name", "content"), EVERY_REPORT, ids=[name for name, _ in EVERY_REPORT])
def test_every_report_is_written_whole_and_within_its_columns(name: str, content: bytes) -> None:
    outline = arrange(read_report(BytesSource(content)))
    text = write_plain_text(outline)
    assert max(map(width_of, text.split("\n"))) <= WIDTH
    whole = words_of(text)
    for block in outline.blocks:
        for run in runs_of(block):
            for word in run.text.split():
                if width_of(word) < NARROWEST_COLUMN:  # a longer one may be cut where a cell of a table ends
                    assert words_of(word) in whole


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("a  b   c", 8, ["a  b   c"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("first\n\nsecond", 10, ["first", "", "second"]),
        ("山田太郎", 4, ["山田", "太郎"]),
        ("a山田", 4, ["a山", "田"]),
        ("e\u0301e\u0301e\u0301", 2, ["e\u0301e\u0301", "e\u0301"]),
        ("", 5, [""]),
        ("     ", 3, ["", ""]),
    ],
)
def test_lines_are_cut_where_words_end_or_else_where_the_columns_do(text: str, width: int, lines: list[str]) -> None:
    wrapped = wrap(text, width)
    assert [line for line in wrapped if line or text.strip()] == [line for line in lines if line or text.strip()]
    assert max(map(width_of, wrapped)) <= width


def test_wide_characters_take_two_columns() -> None:
    assert (width_of("a"), width_of("山"), width_of("ｱ"), width_of("Ａ"), width_of("e\u0301")) == (1, 2, 1, 2, 1)


def test_a_report_reads_as_this() -> None:
    def measured(name: str, value: str) -> Dataset:
        return number_item(name, value, "cm", code_item("Mode", "2D", relationship="HAS CONCEPT MOD"))

    text = write_plain_text(
        outline_of(
            make_report(
                text_item("Finding", "None"),
                container("Sizes", measured("Length", "1.5"), measured("Width", "2"), measured("Depth", "10")),
                VerificationFlag="UNVERIFIED",
            )
        )
    )
    assert text.split("\n")[:25] == [
        "Report",
        "======",
        "",
        "*** Unverified: nobody has attested to the content of this report",
        "",
        "Patient:    Made, For Tests",
        "Patient ID: 0",
        "Status:     Complete, Unverified",
        "",
        "=" * 80,
        "",
        "Finding: None",
        "",
        "Sizes",
        "=====",
        "",
        "Measurement | Value  | Mode",
        "------------+--------+-----",
        "Length      | 1.5\N{NO-BREAK SPACE}cm | 2D",
        "Width       | 2\N{NO-BREAK SPACE}cm   | 2D",
        "Depth       | 10\N{NO-BREAK SPACE}cm  | 2D",
        "",
        "=" * 80,
        "",
        "Evidence of the current procedure",
    ]


def test_a_terminal_is_told_nothing_but_text() -> None:
    text = write_plain_text(outline_of(make_report(text_item("A", "before \x1b[2J after \x07\x00 end"))))
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "before ␛[2J after ␇␀ end" in text
