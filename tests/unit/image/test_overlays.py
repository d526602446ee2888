"""Overlays burnt into pictures (PS3.3 C.9.2): what lies outside of the picture is cut off."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.images import assert_equal
from wado.image.overlays import Overlay, burn_in

GREY = np.full((3, 4), 7, np.uint8)
FULL = np.ones((2, 2), bool)
CORNER = np.array([[True, False], [False, False]])


def burnt_places(*overlays: Overlay) -> list[tuple[int, int]]:
    """Rows and columns that are white afterwards."""
    return [(int(row), int(column)) for row, column in np.argwhere(burn_in(GREY, overlays) == 255)]


@pytest.mark.parametrize(
    ("top", "left", "places"),
    [
        (0, 0, [(0, 0), (0, 1), (1, 0), (1, 1)]),
        (1, 2, [(1, 2), (1, 3), (2, 2), (2, 3)]),
        (2, 3, [(2, 3)]),
        (-1, -1, [(0, 0)]),
        (-1, 3, [(0, 3)]),
        (2, -1, [(2, 0)]),
        (-2, 0, []),
        (0, -2, []),
        (3, 0, []),
        (0, 4, []),
        (-32769, 32767, []),
    ],
)
def test_an_overlay_lies_at_its_origin_and_ends_with_the_picture(
    top: int, left: int, places: list[tuple[int, int]]
) -> None:
    assert burnt_places(Overlay(0x6000, top, left, FULL)) == places


def test_only_set_bits_are_white() -> None:
    assert burnt_places(Overlay(0x6000, 1, 1, CORNER)) == [(1, 1)]


def test_an_overlay_larger_than_the_picture_covers_it() -> None:
    picture = burn_in(GREY, (Overlay(0x6000, -5, -5, np.ones((20, 20), bool)),))
    assert_equal(picture, np.full((3, 4), 255))


def test_several_overlays_are_all_burnt_in() -> None:
    assert burnt_places(Overlay(0x6000, 0, 0, CORNER), Overlay(0x6002, 2, 3, CORNER)) == [(0, 0), (2, 3)]


def test_colours_become_white_in_every_channel() -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    assert burn_in(picture, (Overlay(0x6000, 0, 1, CORNER),)).tolist() == [[[0] * 3, [255] * 3], [[0] * 3, [0] * 3]]


def test_the_picture_that_came_in_stays_as_it_was() -> None:
    before = GREY.copy()
    burn_in(GREY, (Overlay(0x6000, 0, 0, FULL),))
    assert_equal(GREY, before)
    assert burn_in(GREY, ()) is GREY
