"""Decoded frames, kept up to a bound of bytes."""

from __future__ import annotations

import tracemalloc

import numpy as np

from wado.dicom.kept_frames import ENTRY_OVERHEAD, KeptFrames
from wado.image.codecs import DecodedFrame

KIBIBYTE = 1024


def frame_of(kibibytes: int) -> DecodedFrame:
    """One that takes so much in all."""
    return DecodedFrame(np.zeros((1, kibibytes * KIBIBYTE - ENTRY_OVERHEAD), np.uint8), "MONOCHROME2")


def test_a_frame_is_found_by_all_of_its_key() -> None:
    kept = KeptFrames(100 * KIBIBYTE)
    frame = frame_of(10)
    kept.put(("a", 1, 0), frame)
    assert kept.get(("a", 1, 0)) is frame
    assert [kept.get(key) for key in (("b", 1, 0), ("a", 2, 0), ("a", 1, 1))] == [None] * 3
    assert (kept.hits, kept.misses, kept.bytes) == (1, 3, 10 * KIBIBYTE)


def test_the_frame_longest_unused_is_given_up_first_and_no_more_than_it_takes() -> None:
    kept = KeptFrames(100 * KIBIBYTE)
    for index in range(3):
        kept.put(("a", index, 0), frame_of(30))
    kept.get(("a", 0, 0))
    kept.put(("a", 3, 0), frame_of(20))
    assert [kept.get(("a", index, 0)) is not None for index in range(4)] == [True, False, True, True]
    assert kept.bytes == (30 + 30 + 20) * KIBIBYTE


def test_a_frame_as_large_as_the_bound_is_the_only_one_and_a_larger_one_is_not_kept() -> None:
    kept = KeptFrames(100 * KIBIBYTE)
    kept.put(("a", 0, 0), frame_of(10))
    kept.put(("a", 1, 0), frame_of(100))
    assert (kept.get(("a", 0, 0)), kept.bytes) == (None, 100 * KIBIBYTE)
    kept.put(("a", 2, 0), frame_of(101))
    assert (kept.get(("a", 2, 0)), kept.bytes) == (None, 100 * KIBIBYTE)


def test_a_frame_put_again_counts_once() -> None:
    kept = KeptFrames(100 * KIBIBYTE)
    for _ in range(2):
        kept.put(("a", 0, 0), frame_of(60))
    assert kept.bytes == 60 * KIBIBYTE


def test_a_bound_of_none_keeps_nothing_and_what_is_cleared_is_gone() -> None:
    nothing, kept = KeptFrames(0), KeptFrames(100 * KIBIBYTE)
    for frames in (nothing, kept):
        frames.put(("a", 0, 0), frame_of(10))
    kept.clear()
    assert [(frames.get(("a", 0, 0)), frames.bytes) for frames in (nothing, kept)] == [(None, 0), (None, 0)]


def test_the_smallest_frames_take_no_more_than_the_bound_either() -> None:
    kept = KeptFrames(500 * KIBIBYTE)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for index in range(5000):
            kept.put(("0f2e0d62-4c5f-4f2e-8a75-2b6f40a7a7bb", index, 0), DecodedFrame(np.zeros((1, 1)), "MONOCHROME2"))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0 < kept.entries <= 500
    assert after - before <= kept.bound
