"""Files that end anywhere or hold anything: a picture or a `WadoError`, and nothing else, in bounded time."""

from __future__ import annotations

import random
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.datasets import pydicom_file, sample_files
from tests.support.images import assert_equal, decode_picture, picture_of, render, rewritten
from wado.errors import WadoError
from wado.media_types import APPLICATION_DICOM, IMAGE_JPEG, IMAGE_PNG

PATIENCE = 10.0
"""Seconds of this process's own work for one answer: two hundred times what any of these files takes."""

CUTS = 20

WHOLE = [
    "CT_small.dcm",
    "MR_small_implicit.dcm",
    "MR_small_expb.dcm",
    "image_dfl.dcm",
    "MR_small_RLE.dcm",
    "SC_rgb_rle_2frame.dcm",
    "rtdose_rle.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_small_odd_jpeg.dcm",
    "JPGExtended.dcm",
    "SC_rgb_jpeg_gdcm.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "SC_rgb_jls_lossy_line.dcm",
    "JPEGLSNearLossless_16.dcm",
    "MR_small_jp2klossless.dcm",
    "JPEG2000.dcm",
    "SC_rgb_gdcm_KY.dcm",
    "liver_1frame.dcm",
    "reportsi.dcm",
]
"""A few files of each transfer syntax."""


def answers(content: bytes) -> Iterator[bytes]:
    """What is made of the file, in each media type; each in bounded time, and no picture that is none."""
    for media_type in (IMAGE_PNG, IMAGE_JPEG, APPLICATION_DICOM):
        start = time.process_time()
        try:
            body = render(content, media_type, image_quality=90)
        except WadoError as error:
            assert error.status in (400, 406)
            body = b""
        assert time.process_time() - start < PATIENCE
        if body and media_type != APPLICATION_DICOM:
            decode_picture(body)
        yield body


@pytest.fixture(autouse=True)
def _pydicom_may_warn() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_is_cut_short_anywhere_gives_a_picture_or_an_error(name: str) -> None:
    content = pydicom_file(name).read_bytes()
    for cut in range(CUTS):
        for _ in answers(content[: len(content) * cut // CUTS]):
            continue


@pytest.mark.parametrize("name", [name for name in WHOLE if "rle" in name.lower() or "jp" in name.lower()])
def test_the_end_of_compressed_pixel_data_may_be_missing(name: str) -> None:
    content = pydicom_file(name).read_bytes()
    assert_equal(picture_of(content[:-8]), picture_of(content))


@pytest.mark.parametrize("name", WHOLE)
def test_what_cannot_be_read_can_still_be_had_as_it_is_stored(name: str) -> None:
    content = pydicom_file(name).read_bytes()
    for cut in range(1, CUTS):
        part = content[: max(200, len(content) * cut // CUTS)]
        assert rewritten(part, "*") == part


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_with_wrong_bytes_gives_a_picture_or_an_error(name: str) -> None:
    content, chance = pydicom_file(name).read_bytes(), random.Random(name)
    for _ in range(15):
        broken = bytearray(content)
        for _ in range(chance.choice([1, 4, 16])):
            broken[chance.randrange(132, len(broken))] = chance.choice([0, 0xFF, chance.randrange(256)])
        for _ in answers(bytes(broken)):
            continue


@pytest.mark.parametrize("content", [b"", b"DICM", bytes(132), bytes(128) + b"DICM", b"\xff" * 4096, b"<html>" * 99])
def test_what_is_no_dicom_at_all_gives_an_error(content: bytes) -> None:
    pictures = list(answers(content))[:2]
    assert pictures == [b"", b""]


BROKEN = sample_files("5_broken")


@pytest.mark.skipif(not BROKEN, reason="there is no collection of broken files beside the repository")
@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_each_file_of_the_collection_of_broken_ones_gives_a_picture_or_an_error(path: Path) -> None:
    for _ in answers(path.read_bytes()):
        continue
