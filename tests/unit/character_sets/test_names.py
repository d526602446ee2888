"""The table of character sets (PS3.18-2011 8.1.6 and Annex D, PS3.3 C.12.1.1.2)."""

from __future__ import annotations

import codecs
from collections import Counter

import pytest

from wado.character_sets.declared import read_declared
from wado.character_sets.names import CHARACTER_SETS, DEFAULT_CHARACTER_SET, find_character_set

ANNEX_D = {
    "ISO-8859-1": "ISO_IR 100",
    "ISO-8859-2": "ISO_IR 101",
    "ISO-8859-3": "ISO_IR 109",
    "ISO-8859-4": "ISO_IR 110",
    "ISO-8859-5": "ISO_IR 144",
    "ISO-8859-6": "ISO_IR 127",
    "ISO-8859-7": "ISO_IR 126",
    "ISO-8859-8": "ISO_IR 138",
    "ISO-8859-9": "ISO_IR 148",
    "TIS-620": "ISO_IR 166",
    "ISO-2022-JP": "ISO 2022 IR 87",
    "ISO-2022-KR": "ISO 2022 IR 149",
    "GB18030": "GB18030",
    "UTF-8": "ISO_IR 192",
}


@pytest.mark.parametrize(("name", "term"), ANNEX_D.items())
def test_annex_d(name: str, term: str) -> None:
    row = find_character_set(name)
    assert row is not None
    assert row.name == name
    assert row.defined_terms[-1] == term
    assert find_character_set(term) is row


@pytest.mark.parametrize("name", ["ISO-8859-15", "Shift_JIS", "EUC-KR", "GBK", "EUC-JP", "ISO-2022-JP-2", "US-ASCII"])
def test_there_are_more_than_in_annex_d(name: str) -> None:
    row = find_character_set(name)
    assert row is not None
    assert row.name == name


@pytest.mark.parametrize("row", CHARACTER_SETS, ids=lambda row: row.name)
def test_every_row_is_in_order(row: object) -> None:
    assert row in CHARACTER_SETS
    found = find_character_set(getattr(row, "name", "").upper())
    assert found is row
    assert b"AZaz09 \n".decode(codecs.lookup(found.codec).name) == "AZaz09 \n"
    assert all(find_character_set(alias) is found for alias in found.aliases)
    assert not read_declared("\\".join(found.defined_terms).encode()).misspelt


def test_no_name_stands_for_two_sets() -> None:
    names = Counter(name.lower() for row in CHARACTER_SETS for name in (row.name, *row.aliases))
    assert [name for name, count in names.items() if count > 1] == []


def test_utf_8_comes_first_and_unknown_names_stand_for_nothing() -> None:
    assert DEFAULT_CHARACTER_SET.name == "UTF-8"
    assert find_character_set("klingon") is None
    assert find_character_set("*") is None


def test_two_sets_hold_everything() -> None:
    assert [row.name for row in CHARACTER_SETS if row.holds_everything] == ["UTF-8", "GB18030"]
    everything = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert everything.encode("gb18030").decode("gb18030") == everything
