"""PS3.18-2011 8.1.6: charset is the character set of text, and of the strings in DICOM objects."""

from __future__ import annotations

import pytest

from tests.conformance.objects import PATIENT_NAME
from tests.conformance.server import DICOM, Server, assert_refused, dataset_in, implemented


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
