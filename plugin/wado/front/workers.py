"""The pool of workers: given one job at a time, ended at their deadline, and replaced when they die."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from wado.cache_count import CacheCount, NamedCounts, add_up
from wado.errors import InternalError, Unavailable
from wado.front.worker_process import StartError, WorkerCommand, WorkerDied, WorkerProcess
from wado.job import Answer, Failure, Job, Needs, Representation, encode_job

STOP_TIMEOUT = 5
"""Seconds for a killed worker to be collected."""

LONGEST_PAUSE = 10.0
"""Seconds between two attempts to start a worker: fewer than a request waits for one by default."""


class FreeWorkers:
    """One that served the same attachment lately is taken first, else the one that became free last.

    So are its caches warm, and the processor's. A busy one is never waited for while another is free. `None` among them
    tells that the pool is closed. All parts are of C, so that no other thread comes between within a step of them: a
    queue of Python's own takes longer than what it would save.
    """

    def __init__(self) -> None:
        self._workers: list[WorkerProcess | None] = []
        self._tokens: queue.SimpleQueue[None] = queue.SimpleQueue()

    def put(self, worker: WorkerProcess | None) -> None:
        self._workers.append(worker)
        self._tokens.put(None)

    def get(self, timeout: float, attachment: str) -> WorkerProcess | None:
        """Raises `queue.Empty`."""
        if timeout:
            self._tokens.get(timeout=timeout)
        else:
            self._tokens.get_nowait()
        workers = self._workers[:]
        if len(workers) > 1 and None not in workers:
            for worker in reversed(workers):
                if worker is not None and worker.has_served(attachment):
                    with contextlib.suppress(ValueError):  # another thread may have taken it meanwhile
                        self._workers.remove(worker)
                        return worker
        return self._workers.pop()

    def discard(self, worker: WorkerProcess) -> None:
        """Take out one that has ended, unless somebody has taken it already and finds it dead."""
        try:
            self._tokens.get_nowait()
        except queue.Empty:
            return
        try:
            self._workers.remove(worker)
        except ValueError:
            self._tokens.put(None)

    def __len__(self) -> int:
        return len(self._workers)


GIVEN_UP = ("timeout", "queue full", "queue timeout", "worker died")
"""Why a request got no answer from the workers."""


class PoolState(NamedTuple):
    """How the pool stands, for the metrics. `caches` are those of all workers together, by their names."""

    workers: int
    busy: int
    waiting: int
    restarts: int
    given_up: Mapping[str, int]
    caches: Mapping[str, CacheCount]


class WorkerPool:
    """A fixed number of workers, and the line of requests that wait for one.

    Each place in the pool has a thread that starts its worker, waits for its end and starts the next one. A free worker
    is taken from a queue and spoken to by the thread of the request itself.
    """

    def __init__(
        self,
        command: WorkerCommand,
        *,
        count: int,
        timeout: float,
        queue_length: int,
        queue_timeout: float,
        log: Callable[[str], None],
    ) -> None:
        self._command = command
        self._count = count
        self._timeout = timeout
        self._queue_length = queue_length
        self._queue_timeout = queue_timeout
        self._log = log
        self._free = FreeWorkers()
        self._line = threading.Lock()
        self._waiting = 0
        self._restarts = 0
        self._given_up = Counter(dict.fromkeys(GIVEN_UP, 0))
        self._counts_of_ended: NamedCounts = ()
        self._workers: set[WorkerProcess] = set()
        self._keepers: list[threading.Thread] = []
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start every worker and wait until all are ready; raises `StartError`."""
        results: queue.SimpleQueue[StartError | None] = queue.SimpleQueue()
        for number in range(self._count):
            name = f"wado-worker-{number + 1}"
            keeper = threading.Thread(target=self._keep, args=(results.put,), name=name, daemon=True)
            self._keepers.append(keeper)
            keeper.start()
        for _ in range(self._count):
            failure = results.get()
            if failure:
                self.close()
                raise failure

    def run(self, job: Job, descriptor: int, others: Sequence[int] = ()) -> Representation | Needs:
        """Have the job done; raises the `WadoError` that the worker gives, or the pool's own.

        A worker that has ended before it took the job costs nothing but time, however many there are. One that ended
        with the job may have died of it: it is given to one other.
        """
        message = encode_job(job)
        end = time.monotonic() + self._queue_timeout + self._timeout
        worker, has_ended_one = self._take(job.attachment, end), False
        while True:
            try:
                answer = self._ask(worker, message, (descriptor, *others), end)
                break
            except WorkerDied as death:
                if death.had_begun and has_ended_one:
                    self._count_given_up("worker died")
                    raise InternalError("the object ends every worker that is given it") from None
                has_ended_one = has_ended_one or death.had_begun
            worker = self._take(job.attachment, end, had_one=True)
        self._give_back(worker, job.attachment)
        if isinstance(answer, Failure):
            if answer.log:
                self._log(answer.log)
            raise answer.error
        return answer

    def _ask(self, worker: WorkerProcess, message: bytes, descriptors: Sequence[int], end: float) -> Answer:
        """What the worker answers before the time `end`; one that does not is ended. Raises `WorkerDied` too."""
        left = end - time.monotonic()
        if left <= 0:
            self._free.put(worker)  # which was not asked
            raise self._too_late()
        try:
            return worker.exchange(message, descriptors, min(self._timeout, left))
        except TimeoutError:
            worker.kill()
            raise self._too_late() from None
        except BaseException:
            worker.kill()  # it is dead, or what it says is not understood: it is not to be used again
            raise

    def _too_late(self) -> Unavailable:
        self._count_given_up("timeout")
        text = f"the answer took longer than {self._timeout:g} seconds and was given up"
        return Unavailable(text, retry_after=int(self._timeout))

    def _give_back(self, worker: WorkerProcess, attachment: str) -> None:
        worker.remember(attachment)
        self._free.put(worker)
        if worker not in self._workers:  # it ended after its answer
            self._free.discard(worker)

    def close(self) -> None:
        """End every worker, busy or not, and collect it; whoever waits for one is told."""
        self._stopping.set()
        self._free.put(None)
        for worker in list(self._workers):
            worker.kill()
        for keeper in self._keepers:
            keeper.join(STOP_TIMEOUT)

    def state(self) -> PoolState:
        """How the pool stands now; the numbers may be of slightly different moments."""
        with self._line:
            workers = list(self._workers)
            counts = add_up(self._counts_of_ended, *(tuple(worker.cache_counts.items()) for worker in workers))
            busy = max(0, len(workers) - len(self._free))
            return PoolState(len(workers), busy, self._waiting, self._restarts, dict(self._given_up), counts)

    def _count_given_up(self, reason: str) -> None:
        with self._line:
            self._given_up[reason] += 1

    def _forget(self, worker: WorkerProcess) -> None:
        """Of one that has ended: what its caches counted stays counted, though they are gone."""
        with self._line:
            self._workers.discard(worker)
            ended = tuple((name, count.emptied()) for name, count in worker.cache_counts.items())
            self._counts_of_ended = tuple(add_up(self._counts_of_ended, ended).items())
            self._restarts += not self._stopping.is_set()
        self._free.discard(worker)

    def _take(self, attachment: str, end: float, *, had_one: bool = False) -> WorkerProcess:
        """A worker, before the time `end`. A request that `had_one` that died has its place in any line."""
        with contextlib.suppress(queue.Empty):
            return self._unless_closed(self._free.get(0, attachment))
        with self._place_in_line(is_sure=had_one):
            try:
                seconds = min(self._queue_timeout, max(0.0, end - time.monotonic()))
                return self._unless_closed(self._free.get(seconds, attachment))
            except queue.Empty:
                self._count_given_up("queue timeout")
                text = f"no worker was free within {self._queue_timeout:g} seconds"
                raise Unavailable(text, retry_after=int(self._queue_timeout)) from None

    def _unless_closed(self, worker: WorkerProcess | None) -> WorkerProcess:
        if worker is None:
            self._free.put(None)  # for the next one who waits
            raise Unavailable("the server is stopping", retry_after=STOP_TIMEOUT)
        return worker

    @contextlib.contextmanager
    def _place_in_line(self, *, is_sure: bool) -> Iterator[None]:
        with self._line:
            if self._waiting >= self._queue_length and not is_sure:
                self._given_up["queue full"] += 1
                raise Unavailable(f"all workers are busy and {self._waiting} requests wait already", retry_after=1)
            self._waiting += 1
        try:
            yield
        finally:
            with self._line:
                self._waiting -= 1

    def _keep(self, report: Callable[[StartError | None], None]) -> None:
        """Keep one place of the pool filled.

        The first start is reported; later ones are tried until they work, and what keeps them from it is logged.
        """
        pause = 0.0
        while not self._stopping.wait(pause):
            began = time.monotonic()
            try:
                worker = self._start_one()
            except StartError as failure:
                report(failure)
                report = self._log_failure
                pause = min(LONGEST_PAUSE, max(1.0, 2 * pause))
                continue
            report(None)
            report = self._log_failure
            self._free.put(worker)
            status = worker.wait()
            self._forget(worker)
            worker.close()
            if not self._stopping.is_set():
                self._log(f"a worker ended ({_end_of(status)}); another one is started")
            pause = 0.0 if time.monotonic() - began > 1.0 else 1.0

    def _log_failure(self, failure: StartError | None) -> None:
        """But for workers that were ended before they were ready, as all are when the pool is closed."""
        if failure and not self._stopping.is_set():
            self._log(str(failure))

    def _start_one(self) -> WorkerProcess:
        try:
            worker = WorkerProcess(self._command)
        except OSError as error:
            raise StartError(f"the interpreter {self._command.interpreter} does not run: {error.strerror}") from None
        self._workers.add(worker)
        if self._stopping.is_set():
            worker.kill()  # `close` may have gone through the workers before this one was among them
        try:
            worker.wait_until_ready()
        except StartError:
            worker.kill()
            worker.wait()
            worker.close()
            self._workers.discard(worker)
            raise
        return worker


def _end_of(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit code {status}"
