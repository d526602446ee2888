"""Where the attributes of a frame stand (PS3.3 C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from wado.dicom.values import items


def for_frame(dataset: Dataset, macro: str, frame_index: int) -> Iterator[Dataset]:
    """The frame's own functional group, the shared one, and the top level: the first to have an attribute decides."""
    frames = items(dataset, "PerFrameFunctionalGroupsSequence")
    if frame_index < len(frames):
        yield from items(frames[frame_index], macro)[:1]
    for shared in items(dataset, "SharedFunctionalGroupsSequence")[:1]:
        yield from items(shared, macro)[:1]
    yield dataset
