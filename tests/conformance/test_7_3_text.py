"""PS3.18-2011 7.3: text objects, which have the SR Document Content Module."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.server import DICOM, Server, dataset_in, implemented

HTML = "text/html"
PLAIN = "text/plain"
PDF = "application/pdf"


def test_the_object_itself_is_served(server: Server) -> None:
    dataset = dataset_in(server.ask("report", contentType=DICOM))
    assert dataset.ContentSequence[0].TextValue == "No abnormality & no <change>"


@pytest.mark.parametrize("content_type", [None, HTML, "image/jpeg", "a/b,c/d"])
def test_html_is_served_by_default_and_for_what_is_not_supported(server: Server, content_type: str | None) -> None:
    answer = implemented(server.ask("report", contentType=content_type))
    assert (answer.status, answer.media_type) == (200, HTML)
    assert "No abnormality &amp; no &lt;change&gt;" in answer.text


def test_a_private_class_with_a_content_tree_is_a_text_object(server: Server) -> None:
    answer = implemented(server.ask("private report"))
    assert (answer.status, answer.media_type) == (200, HTML)
    assert "No abnormality &amp; no &lt;change&gt;" in answer.text


def test_plain_text_is_served(server: Server) -> None:
    answer = implemented(server.ask("report", contentType=PLAIN))
    assert (answer.status, answer.media_type) == (200, PLAIN)
    assert "No abnormality & no <change>" in answer.text


def test_pages_are_served(server: Server) -> None:
    answer = implemented(server.ask("report", contentType=PDF))
    assert (answer.status, answer.media_type) == (200, PDF)
    assert answer.body.startswith(b"%PDF-")
    assert answer.body.rstrip().endswith(b"%%EOF")


RECOMMENDED = {
    "text/xml": "<NativeDicomModel",
    "text/rtf": "{\\rtf1",
    "application/x-hl7-cda-level-one+xml": "<ClinicalDocument",
}


@pytest.mark.parametrize("media_type", RECOMMENDED)
def test_a_recommended_type_is_served(server: Server, media_type: str) -> None:
    answer = implemented(server.ask("report", contentType=media_type))
    assert (answer.status, answer.media_type) == (200, media_type)
    assert RECOMMENDED[media_type] in answer.text
    assert "No abnormality" in answer.text


def test_pdf_is_served(server: Server) -> None:
    answer = implemented(server.ask("report", contentType="application/pdf"))
    assert (answer.status, answer.media_type) == (200, "application/pdf")
    assert answer.body.startswith(b"%PDF-")


@pytest.mark.parametrize("parameter", ["rows", "columns", "windowWidth", "imageQuality"])
def test_parameters_of_pictures_are_refused(server: Server, parameter: str) -> None:
    parameters: dict[str, Any] = {parameter: 50}
    if parameter == "windowWidth":
        parameters["windowCenter"] = 1
    assert server.ask("report", **parameters).status == 400
