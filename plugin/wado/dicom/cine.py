"""In which order and how long the frames of a moving picture are shown (PS3.3 C.7.6.5)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from wado.dicom.values import decimals, integer, unfit, values_of

DEFAULT_DURATION = 100.0
"""Milliseconds of a frame whose object says nothing of time, as a stack of slices does."""

SHORTEST_DURATION, LONGEST_DURATION = 1.0, 10_000.0
"""Milliseconds. What lies beyond is brought to the nearest: a dynamic study's minutes are no pace to look at."""

MOST_FRAMES = 100_000
"""More than an hour at 25 frames a second; what asks for more is damaged, or meant to do damage."""

BACK_AND_FORTH = 1
"""Preferred Playback Sequencing: 1, 2, 3, 2 and again from 1."""


@dataclass(frozen=True, slots=True)
class Cine:
    """Once through the frames: the index of each one shown, and its milliseconds."""

    frame_indices: tuple[int, ...]
    durations: tuple[float, ...]

    def without(self, frame_indices: Collection[int]) -> Cine:
        """Leave out these frames. Where it turns back, it shows a frame once all the same."""
        pairs = [pair for pair in zip(self.frame_indices, self.durations, strict=True) if pair[0] not in frame_indices]
        once = [pair for number, pair in enumerate(pairs) if number == 0 or pair[0] != pairs[number - 1][0]]
        if len(once) > 1 and once[-1][0] == once[0][0]:
            once.pop()
        return Cine(tuple(index for index, _ in once), tuple(duration for _, duration in once))


def read_cine(dataset: Dataset, number_of_frames: int) -> Cine:
    """Malformed attributes count as absent ones. Frame Delay does not matter: it is the time before the first frame."""
    if number_of_frames > MOST_FRAMES:
        raise unfit("NumberOfFrames", f"is more than the {MOST_FRAMES} that a moving picture can have")
    first, last = _trim(dataset, number_of_frames)
    increments = [_bounded(increment) for increment in _read_increments(dataset, number_of_frames)[first:last]]
    forth = range(first, last + 1)
    if integer(dataset, "PreferredPlaybackSequencing", 0) != BACK_AND_FORTH or len(forth) < 3:
        return Cine(tuple(forth), (*increments, increments[-1] if increments else DEFAULT_DURATION))
    return Cine((*forth, *forth[-2:0:-1]), (*increments, *reversed(increments)))


def _trim(dataset: Dataset, number_of_frames: int) -> tuple[int, int]:
    """Indices of the first and the last frame shown; all are if Start Trim and Stop Trim make no sense."""
    first = integer(dataset, "StartTrim", 1)
    last = integer(dataset, "StopTrim", number_of_frames)
    return (first - 1, last - 1) if 1 <= first <= last <= number_of_frames else (0, number_of_frames - 1)


def _read_increments(dataset: Dataset, number_of_frames: int) -> list[float]:
    """Milliseconds from each frame to the next: what the object says first in `SOURCES`."""
    for read in SOURCES:
        increments = read(dataset, number_of_frames)
        if increments:
            return increments
    return [DEFAULT_DURATION] * (number_of_frames - 1)


def _from_rate(keyword: str) -> Callable[[Dataset, int], list[float]]:
    def read(dataset: Dataset, number_of_frames: int) -> list[float]:
        return [1000 / rate for rate in decimals(dataset, keyword)[:1] if rate > 0] * (number_of_frames - 1)

    return read


def _from_frame_time(dataset: Dataset, number_of_frames: int) -> list[float]:
    return [time for time in decimals(dataset, "FrameTime")[:1] if time > 0] * (number_of_frames - 1)


def _from_frame_time_vector(dataset: Dataset, number_of_frames: int) -> list[float]:
    """The first entry is the first frame's and 0: before it there is none (C.7.6.5.1.2)."""
    increments = decimals(dataset, "FrameTimeVector")[1:number_of_frames]
    return increments if len(increments) == number_of_frames - 1 and min(increments, default=0) > 0 else []


def _if_pointed_to(keyword: str, read: Callable[[Dataset, int], list[float]]) -> Callable[[Dataset, int], list[float]]:
    def read_if(dataset: Dataset, number_of_frames: int) -> list[float]:
        pointers = values_of(dataset, "FrameIncrementPointer")
        return read(dataset, number_of_frames) if Tag(keyword) in pointers else []

    return read_if


SOURCES: tuple[Callable[[Dataset, int], list[float]], ...] = (
    _from_rate("RecommendedDisplayFrameRate"),
    _if_pointed_to("FrameTimeVector", _from_frame_time_vector),
    _if_pointed_to("FrameTime", _from_frame_time),
    _from_rate("CineRate"),
    _from_frame_time,
    _from_frame_time_vector,
)
"""Where an object may tell its pace: how it wants to be shown before how it was acquired."""


def _bounded(milliseconds: float) -> float:
    return min(max(milliseconds, SHORTEST_DURATION), LONGEST_DURATION)
