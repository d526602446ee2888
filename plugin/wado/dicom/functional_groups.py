"""Where the attributes of a frame stand (PS3.3 C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from wado.dicom.values import items


def groups_of(dataset: Dataset, frame_index: int) -> tuple[Dataset, ...]:
    """The frame's own functional groups, then the shared ones; none if the object is not enhanced."""
    own = items(dataset, "PerFrameFunctionalGroupsSequence")[frame_index : frame_index + 1]
    return (*own, *items(dataset, "SharedFunctionalGroupsSequence")[:1])


def for_frame(dataset: Dataset, macro: str, frame_index: int) -> Iterator[Dataset]:
    """The macro's item in the functional groups, then the top level: the first to have an attribute decides."""
    for group in groups_of(dataset, frame_index):
        yield from items(group, macro)[:1]
    yield dataset
