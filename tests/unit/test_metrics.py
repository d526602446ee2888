"""What is counted of the answers, and the names it goes by."""

from __future__ import annotations

import re
import threading
from http import HTTPStatus

import pytest

from wado.cache_count import CacheCount
from wado.errors import NotFound
from wado.front.exchange import HttpResponse, error_response
from wado.front.metrics import BUCKETS, METRICS, Metrics, essence
from wado.front.workers import GIVEN_UP, PoolState
from wado.remembered import Remembered

PICTURE = HttpResponse(HTTPStatus.OK, "image/jpeg", b"picture")
STATE = PoolState(
    workers=4,
    busy=3,
    waiting=2,
    restarts=1,
    given_up=dict.fromkeys(GIVEN_UP, 0) | {"queue full": 7},
    caches={"frames": CacheCount(hits=5, misses=6, entries=7, bytes=8)},
)


def make_metrics() -> Metrics:
    return Metrics(lambda: STATE, {"objects": Remembered[str, int](1)})


def published(metrics: Metrics) -> dict[str, float]:
    return dict(metrics.samples())


def test_answers_are_counted_by_type_status_and_origin() -> None:
    metrics = make_metrics()
    for response in (PICTURE, PICTURE, HttpResponse(HTTPStatus.OK, "text/html; charset=UTF-8", b"report")):
        metrics.observe(response, 0.1)
    metrics.observe(HttpResponse(HTTPStatus.OK, "image/jpeg", b"picture", origin="kept"), 0.1)
    metrics.observe(error_response(NotFound("there is none")), 0.1)
    samples = published(metrics)
    assert {name: value for name, value in samples.items() if name.startswith("wado_requests_total")} == {
        'wado_requests_total{media_type="image/jpeg",status="200",origin="made"}': 2,
        'wado_requests_total{media_type="image/jpeg",status="200",origin="kept"}': 1,
        'wado_requests_total{media_type="text/html",status="200",origin="made"}': 1,
        'wado_requests_total{media_type="text/plain",status="404",origin="refused"}': 1,
    }
    assert samples['wado_response_bytes_total{media_type="image/jpeg"}'] == 3 * len(b"picture")
    assert samples['wado_response_bytes_total{media_type="text/html"}'] == len(b"report")


def test_durations_are_a_cumulative_histogram() -> None:
    metrics = make_metrics()
    for seconds in (0.0004, 0.0005, 0.02, 0.3, 100.0):  # a bound is within its bucket
        metrics.observe(PICTURE, seconds)
    samples = published(metrics)
    name = 'wado_request_duration_seconds_bucket{{origin="made",le="{}"}}'
    buckets = [samples[name.format(bound)] for bound in (*BUCKETS, "+Inf")]
    assert buckets == [2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 5]
    assert samples['wado_request_duration_seconds_sum{origin="made"}'] == pytest.approx(100.3209)
    assert samples['wado_request_duration_seconds_count{origin="made"}'] == 5


def test_the_pool_and_the_caches_are_told_of() -> None:
    samples = published(make_metrics())
    assert samples["wado_workers"] == 4
    assert samples["wado_workers_busy"] == 3
    assert samples["wado_queue_length"] == 2
    assert samples["wado_worker_restarts_total"] == 1
    assert samples['wado_given_up_total{reason="queue full"}'] == 7
    assert samples['wado_given_up_total{reason="timeout"}'] == 0
    assert samples['wado_cache_hits_total{cache="frames"}'] == 5
    assert samples['wado_cache_misses_total{cache="frames"}'] == 6
    assert samples['wado_cache_entries{cache="frames"}'] == 7
    assert samples['wado_cache_bytes{cache="frames"}'] == 8
    assert samples['wado_cache_hits_total{cache="objects"}'] == 0
    assert 'wado_cache_bytes{cache="objects"}' not in samples  # of which nobody knows how much it takes


def test_whole_numbers_stay_whole() -> None:
    metrics = make_metrics()
    metrics.observe(PICTURE, 0.1)
    kinds = {name: type(value) for name, value in metrics.samples()}
    assert {name for name, kind in kinds.items() if kind is float} == {
        'wado_request_duration_seconds_sum{origin="made"}'
    }


def test_a_media_type_that_is_none_of_ours_is_not_told() -> None:
    assert essence("image/png") == "image/png"
    assert essence("text/plain; charset=UTF-8") == "text/plain"
    assert essence('text/Doe^Jane"}') == "other"


def test_every_name_is_documented_and_as_prometheus_wants_it() -> None:
    metrics = make_metrics()
    metrics.observe(PICTURE, 0.1)
    names = set()
    for sample in metrics.samples():
        found = re.fullmatch(r'([a-z_]+)(?:\{[a-z_]+="[^"\\\n]*"(?:,[a-z_]+="[^"\\\n]*")*\})?', sample.name)
        assert found, sample.name
        names.add(re.sub(r"(duration_seconds)_(bucket|sum|count)$", r"\1", found[1]))
    assert names == {metric.name for metric in METRICS}


def test_no_answer_is_lost_between_threads() -> None:
    metrics = make_metrics()

    def observe() -> None:
        for _ in range(2000):
            metrics.observe(PICTURE, 0.01)

    threads = [threading.Thread(target=observe) for _ in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        metrics.samples()
    for thread in threads:
        thread.join()
    assert published(metrics)['wado_request_duration_seconds_count{origin="made"}'] == 16000
