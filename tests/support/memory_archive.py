"""An archive in memory, and workers without processes: what whole exchanges need, and no more."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file

from tests.support.datasets import to_file
from tests.support.worker_settings import worker_settings
from wado.errors import Gone, NotFound
from wado.front.archive import InstanceReference, StoredInstance
from wado.job import Job, Needs, Representation
from wado.presentation.classes import SERVED
from wado.worker.main import attempt
from wado.worker.renderers import Renderers


@dataclass(frozen=True, slots=True)
class MemoryObject:
    reference: InstanceReference
    instance: StoredInstance
    content: bytes

    @property
    def query(self) -> dict[str, str]:
        """The parameters that every request for the object has."""
        return {
            "requestType": "WADO",
            "studyUID": self.reference.study_instance_uid or "",
            "seriesUID": self.reference.series_instance_uid or "",
            "objectUID": self.reference.sop_instance_uid,
        }


def read_object(name: str) -> MemoryObject:
    """One of the files that come with pydicom."""
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str), name
    with open(path, "rb") as file:
        return keep_object(name, file.read())


def keep_object(name: str, content: bytes) -> MemoryObject:
    """A file as an archive keeps it."""
    return object_of(dcmread(io.BytesIO(content), force=True, stop_before_pixels=True), content, name)


def made_object(dataset: Dataset) -> MemoryObject:
    """A data set as the archive would have it."""
    return object_of(dataset, to_file(dataset), str(dataset.SOPInstanceUID))


def object_of(dataset: Dataset, content: bytes, name: str) -> MemoryObject:
    instance = StoredInstance(
        identifier=name,
        attachment=f"attachment of {name}",
        size=len(content),
        sop_class_uid=str(dataset.SOPClassUID),
        number_of_frames=int(dataset.get("NumberOfFrames") or 1),
        has_pixel_data="Rows" in dataset,
        has_content_tree=dataset.get("ValueType") == "CONTAINER",
    )
    reference = InstanceReference(
        str(dataset.StudyInstanceUID), str(dataset.SeriesInstanceUID), str(dataset.SOPInstanceUID)
    )
    return MemoryObject(reference, instance, content)


class StillStored:
    """Implements `Evidence`: whether it is this very `item` that there is under the UID."""

    item: MemoryObject | None = None

    def __init__(self, objects: dict[str, MemoryObject], sop_instance_uid: str) -> None:
        self._objects = objects
        self._uid = sop_instance_uid

    def holds(self) -> bool:
        return self._objects.get(self._uid) is self.item


class MemoryArchive:
    """Implements `Archive`. The next `times_gone` openings find the object replaced.

    `has_evidence` is whether its objects tell by themselves that they are still there.
    """

    def __init__(self, *objects: MemoryObject, has_evidence: bool = True) -> None:
        self._has_evidence = has_evidence
        self._objects: dict[str, MemoryObject] = {}
        for item in objects:
            self.store(item)
        self.searched: list[InstanceReference] = []
        self.times_gone = 0

    def store(self, item: MemoryObject) -> None:
        """A new object, or another one in the place of an old one."""
        evidence = StillStored(self._objects, item.reference.sop_instance_uid) if self._has_evidence else None
        stored = replace(item, instance=replace(item.instance, evidence=evidence))
        self._objects[item.reference.sop_instance_uid] = stored
        if evidence:
            evidence.item = stored

    def delete(self, item: MemoryObject) -> None:
        del self._objects[item.reference.sop_instance_uid]

    def find(self, reference: InstanceReference) -> StoredInstance:
        self.searched.append(reference)
        item = self._objects.get(reference.sop_instance_uid)
        if item is None:
            raise NotFound("there is no object with this UID", parameter="objectUID", clause="8.1.4")
        asked = (reference.study_instance_uid, reference.series_instance_uid)
        stored = (item.reference.study_instance_uid, item.reference.series_instance_uid)
        if any(uid not in (None, found) for uid, found in zip(asked, stored, strict=True)):
            raise NotFound("the object is not in this study and series", parameter="objectUID", clause="8.1.4")
        return item.instance

    def study_of(self, instance: StoredInstance) -> str:
        return next(
            item.reference.study_instance_uid or "" for item in self._objects.values() if item.instance == instance
        )

    def find_presentation_states(self, study_instance_uid: str) -> list[InstanceReference]:
        return [
            item.reference
            for item in self._objects.values()
            if item.reference.study_instance_uid == study_instance_uid and item.instance.sop_class_uid in SERVED
        ]

    def open(self, instance: StoredInstance) -> int:
        if self.times_gone:
            self.times_gone -= 1
            raise Gone("the object was replaced a moment ago; ask again")
        content = next(item.content for item in self._objects.values() if item.instance == instance)
        descriptor = os.memfd_create("object", os.MFD_CLOEXEC)
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        return descriptor


class WorkersInProcess:
    """Implements `Workers` with the workers' own renderers, and settings. `jobs` are those done, in order."""

    def __init__(self, **settings: Any) -> None:
        self._renderers = Renderers(worker_settings(**settings))
        self.jobs: list[Job] = []

    def run(self, job: Job, descriptor: int, others: Sequence[int] = ()) -> Representation | Needs:
        self.jobs.append(job)
        outcome = attempt(lambda: self._renderers.render(job, descriptor, others))
        if isinstance(outcome, Needs):
            return outcome
        if not isinstance(outcome, Representation):
            assert outcome.log is None, outcome.log
            raise outcome.error
        if outcome.file is None:
            return outcome
        try:
            body = os.pread(outcome.file, outcome.body_size or 0, outcome.body_offset)
        finally:
            if outcome.file != descriptor:
                os.close(outcome.file)
        return replace(outcome, body=body, body_size=None, body_offset=0, file=None)
