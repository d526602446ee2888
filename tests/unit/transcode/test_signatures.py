"""Digital signatures stay where what they sign stays, at every level, and go where it does not (PS3.3 C.12.1.1.3)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLSLossless,
    RLELossless,
)

from tests.support.datasets import make_image, to_file, with_codestreams
from tests.support.worker_settings import worker_settings
from wado.deidentify.policy import Policy
from wado.dicom.stored_object import BytesSource, FileSource
from wado.image.compress import Frame, encode_rle
from wado.job import Job
from wado.transcode.deidentified import write_deidentified
from wado.transcode.recoded import write_recoded
from wado.transcode.render_dicom import render_dicom
from wado.transcode.rewrite import NO_SIGNATURES

PIXELS = np.arange(64, dtype=np.uint8).reshape(8, 8)
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
BEFORE, BEHIND = "MACParametersSequence", "DigitalSignaturesSequence"


def signed(dataset: Dataset) -> Dataset:
    """With the attributes of one signature, whose value nobody checks here."""
    parameters, signature = Dataset(), Dataset()
    parameters.MACIDNumber = signature.MACIDNumber = 1
    parameters.MACCalculationTransferSyntaxUID = ExplicitVRLittleEndian
    parameters.MACAlgorithm = "SHA256"
    parameters.DataElementsSigned = [0x00080060]
    signature.DigitalSignatureUID = "1.2.3"
    signature.DigitalSignatureDateTime = "20200101000000"
    signature.CertificateType = "X509_1993_SIG"
    signature.CertificateOfSigner = signature.Signature = b"signed"
    dataset.MACParametersSequence, dataset.DigitalSignaturesSequence = [parameters], [signature]
    return dataset


def make_signed(**attributes: Any) -> Dataset:
    """Signed as a whole, and in two items: one with text beyond ASCII, one without."""
    with_text, without = Dataset(), Dataset()
    with_text.CodeValue, with_text.CodeMeaning = "1", "Schädel"
    without.CodeValue, without.CodeMeaning = "2", "Knee"
    dataset = make_image(PIXELS, BurnedInAnnotation="NO", SpecificCharacterSet="ISO_IR 100", **attributes)
    dataset.ProcedureCodeSequence = [signed(with_text)]
    dataset.AnatomicRegionSequence = [signed(without)]
    return signed(dataset)


def levels_of(dataset: Dataset) -> tuple[bool, bool, bool]:
    """Whether the whole, the item with text and the one without are signed."""
    items = (dataset, dataset.ProcedureCodeSequence[0], dataset.AnatomicRegionSequence[0])
    assert all((BEFORE in item) == (BEHIND in item) for item in items)
    whole, with_text, without = (BEHIND in item for item in items)
    return whole, with_text, without


def rendered(content: bytes, *transfer_syntaxes: str, tmp_path: Any) -> tuple[Dataset, tuple[str, ...]]:
    path = tmp_path / "stored"
    path.write_bytes(content)
    with path.open("rb") as file:
        job = Job("attachment", len(content), "object", "application/dicom", transfer_syntaxes=transfer_syntaxes)
        answer = render_dicom(job, FileSource(file.fileno(), len(content)), worker_settings())
        assert answer.file is not None
        with open(answer.file, "rb", closefd=answer.file != file.fileno()) as written:
            written.seek(0)
            return pydicom.dcmread(io.BytesIO(written.read())), answer.warnings


def written(write: Callable[[BinaryIO], object]) -> Dataset:
    file = io.BytesIO()
    write(file)
    return pydicom.dcmread(io.BytesIO(file.getvalue()))


@pytest.mark.parametrize("stored", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
@pytest.mark.parametrize("wanted", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, "*"])
def test_another_encoding_of_the_same_values_is_signed_as_before(stored: str, wanted: str, tmp_path: Any) -> None:
    """What is signed is the encoding in Explicit VR Little Endian, whatever the object is in."""
    dataset, warnings = rendered(to_file(make_signed(), stored), wanted, tmp_path=tmp_path)
    assert levels_of(dataset) == (True, True, True)
    assert warnings == ()


@pytest.mark.parametrize("wanted", [JPEGLSLossless, JPEG_BASELINE])
def test_other_pixels_are_not_signed_any_more_and_items_are(wanted: str, tmp_path: Any) -> None:
    dataset, warnings = rendered(to_file(make_signed()), wanted, tmp_path=tmp_path)
    assert dataset.file_meta.TransferSyntaxUID == wanted
    assert levels_of(dataset) == (False, True, True)
    assert warnings == (NO_SIGNATURES,)


def test_decompressed_pixels_are_not_signed_any_more(tmp_path: Any) -> None:
    compressed = with_codestreams(make_signed(), RLELossless, [encode_rle(Frame(PIXELS, 8), 100)])
    dataset, warnings = rendered(to_file(compressed), tmp_path=tmp_path)
    assert levels_of(dataset) == (False, True, True)
    assert warnings == (NO_SIGNATURES,)


def test_an_item_of_another_frame_type_is_not_signed_any_more(tmp_path: Any) -> None:
    groups, frame_type = Dataset(), Dataset()
    frame_type.FrameType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    groups.CTImageFrameTypeSequence = [signed(frame_type)]
    stored = make_signed(SharedFunctionalGroupsSequence=[signed(groups)])
    dataset, _ = rendered(to_file(stored), JPEG_BASELINE, tmp_path=tmp_path)
    assert levels_of(dataset) == (False, True, True)
    (groups,) = dataset.SharedFunctionalGroupsSequence
    assert BEHIND not in groups
    assert dataset.SharedFunctionalGroupsSequence[0].CTImageFrameTypeSequence[0].FrameType[0] == "DERIVED"
    assert BEHIND not in groups.CTImageFrameTypeSequence[0]


@pytest.mark.parametrize("stored", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_converted_text_is_not_signed_any_more_and_other_text_is(stored: str) -> None:
    content = to_file(make_signed(), stored)
    warnings: list[tuple[str, ...]] = []
    dataset = written(lambda file: warnings.append(write_recoded(BytesSource(content), file, ["UTF-8"])))
    assert dataset.ProcedureCodeSequence[0].CodeMeaning == "Schädel"
    assert levels_of(dataset) == (False, False, True)
    assert warnings == [(NO_SIGNATURES,)]


def test_text_that_is_alike_in_both_sets_stays_signed() -> None:
    content = to_file(make_signed())
    dataset = written(lambda file: write_recoded(BytesSource(content), file, ["ISO-8859-1"]))
    assert levels_of(dataset) == (True, True, True)


def test_nothing_that_is_deidentified_is_signed() -> None:
    content = to_file(make_signed())
    dataset = written(lambda file: write_deidentified(BytesSource(content), file, Policy(b"key")))
    assert b"signed" not in to_file(dataset)
    assert BEFORE not in dataset and BEHIND not in dataset
    assert all(BEFORE not in item and BEHIND not in item for item in dataset.AnatomicRegionSequence)
