"""Letters at the edges, worked out by hand (PS3.3 C.7.6.1.1.1, C.7.6.2.1.1)."""

from __future__ import annotations

import math

import pytest

from wado.annotation.model import EdgeLetters, Vector
from wado.annotation.orientation import direction_of, edge_letters, letters_of, opposite, turn_directions
from wado.image.layout import Orientation

LEFT: Vector = (1, 0, 0)
POSTERIOR: Vector = (0, 1, 0)
HEAD: Vector = (0, 0, 1)


@pytest.mark.parametrize(
    ("horizontal", "vertical", "expected"),
    [
        pytest.param(LEFT, POSTERIOR, EdgeLetters("R", "L", "A", "P"), id="axial"),
        pytest.param(LEFT, (0, 0, -1), EdgeLetters("R", "L", "H", "F"), id="coronal"),
        pytest.param(POSTERIOR, (0, 0, -1), EdgeLetters("A", "P", "H", "F"), id="sagittal"),
        pytest.param((-1, 0, 0), POSTERIOR, EdgeLetters("L", "R", "A", "P"), id="axial, flipped"),
        pytest.param(POSTERIOR, (-1, 0, 0), EdgeLetters("A", "P", "L", "R"), id="axial, turned"),
        pytest.param((0.8, 0.6, 0), (0, 0, -1), EdgeLetters("RA", "LP", "H", "F"), id="oblique"),
        pytest.param((0.8, 0, -0.6), (0, 1, 0), EdgeLetters("RH", "LF", "A", "P"), id="tilted"),
        pytest.param(None, None, EdgeLetters(), id="unknown"),
    ],
)
def test_letters_name_the_directions_at_the_edges(
    horizontal: Vector | None, vertical: Vector | None, expected: EdgeLetters
) -> None:
    assert edge_letters(horizontal, vertical) == expected


def test_a_doubly_oblique_direction_has_three_letters_nearest_first() -> None:
    assert letters_of((-0.48, 0.8, 0.36)) == "PRH"


@pytest.mark.parametrize(("degrees", "letters"), [(2, "L"), (4, "LP"), (44, "LP"), (46, "PL"), (88, "P")])
def test_a_tilt_of_less_than_three_degrees_has_no_letter(degrees: int, letters: str) -> None:
    angle = math.radians(degrees)
    assert letters_of((math.cos(angle), math.sin(angle), 0.0)) == letters


@pytest.mark.parametrize("letters", ["R", "L", "A", "P", "H", "F", "AR", "PRH", "LPF", "FAL"])
def test_letters_become_a_direction_with_just_these_letters(letters: str) -> None:
    direction = direction_of(letters)
    assert direction
    assert math.hypot(*direction) == pytest.approx(1)
    assert letters_of(direction) == letters


def test_the_opposite_direction_has_the_opposite_letters() -> None:
    assert letters_of(opposite((-0.48, 0.8, 0.36))) == "ALF"


@pytest.mark.parametrize("letters", ["", "X", "RL", "LL", "ARHF", "CR", "l"])
def test_what_is_no_direction_of_a_biped_becomes_none(letters: str) -> None:
    assert direction_of(letters) is None


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (Orientation(), EdgeLetters("R", "L", "A", "P")),
        (Orientation(1), EdgeLetters("P", "A", "R", "L")),
        (Orientation(2), EdgeLetters("L", "R", "P", "A")),
        (Orientation(3), EdgeLetters("A", "P", "L", "R")),
        (Orientation(0, is_flipped=True), EdgeLetters("L", "R", "A", "P")),
        (Orientation(1, is_flipped=True), EdgeLetters("A", "P", "R", "L")),
        (Orientation(2, is_flipped=True), EdgeLetters("R", "L", "P", "A")),
        (Orientation(3, is_flipped=True), EdgeLetters("P", "A", "L", "R")),
    ],
)
def test_letters_turn_with_the_picture(orientation: Orientation, expected: EdgeLetters) -> None:
    """An axial slice, clockwise: what was at the left is at the top, what was at the bottom is at the left."""
    assert edge_letters(*turn_directions(LEFT, POSTERIOR, orientation)) == expected
