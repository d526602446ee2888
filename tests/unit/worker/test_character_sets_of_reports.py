"""Reports in every character set: the bytes, the Content-Type and the document's own declaration agree (8.1.6)."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import to_file
from tests.support.reports import make_report, number_item, read, text_item
from tests.support.worker_settings import worker_settings
from wado.character_sets.names import CHARACTER_SETS
from wado.dicom.stored_object import FileSource
from wado.errors import NotAcceptable
from wado.job import Job, Representation
from wado.media_types import TEXT_HTML, TEXT_PLAIN, Category
from wado.worker.renderers import Renderers

FINDINGS = "Größe 3 µm, Ω, Люк, قباني, שרון, กา, 山田 <b>, 김, 张, 𝄞"


def render(job: Job, source: FileSource) -> Representation:
    return Renderers(worker_settings()).render(job, source.descriptor)


def rendered(tmp_path: Path, report: Dataset, media_type: str, *charsets: str) -> Representation:
    path = tmp_path / "report.dcm"
    path.write_bytes(to_file(report))
    with path.open("rb") as file:
        source = FileSource(file.fileno(), path.stat().st_size)
        return render(Job("attachment", source.size, Category.TEXT.value, media_type, charsets=charsets), source)


@pytest.mark.parametrize("row", CHARACTER_SETS, ids=lambda row: row.name)
def test_a_page_holds_every_character_in_any_set_and_declares_it(tmp_path: Path, row: object) -> None:
    (found,) = [each for each in CHARACTER_SETS if each is row]
    page = rendered(tmp_path, make_report(text_item("Findings", FINDINGS)), TEXT_HTML, found.name, "UTF-8")
    assert page.media_type == f"text/html; charset={found.name}"
    text = bytes(page.body).decode(found.codec)
    assert f'<meta charset="{found.name}">' in text
    assert FINDINGS in html.unescape(re.sub("&lt;b&gt;", "<b>", text))


def test_plain_text_is_in_the_first_set_that_holds_all_of_it(tmp_path: Path) -> None:
    report = make_report(text_item("Findings", "Ωμέγα"))
    text = rendered(tmp_path, report, TEXT_PLAIN, "ISO-8859-1", "ISO-8859-7", "UTF-8")
    assert text.media_type == "text/plain; charset=ISO-8859-7"
    assert "Ωμέγα" in bytes(text.body).decode("iso8859-7")
    with pytest.raises(NotAcceptable, match="the text has characters that ISO-8859-1 cannot hold"):
        rendered(tmp_path, report, TEXT_PLAIN, "ISO-8859-1")


def test_plain_text_brings_no_characters_of_its_own(tmp_path: Path) -> None:
    text = rendered(
        tmp_path, make_report(text_item("Findings", "None"), number_item("Size", "3")), TEXT_PLAIN, "US-ASCII"
    )
    assert bytes(text.body).isascii()


def test_a_report_without_faults_has_no_notes() -> None:
    assert read(make_report(text_item("Findings", FINDINGS))).head.notes == ()


def test_a_declaration_that_is_wrong_is_told_at_the_head(tmp_path: Path) -> None:
    report = make_report(text_item("Findings", "Größe"), SpecificCharacterSet="ISO_IR 100")
    content = to_file(report).replace("Größe".encode("latin-1"), b"Gr\xc3\xb6e")
    path = tmp_path / "report.dcm"
    path.write_bytes(content)
    with path.open("rb") as file:
        source = FileSource(file.fileno(), len(content))
        job = Job("attachment", source.size, Category.TEXT.value, TEXT_PLAIN, charsets=("UTF-8",))
        text = " ".join(bytes(render(job, source).body).decode().replace("***", "").split())
    assert "Gröe" in text
    assert "The object declares the character set ISO_IR 100. Text that cannot be in it is read as UTF-8." in text
