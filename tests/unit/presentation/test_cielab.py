"""PCS-Values in CIELab as sRGB (PS3.3 C.10.7.1.1), by known colours and by LittleCMS."""

from __future__ import annotations

import itertools

import pytest
from PIL import Image, ImageCms

from wado.presentation.cielab import cielab_to_srgb, p_value_to_grey

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
    assert cielab_to_srgb(value) == pytest.approx(color, abs=1)


def test_greys_are_grey() -> None:
    for lightness in range(0, 0x10000, 257):
        red, green, blue = cielab_to_srgb((lightness, NEUTRAL, NEUTRAL))
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
            assert cielab_to_srgb((lightness * 257, (a + 128) * 257, (b + 128) * 257)) == pytest.approx(color, abs=1)
            compared += 1
    assert compared > 300


@pytest.mark.parametrize(("value", "level"), [(0, 0), (128, 0), (129, 1), (32768, 128), (65406, 254), (65535, 255)])
def test_p_values_are_rounded_to_the_nearest_grey_level(value: int, level: int) -> None:
    assert p_value_to_grey(value) == level
