"""The media type of the answer (PS3.18-2011 sections 6.3.2.1, 7 and 8.1.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wado.errors import NotAcceptable
from wado.front.negotiation import negotiate, quality_of
from wado.media_types import APPLICATION_DICOM, DEFAULT, IMAGE_JPEG, IMAGE_PNG, OFFERS, TEXT_HTML, Category
from wado.request.syntax import parse_accept, parse_content_types

SINGLE, MULTI, TEXT, OTHER = Category.SINGLE_FRAME, Category.MULTI_FRAME, Category.TEXT, Category.OTHER

ACCEPTS_OF_BROWSERS = {
    "chromium-img": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    "chromium-page": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "firefox-img": "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
    "safari-img": "image/webp,image/avif,image/jxl,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
    "fetch": "*/*",
    "java": "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    "none": "",
    "malformed": ";;;, q=, image, \x00/\xff, text/html;q=high",
}


def chosen(category: Category, content_type: str = "", accept: str = "") -> str:
    content_types = parse_content_types(content_type) if content_type else ()
    return negotiate(category, content_types, parse_accept(accept))


@pytest.mark.parametrize("category", Category)
@pytest.mark.parametrize("accept", ACCEPTS_OF_BROWSERS.values(), ids=ACCEPTS_OF_BROWSERS.keys())
def test_without_content_type_every_browser_gets_the_default_of_the_category(category: Category, accept: str) -> None:
    assert chosen(category, accept=accept) == DEFAULT[category]


def test_the_defaults_are_those_of_section_7() -> None:
    of_section_7 = {SINGLE: IMAGE_JPEG, MULTI: APPLICATION_DICOM, TEXT: TEXT_HTML, OTHER: APPLICATION_DICOM}
    assert {category: DEFAULT[category] for category in of_section_7} == of_section_7


@pytest.mark.parametrize("accept", ACCEPTS_OF_BROWSERS.values(), ids=ACCEPTS_OF_BROWSERS.keys())
@pytest.mark.parametrize(
    ("category", "media_type"), [(category, offer) for category, offers in OFFERS.items() for offer in offers]
)
def test_every_browser_gets_the_media_type_that_content_type_names(
    category: Category, media_type: str, accept: str
) -> None:
    assert chosen(category, media_type, accept) == media_type


@pytest.mark.parametrize(
    ("category", "content_type", "media_type"),
    [
        (SINGLE, "image/jp2;level=1,image/jpeg;q=0.5", "image/jp2"),
        (SINGLE, "image/jpeg;q=0.5,image/png", IMAGE_PNG),
        (SINGLE, "image/png,image/jpeg", IMAGE_PNG),
        (SINGLE, "image/jpeg,image/png", IMAGE_JPEG),
        (SINGLE, "image/*", IMAGE_JPEG),
        (SINGLE, "image/*,image/jpeg;q=0", IMAGE_PNG),
        (SINGLE, "image/bmp,*/*;q=0.1", IMAGE_JPEG),
        (SINGLE, "IMAGE/PNG", IMAGE_PNG),
        (SINGLE, "image/jpg", IMAGE_JPEG),
        (MULTI, "*/*", APPLICATION_DICOM),
        (MULTI, "image/*", IMAGE_JPEG),
        (MULTI, "video/quicktime,image/png;q=0.2", IMAGE_PNG),
        (TEXT, "text/*", TEXT_HTML),
        (TEXT, "text/plain,application/dicom", "text/plain"),
        (OTHER, "application/pdf,application/dicom;q=0.001", APPLICATION_DICOM),
        (OTHER, "application/*", APPLICATION_DICOM),
    ],
)
def test_the_clients_preference_decides_among_what_is_offered(
    category: Category, content_type: str, media_type: str
) -> None:
    assert chosen(category, content_type) == media_type


@pytest.mark.parametrize(
    ("category", "accept", "media_type"),
    [
        (SINGLE, "application/dicom", APPLICATION_DICOM),
        (SINGLE, "image/png,image/jpeg;q=0.1", IMAGE_JPEG),
        (SINGLE, "image/png,application/dicom;q=0.9", IMAGE_PNG),
        (SINGLE, "*/*,image/jpeg;q=0", APPLICATION_DICOM),
        (MULTI, "image/*", IMAGE_JPEG),
        (MULTI, "image/png,image/jpeg;q=0.5", IMAGE_PNG),
        (TEXT, "text/plain", "text/plain"),
        (TEXT, "application/dicom", APPLICATION_DICOM),
    ],
)
def test_accept_rules_out_a_default_and_never_replaces_one_that_it_allows(
    category: Category, accept: str, media_type: str
) -> None:
    assert chosen(category, accept=accept) == media_type


@pytest.mark.parametrize(
    ("category", "content_type", "accept"),
    [
        (SINGLE, "image/tiff", ""),
        (SINGLE, "image/bmp", "*/*"),
        (SINGLE, "image/jpeg", "image/png"),
        (SINGLE, "image/jpeg", "*/*,image/jpeg;q=0"),
        (SINGLE, "image/jpeg;q=0", ""),
        (MULTI, "video/quicktime", ""),
        (TEXT, "text/plain", "text/html"),
        (OTHER, "image/jpeg", ""),
        (OTHER, "", "image/*"),
    ],
)
def test_what_cannot_be_had_is_not_acceptable_and_the_answer_tells_what_can(
    category: Category, content_type: str, accept: str
) -> None:
    with pytest.raises(NotAcceptable, match=f"this {category.value} can be had as") as refusal:
        chosen(category, content_type, accept)
    assert all(offer in refusal.value.message for offer in OFFERS[category])
    assert refusal.value.parameter == ("contentType" if content_type else None)


@pytest.mark.parametrize("content_type", ["image/jpeg", "application/msword,image/*", "video/mpeg;q=0.5"])
@pytest.mark.parametrize(
    ("accept", "media_type"), [("", TEXT_HTML), ("*/*", TEXT_HTML), ("text/plain,text/html;q=0.1", TEXT_HTML)]
)
def test_a_report_asked_for_in_nothing_that_is_offered_is_html(content_type: str, accept: str, media_type: str) -> None:
    assert chosen(TEXT, content_type, accept) == media_type


def test_the_most_specific_range_decides() -> None:
    ranges = parse_accept("*/*;q=0.1, image/*;q=0.5, image/png;q=0.2, image/png;level=1;q=0.9")
    assert quality_of(IMAGE_PNG, ranges) == 0.9
    assert quality_of(IMAGE_JPEG, ranges) == 0.5
    assert quality_of(APPLICATION_DICOM, ranges) == 0.1


@given(category=st.sampled_from(Category), content_type=st.text(), accept=st.text())
def test_whatever_is_asked_the_answer_is_an_offer_or_406(category: Category, content_type: str, accept: str) -> None:
    try:
        media_type = negotiate(category, parse_accept(content_type), parse_accept(accept))
    except NotAcceptable:
        return
    assert media_type in OFFERS[category]
