"""Values as text: what is read without decoding is what decoding makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wado.character_sets.decode import WHOLE_TEXT, decode
from wado.dicom.element_tree import Item, Value
from wado.report.read_text import legible
from wado.report.read_values import text, texts

TAG = 0x00081030
VRS = ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT")


def holding(content: bytes, vr: str, character_set: bytes = b"") -> Item:
    return Item(character_set=character_set, values={TAG: Value(vr, content)})


def decoded(content: bytes, vr: str, character_set: bytes) -> tuple[str, ...]:
    values = decode(content.rstrip(b"\0"), character_set, vr).values
    if vr in WHOLE_TEXT:
        return tuple(legible(value.rstrip(" ")) for value in values if value.strip(" "))
    stripped = tuple(legible(value.strip(" \0")) for value in values)
    return stripped if any(stripped) else ()


@given(
    st.text(st.characters(max_codepoint=0x7F), max_size=20) | st.text("ab ~\\\0\n\x1b", max_size=8),
    st.sampled_from(VRS),
    st.sampled_from(["", "ISO_IR 13", "ISO_IR 192", "\\ISO 2022 IR 87", "GB18030"]),
)
def test_plain_values_are_what_decoding_makes_of_them(stored: str, vr: str, character_set: str) -> None:
    content, declared = stored.encode("ascii"), character_set.encode("ascii")
    item = holding(content, vr, declared)
    assert texts(item, TAG) == decoded(content, vr, declared)
    assert text(item, TAG) == "\\".join(decoded(content, vr, declared))


@pytest.mark.parametrize(
    ("vr", "content", "expected"),
    [
        ("LO", b" a b ", ("a b",)),
        ("LT", b" a b ", (" a b",)),
        ("LT", b"a\\b", ("a\\b",)),
        ("LO", b"a\\b ", ("a", "b")),
        ("UI", b"1.2.3\0", ("1.2.3",)),
        ("LO", b"   ", ()),
        ("UT", b"", ()),
    ],
)
def test_padding_and_values_are_told_apart(vr: str, content: bytes, expected: tuple[str, ...]) -> None:
    assert texts(holding(content, vr), TAG) == expected


def test_the_overline_and_the_yen_sign_are_read() -> None:
    assert texts(holding(b"a~b", "LO", b"ISO_IR 13"), TAG) == ("a\N{OVERLINE}b",)
    assert texts(holding(b"a\\b", "LT", b"ISO_IR 13"), TAG) == ("a\N{YEN SIGN}b",)
