"""PS3.18-2011 8.2.11: transferSyntax is that of the DICOM object, else it is Explicit VR Little Endian."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pixel_array

from tests.conformance.server import DICOM, Server, assert_refused, dataset_in

IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2"
EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2"
JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"
MPEG_2 = "1.2.840.10008.1.2.4.100"

DEFLATED = "1.2.840.10008.1.2.1.99"
RLE = "1.2.840.10008.1.2.5"
JPEG_BASELINE, JPEG_EXTENDED, JPEG_LOSSLESS = (f"1.2.840.10008.1.2.4.{suffix}" for suffix in ("50", "51", "70"))
JPEG_LS, JPEG_LS_NEAR_LOSSLESS, JPEG_2000 = (f"1.2.840.10008.1.2.4.{suffix}" for suffix in ("80", "81", "91"))

STORED = ("squares", "implicit VR", "big endian", "frames", "compressed frames", "report", "plan")


def stored(server: Server, name: str) -> Dataset:
    return pydicom.dcmread(io.BytesIO(server.files[name]))


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
def test_the_data_set_is_deflated_if_asked_for(server: Server, name: str) -> None:
    assert syntax_of(server, name, DEFLATED) == DEFLATED


@pytest.mark.parametrize("transfer_syntax", [RLE, JPEG_LOSSLESS, JPEG_LS, JPEG_2000_LOSSLESS])
@pytest.mark.parametrize("name", ["squares", "color", "ct", "implicit VR", "big endian", "frames"])
def test_lossless_syntaxes_give_the_same_object(server: Server, name: str, transfer_syntax: str) -> None:
    answer = dataset_in(server.ask(name, contentType=DICOM, transferSyntax=transfer_syntax))
    assert answer.file_meta.TransferSyntaxUID == transfer_syntax
    assert answer.SOPInstanceUID == server.uids[name]["objectUID"]
    np.testing.assert_array_equal(pixel_array(answer), pixel_array(stored(server, name)))


@pytest.mark.parametrize(
    ("name", "transfer_syntax", "quality"),
    [
        ("squares", JPEG_BASELINE, 70),
        ("color", JPEG_BASELINE, 70),
        ("squares", JPEG_EXTENDED, 70),
        ("squares", JPEG_LS_NEAR_LOSSLESS, 70),
        ("ct", JPEG_LS_NEAR_LOSSLESS, 70),
        ("ct", JPEG_2000, 30),  # at 70 an encoder may well keep the few values of this one
        ("color", JPEG_2000, 70),
    ],
)
def test_lossy_syntaxes_give_an_object_derived_from_it(
    server: Server, name: str, transfer_syntax: str, quality: int
) -> None:
    """PS3.3 C.7.6.1.1.5: Lossy Image Compression is 01, and the image has a new UID and is DERIVED."""
    answer = dataset_in(server.ask(name, contentType=DICOM, transferSyntax=transfer_syntax, imageQuality=quality))
    assert answer.file_meta.TransferSyntaxUID == transfer_syntax
    assert answer.LossyImageCompression == "01" and answer.ImageType[0] == "DERIVED"
    assert answer.LossyImageCompressionRatio and answer.LossyImageCompressionMethod
    assert answer.SOPInstanceUID == answer.file_meta.MediaStorageSOPInstanceUID != server.uids[name]["objectUID"]
    expected = pixel_array(stored(server, name)).astype(int)
    assert np.abs(pixel_array(answer).astype(int) - expected).max() <= np.ptp(expected) / 10


def test_the_quality_is_that_of_the_lossy_syntax(server: Server) -> None:
    """8.2.8 and 8.2.11: a higher quality takes more bytes."""
    sizes = [
        len(server.ask("color", contentType=DICOM, transferSyntax=JPEG_BASELINE, imageQuality=quality).body)
        for quality in (5, 50, 95)
    ]
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]


@pytest.mark.parametrize(
    ("name", "transfer_syntax"), [("ct", JPEG_BASELINE), ("ct", JPEG_EXTENDED), ("report", RLE), ("plan", JPEG_LS)]
)
def test_what_the_object_does_not_go_into_is_explicit_vr_little_endian(
    server: Server, name: str, transfer_syntax: str
) -> None:
    assert syntax_of(server, name, transfer_syntax) == EXPLICIT_VR_LITTLE_ENDIAN


def test_a_list_gives_the_first_that_is_possible(server: Server) -> None:
    assert syntax_of(server, "ct", f"{MPEG_2},{JPEG_BASELINE},{JPEG_LS},{RLE}") == JPEG_LS


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
