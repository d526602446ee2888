"""The objects that a job brings besides its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import FileSource, Source
from wado.job import Job, NeedsOthers, OtherObject

ReadImage = Callable[[str, FileSource], tuple[StoredImage, Source]]
"""An image and its source, by the attachment that names its content."""


class OtherObjects:
    """Found by SOP Instance UID. What the job did not bring is asked for; what the archive lacks is missing."""

    def __init__(self, job: Job, descriptors: Sequence[int], read_image: ReadImage) -> None:
        self._files = {
            other.sop_instance_uid: (other, descriptor)
            for other, descriptor in zip(job.others, descriptors, strict=True)
        }
        self._missing = frozenset(job.missing)
        self._read_image = read_image

    def require(self, references: Sequence[tuple[str, str]]) -> None:
        """Ask for all of these at once: pairs of Series Instance UID, empty if unknown, and SOP Instance UID.

        Raises `NeedsOthers` unless each of them is here, or known to be missing.
        """
        wanted = [pair for pair in references if pair[1] not in self._files and pair[1] not in self._missing]
        if wanted:
            raise NeedsOthers(tuple(dict.fromkeys(wanted)))

    def is_missing(self, sop_instance_uid: str) -> bool:
        """Whether the archive has no such object in this study."""
        return sop_instance_uid in self._missing

    def file(self, sop_instance_uid: str, series_instance_uid: str = "") -> tuple[OtherObject, FileSource]:
        """Raises `NeedsOthers` where it is not here, and `KeyError` where it is missing."""
        self.require([(series_instance_uid, sop_instance_uid)])
        other, descriptor = self._files[sop_instance_uid]
        return other, FileSource(descriptor, other.size)

    def attachment(self, sop_instance_uid: str) -> str:
        """The name of its bytes; raises `KeyError` where it is missing."""
        return self._files[sop_instance_uid][0].attachment

    def image(self, sop_instance_uid: str, series_instance_uid: str = "") -> tuple[StoredImage, Source]:
        """As `file`; raises `NotAcceptable` where it is no image."""
        other, source = self.file(sop_instance_uid, series_instance_uid)
        return self._read_image(other.attachment, source)
