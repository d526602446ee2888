"""What is drawn once is laid over every further picture: that must be the same, and cost little."""

from __future__ import annotations

import time

import numpy as np

from wado.graphics.draw import draw_graphics
from wado.graphics.ink import Ink, combine, find_pixels, lay_over, paint
from wado.image.affine import scaling
from wado.presentation.graphic_model import Graphic, Layer, Shape, Text, TextBox, Units


class Square:
    rows = columns = 512
    to_picture = scaling(1, 1)
    displayed_to_picture = scaling(512, 512)


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


def test_ten_annotations_take_less_than_a_millisecond_the_second_time() -> None:
    layers = (Layer((255, 255, 255), CIRCLES, texts=TEXTS),)
    picture = np.zeros((512, 512), np.uint8)
    draw_graphics(picture, layers, Square())
    times = []
    for _ in range(20):
        started = time.perf_counter()
        draw_graphics(picture, layers, Square())
        times.append(time.perf_counter() - started)
    assert min(times) < 0.001


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
