"""The objects that an answer takes: found in the archive, named in the job, and opened for the worker."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from wado.errors import InternalError, NotFound
from wado.front.archive import Archive, InstanceReference, StoredInstance
from wado.job import MOST_OTHERS, Job, Needs, OtherObject, Representation


class Workers(Protocol):
    def run(self, job: Job, descriptor: int, others: Sequence[int] = ()) -> Representation | Needs:
        """Have the job done on the open files; raises `WadoError`."""


class JobObjects:
    """The objects of a job as the archive has them at this moment, the job's own first, and the job that names them."""

    __slots__ = ("_archive", "_instances", "_study_instance_uid", "job")

    def __init__(self, archive: Archive, job: Job, instance: StoredInstance, study_instance_uid: str | None) -> None:
        self._archive = archive
        self._study_instance_uid = study_instance_uid
        self._instances = [instance]
        self.job = job

    @property
    def instance(self) -> StoredInstance:
        return self._instances[0]

    @contextmanager
    def opened(self) -> Iterator[list[int]]:
        """Their files, open; raises `Gone` where one was deleted or replaced meanwhile."""
        descriptors: list[int] = []
        try:
            descriptors.extend(map(self._archive.open, self._instances))
            yield descriptors
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def add(self, series_instance_uid: str | None, sop_instance_uid: str) -> None:
        """Another object of the same study; raises `NotFound`."""
        instance = self._archive.find(InstanceReference(self._study(), series_instance_uid, sop_instance_uid))
        self._instances.append(instance)
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
            self._study_instance_uid = self._archive.study_of(self.instance)
        return self._study_instance_uid
