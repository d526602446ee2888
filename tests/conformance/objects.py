"""The objects that the clauses are tested with: made of numbers that can be computed by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import imagecodecs
import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    generate_uid,
)

from tests.conformance import presentation_states
from tests.support.datasets import coded_squares, make_image, make_object, to_file, with_codestreams
from tests.support.documents import encapsulate_document
from tests.support.fusion import make_slice

SQUARES = coded_squares(rows=4, columns=6)
"""40 rows and 60 columns."""

FRAME_LEVELS = (50, 100, 150)

HOUNSFIELD_UNITS = (-1024, -524, -24, 0, 40, 80, 200, 976)
"""What each column of the CT image shows."""

PATIENT_NAME = "Müller^Éloïse"

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
MULTI_FRAME_GRAYSCALE = "1.2.840.10008.5.1.4.1.1.7.2"
BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"
PRIVATE_SR = "1.3.12.2.1107.5.9.99"
RT_PLAN = "1.2.840.10008.5.1.4.1.1.481.5"

ANATOMY_LEVEL, ACTIVITY_LEVEL = 100, 200

IDENTITY_WINDOW: dict[str, Any] = {"WindowCenter": "128", "WindowWidth": "256"}
"""With it a grey level of 8 bits is shown as it is stored (PS3.3 C.11.2.1.2.1)."""


def make_squares() -> Dataset:
    return make_image(SQUARES, **IDENTITY_WINDOW)


def make_color() -> Dataset:
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[:10, :, 0], pixels[10:, :, 2] = 250, 250
    return make_image(pixels, "RGB")


def make_ct() -> Dataset:
    stored = np.array(HOUNSFIELD_UNITS, np.int16) + 1024
    return make_image(
        np.tile(stored, (8, 1)),
        SOPClassUID=CT_IMAGE,
        RescaleSlope="1",
        RescaleIntercept="-1024",
        WindowCenter="0",
        WindowWidth="4000",
        SpecificCharacterSet="ISO_IR 100",
        PatientName=PATIENT_NAME,
    )


def frames() -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.stack([np.full((24, 32), level, np.uint8) for level in FRAME_LEVELS])


def make_frames() -> Dataset:
    return make_image(frames(), is_multi_frame=True, SOPClassUID=MULTI_FRAME_GRAYSCALE, **IDENTITY_WINDOW)


def make_compressed_frames() -> Dataset:
    codestreams = [
        bytes(imagecodecs.jpeg2k_encode(frame, codecformat="j2k", level=0, reversible=True)) for frame in frames()
    ]
    return with_codestreams(make_frames(), JPEG2000Lossless, codestreams)


def make_report() -> Dataset:
    """Findings: a text."""
    text = Dataset()
    text.RelationshipType, text.ValueType, text.TextValue = "CONTAINS", "TEXT", "No abnormality & no <change>"
    text.ConceptNameCodeSequence = [make_code("121071", "Finding")]
    return make_object(
        BASIC_TEXT_SR,
        Modality="SR",
        SpecificCharacterSet="ISO_IR 100",
        PatientName=PATIENT_NAME,
        ValueType="CONTAINER",
        ContinuityOfContent="SEPARATE",
        CompletionFlag="COMPLETE",
        VerificationFlag="UNVERIFIED",
        ConceptNameCodeSequence=[make_code("121070", "Findings")],
        ContentSequence=[text],
    )


def make_private_report() -> Dataset:
    """The same under a vendor's own SOP Class: the SR Document Content Module makes the text object."""
    report = make_report()
    report.SOPClassUID = PRIVATE_SR
    return report


def make_code(value: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "DCM", meaning
    return code


def make_document(kind: str) -> Dataset:
    return encapsulate_document(kind, SpecificCharacterSet="ISO_IR 100", PatientName=PATIENT_NAME)


def make_plan() -> Dataset:
    return make_object(RT_PLAN, Modality="RTPLAN", RTPlanLabel="Plan")


def make_transverse() -> Dataset:
    """Rows go to the patient's left, columns to the back."""
    return make_oriented([1, 0, 0, 0, 1, 0])


def make_turned_transverse() -> Dataset:
    """As one sees the other when it is turned by a quarter clockwise: rows to the front, columns to the left."""
    return make_oriented([0, -1, 0, 1, 0, 0])


def make_oriented(directions: list[float]) -> Dataset:
    return make_image(np.full((200, 200), 60, np.uint8), ImageOrientationPatient=directions, **IDENTITY_WINDOW)


def make_anatomy() -> Dataset:
    return make_slice("31", np.full((20, 30), ANATOMY_LEVEL, np.uint8), **IDENTITY_WINDOW)


def make_activity() -> Dataset:
    return make_slice("41", np.full((20, 30), ACTIVITY_LEVEL, np.uint8), **IDENTITY_WINDOW)


MAKERS: dict[str, tuple[Callable[[], Dataset], str | None]] = {
    "squares": (make_squares, None),
    "color": (make_color, None),
    "ct": (make_ct, None),
    "implicit VR": (make_ct, ImplicitVRLittleEndian),
    "big endian": (make_ct, ExplicitVRBigEndian),
    "frames": (make_frames, None),
    "compressed frames": (make_compressed_frames, None),
    "report": (make_report, None),
    "private report": (make_private_report, None),
    "plan": (make_plan, None),
    "PDF document": (lambda: make_document("PDF"), None),
    "CDA document": (lambda: make_document("CDA"), None),
    "STL document": (lambda: make_document("STL"), ExplicitVRBigEndian),
    "OBJ document": (lambda: make_document("OBJ"), ImplicitVRLittleEndian),
    "MTL document": (lambda: make_document("MTL"), DeflatedExplicitVRLittleEndian),
    "transverse": (make_transverse, None),
    "turned transverse": (make_turned_transverse, None),
    "anatomy": (make_anatomy, None),
    "activity": (make_activity, None),
}
"""Each object by its name, and the transfer syntax it is stored in if that is not the usual one."""

SAME_STUDY = {"activity": "anatomy"}


def make_files() -> dict[str, tuple[Mapping[str, str], bytes]]:
    """The UIDs and the file of each object. The UIDs are new each time, so that an archive takes them again."""
    made: dict[str, tuple[Mapping[str, str], bytes]] = {}
    for name, (make, transfer_syntax) in MAKERS.items():
        study = made[SAME_STUDY[name]][0]["studyUID"] if name in SAME_STUDY else None
        made[name] = make_file(make(), study, transfer_syntax)
    images = {name: uids for name, (uids, _) in made.items()}
    for name, (image, make_state) in presentation_states.MAKERS.items():
        made[name] = make_file(make_state(images), images[image]["studyUID"])
    return made


def make_file(
    dataset: Dataset, study_instance_uid: str | None = None, transfer_syntax: str | None = None
) -> tuple[Mapping[str, str], bytes]:
    """With UIDs of its own, unless the study is told."""
    uids: dict[str, str] = {
        "studyUID": study_instance_uid or generate_uid(),
        "seriesUID": generate_uid(),
        "objectUID": generate_uid(),
    }
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID = map(UID, uids.values())
    return uids, to_file(dataset, transfer_syntax)
