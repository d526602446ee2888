"""Stored values as text (PS3.5 6.1.2.5): the standard's own examples, then what does not keep to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wado.character_sets.decode import decode
from wado.character_sets.graphic_sets import BY_ESCAPE

KANJI, ASCII, ROMAJI, HANGUL, HANZI = b"\x1b$B", b"\x1b(B", b"\x1b(J", b"\x1b$)C", b"\x1b$)A"


def read(content: bytes, character_set: str = "", vr: str = "LO") -> tuple[str, ...]:
    decoded = decode(content, character_set.encode(), vr)
    assert decoded.notes == ()
    return decoded.values


def note_and_text(content: bytes, character_set: str, vr: str = "LO") -> tuple[str, str]:
    decoded = decode(content, character_set.encode(), vr)
    assert len(decoded.notes) == 1
    assert len(decoded.values) == 1
    return decoded.notes[0], decoded.values[0]


EXAMPLES = {
    "H.3.1": (
        "\\ISO 2022 IR 87",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
    ),
    "H.3.2": (
        "ISO 2022 IR 13\\ISO 2022 IR 87",
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    ),
    "I.2": (
        "\\ISO 2022 IR 149",
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
        "Hong^Gildong=洪^吉洞=홍^길동",
    ),
    "J.1": (
        "ISO_IR 192",
        b"Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1=",
        "Wang^XiaoDong=王^小東=",
    ),
    "J.3": ("GB18030", b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东="),
    "K.2": (
        "\\ISO 2022 IR 58",
        b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=",
        "Zhang^XiaoDong=张^小东=",
    ),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_names_in_the_annexes_of_ps3_5(example: str) -> None:
    character_set, content, name = EXAMPLES[example]
    assert read(content, character_set, "PN") == (name,)


def test_hangul_and_ascii_intermingled() -> None:
    lines = HANGUL + b"The first line includes \xb1\xe8.\r\n" + HANGUL + b"The second: \xc8\xab\r\nThe third"
    assert read(lines, "\\ISO 2022 IR 149", "LT") == ("The first line includes 김.\r\nThe second: 홍\r\nThe third",)


def test_bytes_of_two_byte_characters_are_no_delimiters() -> None:
    assert "表".encode("iso2022_jp") == KANJI + b"I=" + ASCII
    assert read(KANJI + b"I=\x47\x5c" + ASCII + b"^x=" + KANJI + b"I=" + ASCII, "\\ISO 2022 IR 87", "PN") == (
        "表" + b"\xc7\xdc".decode("euc_jp") + "^x=表",
    )
    assert "\u8a8d".encode("gbk") == b"\xd5J"
    assert "乗".encode("gbk") == b"\x81\\"
    assert read("乗\\乗".encode("gbk"), "GBK") == ("乗", "乗")
    assert read("乗^乗".encode("gb18030"), "GB18030", "PN") == ("乗^乗",)


def test_value_1_is_in_force_again_after_each_delimiter() -> None:
    terms = "ISO_IR 100\\ISO 2022 IR 126"
    greek = b"\x1b-F\xd9"  # Ω; Ù in Latin alphabet No. 1
    assert read(greek + b"\xd9\\\xd9", terms) == ("ΩΩ", "Ù")
    assert read(greek + b"^\xd9=" + greek + b"=\xd9", terms, "PN") == ("Ω^Ù=Ω=Ù",)
    assert read(greek + b"^\xd9=\xd9", terms, "LO") == ("Ω^Ω=Ω",)  # delimiters of names alone
    for control in "\r\n\f\t":
        assert read(greek + control.encode() + b"\xd9", terms, "LT") == (f"Ω{control}Ù",)
    assert read(greek + b"\\\xd9", terms, "LT") == ("Ω\\Ω",)  # one value, and no delimiter


def test_both_halves_of_the_code_table_change_apart() -> None:
    terms = "ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 100"
    assert read(b"\xb1" + KANJI + b";3\xb1ED\x1b-A\xe9" + ROMAJI + b"a\xe9", terms) == ("ｱ山ｱ田éaé",)
    assert read(KANJI + b";3\x1b$(D0!" + ASCII, "\\ISO 2022 IR 87\\ISO 2022 IR 159") == ("山丂",)
    assert read(KANJI + b";3 ED" + ASCII, "\\ISO 2022 IR 87") == ("山 田",)


def test_a_yen_sign_ends_values_and_is_text_where_there_is_one() -> None:
    assert read(b"a\\b", "ISO_IR 13", "LO") == ("a", "b")
    assert read(b"a\\b~", "ISO_IR 13", "LT") == ("a¥b‾",)
    assert read(b"http://a/~b", "ISO_IR 13", "UR") == (
        "http://a/~b",
    )  # of the default repertoire, whatever is declared


@pytest.mark.parametrize(
    ("character_set", "content", "text"),
    [
        ("ISO_IR 100", b"\xa3\xe9", "£é"),
        ("ISO_IR 101", b"\xa3\xe9", "Łé"),
        ("ISO_IR 109", b"\xa1\xe9", "Ħé"),
        ("ISO_IR 110", b"\xa3\xe9", "Ŗé"),
        ("ISO_IR 144", b"\xbb\xee", "Лю"),
        ("ISO_IR 127", b"\xe2\xc8", "قب"),
        ("ISO_IR 126", b"\xc4\xe9", "Δι"),
        ("ISO_IR 138", b"\xf9\xf8", "שר"),
        ("ISO_IR 148", b"\xfd\xf0", "ığ"),
        ("ISO_IR 166", b"\xa1\xd2", "กา"),
        ("ISO_IR 203", b"\xa4\xbd", "€œ"),
        ("ISO_IR 13", b"\xd4\xcf", "ﾔﾏ"),
        ("GBK", b"\x81\x5c", "乗"),
        ("GB18030", b"\x81\x30\x81\x30", "\x80"),
        ("", b"plain", "plain"),
        ("ISO_IR 6", b"plain", "plain"),
        ("ISO_IR 192", "Ωé山𝄞".encode(), "Ωé山𝄞"),
    ],
)
def test_every_single_term(character_set: str, content: bytes, text: str) -> None:
    assert read(content, character_set) == (text,)


@pytest.mark.parametrize("term", ["ISO-IR 144", "ISO IR 144", "ISO_IR_144", "ISO_8859-5", "cyrillic"])
def test_what_is_spelt_wrongly_is_understood_and_told(term: str) -> None:
    note, text = note_and_text(b"\xbb\xee", term)
    assert text == "Лю"
    assert note == f"The object declares the character set {term.upper()}. It is not spelt as DICOM has it."


@pytest.mark.parametrize("term", ["UTF-8", "utf8", "ISO 2022 IR 192", "UTF_8"])
def test_names_of_utf_8_that_dicom_does_not_have(term: str) -> None:
    assert note_and_text("山".encode(), term)[1] == "山"


@pytest.mark.parametrize("term", ["WINDOWS-1251", "CP1251"])
def test_sets_that_dicom_does_not_have(term: str) -> None:
    assert note_and_text("Люк".encode("cp1251"), term)[1] == "Люк"


@pytest.mark.parametrize("term", ["ZIP", "HEX", "ROT13", "UNICODE_ESCAPE", "IDNA", "UTF-16", "???", "é"])
def test_no_codec_is_called_that_is_none_of_a_character_set(term: str) -> None:
    note, text = note_and_text(b"caf\xe9 \\u0041"[:4], term)
    assert text == "café"
    assert note.startswith("The object declares a character set that DICOM does not have (")
    assert note.endswith("Text beyond ISO-IR 6 is read as Windows-1252.")


def test_a_missing_declaration_is_told_where_it_matters() -> None:
    assert read(b"plain", "") == ("plain",)
    assert note_and_text(b"caf\xe9", "") == (
        "The object declares no character set. Text beyond ISO-IR 6 is read as Windows-1252.",
        "café",
    )
    assert note_and_text("Ωé".encode(), "")[1] == "Ωé"
    assert "read as UTF-8" in note_and_text("Ωé".encode(), "")[0]


@pytest.mark.parametrize("text", ["Müller", "Łódź", "“quoted”", "山田", "º·"])
def test_utf_8_that_is_declared_as_a_latin_alphabet(text: str) -> None:
    for term in ("ISO_IR 100", "ISO_IR 101", "ISO_IR 148"):
        note, read_text = note_and_text(text.encode(), term)
        assert read_text == text
        assert note == f"The object declares the character set {term}. Text that cannot be in it is read as UTF-8."


@pytest.mark.parametrize("text", ["PROPRETÉ\xa0: ok", "MAÇÃ\xa0", "Ärzte", "«É»", "Ù", "ÄÖÜ"])
def test_latin_text_stays_what_it_is_declared_as(text: str) -> None:
    assert read(text.encode("latin-1"), "ISO_IR 100") == (text,)


def test_other_alphabets_are_never_taken_for_utf_8_while_they_can_be_what_they_say() -> None:
    assert read("ФЕ".encode("iso8859-5"), "ISO_IR 144") == ("ФЕ",)
    assert b"\xc4\xb5".decode() == "ĵ"


@pytest.mark.parametrize(
    ("character_set", "content", "text", "name"),
    [
        ("ISO_IR 100", b"\x93caf\xe9\x94", "“café”", "Windows-1252"),
        ("ISO_IR 148", b"\x93\xfd\x94", "“ı”", "Windows-1254"),
        ("ISO_IR 166", b"\x93\xa1\x94", "“ก”", "Windows-874"),
        ("ISO_IR 13", "山田".encode("cp932"), "山田", "Shift_JIS"),
        ("ISO_IR 192", b"caf\xe9", "café", "Windows-1252"),
        ("ISO 2022 IR 149", "똠방".encode("cp949"), "똠방", "Unified Hangul Code"),
        ("\\ISO 2022 IR 58", "鎔基".encode("gbk"), "鎔基", "GB18030"),
        ("ISO_IR 127", "قب".encode(), "قب", "UTF-8"),
    ],
)
def test_what_vendors_write_instead(character_set: str, content: bytes, text: str, name: str) -> None:
    note, read_text = note_and_text(content, character_set)
    assert read_text == text
    assert note.endswith(f"is read as {name}.")


def test_bytes_that_are_nothing_are_shown_one_by_one() -> None:
    note, text = note_and_text("山".encode() + b"x\xe5\xb1", "ISO_IR 192")
    assert text == "山x\\xe5\\xb1"
    assert "shown as numbers" in note
    assert note_and_text(b"\xe2\xa1\xff", "ISO_IR 127")[1] == "ق\\xa1\\xff"
    assert note_and_text(b"\x81x", "")[1] == "\\x81x"
    assert note_and_text(KANJI + b";3\x2f\x7e" + ASCII, "\\ISO 2022 IR 87")[1] == "山\\x2f\\x7e"
    assert note_and_text(b"a\x1b%Gb", "\\ISO 2022 IR 87")[1] == "a\x1b%Gb"


@pytest.mark.parametrize("character_set", ["", "ISO_IR 100", "ISO_IR 192", "ISO_IR 6"])
def test_escape_sequences_that_were_not_declared_are_followed(character_set: str) -> None:
    note, text = note_and_text(KANJI + b";3ED" + ASCII, character_set)
    assert text == "山田"
    assert "escape sequences of others, which are followed" in note


def test_escape_sequences_that_are_missing() -> None:
    note, text = note_and_text(b"\xb1\xe8 " + HANGUL + b"\xc8\xab^\xb1\xe8", "\\ISO 2022 IR 149", "PN")
    assert text == "김 홍^김"
    assert "lacks escape sequences" in note
    assert note_and_text(KANJI + b";3ED^" + KANJI + b"B@" + ASCII, "\\ISO 2022 IR 87", "PN")[1] == "山田^太"
    assert read("홍길동".encode("euc_kr"), "ISO 2022 IR 149") == ("홍길동",)


def test_terms_that_stand_alone_stand_alone_among_others_too() -> None:
    assert read("山".encode(), "ISO_IR 192\\ISO 2022 IR 87") == ("山",)
    assert read("山".encode(), "\\ISO_IR 192") == ("山",)


CHARACTER_SETS = st.sampled_from(
    [
        *("", "ISO_IR 100", "ISO_IR 13", "ISO_IR 192", "GB18030", "\\ISO 2022 IR 87", "ISO 2022 IR 13\\ISO 2022 IR 87"),
        *("\\ISO 2022 IR 149", "\\ISO 2022 IR 58", "nonsense", "ISO_IR 127", "ISO_IR 100\\ISO 2022 IR 126"),
    ]
)
PIECES = st.one_of(st.binary(max_size=6), st.sampled_from([*BY_ESCAPE, b"\x1b", b"^", b"=", b"\\", b"\r\n"]))


@given(st.lists(PIECES, max_size=12).map(b"".join), CHARACTER_SETS, st.sampled_from(["PN", "LO", "LT"]))
def test_any_bytes_can_be_read_and_what_is_not_plain_is_told(content: bytes, character_set: str, vr: str) -> None:
    decoded = decode(content, character_set.encode(), vr)
    assert decoded.values
    assert vr != "LT" or len(decoded.values) == 1
    assert "\ufffd" not in "".join(decoded.values) or b"\xef\xbf\xbd" in content or b"\x84\x31\xa4\x37" in content


@given(st.binary(max_size=40), st.binary(max_size=20))
def test_any_declaration_can_be_read(content: bytes, character_set: bytes) -> None:
    assert decode(content, character_set, "LO").values
