"""`python -m tests.benchmark.soak [SECONDS [MEBIBYTES]]`: whether the hundredth client is served as well as the first.

64 connections ask for mixed answers, most of them small, for ten minutes; one of them reads an answer of 100 MB at
1 kB/s. Meanwhile memory, Orthanc's own REST API and C-STORE are looked at. MEBIBYTES are the setting AnswerCache. It
uses free ports, and this machine alone is answered.
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

from tests.benchmark.competitors import SCRIPT as BARE_SCRIPT
from tests.benchmark.images import make_grey, to_file
from tests.benchmark.probes import CALLING, Probe, slow_client, watching
from tests.benchmark.soak_requests import Addresses, store_and_ask
from tests.support.orthanc_process import LOOPBACK, OrthancProcess, wait_for
from wado.spooled import MEBIBYTE

SECONDS = 600
IDLE, WARM_UP = 20, 60
"""Seconds without load, to compare with; seconds of load before the first minute begins, in which caches fill: the
plans of 4,096 requests take 15 MiB, and some 40 seconds."""

MOST_WARM_UPS, FULL = 5, 7 / 8
"""Times that it goes on until answers fill so much of AnswerCache: one that is to come in may take an eighth."""

CONNECTIONS = {"new": 31, "same": 20, "large": 12}
"""With the slow client, 64."""

YARDSTICKS = {"bare": 2, "system": 2}
"""Connections beside the 64, for what this plugin has no part in. What is slow there as well waits for processors."""

PAUSES = {"new": 0, "same": 50, "large": 0, "bare": 50, "system": 50}
"""Milliseconds before a connection asks once more. Answers that are kept come so fast that at full speed they take all
processors there are."""

NAMES = {
    "new": "small answers, made",
    "same": "small answers, kept",
    "large": "large answers",
    "bare": "yardstick: callback that does nothing else",
    "system": "yardstick: GET /system",
}

MEASURED = ("new", "same")
"""Those with a target."""

ORTHANC_CACHES = {"MaximumStorageCacheSize": 1, "DicomParserCacheSize": 1, "TranscoderCacheSize": 1}
"""MiB, of 128, 256 and 256. Orthanc keeps there what C-STORE brings, once as it came and once parsed: 22 KiB of each
object of 8 KiB, which in ten minutes is some 40 MiB with or without this plugin, and would hide what the plugin keeps.
Versions before 1.12.10 take 0 for 128, those before 1.13.0 parse into 128 whatever is said here."""

ANSWER_CACHE = 8
"""MiB, so that large answers are not kept for long, and are made again and again."""

FIRST_TO_ALLOW_THREADS = (4, 3)
"""The version of the Python plugin that lets others be served while it sends; before it, there is no slow client."""

SPREAD = 10.0
"""Times p50 that p99 of small answers may be."""

AS_QUICK = 1.5
"""Times as long that something may take with load: what differs less cannot be told from the noise of a machine."""

GROWTH, SLACK = 1.05, 8
"""Times as much memory in the last minute as in the first, and mebibytes besides, that count as flat."""

LOAD = Path(__file__).with_name("soak.lua")
TOLD = re.compile(r"^told((?: \d+){9})$", re.MULTILINE)
KINDS = ("connect", "read", "write", "status", "timeout")

SETTINGS = {
    "PythonScript": str(BARE_SCRIPT),
    "DicomServerEnabled": True,
    "DicomModalities": {CALLING: [CALLING, LOOPBACK, 104]},
    "DicomCheckModalityHost": True,
    "DicomAlwaysAllowStore": False,
    "DicomAlwaysAllowEcho": False,
    # Of 60 seconds by default: the DICOMweb plugin reads what was stored a while ago, which else would come during the
    # first minute.
    "StableAge": 2,
    **ORTHANC_CACHES,
}
"""Orthanc's."""

STORED_SIZE = 64
"""Rows and columns of the images stored meanwhile: Orthanc keeps in memory what it was sent, up to a bound."""


class Line(NamedTuple):
    """A line of the result, with what is to be reached."""

    what: str
    measured: str
    target: str
    is_reached: bool

    def __str__(self) -> str:
        return f"{self.what:<56} {self.measured:<40} {self.target:<14}{'' if self.is_reached else ' missed'}".rstrip()


class Told(NamedTuple):
    """What wrk tells of its requests; times in milliseconds. `errors` is empty if there were none."""

    requests: int
    errors: str
    median: float
    p99: float
    longest: float


