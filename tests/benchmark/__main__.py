"""`make bench`: this plugin against the DICOMweb plugin's own WADO-URI, side by side in one Orthanc.

Every answer is made anew: nothing is kept of it. The figures are medians of rounds in which the two take turns, and
what counts is their ratio: the machine is in both of them. Pictures with a presentation state are measured against
those without one, since the other plugin does not tell them apart. FULL=1 measures for longer.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from urllib.parse import urlencode

from tests.benchmark.cases import CASES, STATE_CASES, Case, StateCase
from tests.benchmark.files import measure_files
from tests.benchmark.images import to_file
from tests.benchmark.load import requests_per_second
from tests.benchmark.reports import measure_reports
from tests.support.orthanc_process import OrthancProcess

CONNECTIONS = (1, 4)
OUR_ROOT, OTHER_ROOT = "/wado", "/dicomweb-wado"


@dataclass(frozen=True, slots=True)
class Effort:
    rounds: int
    seconds: int


SHORT, FULL = Effort(rounds=3, seconds=2), Effort(rounds=7, seconds=3)


def measure(urls: list[str], connections: int, effort: Effort) -> list[float]:
    """Requests per second at each address: medians of rounds in which they take turns."""
    rounds = [[requests_per_second(url, connections, effort.seconds) for url in urls] for _ in range(effort.rounds)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def addresses(orthanc: OrthancProcess, case: Case) -> list[str]:
    """Of this plugin, and of the other one where it answers; the first answers load what is loaded once."""
    content, uids = to_file(case.make())
    orthanc.store(content)
    asked = query({**uids, **case.parameters})
    answers = {root: orthanc.client.get(f"{root}?{asked}") for root in (OUR_ROOT, OTHER_ROOT)}
    if answers[OUR_ROOT].status != 200:
        raise RuntimeError(f"{case.name}: {answers[OUR_ROOT]}")
    base_url = f"http://{orthanc.client.host}:{orthanc.port}"
    return [f"{base_url}{root}?{asked}" for root, answer in answers.items() if answer.status == 200]


def query(parameters: Mapping[str, object]) -> str:
    # The other plugin does not understand an escaped solidus.
    return urlencode({"requestType": "WADO", "contentType": "image/jpeg", **parameters}, safe="/")


def addresses_with_state(orthanc: OrthancProcess, case: StateCase) -> list[str]:
    """Of the image with its presentation state, and without."""
    image = case.make()
    state = case.make_state(image)
    (content, uids), (state_content, _) = to_file(image), to_file(state)
    for stored in (content, state_content):
        orthanc.store(stored)
    named = {"presentationUID": state.SOPInstanceUID, "presentationSeriesUID": state.SeriesInstanceUID}
    asked = [f"{OUR_ROOT}?{query(parameters)}" for parameters in ({**uids, **named}, uids)]
    for address in asked:
        answer = orthanc.client.get(address)
        if answer.status != 200:
            raise RuntimeError(f"{case.name}: {answer}")
    return [f"http://{orthanc.client.host}:{orthanc.port}{address}" for address in asked]


def measure_states(orthanc: OrthancProcess, effort: Effort) -> Iterator[str]:
    yield f"{'presentation state':24} {'connections':>11} {'with it':>12} {'without':>10} {'ratio':>6} {'target':>6}"
    for case in STATE_CASES:
        urls = addresses_with_state(orthanc, case)
        for connections in CONNECTIONS:
            with_it, without = measure(urls, connections, effort)
            ratio = with_it / without
            rates = f"{with_it:>10.0f}/s {without:>8.0f}/s {ratio:>6.2f} {case.target:>6.1f}"
            yield f"{case.name:24} {connections:>11} {rates}{'  missed' if ratio < case.target else ''}"


def measure_all(orthanc: OrthancProcess, effort: Effort) -> Iterator[str]:
    yield f"{'':24} {'connections':>11} {'this plugin':>12} {'DICOMweb':>10} {'ratio':>6} {'target':>6}"
    for case in CASES:
        urls = addresses(orthanc, case)
        for connections in CONNECTIONS:
            ours, *theirs = measure(urls, connections, effort)
            yield write_line(case, connections, ours, theirs[0] if theirs else None)


def write_line(case: Case, connections: int, ours: float, theirs: float | None) -> str:
    line = f"{case.name:24} {connections:>11} {ours:>10.0f}/s "
    if theirs is None:
        return f"{line}{'-':>10} {'-':>6} {case.target:>6.1f}  DICOMweb: answers an error"
    ratio = ours / theirs
    remarks = ["missed"] if ratio < case.target else []
    remarks += [f"DICOMweb: {case.instead}"] if case.instead else []
    return f"{line}{theirs:>8.0f}/s {ratio:>6.2f} {case.target:>6.1f}  {'; '.join(remarks)}".rstrip()


def main() -> int:
    effort = FULL if os.environ.get("FULL") == "1" else SHORT
    other = {"EnableWado": True, "WadoRoot": OTHER_ROOT}
    with tempfile.TemporaryDirectory() as folder, OrthancProcess(Path(folder), DicomWeb=other) as orthanc:
        print(f"JPEG, requests per second, medians of {effort.rounds} rounds of {effort.seconds} s\n")
        files = measure_files(orthanc, (OUR_ROOT, OTHER_ROOT), CONNECTIONS, partial(measure, effort=effort))
        for line in chain(measure_states(orthanc, effort), [""], files, [""], measure_all(orthanc, effort)):
            print(line, flush=True)
    print()
    for line in measure_reports():
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
