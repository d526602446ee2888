"""PS3.18-2011 8.1.6: charset is the character set of text, and of the strings in DICOM objects."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator

import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.conformance.objects import PATIENT_NAME
from tests.conformance.server import DICOM, Server, assert_refused, dataset_in, implemented
from tests.support.http_client import query


@pytest.mark.parametrize("value", ["UTF 8", "utf-8;q=2", ";", "a/b"])
def test_what_is_no_list_of_character_sets_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("report", charset=value), 400, "charset")


@pytest.mark.parametrize(
    ("charset", "terms"),
    [
        ("UTF-8", "ISO_IR 192"),
        ("utf-8", "ISO_IR 192"),
        ("ISO_IR 192", "ISO_IR 192"),
        ("GB18030", "GB18030"),
        ("ISO-8859-9", "ISO_IR 148"),
        ("ISO-8859-5,UTF-8;q=0.1", "ISO_IR 192"),
        ("klingon,ISO-8859-1", "ISO_IR 100"),
    ],
)
@pytest.mark.parametrize("name", ["ct", "report"])
def test_a_dicom_object_has_all_its_strings_in_the_character_set(
    server: Server, name: str, charset: str, terms: str
) -> None:
    dataset = dataset_in(implemented(server.ask(name, contentType=DICOM, charset=charset)))
    assert dataset.SpecificCharacterSet == terms
    assert str(dataset.PatientName) == PATIENT_NAME
    assert not any("SpecificCharacterSet" in each for each in items_in(dataset))


def items_in(dataset: Dataset) -> Iterator[Dataset]:
    for element in dataset:
        for item in element.value if element.VR == "SQ" else ():
            yield item
            yield from items_in(item)


def test_a_dicom_object_has_its_strings_as_they_are_stored_without_it(server: Server) -> None:
    text = query({"requestType": "WADO", **server.uids["ct"], "contentType": DICOM})
    answer = server.get(text, **{"Accept-Charset": "utf-8"})
    assert dataset_in(answer).SpecificCharacterSet == "ISO_IR 100"


@pytest.mark.parametrize("charset", ["ISO-8859-5", "US-ASCII,ISO-8859-7", "klingon"])
def test_a_dicom_object_that_the_character_set_cannot_hold_is_refused(server: Server, charset: str) -> None:
    answer = server.ask("ct", contentType=DICOM, charset=charset)
    assert_refused(answer, 406, "charset")
    assert "(0010,0010)" in answer.text or charset == "klingon"
    assert "ller" not in answer.text


@pytest.mark.parametrize("transfer_syntax", ["*", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.80"])
def test_it_goes_with_the_transfer_syntax(server: Server, transfer_syntax: str) -> None:
    stored = pydicom.dcmread(io.BytesIO(server.files["ct"]))
    answer = server.ask("ct", contentType=DICOM, charset="UTF-8", transferSyntax=transfer_syntax)
    dataset = dataset_in(implemented(answer))
    assert str(dataset.PatientName) == PATIENT_NAME
    assert dataset.SpecificCharacterSet == "ISO_IR 192"
    wanted = stored.file_meta.TransferSyntaxUID if transfer_syntax == "*" else transfer_syntax
    assert dataset.file_meta.TransferSyntaxUID in (wanted, "1.2.840.10008.1.2.1")
    assert (dataset.pixel_array == stored.pixel_array).all()


def test_it_goes_with_anonymize(server: Server) -> None:
    answer = server.ask("report", contentType=DICOM, charset="UTF-8", anonymize="yes")
    if answer.status in (403, 501):
        return
    assert dataset_in(answer).SpecificCharacterSet == "ISO_IR 192"
    assert "Müller".encode() not in answer.body


@pytest.mark.parametrize("charset", ["UTF-8", "ISO-8859-1"])
def test_text_says_which_character_set_it_is_in(server: Server, charset: str) -> None:
    answer = implemented(server.ask("report", contentType="text/plain", charset=charset))
    assert answer.status == 200
    assert "charset=" in answer.headers["content-type"].lower()


def test_the_bytes_are_in_the_character_set_that_the_answer_says(server: Server) -> None:
    for charset in ("UTF-8", "ISO-8859-1", "ISO-8859-9", "klingon,ISO-8859-15;q=0.5", "ISO_IR 100"):
        answer = implemented(server.ask("report", contentType="text/html", charset=charset))
        said = answer.headers["content-type"].lower().partition("charset=")[2]
        assert answer.status == 200
        assert PATIENT_NAME.partition("^")[0] in html.unescape(answer.body.decode(said))


@pytest.mark.parametrize(
    ("charset", "accept_charset", "taken"),
    [
        (None, "ISO-8859-1,utf-8;q=0.7,*;q=0.7", "iso-8859-1"),  # what browsers sent when they sent this field
        ("UTF-8,ISO-8859-1", "iso-8859-1", "iso-8859-1"),
        ("UTF-8,ISO-8859-1;q=0.2", None, "utf-8"),
        (None, None, "utf-8"),
    ],
)
def test_charset_and_accept_charset_go_together(
    server: Server, charset: str | None, accept_charset: str | None, taken: str
) -> None:
    text = query({"requestType": "WADO", **server.uids["report"], "contentType": "text/html", "charset": charset})
    answer = implemented(server.get(text, **({"Accept-Charset": accept_charset} if accept_charset else {})))
    assert answer.status == 200
    assert answer.headers["content-type"].lower().endswith(f"charset={taken}")


def test_text_in_no_known_character_set_is_not_acceptable(server: Server) -> None:
    assert_refused(server.ask("report", contentType="text/plain", charset="klingon"), 406, "charset")


def test_a_picture_is_served_whatever_the_character_set(server: Server) -> None:
    answer = server.ask("ct", charset="UTF-8")
    assert (answer.status, answer.media_type) == (200, "image/jpeg")
