"""The points of graphics and texts, and what they are relative to (PS3.3 C.10.5)."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.dataset import Dataset

from wado.dicom.values import decimals, text, values_of
from wado.presentation.graphic_model import Point, Units
from wado.presentation.values import unsound

TilePlace = tuple[int, int]
"""Column and row, from 0, of the frame's top left pixel in the Total Pixel Matrix."""

MATRIX = "MATRIX"


@dataclass(frozen=True, slots=True)
class Space:
    """Units, and what is added to a point's column and row to come to them."""

    units: Units
    shift: Point = (0.0, 0.0)

    def read_points(self, item: Dataset, keyword: str) -> tuple[Point, ...]:
        """Columns and rows in turn; a column left without its row at the end is left out.

        Raises `BadRequest` where there is no point, or what is no number.
        """
        numbers = decimals(item, keyword)
        if len(numbers) != len(values_of(item, keyword)):
            raise unsound(keyword, "holds what is no number")
        if len(numbers) < 2:
            raise unsound(keyword, "holds no point")
        column, row = self.shift
        return tuple((x + column, y + row) for x, y in zip(numbers[::2], numbers[1::2], strict=False))

    def read_point(self, item: Dataset, keyword: str) -> Point:
        return self.read_points(item, keyword)[0]


def read_space(item: Dataset, keyword: str, place: TilePlace | None) -> Space:
    """The units that the attribute names; `place` is that of the frame, if it is known.

    Raises `BadRequest` where they are none of the standard's, or cannot be those of this image.
    """
    units = text(item, keyword)
    if units == MATRIX:
        if place is None:
            raise unsound(keyword, "is MATRIX, and the image does not say where its frames are in a Total Pixel Matrix")
        return Space(Units.PIXEL, (-float(place[0]), -float(place[1])))
    if units not in Units.__members__:
        raise unsound(keyword)
    return Space(Units[units])
