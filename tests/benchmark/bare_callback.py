"""What Orthanc loads for the benchmark: the plugin, and beside it a callback that does nothing but send a file.

No callback in Python that is asked by a WADO link, and sends the head of such an answer, sends files faster: those that
were asked for before are found in a table, and nobody looks whether they are still there.
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

HEAD = (
    ("Vary", "Accept, Accept-Charset"),
    ("Cache-Control", "private, no-cache"),
    ("Content-Location", f"?requestType=WADO{'&nameUID=1.2.3.4.5.6.7.8.9' * 9}"),
    ("ETag", f'"{"0" * 32}"'),
    ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
)
"""Fields as the plugin sends them, and as long."""


@lru_cache(maxsize=128)
def read(identifier: str) -> bytes:
    content: bytes = orthanc.GetDicomForInstance(identifier)
    return content


def send(output: Any, uri: str, **request: Any) -> None:
    for name, value in HEAD:
        output.SetHttpHeader(name, value)
    output.AnswerBuffer(read(uri.removeprefix(ROOT)), "application/dicom")


orthanc.RegisterRestCallback(f"{ROOT}([0-9a-f-]+)", send)
