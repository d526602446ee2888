"""One kind of value at a time (PS3.18-2011 section 8)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wado.request.model import MediaRange, WeightedCharset
from wado.request.syntax import (
    MOST_TRANSFER_SYNTAXES,
    parse_accept,
    parse_accept_charset,
    parse_charsets,
    parse_content_types,
    parse_decimal,
    parse_integer,
    parse_region,
    parse_transfer_syntaxes,
    parse_uid,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("40", 40.0),
        ("-1000", -1000.0),
        ("+.5", 0.5),
        ("2.", 2.0),
        ("1e3", 1000.0),
        ("1E-2", 0.01),
        ("1e 3", 1000.0),
        ("127.49999999999999", 127.49999999999999),
    ],
)
def test_a_decimal_is_what_ds_allows_and_what_browsers_make_of_it(text: str, number: float) -> None:
    assert parse_decimal(text) == number


@pytest.mark.parametrize(
    "text", ["", "forty", "4,5", "0x10", "1_000", "nan", "inf", "-Infinity", "1e999", "--1", "1e", ".", "٤", "1" * 65]
)
def test_what_is_no_finite_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a decimal number"):
        parse_decimal(text)


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("+5", 5), ("-3", -3), ("007", 7)])
def test_an_integer_is_what_is_allows(text: str, number: int) -> None:
    assert parse_integer(text) == number


@pytest.mark.parametrize("text", ["", "1.0", "1e3", "1 2", "٣", "1" * 13, "0x1", "1\n"])
def test_what_is_no_integer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be an integer"):
        parse_integer(text)


@pytest.mark.parametrize(
    "text", ["1", "1.2.840.10008.1.2.1", "1.2.00.3", "1" * 64], ids=["one", "usual", "leading-zeros", "64-characters"]
)
def test_a_uid_is_components_of_digits(text: str) -> None:
    assert parse_uid(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "1.", ".1", "1..2", "1.2a", "1.2.3\0", "1.2.3 ", "1.2.3\n", "../../etc", "1.\uff12", "1" * 65],
    ids=["empty", "end", "start", "gap", "letter", "padded", "space", "newline", "path", "wide-digit", "65-characters"],
)
def test_what_is_no_uid_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a UID"):
        parse_uid(text)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("0.3,0.4,0.5,0.5", (0.3, 0.4, 0.5, 0.5)),
        ("0,0,1,1", (0.0, 0.0, 1.0, 1.0)),
        (" 0 , .25 , 5e-1 , 1.0 ", (0.0, 0.25, 0.5, 1.0)),
    ],
)
def test_a_region_is_left_top_right_bottom(text: str, region: tuple[float, ...]) -> None:
    assert parse_region(text) == region


@pytest.mark.parametrize(
    "text",
    ["0,0,1", "0,0,1,1,1", "0,0,1,1.1", "-0.1,0,1,1", "0.5,0,0.5,1", "0,0.6,1,0.5", "0,0,0,0", "a,b,c,d", ",,,"],
)
def test_an_empty_region_and_one_outside_the_image_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        parse_region(text)


def test_transfer_syntaxes_keep_their_order_and_the_star_its_meaning() -> None:
    assert parse_transfer_syntaxes("1.2.840.10008.1.2.4.90, *,1.2.840.10008.1.2.1") == (
        "1.2.840.10008.1.2.4.90",
        "*",
        "1.2.840.10008.1.2.1",
    )


@pytest.mark.parametrize("count", [0, MOST_TRANSFER_SYNTAXES + 1])
def test_a_list_of_transfer_syntaxes_has_room_in_a_job(count: int) -> None:
    with pytest.raises(ValueError, match="must be 1 to 100 UIDs"):
        parse_transfer_syntaxes(",".join(["1.2"] * count))


def test_the_media_types_of_annex_b_are_read_with_level_and_quality() -> None:
    assert parse_content_types("image/jp2;level=1,image/jpeg;q=0.5") == (
        MediaRange("image", "jp2", (("level", "1"),)),
        MediaRange("image", "jpeg", quality=0.5),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IMAGE/JPEG", MediaRange("image", "jpeg")),
        ("image/*;Q=0.25", MediaRange("image", "*", quality=0.25)),
        ("*/*", MediaRange("*", "*")),
        ("application/x-hl7-cda-level-one xml", MediaRange("application", "x-hl7-cda-level-one+xml")),
        ('image/jp2 ; Level = "1" ; q=1.000', MediaRange("image", "jp2", (("level", "1"),))),
        (",, image/png ,", MediaRange("image", "png")),
    ],
    ids=["case", "wildcard", "anything", "unescaped-plus", "spaces-and-quotes", "empty-items"],
)
def test_a_media_type_is_read_as_clients_write_it(text: str, expected: MediaRange) -> None:
    assert parse_content_types(text) == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        ",",
        "jpeg",
        "image/",
        "/jpeg",
        "*/jpeg",
        "image/jpeg;q=2",
        "image/jpeg;q=-1",
        "image/jpeg;q",
        "a/b/c",
        "im\tage/x",
    ],
)
def test_a_malformed_content_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_content_types(text)


@pytest.mark.parametrize("text", ["application/dicom;transfer-syntax=1.2.840.10008.1.2.1", "text/html;charset=UTF-8"])
def test_what_has_a_parameter_of_its_own_is_refused_within_a_content_type(text: str) -> None:
    with pytest.raises(ValueError, match="the parameters transferSyntax and charset do that"):
        parse_content_types(text)


@pytest.mark.parametrize(
    ("text", "quality"), [("0", 0), ("0.", 0), ("0.5", 0.5), (".2", 0.2), ("0.123", 0.123), ("1", 1), ("1.", 1)]
)
def test_a_quality_is_between_0_and_1(text: str, quality: float) -> None:
    assert parse_accept(f"image/png;q={text}") == (MediaRange("image", "png", quality=quality),)


@pytest.mark.parametrize("text", ["", ".", "2", "1.1", "0.1234", "-0.5", "high", "1e-1"])
def test_a_range_with_a_malformed_quality_is_passed_over_in_accept(text: str) -> None:
    assert parse_accept(f"image/png;q={text}, image/jpeg") == (MediaRange("image", "jpeg"),)


def test_the_accept_field_of_java_is_read_with_its_lone_star() -> None:
    ranges = parse_accept("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2")
    assert ranges[-2:] == (MediaRange("*", "*", quality=0.2), MediaRange("*", "*", quality=0.2))
    assert len(ranges) == 5


@given(st.text() | st.text(alphabet="*/;,=q.01 abimgepnj\"'"))
def test_no_accept_field_is_an_error(text: str) -> None:
    assert all(0 <= range_.quality <= 1 for range_ in parse_accept(text))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_that_a_program_writes_is_read_back(number: float) -> None:
    assert parse_decimal(repr(number)) == number


@given(st.text(alphabet="0123456789+-.eE ninfa", max_size=80))
def test_a_decimal_is_finite_or_refused(text: str) -> None:
    try:
        number = parse_decimal(text)
    except ValueError as error:
        assert str(error) == "must be a decimal number"
    else:
        assert math.isfinite(number)


def test_character_sets_are_read_with_their_quality() -> None:
    assert parse_charsets("UTF-8, iso-8859-1;q=0.5,*;q=0") == (
        WeightedCharset("UTF-8"),
        WeightedCharset("iso-8859-1", 0.5),
        WeightedCharset("*", 0.0),
    )


@pytest.mark.parametrize("name", ["ISO_8859-1:1987", "ISO_IR 166", "iso 2022 ir 87", "Extended_UNIX_Code", "*"])
def test_character_sets_may_have_the_names_of_iana_and_of_dicom(name: str) -> None:
    assert parse_charsets(f"{name};q=0.5") == (WeightedCharset(name, 0.5),)
    assert parse_accept_charset(name) == (WeightedCharset(name),)


@pytest.mark.parametrize("name", ["UTF 8", "ISO_IR 1000", "a/b", '"UTF-8"', "é"])
def test_other_names_of_character_sets_are_malformed(name: str) -> None:
    with pytest.raises(ValueError, match="must be a list of character sets"):
        parse_charsets(name)
    assert parse_accept_charset(f"{name},UTF-8") == (WeightedCharset("UTF-8"),)
