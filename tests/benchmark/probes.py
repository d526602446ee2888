"""What is looked at beside a load: memory, Orthanc's own REST API, and C-STORE."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.support.orthanc_process import LOOPBACK, OrthancProcess, resident_memory

CALLING = "SOAK"
STORES = 10
"""Objects sent in one association: the start of the program that sends them is a small part of it."""

SLOW_READ, SLOW_PAUSE = 1000, 1.0
"""Bytes, and seconds between them."""

SLOW_ROOM = 16 * 1024
"""Bytes that the kernel keeps for the slow client: else it would read for long what Orthanc has sent long since."""


class Sample(NamedTuple):
    """What was measured, at a time of `time.monotonic`."""

    when: float
    value: float


class Probe:
    """Measures again and again in a thread of its own, until it is stopped."""

    def __init__(self, measure: Callable[[], float], pause: float) -> None:
        self._measure = measure
        self._pause = pause
        self._stopping = threading.Event()
        self.samples: list[Sample] = []
        self.failures: list[str] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def between(self, start: float, end: float) -> list[float]:
        return [sample.value for sample in self.samples if start <= sample.when < end]

    def _run(self) -> None:
        while not self._stopping.wait(self._pause):
            began = time.monotonic()
            try:
                self.samples.append(Sample(began, self._measure()))
            except (OSError, http.client.HTTPException, subprocess.SubprocessError, RuntimeError) as error:
                self.failures.append(repr(error))


def seconds_to_get(orthanc: OrthancProcess, address: str) -> float:
    began = time.perf_counter()
    status = orthanc.client.get(address).status
    if status != 200:
        raise RuntimeError(f"{address} gave {status}")
    return time.perf_counter() - began


def seconds_to_store(orthanc: OrthancProcess, file: Path) -> float:
    """For one object, out of an association with several, each with a SOP Instance UID of its own."""
    command = ["storescu", "-aet", CALLING, "-aec", "ORTHANC", "--invent-instance", "--repeat", str(STORES)]
    began = time.perf_counter()
    subprocess.run(
        [*command, LOOPBACK, str(orthanc.dicom_port), str(file)], check=True, timeout=120, capture_output=True
    )
    return (time.perf_counter() - began) / STORES


def memory_of_workers(orthanc: OrthancProcess) -> float:
    return sum(map(resident_memory, orthanc.workers()))


@contextmanager
def watching(orthanc: OrthancProcess, file_address: str, stored: Path) -> Iterator[Mapping[str, Probe]]:
    probes = {
        "Orthanc's memory": Probe(lambda: resident_memory(orthanc.pid), 1.0),
        "the workers' memory": Probe(lambda: memory_of_workers(orthanc), 1.0),
        "GET /system": Probe(lambda: seconds_to_get(orthanc, "/system"), 0.1),
        "GET /instances/{id}/file": Probe(lambda: seconds_to_get(orthanc, file_address), 0.1),
        "C-STORE": Probe(lambda: seconds_to_store(orthanc, stored), 3.0),
    }
    try:
        yield probes
    finally:
        for probe in probes.values():
            probe.stop()


@contextmanager
def slow_client(orthanc: OrthancProcess, address: str) -> Iterator[None]:
    """Reads a large answer a kilobyte a second, and asks once more when Orthanc loses patience with it."""
    finished = threading.Event()

    def ask_and_read() -> None:
        with socket.socket() as client, contextlib.suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_ROOM)
            client.settimeout(60)
            client.connect((LOOPBACK, orthanc.port))
            client.sendall(f"GET {address} HTTP/1.1\r\nHost: {LOOPBACK}\r\n\r\n".encode())
            while client.recv(SLOW_READ) and not finished.wait(SLOW_PAUSE):
                pass

    def read() -> None:
        while not finished.is_set():
            ask_and_read()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield
    finally:
        finished.set()
        reader.join()
