"""The display shutter of a presentation state (PS3.3 C.7.6.11, C.7.6.15, C.11.12)."""

from __future__ import annotations

from fractions import Fraction

from pydicom.dataset import Dataset

from wado.dicom.overlays import OVERLAY_ERRORS, read_overlay
from wado.dicom.values import decimals, integer, values_of
from wado.image.overlays import Overlay
from wado.image.shutters import (
    BitmapShutter,
    CircularShutter,
    PolygonalShutter,
    RectangularShutter,
    Shape,
    Shutter,
)
from wado.presentation.cielab import read_color
from wado.presentation.values import unsound

SHAPES = ("RECTANGULAR", "CIRCULAR", "POLYGONAL", "BITMAP")
FARTHEST = 1 << 20
"""No row or column of an image is that far away; nearer ones keep the arithmetic exact."""

BLACK = (0, 0, 0)


def read_shutter(state: Dataset, image: Dataset, frame_index: int, pixel_aspect: Fraction) -> Shutter | None:
    """The state's own: the image's are not used with a state (PS3.4 N.2). None if it has none.

    `pixel_aspect` is that of the displayed area. What replaces the image is black where the state does not say.
    """
    names = [str(name).strip() for name in values_of(state, "ShutterShape")]
    if any(name not in SHAPES for name in names):
        raise unsound("ShutterShape", f"is none of {', '.join(SHAPES)}")
    shapes: list[Shape] = []
    if "RECTANGULAR" in names:
        shapes.append(_read_rectangle(state))
    if "CIRCULAR" in names:
        shapes.append(_read_circle(state, pixel_aspect))
    if "POLYGONAL" in names:
        shapes.append(_read_polygon(state))
    if "BITMAP" in names:
        shapes.append(BitmapShutter(_read_bitmap(state, image, frame_index)))
    color = read_color(state, "ShutterPresentationColorCIELabValue", "ShutterPresentationValue")
    return Shutter(tuple(shapes), color or BLACK) if shapes else None


def _read_rectangle(state: Dataset) -> RectangularShutter:
    (left,) = _places(state, "ShutterLeftVerticalEdge", 1)
    (right,) = _places(state, "ShutterRightVerticalEdge", 1)
    (upper,) = _places(state, "ShutterUpperHorizontalEdge", 1)
    (lower,) = _places(state, "ShutterLowerHorizontalEdge", 1)
    if left > right:
        raise unsound("ShutterRightVerticalEdge", "is to the left of the left one")
    if upper > lower:
        raise unsound("ShutterLowerHorizontalEdge", "is above the upper one")
    return RectangularShutter(left, right, upper, lower)


def _read_circle(state: Dataset, pixel_aspect: Fraction) -> CircularShutter:
    row, column = _places(state, "CenterOfCircularShutter", 2)
    (radius,) = _places(state, "RadiusOfCircularShutter", 1)
    if radius < 1:
        raise unsound("RadiusOfCircularShutter", "is none")
    return CircularShutter(row, column, radius, pixel_aspect)


def _read_polygon(state: Dataset) -> PolygonalShutter:
    number = len(values_of(state, "VerticesOfThePolygonalShutter"))
    if number % 2 or number < 6:
        raise unsound("VerticesOfThePolygonalShutter", "are not those of a polygon")
    places = _places(state, "VerticesOfThePolygonalShutter", number)
    return PolygonalShutter(tuple(zip(places[::2], places[1::2], strict=True)))


def _read_bitmap(state: Dataset, image: Dataset, frame_index: int) -> Overlay:
    """The overlay of the group that the state names: of the state, else of the image."""
    group = integer(state, "ShutterOverlayGroup", 0)
    for dataset in (state, image):
        try:
            overlay = read_overlay(dataset, group, frame_index)
        except OVERLAY_ERRORS:
            raise unsound("ShutterOverlayGroup", "names an overlay that is malformed") from None
        if overlay is not None:
            return overlay
    raise unsound("ShutterOverlayGroup", "names an overlay that is not there")


def _places(state: Dataset, keyword: str, number: int) -> list[int]:
    values = decimals(state, keyword)
    if len(values) != number or len(values_of(state, keyword)) != number:
        raise unsound(keyword)
    if any(value != int(value) or abs(value) > FARTHEST for value in values):
        raise unsound(keyword, "is no place in an image")
    return [int(value) for value in values]
