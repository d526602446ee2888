"""A real Orthanc with the plugin, in a temporary folder, for as long as a test needs it.

Which Orthanc is said by the variables of `make run`: ORTHANC, the command that starts it, to which the path of the
configuration is added, and ORTHANC_PLUGINS, the folder with its plugins.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.http_client import Answer, Client, query

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
START_TIMEOUT = 120.0
STOP_TIMEOUT = 60.0
"""Seconds for Orthanc to end."""

PATIENT = 300
"""Seconds for a setting by which something might hold Orthanc up, in a test that it does not: far more than those."""

COMMAND = shlex.split(os.environ.get("ORTHANC") or "/usr/sbin/Orthanc")
PLUGINS = Path(os.environ.get("ORTHANC_PLUGINS") or "/usr/share/orthanc/plugins")

_PORTS = range(20000, 32000)
"""Below those that the kernel gives to outgoing connections."""

_FAULT = re.compile(r"[Tt]raceback|fault of")


def why_not_installed() -> str | None:
    """What is missing for an Orthanc to be started here, if anything is."""
    if shutil.which(COMMAND[0]) is None:
        return f"Orthanc is not installed: there is no {COMMAND[0]}"
    missing = [name for name in ("libOrthancPython.so", "libOrthancDicomWeb.so") if not (PLUGINS / name).exists()]
    return f"{' and '.join(missing)} not found in {PLUGINS}" if missing else None


class OrthancProcess:
    """A context manager. `overrides` replace settings of orthanc.json; those of a section, such as Wado, one by one."""

    def __init__(self, folder: Path, **overrides: Any) -> None:
        self.folder = folder
        self.port, self.dicom_port = free_ports(2)
        self.client = Client(f"http://{LOOPBACK}:{self.port}")
        self.configuration = self._configure(overrides)
        self.log_path = folder / "orthanc.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        path = self.folder / "orthanc.json"
        path.write_text(json.dumps(self.configuration), encoding="utf-8")
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, str(path)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder
            )

    def wait_until_ready(self) -> None:
        def answers() -> bool:
            if self.has_ended:
                raise RuntimeError(f"Orthanc ended at once:\n{self.log()}")
            try:
                # It answers a moment before a signal ends it in an orderly way.
                return self.client.get("/system").status == 200 and _catches(self.pid, signal.SIGTERM)
            except OSError:
                return False

        wait_for(answers, START_TIMEOUT, "Orthanc to answer")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """The exit code; minus the signal's number if one ended it."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.wait(STOP_TIMEOUT)

    def wait(self, timeout: float) -> int:
        """The exit code, once it has ended; it is killed when it does not do so in time."""
        assert self.process is not None
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOP_TIMEOUT)
            raise

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def has_ended(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None

    def workers(self) -> list[int]:
        """The processes that work for the plugin, in the order of their age."""
        return sorted(pid for pid, state in children_of(self.pid).items() if state != "Z" and _is_worker(pid))

    def busy_workers(self) -> list[int]:
        """Those that have a file of the archive open."""
        return [pid for pid in self.workers() if any("/storage/" in name for name in open_names(pid))]

    def zombies(self) -> list[int]:
        """Processes that have ended and that Orthanc has not collected."""
        return [pid for pid, state in children_of(self.pid).items() if state == "Z"]

    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def faults(self) -> list[str]:
        """The lines of the log that tell of an exception in Python or of a fault that the plugin found in itself."""
        return [line for line in self.log().splitlines() if _FAULT.search(line)]

    def store(self, what: Path | bytes) -> Answer:
        """The answer to the upload of a file or of its bytes."""
        content = what.read_bytes() if isinstance(what, Path) else what
        return self.client.request("POST", "/instances", content)

    def wado(self, parameters: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a WADO-URI request with these parameters beside requestType."""
        return self.client.get(f"/wado?{query({'requestType': 'WADO', **parameters})}", headers)

    def version(self) -> tuple[int, ...]:
        """Of Orthanc; that of a development build counts as higher than any release."""
        text: str = self.client.get("/system").json()["Version"]
        return tuple(int(part) for part in text.split(".")) if re.fullmatch(r"[0-9.]+", text) else (sys.maxsize,)

    def _configure(self, overrides: Mapping[str, Any]) -> dict[str, Any]:
        configuration: dict[str, Any] = json.loads((ROOT / "orthanc.json").read_text(encoding="utf-8"))
        configuration |= {
            "PythonScript": str(ROOT / configuration["PythonScript"]),
            "Plugins": [str(PLUGINS / Path(plugin).name) for plugin in configuration["Plugins"]],
            "StorageDirectory": str(self.folder / "storage"),
            "HttpPort": self.port,
            "HttpBindAddresses": [LOOPBACK],  # understood from Orthanc 1.12.5 on
            "DicomPort": self.dicom_port,
            "DicomServerEnabled": False,
        }
        configuration["Wado"]["Interpreter"] = sys.executable
        for name, value in overrides.items():
            is_section = isinstance(value, Mapping) and name in configuration
            configuration[name] = configuration[name] | value if is_section else value
        return configuration


def children_of(parent: int) -> dict[int, str]:
    """The child processes, each with its state as /proc has it: R, S, Z and so on."""
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = path.parent.name, path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, its_parent, *_ = rest.split()
        if int(its_parent) == parent:
            children[int(pid)] = state
    return children


def _is_worker(pid: int) -> bool:
    try:
        return b"wado.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _catches(pid: int, which: signal.Signals) -> bool:
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"), re.MULTILINE)
    return caught is not None and bool(int(caught[1], 16) >> (which - 1) & 1)


def is_alive(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def resident_memory(pid: int) -> int:
    """Mebibytes of memory of its own that the process has."""
    fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE") // 2**20


def open_names(pid: int) -> list[str]:
    """What the open descriptors of the process lead to."""
    names = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                names.append(os.readlink(f"/proc/{pid}/fd/{descriptor}"))
    return names


def free_ports(count: int) -> list[int]:
    ports: list[int] = []
    while len(ports) < count:
        port = random.choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


def wait_for(happens: Callable[[], object], timeout: float, what: str) -> None:
    deadline = time.monotonic() + timeout
    while not happens():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout:g} seconds for {what}")
        time.sleep(0.02)
