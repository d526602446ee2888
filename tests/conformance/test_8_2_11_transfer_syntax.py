"""PS3.18-2011 8.2.11: transferSyntax is that of the DICOM object, else it is Explicit VR Little Endian."""

from __future__ import annotations

import pytest

from tests.conformance.server import DICOM, Server, assert_refused, dataset_in

IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2"
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
MPEG_2 = "1.2.840.10008.1.2.4.100"

STORED = ("squares", "implicit VR", "big endian", "frames", "compressed frames", "report", "plan")


def syntax_of(server: Server, name: str, transfer_syntax: str) -> str:
    answer = server.ask(name, contentType=DICOM, transferSyntax=transfer_syntax)
    return str(dataset_in(answer).file_meta.TransferSyntaxUID)


@pytest.mark.parametrize("name", STORED)
def test_explicit_vr_little_endian_is_always_to_be_had(server: Server, name: str) -> None:
    assert syntax_of(server, name, EXPLICIT_VR_LITTLE_ENDIAN) == EXPLICIT_VR_LITTLE_ENDIAN


@pytest.mark.parametrize("transfer_syntax", [IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN])
@pytest.mark.parametrize("name", STORED)
def test_implicit_vr_and_big_endian_are_never_used(server: Server, name: str, transfer_syntax: str) -> None:
    assert syntax_of(server, name, transfer_syntax) == EXPLICIT_VR_LITTLE_ENDIAN


@pytest.mark.parametrize("name", STORED)
def test_what_is_not_possible_is_explicit_vr_little_endian(server: Server, name: str) -> None:
    assert syntax_of(server, name, MPEG_2) == EXPLICIT_VR_LITTLE_ENDIAN


def test_the_syntax_of_the_stored_object_is_sent_if_asked_for(server: Server) -> None:
    assert syntax_of(server, "compressed frames", JPEG_2000_LOSSLESS) == JPEG_2000_LOSSLESS


@pytest.mark.parametrize("name", STORED)
def test_an_asterisk_is_the_object_as_it_is_stored(server: Server, name: str) -> None:
    """Not in PS3.18-2011, and sent by many viewers."""
    answer = server.ask(name, contentType=DICOM, transferSyntax="*")
    assert answer.body == server.files[name]


@pytest.mark.parametrize("value", ["JPEG", "1.2.840.10008.1.2.", "1..2", "**"])
def test_what_is_no_uid_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("squares", contentType=DICOM, transferSyntax=value), 400, "transferSyntax")


@pytest.mark.parametrize("content_type", [None, "image/jpeg", "image/png,image/jpeg"])
def test_it_is_refused_with_any_other_type(server: Server, content_type: str | None) -> None:
    answer = server.ask("squares", contentType=content_type, transferSyntax=EXPLICIT_VR_LITTLE_ENDIAN)
    assert_refused(answer, 400, "transferSyntax")
