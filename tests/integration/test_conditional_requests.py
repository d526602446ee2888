"""Clients and a plugin that have kept answers: what is in the archive now is what is answered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.integration.objects import MAGIC, Parameters, new_uids, slow, squares, stored_squares, uids_of
from tests.support.datasets import coded_squares, make_image, make_object, to_file
from tests.support.fusion import advanced_input, flat, make_advanced_state, make_slice, step
from tests.support.http_client import Answer
from tests.support.images import decode_picture
from tests.support.orthanc_process import OrthancProcess, wait_for
from tests.support.presentation_states import make_reference, make_state
from tests.support.reports import make_report, text_item

PNG: Parameters = {"contentType": "image/png"}
REPORT = "1.2.840.10008.5.1.4.1.1.88.11"
LAST_VERSION = 100


def again(process: OrthancProcess, parameters: Parameters, first: Answer) -> Answer:
    """What a client gets that has the first answer."""
    return process.wado(parameters, {"If-None-Match": first.headers["etag"]})


def brighter(dataset: Dataset, by: int = 50) -> bytes:
    dataset.PixelData = (np.frombuffer(dataset.PixelData, np.uint8) + np.uint8(by)).tobytes()
    return to_file(dataset)


def stored() -> tuple[Parameters, bytes]:
    """A picture that can be had de-identified, too."""
    dataset = squares()
    dataset.BurnedInAnnotation = "NO"
    return uids_of(dataset), to_file(dataset)


KINDS: dict[str, Parameters] = {
    "jpeg": {},
    "png": PNG,
    "annotated": {"annotation": "patient"},
    "dicom": {"contentType": "application/dicom"},
    "dicom as stored": {"contentType": "application/dicom", "transferSyntax": "*"},
    "dicom compressed": {"contentType": "application/dicom", "transferSyntax": "1.2.840.10008.1.2.4.90"},
    "dicom de-identified": {"contentType": "application/dicom", "anonymize": "yes"},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_that_has_the_answer_is_told_so(orthanc: OrthancProcess, kind: str) -> None:
    uids, content = stored()
    orthanc.store(content)
    first = orthanc.wado(uids | KINDS[kind])
    assert first.status == 200 and first.headers["etag"].startswith('"')
    known = again(orthanc, uids | KINDS[kind], first)
    assert (known.status, known.body) == (304, b"")
    for name in ("etag", "cache-control", "vary", "content-location", "last-modified"):
        # The date comes with the second after the storing.
        assert known.headers.get(name) == first.headers.get(name) or name == "last-modified"
    assert "content-type" not in known.headers
    assert orthanc.wado(uids | KINDS[kind], {"If-None-Match": 'W/"a", "b"'}).body == first.body


def test_a_report_and_its_pages_are_known_again(orthanc: OrthancProcess) -> None:
    report = make_object(REPORT, SOPInstanceUID=str(generate_uid()), ValueType="CONTAINER", Modality="SR")
    orthanc.store(to_file(report))
    for media_type in ("text/html", "text/plain", "application/pdf"):
        parameters = uids_of(report) | {"contentType": media_type}
        first = orthanc.wado(parameters)
        assert (first.status, first.media_type) == (200, media_type)
        assert again(orthanc, parameters, first).status == 304


def test_the_connection_goes_on_after_an_answer_without_body(orthanc: OrthancProcess) -> None:
    """Nothing that follows it is taken for its body."""
    uids, content = stored_squares()
    orthanc.store(content)
    first = orthanc.wado(uids | PNG)
    target = f"/wado?requestType=WADO&contentType=image/png&{'&'.join(f'{name}={uids[name]}' for name in uids)}"
    request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n"
    conditional = f"{request}If-None-Match: {first.headers['etag']}\r\n\r\n"
    last = f"{request}Connection: close\r\n\r\n"
    answers = orthanc.client.send((conditional + last).encode())
    assert answers.startswith(b"HTTP/1.1 304 ") and answers.count(b"HTTP/1.1 200 ") == 1
    assert answers.endswith(first.body) and MAGIC["image/png"] in answers


def test_an_answer_is_dated_from_the_second_after_on(orthanc: OrthancProcess) -> None:
    uids, content = stored_squares()
    orthanc.store(content)
    wait_for(lambda: "last-modified" in orthanc.wado(uids | PNG).headers, 60, "the next second")
    date = orthanc.wado(uids | PNG).headers["last-modified"]
    assert orthanc.wado(uids | PNG, {"If-Modified-Since": date}).status == 304
    assert orthanc.wado(uids | PNG, {"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"}).status == 200
    assert orthanc.wado(uids | PNG, {"If-Modified-Since": "malformed"}).status == 200


def test_an_object_that_is_overwritten_within_a_second_is_never_the_old_one(orthanc: OrthancProcess) -> None:
    dataset = squares()
    orthanc.store(to_file(dataset))
    for _ in range(12):
        before = orthanc.wado(uids_of(dataset) | PNG)
        date = before.headers.get("last-modified")
        fields = {"If-Modified-Since": date} if date else {}
        orthanc.store(brighter(dataset, 5))
        assert again(orthanc, uids_of(dataset) | PNG, before).status == 200
        after = orthanc.wado(uids_of(dataset) | PNG, fields)
        assert after.status == 200 and after.body != before.body


def test_an_object_that_is_deleted_is_gone_until_it_comes_back(orthanc: OrthancProcess) -> None:
    uids, content = stored_squares()
    identifier = orthanc.store(content).json()["ID"]
    first = orthanc.wado(uids | PNG)
    orthanc.client.request("DELETE", f"/instances/{identifier}")
    assert again(orthanc, uids | PNG, first).status == 404
    assert orthanc.wado(uids | PNG, {"If-None-Match": "*"}).status == 404
    orthanc.store(content)
    assert again(orthanc, uids | PNG, first).status == 304
    assert orthanc.wado(uids | PNG).body == first.body


def test_an_object_whose_same_bytes_come_again_in_a_new_file_is_answered(orthanc: OrthancProcess) -> None:
    uids, content = stored_squares()
    identifier = orthanc.store(content).json()["ID"]
    first = orthanc.wado(uids | PNG)
    orthanc.client.request("DELETE", f"/instances/{identifier}")
    orthanc.store(content)
    smaller = uids | {"rows": "5"}  # that was not made before, so that the file is opened
    made = orthanc.wado(smaller)
    assert made.status == 200
    after = orthanc.wado(uids | PNG)
    assert (after.status, after.body) == (200, first.body)
    assert again(orthanc, uids | PNG, after).status == 304


def test_where_no_md5_is_kept_an_object_that_is_overwritten_is_the_new_one(tmp_path: Path) -> None:
    dataset = squares()
    with OrthancProcess(tmp_path, StoreMD5ForAttachments=False, OverwriteInstances=True) as process:
        process.store(to_file(dataset))
        before = process.wado(uids_of(dataset) | PNG)
        assert again(process, uids_of(dataset) | PNG, before).status == 304
        process.store(brighter(dataset))
        after = again(process, uids_of(dataset) | PNG, before)
        assert after.status == 200 and after.body != before.body


def test_a_presentation_state_is_that_of_now(orthanc: OrthancProcess) -> None:
    image = make_image(coded_squares(), SOPInstanceUID=str(generate_uid()))
    state = make_state(
        references=[make_reference(str(image.SOPInstanceUID))],
        StudyInstanceUID=image.StudyInstanceUID,
        SOPInstanceUID=str(generate_uid()),
        PresentationLUTShape="IDENTITY",
    )
    for dataset in (image, state):
        orthanc.store(to_file(dataset))
    named = {"presentationUID": state.SOPInstanceUID, "presentationSeriesUID": state.SeriesInstanceUID}
    asked = uids_of(image) | PNG | named
    first = orthanc.wado(asked)
    assert first.status == 200 and "last-modified" not in first.headers
    assert again(orthanc, asked, first).status == 304
    state.PresentationLUTShape = "INVERSE"
    identifier = orthanc.store(to_file(state)).json()["ID"]
    inverse = again(orthanc, asked, first)
    assert inverse.status == 200
    assert (decode_picture(inverse.body) == 255 - decode_picture(first.body)).all()
    orthanc.client.request("DELETE", f"/instances/{identifier}")
    assert again(orthanc, asked, inverse).status == 404


def test_an_image_that_a_state_refers_to_counts_from_its_arrival_to_its_end(orthanc: OrthancProcess) -> None:
    study = str(generate_uid())
    shown = make_slice("100", flat(100), (0.0, 0.0, 5.0))
    other = make_slice("71", flat(60), (0.0, 0.0, 5.0), SeriesInstanceUID=str(generate_uid()))
    state = make_advanced_state([advanced_input(1, [shown]), advanced_input(2, [other])], step("EQUAL", 1, 2))
    state.SeriesInstanceUID = str(generate_uid())
    for dataset in (shown, other, state):
        dataset.StudyInstanceUID = study
    for dataset in (shown, state):
        orthanc.store(to_file(dataset))
    named = {"presentationUID": state.SOPInstanceUID, "presentationSeriesUID": state.SeriesInstanceUID}
    asked = uids_of(shown) | PNG | named
    assert [orthanc.wado(asked).status for _ in range(2)] == [404, 404]
    orthanc.store(to_file(other))
    first = orthanc.wado(asked)
    assert first.status == 200 and int(decode_picture(first.body)[0, 0].max()) == 80
    assert again(orthanc, asked, first).status == 304
    identifier = orthanc.store(brighter(other, 100)).json()["ID"]
    changed = again(orthanc, asked, first)
    assert changed.status == 200 and int(decode_picture(changed.body)[0, 0].max()) == 130
    orthanc.client.request("DELETE", f"/instances/{identifier}")
    assert again(orthanc, asked, changed).status == 404


def test_equal_requests_that_come_together_are_made_once(orthanc: OrthancProcess) -> None:
    uids, content = slow(40)
    orthanc.store(content)
    parameters = uids | {"contentType": "application/dicom"}
    with ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(orthanc.wado, parameters) for _ in range(8)]
        most = 0
        while not all(answer.done() for answer in answers):
            most = max(most, len(orthanc.busy_workers()))
    assert {answer.result().status for answer in answers} == {200}
    assert len({answer.result().body for answer in answers}) == 1
    assert most == 1


class Versions:
    """An object that is overwritten again and again; its picture's level tells the version."""

    def __init__(self, process: OrthancProcess) -> None:
        self.process = process
        self.dataset = make_image(flat(0), WindowCenter="128", WindowWidth="256", **new_uids())
        self.begun = self.stored = -1

    def store_next(self) -> None:
        self.begun += 1
        self.dataset.PixelData = flat(2 * self.begun).tobytes()
        assert self.process.store(to_file(self.dataset)).status == 200
        self.stored = self.begun


