"""Reports as Rich Text Format: by hand, and through LibreOffice where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.reports import container, every_report, image_item, make_report, number_item, outline_of, text_item
from wado.dicom.stored_object import BytesSource
from wado.report.arrange import arrange
from wado.report.outline import Outline, Paragraph, Run, Table, runs_of
from wado.report.read_report import read_report
from wado.report.rtf import MOST_COLUMNS, _escape, write_rtf

_TOKEN = re.compile(
    r"\\u(-?\d+)(?:\\'[0-9a-f]{2}|\?)|\\([\\{}])|\\(line|tab) |\\\*\\[a-z]+|\\'..|\\[a-z]+-?\d* ?|[{}\n]"
)
_EMBEDDING = re.compile("[\u202a-\u202c]")


def text_in(rtf: str) -> str:
    """What a reader shows: a small reader of this project's own output."""
    units: list[bytes] = []

    def read(match: re.Match[str]) -> str:
        if match[1]:
            units.append((int(match[1]) & 0xFFFF).to_bytes(2, "little"))
            return chr(0xE000 + len(units) - 1) if len(units) < 6400 else ""
        return match[2] or {"line": "\n", "tab": "\t"}.get(match[3] or "", "")

    shown = _TOKEN.sub(read, rtf)
    joined = "".join(
        units[ord(character) - 0xE000].decode("latin-1")
        if 0xE000 <= ord(character) < 0xE000 + len(units)
        else character + "\0"
        for character in shown
    )
    return _EMBEDDING.sub("", joined.encode("latin-1").decode("utf-16-le"))


def is_balanced(rtf: str) -> bool:
    depth = 0
    for match in re.finditer(r"\\[\\{}]|[{}]", rtf):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth < 0:
            return False
    return depth == 0


def test_characters_that_mean_something_in_rtf_are_escaped() -> None:
    assert _escape("a\\b{c}\nd\te") == "a\\\\b\\{c\\}\\line d\\tab e"


@pytest.mark.parametrize(
    ("character", "written"),
    [
        ("é", "\\u233\\'e9"),
        ("€", "\\u8364\\'80"),
        ("Ж", "\\u1046?"),
        ("山", "\\u23665?"),
        ("\ufeff", "\\u-257?"),  # above 32767 the numbers are negative
        ("😀", "\\u-10179?\\u-8704?"),  # D83D DE00
        ("\ud800", "\\u-10240?"),
    ],
)
def test_every_other_character_is_written_by_its_code_units(character: str, written: str) -> None:
    assert _escape(character) == written


@given(st.text())
def test_any_text_is_ascii_and_comes_back(text: str) -> None:
    written = _escape(text)
    assert written.isascii()
    if text.isprintable():
        assert text_in(written) == text


def hostile_outline() -> Outline:
    text = "}}\\par\\object{\\*\\objdata 0102}{\\field{\\*\\fldinst INCLUDEPICTURE http://a/}}"
    return outline_of(make_report(text_item(text, text), title=text, PatientComments=text))


def test_no_value_becomes_a_control_word() -> None:
    rtf = write_rtf(hostile_outline())
    assert is_balanced(rtf)
    commands = re.sub(r"\\\\", "", rtf)
    assert not re.search(r"\\(object|objdata|par\\object)", commands)
    assert "INCLUDEPICTURE" in rtf and "\\fldinst INCLUDEPICTURE" not in commands


def test_nothing_is_loaded_or_run() -> None:
    rtf = write_rtf(outline_of(make_report(image_item("Key image"))))
    assert not re.search(r"\\(object|pict|template|datafield)", rtf)
    assert all(link.startswith("\\\\l ") for link in re.findall(r"HYPERLINK ([^\"]*)", rtf))


def test_what_goes_from_right_to_left_does() -> None:
    rtf = write_rtf(outline_of(make_report(text_item("ממצא", "אין ממצאים"), text_item("Finding", "none"))))
    lines = [line for line in rtf.split("\n") if "\\par}" in line]
    hebrew = [line for line in lines if "\\u1502?" in line]
    assert hebrew and all("\\rtlpar" in line and "\\rtlch" in line for line in hebrew)
    assert all("\\ltrpar" in line for line in lines if "Finding" in line)


