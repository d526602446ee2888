"""The colours and grey levels that presentation states recommend, as those of a picture (PS3.3 C.10.7.1.1)."""

from __future__ import annotations

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


def p_value_to_grey(value: int) -> int:
    """From 0000H, black, to FFFFH, white, as 0 to 255."""
    return (value * 255 + HIGHEST // 2) // HIGHEST


def cielab_to_srgb(value: tuple[int, int, int]) -> tuple[int, int, int]:
    """A PCS-Value, L* of 0 to 100, a* and b* of -128 to 127, each as 0000H to FFFFH; red, green and blue of 0 to 255.

    A colour that sRGB does not have becomes the nearest in each of red, green and blue.
    """
    lightness, a, b = value
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