def test_what_is_answered_under_load_is_of_the_time_of_its_request(orthanc: OrthancProcess) -> None:
    """Kept, shared, made or known to the client: never of a version that was overwritten before the client asked."""
    versions = [Versions(orthanc) for _ in range(3)]
    sizes: list[Parameters] = [PNG, PNG | {"rows": "4"}]
    for each in versions:
        each.store_next()
    over = Event()

    def ask(number: int) -> list[int]:
        random, known, statuses = Random(number), dict[tuple[int, int], tuple[Answer, int]](), list[int]()
        while not over.is_set():
            which, size = key = random.randrange(len(versions)), random.randrange(len(sizes))
            fields = {"If-None-Match": known[key][0].headers["etag"]} if key in known else {}
            earliest = versions[which].stored
            answer = orthanc.wado(uids_of(versions[which].dataset) | sizes[size], fields)
            latest = versions[which].begun
            if answer.status == 200:
                known[key] = answer, int(decode_picture(answer.body)[0, 0].max())
            assert answer.status in (200, 304), answer
            assert 2 * earliest <= known[key][1] <= 2 * latest
            statuses.append(answer.status)
        return statuses

    with ThreadPoolExecutor(8) as threads:
        asking = [threads.submit(ask, number) for number in range(8)]
        try:
            for _ in range(LAST_VERSION):
                for each in versions:
                    each.store_next()
        finally:
            over.set()
        statuses = {status for asked in asking for status in asked.result(120)}
    assert statuses == {200, 304}


