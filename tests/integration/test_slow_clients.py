"""A client that reads slowly does not hold up the requests of others, where the Python plugin allows that."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.support.datasets import make_image, to_file
from tests.support.http_client import query
from tests.support.orthanc_process import LOOPBACK, PATIENT, OrthancProcess

FIRST_TO_ALLOW_THREADS = (4, 3)
"""The version of the Python plugin that lets go of the interpreter's lock while it sends."""

FRAMES = 32
"""Of a million bytes each: many times what the kernel's buffers take."""

PICTURES = 40
LONGEST = 100.0
"""Seconds that all of them may take; a client that holds them up does so for HttpRequestTimeout."""


@pytest.fixture(params=[64, 1], ids=["in memory", "in pieces"])
def orthanc_of_two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OrthancProcess]:
    """With answers that are sent as a whole, and with such as are sent out of a file."""
    settings = {"Workers": 2, "AnswerMemory": request.param}
    with OrthancProcess(tmp_path, Wado=settings, HttpRequestTimeout=PATIENT) as process:
        yield process


def plugin_version(process: OrthancProcess) -> tuple[int, ...]:
    version: str = process.client.get("/plugins/python").json()["Version"]
    return tuple(int(part) for part in version.split(".")) if version[0].isdigit() else FIRST_TO_ALLOW_THREADS


@contextmanager
def slow_client(process: OrthancProcess, target: str) -> Iterator[socket.socket]:
    """Asks, and takes a kilobyte each second."""
    finished = threading.Event()

    def read(client: socket.socket) -> None:
        while not finished.wait(1):
            client.recv(1000)

    with socket.create_connection((LOOPBACK, process.port)) as client:
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: {LOOPBACK}\r\n\r\n".encode())
        assert client.recv(15, socket.MSG_WAITALL) == b"HTTP/1.1 200 OK"
        reader = threading.Thread(target=read, args=(client,), daemon=True)
        reader.start()
        try:
            yield client
        finally:
            finished.set()
            reader.join()


@pytest.mark.parametrize("parameters", [{"transferSyntax": "*"}, {"charset": "UTF-8"}], ids=["stored", "converted"])
def test_a_slow_client_does_not_hold_up_others(orthanc_of_two: OrthancProcess, parameters: dict[str, str]) -> None:
    process = orthanc_of_two
    is_warned = "holds up all other requests" in process.log()
    version = plugin_version(process)
    assert is_warned == (version < FIRST_TO_ALLOW_THREADS)
    if is_warned:
        pytest.skip(f"version {'.'.join(map(str, version))} of the Python plugin sends one answer at a time")
    large = make_image(np.zeros((FRAMES, 1000, 1000), np.uint8), is_multi_frame=True, SOPInstanceUID="1.2.3.4.33")
    small = make_image(np.arange(64, dtype=np.uint8).reshape(8, 8))
    for dataset in (large, small):
        assert process.store(to_file(dataset)).status == 200
    uids = {"studyUID": small.StudyInstanceUID, "seriesUID": small.SeriesInstanceUID}
    asked = {**uids, "objectUID": large.SOPInstanceUID, "contentType": "application/dicom", **parameters}
    with slow_client(process, f"/wado?{query({'requestType': 'WADO', **asked})}"):
        start = time.monotonic()
        for _ in range(PICTURES):
            assert process.wado({**uids, "objectUID": small.SOPInstanceUID}).status == 200
        assert time.monotonic() - start < LONGEST
