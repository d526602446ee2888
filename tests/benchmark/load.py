"""Requests per second, measured by wrk, which takes little of the processors that it shares with the server."""

from __future__ import annotations

import re
import subprocess


def requests_per_second(url: str, connections: int, seconds: int) -> float:
    """Raises `RuntimeError` if any answer was an error: those are fast."""
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
    command += ["--timeout", "30s", url]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True)
    rate = re.search(r"Requests/sec:\s*([0-9.]+)", finished.stdout)
    if rate is None or re.search(r"Non-2xx|Socket errors", finished.stdout):
        raise RuntimeError(f"not every request was answered:\n{finished.stdout}")
    return float(rate[1])
