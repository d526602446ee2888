"""Where a frame of a tiled image lies in the Total Pixel Matrix (PS3.3 C.7.6.17.3, C.8.12.14)."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.dicom.functional_groups import groups_of
from wado.dicom.values import integer, items, text
from wado.image.pixels import ImagePixel

FIRST = 1
"""The matrix counts its columns and rows from 1."""


def read_tile_place(dataset: Dataset, pixel: ImagePixel, frame_index: int) -> tuple[int, int] | None:
    """Column and row, from 0, of the frame's top left pixel in the matrix; none where the object does not say."""
    for group in groups_of(dataset, frame_index):
        for position in items(group, "PlanePositionSlideSequence")[:1]:
            column = integer(position, "ColumnPositionInTotalImagePixelMatrix", 0)
            row = integer(position, "RowPositionInTotalImagePixelMatrix", 0)
            if column >= FIRST and row >= FIRST:
                return column - FIRST, row - FIRST
    columns = integer(dataset, "TotalPixelMatrixColumns", 0)
    rows = integer(dataset, "TotalPixelMatrixRows", 0)
    if columns < 1 or rows < 1 or text(dataset, "DimensionOrganizationType") != "TILED_FULL":
        return None
    across, down = -(-columns // pixel.columns), -(-rows // pixel.rows)
    row, column = divmod(frame_index % (across * down), across)
    return column * pixel.columns, row * pixel.rows
