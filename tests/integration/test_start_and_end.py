"""Orthanc's start with the plugin, and its end in every way there is."""

from __future__ import annotations

import http.client
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.integration.objects import Parameters, slow, stored_squares
from tests.integration.test_slow_clients import FIRST_TO_ALLOW_THREADS, plugin_version, slow_client
from tests.support.http_client import query
from tests.support.orthanc_process import PATIENT, ROOT, START_TIMEOUT, OrthancProcess, is_alive, wait_for

REFUSED: dict[str, tuple[Any, str]] = {
    "an unknown setting": ({"Timeouts": 5}, '"Wado.Timeouts" is no setting; did you mean "Timeout"?'),
    "a value out of range": ({"ImageQuality": 101}, '"Wado.ImageQuality" must be a whole number, 1 to 100'),
    "a value of another kind": ({"Workers": "2"}, '"Wado.Workers" must be a whole number, 0 to 256'),
    "an interpreter that does not exist": ({"Interpreter": "/nowhere/python"}, "/nowhere/python is none"),
    "an interpreter that is no Python": ({"Interpreter": "/bin/true"}, "a worker does not start"),
}


def start_in_vain(folder: Path, settings: Any) -> str:
    """The log of an Orthanc that must refuse to start."""
    process = OrthancProcess(folder, Wado=settings)
    process.start()
    assert process.wait(START_TIMEOUT) != 0
    return process.log()


