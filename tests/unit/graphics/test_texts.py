"""Texts: where they are written, how large, and that they can be read (PS3.3 C.10.5.1.1)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.graphics.drawing import BACKGROUND, SIDE, View, background, changed, drawn, extent, magnified
from wado.errors import Unimplemented
from wado.graphics.draw import draw_graphics
from wado.image.affine import FLIP, QUARTER_TURN, scaling, translation
from wado.presentation.graphic_model import (
    Anchor,
    Horizontal,
    Layer,
    Point,
    Shadow,
    Text,
    TextBox,
    TextStyle,
    Units,
    Vertical,
)

TURN = QUARTER_TURN.then(translation(SIDE, 0))
MIRROR = FLIP.then(translation(SIDE, 0))
HALF_TURN = TURN.then(TURN)
PLAIN = TextStyle()


def box(
    text: str, top_left: Point, bottom_right: Point, *, style: TextStyle | None = PLAIN, **values: Horizontal
) -> Text:
    return Text(tuple(text.split("\n")), TextBox(Units.PIXEL, (top_left, bottom_right), **values), style=style)


def anchored(text: str, point: Point, *, is_visible: bool = False, style: TextStyle | None = PLAIN) -> Text:
    return Text((text,), anchor=Anchor(Units.PIXEL, point, is_visible), style=style)


def ink(text: Text, view: View | None = None) -> np.ndarray:
    return changed(drawn(text, view=view or View()))


def test_a_text_is_within_its_box() -> None:
    top, bottom, left, right = extent(ink(box("Lesion", (20.0, 30.0), (100.0, 50.0))))
    assert top >= 30 and bottom < 50 and left >= 20 and right < 100
    assert bottom - top >= 9


def test_a_text_is_as_large_as_its_box_is_for_it() -> None:
    small = extent(ink(box("Ag", (10.0, 10.0), (120.0, 24.0))))
    large = extent(ink(box("Ag", (10.0, 10.0), (120.0, 24.0)), view=magnified(8)))
    assert large[1] - large[0] > 5 * (small[1] - small[0])


@pytest.mark.parametrize("factor", [1, 2, 4, 8])
def test_a_text_can_be_read_in_a_box_however_small(factor: int) -> None:
    top, bottom, left, right = extent(ink(box("3.2 cm", (60.0, 60.0), (61.0, 60.5)), view=magnified(factor)))
    assert bottom - top >= 6
    assert right - left >= 20


@pytest.mark.parametrize(
    ("justification", "share"), [(Horizontal.LEFT, 0.0), (Horizontal.CENTER, 0.5), (Horizontal.RIGHT, 1.0)]
)
def test_justification_is_within_the_box(justification: Horizontal, share: float) -> None:
    _, _, left, right = extent(ink(box("ab", (10.0, 30.0), (110.0, 46.0), justification=justification)))
    assert abs(left - (10 + share * (100 - (right - left)))) <= 2


@pytest.mark.parametrize(("vertical", "share"), [(Vertical.TOP, 0.0), (Vertical.CENTER, 0.5), (Vertical.BOTTOM, 1.0)])
def test_a_style_may_align_a_text_to_any_side_of_its_box(vertical: Vertical, share: float) -> None:
    style = TextStyle(horizontal=Horizontal.RIGHT, vertical=vertical)
    top, bottom, _, right = extent(ink(box("ab", (10.0, 10.0), (60.0, 110.0), style=style)))
    assert abs(right - 59) <= 2
    assert abs((top + bottom) / 2 - (18 + share * 84)) < 8


def test_lines_are_below_one_another() -> None:
    mask = ink(box("one\ntwo", (10.0, 10.0), (110.0, 60.0)))
    rows = np.flatnonzero(mask.any(axis=1))
    assert (np.diff(rows) > 1).sum() == 1


@pytest.mark.parametrize("affine", [TURN, MIRROR, HALF_TURN, TURN.then(MIRROR)])
def test_a_text_is_neither_turned_nor_mirrored_with_the_image(affine: object) -> None:
    corners = (40.0, 60.0), (90.0, 110.0)
    upright = ink(box("FR", *corners))
    turned = ink(box("FR", *corners), view=View(to_picture=affine))  # type: ignore[arg-type]
    (t, b, left, r), (t2, b2, l2, r2) = extent(upright), extent(turned)
    assert (upright[t : b + 1, left : r + 1] == turned[t2 : b2 + 1, l2 : r2 + 1]).all()


def test_a_box_goes_where_the_image_goes() -> None:
    top, bottom, left, right = extent(ink(box("ab", (10.0, 20.0), (50.0, 40.0)), view=View(to_picture=MIRROR)))
    assert top >= 20 and bottom < 40 and left >= 78 and right < 118


def test_a_text_without_a_box_begins_beside_its_anchor() -> None:
    top, bottom, left, _ = extent(ink(anchored("abc", (20.0, 64.0))))
    assert 20 <= left <= 30
    assert top < 64 < bottom


def test_a_visible_anchor_has_a_line_to_it() -> None:
    assert not ink(anchored("abc", (20.0, 64.0)))[60:68, 17:22].any()
    assert ink(anchored("abc", (20.0, 64.0), is_visible=True))[60:68, 17:24].any()


def test_a_text_in_a_box_has_a_line_to_its_anchor_too() -> None:
    text = Text(
        ("abc",), TextBox(Units.PIXEL, ((70.0, 20.0), (110.0, 40.0))), Anchor(Units.PIXEL, (10.0, 100.0), True), PLAIN
    )
    mask = ink(text)
    assert mask[95:101, 8:16].any()
    assert mask[60:70, 30:60].any()


@pytest.mark.parametrize("point", [(127.0, 2.0), (127.0, 127.0), (1.0, 1.0)])
def test_a_text_at_the_edge_is_moved_inside(point: Point) -> None:
    free = extent(ink(anchored("Text", (40.0, 64.0))))
    moved = extent(ink(anchored("Text", point)))
    assert moved[1] - moved[0] == free[1] - free[0]
    assert moved[3] - moved[2] == free[3] - free[2]


def test_a_text_too_long_for_the_picture_is_broken_and_all_of_it_is_there() -> None:
    mask = ink(anchored("one two three four five six seven eight nine", (5.0, 5.0)))
    rows = np.flatnonzero(mask.any(axis=1))
    assert (np.diff(rows) > 1).sum() >= 2
    assert extent(mask)[3] < SIDE


def test_a_text_is_drawn_if_any_part_of_its_box_is_in_the_picture() -> None:
    assert ink(box("abc", (-30.0, 20.0), (5.0, 40.0))).any()
    assert not ink(box("abc", (-30.0, 20.0), (-5.0, 40.0))).any()
    assert not ink(anchored("abc", (-5.0, 20.0))).any()


def test_display_units_are_those_of_the_displayed_area() -> None:
    text = Text(("ab",), TextBox(Units.DISPLAY, ((0.5, 0.5), (0.9, 0.7))), style=PLAIN)
    top, bottom, left, right = extent(ink(text, view=View(to_picture=scaling(7, 7))))
    assert top >= 64 and bottom < 90 and left >= 64 and right < 116


def test_without_a_style_letters_have_an_outline_that_sets_them_off() -> None:
    picture = drawn(box("abc", (20.0, 30.0), (100.0, 50.0), style=None))
    assert (picture == 255).any()
    assert (picture < BACKGROUND).any()
    dark = drawn(box("abc", (20.0, 30.0), (100.0, 50.0), style=None), color=(0, 0, 0))
    assert (dark == 0).any() and (dark > BACKGROUND).any()


def test_a_style_says_the_colour_and_nothing_is_added_to_it() -> None:
    picture = drawn(box("abc", (20.0, 30.0), (100.0, 50.0), style=TextStyle(color=(255, 0, 0))), color=(0, 255, 0))
    assert (picture == (255, 0, 0)).all(axis=2).any()
    assert (picture[..., 0] >= BACKGROUND).all()
    assert (picture[..., 1] <= BACKGROUND).all()


def test_bold_is_heavier_italic_leans_and_underlined_has_a_line() -> None:
    corners = (10.0, 30.0), (110.0, 50.0)
    plain, bold, italic, underlined = (
        ink(box("lll", *corners, style=style))
        for style in (PLAIN, TextStyle(is_bold=True), TextStyle(is_italic=True), TextStyle(is_underlined=True))
    )
    assert bold.sum() > 1.2 * plain.sum()
    top, bottom, _, _ = extent(italic)
    assert np.flatnonzero(italic[top]).min() > np.flatnonzero(italic[bottom]).min()
    assert underlined[extent(underlined)[1]].sum() > 2 * plain.any(axis=0).sum() - 40
    assert extent(underlined)[1] > extent(plain)[1]


@pytest.mark.parametrize("is_outlined", [False, True])
def test_a_shadow_has_its_own_colour(is_outlined: bool) -> None:
    style = TextStyle(shadow=Shadow(is_outlined, (3.0, 2.0), (0, 0, 200), 1.0))
    picture = drawn(box("abc", (20.0, 30.0), (100.0, 50.0), style=style))
    assert (picture == (0, 0, 200)).all(axis=2).any()
    assert (picture == 255).all(axis=2).any()


@pytest.mark.parametrize("text", ["שלום", "مرحبا", "患者", "Ελληνικά", "Пациент", "ผู้ป่วย"])
def test_text_of_any_script_is_written(text: str) -> None:
    assert ink(box(text, (10.0, 30.0), (110.0, 50.0))).sum() > 50


def test_a_character_that_no_font_has_is_said_to_be_the_states() -> None:
    with pytest.raises(Unimplemented) as told:
        drawn(anchored("\U0001f9e0", (20.0, 20.0)))
    assert told.value.parameter == "presentationUID"


def test_texts_are_over_the_lines_of_their_layer_and_under_the_next_one() -> None:
    lower = Layer((255, 0, 0), texts=(box("MMM", (20.0, 30.0), (100.0, 50.0)),))
    upper = Layer((0, 255, 0), texts=(box("MMM", (20.0, 30.0), (100.0, 50.0)),))
    picture = draw_graphics(background(), (lower, upper), View())
    assert (picture == (0, 255, 0)).all(axis=2).any()
    assert not (picture == (255, 0, 0)).all(axis=2).any()
