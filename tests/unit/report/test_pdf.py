"""Reports as pages: what an independent reader of PDF finds in them."""

from __future__ import annotations

import re
import time
import unicodedata
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.support.pdf import facts_of_pdf, fonts_of_pdf, needs_poppler, text_of_pdf
from tests.support.reports import (
    by_reference,
    code_item,
    container,
    every_report,
    image_item,
    make_report,
    number_item,
    outline_of,
    text_item,
)
from wado.dicom.stored_object import BytesSource
from wado.errors import Unimplemented
from wado.report.arrange import arrange
from wado.report.outline import runs_of
from wado.report.pdf import write_pdf
from wado.report.read_report import read_report

MEMORY = 2048

SCRIPTS = {
    "Latin": "Größe naïve Œuvre Łódź office fjord",
    "Greek": "Διονυσιος κείμενο πόνος",
    "Cyrillic": "Люкceмбypг текст исследования",
    "Hebrew": "שרון דבורה בדיקה של הלב",
    "Arabic": "قباني لنزار فحص الصدر",
    "Thai": "ภาษาไทยการตรวจเอกซเรย์ทรวงอก น้ำ",
    "Chinese": "王小東 胸部X射线检查未见异常",
    "Japanese": "山田太郎 やまだたろう ヤマダ",
    "Korean": "김희중 흉부 엑스선 검사",
}

MARKUP = '#let x = 1; \\ "quote" [brack] $math$ <b> *b* _i_ `c` // comment /* */ @ref #panic() = ~ --'


def pages(*items: Dataset, **attributes: Any) -> bytes:
    return write_pdf(outline_of(make_report(*items, **attributes)), {}, MEMORY)


