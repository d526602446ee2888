"""Directions in the patient as letters, and back (PS3.3 C.7.6.1.1.1, C.7.6.2.1.1)."""

from __future__ import annotations

import math

from wado.annotation.model import EdgeLetters, Vector
from wado.image.layout import Orientation

POSITIVE = "LPH"
NEGATIVE = "RAF"
"""The ends of the axes x, y, z of a biped."""

SMALLEST_COMPONENT = 0.05
"""Of a unit vector: a tilt of less than three degrees gets no letter."""

_WEIGHTS = (1.0, 0.5, 0.25)


def letters_of(direction: Vector) -> str:
    """Up to three letters, the one that lies nearest first."""
    axes = sorted(range(3), key=lambda axis: -abs(direction[axis]))
    return "".join(
        (POSITIVE if direction[axis] > 0 else NEGATIVE)[axis]
        for axis in axes
        if abs(direction[axis]) >= SMALLEST_COMPONENT
    )


def direction_of(letters: str) -> Vector | None:
    """A unit vector that has just these letters; none if they are no direction."""
    components = [0.0, 0.0, 0.0]
    if not 1 <= len(letters) <= len(_WEIGHTS):
        return None
    for letter, weight in zip(letters, _WEIGHTS, strict=False):
        axis = max(POSITIVE.find(letter), NEGATIVE.find(letter))
        if axis < 0 or components[axis]:
            return None
        components[axis] = weight if letter in POSITIVE else -weight
    return unit((components[0], components[1], components[2]))


def edge_letters(horizontal: Vector | None, vertical: Vector | None) -> EdgeLetters:
    left, right = _ends(horizontal)
    top, bottom = _ends(vertical)
    return EdgeLetters(left, right, top, bottom)


def turn_directions(horizontal: Vector, vertical: Vector, orientation: Orientation) -> tuple[Vector, Vector]:
    """Where the rows and columns of a turned picture run to, by those of the frame as it is stored."""
    for _ in range(orientation.quarter_turns):
        horizontal, vertical = opposite(vertical), horizontal
    return (opposite(horizontal) if orientation.is_flipped else horizontal), vertical


def unit(vector: Vector) -> Vector | None:
    length = math.hypot(*vector)
    if not math.isfinite(length) or length < 1e-6:
        return None
    return vector[0] / length, vector[1] / length, vector[2] / length


def opposite(vector: Vector) -> Vector:
    return -vector[0], -vector[1], -vector[2]


def dot(one: Vector, other: Vector) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def cross(one: Vector, other: Vector) -> Vector:
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )


def _ends(direction: Vector | None) -> tuple[str, str]:
    return (letters_of(opposite(direction)), letters_of(direction)) if direction else ("", "")
