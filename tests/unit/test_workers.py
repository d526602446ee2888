"""The pool of workers: with the workers themselves, and with stand-ins that misbehave in one way each."""

from __future__ import annotations

import contextlib
import os
import queue
import random
import signal
import stat
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.descriptors import no_file_left_open
from tests.support.memory_archive import MemoryObject, read_object
from tests.support.orthanc_process import children_of, wait_for
from tests.support.worker_settings import worker_settings
from wado.cache_count import CacheCount
from wado.errors import BadRequest, InternalError, NotAcceptable, Unavailable
from wado.front.worker_process import SERVED_REMEMBERED, StartError, WorkerCommand, WorkerDied, WorkerProcess
from wado.front.workers import GIVEN_UP, FreeWorkers, WorkerPool
from wado.job import INLINE_LIMIT, Job, Needs, Representation, encode_job

PLUGIN_DIRECTORY = str(Path(__file__).parents[2] / "plugin")
ENVIRONMENT = sorted(["LANG", "PATH", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"])

JOB = Job("attachment", 0, "object", "application/dicom")

PATIENCE = 120.0
"""Seconds for what must happen, which on a machine that has much else to do may take long."""

STAND_IN = """#!{interpreter} -I
import json, os, socket, struct, sys, time
jobs, lifeline = socket.socket(fileno=int(sys.argv[5])), int(sys.argv[6])

def receive():
    message, files, _, _ = socket.recv_fds(jobs, 1 << 18, 1)
    if not message:
        sys.exit()
    return message, files

def tell(header, body=b"", *files):
    header = json.dumps(header).encode()
    socket.send_fds(jobs, [struct.pack("<I", len(header)), header, body], files)

def answer(body=b"done", *files, size=None):
    tell({{"media_type": "text/plain", "body_size": size, "warnings": []}}, body, *files)

def first_of_its_kind():
    try:
        os.close(os.open({marker!r}, os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False

{behaviour}
"""

COUNT = """
import select

def number():
    "How many workers were started before this one."
    return mine

def await_job():
    select.select([jobs], [], [])

mine = 0
while True:
    try:
        os.close(os.open({marker!r} + str(mine), os.O_CREAT | os.O_EXCL))
        break
    except FileExistsError:
        mine += 1
"""

HELD = """
def held():
    "Waits until the test lets it go."
    while not os.path.exists({go!r}):
        time.sleep(0.01)
    return True
"""

NAME = """
def name():
    return json.loads(message)["attachment"].encode()
"""

SERVE = """
jobs.send(b"ready")
while True:
    message, files = receive()
    {what}
    for file in files:
        os.close(file)
"""


class Log(list[str]):
    def __call__(self, text: str) -> None:
        self.append(text)


@contextlib.contextmanager
def running(command: WorkerCommand, **options: Any) -> Iterator[tuple[WorkerPool, Log]]:
    log = Log()
    patience = {"timeout": PATIENCE, "queue_timeout": PATIENCE}
    defaults: dict[str, Any] = {"count": 1, "queue_length": 8, "log": log, **patience}
    pool = WorkerPool(command, **defaults | options)
    try:
        pool.start()
        yield pool, log
    finally:
        pool.close()


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[[str], WorkerCommand]:
    """Makes a worker of a few lines, in the place of the interpreter."""

    def make(behaviour: str) -> WorkerCommand:
        script = tmp_path / "worker"
        marker = str(tmp_path / "marker")
        behaviour = behaviour.replace("{marker!r}", repr(marker))
        script.write_text(STAND_IN.format(interpreter=sys.executable, marker=marker, behaviour=behaviour))
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return WorkerCommand(str(script), PLUGIN_DIRECTORY, worker_settings(worker_memory=512))

    return make


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """Stand-ins whose behaviour begins with `waiting(go)` are `held()` until this file is there."""
    return tmp_path / "go"


def waiting(go: Path) -> str:
    return HELD.format(go=str(go))


def done(answer: Representation | Needs) -> Representation:
    assert isinstance(answer, Representation)
    return answer


def run(pool: WorkerPool, job: Job = JOB) -> Representation:
    with open(os.devnull, "rb") as nothing:
        return done(pool.run(job, nothing.fileno()))


def run_on(pool: WorkerPool, item: MemoryObject, **what: Any) -> Representation:
    descriptor = os.memfd_create("object")
    try:
        os.write(descriptor, item.content)
        job = Job(item.instance.attachment, item.instance.size, "single-frame image", **what)
        return done(pool.run(job, descriptor))
    finally:
        os.close(descriptor)


def wait_until(condition: Callable[[], bool]) -> None:
    wait_for(condition, PATIENCE, "what never came true")


@pytest.fixture(scope="module")
def real_pool() -> Iterator[WorkerPool]:
    command = WorkerCommand(sys.executable, PLUGIN_DIRECTORY, worker_settings(worker_memory=1024))
    with running(command, count=2) as (pool, log):
        yield pool
        assert not log


def test_a_real_worker_makes_a_picture(real_pool: WorkerPool) -> None:
    picture = run_on(real_pool, read_object("CT_small.dcm"), media_type="image/png")
    assert picture.media_type == "image/png"
    assert bytes(picture.body)[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_real_worker_hands_back_the_stored_file_itself(real_pool: WorkerPool) -> None:
    item = read_object("CT_small.dcm")
    answer = run_on(real_pool, item, media_type="application/dicom", transfer_syntaxes=("*",))
    assert bytes(answer.body) == item.content


def test_an_answer_larger_than_a_datagram_arrives_whole(real_pool: WorkerPool) -> None:
    item = read_object("examples_overlay.dcm")
    assert item.instance.size > 2 * INLINE_LIMIT
    picture = run_on(real_pool, item, media_type="image/png", rows=1000)
    assert bytes(picture.body)[-8:-4] == b"IEND"
    assert len(picture.body) > INLINE_LIMIT


def test_a_refusal_of_a_real_worker_arrives_as_the_error_that_it_is(real_pool: WorkerPool) -> None:
    with pytest.raises(BadRequest) as refusal:
        run_on(real_pool, read_object("CT_small.dcm"), media_type="image/png", rows=10**6)
    assert refusal.value.parameter == "rows"


def test_what_is_no_dicom_is_refused_by_a_real_worker(real_pool: WorkerPool) -> None:
    item = read_object("CT_small.dcm")
    rubbish = MemoryObject(item.reference, item.instance, random.Random(1).randbytes(item.instance.size))
    with pytest.raises(NotAcceptable):
        run_on(real_pool, rubbish, media_type="image/tiff")


def test_many_requests_share_two_real_workers(real_pool: WorkerPool) -> None:
    item = read_object("MR_small.dcm")
    pictures: list[bytes] = []

    def ask() -> None:
        pictures.extend(bytes(run_on(real_pool, item, media_type="image/png").body) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pictures) == 30
    assert len(set(pictures)) == 1


def test_no_file_is_left_open_by_jobs(real_pool: WorkerPool) -> None:
    item = read_object("examples_overlay.dcm")
    with no_file_left_open():
        for _ in range(5):
            run_on(real_pool, item, media_type="application/dicom", transfer_syntaxes=("*",))


def test_a_job_whose_worker_dies_is_done_by_another(stand_in: Callable[[str], WorkerCommand]) -> None:
    behaviour = SERVE.format(what="os._exit(3) if first_of_its_kind() else answer()")
    with running(stand_in(behaviour), count=2) as (pool, log):
        assert bytes(run(pool).body) == b"done"
        wait_until(lambda: log == ["a worker ended (exit code 3); another one is started"])


def test_a_job_that_kills_two_workers_is_given_up(stand_in: Callable[[str], WorkerCommand]) -> None:
    behaviour = SERVE.format(what="os.kill(os.getpid(), 11)")
    with running(stand_in(behaviour), count=2) as (pool, log):
        with pytest.raises(InternalError, match="ends every worker"):
            run(pool)
        wait_until(lambda: len(log) == 2)
        assert set(log) == {"a worker ended (signal 11); another one is started"}


def test_a_job_that_no_worker_took_is_given_to_the_next_one(stand_in: Callable[[str], WorkerCommand]) -> None:
    """However often: it cannot have been what they died of. That it was taken once by one that died is still known."""
    behaviour = SERVE.format(what="os.kill(os.getpid(), 11) if number() == 3 else answer()")
    ends_before_it_reads = "if number() < 3:\n    jobs.send(b'ready')\n    await_job()\n    os._exit(7)\n"
    with running(stand_in(COUNT + ends_before_it_reads + behaviour)) as (pool, log):
        assert bytes(run(pool).body) == b"done"
        ends = [*["exit code 7"] * 3, "signal 11"]
        wait_until(lambda: log == [f"a worker ended ({end}); another one is started" for end in ends])
        assert pool.state().given_up == dict.fromkeys(GIVEN_UP, 0)


def test_a_job_that_no_worker_ever_takes_is_given_up_in_time(stand_in: Callable[[str], WorkerCommand]) -> None:
    behaviour = COUNT + "jobs.send(b'ready')\nawait_job()\nos._exit(7)\n"
    with running(stand_in(behaviour), timeout=1, queue_timeout=2) as (pool, _):
        with pytest.raises(Unavailable):
            run(pool)  # it would be tried for ever, a second each time
        assert pool.state().given_up["worker died"] == 0


def test_a_worker_that_dies_late_leaves_its_job_the_rest_of_the_time(
    stand_in: Callable[[str], WorkerCommand], tmp_path: Path
) -> None:
    """As the time that is set on the socket to the other worker tells."""
    begun = tmp_path / "begun"
    begin = f"os.close(os.open({str(begun)!r}, os.O_CREAT)); time.sleep(3600)"
    behaviour = SERVE.format(what=f"(time.sleep(2), os._exit(3)) if first_of_its_kind() else None; {begin}")
    options = {"count": 2, "timeout": 100, "queue_timeout": 0.5}
    with ThreadPoolExecutor(1) as threads, running(stand_in(behaviour), **options) as (pool, _):
        began = time.monotonic()
        request = threads.submit(run, pool)
        wait_until(lambda: begun.exists() or request.done())
        assert not request.done(), request.result()
        left = min(worker._socket.gettimeout() or 0 for worker in pool._workers)
        assert 100.5 - (time.monotonic() - began) <= left <= 100.5 - 2
    with pytest.raises(InternalError, match="ends every worker"):  # as the pool does, to the second one
        request.result()


def test_a_request_whose_worker_died_has_its_place_in_a_full_line(
    stand_in: Callable[[str], WorkerCommand], go: Path
) -> None:
    behaviour = waiting(go) + SERVE.format(what="held(); os._exit(3) if first_of_its_kind() else answer()")
    with running(stand_in(behaviour), queue_length=1) as (pool, _), ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(run, pool) for _ in range(2)]
        wait_until(lambda: pool.state()[:3] == (1, 1, 1))
        go.touch()
        assert [bytes(answer.result(PATIENCE).body) for answer in answers] == [b"done"] * 2


def test_a_worker_that_died_is_not_counted_among_the_free_ones(stand_in: Callable[[str], WorkerCommand]) -> None:
    with running(stand_in(SERVE.format(what="answer()")), count=2) as (pool, _):
        next(iter(pool._workers)).kill()
        wait_until(lambda: pool.state().restarts == 1 and pool.state().workers == 2)
        wait_until(lambda: pool.state().busy == 0)
        assert len(pool._free) == 2
        run(pool)
        assert pool.state()[:2] == (2, 0)


def kill_all(pool: WorkerPool) -> None:
    """At one instant, as good as: what the kernel does where memory is short."""
    for worker in list(pool._workers):
        worker.kill()


def death_of(worker: WorkerProcess, kill: Callable[[], object]) -> WorkerDied | None:
    """Of what the job was answered with, while `kill` runs in another thread; none if there was an answer."""
    killer = threading.Thread(target=kill)
    with open(os.devnull, "rb") as nothing:
        killer.start()
        try:
            worker.exchange(encode_job(JOB), [nothing.fileno()], PATIENCE)
        except WorkerDied as death:
            return death
        finally:
            killer.join()
            worker.wait()
            worker.close()
    return None


def test_a_worker_that_dies_before_it_takes_the_job_has_not_begun(stand_in: Callable[[str], WorkerCommand]) -> None:
    worker = WorkerProcess(stand_in(SERVE.format(what="answer()")))
    worker.wait_until_ready()
    pid = worker._process.pid
    os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: children_of(os.getpid())[pid] == "T", PATIENCE, "the worker to stop")

    def kill() -> None:
        time.sleep(0.2)
        worker.kill()

    death = death_of(worker, kill)
    assert death and not death.had_begun


def test_a_worker_that_dies_of_the_job_has_begun(stand_in: Callable[[str], WorkerCommand], tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    worker = WorkerProcess(
        stand_in(SERVE.format(what=f"os.close(os.open({str(begun)!r}, os.O_CREAT)); time.sleep(3600)"))
    )
    worker.wait_until_ready()

    def kill() -> None:
        wait_for(begun.exists, PATIENCE, "the worker to begin")
        worker.kill()

    death = death_of(worker, kill)
    assert death and death.had_begun


def test_whether_a_dead_worker_had_begun_is_known_for_sure(
    stand_in: Callable[[str], WorkerCommand], tmp_path: Path
) -> None:
    """It is killed at any moment around the one in which it is given the job; each fourth one never answers."""
    begun = tmp_path / "begun"
    note = f"os.close(os.open({str(begun)!r}, os.O_CREAT))"
    deaths = 0
    for round in range(60):
        begun.unlink(missing_ok=True)
        takes = 3600 if round % 4 == 3 else 0.001
        worker = WorkerProcess(stand_in(SERVE.format(what=f"{note}; time.sleep({takes}); answer()")))
        worker.wait_until_ready()
        pause = 0.00005 * (round % 20)

        def kill(worker: WorkerProcess = worker, pause: float = pause) -> None:
            time.sleep(pause)
            worker.kill()

        death = death_of(worker, kill)
        deaths += death is not None
        assert not death or death.had_begun or not begun.exists()
    assert deaths >= 15


def test_jobs_outlive_the_death_of_all_workers_at_once(
    stand_in: Callable[[str], WorkerCommand], tmp_path: Path
) -> None:
    """None is done a third time, and none but one that two workers died of gets no answer."""
    begun = tmp_path / "begun"
    note = f"os.write(os.open({str(begun)!r}, os.O_CREAT | os.O_WRONLY | os.O_APPEND), name() + b'\\n')"
    behaviour = SERVE.format(what=f"{note}; time.sleep(0.002); answer(name())")
    failed, answered = list[str](), list[str]()
    stop = threading.Event()

    def ask(thread: int, pool: WorkerPool) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            name = f"{thread}-{number}"
            try:
                assert bytes(run(pool, replace(JOB, attachment=name)).body).decode() == name
                answered.append(name)
            except InternalError:
                failed.append(name)

    with running(stand_in(NAME + behaviour), count=2, queue_length=20) as (pool, _), ThreadPoolExecutor(20) as threads:
        asking = [threads.submit(ask, thread, pool) for thread in range(20)]
        try:
            for enough in range(30, 270, 30):
                wait_until(lambda enough=enough: len(answered) >= enough)  # type: ignore[misc]
                kill_all(pool)
        finally:
            stop.set()
        for request in asking:
            request.result(PATIENCE)
        given_up = pool.state().given_up
    times = Counter(begun.read_text().split())
    assert {name for name, count in times.items() if count > 2} == set()
    assert {name for name in failed if times[name] != 2} == set()
    assert given_up == dict.fromkeys(GIVEN_UP, 0) | {"worker died": len(failed)}


def test_pictures_outlive_the_death_of_all_real_workers_at_once() -> None:
    command = WorkerCommand(sys.executable, PLUGIN_DIRECTORY, worker_settings(worker_memory=1024))
    item = read_object("MR_small.dcm")
    with running(command, count=2, queue_length=20) as (pool, _), ThreadPoolExecutor(20) as threads:
        expected = [bytes(run_on(pool, item, media_type="image/png", rows=300 + row).body) for row in range(20)]
        for delay in (0, 0.002, 0.01, 0.02):
            asked = [threads.submit(run_on, pool, item, media_type="image/png", rows=300 + row) for row in range(20)]
            time.sleep(delay)
            kill_all(pool)
            assert [bytes(answer.result(PATIENCE).body) for answer in asked] == expected
            wait_until(lambda: pool.state().busy == 0 and len(pool._free) == 2)


def test_a_worker_that_died_while_idle_costs_no_request(stand_in: Callable[[str], WorkerCommand]) -> None:
    dies_once = "if first_of_its_kind():\n    jobs.send(b'ready')\n    sys.exit()\n"
    behaviour = dies_once + SERVE.format(what="answer()")
    with running(stand_in(behaviour)) as (pool, log):
        wait_until(lambda: log == ["a worker ended (exit code 0); another one is started"])
        assert bytes(run(pool).body) == b"done"


def test_a_worker_that_never_answers_is_ended_at_its_deadline(stand_in: Callable[[str], WorkerCommand]) -> None:
    behaviour = SERVE.format(what="time.sleep(3600) if first_of_its_kind() else answer()")
    with running(stand_in(behaviour), count=2, timeout=0.3) as (pool, log):
        began = time.monotonic()
        with pytest.raises(Unavailable, match=r"longer than 0\.3 seconds") as refusal:
            run(pool)
        assert 0.25 < time.monotonic() - began < PATIENCE
        assert refusal.value.retry_after is not None
        pool._timeout = PATIENCE  # on a machine that has much else to do, an answer may take longer than that
        assert bytes(run(pool).body) == b"done"
        wait_until(lambda: log == ["a worker ended (signal 9); another one is started"])


@pytest.mark.parametrize(
    "rubbish",
    [
        "jobs.send(b'rubbish')",
        "jobs.send(b'\\xff' * 100)",
        "tell({})",
        "tell({'error': 'BadRequest'})",
        "tell([1, 2])",
        "answer(size=100)",
        "answer(b'', files[0], size=100)",
    ],
    ids=["text", "huge-length", "no-fields", "half-an-error", "no-object", "no-file", "file-too-short"],
)
def test_a_worker_that_sends_rubbish_is_not_used_again(stand_in: Callable[[str], WorkerCommand], rubbish: str) -> None:
    behaviour = SERVE.format(what=f"{rubbish} if first_of_its_kind() else answer()")
    with no_file_left_open(), running(stand_in(behaviour), count=2) as (pool, log):
        with pytest.raises((ValueError, LookupError, TypeError, AttributeError, EOFError)):
            run(pool)
        assert bytes(run(pool).body) == b"done"
        wait_until(lambda: log == ["a worker ended (signal 9); another one is started"])


def test_what_a_worker_wants_logged_is_logged(stand_in: Callable[[str], WorkerCommand]) -> None:
    failure = {"error": "NotFound", "message": "gone", "log": "fault of a worker: KeyError at here.py:1"}
    with running(stand_in(SERVE.format(what=f"tell({failure!r})"))) as (pool, log):
        with pytest.raises(Exception, match="gone"):
            run(pool)
        assert log == ["fault of a worker: KeyError at here.py:1"]


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("sys.exit(1)", "worker ended without a word"),
        ("jobs.send(b'/venv/bin/python lacks what the workers need: No module named numpy')", "No module named numpy"),
        ("jobs.send(b'\\xff\\xfe')", "a worker does not start"),
    ],
    ids=["dies", "lacks-a-package", "rubbish"],
)
def test_a_pool_whose_workers_do_not_start_says_why(
    stand_in: Callable[[str], WorkerCommand], behaviour: str, reason: str
) -> None:
    log = Log()
    with pytest.raises(StartError, match=reason), running(stand_in(behaviour), count=2, log=log):
        pass
    assert log == []  # it is told once, and nothing is of those that were ended before they were ready


