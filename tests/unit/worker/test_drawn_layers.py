"""Overlays and graphics of several layers: what lies over what (PS3.3 C.10.7, C.11.7)."""

from __future__ import annotations

import numpy as np
import pytest

from wado.image.layout import Layout
from wado.image.overlays import Overlay
from wado.image.region import Box
from wado.presentation.graphic_model import Color, Graphic, Layer, LineStyle, Paint, Shape, Units
from wado.worker.presented_frame import draw_layers

SIDE = 16
LAYOUT = Layout(Box(0, 0, SIDE, SIDE), SIDE, SIDE)
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
UPPER_HALF, LOWER_HALF = (slice(0, 8), slice(0, SIDE)), (slice(8, SIDE), slice(0, SIDE))


def filled(order: int, color: Color) -> Layer:
    """A layer with all of the picture filled."""
    corners = ((-9.0, -9.0), (30.0, -9.0), (30.0, 30.0), (-9.0, 30.0))
    invisible = LineStyle(on=Paint(opacity=0.0))
    return Layer(color, (Graphic(Shape.POLYLINE, Units.PIXEL, corners, is_filled=True, line=invisible),), order=order)


def plane(place: tuple[slice, slice]) -> Overlay:
    bits = np.zeros((SIDE, SIDE), bool)
    bits[place] = True
    return Overlay(0x6000, 0, 0, bits)


def shown(layers: tuple[Layer, ...], *planes: tuple[int, Overlay, Color]) -> tuple[tuple[int, ...], ...]:
    """The colours of the upper and the lower half."""
    picture = draw_layers(np.zeros((SIDE, SIDE), np.uint8), layers, planes, LAYOUT)
    halves = [{tuple(color) for color in picture[place].reshape(-1, 3).tolist()} for place in (UPPER_HALF, LOWER_HALF)]
    ((upper,), (lower,)) = halves
    return upper, lower


@pytest.mark.parametrize(
    ("order", "expected"), [(0, GREEN), (1, GREEN), (2, RED)], ids=["in a lower layer", "in the same", "in a higher"]
)
def test_an_overlay_is_over_the_graphics_of_lower_layers_only(order: int, expected: Color) -> None:
    assert shown((filled(1, GREEN),), (order, plane(UPPER_HALF), RED)) == (expected, GREEN)


def test_overlays_and_graphics_take_turns() -> None:
    layers = (filled(0, RED), filled(2, BLUE))
    assert shown(layers, (1, plane(UPPER_HALF), GREEN)) == (BLUE, BLUE)
    assert shown(layers, (1, plane(UPPER_HALF), GREEN), (3, plane(LOWER_HALF), RED)) == (BLUE, RED)


def test_an_overlay_without_graphics_is_shown() -> None:
    assert shown((), (0, plane(UPPER_HALF), RED)) == (RED, (0, 0, 0))
