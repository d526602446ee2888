"""Documents in the character sets that clients take (PS3.18-2011 8.1.6)."""

from __future__ import annotations

import html

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wado.character_sets.encode import SAME_TO_READ, encode, html_reference, rtf_reference
from wado.character_sets.names import CHARACTER_SETS, CharacterSet, find_character_set
from wado.errors import NotAcceptable

TEXTS = {
    "ISO-8859-1": "Jérôme",
    "ISO-8859-2": "Łódź",
    "ISO-8859-5": "Люкceмбypг",
    "ISO-8859-6": "قباني",
    "ISO-8859-7": "Διονυσιος",
    "ISO-8859-8": "שרון",
    "ISO-8859-9": "Işık",
    "ISO-8859-15": "5 € œuvre",
    "TIS-620": "กา",
    "ISO-2022-JP": "山田 たろう",
    "Shift_JIS": "山田 たろう ﾀﾛｳ",
    "EUC-JP": "山田 丂",
    "ISO-2022-KR": "김희중\n홍길동",
    "EUC-KR": "김희중 洪吉洞",
    "GBK": "张小东 張",
    "GB2312": "张小东",
    "Big5": "張小東",
    "GB18030": "山Ω𝄞",
    "UTF-8": "山Ω𝄞",
    "US-ASCII": "plain",
}
CHARACTERS = st.text(
    st.one_of(st.sampled_from("".join(TEXTS.values()) + "\\¥~‾\u301c\uff5e"), st.characters(codec="utf-8"))
)

LINE_BREAKS = str.maketrans(SAME_TO_READ)


@pytest.mark.parametrize(("name", "text"), TEXTS.items())
def test_text_in_a_set_that_holds_it(name: str, text: str) -> None:
    row = find_character_set(name)
    assert row is not None
    assert encode(text, (name, "UTF-8")) == (name, text.encode(row.codec))


def test_known_bytes() -> None:
    assert encode("é", ("ISO-8859-1",)) == ("ISO-8859-1", b"\xe9")
    assert encode("山", ("ISO-2022-JP",)) == ("ISO-2022-JP", b"\x1b$B;3\x1b(B")
    assert encode("ב", ("ISO-8859-8-I",)) == ("ISO-8859-8-I", b"\xe1")


def test_plain_text_takes_the_first_set_that_holds_all_of_it() -> None:
    assert encode("é Ω", ("ISO-8859-1", "ISO-8859-7", "UTF-8"))[0] == "UTF-8"
    assert encode("Ω", ("ISO-8859-1", "ISO-8859-7", "UTF-8"))[0] == "ISO-8859-7"


def test_plain_text_that_none_holds_is_not_acceptable_and_nothing_of_it_is_told() -> None:
    with pytest.raises(NotAcceptable) as raised:
        encode("Secret山", ("ISO-8859-1", "TIS-620"))
    assert raised.value.to_text() == (
        "406 Not Acceptable: charset: the text has characters that ISO-8859-1 and TIS-620 cannot hold; "
        "charset=UTF-8 has all (PS3.18-2011 section 8.1.6)\n"
    )


def test_only_where_lines_break_may_be_lost() -> None:
    assert encode("3\xa0mm", ("US-ASCII",)) == ("US-ASCII", b"3 mm")
    assert encode("3\xa0mm", ("ISO-8859-1",)) == ("ISO-8859-1", b"3\xa0mm")
    assert encode("3\xa0µm", ("US-ASCII", "UTF-8"))[0] == "UTF-8"
    assert encode("3\xa0mm", ("US-ASCII",), html_reference) == ("US-ASCII", b"3&#xA0;mm")


def test_references_stand_for_what_the_first_set_does_not_hold() -> None:
    assert encode("é Ω 𝄞", ("ISO-8859-1", "UTF-8"), html_reference) == ("ISO-8859-1", b"\xe9 &#x3A9; &#x1D11E;")
    assert encode("é Ω 𝄞", ("US-ASCII",), rtf_reference) == ("US-ASCII", b"\\u233? \\u937? \\u-10188?\\u-8930?")


@pytest.mark.parametrize("name", ["Shift_JIS", "EUC-JP"])
def test_a_yen_sign_never_becomes_a_backslash(name: str) -> None:
    assert encode("¥‾", (name,), html_reference) == (name, b"&#xA5;&#x203E;")
    assert encode("\\~", (name,)) == (name, b"\\~")


@given(CHARACTERS, st.sampled_from(CHARACTER_SETS))
@example("\x0f", find_character_set("ISO-2022-KR"))
@example("a\x0e\x1b", find_character_set("ISO-2022-JP"))
def test_any_text_goes_round_with_references(text: str, row: CharacterSet) -> None:
    name, body = encode(html.escape(text), (row.name,), html_reference)
    assert name == row.name
    decoded = body.decode(row.codec)
    # HTML reads a few numbers as others (C1, surrogates, no characters); reading by hand is what they say.
    parts = decoded.split("&#x")
    read = parts[0] + "".join(chr(int(part.split(";")[0], 16)) + part.partition(";")[2] for part in parts[1:])
    for written, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("'", "'"), ("&amp;", "&")):
        read = read.replace(written, character)
    assert read == text


@given(CHARACTERS, st.sampled_from(CHARACTER_SETS))
def test_any_text_goes_round_or_is_refused(text: str, row: CharacterSet) -> None:
    try:
        name, body = encode(text, (row.name,))
    except NotAcceptable:
        assert not row.holds_everything
        return
    assert name == row.name
    assert body.decode(row.codec).translate(LINE_BREAKS) == text.translate(LINE_BREAKS)
