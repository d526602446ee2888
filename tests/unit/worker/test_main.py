"""What a worker may use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[3] / "plugin"

JOB = """
import os, sys
sys.path.insert(0, sys.argv[1])
from wado.job import Representation
from wado.worker.main import attempt, limit_memory

def in_a_file():
    with open(os.memfd_create("answer"), "wb") as file:
        for _ in range(mebibytes + 1):
            file.write(bytes(1 << 20))

mebibytes = 64
limit_memory(mebibytes)
print(attempt(eval(sys.argv[2])).error.to_text())
"""


@pytest.mark.parametrize("work", ["in_a_file", "lambda: bytes(mebibytes << 21)"], ids=["file", "allocation"])
def test_an_answer_beyond_the_memory_limit_is_refused(work: str) -> None:
    command = [sys.executable, "-I", "-c", JOB, str(PLUGIN), work]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert answer.startswith("503 ")
    assert "WorkerMemory" in answer
