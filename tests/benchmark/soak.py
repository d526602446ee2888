"""`python -m tests.benchmark.soak [SECONDS]`: whether the hundredth client is served as well as the first.

64 connections ask for mixed answers, most of them small, for ten minutes; one of them reads an answer of 100 MB at
1 kB/s. Meanwhile memory, Orthanc's own REST API and C-STORE are looked at. It uses free ports, and this machine alone
is answered.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.benchmark.images import make_grey, to_file
from tests.benchmark.probes import CALLING, Probe, slow_client, watching
from tests.benchmark.soak_requests import Addresses, store_and_ask
from tests.support.orthanc_process import LOOPBACK, OrthancProcess

SECONDS = 600
IDLE, WARM_UP = 20, 30
"""Seconds without load, to compare with; seconds of load before the first minute begins, in which caches fill."""

SMALL_CONNECTIONS, LARGE_CONNECTIONS = 51, 12
"""With the slow client, 64."""

FIRST_TO_ALLOW_THREADS = (4, 3)
"""The version of the Python plugin that lets others be served while it sends; before it, there is no slow client."""

SPREAD = 10.0
"""Times p50 that p99 of small answers may be."""

AS_QUICK = 1.5
"""Times as long that something may take with load: what differs less cannot be told from the noise of a machine."""

GROWTH, SLACK = 1.05, 16
"""Times as much memory in the last minute as in the first, and mebibytes besides, that count as flat."""

SCRIPT = Path(__file__).with_name("soak.lua")
TOLD = re.compile(r"^told (\d+) (\d+) (\d+) (\d+) (\d+)$", re.MULTILINE)


STABLE_AGE = 2
"""Seconds, of which there are 60 by default."""

STORED_SIZE = 64
"""Rows and columns of the images stored meanwhile: Orthanc keeps in memory what it was sent, up to a bound."""


class Line(NamedTuple):
    """A line of the result, with what is to be reached."""

    what: str
    measured: str
    target: str
    is_reached: bool

    def __str__(self) -> str:
        return f"{self.what:<44} {self.measured:<34} {self.target:<14}{'' if self.is_reached else ' missed'}".rstrip()


class Told(NamedTuple):
    """What wrk tells of its requests; times in milliseconds."""

    requests: int
    failed: int
    median: float
    p99: float
    longest: float


class Load:
    """wrk on one list of addresses."""

    def __init__(self, orthanc: OrthancProcess, file: Path, connections: int, seconds: int) -> None:
        command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
        command += ["--timeout", "60s", "--script", str(SCRIPT), f"http://{LOOPBACK}:{orthanc.port}/"]
        self._process = subprocess.Popen(
            [*command, "--", str(file), str(connections)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def result(self, timeout: float) -> Told:
        output, _ = self._process.communicate(timeout=timeout)
        told = TOLD.search(output)
        if told is None:
            raise RuntimeError(f"wrk did not tell its result:\n{output}")
        requests, failed, median, p99, longest = map(int, told.groups())
        return Told(requests, failed, median / 1000, p99 / 1000, longest / 1000)

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def soak(folder: Path, seconds: int = SECONDS) -> Iterator[Line]:
    """Everything, in `seconds` and some two minutes besides; raises `RuntimeError` where nothing can be measured."""
    peer = {"DicomModalities": {CALLING: [CALLING, LOOPBACK, 104]}, "DicomCheckModalityHost": True}
    closed = {"DicomAlwaysAllowStore": False, "DicomAlwaysAllowEcho": False}
    # The DICOMweb plugin reads what was stored a while ago, which else would come in the midst of the first minute.
    settings = {"DicomServerEnabled": True, "StableAge": STABLE_AGE, **peer, **closed}
    with OrthancProcess(folder, **settings) as orthanc:
        addresses = store_and_ask(orthanc)
        (folder / "stored.dcm").write_bytes(to_file(make_grey(STORED_SIZE))[0])
        with watching(orthanc, addresses.file, folder / "stored.dcm") as probes:
            before = _pause(IDLE)
            workers = orthanc.workers()
            began = time.monotonic() + WARM_UP
            small, large = run_load(orthanc, addresses, folder, WARM_UP + seconds)
            ended = time.monotonic() - 2
            after = _pause(IDLE)
        yield from _of_answers(small, large)
        yield Line("workers that ended", str(len(set(workers) - set(orthanc.workers()))), "none", True)
        yield from _of_memory(probes, began, ended)
        yield from _of_others(probes, (before, after), (began, ended))


def run_load(orthanc: OrthancProcess, addresses: Addresses, folder: Path, seconds: int) -> tuple[Told, Told]:
    with ExitStack() as stack:
        if version_of_plugin(orthanc) >= FIRST_TO_ALLOW_THREADS:
            stack.enter_context(slow_client(orthanc, addresses.slow))
        else:
            print("without the slow client: this version of the Python plugin lets it hold up everybody", flush=True)
        loads = []
        lists = {"small": (addresses.small, SMALL_CONNECTIONS), "large": (addresses.large, LARGE_CONNECTIONS)}
        for name, (lines, connections) in lists.items():
            (folder / name).write_text("\n".join(lines), encoding="ascii")
            loads.append(Load(orthanc, folder / name, connections, seconds))
            stack.callback(loads[-1].end)
        small, large = (load.result(seconds + 120) for load in loads)
    return small, large


def version_of_plugin(orthanc: OrthancProcess) -> tuple[int, ...]:
    version: str = orthanc.client.get("/plugins/python").json()["Version"]
    return tuple(int(part) for part in version.split(".")) if version[0].isdigit() else FIRST_TO_ALLOW_THREADS


def _pause(seconds: float) -> tuple[float, float]:
    began = time.monotonic()
    time.sleep(seconds)
    return began, time.monotonic()


def _of_answers(small: Told, large: Told) -> Iterator[Line]:
    failed = small.failed + large.failed
    yield Line("answers, and errors among them", f"{small.requests + large.requests}, {failed}", "no error", not failed)
    for name, told, is_bound in (("small", small, True), ("large", large, False)):
        spread = told.p99 / told.median
        times = f"{told.median:.0f} / {told.p99:.0f} / {told.longest:.0f} ms, {spread:.1f}"
        reached = spread <= SPREAD or not is_bound
        yield Line(
            f"{name} answers: p50 / p99 / longest, p99 : p50", times, f"<= {SPREAD:g}" if is_bound else "", reached
        )


def _of_memory(probes: Mapping[str, Probe], began: float, ended: float) -> Iterator[Line]:
    minute = min(60.0, (ended - began) / 3)
    for name in ("Orthanc's memory", "the workers' memory"):
        first = statistics.median(probes[name].between(began, began + minute))
        last = statistics.median(probes[name].between(ended - minute, ended))
        is_flat = last <= GROWTH * first + SLACK
        yield Line(f"{name}, first and last {minute:.0f} s", f"{first:.0f}, {last:.0f} MiB", "flat", is_flat)


def _of_others(
    probes: Mapping[str, Probe], idle: Sequence[tuple[float, float]], load: tuple[float, float]
) -> Iterator[Line]:
    for name in ("GET /system", "GET /instances/{id}/file", "C-STORE"):
        probe = probes[name]
        without = [value for start, end in idle for value in probe.between(start, end)]
        with_load = probe.between(*load)
        ratio = statistics.median(with_load) / statistics.median(without)
        medians = f"{1000 * statistics.median(without):.1f} and {1000 * statistics.median(with_load):.1f} ms"
        tails = f"p95 {1000 * _p95(without):.0f} and {1000 * _p95(with_load):.0f}"
        is_reached = ratio <= AS_QUICK and not probe.failures
        yield Line(f"{name}: without, with load", f"{medians}, {ratio:.1f}; {tails}", f"<= {AS_QUICK:g}", is_reached)
        for failure in probe.failures[:3]:
            yield Line(f"{name} failed", failure[:60], "never", False)


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def main(arguments: Sequence[str]) -> int:
    seconds = int(arguments[0]) if arguments else SECONDS
    with tempfile.TemporaryDirectory() as folder:
        for line in soak(Path(folder), seconds):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
