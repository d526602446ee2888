"""PS3.18-2011 8.2.8: imageQuality, from 1 to 100, is for lossy compression."""

from __future__ import annotations

import pytest

from tests.conformance.server import DICOM, JPEG, PNG, Server, assert_refused

JPEG_BASELINE = "1.2.840.10008.1.2.4.50"


def test_a_better_quality_takes_more_bytes(server: Server) -> None:
    lengths = [len(server.ask("squares", contentType=JPEG, imageQuality=quality).body) for quality in (1, 50, 80, 100)]
    assert lengths == sorted(set(lengths))


@pytest.mark.parametrize("value", ["0", "101", "-1", "50.5", "best"])
def test_what_is_not_from_1_to_100_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("squares", contentType=JPEG, imageQuality=value), 400, "imageQuality")


def test_it_does_nothing_to_a_lossless_picture(server: Server) -> None:
    plain = server.ask("squares", contentType=PNG)
    assert server.ask("squares", contentType=PNG, imageQuality=10).body == plain.body


@pytest.mark.parametrize("transfer_syntax", [None, "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.70"])
def test_it_is_refused_with_application_dicom_that_is_not_lossy(server: Server, transfer_syntax: str | None) -> None:
    answer = server.ask("squares", contentType=DICOM, transferSyntax=transfer_syntax, imageQuality=50)
    assert_refused(answer, 400, "imageQuality")


def test_it_is_taken_with_application_dicom_that_is_lossy(server: Server) -> None:
    answer = server.ask("squares", contentType=DICOM, transferSyntax=JPEG_BASELINE, imageQuality=50)
    assert (answer.status, answer.media_type) == (200, DICOM)
