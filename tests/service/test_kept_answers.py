"""Whole exchanges in which answers are kept: never one that is out of date, and equal ones are made once."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from tests.service.test_conditional_requests import LONG_AGO, ask, tag_of, tagged
from tests.service.test_exchanges import CT, REPORT, Site
from tests.support.datasets import ROOT
from tests.support.fusion import advanced_input, flat, make_advanced_state, make_slice, step
from tests.support.images import decode_picture
from tests.support.memory_archive import MemoryArchive, MemoryObject, WorkersInProcess, made_object
from tests.support.orthanc_process import wait_for
from wado.errors import BadRequest, Gone
from wado.front.exchange import HttpRequest, HttpResponse
from wado.front.service import WadoService
from wado.job import Job, Needs, Representation
from wado.settings import Settings

PNG = {"contentType": "image/png"}
UNDERLYING = make_slice("100", flat(100), (0.0, 0.0, 5.0))


def superimposed(level: int, version: str = "") -> MemoryObject:
    return of_version(made_object(make_slice("71", flat(level), (0.0, 0.0, 5.0))), version)


def of_version(item: MemoryObject, version: str) -> MemoryObject:
    """The object under another attachment, as an archive has it that was given it anew."""
    return replace(item, instance=replace(item.instance, attachment=item.instance.attachment + version))


def blending(*inputs: Sequence[Dataset]) -> MemoryObject:
    numbers = range(1, len(inputs) + 1)
    state = make_advanced_state(
        [advanced_input(number, images) for number, images in zip(numbers, inputs, strict=True)],
        step("EQUAL", *numbers),
    )
    state.SOPInstanceUID, state.SeriesInstanceUID = f"{ROOT}.9", f"{ROOT}.8"
    return made_object(state)


SHOWN, OTHER = made_object(UNDERLYING), superimposed(60)
STATE = blending([UNDERLYING], [make_slice("71", flat(60), (0.0, 0.0, 5.0))])
WITH_STATE = PNG | {"presentationUID": f"{ROOT}.9", "presentationSeriesUID": f"{ROOT}.8"}


def level(response: HttpResponse) -> int:
    assert response.status == 200, bytes(response.body)
    return int(np.asarray(decode_picture(bytes(response.body)))[0, 0].max())


def test_what_was_made_is_sent_again() -> None:
    site = Site(CT)
    first, again = ask(site, CT), ask(site, CT)
    assert again.body is first.body and again.headers == first.headers
    assert (first.origin, again.origin, len(site.workers.jobs)) == ("made", "kept", 1)
    assert (site.service.answers.hits, site.service.answers.misses) == (1, 1)


@pytest.mark.parametrize("query", [{}, PNG, {"rows": "20"}, {"contentType": "text/plain"}, {"unknown": "1"}])
@pytest.mark.parametrize(
    "fields", [{}, {"accept": "image/png"}, tagged("*"), tagged('"other"'), {"range": "bytes=0-1"}]
)
@pytest.mark.parametrize("may_be_compressed", [False, True])
def test_an_answer_at_hand_is_the_one_that_the_archive_is_asked_about(
    query: dict[str, str], fields: dict[str, str], may_be_compressed: bool
) -> None:
    """Twice, and with the tag: whether or not the objects tell by themselves that they are there."""
    item = replace(CT, instance=replace(CT.instance, modified=LONG_AGO))
    answered: list[list[HttpResponse]] = []
    for has_evidence in (True, False):
        archive, log = MemoryArchive(item, has_evidence=has_evidence), list[str]()
        service = WadoService(archive, WorkersInProcess(), Settings(), log.append, may_be_compressed=may_be_compressed)
        service._began = LONG_AGO
        request = HttpRequest("GET", item.query | query, fields)
        answers = [service.handle(request) for _ in range(3)]
        searched = len(archive.searched)
        tag = dict(answers[0].headers).get("ETag", '"none"')
        answers.append(service.handle(request._replace(headers=fields | tagged(tag))))
        answered.append([answer._replace(body=bytes(answer.body)) for answer in answers])
        is_at_hand = has_evidence and answers[0].status != 406 and "unknown" not in query
        assert len(archive.searched) - searched == (0 if is_at_hand else 1)
        assert not log
    assert answered[0] == answered[1]


def test_an_encoded_query_is_at_hand_as_well() -> None:
    site = Site(CT)
    request = HttpRequest("GET", CT.query | {"contentType": "image%2Fpng"}, {}, is_encoded=True)
    first = site.service.handle(request)
    assert (first.status, first.media_type) == (200, "image/png")
    searched = len(site.archive.searched)
    again = site.service.handle(request)
    assert again.body is first.body and again.origin == "kept"
    assert len(site.archive.searched) == searched
    assert ask(site, CT, None, **PNG).body is first.body


def test_a_query_that_came_encoded_is_not_taken_for_a_decoded_one() -> None:
    """Decoded, the first has the letters of the second, which are those of another media type."""
    site = Site(CT)
    queries = ({"contentType": "image/p%256Eg,image/jpeg", "unknown": "1"}, {"contentType": "image/p%6Eg,image/jpeg"})
    requests = [HttpRequest("GET", CT.query | query, {}, is_encoded=True) for query in queries]
    assert [site.service.handle(request).media_type for request in requests] == ["image/jpeg", "image/png"]


def test_without_room_everything_is_made_anew() -> None:
    site = Site(CT, answer_cache=0)
    assert ask(site, CT).body == ask(site, CT).body
    assert len(site.workers.jobs) == 2


def test_a_replaced_object_is_shown_as_it_is_now() -> None:
    dataset = dcmread(io.BytesIO(CT.content))
    dataset.PixelData = bytes(len(dataset.PixelData))
    site = Site(CT)
    before = ask(site, CT, None, **PNG)
    site.archive.store(of_version(made_object(dataset), "'"))
    after = ask(site, CT, tagged(tag_of(before)), **PNG)
    assert after.status == 200 and after.body != before.body


def test_a_deleted_object_is_not_found_whatever_is_kept() -> None:
    site = Site(CT)
    first = ask(site, CT)
    site.archive.delete(CT)
    for fields in ({}, tagged(tag_of(first)), tagged("*")):
        assert ask(site, CT, fields).status == 404
    site.archive.store(CT)
    assert ask(site, CT, tagged(tag_of(first))).status == 304


def test_an_answer_of_several_objects_is_found_at_once_again() -> None:
    site = Site(SHOWN, STATE, OTHER)
    first = ask(site, SHOWN, None, **WITH_STATE)
    assert len(site.workers.jobs) == 2  # the first said what it takes
    again = ask(site, SHOWN, None, **WITH_STATE)
    assert again.body is first.body and len(site.workers.jobs) == 2
    assert ask(site, SHOWN, tagged(tag_of(first)), **WITH_STATE).status == 304
    assert len(site.workers.jobs) == 2


def test_an_answer_of_several_objects_is_known_again_by_a_site_that_never_made_it() -> None:
    first = ask(Site(SHOWN, STATE, OTHER), SHOWN, None, **WITH_STATE)
    site = Site(SHOWN, STATE, OTHER)
    assert ask(site, SHOWN, tagged(tag_of(first)), **WITH_STATE).status == 304
    assert len(site.workers.jobs) == 1  # which said what it takes, and made nothing


def test_every_object_of_an_answer_is_that_of_now() -> None:
    site = Site(SHOWN, STATE, OTHER)
    first = ask(site, SHOWN, None, **WITH_STATE)
    site.archive.store(superimposed(200, "'"))
    other = ask(site, SHOWN, tagged(tag_of(first)), **WITH_STATE)
    assert level(other) > level(first)

    site.archive.store(of_version(blending([UNDERLYING]), "'"))
    another_state = ask(site, SHOWN, tagged(tag_of(other)), **WITH_STATE)
    assert level(another_state) == 100

    site.archive.delete(STATE)
    for fields in ({}, tagged(tag_of(another_state)), tagged("*")):
        assert ask(site, SHOWN, fields, **WITH_STATE).status == 404

    site.archive.store(STATE)
    site.archive.store(OTHER)
    back = ask(site, SHOWN, None, **WITH_STATE)
    assert back.body == first.body and tag_of(back) == tag_of(first)


def test_an_object_that_was_missing_counts_from_its_arrival_on() -> None:
    site = Site(SHOWN, STATE)
    for fields in ({}, tagged("*")):
        refused = ask(site, SHOWN, fields, **WITH_STATE)
        assert refused.status == 404 and b"is not in the study" in bytes(refused.body)
    site.archive.store(OTHER)
    first = ask(site, SHOWN, None, **WITH_STATE)
    assert level(first) == 80
    site.archive.delete(OTHER)
    assert ask(site, SHOWN, tagged(tag_of(first)), **WITH_STATE).status == 404


class SlowWorkers(WorkersInProcess):
    """Do nothing until they are let go. `fails` is what comes of it, if anything else than an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.fails: Exception | None = None

    def run(self, job: Job, descriptor: int, others: Sequence[int] = ()) -> Representation | Needs:
        outcome = super().run(job, descriptor, others)
        assert self.go.wait(60)
        if self.fails:
            raise self.fails
        return outcome


