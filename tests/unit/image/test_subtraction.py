"""Mask subtraction with numbers computed by hand (PS3.3 C.7.6.10.1, PS3.4 N.2.1.2)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.support.datasets import Array
from tests.support.images import assert_equal
from wado.image.grayscale import GrayscaleChain, Rescale, Window, grey_levels, render_grayscale
from wado.image.stored_values import stored_values
from wado.image.subtraction import average, shift_mask, subtract, to_words

MASK = np.array([[0.0, 10, 20], [30, 40, 50], [60, 70, 100]])


def test_a_difference_has_a_sign_and_one_bit_more() -> None:
    contrast, mask = np.array([[0, 4095, 100]], np.uint16), np.array([[4095, 0, 100]], np.uint16)
    assert subtract(contrast, mask).tolist() == [[-4095, 4095, 0]]


@pytest.mark.parametrize(
    ("differences", "kind"),
    [
        pytest.param([-32768.0, -1, 0, 1, 32767], "u2", id="whole"),
        pytest.param([-32769.0, 0], "f8", id="too low"),
        pytest.param([32768.0, 0], "f8", id="too high"),
        pytest.param([0.5, 0], "f8", id="a half"),
        pytest.param([np.nan, 0], "f8", id="no number"),
        pytest.param([np.inf, 0], "f8", id="infinite"),
    ],
)
def test_differences_are_shown_alike_as_words_of_any_kind(differences: list[float], kind: str) -> None:
    chain = GrayscaleChain(Rescale(), Window(3, 100), False)
    words, cell = to_words(np.array([differences]))
    assert words.dtype == kind
    np.testing.assert_array_equal(stored_values(words, cell), [differences])
    assert_equal(render_grayscale(words, cell, chain), grey_levels(np.array([differences]), chain))


def test_the_mean_of_one_frame_is_the_frame() -> None:
    assert average([np.array([[1, 2]], np.uint16)]).tolist() == [[1, 2]]


def test_the_mean_of_frames_is_exact() -> None:
    frames = [np.array([[value, 65535]], np.uint16) for value in (0, 1, 3)]
    assert average(frames).tolist() == [[pytest.approx(4 / 3), 65535]]


def test_only_one_frame_is_asked_for_at_a_time() -> None:
    asked: list[int] = []

    def frames() -> Iterator[Array]:
        for value in range(3):
            asked.append(value)
            yield np.full((1, 1), value)

    assert average(frames()).tolist() == [[1]]
    assert asked == [0, 1, 2]


@pytest.mark.parametrize(
    ("down", "left", "expected"),
    [
        pytest.param(0, 0, MASK.tolist(), id="not at all"),
        pytest.param(1, 0, [[0, 10, 20], [0, 10, 20], [30, 40, 50]], id="a row down"),
        pytest.param(-1, 0, [[30, 40, 50], [60, 70, 100], [60, 70, 100]], id="a row up"),
        pytest.param(0, 1, [[10, 20, 20], [40, 50, 50], [70, 100, 100]], id="a column to the left"),
        pytest.param(0, -1, [[0, 0, 10], [30, 30, 40], [60, 60, 70]], id="a column to the right"),
        pytest.param(0.5, 0, [[0, 10, 20], [15, 25, 35], [45, 55, 75]], id="half a row down"),
        pytest.param(0, 0.25, [[2.5, 12.5, 20], [32.5, 42.5, 50], [62.5, 77.5, 100]], id="a quarter to the left"),
        pytest.param(-0.5, -0.5, [[15, 20, 30], [45, 50, 65], [60, 65, 85]], id="both"),
        pytest.param(99, 0, [[0, 10, 20]] * 3, id="out of sight"),
    ],
)
def test_a_mask_moves_between_the_pixels(down: float, left: float, expected: list[list[float]]) -> None:
    assert shift_mask(MASK, down, left).tolist() == expected


def test_a_shift_moves_a_mark_down_and_to_the_left() -> None:
    mask = np.zeros((5, 5))
    mask[1, 3] = 8
    moved = np.zeros((5, 5))
    moved[3, 2] = 8
    assert_equal(shift_mask(mask, 2, 1), moved)
