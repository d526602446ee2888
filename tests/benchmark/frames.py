"""A frame of a large object against the same frame as an object of its own."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.benchmark.competitors import Stored, restart, store, wado
from tests.benchmark.effort import Effort
from tests.benchmark.images import FRAME_NUMBER, make_ct, make_frame_alone, make_frames
from tests.benchmark.load import Request, compete, prepare, required
from tests.benchmark.results import Row, Section, Target, rate_text, time_text
from tests.support.orthanc_process import OrthancProcess

FIRST_TARGET, LATER_TARGET = Target(3.0, is_at_most=True), Target(1.3, is_at_most=True)
NUMBERS = range(FRAME_NUMBER, FRAME_NUMBER + 16)
RESTARTS = 5
WARMING = 16
"""Requests for another image after a start, so that each worker has loaded its libraries."""


def measure_frames(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    large, other = store(orthanc, make_frames()), store(orthanc, make_ct())
    alone = [store(orthanc, make_frame_alone(number)) for number in NUMBERS]
    of_200 = [wado(large, {"frameNumber": number}) for number in NUMBERS]
    by_themselves = [wado(one, {"frameNumber": 1}) for one in alone]
    yield _first(orthanc, [of_200[0], by_themselves[0]], other)
    loads = [required(prepare(orthanc.client, requests), "a frame") for requests in (of_200, by_themselves)]
    for connections in effort.connections((1, 4), len(NUMBERS)):
        of_large, of_alone = compete(loads, connections, effort)
        assert of_large is not None and of_alone is not None
        ratio = of_alone.rate / of_large.rate
        yield Row("later requests", connections, (rate_text(of_large), rate_text(of_alone)), ratio, LATER_TARGET)


def _first(orthanc: OrthancProcess, asked: list[Request], other: Stored) -> Row:
    """Each in turn is the first one asked for after a start."""
    times: dict[str, list[float]] = {request.path: [] for request in asked}
    for number in range(RESTARTS):
        restart(orthanc)
        _warm(orthanc, wado(other, {}))
        for request in asked if number % 2 else reversed(asked):
            times[request.path].append(_milliseconds(orthanc, request))
    of_large, of_alone = (statistics.median(times[request.path]) for request in asked)
    cells = (time_text(of_large), time_text(of_alone))
    return Row("first request after a start", 1, cells, of_large / of_alone, FIRST_TARGET)


def _warm(orthanc: OrthancProcess, request: Request) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: orthanc.client.get(request.path), range(WARMING)))
    if any(answer.status != 200 for answer in answers):
        raise RuntimeError(f"not every request was answered: {answers}")


def _milliseconds(orthanc: OrthancProcess, request: Request) -> float:
    start = time.monotonic()
    answer = orthanc.client.get(request.path)
    took = time.monotonic() - start
    if answer.status != 200:
        raise RuntimeError(f"{request.path}: {answer}")
    return took * 1000


FRAMES = Section(
    "Frame 100 of 200, in a file of 105 MB",
    "Against the same frame as an object of its own, without the caches of answers and frames; later requests are for "
    "frames 100 to 115 in turns, against as many such objects.",
    ("of 200", "alone"),
    "time ×",
    measure_frames,
)
