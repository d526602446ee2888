"""Work in two halves gives the same on one thread and on two."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from tests.support.images import assert_equal
from wado.image import second_thread
from wado.image.look_up import look_up
from wado.image.second_thread import LARGE, in_two, is_processor_free


@pytest.fixture(params=[True, False], ids=["two-threads", "one-thread"])
def is_free(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    free: bool = request.param
    monkeypatch.setattr(second_thread, "is_processor_free", lambda: free)
    return free


def test_both_halves_are_made_on_threads_of_their_own_if_there_are_two(is_free: bool) -> None:
    first, last = in_two(threading.get_ident, threading.get_ident)
    assert last == threading.get_ident()
    assert (first != last) is is_free


@pytest.mark.parametrize("number", [0, 1])
def test_an_error_in_either_half_is_raised(is_free: bool, number: int) -> None:
    def fail() -> None:
        raise MemoryError

    halves = [lambda: None, lambda: None]
    halves[number] = fail
    with pytest.raises(MemoryError):
        in_two(*halves)


@pytest.mark.parametrize("length", [LARGE, LARGE + 1, LARGE + 2])
@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_look_up_is_the_same_in_halves(is_free: bool, length: int, kind: str) -> None:
    table = np.random.default_rng(1).integers(0, 256, 65536).astype(np.uint8)
    words = (np.arange(length) * 7919).astype(kind)
    assert_equal(look_up(table, words), table[words])


def test_no_processor_is_free_while_more_threads_run_than_there_are_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set())
    assert not is_processor_free()
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(100_000)))
    assert is_processor_free()
