"""Equal work that is asked for while it is being done is waited for, not done once more."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from wado.errors import Unavailable, WadoError

Result = TypeVar("Result")


class _Work(Generic[Result]):
    def __init__(self) -> None:
        self.is_done = threading.Event()
        self.result: Result | None = None
        self.error: WadoError | None = None


class SharedWork(Generic[Result]):
    """Whoever asks first does the work; who asks meanwhile gets the same result, or the same error.

    At most `most_waiting` wait for others' work, since each of them takes a thread of the server's; whoever comes then
    does the work himself, and so does who waited for somebody that ended without a result that can be shared. Nothing
    is remembered once the work is done. Safe to use from several threads.
    """

    def __init__(self, most_waiting: int, timeout: float, may_be_shared: Callable[[Result], bool]) -> None:
        """`timeout` is in seconds: nobody waits longer than that for somebody else."""
        self._may_be_shared = may_be_shared
        self._most_waiting = most_waiting
        self._timeout = timeout
        self._works: dict[str, _Work[Result]] = {}
        self._lock = threading.Lock()
        self.waiting = 0

    def do(self, name: str, work: Callable[[], Result]) -> tuple[Result, bool]:
        """The result of the work of that name, and whether it was another's work.

        Raises what the work raises, or `Unavailable` in the end.
        """
        with self._lock:
            theirs = self._works.get(name)
            mine = _Work[Result]()
            may_wait = theirs is not None and self.waiting < self._most_waiting
            if theirs is None:
                self._works[name] = mine
            elif may_wait:
                self.waiting += 1
        if theirs is None:
            return self._lead(name, mine, work), False
        return self._follow(theirs, work) if may_wait else (work(), False)

    def _lead(self, name: str, mine: _Work[Result], work: Callable[[], Result]) -> Result:
        try:
            result = work()
            mine.result = result if self._may_be_shared(result) else None
            return result
        except WadoError as error:
            mine.error = error
            raise
        finally:
            with self._lock:
                del self._works[name]
            mine.is_done.set()

    def _follow(self, theirs: _Work[Result], work: Callable[[], Result]) -> tuple[Result, bool]:
        try:
            in_time = theirs.is_done.wait(self._timeout)
        finally:
            with self._lock:
                self.waiting -= 1
        if not in_time:
            raise Unavailable("the same answer is being made, and takes too long", retry_after=int(self._timeout))
        if theirs.error is not None:
            raise copy.copy(theirs.error)
        return (work(), False) if theirs.result is None else (theirs.result, True)
