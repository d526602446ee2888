"""What the interpreter keeps of Orthanc's threads between two requests, and that their end takes it along."""

from __future__ import annotations

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from tests.integration.objects import stored_squares
from tests.support.http_client import query, read_answer
from tests.support.orthanc_process import LOOPBACK, ROOT, OrthancProcess

SCRIPT = f"""
import sys
import threading

sys.path.insert(0, {str(ROOT / "plugin")!r})

import orthanc
import wado_plugin

of_thread = threading.local()


def tell(output, uri, **request):
    "How often this thread has been here: what the interpreter has of a thread counts, and is lost with it."
    of_thread.times = getattr(of_thread, "times", 0) + 1
    output.AnswerBuffer(str(of_thread.times), "text/plain")


orthanc.RegisterRestCallback("/times", tell)
"""


def ask(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    return read_answer(connection).body


def connect(process: OrthancProcess) -> http.client.HTTPConnection:
    """One of Orthanc's threads serves a connection from its first request to its last."""
    return http.client.HTTPConnection(LOOPBACK, process.port, timeout=60)


def test_a_thread_that_was_asked_for_an_answer_keeps_its_state_to_the_end(tmp_path: Path) -> None:
    script = tmp_path / "site_script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    uids, content = stored_squares()
    with OrthancProcess(tmp_path, PythonScript=str(script), HttpThreadsCount=12) as process:
        process.store(content)
        path = f"/wado?{query({'requestType': 'WADO', **uids})}"

        def use(_: int) -> list[bytes]:
            with closing(connect(process)) as connection:
                before = [ask(connection, "/times") for _ in range(2)]
                assert ask(connection, path).startswith(b"\xff\xd8")
                return before + [ask(connection, "/times") for _ in range(3)]

        with ThreadPoolExecutor(4) as executor:
            for counted in executor.map(use, range(24)):
                times = [int(count) for count in counted]
                # A thread that has never answered for the plugin begins anew each time.
                assert times[:2] == [1, 1] or times[1] == times[0] + 1
                assert times[3:] == [times[2] + 1, times[2] + 2]
        assert process.stop() == 0
