"""Language tags as browsers know them, out of what reports name languages by."""

from __future__ import annotations

import pytest

from wado.report.languages import SHORT_FORM, is_right_to_left, language_tag


@pytest.mark.parametrize(
    ("language", "region", "tag"),
    [
        ("en", "", "en"),
        ("eng", "US", "en-US"),
        ("ENG", "840", "en-840"),
        ("ger", "DE", "de-DE"),
        ("deu", "DEU", "de"),
        ("de-AT", "CH", "de-AT"),
        ("zho-Hant", "", "zh-Hant"),
        ("syr", "SY", "syr-SY"),
        ("English", "", "English"),
        ("", "US", ""),
        ("e", "", ""),
        ("en US", "", ""),
        ('en"', "", ""),
        ("en-" + "a" * 40, "", ""),
    ],
)
def test_tags_have_the_shortest_form_of_their_language(language: str, region: str, tag: str) -> None:
    assert language_tag(language, region) == tag


def test_every_short_form_is_of_two_letters_and_none_is_missing() -> None:
    assert all(len(long) == 3 and len(short) == 2 for long, short in SHORT_FORM.items())
    assert len(SHORT_FORM) == 203
    assert len(set(SHORT_FORM.values())) == 183


@pytest.mark.parametrize(
    ("tag", "expected"), [("ar-EG", True), ("he", True), ("syr", True), ("en", False), ("", False)]
)
def test_the_direction_follows_the_language(tag: str, expected: bool) -> None:
    assert is_right_to_left(tag) is expected


@pytest.mark.parametrize("language", ["heb", "ara", "per", "fas", "urd", "pus", "uig", "div", "snd", "yid"])
def test_languages_of_three_letters_have_their_direction(language: str) -> None:
    assert is_right_to_left(language_tag(language))
