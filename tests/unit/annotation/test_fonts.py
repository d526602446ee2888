"""Which font draws what, and that none draws an empty box for it."""

from __future__ import annotations

import struct
from functools import cache

import numpy as np
import pytest

from wado.annotation import fonts, text
from wado.annotation.fonts import FONTS, Font, check_layout_library, split_into_clusters, split_into_runs
from wado.annotation.text import direction_of_text, draw_mask, in_visual_order, measure
from wado.errors import InternalError, Unimplemented

SCRIPTS = {
    "Latin": "Müller-Lüdenscheidt, Ångström Ñandú Łódź Şükrü",
    "Vietnamese": "Nguyễn Văn Ánh",
    "Greek": "Διονύσιος ΐ",
    "Cyrillic": "Люксембург Ёлка Ђорђе",
    "Hebrew": "שרון דבורה",
    "Arabic": "محمد بن عبدالله قباني",
    "Persian": "پژمان گلچین",
    "Thai": "สมชาย ที่ปรึกษา น้ำ",
    "Chinese": "王小東 张伟 䶮㛃",
    "Japanese": "山田 太郎 やまだ タロウ ﾔﾏﾀﾞ 髙﨑",
    "Korean": "김희중 뷁 金喜中",
    "signs": "R 2.5° 10 µm “x” – … \ufffd",
}


@cache
def characters_of(font: Font) -> frozenset[int]:
    """The characters that the font's own table maps to glyphs (OpenType cmap, formats 4 and 12)."""
    content = fonts._files()[font.file_name].read_bytes()
    tables = [
        struct.unpack_from(">4s4xII", content, 12 + 16 * n) for n in range(struct.unpack_from(">H", content, 4)[0])
    ]
    start = next(offset for tag, offset, _ in tables if tag == b"cmap")
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", content, start + 2)[0]):
        at = start + struct.unpack_from(">4xI", content, start + 4 + 8 * number)[0]
        reader = READERS.get(struct.unpack_from(">H", content, at)[0])
        found |= reader(content, at) if reader else set()
    return frozenset(found)


def read_format_12(content: bytes, at: int) -> set[int]:
    groups = [
        struct.unpack_from(">II", content, at + 16 + 12 * n)
        for n in range(struct.unpack_from(">I", content, at + 12)[0])
    ]
    return {code for first, last in groups for code in range(first, last + 1)}


def read_format_4(content: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", content, at + 6)[0] // 2
    ends, starts, deltas, offsets = (
        np.frombuffer(content, ">u2", count, at + 14 + 2 * count * n + (2 if n else 0)) for n in range(4)
    )
    found = set()
    for n in range(count):
        for code in range(int(starts[n]), int(ends[n]) + 1):
            place = at + 16 + 6 * count + 2 * n + int(offsets[n]) + 2 * (code - int(starts[n]))
            glyph = code if not offsets[n] else struct.unpack_from(">H", content, place)[0]
            if glyph and (glyph + int(deltas[n])) % 65536:
                found.add(code)
    return found


READERS = {4: read_format_4, 12: read_format_12}


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_character_is_in_its_font(script: str) -> None:
    for run in split_into_runs(SCRIPTS[script]):
        assert {ord(character) for character in run.text} <= characters_of(run.font)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_needs_no_change_of_font(script: str) -> None:
    assert len({run.font.package for run in split_into_runs(SCRIPTS[script])}) == 1


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.file_name)
def test_what_a_font_has_is_found_as_its_table_says(font: Font) -> None:
    sample = [
        *range(0x20, 0x7F),
        *range(0xA0, 0x250),
        *range(0x370, 0x700),
        *range(0xE01, 0xE5C),
        0x3042,
        0x4E00,
        0xAC00,
    ]
    drawable = {code for code in sample if chr(code).isalnum()}
    assert {code for code in drawable if fonts.has_glyphs(font, chr(code))} == drawable & characters_of(font)


def test_runs_are_the_text_in_its_order() -> None:
    mixed = "ID 山田 สมชาย 김 x"
    runs = split_into_runs(mixed)
    assert "".join(run.text for run in runs) == mixed
    assert [run.font.package for run in runs] == [
        "fonts-dejavu-core",
        "fonts-droid-fallback",
        "fonts-tlwg-loma-ttf",
        "fonts-droid-fallback",
        "fonts-dejavu-core",
    ]


def test_what_is_no_letter_stays_in_the_font_of_what_it_follows() -> None:
    assert [run.text for run in split_into_runs("สมชาย. 山田")] == ["สมชาย. ", "山田"]
    assert [run.text for run in split_into_runs("สมชาย ABC 山田")] == ["สมชาย ", "ABC ", "山田"]


def test_marks_stay_with_their_letters() -> None:
    assert split_into_clusters("ที่a\u0301\u200d") == ["ที่", "a\u0301\u200d"]


