"""DICOM files sent: by this plugin, by the DICOMweb plugin and as Orthanc's own file resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless, RLELossless

from tests.benchmark.competitors import dicomweb, file, store, store_copies, wado, wado_rs
from tests.benchmark.effort import Effort
from tests.benchmark.images import make_ct, make_grey
from tests.benchmark.load import compete, prepare, required
from tests.benchmark.results import Row, Section, Target, latency_text, rate_text, ratio_of
from tests.support.orthanc_process import OrthancProcess

TARGET = Target(0.9)
DICOM = {"contentType": "application/dicom"}


@dataclass(frozen=True, slots=True)
class FileCase:
    name: str
    make: Callable[[], Dataset]
    transfer_syntax: str | None = None
    in_short: tuple[int, ...] = (1, 4)
    most: int = 64


SMALL, LARGE = make_ct, partial(make_grey, 4096)

FILE_CASES = (
    FileCase("0.5 MB as stored", SMALL, "*"),
    FileCase("0.5 MB, Explicit VR LE", SMALL),
    FileCase("30 MB as stored", LARGE, "*", most=16),
    FileCase("30 MB, Explicit VR LE", LARGE, most=16),
)


def measure_files(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    for case in FILE_CASES:
        stored = store(orthanc, case.make())
        wanted = {"transferSyntax": case.transfer_syntax} if case.transfer_syntax else {}
        requests = (wado(stored, {**DICOM, **wanted}), dicomweb(stored, DICOM), file(stored))
        loads = [required(prepare(orthanc.client, [request]), case.name) for request in requests]
        for connections in effort.connections(case.in_short, case.most):
            ours, theirs, own = compete(loads, connections, effort)
            assert ours is not None and theirs is not None and own is not None
            cells = (rate_text(ours), latency_text(ours), rate_text(theirs), rate_text(own))
            ratio = ours.rate / max(theirs.rate, own.rate)
            yield Row(case.name, connections, cells, ratio, TARGET)


FILES = Section(
    "DICOM files as they are",
    "Against the faster of the DICOMweb plugin's WADO-URI and Orthanc's `/file`.",
    ("this plugin", "p50 / p99", "DICOMweb", "/file"),
    "× faster",
    measure_files,
)

TRANSCODED_CASES = (
    FileCase("CT to JPEG 2000", SMALL, JPEG2000Lossless),
    FileCase("CT to RLE", SMALL, RLELossless),
)
COPIES = 48
ONE_AT_A_TIME = "WADO-RS: two at once end Orthanc 1.10.1"
"""A segmentation fault where the GDCM plugin 1.5 transcodes: seen with Debian 12's packages."""


def measure_transcoded(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    for case in TRANSCODED_CASES:
        assert case.transfer_syntax
        stored = store_copies(orthanc, case.make(), COPIES)
        ours = [wado(one, {**DICOM, "transferSyntax": case.transfer_syntax}) for one in stored]
        theirs = [wado_rs(one, case.transfer_syntax) for one in stored]
        load, other = required(prepare(orthanc.client, ours), case.name), prepare(orthanc.client, theirs)
        for connections in effort.connections(case.in_short, case.most):
            is_alone = connections == 1
            measured, transcoded = compete([load, other if is_alone else None], connections, effort)
            assert measured is not None
            cells = (rate_text(measured), latency_text(measured), rate_text(transcoded))
            remark = "" if is_alone else ONE_AT_A_TIME
            yield Row(case.name, connections, cells, ratio_of(measured, transcoded), remark=remark)


TRANSCODED = Section(
    "DICOM files transcoded, cold",
    "Each request another object. The DICOMweb plugin's WADO-URI does not transcode: this is its WADO-RS.",
    ("this plugin", "p50 / p99", "WADO-RS"),
    "× DICOMweb",
    measure_transcoded,
)
