"""DICOM files sent: by this plugin, by the DICOMweb plugin and as Orthanc's own file resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import imagecodecs
import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless, RLELossless

from tests.benchmark.competitors import bare, dicomweb, file, store_copies, wado
from tests.benchmark.effort import Effort
from tests.benchmark.floor import as_words, make_floor
from tests.benchmark.images import Array, make_ct, make_grey
from tests.benchmark.load import Load, Request, compete, prepare, required, take_turns
from tests.benchmark.results import Row, Section, Target, latency_text, rate_text
from tests.support.http_client import Client
from tests.support.orthanc_process import OrthancProcess

TARGET = Target(0.9)
DICOM = {"contentType": "application/dicom"}


@dataclass(frozen=True, slots=True)
class FileCase:
    """An object of which `copies` are asked for in turns: fewer bytes than Orthanc keeps of files, 128 MiB."""

    name: str
    make: Callable[[], Dataset]
    copies: int
    transfer_syntax: str | None = None


SMALL, LARGE = make_ct, partial(make_grey, 3900)

FILE_CASES = (
    FileCase("0.5 MB as stored", SMALL, 64, "*"),
    FileCase("0.5 MB, Explicit VR LE", SMALL, 64),
    FileCase("30 MB as stored", LARGE, 4, "*"),
    FileCase("30 MB, Explicit VR LE", LARGE, 4),
)


def measure_files(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    for case in FILE_CASES:
        stored = store_copies(orthanc, case.make(), case.copies)
        wanted = {**DICOM, "transferSyntax": case.transfer_syntax} if case.transfer_syntax else DICOM
        requests = (
            [wado(one, wanted) for one in stored],
            [dicomweb(one, DICOM) for one in stored],
            map(file, stored),
            [bare(one, wanted) for one in stored],
        )
        loads = [required(prepare_all(orthanc.client, list(asked)), case.name) for asked in requests]
        for connections in effort.connections((4,), case.copies):
            ours, theirs, own, least = compete(loads, connections, effort)
            assert ours is not None and theirs is not None and own is not None
            cells = (rate_text(ours), latency_text(ours), rate_text(theirs), rate_text(own), rate_text(least))
            ratio = ours.rate / max(theirs.rate, own.rate)
            yield Row(case.name, connections, cells, ratio, TARGET)


def prepare_all(client: Client, requests: Sequence[Request]) -> Load | None:
    """The load, once each file has been sent twice: who keeps files, or answers, has them then."""
    for request in (*requests, *requests):
        client.get(request.path, request.headers)
    return prepare(client, requests)


FILES = Section(
    "DICOM files as they are",
    "With the caches of all as they are by default, each file asked for before, against the faster of the DICOMweb "
    "plugin's WADO-URI and Orthanc's `/file`. The bare callback is one in Python that is asked by the same query, "
    "finds the bytes in a table and sends them under the same head: what Orthanc's Python plugin takes by itself.",
    ("this plugin", "p50 / p99", "DICOMweb", "/file", "bare callback"),
    "× faster",
    measure_files,
)


@dataclass(frozen=True, slots=True)
class TranscodedCase:
    """A CT image in another transfer syntax; `encode` is what a library does of it."""

    name: str
    transfer_syntax: str
    encode: Callable[[Array], object]


def encode_rle(words: Array) -> list[bytes | bytearray]:
    """A segment for each byte of the words."""
    planes = words.view(np.uint8).reshape(*words.shape, words.itemsize)
    return [imagecodecs.packbits_encode(np.ascontiguousarray(planes[..., byte])) for byte in range(words.itemsize)]


TRANSCODED_CASES = (
    TranscodedCase(
        "CT to JPEG 2000",
        JPEG2000Lossless,
        partial(imagecodecs.jpeg2k_encode, codecformat="j2k", reversible=True, numthreads=1),
    ),
    TranscodedCase("CT to RLE", RLELossless, encode_rle),
)
COPIES = 64


def measure_transcoded(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    for case in TRANSCODED_CASES:
        dataset = SMALL()
        stored = store_copies(orthanc, dataset, COPIES)
        requests = [wado(one, {**DICOM, "transferSyntax": case.transfer_syntax}) for one in stored]
        load = required(prepare(orthanc.client, requests), case.name)
        floor = make_floor(dataset, as_words, orthanc.folder / "floor.dcm")
        for connections in effort.connections((1, 4)):
            contestants = [partial(load.run, connections, effort.seconds)]
            if connections == 1:  # so is the loop
                contestants.append(partial(floor.measure, effort.seconds, encode=case.encode))
            ours, *least = take_turns(contestants, effort.rounds)
            ratio = least[0].rate / ours.rate if least else None
            cells = (rate_text(ours), latency_text(ours), rate_text(least[0] if least else None))
            yield Row(case.name, connections, cells, ratio)


TRANSCODED = Section(
    "DICOM files transcoded, cold",
    "Each request another object; the floor reads the frame and encodes it in a loop. The DICOMweb plugin's WADO-URI "
    "does not transcode; its WADO-RS does, but then a segmentation fault ends Orthanc 1.10.1 with the GDCM plugin 1.5.",
    ("this plugin", "p50 / p99", "floor"),
    "time × floor",
    measure_transcoded,
)
