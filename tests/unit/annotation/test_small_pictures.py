"""Annotation in pictures of any size: who it is comes first, labels keep their values, what is missing is counted."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from tests.support.datasets import make_object
from tests.unit.annotation.test_draw import around, box_of
from wado.annotation.content import read_annotation
from wado.annotation.draw import Picture, burn_in, draw_annotation
from wado.annotation.layout import TINY_SIZES, Arrangement, arrange, find_arrangement
from wado.annotation.model import ELLIPSIS, NO_BREAK, Annotation, EdgeLetters, Line, Rank, ShownImage
from wado.annotation.text import direction_of_text, draw_mask, smallest_legible_size
from wado.annotation.wrapping import Placed, Written, unwrapped, wrap

NAMES = {
    "Latin": "Yamada^Tarou",
    "Japanese": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "Korean": "=金^喜中=김^희중",
    "Arabic": "قباني^لنزار",
    "Thai": "สมชาย^ที่ปรึกษา",
    "long": "Wolfeschlegelsteinhausen^Hubert Blaine",
}
LABELS = {"ID", "Born", "Study", "Series", "Image", "Position", "Thickness", "C", "W"}
SHOWN = ShownImage(1, (40.0, 400.0), (1, 0, 0), (0, 1, 0))
BOTH = ("patient", "technique")

SHAPES = [
    *((side, side) for side in (28, 34, 43, 48, 64, 96, 128, 256, 512)),
    *((20, 400), (400, 32), (64, 512), (512, 64), (120, 30)),
]
shapes = pytest.mark.parametrize(("rows", "columns"), SHAPES, ids=str)
names = pytest.mark.parametrize("name", NAMES)
kinds = pytest.mark.parametrize("kinds", [BOTH, ("patient",), ("technique",)], ids=",".join)


def annotation_of(name: str, kinds: tuple[str, ...] = BOTH) -> Annotation:
    dataset = make_object(
        SpecificCharacterSet="ISO_IR 192",
        PatientName=NAMES[name],
        PatientID="0815-4711",
        PatientBirthDate="19501231",
        PatientSex="M",
        InstitutionName="Hospital of the Holy Ghost",
        StudyDate="20261121",
        StudyDescription="Thorax",
        Modality="MR",
        RepetitionTime="4000",
        ImageLaterality="L",
        SeriesNumber=3,
        InstanceNumber=12,
        SliceThickness="2.5",
        SliceLocation="-77.2",
    )
    return read_annotation(dataset, 0, kinds, SHOWN)


def arranged(name: str, kinds: tuple[str, ...], rows: int, columns: int) -> tuple[Annotation, Arrangement | None]:
    """None where an ellipsis stands for it, as in no picture that is larger than an icon."""
    annotation = annotation_of(name, kinds)
    arrangement = find_arrangement(annotation, rows, columns)
    assert arrangement or min(rows, columns) < 43
    return annotation, arrangement


def background(kind: str, rows: int, columns: int) -> Picture:
    if kind == "noise":
        return np.random.default_rng(1).integers(0, 256, (rows, columns), dtype=np.uint8)
    return np.full((rows, columns), {"black": 0, "white": 255}[kind], np.uint8)


def plain(text: str) -> str:
    return re.sub(rf"[ {NO_BREAK}]", "", text)


@shapes
@names
@kinds
def test_every_line_is_there_or_counted(name: str, kinds: tuple[str, ...], rows: int, columns: int) -> None:
    annotation, arrangement = arranged(name, kinds, rows, columns)
    if arrangement is None:
        return
    texts = [placed.line.text for placed in arrangement.lines]
    written = plain("".join(texts))
    missing = [line for line in annotation.lines if plain(line.text) not in written]
    edges = [letter for letter in "RLAP" if letter not in texts]
    assert len(edges) in (0, 4)
    assert arrangement.left_out == len(missing) + bool(edges and "technique" in kinds)
    for line in missing:
        if line.rank == Rank.IDENTITY:
            cut = next(text for text in texts if text.endswith(ELLIPSIS) and plain(text)[:-1] in plain(line.text))
            assert len(plain(cut)) > 3
    assert not [line for line in missing if line.rank == Rank.MARKER]


@shapes
@names
def test_nothing_lies_over_anything_else_nor_beyond_the_edges(name: str, rows: int, columns: int) -> None:
    _, arrangement = arranged(name, BOTH, rows, columns)
    taken = np.zeros((rows, columns), int)
    for placed in arrangement.lines if arrangement else ():
        top, bottom, left, right = box_of(placed)
        assert 2 <= top < bottom <= rows - 2 and 2 <= left < right <= columns - 2
        taken[top:bottom, left:right] += 1
    assert taken.max() <= 1


@shapes
@names
@kinds
def test_who_it_is_stands_first_and_a_label_never_alone(
    name: str, kinds: tuple[str, ...], rows: int, columns: int
) -> None:
    annotation, arrangement = arranged(name, kinds, rows, columns)
    if arrangement is None:
        return
    texts = [placed.line.text for placed in arrangement.lines]
    assert not LABELS & {text.strip() for text in texts}
    assert not any(re.match(rf"(?:{'|'.join(LABELS)}){NO_BREAK}?{ELLIPSIS}", text) for text in texts)
    if "patient" in kinds:
        first = min(annotation.lines, key=lambda line: line.rank).text
        lines = [text for text in texts if text not in tuple("RLAP")]
        assert plain(first).startswith(plain(lines[0]).rstrip(ELLIPSIS))
        assert any(re.match(rf"ID{NO_BREAK}\d", text) for text in texts)


@pytest.mark.parametrize(("rows", "columns"), [(34, 34), (48, 48), (96, 96), (256, 256), (20, 400), (120, 30)], ids=str)
@names
@pytest.mark.parametrize("kind", ["black", "white", "noise"])
def test_the_ink_of_every_line_is_seen_whatever_lies_behind(name: str, kind: str, rows: int, columns: int) -> None:
    """White where the letters are, black close by, and nothing beyond the edges."""
    annotation, arrangement = arranged(name, BOTH, rows, columns)
    if arrangement is None:
        return
    annotated = draw_annotation(background(kind, rows, columns), annotation)
    letters_alone = draw_annotation(background("black", rows, columns), annotation)
    for placed in arrangement.lines:
        mask = draw_mask(placed.line.text, placed.line.size, placed.line.direction)
        assert (mask > 100).any()
        area = np.s_[placed.row : placed.row + placed.line.height, placed.column : placed.column + placed.line.width]
        letters = letters_alone[area] > 150
        assert letters.sum() >= 2
        assert (annotated[area][letters] > 150).all()
        assert around(annotated < 80, 4)[area][letters].all()
    border = np.ones((rows, columns), bool)
    border[1:-1, 1:-1] = False
    assert (letters_alone[border] == 0).all()


@names
@kinds
@pytest.mark.parametrize(("rows", "columns"), [(16, 16), (24, 24), (12, 24), (10, 400), (400, 20), (1, 1), (1, 8192)])
@pytest.mark.parametrize("kind", ["black", "white", "noise"])
def test_an_icon_has_an_ellipsis_for_all_that_has_no_room(
    name: str, kinds: tuple[str, ...], rows: int, columns: int, kind: str
) -> None:
    annotation, picture = annotation_of(name, kinds), background(kind, rows, columns)
    arrangement = arrange(annotation, rows, columns)
    assert arrangement.is_nothing and arrangement.left_out == len(annotation.lines) + ("technique" in kinds)
    annotated = draw_annotation(picture, annotation)
    if min(rows, columns) < 12:
        assert not arrangement.lines and (annotated == picture).all()
        return
    (placed,) = arrangement.lines
    top, bottom, left, right = box_of(placed)
    assert placed.line.text == ELLIPSIS and 2 <= top < bottom <= rows - 2 and 2 <= left < right <= columns - 2
    ink = draw_annotation(background("black", rows, columns), annotation) > 100
    assert ink.sum() >= 3 and (annotated[ink] > 100).all() and around(annotated < 80, 4)[ink].all()


@pytest.mark.parametrize(
    ("name", "kinds", "side"),
    [
        ("Latin", ("patient",), 28),
        ("Latin", BOTH, 34),
        ("Arabic", BOTH, 34),
        ("Thai", BOTH, 34),
        ("long", BOTH, 34),
        ("Latin", ("technique",), 25),
    ],
)
def test_how_small_a_picture_may_be(name: str, kinds: tuple[str, ...], side: int) -> None:
    annotation = annotation_of(name, kinds)
    assert find_arrangement(annotation, side, side)
    assert not find_arrangement(annotation, side - 1, side - 1)


@pytest.mark.parametrize(
    "characters",
    [
        "0123456789",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "aàáâäãåeèéêëcçoöôõóuüûsš",
        "абвгдежзийклмнопрстуфхцчшщъыьэюя",
        "אבגדהוזחטיכלמנסעפצקרשת",
        "بتثنيجحخدذرزسشصضطظعغفق",
        "กขคฆงจฉชซญฎฏฐณดตถทธนบปผฝพฟภมยรลวศษสหอฮ",
        "はばぱほぼかがシツソンてで",
        "김긴길깁희회중종정",
        "未末干千己已巳太大犬日目田由甲申鳥烏",
    ],
    ids=lambda characters: characters[0],
)
def test_no_two_characters_look_alike_in_the_smallest_size(characters: str) -> None:
    """Some pixel differs by nearly a third of the way from black to white, wherever one is laid over the other."""
    size = smallest_legible_size(characters)
    drawn = [draw_mask(character, size, direction_of_text(character)) for character in characters]
    assert min(smallest_difference(one, other) for one, other in combinations(drawn, 2)) > 80


def smallest_difference(one: Picture, other: Picture) -> int:
    """The largest difference of two pixels where the masks are laid over each other as well as they can be."""
    rows, columns = (max(one.shape[axis], other.shape[axis]) + 4 for axis in (0, 1))
    fixed = np.zeros((rows, columns), int)
    fixed[2 : 2 + one.shape[0], 2 : 2 + one.shape[1]] = one
    moved = np.zeros((rows, columns), int)
    moved[: other.shape[0], : other.shape[1]] = other
    shifts = ((row, column) for row in range(5) for column in range(5))
    return min(int(np.abs(fixed - np.roll(moved, shift, (0, 1))).max()) for shift in shifts)


def test_the_smallest_size_depends_on_the_script() -> None:
    sizes = {
        text: smallest_legible_size(text)
        for text in ("Yamada", "Jérôme", "لنزار", "שרון", "ที่ปรึกษา", "山田", "김", "ID 山")
    }
    assert list(sizes.values()) == [7, 9, 11, 10, 9, 12, 12, 12]
    assert [line.size for line in unwrapped([Line("Yamada"), Line("山田")], min(TINY_SIZES))] == [7, 12]


def test_an_outline_lies_over_no_letter_of_the_line_above() -> None:
    lines = [
        Placed(Written("gjpqy", "ltr", 12, Rank.DETAIL), 20, 20),
        Placed(Written("HÄÖÜ", "ltr", 12, Rank.DETAIL), 20, 31),
    ]
    together = burn_in(background("white", 60, 80), lines)
    for line in lines:
        alone = burn_in(background("black", 60, 80), [line])
        assert (together[alone > 200] >= alone[alone > 200]).all()


@pytest.mark.parametrize(
    ("text", "rank", "width", "parts"),
    [
        (f"ID{NO_BREAK}0815-4711", Rank.IDENTITY, 45, [f"ID{NO_BREAK}0815-", "4711"]),
        ("Yamada, Tarou", Rank.IDENTITY, 40, ["Yamada,", "Tarou"]),
        ("Yamada, Tarou", Rank.IDENTITY, 25, ["Yamad", "a,", "Tarou"]),
        (f"Born{NO_BREAK}1950-12-31, M", Rank.DETAIL, 60, [f"Born{NO_BREAK}1950-12-", "31, M"]),
        ("t1_mprage_sag", Rank.HEADING, 50, ["t1_mprage_", "sag"]),
    ],
)
def test_where_lines_are_broken(text: str, rank: Rank, width: int, parts: list[str]) -> None:
    written = wrap(Line(text, rank), 7, width)
    assert [part.text for part in written] == parts
    assert all(part.width <= width for part in written)


def test_letters_at_the_edges_go_before_who_it_is() -> None:
    annotation = replace(annotation_of("Latin"), edges=EdgeLetters("RAF", "LPH", "AFR", "PHL"))
    arrangement = arrange(annotation, 48, 48)
    texts = {placed.line.text for placed in arrangement.lines}
    assert not texts & {"RAF", "LPH", "AFR", "PHL"} and "Left" in " ".join(texts) and ELLIPSIS in texts
