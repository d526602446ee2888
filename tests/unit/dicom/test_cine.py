"""Order and pace of a moving picture's frames (PS3.3 C.7.6.5), by hand."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from tests.support.datasets import make_object
from wado.dicom.cine import DEFAULT_DURATION, LONGEST_DURATION, MOST_FRAMES, SHORTEST_DURATION, Cine, read_cine
from wado.errors import NotAcceptable

FRAME_TIME, FRAME_TIME_VECTOR = Tag("FrameTime"), Tag("FrameTimeVector")


def cine_of(number_of_frames: int = 4, **attributes: Any) -> Cine:
    return read_cine(make_object(**attributes), number_of_frames)


@pytest.mark.parametrize(
    ("attributes", "durations"),
    [
        ({}, [DEFAULT_DURATION] * 4),
        ({"FrameTime": "40", "FrameIncrementPointer": FRAME_TIME}, [40, 40, 40, 40]),
        ({"FrameTime": "40"}, [40, 40, 40, 40]),
        ({"CineRate": "50"}, [20, 20, 20, 20]),
        ({"CineRate": "50", "FrameTime": "40"}, [20, 20, 20, 20]),
        ({"CineRate": "50", "FrameTime": "40", "FrameIncrementPointer": FRAME_TIME}, [40, 40, 40, 40]),
        ({"RecommendedDisplayFrameRate": "10", "FrameTime": "40", "FrameIncrementPointer": FRAME_TIME}, [100] * 4),
        ({"FrameTimeVector": ["0", "10", "20", "30"], "FrameIncrementPointer": FRAME_TIME_VECTOR}, [10, 20, 30, 30]),
        ({"FrameTimeVector": ["0", "10", "20", "30"]}, [10, 20, 30, 30]),
        ({"FrameTimeVector": ["0", "10", "20", "30"], "CineRate": "50"}, [20] * 4),
        ({"FrameDelay": "500", "FrameTime": "40"}, [40, 40, 40, 40]),
    ],
)
def test_the_pace_comes_from_what_says_most_about_being_shown(
    attributes: dict[str, Any], durations: list[float]
) -> None:
    cine = cine_of(**attributes)
    assert cine.frame_indices == (0, 1, 2, 3)
    assert cine.durations == tuple(durations)


def test_several_pointers_may_name_the_time() -> None:
    pointers = [Tag("SliceLocation"), FRAME_TIME]
    assert cine_of(FrameIncrementPointer=pointers, FrameTime="25", CineRate="1").durations == (25,) * 4


@pytest.mark.parametrize(
    "attributes",
    [
        {"FrameTime": "0"},
        {"FrameTime": "-40"},
        {"FrameTime": "fast"},
        {"FrameTime": "nan"},
        {"FrameTime": ""},
        {"CineRate": "0"},
        {"RecommendedDisplayFrameRate": "-1"},
        {"FrameTimeVector": ["0", "10"], "FrameIncrementPointer": FRAME_TIME_VECTOR},
        {"FrameTimeVector": ["0", "10", "-20", "30"], "FrameIncrementPointer": FRAME_TIME_VECTOR},
        {"FrameTimeVector": ["0", "0", "0", "0"], "FrameIncrementPointer": FRAME_TIME_VECTOR},
    ],
    ids=str,
)
def test_what_makes_no_sense_counts_as_absent(attributes: dict[str, Any]) -> None:
    dataset = make_object()
    for keyword, value in attributes.items():
        dataset[keyword] = malformed(keyword, value)
    assert read_cine(dataset, 4).durations == (DEFAULT_DURATION,) * 4


def malformed(keyword: str, value: Any) -> Any:
    """An element as a file may hold it, whatever its VR allows."""
    if keyword == "FrameIncrementPointer":
        dataset = Dataset()
        dataset.FrameIncrementPointer = value
        return dataset["FrameIncrementPointer"]
    text = "\\".join(value) if isinstance(value, list) else value
    dataset = Dataset()
    dataset.add_new(keyword, "LT", text)
    element = dataset[keyword]
    if isinstance(value, list):
        element = type(element)(element.tag, "LO", value)
    return element


def test_a_pace_beyond_all_sense_is_brought_to_its_bound() -> None:
    assert cine_of(FrameTime="0.001").durations == (SHORTEST_DURATION,) * 4
    assert cine_of(FrameTime="60000").durations == (LONGEST_DURATION,) * 4


@pytest.mark.parametrize(
    ("start", "stop", "indices"),
    [
        (2, 3, (1, 2)),
        (None, 2, (0, 1)),
        (3, None, (2, 3)),
        (4, 4, (3,)),
        (3, 2, (0, 1, 2, 3)),
        (0, 2, (0, 1, 2, 3)),
        (2, 5, (0, 1, 2, 3)),
    ],
)
def test_what_is_trimmed_is_not_shown(start: int | None, stop: int | None, indices: tuple[int, ...]) -> None:
    dataset = make_object()
    if start is not None:
        dataset.StartTrim = start
    if stop is not None:
        dataset.StopTrim = stop
    cine = read_cine(dataset, 4)
    assert cine.frame_indices == indices
    assert len(cine.durations) == len(indices)


def test_back_and_forth_shows_the_frames_between_the_ends_twice() -> None:
    """From 4 back to 3 takes as long as from 3 to 4."""
    cine = cine_of(PreferredPlaybackSequencing=1, FrameTimeVector=["0", "10", "20", "30"])
    assert cine.frame_indices == (0, 1, 2, 3, 2, 1)
    assert cine.durations == (10, 20, 30, 30, 20, 10)


def test_back_and_forth_keeps_to_the_trimmed_frames() -> None:
    cine = cine_of(6, PreferredPlaybackSequencing=1, StartTrim="2", StopTrim="4", FrameTime="40")
    assert cine.frame_indices == (1, 2, 3, 2)
    assert cine.durations == (40,) * 4


@pytest.mark.parametrize("number_of_frames", [1, 2])
def test_one_or_two_frames_are_the_same_back_and_forth(number_of_frames: int) -> None:
    cine = cine_of(number_of_frames, PreferredPlaybackSequencing=1)
    assert cine.frame_indices == tuple(range(number_of_frames))
    assert len(cine.durations) == number_of_frames


def test_more_frames_than_there_can_be_are_refused() -> None:
    with pytest.raises(NotAcceptable, match="Number of Frames"):
        cine_of(MOST_FRAMES + 1)


@pytest.mark.parametrize(
    ("sequencing", "left_out", "indices", "durations"),
    [
        (0, (), (0, 1, 2, 3), (10, 20, 30, 30)),
        (0, (0,), (1, 2, 3), (20, 30, 30)),
        (0, (1, 2), (0, 3), (10, 30)),
        (1, (), (0, 1, 2, 3, 2, 1), (10, 20, 30, 30, 20, 10)),
        (1, (0,), (1, 2, 3, 2), (20, 30, 30, 20)),
        (1, (3,), (0, 1, 2, 1), (10, 20, 30, 10)),
        (1, (1,), (0, 2, 3, 2), (10, 30, 30, 20)),
        (1, (1, 2), (0, 3), (10, 30)),
        (1, (0, 2, 3), (1,), (20,)),
        (0, (0, 2, 3), (1,), (20,)),
    ],
)
def test_frames_can_be_left_out(
    sequencing: int, left_out: tuple[int, ...], indices: tuple[int, ...], durations: tuple[float, ...]
) -> None:
    cine = cine_of(PreferredPlaybackSequencing=sequencing, FrameTimeVector=["0", "10", "20", "30"]).without(left_out)
    assert (cine.frame_indices, cine.durations) == (indices, durations)
