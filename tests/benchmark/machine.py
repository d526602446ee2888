"""What the benchmark ran on, without what tells whose machine it is."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path

from tests.benchmark.competitors import has_decoder
from tests.support.orthanc_process import OrthancProcess


def describe_machine(orthanc: OrthancProcess) -> Iterator[tuple[str, str]]:
    yield "processor", f"{_processor()}, {len(os.sched_getaffinity(0))} cores"
    yield "memory", f"{round(_total_memory() / 2**20)} GiB"
    yield "kernel", f"{platform.system()} {platform.release()}"
    yield "Orthanc", orthanc.client.get("/system").json()["Version"]
    yield "DICOMweb plugin", _version(orthanc, "dicom-web")
    yield "its decoder of JPEG 2000", f"GDCM plugin {_version(orthanc, 'gdcm')}" if has_decoder() else "none"
    yield "Python plugin", _version(orthanc, "python")
    yield "Python of the workers", platform.python_version()


def _version(orthanc: OrthancProcess, plugin: str) -> str:
    version: str = orthanc.client.get(f"/plugins/{plugin}").json()["Version"]
    return version


def _processor() -> str:
    model = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return re.sub(r"\s+", " ", model[1]) if model else platform.machine()


def _total_memory() -> int:
    """In KiB."""
    total = re.search(r"^MemTotal:\s*(\d+) kB$", Path("/proc/meminfo").read_text(encoding="ascii"), re.MULTILINE)
    assert total
    return int(total[1])