def test_joiners_and_variation_selectors_need_no_glyph() -> None:
    assert len(split_into_runs("葛\U000e0100城 a\u200db")) >= 1


@pytest.fixture
def _no_noto_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system that has but the fonts of the package list."""
    monkeypatch.setattr(fonts, "_noto_fonts", tuple)


@pytest.mark.usefixtures("_no_noto_fonts")
def test_a_character_that_no_font_has_is_refused() -> None:
    with pytest.raises(Unimplemented, match="fonts-noto") as refusal:
        split_into_runs("ID \U0001f9e0")
    assert "\U0001f9e0" not in refusal.value.message
    assert refusal.value.parameter == "annotation"


@pytest.mark.usefixtures("_no_noto_fonts")
def test_without_a_font_what_it_is_needed_for_is_refused() -> None:
    available = (FONTS[0], Font("Absent.ttf", "fonts-absent"))
    with pytest.raises(InternalError, match="fonts-absent"):
        split_into_runs("山田", available)
    assert len(split_into_runs("Yamada", available)) == 1


@pytest.mark.usefixtures("_no_noto_fonts")
def test_without_any_font_every_text_is_refused() -> None:
    with pytest.raises(InternalError, match="fonts-absent"):
        split_into_runs("A", (Font("Absent.ttf", "fonts-absent"),))


def test_without_the_layout_library_all_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.features.check", lambda name: name != "fribidi")
    with pytest.raises(InternalError, match="libfribidi0"):
        check_layout_library()


@pytest.mark.parametrize(
    ("words", "direction"), [("Born שרון", "ltr"), ("שרון ID", "rtl"), ("12 مي", "rtl"), ("12", "ltr")]
)
def test_a_line_runs_in_the_direction_of_its_first_letter(words: str, direction: str) -> None:
    assert direction_of_text(words) == direction


def ink(mask: text.Mask) -> text.Mask:
    """The mask without its empty edges."""
    rows, columns = np.nonzero(mask)
    return mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def words_of(mask: text.Mask) -> list[text.Mask]:
    """The ink between gaps of ten columns or more, from left to right."""
    columns = np.flatnonzero(mask.any(0))
    cuts = np.flatnonzero(np.diff(columns) > 10)
    return [ink(mask[:, part[0] : part[-1] + 1]) for part in np.split(columns, cuts + 1)]


@pytest.mark.parametrize(("first", "second"), [("שרון", "דבורה"), ("محمد", "قباني")])
def test_the_first_word_of_a_text_from_right_to_left_is_the_rightmost(first: str, second: str) -> None:
    left, right = words_of(draw_mask(f"{first}   {second}", 40, "rtl"))
    np.testing.assert_array_equal(right, ink(draw_mask(first, 40, "rtl")))
    np.testing.assert_array_equal(left, ink(draw_mask(second, 40, "rtl")))


def test_hebrew_letters_stand_in_the_opposite_order() -> None:
    forced = "\u202dןורש"
    np.testing.assert_array_equal(ink(draw_mask("שרון", 40, "rtl")), ink(draw_mask(forced, 40, "ltr")))


def test_arabic_letters_are_joined() -> None:
    """Initial, medial and final form, as Unicode has them for typewriters, from right to left."""
    shaped = ink(draw_mask("سسس", 40, "rtl"))
    isolated = ink(draw_mask("س\u200cس\u200cس", 40, "rtl"))
    typewriter = ink(draw_mask("\ufeb3\ufeb4\ufeb2", 40, "rtl"))
    assert shaped.any(0).all()
    assert shaped.shape[1] < isolated.shape[1]
    assert abs(shaped.shape[1] - typewriter.shape[1]) <= 1


def test_runs_of_several_fonts_stand_in_the_order_of_their_directions() -> None:
    def order(words: str, direction: str) -> list[str]:
        return [run.text.strip() for run in in_visual_order(split_into_runs(words), direction)]

    assert order("ABC محمد 山田", "ltr") == ["ABC", "محمد", "山田"]
    assert order("ABC محمد שרון 山田", "ltr") == ["ABC", "محمد שרון", "山田"]
    assert order("שרון ABC 山田 דבורה", "rtl") == ["דבורה", "ABC", "山田", "שרון"]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("size", [9, 13, 40])
def test_the_ink_keeps_to_the_extent_that_was_measured(script: str, size: int) -> None:
    line = SCRIPTS[script]
    direction = direction_of_text(line)
    extent = measure(line, size, direction)
    mask = draw_mask(line, size, direction)
    assert mask.shape == (extent.height, extent.width)
    roomy = text._draw(line, size, direction, padding=size)
    inner = roomy[size : size + extent.height, size : size + extent.width]
    np.testing.assert_array_equal(mask, inner)
    assert roomy.astype(int).sum() == mask.astype(int).sum()