def test_a_measurement_keeps_its_order_in_a_paragraph_from_right_to_left() -> None:
    rtf = write_rtf(outline_of(make_report(number_item("אורך", "12.5", "mm"), title="ממצאים")))
    assert "\\u8234?" in rtf and rtf.index("\\u8234?") < rtf.index("12.5") < rtf.index("\\u8236?")


def test_tables_have_edges_within_the_page_and_as_many_cells_as_edges() -> None:
    groups = [container(f"Lesion {n}", number_item("Length", f"{n}"), number_item("Width", "2")) for n in range(5)]
    outline = outline_of(make_report(*groups))
    columns = tuple((Run(f"C{n}"),) for n in range(4))
    table = Table((Run("T"),), columns, (((Run("a"),), (), (Run("c\nd"),), (Run("x" * 500),)),))
    rtf = write_rtf(Outline("t", "", False, (), outline.head, (*outline.body, table), (), outline.report_head))
    rows = re.findall(r"\\trowd.*?\\row", rtf, re.DOTALL)
    assert rows
    for row in rows:
        edges = [int(edge) for edge in re.findall(r"\\cellx(\d+)", row)]
        assert edges == sorted(set(edges)) and edges[-1] <= 11906 - 2 * 1134
        assert len(edges) == len(re.findall(r"\\cell\}", row))


def test_a_table_that_is_too_wide_for_word_is_a_list() -> None:
    columns = tuple((Run(f"C{n}"),) for n in range(MOST_COLUMNS + 1))
    table = Table((), columns, (tuple((Run(f"v{n}"),) for n in range(MOST_COLUMNS + 1)),))
    outline = outline_of(make_report())
    rtf = write_rtf(Outline("t", "", False, (), (), (table,), (), outline.report_head))
    assert "\\trowd" not in rtf
    assert all(f"C{n}" in rtf and f"v{n}" in rtf for n in range(MOST_COLUMNS + 1))


@pytest.mark.parametrize(
    ("tag", "number"), [("", 1033), ("de", 1031), ("de-AT", 3079), ("ja-JP", 1041), ("tlh", 1033), ("en-GB", 2057)]
)
def test_the_language_is_what_windows_calls_it(tag: str, number: int) -> None:
    outline = Outline("t", tag, False, (), (), (Paragraph((Run("a"),)),), (), outline_of(make_report()).report_head)
    assert re.search(rf"\\deflang{number}\b", write_rtf(outline))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", _EMBEDDING.sub("", text))


@pytest.mark.parametrize(("name", "content"), every_report(), ids=lambda each: each if isinstance(each, str) else "")
def test_every_text_of_every_report_is_there_in_order(name: str, content: bytes) -> None:
    outline = arrange(read_report(BytesSource(content)))
    rtf = write_rtf(outline)
    assert rtf.isascii() and is_balanced(rtf)
    shown, position = squeezed(text_in(rtf)), 0
    for block in outline.blocks:
        for run in runs_of(block):
            position = shown.index(squeezed(run.text), position)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (Debian package libreoffice-writer-nogui)")
def test_libreoffice_shows_every_script(tmp_path: Path) -> None:
    texts = ["Größe für Zoë", "Линия \\ {1}", "אין ממצאים", "نتائج طبيعية", "異常なし", "ผลปกติ", "a & b < c 😀"]
    (tmp_path / "report.rtf").write_text(
        write_rtf(outline_of(make_report(*(text_item("Finding", text) for text in texts)))), encoding="ascii"
    )
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "txt:Text (encoded):UTF8",
    ]
    subprocess.run(
        [*command, "--outdir", tmp_path, tmp_path / "report.rtf"], check=True, capture_output=True, timeout=120
    )
    shown = squeezed((tmp_path / "report.txt").read_text(encoding="utf-8"))
    assert all(squeezed(text) in shown for text in texts)
