"""Text as stored values (PS3.5 6.1.2.5), by the standard's own examples and there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.character_sets.test_decode import EXAMPLES
from wado.character_sets.decode import decode
from wado.character_sets.encode_values import encode_values


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_annexes_of_ps3_5(example: str) -> None:
    character_set, content, name = EXAMPLES[example]
    assert encode_values([name], character_set.split("\\"), "PN") == content


TERMS = {
    ("ISO_IR 100",): "aé^= ",
    ("ISO_IR 13",): "aﾔ¥‾^= ",
    ("ISO_IR 144",): "aЛ^= ",
    ("ISO_IR 192",): "a山𝄞^= ",
    ("GB18030",): "a乗𝄞^= ",
    ("GBK",): "a乗^= ",
    ("", "ISO 2022 IR 87"): "a山表^= ",
    ("", "ISO 2022 IR 87", "ISO 2022 IR 159"): "a山丂^= ",
    ("ISO 2022 IR 13", "ISO 2022 IR 87"): "aﾔ山¥^= ",
    ("ISO 2022 IR 13", "ISO 2022 IR 87", "ISO 2022 IR 6"): "aﾔ山¥~^= ",
    ("", "ISO 2022 IR 149"): "a김洪^= ",
    ("", "ISO 2022 IR 58"): "a张^= ",
    ("ISO_IR 100", "ISO 2022 IR 126", "ISO 2022 IR 144", "ISO 2022 IR 87"): "aéΩЛ山^= ",
    ("ISO 2022 IR 126", "ISO 2022 IR 149", "ISO 2022 IR 58", "ISO 2022 IR 166"): "aΩ김张ก^= ",
}


@given(st.data(), st.sampled_from([*TERMS]), st.sampled_from(["PN", "LO", "UC"]))
def test_values_go_round(data: st.DataObject, terms: tuple[str, ...], vr: str) -> None:
    values = data.draw(st.lists(st.text(TERMS[terms]), min_size=1, max_size=3))
    if any("¥" in value for value in values):  # it has the code that separates values
        with pytest.raises(ValueError, match="does not hold"):
            encode_values(values, terms, vr)
        return
    decoded = decode(encode_values(values, terms, vr), "\\".join(terms).encode(), vr)
    assert decoded.values == tuple(values)
    assert decoded.notes == ()


@given(st.data(), st.sampled_from([terms for terms in TERMS if "13" not in terms[0]]))
def test_text_goes_round_with_its_lines(data: st.DataObject, terms: tuple[str, ...]) -> None:
    text = data.draw(st.text(TERMS[terms] + "\r\n\f\t\\"))
    assert decode(encode_values([text], terms, "LT"), "\\".join(terms).encode(), "LT").values == (text,)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("山", ("ISO_IR 100",)),
        ("é", ("",)),
        ("é", ()),
        ("丂", ("", "ISO 2022 IR 87")),
        ("\\", ("ISO_IR 13",)),
        ("\u0e01", ("GBK",)),
        ("a\x1b$B", ("", "ISO 2022 IR 87")),
        ("\x85", ("ISO_IR 100",)),
    ],
)
def test_what_a_set_does_not_hold_is_refused_and_not_told(text: str, terms: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"^the character set .* does not hold all characters$") as raised:
        encode_values([text], terms, "LT")
    assert text not in str(raised.value) or text in "\\"


def test_what_would_end_a_value_is_refused() -> None:
    for terms in (("ISO_IR 100",), ("ISO_IR 192",)):
        with pytest.raises(ValueError, match=r"^a backslash would end the value$"):
            encode_values(["a\\b"], terms, "LO")


@pytest.mark.parametrize("name", ["Yamada=山田^太郎=やまだ^表", "丂^山丂田^a丂", "表 表^予約"])
def test_sets_of_g0_alone_are_what_the_internet_writes_too(name: str) -> None:
    """RFC 1468 and RFC 1554, read by Python's codec (PS3.5 H.2)."""
    terms = ("", "ISO 2022 IR 87", "ISO 2022 IR 159")
    assert encode_values([name], terms, "PN").decode("iso2022_jp_2") == name


def test_the_sets_of_value_1_are_in_force_at_the_end_and_before_each_delimiter() -> None:
    terms = ("ISO_IR 100", "ISO 2022 IR 126", "ISO 2022 IR 87")
    assert encode_values(["Ωa^é", "山"], terms, "PN") == b"\x1b-F\xd9a\x1b-A^\xe9\\\x1b$B;3\x1b(B"
    assert encode_values(["山\r\n山"], terms, "LT") == b"\x1b$B;3\x1b(B\r\n\x1b$B;3\x1b(B"
    assert encode_values(["Ω\\Ω"], terms, "LT") == b"\x1b-F\xd9\\\xd9\x1b-A"