def words_of(text: str) -> str:
    """The text without spaces, marks of direction and ligatures: what is left of it wherever its lines end."""
    kept = (letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return "".join("".join(kept).split())


@needs_poppler
@pytest.mark.parametrize("script", SCRIPTS)
def test_text_is_found_in_every_script_as_it_was_written(script: str) -> None:
    found = text_of_pdf(pages(text_item("Finding", SCRIPTS[script])))
    assert words_of(SCRIPTS[script]) in words_of(found)


@needs_poppler
def test_arabic_letters_that_join_are_all_there() -> None:
    """Poppler reads the two letters of lam-alef, which are one sign, from left to right as well as from right."""
    found = words_of(text_of_pdf(pages(text_item("Finding", "بالأشعة"))))
    assert "بالأشعة" in found or "باألشعة" in found


@needs_poppler
def test_a_number_stands_before_its_unit_in_a_line_from_the_right_too() -> None:
    content = pages(text_item("ממצא", SCRIPTS["Hebrew"]), number_item("קוטר", "12.5"))
    assert re.search("12.5\\smm", text_of_pdf(content))


@needs_poppler
def test_markup_is_text() -> None:
    found = text_of_pdf(pages(text_item(MARKUP, MARKUP), title=MARKUP))
    assert words_of(found).count(words_of(MARKUP)) >= 3


@needs_poppler
def test_spaces_and_lines_are_kept() -> None:
    found = text_of_pdf(pages(text_item("Finding", "one\n  two\tthree\n\nfour")), "-layout")
    assert re.search(r"one\n +two +three\n\n+ *four", found)


@needs_poppler
def test_every_page_tells_the_patient_the_title_its_number_and_what_restricts_the_report() -> None:
    items = [text_item(f"Finding {number}", "Nothing of note") for number in range(200)]
    content = pages(
        *items,
        title="Chest",
        PatientName="Doe^Jane",
        PatientID="P-17",
        PatientBirthDate="19600102",
        VerificationFlag="UNVERIFIED",
        CompletionFlag="PARTIAL",
    )
    number = int(facts_of_pdf(content)["Pages"])
    assert number > 3
    for page, text in enumerate(text_of_pdf(content, "-layout").split("\f")[:number], start=1):
        assert re.search(r"^Doe, Jane, P-17, born 1960-01-02 +Partial, Unverified$", text, re.MULTILINE)
        assert re.search(rf"^Chest +Page {page} of {number}$", text, re.MULTILINE)


@needs_poppler
def test_a_table_has_its_headings_on_every_page() -> None:
    content = pages(container("Sizes", *(number_item(f"Diameter {number}", "1.5") for number in range(150))))
    texts = [text for text in text_of_pdf(content, "-layout").split("\f") if "Diameter" in text]
    assert len(texts) > 2
    assert all(re.search(r"Measurement +Value", text) for text in texts)


@needs_poppler
def test_the_document_is_tagged_and_says_its_title() -> None:
    facts = facts_of_pdf(pages(text_item("Finding", "Ohne Befund"), title="Thorax: Größe"))
    assert (facts["Title"], facts["Tagged"]) == ("Thorax: Größe", "yes")
    assert facts["JavaScript"] == "no"


def test_the_document_says_its_language_and_its_standard() -> None:
    language = code_item("Language", "German", relationship="HAS CONCEPT MOD")
    language.ConceptNameCodeSequence[0].CodeValue = "121049"
    language.ConceptNameCodeSequence[0].CodingSchemeDesignator = "DCM"
    language.ConceptCodeSequence[0].CodeValue = "de"
    language.ConceptCodeSequence[0].CodingSchemeDesignator = "RFC5646"
    content = pages(language, text_item("Finding", "Ohne Befund"))
    assert b"/Lang(de)" in content.replace(b" ", b"")
    assert b"pdfuaid" in content


@needs_poppler
def test_every_font_is_embedded_and_can_be_read_back(tmp_path: Path) -> None:
    rows = fonts_of_pdf(pages(*(text_item(name, text) for name, text in SCRIPTS.items())), tmp_path)
    assert len(rows) >= 3
    # Behind the name and the type: the encoding, then whether it is embedded, a part of the font, mapped to Unicode.
    assert all(re.search(r"Identity-H +yes yes yes", row) for row in rows)


@needs_poppler
def test_an_unknown_character_is_written_by_its_number_and_told() -> None:
    found = text_of_pdf(pages(text_item("Finding", "a\U0010ffffb")))
    assert "a[U+10FFFF]b" in found
    assert "1 characters are written by their numbers" in " ".join(found.split())


def test_text_that_no_font_has_is_refused() -> None:
    with pytest.raises(Unimplemented, match="no font of this server has"):
        pages(text_item("Finding", "\U0010ffff" * 101))


@needs_poppler
def test_what_a_link_would_lead_to_is_told_by_its_uid() -> None:
    found = words_of(text_of_pdf(pages(container("Images", image_item("Key image")))))
    assert words_of("Key image: CT Image 1.2.3.4.9.1") in found


@needs_poppler
def test_an_item_by_reference_leads_to_the_one_that_it_stands_for() -> None:
    content = pages(text_item("Finding", "Here"), text_item("Conclusion", "There", by_reference(1, 1)))
    assert b"/Link" in content
    assert "see Finding: Here" in text_of_pdf(content)


@needs_poppler
def test_long_words_and_wide_tables_stay_on_the_page() -> None:
    uid = "1." + ".".join(["1234567"] * 30)
    content = pages(text_item("Finding", uid), text_item(uid, "b"))
    assert words_of(text_of_pdf(content, "-x", "0", "-y", "0", "-W", "595", "-H", "842")).count(uid) >= 2


@needs_poppler
@pytest.mark.parametrize(("name", "content"), every_report(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_text_of_every_report_is_there(name: str, content: bytes) -> None:
    outline = arrange(read_report(BytesSource(content)))
    found = words_of(
        re.sub(r"\f[^\n]*\n|^[^\n]*Page \d+ of \d+$", "", text_of_pdf(write_pdf(outline, {}, MEMORY), "-raw"))
    )
    texts = [outline.title, *outline.warnings, *(run.text for block in outline.blocks for run in runs_of(block))]
    assert [text for text in texts if not _is_found(text, found)] == []


def _is_found(text: str, found: str) -> bool:
    """All of it; what a page's end divides, by its words."""
    return words_of(text) in found or all(words_of(word) in found for word in text.split())


@pytest.mark.parametrize(
    "items",
    [
        [container(f"Section {number}", *(text_item(f"{n}", "a") for n in range(100))) for number in range(100)],
        [text_item("Long", "The lungs are clear. " * 50_000)],
        [text_item("Long", "a" * 200_000)],
        [text_item("Long", "胸部未见异常射线检查" * 3_000)],
        [text_item("Long", "a" + "\u0301" * 10_000)],
        [text_item("Long", "a\n" * 20_000)],
        [text_item("Long", "\u2067\u202e" * 2_000)],
        [reduce(lambda below, level: container(f"Level {level}", below), range(100), text_item("a", "b"))],
    ],
    ids=["items", "text", "word", "chinese", "marks", "lines", "directions", "levels"],
)
def test_hostile_reports_are_laid_out_in_time(items: list[Dataset]) -> None:
    outline = outline_of(make_report(*items))
    start = time.process_time()
    assert write_pdf(outline, {}, MEMORY).startswith(b"%PDF-")
    assert time.process_time() - start < 45


@pytest.mark.parametrize("text", ["The lungs are clear. " * 200_000, "胸部" * 200_000, "a\n" * 400_000])
def test_a_report_that_is_too_long_is_refused_at_once(text: str) -> None:
    outline = outline_of(make_report(text_item("Long", text)))
    start = time.process_time()
    with pytest.raises(Unimplemented, match="too long to be laid out as pages"):
        write_pdf(outline, {}, MEMORY)
    assert time.process_time() - start < 5


def test_less_memory_takes_less() -> None:
    outline = outline_of(make_report(*(number_item(f"Size {number}", "1.5") for number in range(5000))))
    with pytest.raises(Unimplemented, match="too long"):
        write_pdf(outline, {}, 256)


def test_equal_reports_give_equal_bytes() -> None:
    assert pages(text_item("Finding", "a")) == pages(text_item("Finding", "a"))
