"""The character sets of text: charset and the Accept-Charset field (PS3.18-2011 8.1.6, RFC 9110 12.5.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wado.character_sets.names import CHARACTER_SETS, find_character_set
from wado.errors import NotAcceptable
from wado.front.negotiation import negotiate_charsets
from wado.request.syntax import parse_accept_charset, parse_charsets


def chosen(charset: str = "", accept: str = "") -> tuple[str, ...]:
    return negotiate_charsets(parse_charsets(charset) if charset else (), parse_accept_charset(accept))


@pytest.mark.parametrize(
    ("charset", "accept", "names"),
    [
        ("", "", ("UTF-8",)),
        ("utf-8", "", ("UTF-8",)),
        ("ISO-8859-1", "", ("ISO-8859-1",)),
        ("latin1,iso-8859-7", "", ("ISO-8859-1", "ISO-8859-7")),
        ("iso-8859-7;q=0.5,latin1", "", ("ISO-8859-1", "ISO-8859-7")),
        ("iso-8859-1,utf-8;q=0.9,iso-8859-7;q=0.1", "", ("ISO-8859-1", "UTF-8")),  # UTF-8 holds all that comes after
        ("klingon,iso-8859-2", "", ("ISO-8859-2",)),
        ("iso-8859-5,*;q=0.1", "", ("ISO-8859-5", "UTF-8")),
        ("*", "", ("UTF-8",)),
        ("*,utf-8;q=0", "", ("GB18030",)),
        ("*;q=0,tis-620", "", ("TIS-620",)),
        ("", "iso-8859-1,utf-8;q=0.7,*;q=0.7", ("ISO-8859-1", "UTF-8")),
        ("", "*", ("UTF-8",)),
        ("", ";;,a/b,iso-8859-1;q=x,euc-kr", ("EUC-KR",)),
        ("iso-8859-1,utf-8", "utf-8", ("UTF-8",)),
        ("iso-8859-7,iso-8859-1;q=0.5", "iso-8859-1,*;q=0.1", ("ISO-8859-7", "ISO-8859-1")),
        ("ISO_IR 100,ISO 2022 IR 87", "", ("ISO-8859-1", "ISO-2022-JP")),
        ("ISO_8859-1:1987", "", ("ISO-8859-1",)),
    ],
)
def test_the_first_that_both_name_comes_first(charset: str, accept: str, names: tuple[str, ...]) -> None:
    assert chosen(charset, accept) == names


@pytest.mark.parametrize(
    ("charset", "accept"),
    [("klingon", ""), ("utf-8;q=0", ""), ("", "klingon"), ("", "utf-8;q=0"), ("iso-8859-1", "utf-8"), ("*;q=0", "")],
)
def test_what_names_none_that_can_be_had_is_not_acceptable(charset: str, accept: str) -> None:
    with pytest.raises(NotAcceptable, match=r"text can be had in UTF-8, GB18030, ISO-8859-1") as raised:
        chosen(charset, accept)
    assert (raised.value.parameter, raised.value.clause) == ("charset", "8.1.6")


@given(st.lists(st.sampled_from(CHARACTER_SETS), min_size=1, max_size=6, unique=True))
def test_all_that_are_named_are_kept_in_order_up_to_one_that_holds_everything(rows: list[object]) -> None:
    names = [row.name for row in CHARACTER_SETS if row in rows]
    taken = chosen(",".join(names))
    assert list(taken) == names[: len(taken)]
    found = [row for name in taken if (row := find_character_set(name))]
    assert not any(row.holds_everything for row in found[:-1])
    assert len(taken) == len(names) or found[-1].holds_everything
