"""What is asked during a soak: small answers of many kinds, new ones and the same again, and large ones beside them."""

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

NEW_WINDOW = {"windowCenter": "NEW", "windowWidth": 800}
"""The load puts a new number there each time, so that the answer has to be made."""


class Asked(NamedTuple):
    """An object and what is asked of it, each with an address of its own: `new` ones are small as the `same` are."""

    make: Callable[[], Dataset]
    new: tuple[Parameters, ...] = ()
    same: tuple[Parameters, ...] = ()
    large: tuple[Parameters, ...] = ()


def make_cine() -> Dataset:
    values = (make_values(256) >> 3).astype("u1")
    dataset = make_dataset(values, MultiFrameGrayscaleByteSecondaryCaptureImageStorage)
    dataset.NumberOfFrames, dataset.FrameTime = CINE_FRAMES, 50
    dataset.PixelData = b"".join(np.roll(values, 8 * frame_index, 1).tobytes() for frame_index in range(CINE_FRAMES))
    return dataset


def windows(*sizes: int) -> tuple[Parameters, ...]:
    """As a viewer's drag asks: one window after the other."""
    return tuple({"contentType": JPEG, "rows": size, **NEW_WINDOW} for size in sizes)


def thumbnails(*sizes: int) -> tuple[Parameters, ...]:
    return tuple({"contentType": media_type, "rows": size} for media_type, size in product((JPEG, PNG), sizes))


ASKED = (
    Asked(
        make_ct,
        windows(128, 256, 512),
        thumbnails(64, 100, 128),
        (
            {"contentType": DICOM},
            {"contentType": DICOM, "transferSyntax": JPEG_2000_LOSSLESS},
            {"contentType": DICOM, "transferSyntax": JPEG_LS_LOSSLESS},
            {"contentType": DICOM, "anonymize": "yes"},
        ),
    ),
    Asked(make_jpeg_2000_ct, windows(128, 512), thumbnails(64, 128), ({"contentType": DICOM},)),
    Asked(make_jpeg_lossless_ct, windows(256), thumbnails(96), ({"contentType": DICOM},)),
    Asked(make_colour_jpeg, (), thumbnails(64, 128), ({"contentType": PNG},)),
    Asked(partial(make_grey, 2048), windows(128), thumbnails(64, 256), ({"contentType": PNG, **NEW_WINDOW},)),
    Asked(
        make_frames,
        tuple({"contentType": JPEG, "frameNumber": 1 + 25 * number, "rows": 256, **NEW_WINDOW} for number in range(8)),
        tuple({"contentType": JPEG, "frameNumber": 1 + 25 * number, "rows": 64} for number in range(8)),
        tuple({"contentType": PNG, "frameNumber": 1 + 50 * number, **NEW_WINDOW} for number in range(4)),
    ),
    Asked(
        make_cine,
        ({"contentType": PNG, "frameNumber": 8, **NEW_WINDOW},),
        ({"contentType": JPEG, "frameNumber": 8},),
        ({"contentType": GIF, **NEW_WINDOW}, {"contentType": "video/mp4"}, {"contentType": "video/mpeg"}),
    ),
)
"""The objects of pixels."""

REPORT = Asked(
    make_measurement_report,
    same=({"contentType": HTML}, {"contentType": "text/plain"}),
    large=({"contentType": PDF},),
)


class Addresses(NamedTuple):
    """Paths with queries.

    `slow` is an answer of 100 MB, `file` Orthanc's own of half a megabyte, `bare` a small one of `bare_callback.py`.
    """

    new: list[str]
    same: list[str]
    large: list[str]
    slow: str
    file: str
    bare: str


def store_and_ask(orthanc: OrthancProcess, root: str = "/wado") -> Addresses:
    """Store every object; raises `RuntimeError` for an address that is not answered."""
    lists: dict[str, list[str]] = {"new": [], "same": [], "large": []}
    stored: dict[object, tuple[str, Parameters]] = {}
    for asked, content, uids in _files():
        stored[asked.make] = orthanc.store(content).json()["ID"], uids
        for name, addresses in lists.items():
            addresses += [_address(root, uids, parameters) for parameters in getattr(asked, name)]
    for addresses in lists.values():
        random.Random(1).shuffle(addresses)
        for address in addresses:
            answer = orthanc.client.get(address.replace("NEW", "40"))
            if answer.status != 200:
                raise RuntimeError(f"{address}: {answer}")
    slow = _address(root, stored[make_frames][1], {"contentType": DICOM, "transferSyntax": "*"})
    file, bare = f"/instances/{stored[make_ct][0]}/file", f"/bare/{stored[REPORT.make][0]}"
    return Addresses(**lists, slow=slow, file=file, bare=bare)


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
