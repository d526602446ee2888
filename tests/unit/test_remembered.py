"""The values used last."""

from __future__ import annotations

import random
import threading

from wado.remembered import Remembered


def test_what_was_put_is_there_and_nothing_else() -> None:
    values: Remembered[str, int] = Remembered(2)
    values.put("a", 1)
    assert (values.get("a"), values.get("b")) == (1, None)


def test_the_value_longest_unused_is_given_up_first() -> None:
    values: Remembered[str, int] = Remembered(2)
    values.put("a", 1)
    values.put("b", 2)
    values.get("a")
    values.put("c", 3)
    assert [values.get(key) for key in "abc"] == [1, None, 3]


def test_a_value_put_again_is_the_new_one_and_the_last_used() -> None:
    values: Remembered[str, int] = Remembered(2)
    values.put("a", 1)
    values.put("b", 2)
    values.put("a", 10)
    values.put("c", 3)
    assert [values.get(key) for key in "abc"] == [10, None, 3]


def test_a_value_that_is_zero_counts_as_used() -> None:
    values: Remembered[str, int] = Remembered(2)
    values.put("a", 0)
    values.put("b", 2)
    assert values.get("a") == 0
    values.put("c", 3)
    assert [values.get(key) for key in "abc"] == [0, None, 3]


def test_a_bound_of_none_keeps_nothing() -> None:
    values: Remembered[str, int] = Remembered(0)
    values.put("a", 1)
    assert values.get("a") is None


def test_threads_see_whole_values_within_the_bound() -> None:
    values: Remembered[int, int] = Remembered(10)
    wrong: list[object] = []

    def use(seed: int) -> None:
        numbers = random.Random(seed)
        for _ in range(2000):
            key = numbers.randrange(30)
            values.put(key, key * key)
            if values.get(key) not in (None, key * key):
                wrong.append(key)

    threads = [threading.Thread(target=use, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert sum(values.get(key) is not None for key in range(30)) == 10


def test_a_look_leaves_no_trace() -> None:
    values: Remembered[str, int] = Remembered(2)
    values.put("a", 1)
    values.put("b", 2)
    assert (values.peek("a"), values.peek("c")) == (1, None)
    assert (values.hits, values.misses) == (0, 0)
    values.put("c", 3)
    assert (values.peek("a"), values.peek("b"), values.peek("c")) == (None, 2, 3)
