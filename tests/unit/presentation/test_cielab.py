"""PCS-Values in CIELab as sRGB (PS3.3 C.10.7.1.1), by known colours and by LittleCMS."""

from __future__ import annotations

import itertools

import pytest
from PIL import Image, ImageCms
from pydicom.dataset import Dataset

from wado.errors import BadRequest
from wado.presentation.cielab import from_cielab, from_p_value, read_color

NEUTRAL = 0x8080
"""a* or b* of 0."""

NO_OPTIMIZATION = 0x0100
"""LittleCMS goes through a coarse table otherwise."""


def pcs(lightness: float, a: float, b: float) -> tuple[int, int, int]:
    return round(lightness / 100 * 65535), round((a + 128) / 255 * 65535), round((b + 128) / 255 * 65535)


@pytest.mark.parametrize(
    ("value", "color"),
    [
        ((0, NEUTRAL, NEUTRAL), (0, 0, 0)),
        ((0xFFFF, NEUTRAL, NEUTRAL), (255, 255, 255)),
        (pcs(53.585, 0, 0), (128, 128, 128)),
        (pcs(54.29, 80.80, 69.89), (255, 0, 0)),
        (pcs(87.82, -79.27, 80.99), (0, 255, 0)),
        (pcs(29.57, 68.29, -112.03), (0, 0, 255)),
        (pcs(97.61, -15.75, 93.39), (255, 255, 0)),
    ],
)
def test_known_colours(value: tuple[int, int, int], color: tuple[int, int, int]) -> None:
    """The corners of sRGB in CIELab relative to D50."""
    assert from_cielab(*value) == pytest.approx(color, abs=1)


def test_greys_are_grey() -> None:
    for lightness in range(0, 0x10000, 257):
        red, green, blue = from_cielab(lightness, NEUTRAL, NEUTRAL)
        assert red == green == blue


def test_littlecms_agrees_within_one() -> None:
    profiles = ImageCms.createProfile("LAB", 5000), ImageCms.createProfile("sRGB")
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    transform = ImageCms.buildTransform(*profiles, "LAB", "RGB", intent, ImageCms.Flags(NO_OPTIMIZATION))
    compared = 0
    for lightness, a, b in itertools.product(range(0, 256, 15), range(-120, 121, 20), range(-120, 121, 20)):
        pixel = Image.frombytes("LAB", (1, 1), bytes((lightness, a % 256, b % 256)))
        theirs = ImageCms.applyTransform(pixel, transform)
        assert theirs is not None
        color = theirs.getpixel((0, 0))
        assert isinstance(color, tuple)
        if all(0 < value < 255 for value in color):  # clipped otherwise, and that differently
            assert from_cielab(lightness * 257, (a + 128) * 257, (b + 128) * 257) == pytest.approx(color, abs=1)
            compared += 1
    assert compared > 300


@pytest.mark.parametrize(("value", "level"), [(0, 0), (128, 0), (129, 1), (32768, 128), (65406, 254), (65535, 255)])
def test_p_values_are_rounded_to_the_nearest_grey_level(value: int, level: int) -> None:
    assert from_p_value(value) == (level, level, level)


LAYER = "GraphicLayerRecommendedDisplay"
KEYWORDS = (f"{LAYER}CIELabValue", f"{LAYER}GrayscaleValue", f"{LAYER}RGBValue")


def test_the_newest_way_to_tell_a_colour_is_taken() -> None:
    layer = Dataset()
    assert read_color(layer, *KEYWORDS) is None
    layer.GraphicLayerRecommendedDisplayGrayscaleValue = 0x8000
    assert read_color(layer, *KEYWORDS) == (128, 128, 128)
    layer.GraphicLayerRecommendedDisplayRGBValue = [0xFFFF, 0, 0x8000]
    assert read_color(layer, *KEYWORDS) == (255, 0, 128)
    layer.GraphicLayerRecommendedDisplayCIELabValue = [0xFFFF, NEUTRAL, NEUTRAL]
    assert read_color(layer, *KEYWORDS) == (255, 255, 255)


def test_a_colour_of_two_values_is_refused() -> None:
    layer = Dataset()
    layer.GraphicLayerRecommendedDisplayCIELabValue = [0xFFFF, NEUTRAL]
    with pytest.raises(BadRequest, match="Graphic Layer Recommended Display CIELab Value"):
        read_color(layer, *KEYWORDS)