@pytest.mark.parametrize(("settings", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_orthanc_refuses_to_start_and_says_why(tmp_path: Path, settings: Any, reason: str) -> None:
    assert reason in start_in_vain(tmp_path, settings)


def test_orthanc_refuses_to_start_without_what_the_workers_need(tmp_path: Path) -> None:
    interpreter = tmp_path / "bare" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    # An environment of its own, with nothing installed in it.
    (interpreter.parent.parent / "pyvenv.cfg").write_text(f"home = {Path(sys.base_prefix) / 'bin'}\n")
    interpreter.symlink_to(Path(sys.executable).resolve())
    log = start_in_vain(tmp_path, {"Interpreter": str(interpreter)})
    assert f"{interpreter} lacks what the workers need: No module named" in log


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda how: how.name)
def test_no_worker_outlives_orthanc(tmp_path: Path, background: ThreadPoolExecutor, how: signal.Signals) -> None:
    uids, content = slow(number_of_frames=200)
    with OrthancProcess(tmp_path, Wado={"Workers": 2}) as process:
        process.store(content)
        workers = process.workers()
        assert len(workers) == 2
        future = background.submit(process.wado, uids | {"contentType": "application/dicom"})
        wait_for(process.busy_workers, 60, "a worker to begin")
        code = process.stop(how)
        wait_for(lambda: not any(map(is_alive, workers)), 60, "the workers to end")
        assert code == (0 if how is not signal.SIGKILL else -signal.SIGKILL)
        # The client is told, or finds its connection closed.
        assert future.exception(60) is not None or future.result().status != 200


SITE_SCRIPT = """
import sys
import orthanc
sys.path.insert(0, {plugin!r})
import wado_plugin

def answer(output, uri, **request):
    output.AnswerBuffer("the site's own", "text/plain")

orthanc.RegisterRestCallback("/site", answer)
"""


def test_a_site_has_its_own_script_and_imports_the_plugin(tmp_path: Path) -> None:
    script = tmp_path / "site_script.py"
    script.write_text(SITE_SCRIPT.format(plugin=str(ROOT / "plugin")))
    with OrthancProcess(tmp_path, PythonScript=str(script), Wado={"Workers": 1}) as process:
        uids, content = stored_squares()
        process.store(content)
        assert process.client.get("/site").text == "the site's own"
        assert process.wado(uids).status == 200


@pytest.mark.parametrize("root", ["/viewer/wado", "/w-a_d~o"])
def test_the_service_answers_where_the_site_says(tmp_path: Path, root: str) -> None:
    with OrthancProcess(tmp_path, Wado={"Workers": 1, "Root": root}) as process:
        assert "requestType" in process.client.get(root).text
        assert process.client.get("/wado").status == 404


def test_the_storage_directory_may_have_any_letters_in_any_locale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that the system starts has the locale C as a rule, in which Python takes names of files for ASCII."""
    monkeypatch.setenv("LC_ALL", "C")
    storage = tmp_path / "Größe"
    with OrthancProcess(tmp_path, Wado={"Workers": 1}, StorageDirectory=str(storage)) as process:
        uids, content = stored_squares()
        process.store(content)
        assert [process.wado(uids).status for _ in range(3)] == [200] * 3
        assert (storage / "wado-anonymize.key").exists()
        assert process.faults() == []


def has_new_workers(process: OrthancProcess, before: list[int]) -> bool:
    return process.workers() not in (before, [])


@pytest.mark.parametrize("has_own_script", [False, True])
def test_orthanc_starts_anew_with_new_workers(tmp_path: Path, has_own_script: bool) -> None:
    """POST /tools/reset: Orthanc stops all plugins and starts them again in the same process."""
    script = tmp_path / "site_script.py"
    script.write_text(SITE_SCRIPT.format(plugin=str(ROOT / "plugin")))
    settings = {"PythonScript": str(script)} if has_own_script else {}
    with OrthancProcess(tmp_path, Wado={"Workers": 1}, **settings) as process:
        uids, content = stored_squares()
        process.store(content)
        for _ in range(2):
            assert process.wado(uids).status == 200
            before = process.workers()
            assert process.client.request("POST", "/tools/reset", b"").status == 200
            wait_for(partial(has_new_workers, process, before), 60, "new workers")
            process.wait_until_ready()
            assert process.wado(uids).status == 200
            assert len(process.workers()) == 1
            assert not any(map(is_alive, before))
            assert process.zombies() == []
        assert process.client.get("/tools/reset").status in (404, 405)
        assert process.stop() == 0
        assert process.faults() == []


def test_requests_at_the_very_end_do_not_hold_orthanc_up(tmp_path: Path) -> None:
    parameters: Parameters
    with OrthancProcess(tmp_path, Wado={"Workers": 1, "QueueTimeout": PATIENT}) as process:
        parameters, content = stored_squares()
        process.store(content)
        stopping = threading.Event()

        def ask() -> None:
            while not stopping.is_set():
                try:
                    process.wado(parameters)
                except (OSError, http.client.HTTPException):
                    return

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        try:
            assert process.stop() == 0
        finally:
            stopping.set()
            for thread in threads:
                thread.join(60)
        assert process.faults() == []


def test_orthanc_ends_well_while_changes_come(tmp_path: Path) -> None:
    """Some of the studies become stable while Orthanc stops, when the Python plugin listens to changes no more."""
    with OrthancProcess(tmp_path, StableAge=2, Wado={"Workers": 1}) as process:
        for level in range(5):
            assert process.store(stored_squares(level)[1]).status == 200
            time.sleep(0.4)
        assert process.stop() == 0
        assert "Orthanc has stopped" in process.log()


@pytest.mark.parametrize("answer_memory", [64, 1], ids=["in memory", "in pieces"])
def test_orthanc_ends_well_under_load_with_a_slow_client(tmp_path: Path, answer_memory: int) -> None:
    settings = {"Workers": 2, "AnswerMemory": answer_memory, "QueueTimeout": PATIENT}
    with OrthancProcess(tmp_path, Wado=settings, HttpRequestTimeout=PATIENT) as process:
        version = plugin_version(process)
        if version < FIRST_TO_ALLOW_THREADS:
            pytest.skip(f"version {'.'.join(map(str, version))} of the Python plugin sends one answer at a time")
        large, content = slow(number_of_frames=32)  # 8 MB as they are sent
        small, picture = stored_squares()
        assert process.store(content).status == process.store(picture).status == 200
        stopping = threading.Event()

        def ask() -> None:
            while not stopping.is_set():
                try:
                    process.wado(small)
                except (OSError, http.client.HTTPException):
                    return

        asked = {"requestType": "WADO", **large, "contentType": "application/dicom"}
        with slow_client(process, f"/wado?{query(asked)}"), ThreadPoolExecutor(8) as executor:
            for _ in range(8):
                executor.submit(ask)
            time.sleep(1)
            try:
                assert process.stop() == 0
            finally:
                stopping.set()
        assert process.faults() == []
