"""The finished picture: legible, nothing clipped, nothing lost without a sign."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wado.annotation.draw import Picture, burn_in, draw_annotation, outline_of
from wado.annotation.layout import arrange, share
from wado.annotation.model import ELLIPSIS, NO_BREAK, Annotation, EdgeLetters, Line, Rank
from wado.annotation.wrapping import Placed

EDGES = EdgeLetters("RAF", "LPH", "AFR", "PHL")
IDENTITY = (
    Line("Yamada, Tarou", Rank.IDENTITY),
    Line("山田 太郎", Rank.SPELLING),
    Line("やまだ たろう", Rank.SPELLING),
    Line(f"ID{NO_BREAK}0815-4711", Rank.IDENTITY),
    Line(f"Born{NO_BREAK}1950-12-31, M, 75Y"),
)
FULL = Annotation(
    IDENTITY,
    (
        Line("Hospital of the Holy Ghost"),
        Line(f"Study{NO_BREAK}2026-11-21 10:11:12"),
        Line("Thorax, ที่ปรึกษา"),
        Line("قباني لنزار"),
    ),
    (Line("Left", Rank.MARKER), Line("CT"), Line(f"120{NO_BREAK}kV  200{NO_BREAK}mA  150{NO_BREAK}mAs")),
    (
        Line(f"Series{NO_BREAK}3"),
        Line(f"Image{NO_BREAK}12"),
        Line("Frame 1 of 20".replace(" ", NO_BREAK)),
        Line("Position -77.2 mm".replace(" ", NO_BREAK)),
        Line(f"C{NO_BREAK}40 W{NO_BREAK}400"),
    ),
    EDGES,
)
AXIAL = replace(FULL, edges=EdgeLetters("R", "L", "A", "P"))
PATIENT = Annotation(top_left=IDENTITY)

SIZES = [
    *((side, side) for side in (64, 65, 72, 80, 96, 100, 127, 128, 160, 200, 256, 300, 400, 512, 700, 1024, 2048)),
    *((64, 512), (512, 64), (128, 1000), (3000, 200), (8192, 64)),
]
shapes = pytest.mark.parametrize(("rows", "columns"), SIZES, ids=str)
kinds = pytest.mark.parametrize("annotation", [AXIAL, PATIENT], ids=["both", "patient"])


def flat(rows: int, columns: int, level: int = 0) -> Picture:
    return np.full((rows, columns), level, np.uint8)


def lines_in(annotation: Annotation, rows: int, columns: int) -> tuple[Placed, ...]:
    return arrange(annotation, rows, columns).lines


def written_in(annotation: Annotation, rows: int, columns: int) -> list[str]:
    return [placed.line.text for placed in lines_in(annotation, rows, columns)]


def box_of(placed: Placed) -> tuple[int, int, int, int]:
    return placed.row, placed.row + placed.line.height, placed.column, placed.column + placed.line.width


@shapes
@kinds
def test_nothing_is_clipped(annotation: Annotation, rows: int, columns: int) -> None:
    """The same on a canvas that goes on beyond the picture's edges."""
    around = 20
    lines = lines_in(annotation, rows, columns)
    moved = [replace(placed, row=placed.row + around, column=placed.column + around) for placed in lines]
    canvas = burn_in(flat(rows + 2 * around, columns + 2 * around, 90), moved)
    annotated = draw_annotation(flat(rows, columns, 90), annotation)
    np.testing.assert_array_equal(canvas[around:-around, around:-around], annotated)
    canvas[around:-around, around:-around] = 90
    assert (canvas == 90).all()


@shapes
@kinds
def test_nothing_lies_over_anything_else(annotation: Annotation, rows: int, columns: int) -> None:
    for one, other in combinations(lines_in(annotation, rows, columns), 2):
        top, bottom, left, right = box_of(one)
        other_top, other_bottom, other_left, other_right = box_of(other)
        apart = bottom <= other_top or other_bottom <= top or right <= other_left or other_right <= left
        assert apart, (one, other)


@shapes
@kinds
def test_what_is_left_out_leaves_an_ellipsis(annotation: Annotation, rows: int, columns: int) -> None:
    written = written_in(annotation, rows, columns)
    characters = "".join(written)
    if ELLIPSIS not in written:
        expected = "".join(line.text for line in annotation.lines)
        letters = annotation.edges
        expected += letters.left + letters.right + letters.top + letters.bottom
        assert sorted(characters.replace(" ", "")) == sorted(expected.replace(" ", ""))
    assert characters.replace(" ", "").find("Yamada,") >= 0


@shapes
def test_laterality_and_letters_are_always_there(rows: int, columns: int) -> None:
    written = written_in(AXIAL, rows, columns)
    assert {"Left", "R", "L", "A", "P"} <= set(written)


@pytest.mark.parametrize("side", [300, 512, 1024, 4096, 8192])
def test_all_of_a_usual_annotation_has_room(side: int) -> None:
    assert ELLIPSIS not in written_in(FULL, side, side)


@pytest.mark.parametrize(("side", "size"), [(64, 8), (512, 13), (1024, 26), (2048, 51), (8192, 200)])
def test_the_size_follows_the_picture(side: int, size: int) -> None:
    assert {placed.line.size for placed in lines_in(AXIAL, side, side)} == {size}


@pytest.mark.parametrize("side", [1, 2, 8, 16])
@pytest.mark.parametrize(
    "annotation",
    [PATIENT, Annotation(edges=EDGES), Annotation(bottom_left=(Line("Both sides", Rank.MARKER), Line("CT")))],
    ids=["patient", "letters", "laterality"],
)
def test_a_picture_without_room_for_what_matters_says_nothing_of_it(annotation: Annotation, side: int) -> None:
    assert set(written_in(annotation, side, side)) <= {ELLIPSIS}
    assert draw_annotation(flat(side, side), annotation).shape == (side, side)


