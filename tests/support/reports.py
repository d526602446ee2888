"""Builders of structured reports, as short as the trees that they are of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset

from tests.support.datasets import ROOT, make_object, pydicom_files, sample_files, to_file
from wado.dicom.stored_object import BytesSource
from wado.media_types import SR_DOCUMENT_CLASSES
from wado.report.arrange import arrange
from wado.report.model import Report
from wado.report.outline import Outline
from wado.report.read_report import read_report

BASIC_TEXT = "1.2.840.10008.5.1.4.1.1.88.11"
COMPREHENSIVE = "1.2.840.10008.5.1.4.1.1.88.33"
KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"
SPECTACLE_PRESCRIPTION = "1.2.840.10008.5.1.4.1.1.78.6"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
PRESENTATION_STATE = "1.2.840.10008.5.1.4.1.1.11.1"

IMAGE_UID, STATE_UID = f"{ROOT}.9.1", f"{ROOT}.9.2"
IMAGE_SERIES_UID, STATE_SERIES_UID = f"{ROOT}.8.1", f"{ROOT}.8.2"


def make_code(meaning: str, value: str = "", scheme: str = "99TEST") -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value or meaning[:16], scheme, meaning
    return code


def make_item(
    value_type: str, concept: str = "", *children: Dataset, relationship: str = "CONTAINS", **attributes: Any
) -> Dataset:
    """A content item: `concept` is the meaning of its name, and the children are below it."""
    item = Dataset()
    item.RelationshipType, item.ValueType = relationship, value_type
    if concept:
        item.ConceptNameCodeSequence = [make_code(concept)]
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    if children:
        item.ContentSequence = list(children)
    return item


def container(concept: str, *children: Dataset, **attributes: Any) -> Dataset:
    return make_item("CONTAINER", concept, *children, ContinuityOfContent="SEPARATE", **attributes)


def text_item(concept: str, value: str, *children: Dataset, **attributes: Any) -> Dataset:
    return make_item("TEXT", concept, *children, TextValue=value, **attributes)


def code_item(concept: str, meaning: str, *children: Dataset, **attributes: Any) -> Dataset:
    return make_item("CODE", concept, *children, ConceptCodeSequence=[make_code(meaning)], **attributes)


def number_item(concept: str, value: str, unit: str = "mm", *children: Dataset, **attributes: Any) -> Dataset:
    measured = Dataset()
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = [make_code("a unit", unit, "UCUM")]
    return make_item("NUM", concept, *children, MeasuredValueSequence=[measured], **attributes)


def make_reference(instance: str = IMAGE_UID, sop_class: str = CT_IMAGE, **attributes: Any) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = sop_class, instance
    for keyword, value in attributes.items():
        setattr(reference, keyword, value)
    return reference


def image_item(concept: str = "", *children: Dataset, relationship: str = "CONTAINS", **attributes: Any) -> Dataset:
    reference = make_reference(**attributes)
    return make_item("IMAGE", concept, *children, relationship=relationship, ReferencedSOPSequence=[reference])


def region_item(
    graphic_type: str, points: Sequence[float], *children: Dataset, relationship: str = "CONTAINS", **attributes: Any
) -> Dataset:
    attributes |= {"GraphicType": graphic_type, "GraphicData": list(points)}
    return make_item("SCOORD", "Region", *children, relationship=relationship, **attributes)


def by_reference(*position: int, relationship: str = "INFERRED FROM") -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ReferencedContentItemIdentifier = relationship, list(position)
    return item


def make_evidence() -> list[Dataset]:
    """The image and the presentation state, each in its series."""
    study = Dataset()
    study.StudyInstanceUID = f"{ROOT}.7"
    study.ReferencedSeriesSequence = []
    for series_uid, reference in (
        (IMAGE_SERIES_UID, make_reference()),
        (STATE_SERIES_UID, make_reference(STATE_UID, PRESENTATION_STATE)),
    ):
        series = Dataset()
        series.SeriesInstanceUID, series.ReferencedSOPSequence = series_uid, [reference]
        study.ReferencedSeriesSequence.append(series)
    return [study]


def make_report(
    *children: Dataset, sop_class: str = COMPREHENSIVE, title: str = "Report", **attributes: Any
) -> Dataset:
    """A complete and verified report of these items, with its evidence."""
    general: dict[str, Any] = {
        "Modality": "SR",
        "ValueType": "CONTAINER",
        "ContinuityOfContent": "SEPARATE",
        "CompletionFlag": "COMPLETE",
        "VerificationFlag": "VERIFIED",
        "SpecificCharacterSet": "ISO_IR 192",
        "ConceptNameCodeSequence": [make_code(title)],
        "CurrentRequestedProcedureEvidenceSequence": make_evidence(),
        "ContentSequence": list(children),
    }
    return make_object(sop_class, **(general | attributes))


def read(dataset: Dataset, transfer_syntax_uid: str | None = None) -> Report:
    return read_report(BytesSource(to_file(dataset, transfer_syntax_uid)))


def outline_of(dataset: Dataset) -> Outline:
    return arrange(read(dataset))


def every_report() -> list[tuple[str, bytes]]:
    """Every report among the files at hand, by name."""
    paths = [*sample_files("2_sr"), *pydicom_files()]
    contents = ((path.name, path.read_bytes()) for path in paths)
    classes = tuple(uid.encode() for uid in SR_DOCUMENT_CLASSES)
    return [
        (name, content)
        for name, content in contents
        if any(b"\x08\x00\x16\x00" in content and uid in content[:2048] for uid in classes)
    ]
