"""Conditional requests, by RFC 9110."""

from __future__ import annotations

import time

import pytest

from wado.front.conditional import (
    UNCONDITIONAL,
    Conditions,
    parse_entity_tags,
    parse_http_date,
    read_conditions,
    write_http_date,
)

NAMED = '"a1b2"'


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ('"xyzzy"', {'"xyzzy"'}),
        ('W/"xyzzy"', {'"xyzzy"'}),
        ('"xyzzy", "r2d2xxxx", "c3piozzzz"', {'"xyzzy"', '"r2d2xxxx"', '"c3piozzzz"'}),
        ('W/"xyzzy", W/"r2d2xxxx"', {'"xyzzy"', '"r2d2xxxx"'}),
        ('"a,b" ,\t"c"', {'"a,b"', '"c"'}),
        (' , "a",, ,"b" , ', {'"a"', '"b"'}),
        ('""', {'""'}),
        ('"\xe4"', {'"\xe4"'}),
        ("*", {"*"}),
        (" * ", {"*"}),
    ],
)
def test_a_list_of_entity_tags(text: str, tags: set[str]) -> None:
    """The examples of section 13.1.2, and what the grammar of section 8.8.3 allows besides."""
    assert parse_entity_tags(text) == tags


@pytest.mark.parametrize(
    "text",
    ["", ",", "xyzzy", '"a" "b"', '"a', 'a"', 'w/"a"', 'W/ "a"', '"a b"', '"a"x', '*, "a"', '"a", *', "'a'", '"\x7f"'],
)
def test_what_is_malformed_names_nothing(text: str) -> None:
    assert parse_entity_tags(text) == set()


def test_a_long_list_takes_no_long_time() -> None:
    began = time.process_time()
    for text in ('"a", ' * 4000, "," * 16000, ' "' * 8000, "W/" * 8000, '"a" ' * 4000, "," * 16000 + "x"):
        parse_entity_tags(text)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        " Sun, 06 Nov 1994 08:49:37 GMT ",
    ],
)
def test_a_date_in_each_of_the_three_forms(text: str) -> None:
    """The examples of section 5.6.7."""
    assert parse_http_date(text) == 784111777


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "784111777",
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Wed, 30 Feb 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_http_date(text) is None


def test_two_digits_of_a_year_more_than_50_ahead_are_in_the_past(monkeypatch: pytest.MonkeyPatch) -> None:
    now, gmtime = time.time(), time.gmtime
    monkeypatch.setattr(time, "gmtime", lambda seconds=now: gmtime(seconds))  # it may be New Year's Eve
    year = time.gmtime().tm_year
    for ahead in (-49, 0, 50, 51):
        expected = year + ahead - (100 if ahead > 50 else 0)
        # Whatever weekday it is: one of the seven names is the right one.
        names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        seconds = [parse_http_date(f"{name}, 01-Mar-{(year + ahead) % 100:02} 00:00:00 GMT") for name in names]
        (found,) = (each for each in seconds if each is not None)
        assert time.gmtime(found).tm_year == expected


@pytest.mark.parametrize("seconds", [0, 784111777, 951782400, 4102444799])
def test_a_date_is_written_as_it_is_read(seconds: int) -> None:
    assert parse_http_date(write_http_date(seconds)) == seconds


def test_a_date_is_written_in_the_preferred_form() -> None:
    assert write_http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT"


def test_a_request_without_conditions_has_none() -> None:
    assert read_conditions({"accept": "*/*", "if-range": '"a"'}) == UNCONDITIONAL
    assert not UNCONDITIONAL.name(NAMED) and not UNCONDITIONAL.hold_for(NAMED, 784111777)


def test_a_date_beside_entity_tags_is_ignored() -> None:
    """Section 13.1.3, whatever the tags are."""
    date = "Sun, 06 Nov 1994 08:49:37 GMT"
    for tags in ('"other"', "malformed", ""):
        conditions = read_conditions({"if-none-match": tags, "if-modified-since": date})
        assert not conditions.hold_for(NAMED, 784111777)
    assert read_conditions({"if-modified-since": date}).hold_for(NAMED, 784111777)


def test_a_date_holds_for_itself_alone() -> None:
    conditions = read_conditions({"if-modified-since": "Sun, 06 Nov 1994 08:49:37 GMT"})
    assert [conditions.hold_for(NAMED, date) for date in (784111776, 784111778, None)] == [False, False, False]


def test_a_malformed_date_is_no_condition() -> None:
    conditions = read_conditions({"if-modified-since": "yesterday"})
    assert conditions == Conditions() and not conditions.hold_for(NAMED, None)


def test_anything_holds_but_names_nothing() -> None:
    conditions = read_conditions({"if-none-match": "*"})
    assert conditions.hold_for(NAMED, None) and not conditions.name(NAMED)