def asked_together(workers: SlowWorkers, number: int = 6) -> tuple[WadoService, list[HttpResponse]]:
    service = WadoService(MemoryArchive(CT), workers, Settings(), lambda text: None)
    site = Site(CT)
    site.service = service
    with ThreadPoolExecutor(number) as threads:
        futures = [threads.submit(ask, site, CT, None, **PNG) for _ in range(number)]
        wait_for(lambda: service._shared.waiting == number - 1, 60, "those who ask")
        workers.go.set()
        return service, [future.result() for future in futures]


def test_equal_requests_that_come_together_are_answered_by_one_piece_of_work() -> None:
    workers = SlowWorkers()
    _, responses = asked_together(workers)
    assert len(workers.jobs) == 1
    assert {response.status for response in responses} == {200}
    assert sorted(response.origin for response in responses) == ["made", *["shared"] * (len(responses) - 1)]
    assert len({id(response.body) for response in responses}) == 1


@pytest.mark.parametrize(("error", "status"), [(BadRequest("is wrong"), 400), (KeyError("a fault"), 500)])
def test_an_error_is_for_those_who_waited_alone(error: Exception, status: int) -> None:
    workers = SlowWorkers()
    workers.fails = error
    service, responses = asked_together(workers)
    assert {response.status for response in responses} == {status}
    assert len({bytes(response.body) for response in responses}) == 1
    workers.fails = None
    site = Site(CT)
    site.service = service
    assert ask(site, CT, None, **PNG).status == 200


