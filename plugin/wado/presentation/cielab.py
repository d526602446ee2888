"""The colours and grey levels that presentation states recommend, as those of a picture (PS3.3 C.10.7.1.1)."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.dicom.values import values_of
from wado.presentation.values import unsound

Color = tuple[int, int, int]
"""sRGB, 0 to 255; a grey has three equal ones."""

HIGHEST = 0xFFFF
"""White as a P-Value, and the end of each of the three ranges of a PCS-Value."""

D50 = (0.9642, 1.0, 0.8249)
"""X, Y, Z of the white of PCS-Values (ICC.1, 6.3.4.3)."""

XYZ_TO_LINEAR = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
"""To linear sRGB, from XYZ relative to D50: the matrix of IEC 61966-2-1 after Bradford's adaptation to D65."""


def read_color(item: Dataset, cielab: str, grey: str, rgb: str | None = None) -> Color | None:
    """The CIELab value, else the retired RGB one, else the grey one, by their keywords; none if the item has none.

    Pictures are for displays with colours: there the colour is what is recommended, and not the grey.
    """
    if values_of(item, cielab):
        return from_cielab(*_unsigned_shorts(item, cielab, 3))
    if rgb is not None and values_of(item, rgb):
        red, green, blue = (_to_8_bits(value) for value in _unsigned_shorts(item, rgb, 3))
        return red, green, blue
    return from_p_value(*_unsigned_shorts(item, grey, 1)) if values_of(item, grey) else None


def from_p_value(value: int) -> Color:
    """From 0000H, black, to FFFFH, white."""
    level = _to_8_bits(value)
    return level, level, level


def from_cielab(lightness: int, a: int, b: int) -> Color:
    """A PCS-Value: L* of 0 to 100, a* and b* of -128 to 127, each as 0000H to FFFFH.

    A colour that sRGB does not have becomes the nearest in each of red, green and blue.
    """
    y = (lightness / HIGHEST * 100 + 16) / 116
    x = y + (a * 255 / HIGHEST - 128) / 500
    z = y - (b * 255 / HIGHEST - 128) / 200
    relative = _from_root(x), _from_root(y), _from_root(z)
    red, green, blue = (_encoded(_mixed(row, relative)) for row in XYZ_TO_LINEAR)
    return red, green, blue


def _mixed(row: tuple[float, float, float], relative: tuple[float, float, float]) -> float:
    """X, Y, Z relative to the white as one of linear red, green and blue: what is neutral has three equal ones."""
    parts = [factor * white for factor, white in zip(row, D50, strict=True)]
    return sum(part * value for part, value in zip(parts, relative, strict=True)) / sum(parts)


def _from_root(root: float) -> float:
    """The inverse of the function that L*, a* and b* are made with (CIE 15)."""
    return root**3 if root > 6 / 29 else 3 * (6 / 29) ** 2 * (root - 4 / 29)


def _encoded(linear: float) -> int:
    """IEC 61966-2-1."""
    linear = round(min(max(linear, 0.0), 1.0), 12)
    encoded = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return int(encoded * 255 + 0.5)


def _to_8_bits(value: int) -> int:
    return (value * 255 + HIGHEST // 2) // HIGHEST


def _unsigned_shorts(item: Dataset, keyword: str, number: int) -> list[int]:
    values = values_of(item, keyword)
    if len(values) != number or not all(isinstance(value, int) and 0 <= value <= HIGHEST for value in values):
        raise unsound(keyword)
    return [int(value) for value in values]
