"""Loads that wrk sends, which takes little of the processors that it shares with the server."""

from __future__ import annotations

import itertools
import math
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmark.effort import Effort
from tests.support.http_client import Client

SCRIPT = Path(__file__).with_name("load.lua")

NUMBER = "{number}"
"""In a path: another number in each request that is ever sent."""

FIRST, SPACING = 40, 5
"""The first number of all, and from that of one run to that of the next: more than a run gets to."""

OK, NOT_MODIFIED = 200, 304

FEWEST = 40
"""Answers that a run of a given time has to have for its rate to mean something; else so many requests are counted."""

LONGEST_PAUSE = 30.0
"""Seconds between two runs."""

LONGEST_WITHOUT_BODY = 1000
SAME_SIZE = 0.95
"""Part of the first answer's length that the answers have on average: one without a body would be missed."""

_first_numbers = itertools.count(FIRST, SPACING)


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """As load.lua reads it."""
        return "\t".join([self.path, *itertools.chain.from_iterable(self.headers.items())])


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers per second, and milliseconds that the median and the slowest hundredth of them took, where known."""

    rate: float
    p50: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Requests that are sent in turns, each answered with `status`.

    `length` is that of an answer's body, `seconds` what one answer took without any other.
    """

    client: Client
    requests: Sequence[Request]
    status: int
    length: int
    seconds: float

    def run(self, connections: int, seconds: int) -> Measured:
        """For so long; where that gives few answers, as many as it gives, from the first to the last."""
        if seconds / self.seconds >= FEWEST:
            output = self._send(connections, seconds, 0)
            counts = read_counts(output)
            # wrk has left without the last answers, which the server goes on to make.
            time.sleep(min(LONGEST_PAUSE, connections * seconds / max(1, counts.requests)))
            if counts.wrong or counts.requests >= 2 * connections:
                return self._checked(output)
        rounds = max(1, math.ceil(seconds / self.seconds / connections))
        return self._checked(self._send(connections, seconds, rounds * connections))

    def run_once(self, connections: int) -> Measured:
        """Each request once."""
        return self._checked(self._send(connections, 1, len(self.requests)))

    def _checked(self, output: str) -> Measured:
        counts = read_counts(output)
        try:
            check_counts(counts, self.status, self.length)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{self.requests[0].path}\n{output}") from None
        return counts.measured

    def _send(self, connections: int, seconds: int, count: int) -> str:
        """What wrk writes."""
        if count:
            seconds = 60 + math.ceil(count * self.seconds * 10)  # it ends by itself before
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".tsv") as file:
            file.writelines(f"{request.line}\n" for request in self.requests)
            file.flush()
            command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
            command += ["--timeout", "60s", "--script", str(SCRIPT)]
            command += [f"http://{self.client.host}:{self.client.port}/", "--", file.name]
            command += [str(self.status), str(count), str(self._first_number())]
            finished = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True)
        return finished.stdout

    def _first_number(self) -> int:
        return next(_first_numbers) if any(NUMBER in request.path for request in self.requests) else FIRST


@dataclass(frozen=True, slots=True)
class Counts:
    """What load.lua writes: times in microseconds; no percentiles where requests were counted."""

    requests: int
    microseconds: int
    bytes: int
    wrong: int
    p50: int
    p99: int

    @property
    def measured(self) -> Measured:
        rate = self.requests / (self.microseconds / 1e6)
        return Measured(rate, self.p50 / 1000, self.p99 / 1000) if self.p99 else Measured(rate)


def read_counts(output: str) -> Counts:
    """Raises `RuntimeError` if wrk did not get to its end."""
    line = re.search(r"^measured (.*)$", output, re.MULTILINE)
    if line is None:
        raise RuntimeError(f"wrk came to no end:\n{output}")
    return Counts(**{name: int(value) for name, value in (pair.split("=") for pair in line[1].split())})


def check_counts(counts: Counts, status: int, length: int) -> None:
    """Raises `RuntimeError` if any answer was another than it should be: those are fast."""
    if counts.wrong or not counts.requests:
        raise RuntimeError(f"not every request was answered with {status}: {counts}")
    mean = counts.bytes / counts.requests
    if status == NOT_MODIFIED and mean > LONGEST_WITHOUT_BODY:
        raise RuntimeError(f"answers of {mean:.0f} bytes are not all without a body: {counts}")
    if status == OK and mean < SAME_SIZE * length:
        raise RuntimeError(f"answers of {mean:.0f} bytes are not all like the first one, of {length}: {counts}")


def prepare(client: Client, requests: Sequence[Request], status: int = OK) -> Load | None:
    """The load of these requests; None where the first one is answered with another status.

    The first answer loads what is loaded once; the second one is timed.
    """
    first = Request(requests[0].path.replace(NUMBER, str(FIRST)), requests[0].headers)
    client.get(first.path, first.headers)
    start = time.monotonic()
    answer = client.get(first.path, first.headers)
    took = time.monotonic() - start
    return Load(client, requests, status, len(answer.body), took) if answer.status == status else None


def required(load: Load | None, what: str) -> Load:
    """Raises `RuntimeError` if what has to be answered is not."""
    if load is None:
        raise RuntimeError(f"{what}: not answered as it has to be")
    return load


Contestant = Callable[[], Measured]


def take_turns(contestants: Sequence[Contestant], rounds: int) -> list[Measured]:
    """The median of each one's rounds."""
    runs = [[contestant() for contestant in contestants] for _ in range(rounds)]
    return [median(column) for column in zip(*runs, strict=True)]


def median(runs: Sequence[Measured]) -> Measured:
    def of(values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return statistics.median(known) if known else None

    rate = statistics.median(run.rate for run in runs)
    return Measured(rate, of([run.p50 for run in runs]), of([run.p99 for run in runs]))


def compete(loads: Sequence[Load | None], connections: int, effort: Effort) -> list[Measured | None]:
    """Each load's median; None where there is none."""
    running = [load for load in loads if load is not None]
    contestants = [_contestant(load, connections, effort.seconds) for load in running]
    measured = iter(take_turns(contestants, effort.rounds))
    return [next(measured) if load is not None else None for load in loads]


def _contestant(load: Load, connections: int, seconds: int) -> Contestant:
    return lambda: load.run(connections, seconds)
