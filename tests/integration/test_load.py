"""Ten thousand requests of every kind from sixteen connections leave nothing behind."""

from __future__ import annotations

import http.client
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.objects import stored_squares
from tests.integration.test_archive import store_file
from tests.support.http_client import TIMEOUT, query, read_answer
from tests.support.orthanc_process import LOOPBACK, OrthancProcess, open_names, resident_memory, wait_for

CONNECTIONS = 16
REQUESTS = 10_000
WARM_UP = 2_000
LONGEST = 60.0
"""Seconds after which the rest of the requests is left out, on a machine that is slow or busy."""

WORKER_GROWTH = 30
ORTHANC_GROWTH = 60
"""Mebibytes that memory may grow by after the warm-up; before version 4.1, the Python plugin loses 2 KiB a request."""

FILES = (
    "CT_small.dcm",
    "JPEG2000.dcm",
    "examples_ybr_color.dcm",
    "examples_palette.dcm",
    "image_dfl.dcm",
    "rtplan.dcm",
)
VARIATIONS = (
    "",
    "&contentType=image/png",
    "&contentType=application/dicom",
    "&contentType=application/dicom&transferSyntax=*",
    "&contentType=image/jpeg&frameNumber=1&rows=100",
    "&contentType=image/jpeg&windowCenter=50&windowWidth=100",
    "&contentType=image/gif",
    "&rows=-1",
    "&contentType=%zz",
    "&windowCenter=1",
)


@pytest.fixture
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancProcess]:
    with OrthancProcess(tmp_path_factory.mktemp("loaded"), Wado={"Workers": 2}) as process:
        yield process


def targets_in(process: OrthancProcess) -> list[str]:
    """Good requests, bad ones, and some for what is not there."""
    uids, content = stored_squares()
    process.store(content)
    known = [uids, *(store_file(process, name) for name in FILES)]
    unknown = [uids | {"objectUID": f"1.2.3.{number}"} for number in range(3)]
    queries = [query({"requestType": "WADO", **item}) + text for item in [*known, *unknown] for text in VARIATIONS]
    return [f"/wado?{text}" for text in [*queries, "", "requestType=WADO", "requestType=x", "studyUID=1.2"]]


def ask_many(process: OrthancProcess, targets: list[str], deadline: float) -> Counter[int]:
    """How often each status came on one connection, which is made again whenever Orthanc closes it."""
    statuses: Counter[int] = Counter()
    connection = http.client.HTTPConnection(LOOPBACK, process.port, timeout=TIMEOUT)
    try:
        for target in targets:
            if time.monotonic() > deadline:
                break
            statuses[ask(connection, target)] += 1
    finally:
        connection.close()
    return statuses


def ask(connection: http.client.HTTPConnection, target: str) -> int:
    try:
        connection.request("GET", target)
        return read_answer(connection).status
    except (http.client.HTTPException, ConnectionError):  # it was idle for too long
        connection.close()
        connection.request("GET", target)
        return read_answer(connection).status


def ask_in_parallel(process: OrthancProcess, targets: list[str], count: int) -> Counter[int]:
    deadline = time.monotonic() + LONGEST
    shares = [random.Random(seed).choices(targets, k=count // CONNECTIONS) for seed in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as executor:
        return sum(executor.map(lambda share: ask_many(process, share, deadline), shares), Counter[int]())


def test_many_requests_leave_no_memory_no_file_and_no_process_behind(loaded: OrthancProcess) -> None:
    targets = targets_in(loaded)
    workers = loaded.workers()
    worker_files = [len(open_names(pid)) for pid in workers]
    orthanc_files = len(open_names(loaded.pid))
    ask_in_parallel(loaded, targets, WARM_UP)
    worker_memory = [resident_memory(pid) for pid in workers]
    orthanc_memory = resident_memory(loaded.pid)

    statuses = ask_in_parallel(loaded, targets, REQUESTS)

    assert set(statuses) == {200, 400, 404, 406}
    assert loaded.workers() == workers
    wait_for(lambda: [len(open_names(pid)) for pid in workers] == worker_files, 60, "the workers to close their files")
    wait_for(lambda: len(open_names(loaded.pid)) <= orthanc_files, 60, "Orthanc to close its files and connections")
    for pid, before in zip(workers, worker_memory, strict=True):
        assert resident_memory(pid) <= before + WORKER_GROWTH
    assert resident_memory(loaded.pid) <= orthanc_memory + ORTHANC_GROWTH
    assert loaded.zombies() == []
    assert loaded.faults() == []
