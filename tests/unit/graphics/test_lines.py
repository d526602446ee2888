"""Graphic objects: which pixels they colour (PS3.3 C.10.5.1.2)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.graphics.drawing import BACKGROUND, SIDE, VIEW, View, background, changed, drawn, extent, magnified
from wado.graphics.draw import draw_graphics
from wado.image.affine import FLIP, QUARTER_TURN, scaling, translation
from wado.presentation.graphic_model import (
    WHITE,
    Color,
    FillStyle,
    Graphic,
    Layer,
    LineStyle,
    Paint,
    Point,
    Shadow,
    Shape,
    Units,
)

RED = (255, 0, 0)
GREEN = (0, 255, 0)
ONE_PIXEL = LineStyle(thickness=1.0)
TURN = QUARTER_TURN.then(translation(SIDE, 0))
MIRROR = FLIP.then(translation(SIDE, 0))


def polyline(*points: Point, line: LineStyle | None = ONE_PIXEL, units: Units = Units.PIXEL) -> Graphic:
    return Graphic(Shape.POLYLINE, units, points, line=line)


def closed(shape: Shape, *points: Point, fill: FillStyle | None = None) -> Graphic:
    return Graphic(shape, Units.PIXEL, points, is_filled=True, line=ONE_PIXEL, fill=fill)


def test_a_line_through_the_middles_of_pixels_colours_exactly_those() -> None:
    picture = drawn(polyline((10.0, 20.5), (30.0, 20.5)))
    expected = background()
    expected[20, 10:30] = 255
    assert (picture == expected).all()


def test_a_line_between_two_rows_colours_both_by_half() -> None:
    picture = drawn(polyline((10.0, 20.0), (30.0, 20.0)))
    half = BACKGROUND + (255 - BACKGROUND) * 0.5
    assert np.abs(picture[19:21, 10:30] - half).max() <= 1
    assert changed(picture).sum() == 2 * 20


def test_a_line_goes_from_point_to_point() -> None:
    mask = changed(drawn(polyline((10.0, 10.5), (50.5, 10.5), (50.5, 90.0))))
    assert extent(mask) == (10, 89, 10, 50)
    assert mask[10, 10:50].all()
    assert mask[10:90, 50].all()
    assert not mask[12:, :49].any()


def test_0_0_is_the_corner_of_the_first_pixel() -> None:
    picture = drawn(polyline((0.0, 0.5), (1.0, 0.5)), view=magnified(4))
    assert extent(changed(picture))[2:] == (0, 3)


@pytest.mark.parametrize("factor", [1, 4, 8])
def test_a_thin_line_stays_thin_at_any_zoom(factor: int) -> None:
    mask = changed(drawn(polyline((10.5, 0.0), (10.5, 128.0), line=None), view=magnified(factor)))
    assert 1 <= mask[SIDE * factor // 2].sum() <= 4


def test_a_line_as_thick_as_its_style_says_is_so_in_the_image() -> None:
    mask = changed(drawn(polyline((10.0, 20.0), (100.0, 20.0), line=LineStyle(thickness=3.0)), view=magnified(4)))
    assert extent(mask)[:2] == (74, 85)


def test_display_units_are_fractions_of_the_displayed_area() -> None:
    line = LineStyle(thickness=1 / SIDE)
    picture = drawn(polyline((0.25, 0.50390625), (0.75, 0.50390625), line=line, units=Units.DISPLAY))
    assert extent(changed(picture)) == (64, 64, 32, 95)


def test_display_units_do_not_turn_with_the_image() -> None:
    graphic = polyline((0.1, 0.2), (0.8, 0.3), units=Units.DISPLAY, line=None)
    assert (drawn(graphic, view=View(to_picture=TURN)) == drawn(graphic)).all()


@pytest.mark.parametrize(
    "graphic",
    [
        polyline((10.0, 20.0), (90.0, 33.0), (40.0, 100.0)),
        closed(Shape.CIRCLE, (50.0, 60.0), (70.0, 60.0)),
        closed(Shape.ELLIPSE, (20.0, 40.0), (90.0, 60.0), (60.0, 30.0), (50.0, 70.0)),
        Graphic(Shape.INTERPOLATED, Units.PIXEL, ((10.0, 20.0), (50.0, 90.0), (80.0, 30.0), (110.0, 80.0))),
        Graphic(Shape.POINT, Units.PIXEL, ((30.0, 20.0),)),
    ],
)
def test_graphics_turn_and_flip_with_the_image(graphic: Graphic) -> None:
    upright = drawn(graphic).astype(int)
    turned = drawn(graphic, view=View(to_picture=TURN)).astype(int)
    flipped = drawn(graphic, view=View(to_picture=MIRROR)).astype(int)
    assert np.abs(np.rot90(upright, -1) - turned).max() <= 12
    assert np.abs(upright[:, ::-1] - flipped).max() <= 12


def test_a_point_is_a_disc_around_it() -> None:
    mask = changed(drawn(Graphic(Shape.POINT, Units.PIXEL, ((64.0, 32.0),))))
    assert mask[31:33, 63:65].all()
    assert 9 <= mask.sum() <= 40


def test_a_line_of_one_point_is_drawn_as_the_point() -> None:
    assert changed(drawn(polyline((64.0, 32.0), line=None)))[31:33, 63:65].all()


def test_a_circle_has_its_radius_everywhere() -> None:
    mask = changed(drawn(Graphic(Shape.CIRCLE, Units.PIXEL, ((64.0, 64.0), (94.0, 64.0)), line=ONE_PIXEL)))
    rows, columns = np.nonzero(mask)
    assert np.abs(np.hypot(rows + 0.5 - 64, columns + 0.5 - 64) - 30).max() < 1.3
    assert mask[64, 93] and mask[64, 34] and mask[93, 64] and mask[34, 64]


def test_a_circle_of_the_frame_is_an_ellipse_where_the_picture_is_stretched() -> None:
    view = View(rows=SIDE * 2, to_picture=scaling(1, 2), displayed_to_picture=scaling(SIDE, SIDE * 2))
    picture = drawn(Graphic(Shape.CIRCLE, Units.PIXEL, ((64.0, 64.0), (94.0, 64.0)), line=ONE_PIXEL), view=view)
    first_row, last_row, first_column, last_column = extent(changed(picture))
    assert abs(first_row - 68) <= 1 and abs(last_row - 187) <= 1
    assert abs(first_column - 34) <= 1 and abs(last_column - 93) <= 1


def test_an_ellipse_meets_the_ends_of_its_axes() -> None:
    points = ((20.0, 64.0), (108.0, 64.0), (64.0, 44.0), (64.0, 84.0))
    mask = changed(drawn(Graphic(Shape.ELLIPSE, Units.PIXEL, points, line=ONE_PIXEL)))
    assert extent(mask) == (43, 84, 19, 108)
    assert not mask[64, 30:100].any()


def test_a_curve_passes_through_all_its_points() -> None:
    points = ((10.5, 20.5), (40.5, 90.5), (50.5, 91.5), (110.5, 20.5), (120.5, 100.5))
    mask = changed(drawn(Graphic(Shape.INTERPOLATED, Units.PIXEL, points, line=ONE_PIXEL)))
    assert all(mask[int(row), int(column)] for column, row in points)
    assert (mask & ~changed(drawn(polyline(*points)))).sum() > 50, "it is curved"


def test_a_closed_curve_has_no_corner() -> None:
    points = ((64.0, 24.0), (104.0, 64.0), (64.0, 104.0), (24.0, 64.0), (64.0, 24.0))
    mask = changed(drawn(Graphic(Shape.INTERPOLATED, Units.PIXEL, points, line=ONE_PIXEL)))
    rows, columns = np.nonzero(mask)
    assert np.hypot(rows + 0.5 - 64, columns + 0.5 - 64).min() > 33, "four points on a circle make nearly one"


def test_a_filled_graphic_is_full_of_its_colour_and_nothing_else() -> None:
    square = ((20.0, 20.0), (60.0, 20.0), (60.0, 60.0), (20.0, 60.0), (20.0, 20.0))
    picture = drawn(closed(Shape.POLYLINE, *square))
    assert (picture[20:60, 20:60] == 255).all()
    assert extent(changed(picture)) == (19, 60, 19, 60)


def test_a_fill_style_says_its_own_colour_and_opacity() -> None:
    fill = FillStyle(on=Paint(RED, 0.5))
    picture = drawn(closed(Shape.CIRCLE, (64.0, 64.0), (94.0, 64.0), fill=fill), color=GREEN)
    assert np.abs(picture[64, 64].astype(int) - (148, 20, 20)).max() <= 1
    assert picture[64, 93].argmax() == 1, "its outline has the layer's colour"


def test_a_stippled_area_has_a_bit_for_each_pixel_of_the_picture() -> None:
    pattern = bytes([0b10000000, 0, 0, 0]) + bytes(4 * 31)
    fill = FillStyle(on=Paint(WHITE), off=Paint((100, 100, 100)), pattern=pattern)
    picture = drawn(closed(Shape.POLYLINE, (0.0, 0.0), (128.0, 0.0), (128.0, 128.0), (0.0, 128.0), fill=fill))
    inner = picture[2:126, 2:126]
    assert (inner[30::32, 30::32] == 255).all()
    assert (inner == 255).sum() == 9
    assert set(np.unique(inner)) == {100, 255}


def test_a_dashed_line_begins_with_the_highest_bit() -> None:
    style = LineStyle(thickness=1.0, pattern=0xFF00FF00)
    mask = changed(drawn(polyline((10.0, 20.5), (74.0, 20.5), line=style)))
    assert mask[20, 10:18].all() and not mask[20, 18:26].any()
    assert mask[20, 26:34].all() and not mask[20, 34:42].any()
    assert mask[20, 42:50].all()


def test_the_gaps_of_a_dashed_line_may_have_their_own_colour() -> None:
    style = LineStyle(on=Paint(RED), off=Paint(GREEN), thickness=1.0, pattern=0xFFFF0000)
    picture = drawn(polyline((10.0, 20.5), (42.0, 20.5), line=style))
    assert (picture[20, 10:26] == RED).all()
    assert (picture[20, 26:42] == GREEN).all()


def test_dashes_go_on_where_a_line_comes_from_outside() -> None:
    style = LineStyle(thickness=1.0, pattern=0xFFFF0000)
    mask = changed(drawn(polyline((-16.0, 20.5), (64.0, 20.5), line=style)))
    assert not mask[20, :16].any() and mask[20, 16:32].all()


def test_opacity_shows_what_is_below_and_does_not_add_up_where_a_line_crosses_itself() -> None:
    style = LineStyle(on=Paint(WHITE, 0.5), thickness=3.0)
    picture = drawn(polyline((10.0, 20.5), (40.0, 20.5), (40.0, 30.5), (25.5, 30.5), (25.5, 10.0), line=style))
    half = round(BACKGROUND + (255 - BACKGROUND) * 0.5)
    assert abs(int(picture[20, 15]) - half) <= 1
    assert abs(int(picture[20, 25]) - half) <= 1


@pytest.mark.parametrize(("is_outlined", "rows"), [(False, [24, 25]), (True, [16, 17, 23, 24])])
def test_a_shadow_is_moved_or_around_the_line(is_outlined: bool, rows: list[int]) -> None:
    shadow = Shadow(is_outlined, (0.0, 4.0), (200, 200, 200), 1.0)
    picture = drawn(polyline((10.0, 20.5), (90.0, 20.5), line=LineStyle(thickness=1.0, shadow=shadow)))
    assert (picture[20, 20:80] == 255).all()
    assert (picture[rows, 50] == 200).any()


def test_a_line_without_any_colour_is_white_with_a_dark_edge() -> None:
    picture = drawn(polyline((10.0, 20.5), (90.0, 20.5), line=None), color=None)
    assert picture[20, 50] == 255
    assert picture[22, 50] < BACKGROUND


@pytest.mark.parametrize(("color", "dimensions"), [((200, 200, 200), 2), ((200, 200, 201), 3)])
def test_only_colours_make_a_picture_coloured(color: Color, dimensions: int) -> None:
    picture = drawn(polyline((10.0, 20.5), (90.0, 20.5)), color=color)
    assert picture.ndim == dimensions
    assert (picture[20, 50] == (color if dimensions == 3 else 200)).all()


def test_a_line_of_no_opacity_is_not_seen_nor_its_edge() -> None:
    line = polyline((10.0, 20.5), (30.0, 20.5), line=LineStyle(on=Paint(opacity=0.0)))
    assert not changed(drawn(line, color=None)).any()


def test_the_edge_of_a_faint_line_is_as_faint() -> None:
    solid, faint = (
        drawn(polyline((10.0, 20.5), (30.0, 20.5), line=LineStyle(on=Paint(opacity=opacity))), color=None)
        for opacity in (1.0, 0.25)
    )
    assert BACKGROUND - int(faint[19, 20]) == pytest.approx((BACKGROUND - int(solid[19, 20])) / 4, abs=1)


def test_later_layers_are_drawn_over_earlier_ones() -> None:
    cross = polyline((10.0, 20.5), (30.0, 20.5))
    layers = (Layer(RED, (cross,)), Layer(GREEN, (cross,)))
    assert (draw_graphics(background(), layers, VIEW)[20, 20] == GREEN).all()


def test_the_picture_given_is_not_drawn_on() -> None:
    picture = background()
    for _ in range(2):
        draw_graphics(picture, (Layer(WHITE, (polyline((0.0, 5.5), (9.0, 5.5)),)),), VIEW)
    assert (picture == BACKGROUND).all()


def test_nothing_to_draw_leaves_the_picture_as_it_is() -> None:
    outside = Layer(RED, (polyline((-50.0, -50.0), (-20.0, -10.0)),))
    picture = background()
    assert draw_graphics(picture, (), VIEW) is picture
    assert not changed(draw_graphics(picture, (outside,), VIEW)).any()
