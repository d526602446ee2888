"""What a worker may use, and what it tells of its caches."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wado.cache_count import CacheCount
from wado.errors import NotFound
from wado.job import Failure, Needs, Representation
from wado.remembered import Remembered
from wado.worker.main import counting

PLUGIN = Path(__file__).parents[3] / "plugin"

JOB = """
import os, sys
sys.path.insert(0, sys.argv[1])
from wado.job import Representation
from wado.spooled import SpooledFile
from wado.worker.main import attempt, limit_files, limit_memory

def in_a_file():
    with SpooledFile() as file:
        for _ in range(mebibytes + 1):
            file.write_whole(bytes(1 << 20))

def on_a_full_disk():
    with SpooledFile() as file, open("/dev/full", "wb") as full:
        os.dup2(full.fileno(), file.descriptor)
        file.write_whole(bytes(1))

mebibytes = 64
limit_memory(mebibytes)
limit_files(1, mebibytes)
print(attempt(eval(sys.argv[2])).error.to_text())
"""


@pytest.mark.parametrize(
    ("work", "bound"),
    [
        ("in_a_file", "AnswerDisk"),
        ("on_a_full_disk", "TemporaryDirectory"),
        ("lambda: bytes(mebibytes << 21)", "WorkerMemory"),
    ],
    ids=["file", "disk", "allocation"],
)
def test_an_answer_beyond_a_bound_is_refused(work: str, bound: str) -> None:
    command = [sys.executable, "-I", "-c", JOB, str(PLUGIN), work]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert answer.startswith("503 ")
    assert bound in answer


def test_the_counts_of_caches_go_along_where_they_have_changed() -> None:
    headers: Remembered[str, int] = Remembered(4)
    states: Remembered[str, int] = Remembered(4)
    told = counting({"headers": headers, "states": states})
    headers.get("a")
    headers.put("a", 1)
    assert told(Failure(NotFound("there is none"))).cache_counts == (
        ("headers", CacheCount(hits=0, misses=1, entries=1, bytes=None)),
        ("states", CacheCount(hits=0, misses=0, entries=0, bytes=None)),
    )
    headers.get("a")
    assert told(Needs((("1.2", "1.2.3"),))).cache_counts == (
        ("headers", CacheCount(hits=1, misses=1, entries=1, bytes=None)),
    )
    assert told(Representation("text/plain", b"done")) == Representation("text/plain", b"done")
