"""The Graphic Object Sequence (PS3.3 C.10.5.1.2)."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.dicom.values import integer, text
from wado.presentation.graphic_model import Graphic, Shape
from wado.presentation.graphic_space import TilePlace, read_space
from wado.presentation.graphic_styles import read_fill_style, read_line_style
from wado.presentation.values import unsound

POINTS = {Shape.POINT: 1, Shape.POLYLINE: 1, Shape.INTERPOLATED: 1, Shape.CIRCLE: 2, Shape.ELLIPSE: 4}
"""Fewest of each shape. A line of one point is drawn as that point: it is about that place, whatever else is missing.
"""
EXACT = (Shape.POINT, Shape.CIRCLE, Shape.ELLIPSE)


def read_graphic(item: Dataset, place: TilePlace | None) -> Graphic:
    """Raises `BadRequest` where it cannot be told what to draw. Points beyond those of the shape are left out."""
    shape = text(item, "GraphicType")
    if shape not in Shape.__members__:
        raise unsound("GraphicType")
    kind = Shape[shape]
    check_dimensions(item)
    space = read_space(item, "GraphicAnnotationUnits", place)
    points = space.read_points(item, "GraphicData")
    if len(points) < POINTS[kind]:
        raise unsound("GraphicData", f"holds fewer points than a graphic of its type, {shape}, has")
    return Graphic(
        shape=kind,
        units=space.units,
        points=points[: POINTS[kind]] if kind in EXACT else points,
        is_filled=text(item, "GraphicFilled") == "Y",
        line=read_line_style(item),
        fill=read_fill_style(item),
    )


def check_dimensions(item: Dataset) -> None:
    """A point has a column and a row. Raises `BadRequest` where it would have more."""
    if integer(item, "GraphicDimensions", 2) != 2:
        raise unsound("GraphicDimensions", "is not 2")
