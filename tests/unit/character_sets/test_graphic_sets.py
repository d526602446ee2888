"""The sets of graphic characters, by characters whose codes the standards themselves give."""

from __future__ import annotations

import pytest

from wado.character_sets.graphic_sets import (
    BY_ESCAPE,
    BY_NUMBER,
    GRAPHIC_SETS,
    ISO_646,
    JIS_X_0201_KATAKANA,
    JIS_X_0201_ROMAJI,
    JIS_X_0208,
    GraphicSet,
    decode_page,
)

# PS3.3 Tables C.12-3 and C.12-4: by registration, its escape sequence as columns and rows of the code table.
ESCAPES = {
    6: "02/08 04/02",
    100: "02/13 04/01",
    101: "02/13 04/02",
    109: "02/13 04/03",
    110: "02/13 04/04",
    144: "02/13 04/12",
    127: "02/13 04/07",
    126: "02/13 04/06",
    138: "02/13 04/08",
    148: "02/13 04/13",
    203: "02/13 06/02",
    13: "02/09 04/09",
    14: "02/08 04/10",
    166: "02/13 05/04",
    87: "02/04 04/02",
    159: "02/04 02/08 04/04",
    149: "02/04 02/09 04/03",
    58: "02/04 02/09 04/01",
}

# PS3.5 Annexes H, I, K, and the parts of ISO 8859.
CHARACTERS = {
    100: ("é", "E9"),
    101: ("ł", "B3"),
    109: ("ħ", "B1"),
    110: ("ĸ", "A2"),
    144: ("Л", "BB"),
    127: ("ق", "E2"),
    126: ("Δ", "C4"),
    138: ("ש", "F9"),
    148: ("ğ", "F0"),
    203: ("€", "A4"),
    13: ("ﾔ", "D4"),
    14: ("¥", "5C"),
    166: ("ก", "A1"),
    87: ("山", "3B33"),
    159: ("丂", "3021"),
    149: ("洪", "FBF3"),
    58: ("张", "D5C5"),
    6: ("Y", "59"),
}


def position(column_and_row: str) -> int:
    column, row = column_and_row.split("/")
    return int(column) * 16 + int(row)


@pytest.mark.parametrize(("number", "sequence"), ESCAPES.items())
def test_escape_sequences(number: int, sequence: str) -> None:
    assert BY_NUMBER[number].escape == b"\x1b" + bytes(map(position, sequence.split()))
    assert BY_ESCAPE[BY_NUMBER[number].escape] is BY_NUMBER[number]


def test_the_standard_has_no_other_sets() -> None:
    assert set(BY_NUMBER) == set(ESCAPES) == set(CHARACTERS)


@pytest.mark.parametrize(("number", "example"), CHARACTERS.items())
def test_characters_have_the_codes_of_the_standards(number: int, example: tuple[str, str]) -> None:
    character, codes = example[0], bytes.fromhex(example[1])
    assert BY_NUMBER[number].decode(codes) == character
    assert BY_NUMBER[number].encode(character) == codes


@pytest.mark.parametrize("graphic_set", GRAPHIC_SETS, ids=lambda graphic_set: f"ISO-IR {graphic_set.number}")
def test_every_character_of_a_set_goes_round(graphic_set: GraphicSet) -> None:
    characters = [chr(code) for code in range(0x20, 0x10000) if not 0xD800 <= code < 0xE000]
    codes = {character: its for character in characters if (its := graphic_set.encode(character)) is not None}
    fewest = {127: 51, 138: 60, 13: 63}.get(graphic_set.number, 80)
    assert len(codes) >= (fewest if graphic_set.width == 1 else 6000)
    assert all(len(its) == graphic_set.width for its in codes.values())
    assert all(graphic_set.decode(its) == character for character, its in codes.items())
    assert all((its[0] >= 0x80) == graphic_set.is_g1 for its in codes.values())


def test_romaji_has_a_yen_sign_and_an_overline() -> None:
    assert decode_page(b"\\~\xb1", JIS_X_0201_ROMAJI, JIS_X_0201_KATAKANA) == ("¥‾ｱ", True)
    assert JIS_X_0201_ROMAJI.encode("\\") is None
    assert len([code for code in range(0xA1, 0xE0) if JIS_X_0201_KATAKANA.decode(bytes([code]))]) == 63


def test_codes_of_no_character_are_shown() -> None:
    assert decode_page(b"a\xe9", ISO_646, None) == ("a\\xe9", False)
    assert decode_page(b"\xa1", ISO_646, BY_NUMBER[127]) == ("\\xa1", False)  # ISO 8859-6 has nothing there


def test_the_rows_that_vendors_added_to_jis_x_0208() -> None:
    assert JIS_X_0208.decode(b"\x2d\x21\x2d\x6a\x2d\x40") == "①㈱㍉"  # row 13: cells 1, 74, 32
    with pytest.raises(UnicodeDecodeError):
        JIS_X_0208.decode(b"\x2f\x7e")


@pytest.mark.parametrize("row", range(0x30, 0x75))
def test_both_encodings_of_jis_x_0208_agree(row: int) -> None:
    from wado.character_sets.graphic_sets import _as_shift_jis

    for cell in range(0x21, 0x7F):
        codes = bytes((row, cell))
        try:
            expected = JIS_X_0208.decode(codes)
        except UnicodeDecodeError:
            continue
        assert _as_shift_jis(codes).decode("cp932") == expected