@pytest.mark.parametrize("side", range(1, 64))
def test_a_small_picture_is_right(side: int) -> None:
    many = Annotation(top_right=(Line("i"),) * 9, bottom_left=(Line("i"),) * 9)
    annotations = (AXIAL, FULL, PATIENT, many, replace(many, edges=EdgeLetters(left="R")))
    for annotation, columns in product(annotations, (side, 200)):
        for placed in lines_in(annotation, side, columns):
            top, bottom, left, right = box_of(placed)
            reach = 2 * outline_of(placed.line.size)
            assert reach <= top and bottom + reach <= side and reach <= left and right + reach <= columns


@pytest.mark.parametrize("columns", range(12, 80))
def test_a_marker_is_never_parted_within_a_word(columns: int) -> None:
    written = written_in(Annotation(bottom_left=(Line("Both sides", Rank.MARKER),)), 100, columns)
    assert written in (["Both sides"], ["Both", "sides"]) or set(written) <= {ELLIPSIS}


def test_letters_stand_on_the_line_that_they_were_given() -> None:
    annotation = Annotation(top_left=(Line("H"),))
    (placed,) = lines_in(annotation, 512, 512)
    rows, columns = np.nonzero(draw_annotation(flat(512, 512), annotation) > 128)
    assert rows.max() + 1 == placed.row + placed.line.ascent
    assert placed.column <= columns.min() <= placed.column + 2
    assert columns.max() < placed.column + placed.line.width


def test_without_anything_to_say_the_picture_is_as_it_was() -> None:
    picture = flat(4, 4, 7)
    np.testing.assert_array_equal(draw_annotation(picture, Annotation()), picture)


def test_the_picture_given_is_left_alone() -> None:
    picture = flat(512, 512, 90)
    picture.setflags(write=False)
    assert draw_annotation(picture, FULL).max() == 255
    assert (picture == 90).all()


@pytest.mark.parametrize("level", [0, 90, 255])
def test_grey_stays_grey_and_colour_is_drawn_alike_in_all_samples(level: int) -> None:
    grey = draw_annotation(flat(512, 512, level), FULL)
    rgb = draw_annotation(np.full((512, 512, 3), level, np.uint8), FULL)
    assert grey.shape == (512, 512)
    np.testing.assert_array_equal(rgb, np.repeat(grey[..., None], 3, -1))


def test_colours_beside_the_letters_are_kept() -> None:
    picture = np.zeros((512, 512, 3), np.uint8)
    picture[...] = (10, 200, 30)
    annotated = draw_annotation(picture, FULL)
    assert (annotated[100:200, 200:300] == (10, 200, 30)).all()
    assert (annotated == 255).all(-1).any() and (annotated == 0).all(-1).any()


def around(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """The pixels within so many rows and columns of the mask's."""
    padded = np.pad(mask, reach)
    shifts = [
        np.roll(padded, (row, column), (0, 1))
        for row in range(-reach, reach + 1)
        for column in range(-reach, reach + 1)
    ]
    found: NDArray[np.bool_] = np.any(shifts, axis=0)[reach:-reach, reach:-reach]
    return found


@pytest.mark.parametrize("level", [0, 40, 128, 230, 255])
@pytest.mark.parametrize("side", [64, 128, 512])
def test_letters_are_white_and_what_surrounds_them_is_black(level: int, side: int) -> None:
    """Every white pixel of a letter has nearly black ones close by, whatever lies behind."""
    annotated = draw_annotation(flat(side, side, level), replace(AXIAL, top_right=()))
    background = draw_annotation(flat(side, side), replace(AXIAL, top_right=()))
    letters = background > 200
    assert letters.sum() > 20
    assert (annotated[letters] > 190).all()
    assert around(annotated < 60, 3)[letters].all()


def test_the_text_is_the_same_on_black_and_white_where_it_is_full() -> None:
    on_black, on_white = (draw_annotation(flat(512, 512, level), FULL) for level in (0, 255))
    letters = on_black == 255
    assert (on_white[letters] == 255).all()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((100, 30, 30, 0, 10), (60, 60)),
        ((100, 80, 30, 0, 10), (60, 30)),
        ((100, 20, 95, 0, 10), (20, 70)),
        ((100, 80, 80, 0, 10), (45, 45)),
        ((100, 120, 0, 0, 10), (100, 0)),
        ((100, 80, 20, 10, 5), (40, 40)),
    ],
)
def test_neighbours_share_the_room(arguments: Any, expected: tuple[int, int]) -> None:
    assert share(*arguments) == expected


def test_a_long_value_is_wrapped_rather_than_cut() -> None:
    long = Annotation(top_left=(Line("M" * 120, Rank.IDENTITY), Line(f"ID{NO_BREAK}" + "9" * 60, Rank.IDENTITY)))
    written = "".join(written_in(long, 256, 256))
    assert written.count("M") == 120 and written.count("9") == 60


def test_the_largest_picture() -> None:
    annotated = draw_annotation(flat(8192, 8192), AXIAL)
    assert annotated.max() == 255
    assert not annotated[:10].any() and not annotated[:, -10:].any()


def test_drawing_needs_no_pydicom() -> None:
    command = "import sys, wado.annotation.draw; sys.exit('pydicom' in sys.modules)"
    environment = {"PYTHONPATH": str(Path(__file__).parents[3] / "plugin")}
    assert subprocess.run([sys.executable, "-c", command], env=environment, timeout=60, check=False).returncode == 0
