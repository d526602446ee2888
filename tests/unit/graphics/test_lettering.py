"""Masks of letters, and what is around them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from wado.graphics.lettering import Block, fit_broken, is_within, widen
from wado.presentation.graphic_model import TextStyle


@pytest.mark.parametrize("reach", [0, 1, 2, 3, 7])
def test_a_widened_mask_is_that_of_a_filter_with_as_many_pixels_around_each(reach: int) -> None:
    mask = np.pad(np.random.default_rng(reach).integers(0, 256, (20, 31), np.uint8), reach)
    expected = np.asarray(Image.fromarray(mask).filter(ImageFilter.MaxFilter(2 * reach + 1)))
    np.testing.assert_array_equal(widen(mask, reach), expected)


def test_what_is_broken_has_room_in_its_box() -> None:
    block = Block(("the first words and the last",), 20, TextStyle())
    broken = fit_broken(block, 90.0, 80.0, 9)
    assert broken is not None
    assert len(broken.lines) > 1
    assert is_within(broken, 90.0, 80.0)


def test_nothing_is_broken_for_a_box_lower_than_a_line() -> None:
    assert fit_broken(Block(("a b",), 20, TextStyle()), 90.0, 10.0, 9) is None
