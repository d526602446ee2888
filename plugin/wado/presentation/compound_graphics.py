"""The Compound Graphic Sequence (PS3.3 C.10.5.1.3)."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.dicom.texts import character_set_of, stored_text
from wado.dicom.values import decimals, items, text, values_of
from wado.errors import BadRequest
from wado.presentation.graphic_model import Compound, CompoundShape, Point, Tick, Vertical
from wado.presentation.graphic_space import Space, TilePlace, read_space
from wado.presentation.graphic_styles import read_fill_style, read_line_style, read_text_style
from wado.presentation.graphics import check_dimensions
from wado.presentation.values import unsound

POINTS = {
    CompoundShape.INFINITELINE: 2,
    CompoundShape.CUTLINE: 2,
    CompoundShape.RANGELINE: 2,
    CompoundShape.RULER: 2,
    CompoundShape.AXIS: 2,
    CompoundShape.CROSSHAIR: 1,
    CompoundShape.ARROW: 2,
    CompoundShape.RECTANGLE: 2,
    CompoundShape.ELLIPSE: 2,
}
"""Exactly so many. A MULTILINE has two for each of its lines."""


def read_compound(
    item: Dataset, place: TilePlace | None, inherited: bytes = b"", *, has_rendition: bool
) -> Compound | None:
    """The graphic by its own definition; none where that is not sound and its simple rendition shows it.

    `inherited` is the Specific Character Set of what the item is in. Raises `BadRequest` where there is no rendition.
    """
    try:
        return _read_compound(item, place, inherited)
    except BadRequest:
        if has_rendition:
            return None
        raise


def _read_compound(item: Dataset, place: TilePlace | None, inherited: bytes) -> Compound:
    name = text(item, "CompoundGraphicType")
    if name not in CompoundShape.__members__:
        raise unsound("CompoundGraphicType")
    shape = CompoundShape[name]
    check_dimensions(item)
    space = read_space(item, "CompoundGraphicUnits", place)
    points = space.read_points(item, "GraphicData")
    if len(points) % 2 if shape is CompoundShape.MULTILINE else len(points) != POINTS[shape]:
        raise unsound("GraphicData", f"does not hold as many points as a compound graphic of its type, {name}, has")
    ticks = _read_ticks(item, character_set_of(item, inherited))
    if ticks and shape is CompoundShape.CROSSHAIR:
        # Along which of its lines, and how far they reach, is not defined.
        raise unsound("MajorTicksSequence", "is of a CROSSHAIR")
    angle, pivot = _read_rotation(item, space)
    return Compound(
        shape=shape,
        units=space.units,
        points=points,
        is_filled=text(item, "GraphicFilled") == "Y",
        angle=angle,
        pivot=pivot,
        gap=_read_diameter(item, "GapLength") or 0.0,
        visibility=_read_diameter(item, "DiameterOfVisibility"),
        ticks=ticks,
        tick_side=Vertical.__members__.get(text(item, "TickAlignment"), Vertical.CENTER),
        label_side=Vertical.__members__.get(text(item, "TickLabelAlignment"), Vertical.BOTTOM),
        shows_labels=text(item, "ShowTickLabel") != "N",
        line=read_line_style(item),
        fill=read_fill_style(item),
        text=read_text_style(item),
    )


def _read_rotation(item: Dataset, space: Space) -> tuple[float, Point | None]:
    """Rotation Angle and Rotation Point, without which there is nothing to rotate around."""
    angles = decimals(item, "RotationAngle")
    if len(angles) != len(values_of(item, "RotationAngle")):
        raise unsound("RotationAngle")
    pivot = space.read_point(item, "RotationPoint") if values_of(item, "RotationPoint") else None
    angle = angles[0] if angles else 0.0
    if angle and pivot is None:
        raise unsound("RotationPoint", "is absent, and Rotation Angle is not")
    return angle, pivot


def _read_diameter(item: Dataset, keyword: str) -> float | None:
    lengths = decimals(item, keyword)
    return lengths[0] if lengths and lengths[0] > 0.0 else None


def _read_ticks(item: Dataset, inherited: bytes) -> tuple[Tick, ...]:
    ticks = []
    for tick in items(item, "MajorTicksSequence"):
        positions = decimals(tick, "TickPosition")
        if not positions:
            raise unsound("TickPosition")
        ticks.append(Tick(positions[0], stored_text(tick, "TickLabel", inherited)))
    return tuple(ticks)
