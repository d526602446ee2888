"""PS3.18-2011 8.1.7: anonymize=yes removes what identifies the patient, or is refused; it is never ignored."""

from __future__ import annotations

import pytest

from tests.conformance.server import DICOM, Server, assert_refused, dataset_in


@pytest.mark.parametrize("name", ["squares", "ct", "frames", "report", "plan"])
def test_an_object_is_anonymous_or_refused(server: Server, name: str) -> None:
    answer = server.ask(name, contentType=DICOM, anonymize="yes")
    if answer.status in (403, 501):
        return
    dataset = dataset_in(answer)
    assert dataset.SOPInstanceUID != server.uids[name]["objectUID"]
    for identifying in ("Made^For", "Müller".encode("latin-1"), server.uids[name]["studyUID"]):
        assert (identifying if isinstance(identifying, bytes) else identifying.encode()) not in answer.body


@pytest.mark.parametrize("value", ["no", "true", "YES", "1"])
def test_any_other_value_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("squares", contentType=DICOM, anonymize=value), 400, "anonymize")


@pytest.mark.parametrize("content_type", [None, "image/jpeg", "image/png"])
def test_it_is_refused_with_any_other_type(server: Server, content_type: str | None) -> None:
    assert_refused(server.ask("squares", contentType=content_type, anonymize="yes"), 400, "anonymize")