def test_a_worker_that_does_not_start_any_more_is_logged(stand_in: Callable[[str], WorkerCommand]) -> None:
    command = stand_in(SERVE.format(what="answer()"))
    with running(command) as (pool, log):
        Path(command.interpreter).unlink()
        kill_all(pool)
        wait_until(lambda: f"the interpreter {command.interpreter} does not run: No such file or directory" in log)


def test_an_interpreter_that_is_none_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "python")
    with pytest.raises(StartError, match=f"the interpreter {missing} does not run: No such file"):  # noqa: SIM117
        with running(WorkerCommand(missing, PLUGIN_DIRECTORY, worker_settings(worker_memory=512))):
            pass


def test_a_real_interpreter_without_the_libraries_is_told_of(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nshift\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    with pytest.raises(StartError, match="lacks what the workers need: No module named"):  # noqa: SIM117
        with running(WorkerCommand(str(bare), PLUGIN_DIRECTORY, worker_settings(worker_memory=512))):
            pass


def test_a_worker_starts_with_a_clean_environment(
    stand_in: Callable[[str], WorkerCommand], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("SECRET", "of the archive")
    with running(stand_in(SERVE.format(what="answer(repr(sorted(os.environ)).encode())"))) as (pool, _):
        names = bytes(run(pool).body).decode()
    assert "PYTHONHOME" not in names
    assert "SECRET" not in names
    assert all(name in names for name in ENVIRONMENT)


def test_a_full_line_is_told_to_come_again(stand_in: Callable[[str], WorkerCommand], go: Path) -> None:
    behaviour = waiting(go) + SERVE.format(what="held(); answer()")
    with running(stand_in(behaviour), queue_length=0) as (pool, _):
        busy = threading.Thread(target=run, args=(pool,))
        busy.start()
        wait_until(lambda: pool.state().busy == 1)
        with pytest.raises(Unavailable, match="all workers are busy") as refusal:
            run(pool)
        assert refusal.value.retry_after == 1
        go.touch()
        busy.join()


def test_a_request_waits_for_a_worker_no_longer_than_it_may(stand_in: Callable[[str], WorkerCommand], go: Path) -> None:
    behaviour = waiting(go) + SERVE.format(what="held(); answer()")
    with running(stand_in(behaviour), queue_timeout=0.1) as (pool, _):
        busy = threading.Thread(target=run, args=(pool,))
        busy.start()
        wait_until(lambda: pool.state().busy == 1)
        with pytest.raises(Unavailable, match=r"no worker was free within 0\.1 seconds"):
            run(pool)
        go.touch()
        busy.join()


def test_workers_end_with_the_pool(stand_in: Callable[[str], WorkerCommand]) -> None:
    before = threading.enumerate()
    with running(stand_in(SERVE.format(what="answer(str(os.getpid()).encode())"))) as (pool, log):
        worker = int(bytes(run(pool).body))
        os.kill(worker, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    assert not log
    assert set(threading.enumerate()) <= set(before)


def test_a_busy_worker_ends_with_the_pool_and_its_request_with_it(stand_in: Callable[[str], WorkerCommand]) -> None:
    outcomes: list[type[BaseException]] = []
    with running(stand_in(SERVE.format(what="time.sleep(3600)")), queue_timeout=0.1) as (pool, log):

        def ask() -> None:
            with pytest.raises(Unavailable) as refusal:
                run(pool)
            outcomes.append(refusal.type)

        request = threading.Thread(target=ask)
        request.start()
        wait_until(lambda: pool.state().busy == 1)
    request.join(PATIENCE)
    assert outcomes == [Unavailable]
    assert not log


def test_the_pool_tells_how_it_stands(stand_in: Callable[[str], WorkerCommand], go: Path) -> None:
    behaviour = waiting(go) + SERVE.format(what="held(); answer()")
    with running(stand_in(behaviour), count=2, queue_length=1) as (pool, _):
        busy = [threading.Thread(target=run, args=(pool,)) for _ in range(3)]
        assert pool.state()[:4] == (2, 0, 0, 0)
        for request in busy:
            request.start()
        wait_until(lambda: pool.state()[:3] == (2, 2, 1))
        with pytest.raises(Unavailable):
            run(pool)
        go.touch()
        for request in busy:
            request.join()
        assert pool.state()[:4] == (2, 0, 0, 0)
        assert pool.state().given_up == dict.fromkeys(GIVEN_UP, 0) | {"queue full": 1}


@pytest.mark.parametrize(
    ("what", "options", "reason"),
    [
        ("time.sleep(3600) if first_of_its_kind() else answer()", {"timeout": 0.2}, "timeout"),
        ("os.kill(os.getpid(), 11)", {}, "worker died"),
    ],
)
def test_what_is_given_up_and_restarted_is_counted(
    stand_in: Callable[[str], WorkerCommand], what: str, options: dict[str, float], reason: str
) -> None:
    with running(stand_in(SERVE.format(what=what)), count=2, **options) as (pool, _):
        with pytest.raises((Unavailable, InternalError)):
            run(pool)
        ended = 1 if reason == "timeout" else 2
        wait_until(lambda: pool.state().restarts == ended)
        assert pool.state().given_up == dict.fromkeys(GIVEN_UP, 0) | {reason: 1}


def test_what_workers_caches_counted_is_added_up_and_outlives_them(
    stand_in: Callable[[str], WorkerCommand], go: Path
) -> None:
    counts = "[['frames', [3, 4, 5, 600]], ['headers', [1, 1, 1, None]]]"
    tell = f"tell({{'media_type': 'text/plain', 'body_size': None, 'warnings': [], 'cache_counts': {counts}}})"
    behaviour = waiting(go) + SERVE.format(what=f"held(); {tell}")
    with running(stand_in(behaviour), count=2) as (pool, _):
        both = [threading.Thread(target=run, args=(pool,)) for _ in range(2)]
        for request in both:
            request.start()
        wait_until(lambda: pool.state().busy == 2)
        go.touch()
        for request in both:
            request.join()
        assert pool.state().caches == {"frames": CacheCount(6, 8, 10, 1200), "headers": CacheCount(2, 2, 2, None)}
        one = next(iter(pool._workers))
        one.kill()
        wait_until(lambda: pool.state().restarts == 1)
        assert pool.state().caches == {"frames": CacheCount(6, 8, 5, 600), "headers": CacheCount(2, 2, 1, None)}


def test_a_real_worker_tells_of_its_caches(real_pool: WorkerPool) -> None:
    before = real_pool.state().caches.get("headers", CacheCount(0, 0, 0, None))
    item = read_object("CT_small.dcm")
    run_on(real_pool, item, media_type="image/png", rows=7)
    with pytest.raises(BadRequest):  # a refusal tells of them too
        run_on(real_pool, item, media_type="image/png", rows=10**6)
    after = real_pool.state().caches["headers"]
    assert after.hits + after.misses == before.hits + before.misses + 2
    assert after.hits > before.hits


@pytest.fixture
def two_workers(stand_in: Callable[[str], WorkerCommand]) -> Iterator[tuple[WorkerProcess, WorkerProcess]]:
    command = stand_in(SERVE.format(what="answer()"))
    workers = WorkerProcess(command), WorkerProcess(command)
    yield workers
    for worker in workers:
        worker.kill()
        worker.wait()
        worker.close()


def test_the_worker_that_became_free_last_is_taken_first(two_workers: tuple[WorkerProcess, WorkerProcess]) -> None:
    first, second = two_workers
    free = FreeWorkers()
    free.put(first)
    free.put(second)
    assert [free.get(0, "a"), free.get(1, "a")] == [second, first]
    with pytest.raises(queue.Empty):
        free.get(0, "a")


def test_a_worker_that_served_the_attachment_comes_before_the_one_that_became_free_last(
    two_workers: tuple[WorkerProcess, WorkerProcess],
) -> None:
    first, second = two_workers
    first.remember("a")
    free = FreeWorkers()
    for worker in (first, second):
        free.put(worker)
    assert [free.get(0, "a"), free.get(0, "a")] == [first, second]  # a busy one is not waited for
    for worker in (first, second):
        free.put(worker)
    assert [free.get(0, "b"), free.get(0, "b")] == [second, first]


def test_of_two_that_served_the_attachment_the_one_that_became_free_last_is_taken(
    two_workers: tuple[WorkerProcess, WorkerProcess],
) -> None:
    free = FreeWorkers()
    for worker in two_workers:
        worker.remember("a")
        free.put(worker)
    assert free.get(0, "a") is two_workers[1]


def test_a_closed_pool_is_noticed_whoever_served_the_attachment(
    two_workers: tuple[WorkerProcess, WorkerProcess],
) -> None:
    free = FreeWorkers()
    for worker in two_workers:
        worker.remember("a")
        free.put(worker)
    free.put(None)
    assert free.get(0, "a") is None


def test_the_attachments_served_longest_ago_are_forgotten(two_workers: tuple[WorkerProcess, WorkerProcess]) -> None:
    worker = two_workers[0]
    for number in (*range(SERVED_REMEMBERED), 0, SERVED_REMEMBERED):
        worker.remember(str(number))
    served = [worker.has_served(str(number)) for number in range(SERVED_REMEMBERED + 1)]
    assert served == [True, False, *[True] * (SERVED_REMEMBERED - 1)]


def test_threads_never_take_the_same_worker(two_workers: tuple[WorkerProcess, WorkerProcess]) -> None:
    free, taken, wrong = FreeWorkers(), set[WorkerProcess](), list[WorkerProcess]()
    for worker in two_workers:
        free.put(worker)

    def use(name: str) -> None:
        for _ in range(3000):
            worker = free.get(PATIENCE, name)
            assert worker is not None
            if worker in taken:
                wrong.append(worker)
            taken.add(worker)
            worker.remember(name)
            taken.discard(worker)
            free.put(worker)

    threads = [threading.Thread(target=use, args=(name,)) for name in "abca"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert {free.get(0, "a"), free.get(0, "a")} == set(two_workers)


def test_requests_for_an_object_go_to_the_worker_that_has_it(
    stand_in: Callable[[str], WorkerCommand], go: Path
) -> None:
    behaviour = waiting(go) + SERVE.format(what="held(); answer(str(os.getpid()).encode())")
    with running(stand_in(behaviour), count=2) as (pool, _):
        jobs = {name: replace(JOB, attachment=name) for name in "ab"}
        has: dict[str, bytes] = {}

        def ask(name: str) -> None:
            has[name] = bytes(run(pool, jobs[name]).body)

        threads = [threading.Thread(target=ask, args=(name,)) for name in jobs]
        for thread in threads:
            thread.start()
        wait_until(lambda: pool.state().busy == 2)
        go.touch()
        for thread in threads:
            thread.join()
        assert has["a"] != has["b"]
        for name in "abbaab":
            assert bytes(run(pool, jobs[name]).body) == has[name]
