"""The lists in which an object with functional groups names every object that it refers to, among them its source."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.dicom.values import items, text
from wado.transcode.derivation_image import has_functional_groups
from wado.transcode.elements import item, tag_of
from wado.transcode.explicit_vr import AddItem, Path

LIST_SOURCES = frozenset(
    f"1.2.840.10008.5.1.4.1.1.{suffix}" for suffix in ("2.1", "4.1", "4.3", "130", "12.1.1", "12.2.1")
)
"""Enhanced CT, MR, MR color, PET, XA and XRF: where a functional group names sources, Source Image Evidence Sequence
has all of them (PS3.3 C.8.13.1, C.8.15.2, C.8.19.2, C.8.22)."""

SERIES, INSTANCES = "ReferencedSeriesSequence", "ReferencedInstanceSequence"
EVIDENCE, EVIDENCE_INSTANCES = "SourceImageEvidenceSequence", "ReferencedSOPSequence"


def lists_of_source(dataset: Dataset) -> dict[Path, AddItem]:
    """What to add to the lists of `dataset`, by path, so that they name it itself: what is made of it refers to it."""
    if not has_functional_groups(dataset) or not text(dataset, "SeriesInstanceUID"):
        return {}
    listed = _common_instance_reference(dataset)
    if text(dataset, "SOPClassUID") in LIST_SOURCES:
        listed |= _source_image_evidence(dataset)
    return listed


def _common_instance_reference(dataset: Dataset) -> dict[Path, AddItem]:
    """By series (PS3.3 C.12.2)."""
    listed = items(dataset, SERIES)
    index = _index_of(dataset, "SeriesInstanceUID", listed)
    if index is None:
        return {(tag_of(SERIES),): lambda _: item(_series_of(dataset, INSTANCES))}
    if _index_of(dataset, "SOPInstanceUID", items(listed[index], INSTANCES), "ReferencedSOPInstanceUID") is not None:
        return {}
    return {(tag_of(SERIES), tag_of(INSTANCES)): _only_in(index, _reference_to(dataset))}


def _source_image_evidence(dataset: Dataset) -> dict[Path, AddItem]:
    """By study, then by series (PS3.3 Table C.17-3)."""
    listed = items(dataset, EVIDENCE)
    index = _index_of(dataset, "StudyInstanceUID", listed)
    series = _series_of(dataset, EVIDENCE_INSTANCES)
    if index is not None:
        return {(tag_of(EVIDENCE), tag_of(SERIES)): _only_in(index, series)}
    study = Dataset()
    study.StudyInstanceUID = text(dataset, "StudyInstanceUID")
    study.ReferencedSeriesSequence = [series]
    return {(tag_of(EVIDENCE),): lambda _: item(study)}


def _index_of(dataset: Dataset, keyword: str, listed: list[Dataset], keyword_there: str | None = None) -> int | None:
    """The first of the items that has the UID of `dataset`."""
    uids = [text(each, keyword_there or keyword) for each in listed]
    uid = text(dataset, keyword)
    return uids.index(uid) if uid in uids else None


def _only_in(index: int, attributes: Dataset) -> AddItem:
    """An item for the sequence in one of the items only."""
    content = item(attributes)
    return lambda of: content if of == index else b""


def _series_of(dataset: Dataset, keyword: str) -> Dataset:
    """The series of `dataset`, whose sequence `keyword` names it."""
    series = Dataset()
    setattr(series, keyword, [_reference_to(dataset)])
    series.SeriesInstanceUID = text(dataset, "SeriesInstanceUID")
    return series


def _reference_to(dataset: Dataset) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID = text(dataset, "SOPClassUID")
    reference.ReferencedSOPInstanceUID = text(dataset, "SOPInstanceUID")
    return reference
