"""PS3.18-2011 8.1.7: anonymize=yes removes what identifies the patient, or is refused; it is never ignored."""

from __future__ import annotations

import pytest

from tests.conformance.server import DICOM, Server, assert_refused, dataset_in, implemented

SERVED = ["ct", "implicit VR", "big endian", "report", "plan", "inverting state"]
REFUSED = ["squares", "color", "frames", "compressed frames"]
"""Secondary captures that do not say whether the patient is written into their pixels."""


@pytest.mark.parametrize("name", [*SERVED, *REFUSED])
def test_an_object_is_anonymous_or_refused(server: Server, name: str) -> None:
    answer = server.ask(name, contentType=DICOM, anonymize="yes")
    if answer.status == 403:
        assert_refused(answer, 403, "anonymize")
        return
    dataset = dataset_in(implemented(answer))
    assert dataset.SOPInstanceUID != server.uids[name]["objectUID"]
    assert dataset.PatientIdentityRemoved == "YES"
    uids = [uid.encode() for uid in server.uids[name].values()]
    for identifying in (b"Made^For", "Müller".encode("latin-1"), "Müller".encode(), *uids):
        assert identifying not in answer.body
    assert not any(uid.decode() in value for uid in uids for value in answer.headers.values())


@pytest.mark.parametrize("transfer_syntax", ["*", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.90"])
def test_it_goes_with_a_transfer_syntax(server: Server, transfer_syntax: str) -> None:
    stored = dataset_in(server.ask("ct", contentType=DICOM))
    answer = server.ask("ct", contentType=DICOM, anonymize="yes", transferSyntax=transfer_syntax)
    if answer.status == 403:
        return
    dataset = dataset_in(implemented(answer))
    assert (dataset.pixel_array == stored.pixel_array).all()
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert "Müller" not in str(dataset.PatientName)


def test_the_same_object_has_the_same_new_uids(server: Server) -> None:
    answers = [server.ask("ct", contentType=DICOM, anonymize="yes") for _ in range(2)]
    if answers[0].status == 403:
        return
    first, second = map(dataset_in, map(implemented, answers))
    assert (first.StudyInstanceUID, first.SOPInstanceUID) == (second.StudyInstanceUID, second.SOPInstanceUID)


@pytest.mark.parametrize("value", ["no", "true", "YES", "1"])
def test_any_other_value_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("squares", contentType=DICOM, anonymize=value), 400, "anonymize")


@pytest.mark.parametrize("content_type", [None, "image/jpeg", "image/png"])
def test_it_is_refused_with_any_other_type(server: Server, content_type: str | None) -> None:
    assert_refused(server.ask("squares", contentType=content_type, anonymize="yes"), 400, "anonymize")
