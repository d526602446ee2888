"""What is drawn once is laid over every further picture: that must be the same, and cost little."""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType
from typing import Any

import numpy as np

from wado.graphics import draw, strokes, texts
from wado.graphics.draw import draw_graphics
from wado.graphics.ink import Ink, combine, find_pixels, lay_over, paint
from wado.image.affine import scaling, translation
from wado.presentation.graphic_model import Graphic, Layer, Shape, Text, TextBox, Units


class Square:
    rows = columns = 512
    to_picture = scaling(1, 1)
    displayed_to_picture = scaling(512, 512)


class Moved(Square):
    to_picture = translation(1, 0)


CIRCLES = tuple(
    Graphic(Shape.CIRCLE, Units.PIXEL, ((100.0 + 30 * i, 200.0), (140.0 + 30 * i, 200.0))) for i in range(5)
)
TEXTS = tuple(
    Text((f"{i}.23 cm",), TextBox(Units.PIXEL, ((50.0 * i, 300.0), (50.0 * i + 80, 320.0)))) for i in range(5)
)


def test_the_second_picture_is_as_the_first() -> None:
    layers = (Layer((255, 220, 0), CIRCLES, texts=TEXTS),)
    picture = np.random.default_rng(1).integers(0, 256, (512, 512), np.uint8)
    assert (draw_graphics(picture, layers, Square()) == draw_graphics(picture, layers, Square())).all()


def functions_called(layers: tuple[Layer, ...], view: Square) -> Counter[str]:
    """Those of the modules that draw, by name, while the layers are laid over a picture."""
    called: Counter[str] = Counter()
    files = {module.__file__ for module in (draw, strokes, texts)}

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename in files:
            called[frame.f_code.co_name] += 1

    sys.setprofile(count)
    try:
        draw_graphics(np.zeros((512, 512), np.uint8), layers, view)
    finally:
        sys.setprofile(None)
    return called


def test_what_is_drawn_once_is_not_drawn_a_second_time() -> None:
    layers = (Layer((255, 255, 255), CIRCLES, texts=TEXTS),)
    first, second = functions_called(layers, Square()), functions_called(layers, Square())
    assert first["draw_outlines"] and first["draw_text"] == len(TEXTS)
    assert second == {"draw_graphics": 1}


def test_what_is_drawn_elsewhere_in_the_picture_is_drawn_anew() -> None:
    layers = (Layer((255, 255, 255), CIRCLES, texts=TEXTS),)
    functions_called(layers, Square())
    assert functions_called(layers, Moved())["draw_text"] == len(TEXTS)


def test_inks_over_one_another_together_are_what_they_are_one_by_one() -> None:
    random = np.random.default_rng(2)
    picture = random.integers(0, 256, (60, 80), np.uint8)
    inks = [
        Ink(int(top), int(left), random.integers(0, 256, (30, 40), np.uint8), (200, 30, 90), 0.7)
        for top, left in random.integers(-20, 50, (6, 2))
    ]
    together = lay_over(picture, combine([find_pixels(ink, 60, 80) for ink in inks]))
    one_by_one = picture.copy()
    for ink in inks:
        one_by_one = paint(one_by_one, ink)
    assert np.abs(together.astype(int) - one_by_one).max() <= 3


def test_full_ink_gives_exactly_its_colour_and_none_changes_nothing() -> None:
    picture = np.arange(256, dtype=np.uint8).reshape(16, 16)
    mask = np.zeros((16, 16), np.uint8)
    mask[:8] = 255
    covered = lay_over(picture, combine([find_pixels(Ink(0, 0, mask, (77, 77, 77)), 16, 16)]))
    assert (covered[:8] == 77).all()
    assert (covered[8:] == picture[8:]).all()
