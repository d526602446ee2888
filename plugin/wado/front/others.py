"""The objects that an answer takes besides its own: found, opened, and handed to the worker with the job."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Protocol

from wado.errors import InternalError, NotFound
from wado.front.archive import Archive, InstanceReference, StoredInstance
from wado.job import MOST_OTHERS, Job, Needs, OtherObject, Representation


class Workers(Protocol):
    def run(self, job: Job, descriptor: int, others: Sequence[int] = ()) -> Representation | Needs:
        """Have the job done on the open files; raises `WadoError`."""


class OpenObjects:
    """The open files of a job, the object's own first, and the job that names them. Closes them at the end."""

    def __init__(self, archive: Archive, job: Job, instance: StoredInstance, study_instance_uid: str | None) -> None:
        self._archive = archive
        self._study_instance_uid = study_instance_uid
        self._instance = instance
        self.job = job
        self.descriptors = [archive.open(instance)]

    def __enter__(self) -> OpenObjects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)

    def add(self, series_instance_uid: str | None, sop_instance_uid: str) -> None:
        """Another object of the same study; raises `NotFound`."""
        instance = self._archive.find(InstanceReference(self._study(), series_instance_uid, sop_instance_uid))
        self.descriptors.append(self._archive.open(instance))
        other = OtherObject(sop_instance_uid, instance.attachment, instance.size)
        self.job = replace(self.job, others=(*self.job.others, other))

    def satisfy(self, needs: Needs) -> None:
        """Add what the worker needs; it is told of what the archive does not have, and judges what that means."""
        present = {other.sop_instance_uid for other in self.job.others} | set(self.job.missing)
        wanted = [reference for reference in needs.references if reference[1] not in present]
        if not wanted or len(self.job.others) + len(wanted) > MOST_OTHERS:
            raise InternalError("the answer takes more other objects than can be handed to a worker at once")
        missing = []
        for series_instance_uid, sop_instance_uid in wanted:
            try:
                self.add(series_instance_uid or None, sop_instance_uid)
            except NotFound:
                missing.append(sop_instance_uid)
        self.job = replace(self.job, missing=(*self.job.missing, *missing))

    def _study(self) -> str:
        """That of the request, or of the object where the request names none."""
        if self._study_instance_uid is None:
            self._study_instance_uid = self._archive.study_of(self._instance)
        return self._study_instance_uid
