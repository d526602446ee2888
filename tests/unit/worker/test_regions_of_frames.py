"""Regions of uncompressed frames: no more is read than their rows, and the picture is the part of the whole one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.support.datasets import Array, make_image, pydicom_file, to_file
from tests.support.images import assert_equal, picture_of
from wado.dicom.stored_image import read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.errors import NotAcceptable

ROWS, COLUMNS = 40, 30
GENERATOR = np.random.default_rng(3)
BYTES = GENERATOR.integers(0, 256, (3, ROWS, COLUMNS)).astype(np.uint8)
COLOURS = GENERATOR.integers(0, 256, (3, ROWS, COLUMNS, 3)).astype(np.uint8)
BITS = GENERATOR.integers(0, 2, (3, ROWS, 27)).astype(bool)
WINDOW: dict[str, Any] = {"WindowCenter": 128, "WindowWidth": 256}


def make(pixels: Array, *name: str, **options: Any) -> Dataset:
    return make_image(pixels, *name, is_multi_frame=True, **options)


IMAGES: dict[str, bytes] = {
    "8 bits": to_file(make(BYTES, **WINDOW)),
    "16 bits": to_file(make(BYTES.astype(np.uint16) * 200, WindowCenter=25000, WindowWidth=50000)),
    "16 bits, Big Endian": to_file(make(BYTES.astype(np.uint16), **WINDOW), ExplicitVRBigEndian),
    "8 bits, Big Endian": to_file(make(BYTES, **WINDOW), ExplicitVRBigEndian),
    "signed": to_file(make(BYTES.astype(np.int16) - 100, WindowCenter=28, WindowWidth=256), ImplicitVRLittleEndian),
    "single bits": to_file(make(BITS, WindowCenter=0.5, WindowWidth=1, VOILUTFunction="LINEAR_EXACT")),
    "colours": to_file(make(COLOURS, "RGB")),
    "colours plane by plane": to_file(make(COLOURS, "RGB", is_planar=True)),
    "subsampled": to_file(make(COLOURS, "YBR_FULL_422")),
    "the whole range": to_file(make(BYTES)),
}
REGIONS = [(0.0, 0.0, 1.0, 0.3), (0.2, 0.35, 0.9, 0.6), (0.0, 0.7, 0.5, 1.0), (0.5, 0.5, 0.51, 0.51)]


@pytest.mark.parametrize("region", REGIONS, ids=str)
@pytest.mark.parametrize("frame_number", [1, 2, 3])
@pytest.mark.parametrize("name", IMAGES)
def test_a_region_is_the_part_of_the_whole_picture(
    name: str, frame_number: int, region: tuple[float, float, float, float]
) -> None:
    whole = picture_of(IMAGES[name], frame_number=frame_number)
    rows, columns = whole.shape[:2]
    left, top, right, bottom = (int(edge * side + 0.5) for edge, side in zip(region, (columns, rows) * 2, strict=True))
    part = picture_of(IMAGES[name], frame_number=frame_number, region=region)
    assert_equal(part, whole[top : max(bottom, top + 1), left : max(right, left + 1)])


class Counted(BytesSource):
    """Tells how many bytes of it were read."""

    read_bytes = 0

    def read(self, offset: int, length: int) -> bytes:
        content = super().read(offset, length)
        Counted.read_bytes += len(content)
        return content


@pytest.mark.parametrize("name", ["8 bits", "16 bits", "colours", "single bits", "8 bits, Big Endian"])
def test_no_more_than_the_rows_are_read(name: str) -> None:
    source = Counted(IMAGES[name])
    image = read_stored_image(read_stored_object(source), source)
    Counted.read_bytes = 0
    frame = image.read_rows(source, 1, 10, 14)
    assert frame is not None
    assert Counted.read_bytes <= image.pixel.frame_bits // 8 // 10 + 2  # 4 of 40 rows
    assert_equal(frame.words, image.read_frame(source, 1).words[10:14])


@pytest.mark.parametrize("region", REGIONS, ids=str)
@pytest.mark.parametrize("missing", [2, 20, ROWS * COLUMNS])
def test_a_region_of_a_frame_that_is_cut_short_is_refused_as_the_frame_is(
    region: tuple[float, float, float, float], missing: int
) -> None:
    content = to_file(make_image(BYTES[0], **WINDOW))[:-missing]
    for what in ({}, {"region": region}):
        with pytest.raises(NotAcceptable, match="is cut short"):
            picture_of(content, **what)


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm", "ExplVR_BigEnd.dcm", "SC_rgb_small_odd.dcm"])
def test_a_region_of_a_real_image_is_the_part_of_its_picture(name: str) -> None:
    path: Path = pydicom_file(name)
    whole = picture_of(path, frame_number=1)
    rows, columns = whole.shape[:2]
    part = picture_of(path, frame_number=1, region=(0.25, 0.25, 0.75, 0.75))
    top, bottom, left, right = (int(side * share + 0.5) for side in (rows, columns) for share in (0.25, 0.75))
    assert_equal(part, whole[top:bottom, left:right])
