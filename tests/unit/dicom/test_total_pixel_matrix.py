"""Where tiles lie in the Total Pixel Matrix (PS3.3 C.7.6.17.3)."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import image_pixel
from wado.dicom.total_pixel_matrix import read_tile_place

PIXEL = image_pixel(10, 20, number_of_frames=12)


def attributes(**values: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


@pytest.mark.parametrize(
    ("frame_index", "place"), [(0, (0, 0)), (2, (40, 0)), (3, (0, 10)), (5, (40, 10)), (7, (20, 0))]
)
def test_full_tiles_go_along_the_rows_and_begin_anew_in_each_plane(frame_index: int, place: tuple[int, int]) -> None:
    """45 by 15 pixels of 20 by 10 are 3 across and 2 down."""
    dataset = attributes(TotalPixelMatrixColumns=45, TotalPixelMatrixRows=15, DimensionOrganizationType="TILED_FULL")
    assert read_tile_place(dataset, PIXEL, frame_index) == place


def test_sparse_tiles_say_where_they_are() -> None:
    position = attributes(ColumnPositionInTotalImagePixelMatrix=21, RowPositionInTotalImagePixelMatrix=101)
    frames = [Dataset(), attributes(PlanePositionSlideSequence=[position])]
    dataset = attributes(
        TotalPixelMatrixColumns=45,
        TotalPixelMatrixRows=15,
        DimensionOrganizationType="TILED_SPARSE",
        PerFrameFunctionalGroupsSequence=frames,
    )
    assert read_tile_place(dataset, PIXEL, 1) == (20, 100)
    assert read_tile_place(dataset, PIXEL, 0) is None


def test_other_images_have_no_matrix() -> None:
    assert read_tile_place(Dataset(), PIXEL, 0) is None
