"""What was answered last."""

from __future__ import annotations

import threading
import tracemalloc

import pytest

from wado.front import answers as module
from wado.front.answers import ENTRY_OVERHEAD, LARGEST_SHARE, Answers, Outcome, size_of
from wado.job import Needs, Representation


def picture(size: int) -> Representation:
    return Representation("image/png", bytes(size))


ROOM = 64 * 1024
"""Of the tests' caches."""

HALF_OF_AN_EIGHTH = ROOM // LARGEST_SHARE // 2


def fill(answers: Answers, names: str) -> None:
    for name in names:
        answers.put(name, picture(HALF_OF_AN_EIGHTH - ENTRY_OVERHEAD))


def kept(answers: Answers, names: str) -> str:
    return "".join(name for name in names if answers.peek(name) is not None)


def test_what_was_put_is_had_again() -> None:
    answers = Answers(ROOM)
    put = picture(10)
    answers.put("a", put)
    assert answers.get("a") is put and answers.get("b") is None
    assert (answers.hits, answers.misses, answers.entries, answers.bytes) == (1, 1, 1, size_of(put))


def test_what_was_used_longest_ago_goes_first() -> None:
    answers = Answers(ROOM)
    fill(answers, "abcdefghijklmnop")
    assert answers.bytes == ROOM
    answers.get("a")
    fill(answers, "qr")
    assert kept(answers, "abcdefghijklmnopqr") == "adefghijklmnopqr"
    assert (answers.bytes, answers.entries) == (ROOM, 16)


def test_what_is_put_twice_counts_once() -> None:
    answers = Answers(ROOM)
    fill(answers, "aaa")
    assert (answers.entries, answers.bytes) == (1, HALF_OF_AN_EIGHTH)


def test_what_is_larger_than_its_share_is_not_kept_but_known() -> None:
    answers = Answers(ROOM)
    answers.put("a", picture(ROOM // LARGEST_SHARE - ENTRY_OVERHEAD))
    answers.put("b", picture(ROOM // LARGEST_SHARE - ENTRY_OVERHEAD + 1))
    assert kept(answers, "ab") == "a"
    assert answers.is_known("b") and not answers.is_known("c")


def test_without_room_nothing_is_kept() -> None:
    answers = Answers(0)
    answers.put("a", picture(0))
    answers.put("b", Needs(()))
    assert (answers.entries, answers.bytes, answers.get("a")) == (0, 0, None)
    assert answers.is_known("a")


def test_what_is_easily_had_is_kept_from_the_second_time_on() -> None:
    answers = Answers(ROOM)
    answers.put("a", picture(10), is_easily_had=True)
    assert answers.entries == 0
    answers.put("a", picture(10), is_easily_had=True)
    assert answers.entries == 1


def test_the_objects_that_an_answer_takes_are_kept_but_are_no_answer() -> None:
    answers = Answers(ROOM)
    needs = Needs((("1.2", "1.2.3"),))
    answers.put("a", needs)
    assert answers.get("a") is needs
    assert (answers.hits, answers.misses, answers.entries) == (0, 0, 1)
    assert not answers.is_known("a")


def test_names_are_forgotten_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KNOWN", 2)
    answers = Answers(ROOM)
    fill(answers, "abc")
    assert [answers.is_known(name) for name in "abc"] == [False, True, True]


def make(kind: str, number: int) -> tuple[str, Outcome]:
    """An outcome as it comes out of a datagram: nothing of it is shared with another one."""
    name = f'"{number:032x}"'
    if kind == "needs":
        return name, Needs(tuple((f"1.2.826.0.1.{number}", f"1.2.826.0.1.3680043.{number}.{n}") for n in range(250)))
    headers = (("Content-Disposition", f'inline; filename="{number}.pdf"'),) if kind == "document" else ()
    return name, Representation("".join(["image/", "png"]), bytes(100), None, 0, (f"warning {number}",), None, headers)


@pytest.mark.parametrize("kind", ["picture", "document", "needs"])
def test_what_is_kept_takes_no_more_memory_than_is_counted(kind: str) -> None:
    answers = Answers(16 * 1024 * 1024)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(200):
            answers.put(*make(kind, number))
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert answers.entries == 200
    assert 0.4 * answers.bytes < taken <= answers.bytes


def test_it_may_be_used_by_many_threads() -> None:
    answers = Answers(ROOM)

    def use(seed: int) -> None:
        for step in range(2000):
            name = str((step * 7 + seed) % 40)
            if answers.get(name) is None:
                answers.put(name, picture(step % 4000))

    threads = [threading.Thread(target=use, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [outcome for outcome in map(answers.peek, map(str, range(40))) if outcome is not None]
    assert answers.bytes == sum(map(size_of, found)) <= ROOM
    assert answers.entries == len(found)
    assert answers.hits + answers.misses == 16000
