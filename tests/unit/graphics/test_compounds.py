"""Compound graphics by their own definition (PS3.3 C.10.5.1.3)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.unit.graphics.drawing import SIDE, View, changed, drawn, extent, magnified
from wado.image.affine import FLIP, QUARTER_TURN, translation
from wado.presentation.graphic_model import (
    Compound,
    CompoundShape,
    FillStyle,
    LineStyle,
    Paint,
    Point,
    Tick,
    Units,
    Vertical,
)

TURN = QUARTER_TURN.then(translation(SIDE, 0))
MIRROR = FLIP.then(translation(SIDE, 0))
ONE_PIXEL = LineStyle(thickness=1.0)


def compound(shape: CompoundShape, *points: Point, **values: Any) -> Compound:
    return Compound(shape, Units.PIXEL, points, **{"line": ONE_PIXEL, **values})


def seen(shape: CompoundShape, *points: Point, view: View | None = None, **values: Any) -> np.ndarray:
    return changed(drawn(compound(shape, *points, **values), view=view or View()))


def test_a_multiline_has_a_line_for_each_two_points() -> None:
    mask = seen(CompoundShape.MULTILINE, (10.0, 20.5), (30.0, 20.5), (50.0, 60.5), (70.0, 60.5))
    assert mask[20, 10:30].all() and mask[60, 50:70].all()
    assert mask.sum() == 40


def test_an_infinite_line_reaches_the_edges() -> None:
    mask = seen(CompoundShape.INFINITELINE, (40.0, 20.5), (50.0, 20.5))
    assert mask[20].all() and mask.sum() == SIDE


def test_the_gap_of_an_infinite_line_is_a_part_of_the_displayed_area_around_its_pivot() -> None:
    mask = seen(CompoundShape.INFINITELINE, (40.0, 20.5), (50.0, 20.5), gap=0.25, pivot=(64.0, 20.5))
    assert mask[20, :48].all() and mask[20, 80:].all()
    assert not mask[20, 48:80].any()


def test_a_cut_line_has_two_arrows_on_its_right_that_point_at_the_middles_of_its_halves() -> None:
    mask = seen(CompoundShape.CUTLINE, (24.0, 60.5), (104.0, 60.5), pivot=(64.0, 60.5))
    assert mask[60].all()
    assert not mask[:59].any(), "going right, the right side is below"
    for column in (44, 84):
        assert mask[61:80, column - 1 : column + 1].any(axis=1).all()
    assert not mask[62:, 50:78].any()


def test_the_arrows_of_a_cut_line_stay_on_its_side_of_the_patient_where_the_image_is_flipped() -> None:
    points = (60.5, 24.0), (60.5, 104.0)
    upright = seen(CompoundShape.CUTLINE, *points, pivot=(60.5, 64.0))
    flipped = seen(CompoundShape.CUTLINE, *points, pivot=(60.5, 64.0), view=View(to_picture=MIRROR))
    assert upright[40:90, :58].any() and not upright[40:90, 63:].any()
    assert flipped[40:90, 70:].any() and not flipped[40:90, :65].any()


def test_a_range_line_has_a_bar_across_each_end() -> None:
    mask = seen(CompoundShape.RANGELINE, (20.5, 60.5), (100.5, 60.5))
    assert extent(mask)[2:] == (20, 100)
    assert mask[60, 20:100].all()
    assert mask[54:67, 20].all() and mask[54:67, 100].all()
    assert not mask[:60, 30:90].any()


@pytest.mark.parametrize(
    ("side", "rows"), [(Vertical.TOP, (-6, 0)), (Vertical.CENTER, (-3, 3)), (Vertical.BOTTOM, (1, 6))]
)
def test_ticks_are_on_the_side_of_the_line_that_they_are_aligned_to(side: Vertical, rows: tuple[int, int]) -> None:
    ticks = (Tick(0.0, ""), Tick(0.5, ""), Tick(1.0, ""))
    mask = seen(CompoundShape.AXIS, (20.5, 60.5), (100.5, 60.5), ticks=ticks, tick_side=side)
    for column in (20, 60, 100):
        assert mask[60 + rows[0] : 60 + rows[1], column].all()
    other = slice(62, None) if side is Vertical.TOP else slice(0, 59)
    assert side is Vertical.CENTER or not mask[other].any()


def test_top_is_the_left_side_of_the_way_from_the_first_point_to_the_second() -> None:
    ticks = (Tick(0.5, ""),)
    mask = seen(CompoundShape.RULER, (100.5, 60.5), (20.5, 60.5), ticks=ticks, tick_side=Vertical.TOP)
    assert mask[61:66, 60].all() and not mask[:59].any()


@pytest.mark.parametrize(("side", "is_above"), [(Vertical.TOP, True), (Vertical.BOTTOM, False)])
def test_labels_are_beside_their_ticks(side: Vertical, is_above: bool) -> None:
    ticks = (Tick(0.25, "10"), Tick(0.75, "20"))
    mask = seen(CompoundShape.RULER, (20.5, 60.5), (100.5, 60.5), ticks=ticks, label_side=side)
    labels = mask[:55] if is_above else mask[66:]
    assert labels[:, 30:52].any() and labels[:, 70:92].any()
    assert not labels[:, 54:67].any()
    assert not (mask[66:] if is_above else mask[:55]).any()


def test_labels_are_hidden_if_they_are_not_to_be_shown() -> None:
    ticks = (Tick(0.25, "10"),)
    mask = seen(CompoundShape.AXIS, (20.5, 60.5), (100.5, 60.5), ticks=ticks, shows_labels=False)
    assert not mask[66:].any()


def test_a_ruler_without_ticks_has_one_at_each_end() -> None:
    mask = seen(CompoundShape.RULER, (20.5, 60.5), (100.5, 60.5))
    assert mask[58, 20] and mask[58, 100]
    assert mask[58].sum() == 2


def test_a_crosshair_is_seen_within_its_diameter_but_for_its_gap() -> None:
    mask = seen(CompoundShape.CROSSHAIR, (64.5, 50.5), gap=0.0625, visibility=0.5)
    assert mask[50, 34:60].all() and not mask[50, 62:67].any() and mask[50, 70:96].all()
    assert mask[20:46, 64].all() and not mask[48:53, 64].any() and mask[56:82, 64].all()
    assert extent(mask) == (18, 82, 32, 96)


def test_a_crosshair_without_a_diameter_reaches_the_edges() -> None:
    mask = seen(CompoundShape.CROSSHAIR, (64.5, 50.5))
    assert mask[50].all() and mask[:, 64].all()


def test_an_arrow_has_its_head_at_its_second_point() -> None:
    mask = seen(CompoundShape.ARROW, (20.0, 60.5), (100.0, 60.5))
    assert extent(mask)[2] == 20 and extent(mask)[3] in (99, 100)
    assert mask[:, 92].sum() > 4
    assert mask[:, 30].sum() == 1


def test_a_rectangle_is_that_of_two_corners() -> None:
    mask = seen(CompoundShape.RECTANGLE, (20.5, 30.5), (90.5, 70.5))
    assert extent(mask) == (30, 70, 20, 90)
    assert not mask[35:65, 25:85].any()


def test_an_ellipse_is_that_within_a_rectangle() -> None:
    mask = seen(CompoundShape.ELLIPSE, (20.0, 30.0), (90.0, 70.0))
    assert extent(mask) == (29, 70, 19, 90)
    assert mask[49:51, 19:21].any() and not mask[31, 21]


def test_a_filled_rectangle_has_its_fill_style() -> None:
    filled = compound(
        CompoundShape.RECTANGLE, (20.0, 30.0), (90.0, 70.0), is_filled=True, fill=FillStyle(on=Paint((0, 0, 255)))
    )
    assert (drawn(filled)[50, 50] == (0, 0, 255)).all()


def test_rotation_is_counterclockwise_around_its_point() -> None:
    line = (64.0, 64.5), (100.0, 64.5)
    mask = seen(CompoundShape.RANGELINE, *line, angle=90.0, pivot=(64.0, 64.5))
    assert mask[29:60, 63:65].any(axis=1).all()
    assert not mask[75:].any()


def test_rotation_by_an_angle_moves_the_end_as_far_as_hand_computed() -> None:
    mask = seen(CompoundShape.ARROW, (64.0, 64.0), (104.0, 64.0), angle=30.0, pivot=(64.0, 64.0))
    column, row = 64 + 40 * math.cos(math.radians(30)), 64 - 40 * 0.5
    assert abs(extent(mask)[3] - column) < 1.5
    assert abs(extent(mask)[0] - row) < 2.5


@pytest.mark.parametrize("shape", list(CompoundShape))
def test_every_compound_turns_with_the_image(shape: CompoundShape) -> None:
    points = ((64.0, 50.0),) if shape is CompoundShape.CROSSHAIR else ((30.0, 40.0), (80.0, 55.0))
    upright, turned = (
        drawn(compound(shape, *points, angle=20.0, pivot=(60.0, 60.0), gap=0.1), view=view).astype(int)
        for view in (View(), View(to_picture=TURN))
    )
    if shape is not CompoundShape.CROSSHAIR:
        assert np.abs(np.rot90(upright, -1) - turned).max() <= 40
    assert (np.rot90(upright, -1) != turned).mean() < 0.02


@pytest.mark.parametrize("shape", list(CompoundShape))
@pytest.mark.parametrize("factor", [1, 4, 8])
def test_every_compound_is_seen_at_any_size(shape: CompoundShape, factor: int) -> None:
    points = ((64.0, 50.0),) if shape is CompoundShape.CROSSHAIR else ((30.0, 40.0), (80.0, 55.0))
    mask = seen(shape, *points, line=None, view=magnified(factor))
    assert mask.sum() > 40 * factor