def test_another_server_on_the_same_archive_knows_the_answer(tmp_path: Path) -> None:
    """As one of a cluster, or the same one after its restart."""
    uids, content = stored()
    with OrthancProcess(tmp_path, Wado={"Workers": 1}) as process:
        process.store(content)
        answers = {kind: process.wado(uids | parameters) for kind, parameters in KINDS.items()}
    with OrthancProcess(tmp_path, Wado={"Workers": 2, "AnswerCache": 0}) as process:
        for kind, parameters in KINDS.items():
            assert again(process, uids | parameters, answers[kind]).status == 304
    with OrthancProcess(tmp_path, Wado={"Workers": 1, "ImageQuality": 50}) as process:
        assert again(process, uids, answers["jpeg"]).status == 200


def test_scripts_of_other_origins_may_read_what_they_need(tmp_path: Path) -> None:
    uids, content = stored_squares()
    with OrthancProcess(tmp_path, Wado={"Workers": 1, "AllowOrigin": "https://viewer.example"}) as process:
        process.store(content)
        first = process.wado(uids)
        for answer in (first, again(process, uids, first), process.wado({})):
            assert answer.headers["access-control-allow-origin"] == "https://viewer.example"
            assert "ETag" in answer.headers["access-control-expose-headers"]


def test_what_orthanc_compresses_has_one_weak_tag(tmp_path: Path) -> None:
    with OrthancProcess(tmp_path, HttpCompressionEnabled=True, Wado={"Workers": 1}) as process:
        # From 1.12.2 on Orthanc compresses text alone, and not less than 2 KB.
        report = make_report(*(text_item("Finding", "unremarkable") for _ in range(100)))
        process.store(to_file(report))
        wanted = uids_of(report) | {"contentType": "text/html"}
        plain = process.wado(wanted, {"Accept-Encoding": "identity"})
        compressed = process.wado(wanted, {"Accept-Encoding": "gzip"})
        assert (plain.headers.get("content-encoding"), compressed.headers.get("content-encoding")) == (None, "gzip")
        assert plain.headers["etag"] == compressed.headers["etag"]
        assert plain.headers["etag"].startswith('W/"')
        assert "Accept-Encoding" in plain.headers["vary"]
        assert again(process, wanted, compressed).status == 304
