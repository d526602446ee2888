"""The worker processes: killed, out of time, out of memory, all busy; the next request is always answered."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import pytest

from tests.integration.objects import Parameters, large, slow, stored_squares
from tests.support.http_client import Answer
from tests.support.orthanc_process import OrthancProcess, is_alive, wait_for
from wado.worker.main import NICENESS

DICOM: Parameters = {"contentType": "application/dicom"}
PNG: Parameters = {"contentType": "image/png"}


FRAMES = 60
"""Of an object whose worker is busy for some seconds, in which it is found out to be."""


class Stored(NamedTuple):
    """An Orthanc, and the UIDs of what it has."""

    process: OrthancProcess
    small: Parameters
    slow: Parameters
    huge: Parameters


def stored_in(process: OrthancProcess, number_of_frames: int) -> Stored:
    files = stored_squares(), slow(number_of_frames), large(8000, 8000)
    assert [process.store(content).status for _, content in files] == [200, 200, 200]
    return Stored(process, *(uids for uids, _ in files))


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    """One worker with the least of memory, which may take its time."""
    little = {"Workers": 1, "WorkerMemory": 256, "AnswerCache": 0}
    with OrthancProcess(tmp_path_factory.mktemp("patient"), Wado=little) as process:
        yield stored_in(process, number_of_frames=FRAMES)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    """One worker that may take two seconds, and no line of requests."""
    little = {"Workers": 1, "Timeout": 2, "QueueLength": 0, "AnswerCache": 0}
    with OrthancProcess(tmp_path_factory.mktemp("strict"), Wado=little) as process:
        yield stored_in(process, number_of_frames=200)


@pytest.fixture(scope="module")
def without_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    """One worker that may take its time, and no line of requests."""
    little = {"Workers": 1, "QueueLength": 0, "AnswerCache": 0}
    with OrthancProcess(tmp_path_factory.mktemp("without-line"), Wado=little) as process:
        yield stored_in(process, number_of_frames=FRAMES)


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as executor:
        yield executor


@pytest.fixture(autouse=True)
def all_is_well_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """One worker works, nothing is left over, and nothing but the end of a worker is in the log."""
    yield
    names = {"patient", "strict", "without_line"}.intersection(request.fixturenames)
    (stored,) = (request.getfixturevalue(name) for name in names)
    wait_for(lambda: stored.process.wado(stored.small).status == 200, 60, "a worker")
    assert len(stored.process.workers()) == 1
    assert stored.process.zombies() == []
    assert stored.process.faults() == []


def busy_worker(stored: Stored, future: Future[Answer]) -> int:
    """The worker, once it is busy with the request that was sent in the background."""
    busy: list[int] = []

    def begins() -> bool:
        busy.extend(stored.process.busy_workers())
        return future.done() or bool(busy)

    wait_for(begins, 60, "the worker to begin")
    assert busy, future.result()
    return busy[0]


def kill(worker: int) -> None:
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: not is_alive(worker), 60, "the worker to end")


def test_a_worker_killed_while_idle_is_replaced_before_anyone_notices(
    patient: Stored, background: ThreadPoolExecutor
) -> None:
    for _ in range(4):
        (worker,) = patient.process.workers()
        os.kill(worker, signal.SIGKILL)
        futures = [background.submit(patient.process.wado, patient.small) for _ in range(4)]
        assert [future.result(120).status for future in futures] == [200] * 4
    assert "a worker ended (signal 9)" in patient.process.log()


def test_a_request_whose_worker_is_killed_is_answered_by_another(
    patient: Stored, background: ThreadPoolExecutor
) -> None:
    future = background.submit(patient.process.wado, patient.slow | DICOM)
    kill(busy_worker(patient, future))
    answer = future.result(120)
    assert answer.status == 200, answer
    assert len(answer.body) > FRAMES * 512 * 512


def test_a_request_that_ends_two_workers_is_given_up(patient: Stored, background: ThreadPoolExecutor) -> None:
    future = background.submit(patient.process.wado, patient.slow | DICOM)
    for _ in range(2):
        kill(busy_worker(patient, future))
    answer = future.result(120)
    assert answer.status == 500
    assert "ends every worker" in answer.text


def test_a_worker_that_is_stopped_is_ended_at_the_deadline(strict: Stored, background: ThreadPoolExecutor) -> None:
    os.kill(strict.process.workers()[0], signal.SIGSTOP)
    answer = strict.process.wado(strict.small)
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")


def test_an_answer_that_takes_too_long_is_given_up(strict: Stored) -> None:
    answer = strict.process.wado(strict.slow | DICOM)
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    assert answer.text == "503 Service Unavailable: the answer took longer than 2 seconds and was given up\n"


def test_a_request_is_refused_while_all_are_busy(without_line: Stored, background: ThreadPoolExecutor) -> None:
    future = background.submit(without_line.process.wado, without_line.slow | DICOM)
    worker = busy_worker(without_line, future)
    os.kill(worker, signal.SIGSTOP)  # so that it stays busy
    try:
        answer = without_line.process.wado(without_line.small)
    finally:
        os.kill(worker, signal.SIGCONT)
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert "busy" in answer.text
    assert future.result(120).status == 200


@pytest.mark.parametrize("parameters", [PNG, PNG | {"rows": 100}, DICOM], ids=["png", "small", "dicom"])
def test_an_object_that_needs_too_much_memory_is_refused(patient: Stored, parameters: Parameters) -> None:
    before = patient.process.workers()
    answer = patient.process.wado(patient.huge | parameters)
    assert answer.status == 503, answer
    assert "WorkerMemory" in answer.text
    assert patient.process.workers() == before


def test_a_line_of_requests_is_answered_in_the_end(patient: Stored, background: ThreadPoolExecutor) -> None:
    start = threading.Barrier(16)

    def ask(number: int) -> int:
        start.wait(60)
        return patient.process.wado(patient.small | {"rows": number + 1}).status

    assert list(background.map(ask, range(16))) == [200] * 16


def test_a_client_that_goes_away_does_no_harm(patient: Stored) -> None:
    for _ in range(20):
        patient.process.client.send(b"GET /wado?requestType=WADO HTTP/1.1\r\n")
    assert patient.process.wado(patient.small).status == 200


def test_workers_give_way_to_orthanc_itself(patient: Stored) -> None:
    assert os.getpriority(os.PRIO_PROCESS, patient.process.pid) == os.getpriority(os.PRIO_PROCESS, 0)
    (worker,) = patient.process.workers()
    assert os.getpriority(os.PRIO_PROCESS, worker) == os.getpriority(os.PRIO_PROCESS, 0) + NICENESS
