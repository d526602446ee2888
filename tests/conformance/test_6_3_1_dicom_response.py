"""PS3.18-2011 6.3.1: application/dicom is a Part 10 file, in Explicit VR Little Endian by default."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.objects import HOUNSFIELD_UNITS, MAKERS, PATIENT_NAME, frames
from tests.conformance.server import DICOM, Server, dataset_in

EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"


@pytest.mark.parametrize("name", MAKERS)
def test_the_type_is_application_dicom_and_the_body_a_part_10_file(server: Server, name: str) -> None:
    answer = server.ask(name, contentType=DICOM)
    assert (answer.status, answer.media_type) == (200, DICOM)
    assert answer.body[128:132] == b"DICM"
    meta = dataset_in(answer).file_meta
    assert meta.MediaStorageSOPInstanceUID == server.uids[name]["objectUID"]
    assert meta.FileMetaInformationVersion == b"\0\1"


@pytest.mark.parametrize("name", MAKERS)
def test_the_transfer_syntax_is_explicit_vr_little_endian_by_default(server: Server, name: str) -> None:
    assert dataset_in(server.ask(name, contentType=DICOM)).file_meta.TransferSyntaxUID == EXPLICIT_VR_LITTLE_ENDIAN


@pytest.mark.parametrize("name", ["ct", "implicit VR", "big endian"])
def test_no_value_changes_on_the_way(server: Server, name: str) -> None:
    dataset = dataset_in(server.ask(name, contentType=DICOM))
    assert str(dataset.PatientName) == PATIENT_NAME
    assert tuple(dataset.pixel_array[0] - 1024) == HOUNSFIELD_UNITS
    assert dataset["PixelData"].VR == "OW"


def test_compressed_frames_are_sent_uncompressed(server: Server) -> None:
    dataset = dataset_in(server.ask("compressed frames", contentType=DICOM))
    np.testing.assert_array_equal(dataset.pixel_array, frames())
    assert dataset.PhotometricInterpretation == "MONOCHROME2"
