"""Every name in files of other makers: read right, and there and back in every character set that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.datasets import CHARSET_FILES, sample_files
from wado.character_sets.decode import TEXT_VRS, WHOLE_TEXT, decode
from wado.character_sets.encode import encode, holds, html_reference
from wado.character_sets.encode_values import encode_values
from wado.character_sets.names import CHARACTER_SETS
from wado.dicom.element_tree import Item, read_element_tree
from wado.dicom.stored_object import BytesSource

PATIENT_NAME = 0x00100010

NAMES = {
    "chrArab": "قباني^لنزار ",
    "chrFren": "Buc^Jérôme",
    "chrFrenMulti": "Buc^Jérôme",
    "chrGerm": "Äneas^Rüdiger ",
    "chrGreek": "Διονυσιος ",
    "chrH31": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "chrH32": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    "chrHbrw": "שרון^דבורה",
    "chrI2": "Hong^Gildong=洪^吉洞=홍^길동",
    "chrJapMulti": "やまだ^たろう ",
    "chrJapMultiExplicitIR6": "やまだ^たろう ",
    "chrKoreanMulti": "김희중 ",
    "chrRuss": "Люкceмбypг",
    "chrSQEncoding": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    "chrSQEncoding1": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    "chrX1": "Wang^XiaoDong=王^小東= ",
    "chrX2": "Wang^XiaoDong=王^小东=",
}
"""Those of the examples of PS3.5 Annexes H to K and of David Clunie, as they are written in print."""


def every_text(item: Item) -> Iterator[tuple[str, bytes, bytes]]:
    """VR, content and Specific Character Set of every value of characters, at every level."""
    for value in item.values.values():
        if value.vr in TEXT_VRS:
            yield value.vr, value.content, item.character_set
    for sequence in item.sequences.values():
        for inner in sequence:
            yield from every_text(inner)


def texts_in(path: Path) -> list[tuple[str, bytes, bytes]]:
    return list(every_text(read_element_tree(BytesSource(path.read_bytes()))))


def beyond_ascii(path: Path) -> list[tuple[str, bytes, bytes]]:
    return [text for text in texts_in(path) if not text[1].isascii() or b"\x1b" in text[1]]


def test_there_is_a_name_for_every_file() -> None:
    assert {path.stem for path in CHARSET_FILES.glob("*.dcm")} == set(NAMES)


@pytest.mark.parametrize("stem", NAMES)
def test_names_are_read_as_they_are_written_in_print(stem: str) -> None:
    decoded = [decode(content, terms, vr) for vr, content, terms in beyond_ascii(CHARSET_FILES / f"{stem}.dcm")]
    assert decoded
    assert NAMES[stem].strip() in {value.strip() for each in decoded for value in each.values}
    assert not any(each.notes for each in decoded)


PATHS = [*sorted(CHARSET_FILES.glob("*.dcm")), *sample_files("3_charset")]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_text_goes_round_in_every_set_that_holds_it(path: Path) -> None:
    for vr, content, terms in texts_in(path):
        values = decode(content, terms, vr).values
        for row in CHARACTER_SETS:
            _check_document("\n".join(values), row.name)
            if row.defined_terms and all(holds(row, character) for value in values for character in value):
                stored = encode_values(values, row.defined_terms, vr)
                assert decode(stored, "\\".join(row.defined_terms).encode(), vr).values == values


def _check_document(text: str, name: str) -> None:
    row = next(row for row in CHARACTER_SETS if row.name == name)
    if all(holds(row, character) for character in text):
        assert encode(text, (name,))[1].decode(row.codec) == text
    else:
        assert "&#x" in encode(text, (name,), html_reference)[1].decode(row.codec)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_text_is_stored_again_as_it_was(path: Path) -> None:
    """In the set that it was in; how often escape sequences are repeated is free."""
    for vr, content, terms in texts_in(path):
        values = decode(content, terms, vr).values
        again = encode_values(values, terms.decode().strip().split("\\"), vr)
        assert decode(again, terms, vr).values == values
        assert vr in WHOLE_TEXT or again.count(b"\\") == content.count(b"\\")
