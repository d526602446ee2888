"""PS3.18-2011 8.1.6: charset is the character set of text, and of the strings in DICOM objects."""

from __future__ import annotations

import html

import pytest

from tests.conformance.objects import PATIENT_NAME
from tests.conformance.server import DICOM, Server, assert_refused, dataset_in, implemented
from tests.support.http_client import query


@pytest.mark.parametrize("value", ["UTF 8", "utf-8;q=2", ";", "a/b"])
def test_what_is_no_list_of_character_sets_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("report", charset=value), 400, "charset")


def test_a_dicom_object_has_all_its_strings_in_the_character_set(server: Server) -> None:
    dataset = dataset_in(implemented(server.ask("ct", contentType=DICOM, charset="UTF-8")))
    assert dataset.SpecificCharacterSet in ("ISO_IR 192", "ISO_IR 100")  # the server may or may not convert
    assert str(dataset.PatientName) == PATIENT_NAME


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
