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

from tests.support.datasets import coded_squares, make_image, make_object, to_file, with_codestreams
from tests.support.documents import encapsulate_document

SQUARES = coded_squares(rows=4, columns=6)
"""40 rows and 60 columns."""

FRAME_LEVELS = (50, 100, 150)

HOUNSFIELD_UNITS = (-1024, -524, -24, 0, 40, 80, 200, 976)
"""What each column of the CT image shows."""

PATIENT_NAME = "Müller^Éloïse"

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
MULTI_FRAME_GRAYSCALE = "1.2.840.10008.5.1.4.1.1.7.2"
BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"
RT_PLAN = "1.2.840.10008.5.1.4.1.1.481.5"
GRAYSCALE_PRESENTATION_STATE = "1.2.840.10008.5.1.4.1.1.11.1"

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


def make_code(value: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, "DCM", meaning
    return code


def make_document(kind: str) -> Dataset:
    return encapsulate_document(kind, SpecificCharacterSet="ISO_IR 100", PatientName=PATIENT_NAME)


def make_plan() -> Dataset:
    return make_object(RT_PLAN, Modality="RTPLAN", RTPlanLabel="Plan")


def make_inverting_state() -> Dataset:
    """A presentation state that shows the coded squares in negative; `referring` completes it."""
    area = Dataset()
    area.DisplayedAreaTopLeftHandCorner = [1, 1]
    area.DisplayedAreaBottomRightHandCorner = [SQUARES.shape[1], SQUARES.shape[0]]
    area.PresentationSizeMode, area.PresentationPixelAspectRatio = "SCALE TO FIT", [1, 1]
    return make_object(
        GRAYSCALE_PRESENTATION_STATE,
        Modality="PR",
        ContentLabel="NEGATIVE",
        PresentationLUTShape="INVERSE",
        DisplayedAreaSelectionSequence=[area],
    )


MAKERS: dict[str, tuple[Callable[[], Dataset], str | None]] = {
    "squares": (make_squares, None),
    "color": (make_color, None),
    "ct": (make_ct, None),
    "implicit VR": (make_ct, ImplicitVRLittleEndian),
    "big endian": (make_ct, ExplicitVRBigEndian),
    "frames": (make_frames, None),
    "compressed frames": (make_compressed_frames, None),
    "report": (make_report, None),
    "plan": (make_plan, None),
    "PDF document": (lambda: make_document("PDF"), None),
    "CDA document": (lambda: make_document("CDA"), None),
    "STL document": (lambda: make_document("STL"), ExplicitVRBigEndian),
    "OBJ document": (lambda: make_document("OBJ"), ImplicitVRLittleEndian),
    "MTL document": (lambda: make_document("MTL"), DeflatedExplicitVRLittleEndian),
    "inverting state": (make_inverting_state, None),
}
"""Each object by its name, and the transfer syntax it is stored in if that is not the usual one."""

SAME_STUDY = {"inverting state": "squares"}


def make_files() -> dict[str, tuple[Mapping[str, str], bytes]]:
    """The UIDs and the file of each object. The UIDs are new each time, so that an archive takes them again."""
    made: dict[str, tuple[Mapping[str, str], bytes]] = {}
    for name, (make, transfer_syntax) in MAKERS.items():
        dataset = make()
        uids: dict[str, str] = {"studyUID": generate_uid(), "seriesUID": generate_uid(), "objectUID": generate_uid()}
        if name in SAME_STUDY:
            image = made[SAME_STUDY[name]][0]
            uids["studyUID"] = image["studyUID"]
            refer_to(dataset, image)
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID = map(UID, uids.values())
        made[name] = uids, to_file(dataset, transfer_syntax)
    return made


def refer_to(state: Dataset, image: Mapping[str, str]) -> None:
    reference, series = Dataset(), Dataset()
    reference.ReferencedSOPClassUID = make_squares().SOPClassUID
    reference.ReferencedSOPInstanceUID = image["objectUID"]
    series.SeriesInstanceUID, series.ReferencedImageSequence = image["seriesUID"], [reference]
    state.ReferencedSeriesSequence = [series]
