"""Equal work that is asked for while it is being done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.support.orthanc_process import wait_for
from wado.errors import BadRequest, Unavailable
from wado.front.shared_work import SharedWork

MANY = 8


class Work:
    """Takes until it is let go, and counts how often it is done."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        assert self.go.wait(60)
        return f"result {self.times}"


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(MANY) as executor:
        yield executor


def shared(most_waiting: int = MANY, timeout: float = 60, may_be_shared: bool = True) -> SharedWork[str]:
    return SharedWork(most_waiting, timeout, lambda result: may_be_shared)


def start(
    threads: ThreadPoolExecutor, work: SharedWork[str], do: Callable[[], str], number: int = MANY
) -> list[Future[tuple[str, bool]]]:
    """So many ask for it, all but the first while it is being done."""
    futures = [threads.submit(work.do, "name", do) for _ in range(number)]
    wait_for(lambda: work.waiting == number - 1, 60, "those who ask")
    return futures


def test_it_is_done_once_for_all_who_ask_meanwhile(threads: ThreadPoolExecutor) -> None:
    work, do = shared(), Work()
    futures = start(threads, work, do)
    do.go.set()
    assert sorted(future.result() for future in futures) == [("result 1", False), *[("result 1", True)] * (MANY - 1)]
    assert (do.times, work.waiting) == (1, 0)


def test_who_asks_later_has_it_done_anew() -> None:
    work, do = shared(), Work()
    do.go.set()
    assert [work.do("name", do), work.do("name", do)] == [("result 1", False), ("result 2", False)]


def test_other_work_does_not_wait(threads: ThreadPoolExecutor) -> None:
    work, do = shared(), Work()
    start(threads, work, do, 2)
    assert work.do("other", lambda: "at once") == ("at once", False)
    do.go.set()


def test_all_get_the_same_error_and_the_next_one_none(threads: ThreadPoolExecutor) -> None:
    work, do = shared(), Work()

    def fail() -> str:
        do()
        raise BadRequest("is too small", parameter="rows", clause="8.2.2", retry_after=3)

    futures = start(threads, work, fail)
    do.go.set()
    errors = [future.exception() for future in futures]
    assert {type(error) for error in errors} == {BadRequest} and len(set(map(id, errors))) == MANY
    told = {(e.message, e.parameter, e.clause, e.retry_after) for e in errors if isinstance(e, BadRequest)}
    assert told == {("is too small", "rows", "8.2.2", 3)}
    assert (do.times, work.do("name", lambda: "done")) == (1, ("done", False))


@pytest.mark.parametrize("kind", [SystemExit, KeyError, MemoryError])
def test_who_waited_for_one_that_came_to_an_end_does_it_himself(
    threads: ThreadPoolExecutor, kind: type[BaseException]
) -> None:
    work, do = shared(), Work()

    def die_at_first() -> str:
        result = do()
        if do.times == 1:
            raise kind()
        return result

    futures = start(threads, work, die_at_first, 2)
    do.go.set()
    assert [future.result() for future in futures if future.exception() is None] == [("result 2", False)]
    assert sum(future.exception() is not None for future in futures) == 1


def test_what_is_for_one_alone_is_made_for_each(threads: ThreadPoolExecutor) -> None:
    work, do = shared(may_be_shared=False), Work()
    futures = start(threads, work, do, 3)
    do.go.set()
    assert len({future.result() for future in futures}) >= 2
    assert do.times == 3


def test_no_more_wait_than_may(threads: ThreadPoolExecutor) -> None:
    work, do = shared(most_waiting=2), Work()
    futures = start(threads, work, do, 3)
    assert work.do("name", lambda: "made alone") == ("made alone", False)
    do.go.set()
    assert {future.result()[0] for future in futures} == {"result 1"}


def test_nobody_waits_longer_than_the_time_that_is_set(threads: ThreadPoolExecutor) -> None:
    work, do = shared(timeout=0.2), Work()
    first = threads.submit(work.do, "name", do)
    wait_for(lambda: do.times == 1, 60, "the first one")
    with pytest.raises(Unavailable, match="too long"):
        work.do("name", do)
    do.go.set()
    assert (first.result(), work.waiting) == (("result 1", False), 0)
