"""What the service asks of an archive."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class InstanceReference:
    """A stored object by its UIDs; without study or series only where the site allows it."""

    study_instance_uid: str | None
    series_instance_uid: str | None
    sop_instance_uid: str


class Evidence(Protocol):
    """Of an object's being there as it was found."""

    def holds(self) -> bool:
        """Whether it is for certain; said at once, without a question to the archive. False leaves it open."""


@dataclass(frozen=True, slots=True)
class StoredInstance:
    """A stored object: `identifier` is the archive's, `attachment` changes whenever its bytes do.

    `has_content_tree` need not be known of an object whose SOP Class tells, or that has pixel data;
    `transfer_syntax_uid` is empty where the archive does not know it. `modified` is when the archive got these bytes,
    in seconds since 1970, or none; `md5` is their digest in hexadecimal, empty where the archive has none. Without
    `evidence` the archive has to be asked whether the object is still there.
    """

    identifier: str
    attachment: str
    size: int
    sop_class_uid: str
    number_of_frames: int
    has_pixel_data: bool
    has_content_tree: bool = False
    transfer_syntax_uid: str = ""
    modified: int | None = None
    md5: str = ""
    evidence: Evidence | None = field(default=None, compare=False, repr=False)


class Archive(Protocol):
    def find(self, reference: InstanceReference) -> StoredInstance:
        """The object under that study and series; raises `NotFound`, in the name of objectUID."""

    def study_of(self, instance: StoredInstance) -> str:
        """The Study Instance UID; raises `Gone`."""

    def find_presentation_states(self, study_instance_uid: str) -> list[InstanceReference]:
        """The presentation states of the study."""

    def open(self, instance: StoredInstance) -> int:
        """A file descriptor, for the caller to close, of exactly the bytes that `attachment` names; raises `Gone`."""
