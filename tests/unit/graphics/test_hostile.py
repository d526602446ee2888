"""Graphics as no person draws them: they neither stop the worker nor fill its memory."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from tests.unit.graphics.drawing import SIDE, View, changed, drawn, magnified
from wado.graphics.clipping import Frame, clip_area, clip_line
from wado.presentation.graphic_model import (
    Anchor,
    Compound,
    CompoundShape,
    Graphic,
    LineStyle,
    Paint,
    Point,
    Shadow,
    Shape,
    Text,
    TextBox,
    Tick,
    Units,
)

NAN, INFINITE = float("nan"), float("inf")
FAR = (1e30, -1e30, 3.4e38, 1e9, -1e9, NAN, INFINITE, -INFINITE, 0.0, 64.0)
FRAME = Frame(0.0, 0.0, 100.0, 50.0)
SECONDS = 20.0
"""Of this process's own work, however busy the machine is: far more than any of this takes."""


def many(number: int) -> tuple[Point, ...]:
    points = np.random.default_rng(number).random((number, 2)) * SIDE
    return tuple((column, row) for column, row in points.tolist())


@pytest.mark.parametrize("shape", list(Shape))
def test_graphics_without_end(shape: Shape) -> None:
    number = {Shape.POINT: 1, Shape.CIRCLE: 2, Shape.ELLIPSE: 4}.get(shape, 5)
    values = itertools.cycle(FAR)
    for _ in range(len(FAR)):
        next(values)
        points = tuple((next(values), next(values)) for _ in range(number))
        style = LineStyle(thickness=1e30, pattern=0xFF00FF00, shadow=Shadow(True, (1e30, NAN), (0, 0, 0), 1.0))
        picture = drawn(Graphic(shape, Units.PIXEL, points, is_filled=True, line=style))
        assert picture.shape == (SIDE, SIDE)


@pytest.mark.parametrize("shape", list(CompoundShape))
def test_compounds_without_end(shape: CompoundShape) -> None:
    number = {CompoundShape.CROSSHAIR: 1, CompoundShape.MULTILINE: 4}.get(shape, 2)
    values = itertools.cycle(FAR)
    for _ in range(len(FAR)):
        next(values)
        points = tuple((next(values), next(values)) for _ in range(number))
        compound = Compound(
            shape, Units.DISPLAY, points, is_filled=True, angle=1e30, pivot=(next(values), next(values)), gap=1e30,
            visibility=1e30, ticks=(Tick(next(values), "x"),),
        )  # fmt: skip
        assert drawn(compound).shape == (SIDE, SIDE)


def test_texts_without_end() -> None:
    for column, row in itertools.product(FAR[:6], repeat=2):
        box = TextBox(Units.PIXEL, ((column, row), (row, column)))
        anchor = Anchor(Units.PIXEL, (column, row), is_visible=True)
        assert drawn(Text(("far",), box, anchor)).shape == (SIDE, SIDE)


@pytest.mark.parametrize("shape", [Shape.POLYLINE, Shape.INTERPOLATED])
@pytest.mark.parametrize("style", [None, LineStyle(pattern=0x55555555)])
def test_lines_of_thousands_of_points(shape: Shape, style: LineStyle | None) -> None:
    started = time.process_time()
    picture = drawn(Graphic(shape, Units.PIXEL, many(5000), is_filled=True, line=style), view=magnified(4))
    assert changed(picture).mean() > 0.5
    assert time.process_time() - started < SECONDS


def test_a_thousand_graphics_of_as_many_colours() -> None:
    graphics = [
        Graphic(
            Shape.POLYLINE, Units.PIXEL, many(4 + index % 3), line=LineStyle(on=Paint((index % 256, index // 256, 9)))
        )
        for index in range(1000)
    ]
    started = time.process_time()
    assert drawn(*graphics).shape == (SIDE, SIDE, 3)
    assert time.process_time() - started < SECONDS


def test_a_thousand_texts() -> None:
    texts = [
        Text((f"text {i}",), TextBox(Units.PIXEL, ((i % 100, i % 90), (i % 100 + 20, i % 90 + 9)))) for i in range(1000)
    ]
    started = time.process_time()
    assert changed(drawn(*texts)).any()
    assert time.process_time() - started < SECONDS


def test_a_text_of_thousands_of_characters_and_lines() -> None:
    box = TextBox(Units.PIXEL, ((0.0, 0.0), (128.0, 128.0)))
    for lines in (("word " * 3000,), ("W" * 16000,), ("line",) * 4000):
        assert changed(drawn(Text(lines, box))).any()


def test_a_line_far_away_but_through_the_picture_is_drawn_where_it_is() -> None:
    style = LineStyle(thickness=1.0)
    mask = changed(drawn(Graphic(Shape.POLYLINE, Units.PIXEL, ((-1e12, 20.5), (1e12, 20.5)), line=style)))
    assert mask[20].all() and mask.sum() == SIDE


def test_a_graphic_larger_than_the_picture_fills_it() -> None:
    points = ((-1e30, -1e30), (1e30, -1e30), (1e30, 1e30), (-1e30, 1e30), (-1e30, -1e30))
    assert (drawn(Graphic(Shape.POLYLINE, Units.PIXEL, points, is_filled=True)) == 255).all()


def test_large_pictures_are_drawn_the_same_way_as_small_ones() -> None:
    view = View(1200, 1200)
    square = ((10.0, 10.0), (1190.0, 10.0), (1190.0, 1190.0), (10.0, 1190.0), (10.0, 10.0))
    filled = Graphic(Shape.POLYLINE, Units.PIXEL, square, is_filled=True, line=LineStyle(on=Paint((255, 0, 0))))
    dot = Graphic(Shape.POINT, Units.PIXEL, ((600.0, 600.0),), line=LineStyle(on=Paint((0, 255, 0), 0.5)))
    picture = drawn(filled, dot, view=view)
    assert (picture[300, 300] == 255).all()
    assert (picture[600, 10] == (255, 0, 0)).all()
    assert np.abs(picture[600, 600].astype(int) - (128, 255, 128)).max() <= 1


def test_a_line_is_cut_where_it_leaves_and_goes_on_where_it_comes_back() -> None:
    points = np.array([(-10.0, 10.0), (110.0, 10.0), (110.0, 20.0), (-10.0, 20.0)])
    first, second = clip_line(points, FRAME)
    assert first.points.tolist() == [[0.0, 10.0], [100.0, 10.0]]
    assert second.points.tolist() == [[100.0, 20.0], [0.0, 20.0]]
    assert (first.start, second.start) == (10.0, 140.0)


def test_a_line_within_the_frame_stays_in_one_piece() -> None:
    points = np.array([(10.0, 10.0), (20.0, 30.0), (20.0, 30.0), (90.0, 40.0)])
    (piece,) = clip_line(points[[0, 1, 3]], FRAME)
    assert piece.points.tolist() == points[[0, 1, 3]].tolist()


def test_an_area_is_cut_at_the_frame() -> None:
    triangle = np.array([(50.0, -50.0), (150.0, 50.0), (-50.0, 50.0)])
    area = clip_area(triangle, FRAME)
    assert area.min(axis=0).tolist() == [0.0, 0.0]
    assert area.max(axis=0).tolist() == [100.0, 50.0]
    assert len(clip_area(triangle + 1000.0, FRAME)) == 0
