"""What is counted while requests are answered, under names that Prometheus understands.

Orthanc takes a name and a number and writes both into `/tools/metrics-prometheus` as they are, so that labels go within
the name. No label has a value out of an object or of a request: each is one of few words.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from wado.cache_count import CacheCount, ObservedCache
from wado.front.exchange import HttpResponse
from wado.front.workers import PoolState
from wado.media_types import APPLICATION_JSON, OFFERS


class Sample(NamedTuple):
    """A number that counts is an `int`, one that measures a `float`: Orthanc tells them apart by the first one."""

    name: str
    value: float


class Metric(NamedTuple):
    """A row of the documentation's table."""

    name: str
    labels: str
    meaning: str


METRICS = (
    Metric("wado_requests_total", "`media_type`, `status`, `origin`", "answers"),
    Metric("wado_response_bytes_total", "`media_type`", "bytes of their bodies"),
    Metric(
        "wado_request_duration_seconds",
        "`origin`; `le`",
        "a histogram (`_bucket`, `_sum`, `_count`) of the seconds until an answer is ready, without the time in which "
        "the client reads it",
    ),
    Metric("wado_workers", "", "workers that run"),
    Metric("wado_workers_busy", "", "those that have a job"),
    Metric("wado_queue_length", "", "requests that wait for a worker"),
    Metric("wado_worker_restarts_total", "", "workers that ended and were replaced"),
    Metric(
        "wado_given_up_total",
        "`reason`",
        "answers given up: `timeout` (setting `Timeout`), `queue full` (`QueueLength`), `queue timeout` "
        "(`QueueTimeout`), `worker died` (twice in a row)",
    ),
    Metric("wado_cache_hits_total", "`cache`", "times that something was found in a cache"),
    Metric("wado_cache_misses_total", "`cache`", "times that it was not"),
    Metric("wado_cache_entries", "`cache`", "what is in the cache now"),
    Metric("wado_cache_bytes", "`cache`", "its size, of caches that are bounded in bytes"),
)

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds in seconds: from an answer without a worker to `Timeout`."""

OTHER_TYPE = "other"
KNOWN_TYPES = frozenset({media_type for offers in OFFERS.values() for media_type in offers} | {APPLICATION_JSON})


@lru_cache(maxsize=256)
def essence(media_type: str) -> str:
    """The media type without parameters, as one of those that are offered."""
    name = media_type.partition(";")[0].strip()
    return name if name in KNOWN_TYPES else OTHER_TYPE


class Histogram:
    """How many durations lie in each bucket, and their sum. Not by itself safe from several threads."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BUCKETS) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(BUCKETS, seconds)] += 1
        self._sum += seconds

    def samples(self, name: str, labels: str) -> Iterator[Sample]:
        """Buckets are cumulative, as those of Prometheus: each counts what is not above its bound."""
        total = 0
        for bound, count in zip((*BUCKETS, "+Inf"), self._counts, strict=True):
            total += count
            yield Sample(f'{name}_bucket{{{labels},le="{bound}"}}', total)
        yield Sample(f"{name}_sum{{{labels}}}", self._sum)
        yield Sample(f"{name}_count{{{labels}}}", total)


class _Answers:
    """Those of one media type, status and origin: the durations are of all of that origin."""

    __slots__ = ("bytes", "count", "durations")

    def __init__(self, durations: Histogram) -> None:
        self.count = self.bytes = 0
        self.durations = durations


class Metrics:
    """Counts answers, and collects what others count.

    `state` tells of the pool of workers and their caches, `caches` are those of the front by their names.
    """

    def __init__(self, state: Callable[[], PoolState], caches: Mapping[str, ObservedCache]) -> None:
        self._state = state
        self._caches = caches
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, int, str], _Answers] = {}
        self._durations: dict[str, Histogram] = {"made": Histogram()}

    def observe(self, response: HttpResponse, seconds: float) -> None:
        """Count an answer that was ready after so many seconds."""
        origin = response.origin
        kind = (essence(response.media_type), int(response.status), origin)
        size = len(response.body)
        with self._lock:
            answers = self._answers.get(kind)
            if answers is None:
                histogram = self._durations.setdefault(origin, Histogram())
                answers = self._answers[kind] = _Answers(histogram)
            answers.count += 1
            answers.bytes += size
            answers.durations.add(seconds)

    def samples(self) -> list[Sample]:
        """Everything, as it is now."""
        state = self._state()
        caches = {**{name: CacheCount.of(cache) for name, cache in self._caches.items()}, **state.caches}
        return [*self._request_samples(), *_pool_samples(state), *_cache_samples(caches)]

    def _request_samples(self) -> list[Sample]:
        sizes: Counter[str] = Counter()
        with self._lock:
            for (media_type, _, _), answers in self._answers.items():
                sizes[media_type] += answers.bytes
            requests = [
                Sample(
                    f'wado_requests_total{{media_type="{media_type}",status="{status}",origin="{origin}"}}',
                    answers.count,
                )
                for (media_type, status, origin), answers in self._answers.items()
            ]
            durations = [
                sample
                for origin, histogram in self._durations.items()
                for sample in histogram.samples("wado_request_duration_seconds", f'origin="{origin}"')
            ]
        lengths = [
            Sample(f'wado_response_bytes_total{{media_type="{media_type}"}}', size)
            for media_type, size in sizes.items()
        ]
        return requests + lengths + durations


def _pool_samples(state: PoolState) -> Iterator[Sample]:
    yield Sample("wado_workers", state.workers)
    yield Sample("wado_workers_busy", state.busy)
    yield Sample("wado_queue_length", state.waiting)
    yield Sample("wado_worker_restarts_total", state.restarts)
    for reason, count in state.given_up.items():
        yield Sample(f'wado_given_up_total{{reason="{reason}"}}', count)


def _cache_samples(caches: dict[str, CacheCount]) -> Iterator[Sample]:
    for name, count in caches.items():
        labels = f'{{cache="{name}"}}'
        yield Sample(f"wado_cache_hits_total{labels}", count.hits)
        yield Sample(f"wado_cache_misses_total{labels}", count.misses)
        yield Sample(f"wado_cache_entries{labels}", count.entries)
        if count.bytes is not None:
            yield Sample(f"wado_cache_bytes{labels}", count.bytes)
