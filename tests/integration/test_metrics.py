"""What Orthanc's metrics and log say of the requests that were answered, and of those that were not."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.integration.objects import Parameters, slow, stored_squares
from tests.support.http_client import query
from tests.support.orthanc_process import OrthancProcess, wait_for

LONGEST = 60.0
"""Seconds until what is counted has been handed to Orthanc: it is, once a second."""

Metrics = Mapping[str, float]


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancProcess]:
    """One worker, which may take two seconds; the lines of requests are in the log."""
    settings = {"Workers": 1, "Timeout": 2, "QueueLength": 0, "RequestLog": "warning", "AnswerCache": 0}
    with OrthancProcess(tmp_path_factory.mktemp("observed"), Wado=settings) as process:
        wait_for(lambda: "wado_workers" in scrape(process), LONGEST, "the first metrics")
        yield process


@pytest.fixture(scope="module")
def small(observed: OrthancProcess) -> Parameters:
    uids, content = stored_squares()
    observed.store(content)
    return uids


@pytest.fixture(autouse=True)
def a_worker_is_free(request: pytest.FixtureRequest) -> None:
    """Whatever became of it in the test before."""
    if "observed" in request.fixturenames:
        process: OrthancProcess = request.getfixturevalue("observed")
        small: Parameters = request.getfixturevalue("small")
        wait_for(lambda: process.wado(small).status == 200, LONGEST, "a worker")


def scrape(process: OrthancProcess) -> Metrics:
    text = process.client.get("/tools/metrics-prometheus").text
    found = re.findall(r"^(wado_\S*(?:\{.*\})?) (\S+) \d+$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def scrape_all(process: OrthancProcess) -> Metrics:
    """With all that was counted until now: what was handed over a second from now at the earliest."""
    earliest = 1000 * (time.time() + 1)

    def is_new() -> bool:
        text = process.client.get("/tools/metrics-prometheus").text
        return any(float(stamp) > earliest for stamp in re.findall(r"^wado_workers \S+ (\d+)$", text, re.MULTILINE))

    wait_for(is_new, LONGEST, "new metrics")
    return scrape(process)


def wait_for_growth(process: OrthancProcess, before: Metrics, expected: Metrics) -> None:
    """Until each of these has grown by so much."""
    now: dict[str, float] = {}

    def has_grown() -> bool:
        now.update(scrape(process))
        return all(now.get(name, 0) - before.get(name, 0) == growth for name, growth in expected.items())

    try:
        wait_for(has_grown, LONGEST, f"{expected}")
    except TimeoutError:
        assert {name: now.get(name, 0) - before.get(name, 0) for name in expected} == expected


def last_line(process: OrthancProcess) -> str:
    lines: list[str] = re.findall(r"WADO-URI: (status=.*)", process.log())
    return lines[-1]


def test_answers_of_several_kinds_are_counted(observed: OrthancProcess, small: Parameters) -> None:
    before = scrape_all(observed)
    sizes = [len(observed.wado(small | {"contentType": "image/png", "rows": 20 + number}).body) for number in range(3)]
    dicom = observed.wado(small | {"contentType": "application/dicom"})
    observed.wado(small | {"rows": -1})
    observed.wado(small | {"objectUID": "1.2.3"})
    observed.client.request("POST", "/wado", b"")
    expected = {
        'wado_requests_total{media_type="image/png",status="200",origin="made"}': 3,
        'wado_requests_total{media_type="application/dicom",status="200",origin="made"}': 1,
        'wado_requests_total{media_type="text/plain",status="400",origin="refused"}': 1,
        'wado_requests_total{media_type="text/plain",status="404",origin="refused"}': 1,
        'wado_requests_total{media_type="text/plain",status="405",origin="refused"}': 1,
        'wado_response_bytes_total{media_type="image/png"}': sum(sizes),
        'wado_response_bytes_total{media_type="application/dicom"}': len(dicom.body),
        'wado_request_duration_seconds_count{origin="made"}': 4,
        'wado_request_duration_seconds_bucket{origin="refused",le="+Inf"}': 3,
    }
    wait_for_growth(observed, before, expected)


def test_the_caches_are_told_of(observed: OrthancProcess, small: Parameters) -> None:
    observed.wado(small | {"contentType": "image/png", "rows": 17})
    before = scrape_all(observed)
    for number in range(5):
        observed.wado(small | {"contentType": "image/png", "rows": 18 + number})
    hits = {f'wado_cache_hits_total{{cache="{name}"}}': 5 for name in ("identifiers", "objects", "headers")}
    wait_for_growth(observed, before, hits)
    assert scrape(observed)['wado_cache_entries{cache="headers"}'] >= 1


def test_a_worker_that_is_killed_is_counted(observed: OrthancProcess, small: Parameters) -> None:
    before = scrape_all(observed)
    os.kill(observed.workers()[0], signal.SIGKILL)
    wait_for_growth(observed, before, {"wado_worker_restarts_total": 1, "wado_workers": 0})


def test_an_answer_that_takes_too_long_is_counted_and_its_object_named(observed: OrthancProcess) -> None:
    uids, content = slow(number_of_frames=200)
    identifier = observed.store(content).json()["ID"]
    before = scrape_all(observed)
    assert observed.wado(uids | {"contentType": "application/dicom"}).status == 503
    expected = {
        'wado_given_up_total{reason="timeout"}': 1,
        "wado_worker_restarts_total": 1,
        'wado_requests_total{media_type="text/plain",status="503",origin="refused"}': 1,
    }
    wait_for_growth(observed, before, expected)
    line = re.match(r"status=503 type=text/plain bytes=\d+ ms=(\d+\.\d) ", last_line(observed))
    assert line and 2000 <= float(line[1]) < 1000 * LONGEST
    assert f"origin=refused instance={identifier} parameters=-" in last_line(observed)


def test_the_log_has_a_line_for_each_request_and_no_value_of_it(observed: OrthancProcess, small: Parameters) -> None:
    answer = observed.wado(small | {"contentType": "image/png", "rows": 33, "patient": "Doe^Jane", "Doe": "1"})
    line = last_line(observed)
    assert re.fullmatch(
        rf"status=200 type=image/png bytes={len(answer.body)} ms=[0-9.]+ origin=made "
        r"instance=[0-9a-f]{8}(?:-[0-9a-f]{8}){4} parameters=rows",
        line,
    )
    for value in ("Doe", str(small["objectUID"]), str(small["studyUID"])):
        assert value not in observed.log()


@pytest.mark.parametrize("level", ["off", "info"])
def test_by_default_no_request_is_in_the_log(tmp_path: Path, level: str) -> None:
    with OrthancProcess(tmp_path, Wado={"Workers": 1, "RequestLog": level}) as process:
        uids, content = stored_squares()
        process.store(content)
        process.wado(uids)
        assert "status=" not in process.log()
        process.client.request("PUT", "/tools/log-level-plugins", b"verbose")
        time.sleep(1.1)  # the plugin asks for the level once a second
        process.wado(uids)
        assert ("WADO-URI: status=200" in process.log()) == (level == "info")
        assert process.stop() == 0
        assert process.faults() == []


def test_metrics_go_on_after_a_new_start(tmp_path: Path) -> None:
    """POST /tools/reset: Orthanc stops all plugins and starts them again in the same process."""
    with OrthancProcess(tmp_path, Wado={"Workers": 1}) as process:
        wait_for(lambda: "wado_workers" in scrape(process), LONGEST, "the first metrics")
        before = process.workers()
        assert process.client.request("POST", "/tools/reset", b"").status == 200
        wait_for(lambda: process.workers() not in (before, []), 60, "new workers")
        process.wait_until_ready()
        process.client.get(f"/wado?{query({'requestType': 'WADO'})}")
        refused = 'wado_requests_total{media_type="text/plain",status="400",origin="refused"}'
        wait_for(lambda: scrape(process).get(refused) == 1, 60, "metrics")
        assert process.stop() == 0
        assert process.faults() == []
        assert "published no more" not in process.log()
