"""Whole exchanges with clients that have kept answers."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.service.test_exchanges import CT, DOSE, OBJECTS, PLAN, REPORT, Site
from tests.service.test_report_pages import make_squares
from tests.support.documents import encapsulate_document
from tests.support.memory_archive import MemoryObject, made_object
from tests.support.presentation_states import make_reference, make_state
from tests.support.reports import IMAGE_UID
from wado.front.conditional import write_http_date
from wado.front.exchange import HttpRequest, HttpResponse
from wado.media_types import OFFERS, Category

LONG_AGO = 784111777


def ask(site: Site, item: MemoryObject, fields: dict[str, str] | None = None, **parameters: str) -> HttpResponse:
    response = site.service.handle(HttpRequest("GET", item.query | parameters, fields or {}))
    assert not site.log
    return response


def tag_of(response: HttpResponse) -> str:
    assert response.status in (200, 304), bytes(response.body)
    return dict(response.headers)["ETag"]


def tagged(tag: str) -> dict[str, str]:
    return {"if-none-match": tag}


@pytest.mark.parametrize(
    ("category", "media_type"), [(category, offer) for category, offers in OFFERS.items() for offer in offers]
)
def test_every_answer_is_known_again_without_being_made(category: Category, media_type: str) -> None:
    item = OBJECTS[category]
    first = ask(Site(), item, contentType=media_type)
    site = Site()  # that has never made it
    again = ask(site, item, tagged(tag_of(first)), contentType=media_type)
    assert (again.status, bytes(again.body)) == (304, b"")
    assert site.workers.jobs == []


def test_not_modified_has_the_head_that_the_answer_would_have() -> None:
    item = replace(CT, instance=replace(CT.instance, modified=LONG_AGO))
    site = Site(item, allow_origin="*", cache_control="private, max-age=60")
    site.service._began = LONG_AGO
    answer = ask(site, item, {"accept": "image/png"}, annotation="patient")
    again = ask(site, item, {"accept": "image/png", **tagged(tag_of(answer))}, annotation="patient")
    assert again.status == 304
    assert again.headers == answer.headers
    assert dict(again.headers).keys() == {
        "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers",
        "Cache-Control",
        "Content-Location",
        "ETag",
        "Last-Modified",
        "Vary",
    }


@pytest.mark.parametrize(
    "parameters",
    [
        {"contentType": "image/jpeg"},
        {"contentType": "image/jpeg;q=1"},
        {"contentType": "IMAGE/JPEG, image/png;q=0.5"},
        {"contentType": "image/jpg"},
        {"contentType": "image/*"},
        {"unknown": "1", "rows": ""},
    ],
)
def test_what_means_the_same_has_the_same_name(parameters: dict[str, str]) -> None:
    site = Site(CT)
    first = ask(site, CT)
    again = ask(site, CT, None, **parameters)
    assert tag_of(again) == tag_of(first) and again.body is first.body
    assert len(site.workers.jobs) == 1


def test_the_order_and_the_writing_of_parameters_change_no_name() -> None:
    site = Site(CT)
    parameters = {"windowCenter": "40", "windowWidth": "400", "rows": "64", "region": "0,0,1,0.5"}
    others = {"region": "0.0,0,1.0,.5", "rows": "+64", "windowWidth": "4e2", "windowCenter": "40.0"}
    first, again = ask(site, CT, None, **parameters), ask(site, CT, None, **others)
    assert tag_of(first) == tag_of(again) and len(site.workers.jobs) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1.2.840.10008.1.2.1", ""),
        ("1.2.840.10008.1.2.4.90,1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.90"),
        ("1.2.840.10008.1.2.5,1.2.840.10008.1.2.5", "1.2.840.10008.1.2.5"),
    ],
)
def test_the_transfer_syntax_that_is_had_anyway_changes_no_name(first: str, second: str) -> None:
    site = Site(CT)
    tags = {tag_of(ask(site, CT, contentType="application/dicom", transferSyntax=uid)) for uid in (first, second)}
    assert len(tags) == 1


def test_what_means_something_else_has_another_name() -> None:
    site = Site(CT, anonymize_key="a key of the site")
    different: list[dict[str, str]] = [
        {},
        {"contentType": "image/png"},
        {"rows": "64"},
        {"columns": "64"},
        {"windowCenter": "40", "windowWidth": "400"},
        {"windowCenter": "40", "windowWidth": "401"},
        {"imageQuality": "80"},
        {"annotation": "patient"},
        {"contentType": "application/dicom"},
        {"contentType": "application/dicom", "anonymize": "yes"},
    ]
    assert len({tag_of(ask(site, CT, None, **parameters)) for parameters in different}) == len(different)


@pytest.mark.parametrize("accept", ["image/png", "image/png, image/jpeg;q=0"])
def test_what_is_negotiated_has_the_name_of_what_is_asked_for(accept: str) -> None:
    site = Site(CT)
    negotiated = ask(site, CT, {"accept": accept})
    assert negotiated.headers == ask(site, CT, contentType="image/png").headers


def test_a_link_to_the_answer_itself_comes_along() -> None:
    site = Site()
    answer = ask(site, REPORT, {"accept": "text/plain", "accept-charset": "iso-8859-1, utf-8;q=0.5"})
    link = dict(answer.headers)["Content-Location"]
    assert link.startswith("?requestType=WADO&studyUID=") and link.endswith(
        "&contentType=text/plain&charset=ISO-8859-1,UTF-8"
    )
    query = dict(part.split("=", 1) for part in link.removeprefix("?").split("&"))
    again = site.service.handle(HttpRequest("GET", query, {"accept": "text/html;q=0.1, */*"}))
    assert (bytes(again.body), again.headers) == (bytes(answer.body), answer.headers)


def test_the_link_has_every_parameter_and_escapes_what_must_be() -> None:
    parameters = {"frameNumber": "2", "windowCenter": "-1e22", "windowWidth": "1.50", "region": "0,0,1,.5"}
    answer = ask(Site(DOSE), DOSE, None, **parameters)
    assert dict(answer.headers)["Content-Location"].endswith(
        "&contentType=image/jpeg&region=0,0,1,0.5&windowCenter=-1e%2B22&windowWidth=1.5&frameNumber=2"
    )


def test_a_de_identified_object_says_nothing_of_where_it_is() -> None:
    answer = ask(Site(CT, anonymize_key="a key of the site"), CT, contentType="application/dicom", anonymize="yes")
    assert answer.status == 200
    uids = [uid for name, uid in CT.query.items() if name != "requestType"]
    assert not any(uid in value for uid in uids for _, value in answer.headers)


def test_anything_is_had_only_if_there_is_an_answer() -> None:
    site = Site(CT, DOSE)
    assert ask(site, CT, tagged("*"), rows="16").status == 304
    assert len(site.workers.jobs) == 1  # it had to be seen
    assert ask(site, CT, tagged("*"), rows="16").status == 304
    assert len(site.workers.jobs) == 1
    assert ask(site, DOSE, tagged("*"), frameNumber="99").status == 400
    assert ask(site, PLAN, tagged("*")).status == 404


def test_an_error_is_no_answer_that_is_kept_by_anybody() -> None:
    site = Site(CT, allow_origin="*")
    for response in (ask(site, PLAN), ask(site, CT, rows="0"), ask(site, CT, contentType="text/html")):
        headers = dict(response.headers)
        assert response.status >= 400 and headers["Cache-Control"] == "no-store"
        assert headers["Vary"] == "Accept, Accept-Charset" and headers["Access-Control-Allow-Origin"] == "*"
        assert headers.keys().isdisjoint({"ETag", "Last-Modified", "Content-Location"})


def test_without_the_setting_there_is_no_cache_control() -> None:
    assert "Cache-Control" not in dict(ask(Site(CT, cache_control=""), CT).headers)


def dated(modified: int | None) -> tuple[Site, MemoryObject]:
    """A site since long, and an object of a time."""
    item = replace(CT, instance=replace(CT.instance, modified=modified))
    site = Site(item)
    site.service._began = LONG_AGO
    return site, item


def test_an_answer_is_dated_by_its_object() -> None:
    site, item = dated(LONG_AGO + 60)
    date = dict(ask(site, item).headers)["Last-Modified"]
    assert date == write_http_date(LONG_AGO + 61)
    assert ask(site, item, {"if-modified-since": date}).status == 304
    for other in (LONG_AGO + 60, LONG_AGO + 62):
        assert ask(site, item, {"if-modified-since": write_http_date(other)}).status == 200
    for malformed in ("", "yesterday", date.replace("GMT", "UTC")):
        assert ask(site, item, {"if-modified-since": malformed}).status == 200
    assert ask(site, item, {"if-modified-since": date, "if-none-match": '"other"'}).status == 200


def test_a_date_asks_for_an_answer_that_is_no_error() -> None:
    item = replace(DOSE, instance=replace(DOSE.instance, modified=LONG_AGO))
    site = Site(item)
    site.service._began = LONG_AGO
    date = dict(ask(site, item).headers)["Last-Modified"]
    assert ask(site, item, {"if-modified-since": date}, frameNumber="99").status == 400
    assert ask(site, item, {"if-modified-since": date}, frameNumber="1").status == 304


def test_no_answer_is_dated_later_than_now() -> None:
    """Within the second of its storing, an object may be replaced by one of the same date."""
    site, item = dated(int(time.time()) + 3600)
    assert "Last-Modified" not in dict(ask(site, item).headers)


def test_no_answer_is_dated_before_the_service_began() -> None:
    """Its settings may have been others before."""
    site, item = dated(LONG_AGO)
    site.service._began = LONG_AGO + 3600
    assert dict(ask(site, item).headers)["Last-Modified"] == write_http_date(LONG_AGO + 3601)


def test_an_object_without_a_date_has_answers_without() -> None:
    site, item = dated(None)
    assert "Last-Modified" not in dict(ask(site, item).headers)
    assert ask(site, item, {"if-modified-since": write_http_date(LONG_AGO)}).status == 200


def test_an_answer_of_several_objects_has_no_date() -> None:
    """One of them that goes would leave no later one behind."""
    shown = made_object(make_squares())
    shown = replace(shown, instance=replace(shown.instance, modified=LONG_AGO))
    applied = made_object(make_state(references=[make_reference(IMAGE_UID)]))
    site = Site(shown, applied)
    site.service._began = LONG_AGO
    uid, series = applied.reference.sop_instance_uid, str(applied.reference.series_instance_uid)
    with_state = {"presentationUID": uid, "presentationSeriesUID": series}
    date = dict(ask(site, shown).headers)["Last-Modified"]
    assert "Last-Modified" not in dict(ask(site, shown, None, **with_state).headers)
    assert ask(site, shown, {"if-modified-since": date}, **with_state).status == 200


def test_the_list_of_presentation_states_is_known_again() -> None:
    shown = made_object(make_squares())
    applied = made_object(make_state(references=[make_reference(IMAGE_UID)]))
    site = Site(shown, applied)

    def listed(fields: dict[str, str]) -> HttpResponse:
        return site.service.handle_presentation_states(HttpRequest("GET", shown.query, fields))

    first = listed({})
    assert listed(tagged(tag_of(first))).status == 304
    assert listed(tagged('"other"')).body == first.body
    assert len(site.workers.jobs) == 1
    site.archive.delete(applied)
    without = listed(tagged(tag_of(first)))
    assert (without.status, bytes(without.body)) == (200, b"[]")


@pytest.mark.parametrize("settings", [{"image_quality": 30}, {"burn_in_overlays": True}, {"maximum_pixels": 10**9}])
def test_another_setting_makes_another_answer(settings: dict[str, Any]) -> None:
    tag = tag_of(ask(Site(CT), CT))
    assert ask(Site(CT, **settings), CT, tagged(tag)).status == 200


def test_documents_are_answers_as_others_are() -> None:
    item = made_object(encapsulate_document("PDF"))
    site = Site(item)
    first = ask(site, item)
    again = ask(site, item)
    assert "Content-Disposition" in dict(first.headers) and again.headers == first.headers
    assert (first.origin, again.origin) == ("made", "kept")


def _numbers(start: int) -> range:
    return range(start, start + 400)


@pytest.mark.parametrize(
    "wanted",
    [
        lambda start: ({f"x{number}": "1" for number in _numbers(start)}, {}),
        lambda start: ({"contentType": ",".join(["image/png", *(f"a/{number}" for number in _numbers(start))])}, {}),
        lambda start: (
            {"contentType": "image/png"},
            {"accept": "image/png," + ",".join(map("b/{}".format, _numbers(start)))},
        ),
        lambda start: ({}, {"if-none-match": ",".join(f'"{number}"' for number in _numbers(start))}),
    ],
    ids=["unknown names", "media types", "Accept", "If-None-Match"],
)
def test_long_requests_do_not_stay_in_memory(wanted: Callable[[int], tuple[dict[str, str], dict[str, str]]]) -> None:
    site = Site()

    def ask_for(start: int) -> None:
        parameters, fields = wanted(start)
        tag = {"if-none-match": f"{made}, {fields['if-none-match']}"} if "if-none-match" in fields else tagged(made)
        assert ask(site, CT, fields | tag, **parameters).status in (200, 304)

    made = tag_of(ask(site, CT))
    made = tag_of(ask(site, CT, wanted(0)[1], **wanted(0)[0]))
    ask_for(10_000)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for start in range(20_000, 20_100):
            ask_for(start)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 100_000  # less than two hundredths of what their texts alone take, if they were kept
