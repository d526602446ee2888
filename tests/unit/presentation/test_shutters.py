"""The Display Shutter and Bitmap Display Shutter Modules of presentation states (PS3.3 C.7.6.11, C.7.6.15)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydicom.dataset import Dataset

from wado.errors import BadRequest
from wado.image.shutters import BitmapShutter, CircularShutter, PolygonalShutter, RectangularShutter, Shutter
from wado.presentation.shutters import read_shutter

RECTANGLE = {
    "ShutterShape": "RECTANGULAR",
    "ShutterLeftVerticalEdge": 2,
    "ShutterRightVerticalEdge": 9,
    "ShutterUpperHorizontalEdge": 3,
    "ShutterLowerHorizontalEdge": 8,
}
CIRCLE = {"ShutterShape": "CIRCULAR", "CenterOfCircularShutter": [5, 6], "RadiusOfCircularShutter": 4}
POLYGON = {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": [1, 2, 3, 4, 5, 1]}


def state_of(*modules: dict[str, Any], **attributes: Any) -> Dataset:
    state = Dataset()
    for module in (*modules, attributes):
        for keyword, value in module.items():
            setattr(state, keyword, value)
    return state


def with_overlay(dataset: Dataset, group: int, data: bytes = b"\x1d\x00") -> Dataset:
    for element, vr, value in ((0x10, "US", 2), (0x11, "US", 3), (0x50, "SS", [1, 1]), (0x3000, "OW", data)):
        dataset.add_new((group, element), vr, value)
    return dataset


def read(state: Dataset, image: Dataset | None = None) -> Shutter | None:
    return read_shutter(state, image or Dataset(), 0, Fraction(3, 2))


def test_without_a_shape_there_is_no_shutter() -> None:
    assert read(state_of(ShutterPresentationValue=0)) is None


def test_every_shape_is_read() -> None:
    state = state_of(RECTANGLE, CIRCLE, POLYGON, ShutterShape=["RECTANGULAR", "CIRCULAR", "POLYGONAL"])
    assert read(state) == Shutter(
        (
            RectangularShutter(left=2, right=9, upper=3, lower=8),
            CircularShutter(5, 6, 4, Fraction(3, 2)),
            PolygonalShutter(((1, 2), (3, 4), (5, 1))),
        ),
        (0, 0, 0),
    )


@pytest.mark.parametrize(
    ("attributes", "color"),
    [
        ({}, (0, 0, 0)),
        ({"ShutterPresentationValue": 0xFFFF}, (255, 255, 255)),
        ({"ShutterPresentationValue": 0x8000}, (128, 128, 128)),
        (
            {
                "ShutterPresentationValue": 0x8000,
                "ShutterPresentationColorCIELabValue": [0xFFFF, 0x8080, 0x8080],
            },
            (255, 255, 255),
        ),
    ],
)
def test_what_covers_the_image(attributes: dict[str, Any], color: tuple[int, int, int]) -> None:
    shutter = read(state_of(RECTANGLE, attributes))
    assert shutter is not None
    assert shutter.color == color


@pytest.mark.parametrize("in_state", [True, False])
def test_a_bitmap_is_an_overlay_of_the_state_or_the_image(in_state: bool) -> None:
    state = state_of(ShutterShape="BITMAP", ShutterOverlayGroup=0x6002)
    image = Dataset()
    with_overlay(state if in_state else image, 0x6002)
    shutter = read(state, image)
    assert shutter is not None
    (shape,) = shutter.shapes
    assert isinstance(shape, BitmapShutter)
    assert shape.overlay.bits.tolist() == [[True, False, True], [True, True, False]]


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"ShutterShape": "OVAL"}, "Shutter Shape"),
        ({**RECTANGLE, "ShutterLeftVerticalEdge": 10}, "Shutter Right Vertical Edge"),
        ({**RECTANGLE, "ShutterUpperHorizontalEdge": 10}, "Shutter Lower Horizontal Edge"),
        ({**RECTANGLE, "ShutterLeftVerticalEdge": None}, "Shutter Left Vertical Edge"),
        ({**RECTANGLE, "ShutterLeftVerticalEdge": -(1 << 21)}, "Shutter Left Vertical Edge"),
        ({**CIRCLE, "RadiusOfCircularShutter": 0}, "Radius of Circular Shutter"),
        ({**CIRCLE, "CenterOfCircularShutter": [5]}, "Center of Circular Shutter"),
        ({**POLYGON, "VerticesOfThePolygonalShutter": [1, 2]}, "Vertices of the Polygonal Shutter"),
        ({**POLYGON, "VerticesOfThePolygonalShutter": [1, 2, 3, 4, 5, 6, 7]}, "Vertices of the Polygonal Shutter"),
        ({"ShutterShape": "BITMAP", "ShutterOverlayGroup": 0x6000}, "Shutter Overlay Group"),
        ({"ShutterShape": "BITMAP"}, "Shutter Overlay Group"),
        ({**RECTANGLE, "ShutterPresentationColorCIELabValue": [1, 2]}, "Shutter Presentation Color CIELab Value"),
    ],
)
def test_what_is_no_shutter_is_refused_by_its_name(attributes: dict[str, Any], name: str) -> None:
    with pytest.raises(BadRequest, match=name):
        read(state_of(attributes))


def test_a_bitmap_that_is_cut_short_is_refused() -> None:
    state = with_overlay(state_of(ShutterShape="BITMAP", ShutterOverlayGroup=0x6000), 0x6000, b"")
    with pytest.raises(BadRequest, match="Shutter Overlay Group"):
        read(state)
