"""What caches tell of themselves."""

from __future__ import annotations

from wado.cache_count import CacheCount, add_up
from wado.remembered import Remembered


def test_values_remembered_are_counted() -> None:
    values: Remembered[str, int] = Remembered(2)
    for key in "abac":
        if values.get(key) is None:
            values.put(key, 1)
    assert CacheCount.of(values) == CacheCount(hits=1, misses=3, entries=2, bytes=None)


def test_caches_of_one_name_are_one() -> None:
    first, second = CacheCount(1, 2, 3, 4), CacheCount(10, 20, 30, 40)
    assert add_up((("frames", first), ("headers", CacheCount(1, 1, 1, None))), (("frames", second),)) == {
        "frames": CacheCount(11, 22, 33, 44),
        "headers": CacheCount(1, 1, 1, None),
    }


def test_what_a_cache_counted_outlives_it() -> None:
    assert CacheCount(1, 2, 3, 4).emptied() == CacheCount(1, 2, 0, 0)
    assert CacheCount(1, 2, 3, None).emptied() == CacheCount(1, 2, 0, None)