def test_who_waits_for_an_object_that_is_replaced_looks_it_up_once_more() -> None:
    class ReplacedOnce(SlowWorkers):
        def run(self, job: Job, descriptor: int, others: Sequence[int] = ()) -> Representation | Needs:
            outcome = super().run(job, descriptor, others)
            if len(self.jobs) == 1:
                raise Gone("the object was replaced a moment ago; ask again")
            return outcome

    assert {response.status for response in asked_together(ReplacedOnce())[1]} == {200}


def test_a_stored_file_is_kept_from_the_second_time_on() -> None:
    site = Site(CT)
    as_stored = {"contentType": "application/dicom", "transferSyntax": "*"}
    made = replace(CT, instance=replace(CT.instance, transfer_syntax_uid="1.2.840.10008.1.2.1"))
    site.archive.store(made)
    bodies = [ask(site, made, None, **as_stored).body for _ in range(3)]
    assert bodies == [CT.content] * 3
    assert bodies[0] is not bodies[1] and bodies[1] is bodies[2]
    assert site.workers.jobs == []


def test_a_report_is_kept_in_each_character_set() -> None:
    site = Site(REPORT)
    for charset in ("utf-8", "iso-8859-1", "utf-8", "iso-8859-1"):
        response = ask(site, REPORT, {"accept-charset": charset}, contentType="text/plain")
        assert response.media_type.lower().endswith(charset)
    assert len(site.workers.jobs) == 2


def test_what_has_no_effect_is_told_with_a_kept_answer_as_well() -> None:
    site = Site(CT)
    assert "Warning" not in dict(ask(site, CT).headers)
    with_charset = ask(site, CT, None, charset="UTF-8")
    assert with_charset.origin == "kept" and "charset has no effect" in dict(with_charset.headers)["Warning"]
