"""`make bench`: this plugin against the DICOMweb plugin's own WADO-URI, side by side in one Orthanc.

Every answer is made anew: nothing is kept of it. The figures are medians of rounds in which the two take turns, and
what counts is their ratio: the machine is in both of them.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import requests

from tests.benchmark.images import Image, make_images
from tests.benchmark.load import requests_per_second
from tests.support.orthanc_process import LOOPBACK, OrthancProcess

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = (1, 4)
OTHER_ROOT = "/dicomweb-wado"


def measure(base_url: str, image: Image, connections: int) -> tuple[float, float]:
    """Requests per second of this plugin and of the other one."""
    urls = [f"{base_url}{root}?{image.query}" for root in ("/wado", OTHER_ROOT)]
    rounds = [[requests_per_second(url, connections, SECONDS) for url in urls] for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    return ours, theirs


def measure_all(base_url: str) -> Iterator[str]:
    yield f"{'':24} {'connections':>11} {'this plugin':>12} {'DICOMweb':>10} {'ratio':>6}"
    for image in make_images():
        requests.post(f"{base_url}/instances", data=image.content, timeout=60).raise_for_status()
        for connections in CONNECTIONS:
            ours, theirs = measure(base_url, image, connections)
            yield f"{image.name:24} {connections:>11} {ours:>10.0f}/s {theirs:>8.0f}/s {ours / theirs:>6.2f}"


def main() -> int:
    other = {"EnableWado": True, "WadoRoot": OTHER_ROOT}
    with tempfile.TemporaryDirectory() as folder, OrthancProcess(Path(folder), DicomWeb=other) as orthanc:
        print(f"JPEG of uncompressed images, requests per second, medians of {ROUNDS} rounds of {SECONDS:g} s\n")
        for line in measure_all(f"http://{LOOPBACK}:{orthanc.port}"):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
