"""What DCMTK's dsrdump and dsr2html print of a report is in our documents of it."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from tests.support.datasets import sample_files
from tests.support.dcmtk import run
from wado.dicom.stored_object import BytesSource
from wado.report.arrange import arrange
from wado.report.html import write_html
from wado.report.plain_text import write_plain_text
from wado.report.read_report import read_report

LENIENT = ("-q", "+U8", "-Er", "-Ev", "-Ec", "-Ee", "-Ei", "-Dv")
"""Go on where a report does not conform, as far as DCMTK can."""

FILES = sample_files("2_sr")

DOCUMENTS = {"html": write_html, "text": write_plain_text}

ITS_OWN_WORDS = frozenset(
    """Annex by-reference content empty image item object unknown document patient physician referring study series
    manufacturer completion flag verification preliminary date time verifying observers predecessor documents
    modifier concept context observation acquisition properties inferred selected from spatial coordinates
    temporal 3D structured this page was generated a offis dcmtk footnote
    composite waveform key female male other CR CT MR DX NM PI SC SD US XA RF MG RT PR SR VL note channels
    footnotes annexes document comprehensive enhanced basic text selection frames frame dicom reporting by with 3.6.7
    date/time docs usr""".lower().split()
)
"""Labels of dsr2html, for which ours are others; abbreviations of modalities, which we spell out."""


@cache
def documents_of(path: Path) -> dict[str, str]:
    """Each document's text, that of attributes included, on one line."""
    outline = arrange(read_report(BytesSource(path.read_bytes())))
    return {name: squeeze(text_in(write(outline))) for name, write in DOCUMENTS.items()}


def text_in(document: str) -> str:
    hints = " ".join(re.findall(r'(?:title|href|src|aria-label)="([^"]*)"', document))
    body = re.sub(r"<style>.*?</style>", "", document, flags=re.DOTALL)
    return unescape(re.sub(r"</?[a-z][^>]*>", lambda tag: " " if tag[0].startswith("<br") else "", body) + " " + hints)


def squeeze(text: str) -> str:
    return "".join(text.split())


def printed_by(program: str, path: Path, *options: str) -> str:
    result = run(program, *LENIENT, *options, path)
    if result.returncode != 0 or not result.stdout:
        pytest.skip(f"{program} does not read this report")
    return result.stdout.decode("utf-8", "replace")


def quoted_in(dump: str) -> list[str]:
    """Texts, names, numbers, UIDs, and the meanings of codes but those of UCUM, whose signs we write."""
    _, _, tree = dump.partition("\n<")
    tree = re.sub(r'"([^"\n]*)" \(([^,"\n{]+),UCUM[^"\n]*,"[^"\n]*"\)', r'"\1" "\2"', tree)
    found = re.findall('"([^"\n]*)"', tree)
    return [text.replace("\\n", "\n").replace("\\r", "\n").replace("\\t", " ") for text in found]


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_text_number_unit_and_meaning_of_dsrdump_is_in_ours(path: Path, document: str) -> None:
    quoted = quoted_in(printed_by("dsrdump", path, "+Pl"))
    ours = documents_of(path)[document]
    if document == "html":
        assert not [text for text in quoted if not is_in(text, ours)]
    else:  # where a cell of a table is wrapped, its lines stand between those of others
        assert not [word for text in quoted for word in text.split() if not is_in(word, ours)]


def is_in(text: str, ours: str) -> bool:
    """A name stands in its components, a date or time as ISO 8601 has it."""
    if squeeze(text) in ours:
        return True
    digits = re.fullmatch(r"(\d{2,4})(\d\d)(\d\d)(?:[.]\d*)?", text)
    moment = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", text)
    if moment:
        year, month, day, *time = moment.groups()
        return f"{year}-{month}-{day}{':'.join(time)}" in ours
    if digits:
        return "-".join(digits.groups()) in ours or ":".join(digits.groups()) in ours
    return all(squeeze(part) in ours for part in re.split("[\\^=]", text))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_word_of_dsr2html_is_in_ours(path: Path) -> None:
    page = printed_by("dsr2html", path)
    _, _, body = page.partition("<body>")
    words = re.sub("<[^>]*>", " ", body).split()
    ours = documents_of(path)["html"].lower()
    stripped = {unescape(word).strip("():,;[]\"'=.#*").lower() for word in words}
    missing = {word for word in stripped if word and word not in ours and not is_its_own(word)}
    assert not missing


def is_its_own(word: str) -> bool:
    return word in ITS_OWN_WORDS or word.isdigit() or word.endswith("storage")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_reference_of_dsr2html_is_in_ours(path: Path) -> None:
    page = printed_by("dsr2html", path)
    ours = documents_of(path)["html"]
    references = re.findall(r"(?:composite|image|waveform)=([0-9.]+)\+([0-9.]+)", page)
    assert not [instance for _, instance in references if instance not in ours]
