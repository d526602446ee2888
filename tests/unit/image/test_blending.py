"""Pictures laid over one another, with levels computed by hand (PS3.4 N.2.4.3, N.2.6)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wado.image.blending import Layer, average, lay_over, make_layer, to_rgb
from wado.image.color import Palette

NAN = math.nan


def layer(*levels: float) -> Layer:
    """One row of grey levels, of 0 to 255; NaN where nothing is."""
    return make_layer(np.array([levels], np.float64) / 255)


def shown(result: Layer) -> list[int]:
    found: list[int] = to_rgb(result)[0, :, 0].tolist()
    return found


@pytest.mark.parametrize(("opacity", "both"), [(0.0, 100), (0.25, 125), (1.0, 200)])
def test_foreground_counts_by_its_opacity_where_both_are(opacity: float, both: int) -> None:
    result = lay_over(layer(200, 200, NAN, NAN), layer(100, NAN, 100, NAN), opacity)
    assert shown(result) == [both, 200, 100, 0]
    assert result.is_present is not None and result.is_present.tolist() == [[True, True, True, False]]


def test_equal_counts_those_that_are_there() -> None:
    result = average([layer(30, 30, 30, NAN), layer(60, 60, NAN, NAN), layer(90, NAN, NAN, NAN)])
    assert shown(result) == [60, 45, 30, 0]
    assert result.is_present is not None and result.is_present.tolist() == [[True, True, True, False]]
    assert average([layer(30, NAN), layer(60, 60)]).is_present is None


def test_levels_are_rounded_once_at_the_end() -> None:
    # A third and a third of 1 are 0.67 together; rounded before they were added they would be nothing.
    assert shown(average([average([layer(1), layer(0), layer(0)]), layer(1)])) == [1]
    assert shown(lay_over(layer(101), layer(100), 0.5)) == [101]


def test_grey_is_the_same_red_green_and_blue() -> None:
    red = make_layer(np.array([[0.0, 1.0, NAN]]), Palette(0, bytes([0, 0, 0, 200, 0, 0])))
    assert to_rgb(lay_over(red, layer(100, 100, 100), 0.5))[0].tolist() == [
        [50, 50, 50],
        [150, 50, 50],
        [100, 100, 100],
    ]


def test_colours_with_a_channel_that_is_nothing_are_nothing() -> None:
    colors = make_layer(np.array([[[1.0, NAN, 1.0], [0.2, 0.4, 0.6]]]))
    assert to_rgb(colors)[0].tolist() == [[0, 0, 0], [51, 102, 153]]
