"""What Orthanc loads for the benchmark: the plugin, and beside it a callback that does nothing but send a file.

No callback in Python sends files faster: those asked for before are found in a table, and nobody asks the index whether
they are still there.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import orthanc

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "plugin"))

import wado_plugin  # noqa: F401  (it registers itself)

ROOT = "/bare/"


@lru_cache(maxsize=128)
def read(identifier: str) -> bytes:
    content: bytes = orthanc.GetDicomForInstance(identifier)
    return content


def send(output: Any, uri: str, **request: Any) -> None:
    output.AnswerBuffer(read(uri.removeprefix(ROOT)), "application/dicom")


orthanc.RegisterRestCallback(f"{ROOT}([0-9a-f-]+)", send)
