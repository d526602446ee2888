"""The objects that the tests store, and the picture files that they expect."""

from __future__ import annotations

from functools import cache
from typing import Any

import imagecodecs
import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless, generate_uid

from tests.support.datasets import coded_squares, make_image, to_file, with_codestreams
from tests.support.http_client import Answer

MAGIC = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "application/dicom": b"DICM"}
Parameters = dict[str, object]


def begins_as_its_type(answer: Answer) -> bool:
    offset = 128 if answer.media_type == "application/dicom" else 0
    return answer.body[offset:].startswith(MAGIC[answer.media_type])


def uids_of(dataset: Dataset) -> Parameters:
    return {
        "studyUID": dataset.StudyInstanceUID,
        "seriesUID": dataset.SeriesInstanceUID,
        "objectUID": dataset.SOPInstanceUID,
    }


_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


def new_uids() -> dict[str, Any]:
    return {keyword: str(generate_uid()) for keyword in _UIDS}


def squares(level: int = 0) -> Dataset:
    """A picture of coded squares that are so much brighter, as an object of its own."""
    return make_image(coded_squares() // 2 + np.uint8(level), WindowCenter="128", WindowWidth="256", **new_uids())


def stored_squares(level: int = 0) -> tuple[Parameters, bytes]:
    """The UIDs and the file of such a picture."""
    dataset = squares(level)
    return uids_of(dataset), to_file(dataset)


def slow(number_of_frames: int) -> tuple[Parameters, bytes]:
    """An object that takes long to be sent uncompressed: some 0.05 seconds for each frame of noise in JPEG 2000."""
    codestream = noise_in_jpeg_2000()
    dataset = make_image(
        np.zeros((1, 512, 512), np.uint8), is_multi_frame=True, NumberOfFrames=number_of_frames, **new_uids()
    )
    return uids_of(dataset), to_file(with_codestreams(dataset, JPEG2000Lossless, [codestream] * number_of_frames))


@cache
def noise_in_jpeg_2000() -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (512, 512), np.uint8)
    return bytes(imagecodecs.jpeg2k_encode(noise, codecformat="j2k", level=0, reversible=True))


def large(rows: int, columns: int) -> tuple[Parameters, bytes]:
    """A small file of an object that is large once it is decoded."""
    codestream = imagecodecs.jpeg2k_encode(
        np.zeros((rows, columns), np.uint8), codecformat="j2k", level=0, reversible=True
    )
    dataset = make_image(np.zeros((1, 1), np.uint8), Rows=rows, Columns=columns, **new_uids())
    return uids_of(dataset), to_file(with_codestreams(dataset, JPEG2000Lossless, [bytes(codestream)]))
