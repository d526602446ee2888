"""Overlays burnt into pictures against those that DCMTK draws into its own, within one grey level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from tests.support.datasets import Array, make_image, sample_files, to_file
from tests.support.dcmtk import picture_by_dcmtk
from tests.support.images import assert_similar, decode_picture, opened
from tests.support.worker_settings import worker_settings
from wado.job import Job
from wado.media_types import IMAGE_PNG, Category
from wado.worker.renderers import Renderers

ROWS, COLUMNS = 20, 30


def with_overlay_in_pixels(position: int, origin: list[int], high_bit: int) -> Dataset:
    """Twelve bits of noise, and a rectangle and two corners in another bit of the cells."""
    values = np.random.default_rng(1).integers(0, 4096, (ROWS, COLUMNS), np.uint16) << (high_bit - 11)
    plane: Array = np.zeros((ROWS, COLUMNS), np.uint16)
    plane[4:10, 5:9] = plane[0, 0] = plane[-1, -1] = 1
    dataset = make_image(
        values | plane << position, bits_stored=12, high_bit=high_bit, WindowCenter=2048, WindowWidth=4096
    )
    attributes = {0x0010: ROWS, 0x0011: COLUMNS, 0x0100: 16, 0x0102: position}
    for element, value in attributes.items():
        dataset.add_new((0x6000, element), "US", value)
    dataset.add_new((0x6000, 0x0040), "CS", "G")
    dataset.add_new((0x6000, 0x0050), "SS", origin)
    return dataset


def burnt(content: bytes | Path) -> Array:
    with opened(content) as (descriptor, size):
        job = Job("attachment", size, Category.SINGLE_FRAME, IMAGE_PNG)
        return decode_picture(bytes(Renderers(worker_settings(burn_in_overlays=True)).render(job, descriptor).body))


@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("origin", [[1, 1], [3, 4], [0, -2]])
@pytest.mark.parametrize(("position", "high_bit"), [(12, 11), (15, 11), (0, 15), (3, 15), (5, 11)])
def test_overlays_within_the_pixels(position: int, high_bit: int, origin: list[int], uid: str, tmp_path: Path) -> None:
    path = tmp_path / "overlay.dcm"
    path.write_bytes(to_file(with_overlay_in_pixels(position, origin, high_bit), uid))
    theirs = picture_by_dcmtk(path, uid, "+O", "0", "+Wi", "1")
    assert theirs is not None
    assert_similar(burnt(path), theirs)


SAMPLES = [path for path in sample_files("4_images/overlay") if "OutOfBounds" not in path.name]


@pytest.mark.skipif(not SAMPLES, reason="there is no collection of images beside the repository")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_overlays_with_data_of_their_own(path: Path) -> None:
    theirs = picture_by_dcmtk(path, ExplicitVRLittleEndian, "+O", "0", "+Wi", "1")
    theirs = picture_by_dcmtk(path, ExplicitVRLittleEndian, "+O", "0", "+Wm") if theirs is None else theirs
    assert theirs is not None
    assert_similar(burnt(path), theirs)
