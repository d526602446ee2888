"""Where a frame's attributes stand: its functional group, the shared one, or the object itself (PS3.3 C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset

from wado.annotation.technique_table import Source
from wado.dicom.functional_groups import groups_of
from wado.dicom.values import decimals, items


@dataclass(frozen=True, slots=True)
class FrameAttributes:
    """`groups` are the frame's functional groups and the shared ones, if the object has any."""

    dataset: Dataset
    groups: tuple[Dataset, ...]

    def places(self, sequence: str) -> Iterator[Dataset]:
        """The first items of a functional group's sequence and of one of the object itself, which "/" leads into."""
        first, *inner = sequence.split("/")
        for holder in (*self.groups, self.dataset):
            for place in items(holder, first)[:1]:
                yield from _inner_place(place, inner)

    def sources(self, sources: tuple[Source, ...]) -> Iterator[tuple[Dataset, Source]]:
        for source in sources:
            for place in self.places(source.sequence) if source.sequence else (self.dataset,):
                yield place, source

    def vector(self, sequence: str, keyword: str, length: int) -> list[float] | None:
        """The attribute's numbers from a functional group, else from the object itself; none if they are not whole."""
        for place in (*self.places(sequence), self.dataset):
            numbers = decimals(place, keyword)
            if len(numbers) == length:
                return numbers
        return None


def attributes_of_frame(dataset: Dataset, frame_index: int) -> FrameAttributes:
    return FrameAttributes(dataset, groups_of(dataset, frame_index))


def _inner_place(place: Dataset, sequences: list[str]) -> Iterator[Dataset]:
    if not sequences:
        yield place
        return
    for item in items(place, sequences[0])[:1]:
        yield from _inner_place(item, sequences[1:])
