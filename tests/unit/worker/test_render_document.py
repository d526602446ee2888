"""Encapsulated documents in their own type: announced as what they are, and as nothing that a browser would run."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import to_file
from tests.support.documents import CDA, KINDS, PDF, STL_TEXT, encapsulate_document, make_cda
from tests.support.pdf import facts_of_pdf, needs_poppler, text_of_pdf
from tests.support.worker_settings import worker_settings
from wado.errors import NotAcceptable
from wado.job import Job, Representation
from wado.media_types import APPLICATION_PDF, TEXT_HTML, TEXT_PLAIN, TEXT_RTF, TEXT_XML
from wado.worker.renderers import Renderers

PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


def render(dataset: Dataset, kind: str, media_type: str, charsets: tuple[str, ...] = ("UTF-8",)) -> Representation:
    content = to_file(dataset)
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        job = Job("attachment", len(content), f"encapsulated {kind}", media_type, charsets=charsets)
        answer = Renderers(worker_settings()).render(job, file.fileno())
        if answer.file is None:
            return answer
        assert answer.file == file.fileno(), "the document is a part of the object's own file"
        assert answer.body_size is not None
        body = os.pread(answer.file, answer.body_size, answer.body_offset)
        return Representation(answer.media_type, body, warnings=answer.warnings, headers=answer.headers)


def render_kind(kind: str, content: bytes | None = None, **attributes: Any) -> Representation:
    return render(encapsulate_document(kind, content, **attributes), kind, KINDS[kind][1])


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_comes_out_as_it_went_in(kind: str) -> None:
    answer = render_kind(kind)
    assert answer.body == KINDS[kind][2]
    assert answer.media_type.partition(";")[0] == KINDS[kind][1]
    assert not answer.warnings


@pytest.mark.parametrize("kind", KINDS)
def test_no_browser_guesses_what_it_is(kind: str) -> None:
    headers = dict(render_kind(kind).headers)
    assert headers["X-Content-Type-Options"] == "nosniff"
    disposition = "inline" if kind in ("PDF", "CDA") else "attachment"
    extension = "xml" if kind == "CDA" else kind.lower()
    assert headers["Content-Disposition"] == f'{disposition}; filename="1.2.3.4.3.{extension}"'


def test_xml_runs_and_loads_nothing() -> None:
    assert dict(render_kind("CDA").headers)["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_file_name_holds_nothing_but_digits_and_dots() -> None:
    answer = render(encapsulate_document("PDF", SOPInstanceUID='1"; x=../\r\nA: b'), "PDF", APPLICATION_PDF)
    assert dict(answer.headers)["Content-Disposition"] == 'inline; filename="1...pdf"'


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_in_the_place_of_a_document_is_not_sent(kind: str) -> None:
    with pytest.raises(NotAcceptable, match="as its SOP Class says"):
        render_kind(kind, PAGE, MIMETypeOfEncapsulatedDocument="text/html")


@pytest.mark.parametrize("kind", ["OBJ", "MTL", "STL"])
def test_nothing_binary_is_sent_as_a_model(kind: str) -> None:
    with pytest.raises(NotAcceptable):
        render_kind(kind, b"\0\1\2 PK\3\4" * 30)


def test_a_model_in_text_is_an_stl_too() -> None:
    assert render_kind("STL", STL_TEXT).body == STL_TEXT


def test_what_the_object_calls_a_document_has_no_effect_but_a_warning() -> None:
    answer = render_kind("PDF", PDF, MIMETypeOfEncapsulatedDocument="text/html")
    assert (answer.media_type, answer.body) == (APPLICATION_PDF, PDF)
    assert answer.warnings == (
        "MIME Type of Encapsulated Document (0042,0012) names another type than the document is of",
    )


def test_a_length_that_is_not_the_documents_is_told() -> None:
    document = PDF + b"%" * (len(PDF) % 2)
    answer = render_kind("PDF", document, EncapsulatedDocumentLength=10)
    assert (answer.body, len(answer.warnings)) == (document, 1)


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "windows-1252", "UTF-16"])
def test_cda_is_announced_in_the_encoding_that_it_is_in(encoding: str) -> None:
    document = make_cda("<title>A</title>", encoding=encoding)
    answer = render(encapsulate_document("CDA", document), "CDA", TEXT_XML, (encoding,))
    assert (answer.media_type, answer.body, answer.warnings) == (f"text/xml; charset={encoding}", document, ())


def test_a_charset_that_cda_is_not_in_is_told_to_have_no_effect() -> None:
    answer = render(encapsulate_document("CDA"), "CDA", TEXT_XML, ("ISO-8859-1",))
    assert answer.body == CDA
    assert answer.warnings == ("charset has no effect: the document is sent as it is stored and in UTF-8",)


@pytest.mark.parametrize("media_type", [TEXT_HTML, TEXT_PLAIN])
@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16"])
def test_cda_is_shown_as_a_page(media_type: str, encoding: str) -> None:
    section = "<title>Befund</title><text><paragraph>Für Zoë</paragraph></text>"
    dataset = encapsulate_document("CDA", make_cda(section, encoding=encoding))
    answer = render(dataset, "CDA", media_type, ("ISO-8859-1",))
    text = bytes(answer.body).decode("iso-8859-1")
    assert answer.media_type == f"{media_type}; charset=ISO-8859-1"
    assert all(words in text for words in ("Chest CT", "Müller, Zoë", "Befund", "Für Zoë"))


def test_cda_is_written_as_rich_text() -> None:
    answer = render(encapsulate_document("CDA"), "CDA", TEXT_RTF)
    assert answer.media_type == "text/rtf; charset=UTF-8"
    assert bytes(answer.body).startswith(b"{\\rtf1") and b"Chest CT" in bytes(answer.body)


@needs_poppler
def test_cda_is_laid_out_as_pages_that_tell_the_patient() -> None:
    section = "<title>Befund</title><text><paragraph>Für Zoë</paragraph></text>"
    answer = render(encapsulate_document("CDA", make_cda(section)), "CDA", APPLICATION_PDF, ())
    text = text_of_pdf(bytes(answer.body))
    assert all(words in text for words in ("Chest CT", "Müller, Zoë, 4711, born 1970-01-02", "Befund", "Für Zoë"))
    assert facts_of_pdf(bytes(answer.body))["Tagged"] == "yes"


@pytest.mark.parametrize(
    "document",
    [
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><ClinicalDocument xmlns='urn:hl7-org:v3'>&b;"
        b"</ClinicalDocument>",
        b"<ClinicalDocument/>",
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        b"",
        b"no mark-up",
        CDA.replace(b"UTF-8", b"no-such-encoding"),
    ],
    ids=["document type", "no namespace", "XHTML", "nothing", "text", "unknown encoding"],
)
@pytest.mark.parametrize("media_type", [TEXT_XML, TEXT_HTML, APPLICATION_PDF])
def test_what_is_no_cda_is_refused(document: bytes, media_type: str) -> None:
    with pytest.raises(NotAcceptable, match="transferSyntax"):
        render(encapsulate_document("CDA", document), "CDA", media_type)