class Load:
    """wrk on one list of addresses."""

    def __init__(self, orthanc: OrthancProcess, file: Path, connections: int, pause: int, seconds: int) -> None:
        command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
        command += ["--timeout", "60s", "--script", str(LOAD), f"http://{LOOPBACK}:{orthanc.port}/"]
        self._process = subprocess.Popen(
            [*command, "--", str(file), str(connections), str(pause)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def result(self, timeout: float) -> Told:
        output, _ = self._process.communicate(timeout=timeout)
        told = TOLD.search(output)
        if told is None:
            raise RuntimeError(f"wrk did not tell its result:\n{output}")
        requests, *errors, median, p99, longest = map(int, told[1].split())
        kinds = ", ".join(f"{count} {kind}" for kind, count in zip(KINDS, errors, strict=True) if count)
        return Told(requests, kinds, median / 1000, p99 / 1000, longest / 1000)

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def soak(folder: Path, seconds: int = SECONDS, answer_cache: int = ANSWER_CACHE) -> Iterator[Line]:
    """Everything, in `seconds` and some two minutes besides; raises `RuntimeError` where nothing can be measured."""
    settings = {**SETTINGS, "Wado": {"AnswerCache": answer_cache}}
    with OrthancProcess(folder, **settings) as orthanc:
        addresses = store_and_ask(orthanc)
        (folder / "stored.dcm").write_bytes(to_file(make_grey(STORED_SIZE))[0])
        with watching(orthanc, addresses.file, folder / "stored.dcm") as probes:
            before = _pause(IDLE)
            workers = orthanc.workers()
            warm_up(orthanc, addresses, folder, answer_cache)
            began = time.monotonic()
            told = run_load(orthanc, addresses, folder, seconds)
            ended = time.monotonic() - 2
            after = _pause(IDLE)
            refused = refusals(orthanc)
        yield from tell_answers(told)
        yield Line("statuses of errors, of Orthanc's metrics", refused or "none", "none", not refused)
        yield Line("workers that ended", str(len(set(workers) - set(orthanc.workers()))), "none", True)
        yield from _of_memory(probes, began, ended)
        yield from _of_others(probes, (before, after), (began, ended))


def warm_up(orthanc: OrthancProcess, addresses: Addresses, folder: Path, answer_cache: int) -> None:
    """Load until caches are full: memory that they have yet to take is no growth."""
    for _ in range(MOST_WARM_UPS):
        run_load(orthanc, addresses, folder, WARM_UP)
        wait_until_idle(orthanc)
        if bytes_of_answers(orthanc) >= FULL * answer_cache * MEBIBYTE:
            return


def bytes_of_answers(orthanc: OrthancProcess) -> int:
    """What the plugin keeps of them, at most AnswerCache."""
    text = orthanc.client.get("/tools/metrics-prometheus").text
    found = re.search(r'^wado_cache_bytes\{cache="answers"\} (\d+) ', text, re.MULTILINE)
    if found is None:
        raise RuntimeError("the plugin does not tell what it keeps")
    return int(found[1])


def run_load(orthanc: OrthancProcess, addresses: Addresses, folder: Path, seconds: int) -> dict[str, Told]:
    with ExitStack() as stack:
        if version_of_plugin(orthanc) >= FIRST_TO_ALLOW_THREADS:
            stack.enter_context(slow_client(orthanc, addresses.slow))
        loads = {}
        asked = {**addresses._asdict(), "bare": [addresses.bare], "system": ["/system"]}
        for name, connections in (*CONNECTIONS.items(), *YARDSTICKS.items()):
            file = folder / name
            file.write_text("\n".join(asked[name]), encoding="ascii")
            loads[name] = Load(orthanc, file, connections, PAUSES[name], seconds)
            stack.callback(loads[name].end)
        return {name: load.result(seconds + 120) for name, load in loads.items()}


def refusals(orthanc: OrthancProcess) -> str:
    """How many errors the plugin answered, by their status."""
    text = orthanc.client.get("/tools/metrics-prometheus").text
    found = re.findall(r'^wado_requests_total\{.*status="([45]\d\d)".*\} (\d+) ', text, re.MULTILINE)
    return ", ".join(f"{count} of {status}" for status, count in found)


def wait_until_idle(orthanc: OrthancProcess) -> None:
    """Requests of clients that have gone stay in line: with those of the next load the line would be too long."""
    time.sleep(3)  # metrics are of a second ago
    wait_for(lambda: "\nwado_queue_length 0 " in orthanc.client.get("/tools/metrics-prometheus").text, 60, "the queue")


def version_of_plugin(orthanc: OrthancProcess) -> tuple[int, ...]:
    version: str = orthanc.client.get("/plugins/python").json()["Version"]
    return tuple(int(part) for part in version.split(".")) if version[0].isdigit() else FIRST_TO_ALLOW_THREADS


def _pause(seconds: float) -> tuple[float, float]:
    began = time.monotonic()
    time.sleep(seconds)
    return began, time.monotonic()


def tell_answers(loads: Mapping[str, Told]) -> Iterator[Line]:
    """The lines of each load: no error is allowed anywhere, and small answers of the plugin's may not spread far."""
    for name, told in loads.items():
        count = f"{told.requests}, {told.errors or 'none'}"
        yield Line(f"{NAMES[name]}: number, errors", count, "no error", not told.errors)
        spread = told.p99 / told.median
        times = f"{told.median:.1f} / {told.p99:.0f} / {told.longest:.0f} ms, {spread:.1f}"
        is_bound = name in MEASURED
        target = f"<= {SPREAD:g}" if is_bound else ""
        yield Line(f"{NAMES[name]}: p50 / p99 / longest, p99 : p50", times, target, spread <= SPREAD or not is_bound)


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
    numbers = [int(argument) for argument in arguments]
    print("with Python plugins before 4.3, without the slow client: they let it hold up everybody", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for line in soak(Path(folder), *numbers):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
