"""DICOM files sent: by this plugin, by the DICOMweb plugin and as Orthanc's own file resource, in one Orthanc."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from pydicom.dataset import Dataset

from tests.benchmark.images import make_ct, make_grey, to_file
from tests.support.orthanc_process import OrthancProcess

TARGET = 0.9
"""Of the faster one of the other two."""


@dataclass(frozen=True, slots=True)
class FileCase:
    name: str
    make: Callable[[], Dataset]
    parameters: Mapping[str, str] = field(default_factory=dict)


SMALL, LARGE = make_ct, partial(make_grey, 4096)

FILE_CASES = (
    FileCase("0.5 MB as stored", SMALL, {"transferSyntax": "*"}),
    FileCase("0.5 MB, Explicit VR LE", SMALL),
    FileCase("30 MB as stored", LARGE, {"transferSyntax": "*"}),
    FileCase("30 MB, Explicit VR LE", LARGE),
)

Measure = Callable[[list[str], int], list[float]]


def measure_files(
    orthanc: OrthancProcess, roots: tuple[str, str], connections: tuple[int, ...], measure: Measure
) -> Iterator[str]:
    others = f"{'DICOMweb':>10} {'/file':>10}"
    yield f"{'DICOM file':24} {'connections':>11} {'this plugin':>12} {others} {'ratio':>6} {'target':>6}"
    for case in FILE_CASES:
        urls = file_addresses(orthanc, roots, case)
        for number in connections:
            ours, theirs, file = measure(urls, number)
            ratio = ours / max(theirs, file)
            rates = f"{ours:>10.0f}/s {theirs:>8.0f}/s {file:>8.0f}/s {ratio:>6.2f} {TARGET:>6.1f}"
            yield f"{case.name:24} {number:>11} {rates}{'  missed' if ratio < TARGET else ''}"


def file_addresses(orthanc: OrthancProcess, roots: tuple[str, str], case: FileCase) -> list[str]:
    """Of this plugin, the DICOMweb plugin and Orthanc itself."""
    content, uids = to_file(case.make())
    identifier = orthanc.store(content).json()["ID"]
    asked = {"requestType": "WADO", "contentType": "application/dicom", **uids}
    ours, theirs = (
        f"{root}?{urlencode(query, safe='/*')}"
        for root, query in zip(roots, ({**asked, **case.parameters}, asked), strict=True)
    )
    addresses = [ours, theirs, f"/instances/{identifier}/file"]
    for address in addresses:
        answer = orthanc.client.get(address)
        if answer.status != 200:
            raise RuntimeError(f"{case.name}: {answer}")
    return [f"http://{orthanc.client.host}:{orthanc.port}{address}" for address in addresses]
