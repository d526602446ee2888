"""What is asked during a soak: small answers of many kinds, and large ones beside them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import NamedTuple
from urllib.parse import urlencode

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import MultiFrameGrayscaleByteSecondaryCaptureImageStorage

from tests.benchmark.images import (
    make_colour_jpeg,
    make_ct,
    make_dataset,
    make_frames,
    make_grey,
    make_jpeg_2000_ct,
    make_jpeg_lossless_ct,
    make_values,
    to_file,
)
from tests.benchmark.reports import make_measurement_report
from tests.support.datasets import to_file as to_report_file
from tests.support.orthanc_process import OrthancProcess

Parameters = Mapping[str, object]

JPEG, PNG, GIF = "image/jpeg", "image/png", "image/gif"
DICOM, PDF, HTML = "application/dicom", "application/pdf", "text/html"
JPEG_2000_LOSSLESS, JPEG_LS_LOSSLESS = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.80"

CINE_FRAMES = 16
WINDOWS = range(-100, 300, 4)


class Asked(NamedTuple):
    """An object and what is asked of it; each of the parameters is one address."""

    make: Callable[[], Dataset]
    small: tuple[Parameters, ...]
    large: tuple[Parameters, ...] = ()


def make_cine() -> Dataset:
    values = (make_values(256) >> 3).astype("u1")
    dataset = make_dataset(values, MultiFrameGrayscaleByteSecondaryCaptureImageStorage)
    dataset.NumberOfFrames, dataset.FrameTime = CINE_FRAMES, 50
    dataset.PixelData = b"".join(np.roll(values, 8 * frame_index, 1).tobytes() for frame_index in range(CINE_FRAMES))
    return dataset


def windows(**parameters: object) -> tuple[Parameters, ...]:
    """As a viewer's drag asks: one window after the other."""
    return tuple({"contentType": JPEG, "windowCenter": center, "windowWidth": 800, **parameters} for center in WINDOWS)


def thumbnails(*sizes: int) -> tuple[Parameters, ...]:
    return tuple({"contentType": media_type, "rows": size} for media_type, size in product((JPEG, PNG), sizes))


ASKED = (
    Asked(
        make_ct,
        (*windows(), *windows(rows=128), *thumbnails(64, 100, 128), {"contentType": JPEG}),
        (
            {"contentType": DICOM},
            {"contentType": DICOM, "transferSyntax": JPEG_2000_LOSSLESS},
            {"contentType": DICOM, "transferSyntax": JPEG_LS_LOSSLESS},
            {"contentType": DICOM, "anonymize": "yes"},
        ),
    ),
    Asked(make_jpeg_2000_ct, (*windows(), *thumbnails(64, 128), {"contentType": JPEG}), ({"contentType": DICOM},)),
    Asked(make_jpeg_lossless_ct, (*windows(rows=256), *thumbnails(96)), ({"contentType": DICOM},)),
    Asked(make_colour_jpeg, (*thumbnails(64, 128), {"contentType": JPEG}), ({"contentType": PNG},)),
    Asked(partial(make_grey, 2048), thumbnails(64, 128, 256), ({"contentType": JPEG}, {"contentType": PNG})),
    Asked(
        make_frames,
        tuple({"contentType": JPEG, "frameNumber": number, "rows": 256} for number in range(1, 201, 3)),
        tuple({"contentType": PNG, "frameNumber": number} for number in range(1, 201, 40)),
    ),
    Asked(
        make_cine,
        tuple({"contentType": PNG, "frameNumber": number} for number in range(1, CINE_FRAMES + 1)),
        ({"contentType": GIF}, {"contentType": "video/mp4"}, {"contentType": "video/mpeg"}),
    ),
)
"""The objects of pixels."""

REPORT = Asked(make_measurement_report, ({"contentType": HTML}, {"contentType": "text/plain"}), ({"contentType": PDF},))


class Addresses(NamedTuple):
    """Paths with queries. `slow` is an answer of 100 MB; `file` is Orthanc's own of half a megabyte."""

    small: list[str]
    large: list[str]
    slow: str
    file: str


def store_and_ask(orthanc: OrthancProcess, root: str = "/wado") -> Addresses:
    """Store every object; raises `RuntimeError` for an address that is not answered."""
    small: list[str] = []
    large: list[str] = []
    stored: dict[object, tuple[str, Parameters]] = {}
    for asked, content, uids in _files():
        stored[asked.make] = orthanc.store(content).json()["ID"], uids
        small += [_address(root, uids, parameters) for parameters in asked.small]
        large += [_address(root, uids, parameters) for parameters in asked.large]
    for address in {address.partition("&window")[0]: address for address in (*small, *large)}.values():
        answer = orthanc.client.get(address)
        if answer.status != 200:
            raise RuntimeError(f"{address}: {answer}")
    for addresses in (small, large):
        random.Random(1).shuffle(addresses)
    slow = _address(root, stored[make_frames][1], {"contentType": DICOM, "transferSyntax": "*"})
    return Addresses(small, large, slow, f"/instances/{stored[make_ct][0]}/file")


def _files() -> Iterator[tuple[Asked, bytes, Parameters]]:
    for asked in ASKED:
        content, uids = to_file(asked.make())
        yield asked, content, uids
    report = REPORT.make()
    uids = {
        "studyUID": report.StudyInstanceUID,
        "seriesUID": report.SeriesInstanceUID,
        "objectUID": report.SOPInstanceUID,
    }
    yield REPORT, to_report_file(report), uids


def _address(root: str, uids: Parameters, parameters: Parameters) -> str:
    return f"{root}?{urlencode({'requestType': 'WADO', **uids, **parameters})}"
