"""Whole exchanges in memory: from a request to what is sent back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.datasets import to_file
from tests.support.descriptors import no_file_left_open
from tests.support.documents import KINDS, encapsulate_document
from tests.support.memory_archive import MemoryArchive, MemoryObject, WorkersInProcess, keep_object, read_object
from tests.support.signatures import is_of_media_type
from wado.errors import Gone
from wado.front.archive import InstanceReference
from wado.front.exchange import HttpRequest, HttpResponse
from wado.front.service import WadoService
from wado.job import Job, Representation
from wado.media_types import OFFERS, Category
from wado.request.rules import OBJECT_ALONE
from wado.settings import Settings

CT = read_object("CT_small.dcm")
COLOR = read_object("SC_rgb_small_odd.dcm")
TWO_FRAMES = read_object("SC_rgb_rle_2frame.dcm")
DOSE = read_object("rtdose.dcm")
REPORT = read_object("reportsi.dcm")
PLAN = read_object("rtplan.dcm")

OBJECTS = {
    Category.SINGLE_FRAME: CT,
    Category.MULTI_FRAME: TWO_FRAMES,
    Category.TEXT: REPORT,
    **{
        Category(f"encapsulated {kind}"): keep_object(
            kind, to_file(encapsulate_document(kind, SOPInstanceUID=f"1.2.{n}"))
        )
        for n, kind in enumerate(KINDS)
    },
    Category.OTHER: PLAN,
}


class Site:
    """A service over an archive in memory, with all that can be seen of it."""

    def __init__(self, *objects: MemoryObject, **settings: Any) -> None:
        self.archive = MemoryArchive(*objects or (COLOR, DOSE, *OBJECTS.values()))
        self.workers = WorkersInProcess(**settings)
        self.log: list[str] = []
        self.service = WadoService(self.archive, self.workers, Settings(**settings), self.log.append)

    def ask(self, item: MemoryObject, accept: str | None = None, **parameters: str) -> HttpResponse:
        headers = {} if accept is None else {"accept": accept}
        response = self.service.handle(HttpRequest("GET", item.query | parameters, headers))
        assert not self.log
        return response


@pytest.fixture(scope="module")
def site() -> Site:
    return Site()


def text_of(response: HttpResponse) -> str:
    return bytes(response.body).decode("ascii")


def rows_and_columns(jpeg: HttpResponse) -> tuple[int, int]:
    """From the start of frame, SOF0 (ISO/IEC 10918-1 B.2.2)."""
    body = bytes(jpeg.body)
    start = body.index(b"\xff\xc0") + 5
    return int.from_bytes(body[start : start + 2], "big"), int.from_bytes(body[start + 2 : start + 4], "big")


def test_an_image_without_more_is_a_jpeg_of_its_own_size(site: Site) -> None:
    response = site.ask(CT)
    assert (response.status, response.media_type) == (200, "image/jpeg")
    assert rows_and_columns(response) == (128, 128)
    headers = dict(response.headers)
    assert headers.pop("ETag").strip('"').isalnum()
    assert headers == {
        "Vary": "Accept, Accept-Charset",
        "Cache-Control": "private, no-cache",
        "Content-Location": "?" + urlencode(CT.query | {"contentType": "image/jpeg"}, safe="/"),
    }


@pytest.mark.parametrize(
    ("category", "media_type"), [(category, offer) for category, offers in OFFERS.items() for offer in offers]
)
def test_every_offer_is_made(site: Site, category: Category, media_type: str) -> None:
    response = site.ask(OBJECTS[category], contentType=media_type)
    assert (response.status, response.media_type.partition(";")[0]) == (200, media_type)
    assert is_of_media_type(bytes(response.body), media_type)


@pytest.mark.parametrize(
    ("item", "media_type"),
    [(CT, "image/jpeg"), (TWO_FRAMES, "application/dicom"), (DOSE, "application/dicom"), (PLAN, "application/dicom")],
    ids=["single-frame", "multi-frame", "dose", "plan"],
)
def test_the_default_is_that_of_the_category(site: Site, item: MemoryObject, media_type: str) -> None:
    assert site.ask(item).media_type == media_type


def test_a_report_by_default_is_html_that_runs_nothing(site: Site) -> None:
    response = site.ask(REPORT)
    assert (response.status, response.media_type) == (200, "text/html; charset=UTF-8")
    assert dict(response.headers)["Content-Security-Policy"].startswith("default-src 'none'; img-src 'self'; style-src")


def test_a_frame_of_several_is_a_single_image(site: Site) -> None:
    response = site.ask(DOSE, frameNumber="15")
    assert (response.status, response.media_type) == (200, "image/jpeg")
    assert rows_and_columns(response) == (10, 10)


@pytest.mark.parametrize("frame_number", ["0", "-1", "16"])
def test_a_frame_that_is_not_there_is_refused(site: Site, frame_number: str) -> None:
    response = site.ask(DOSE, frameNumber=frame_number)
    assert text_of(response) == (
        "400 Bad Request: frameNumber: must be 1 to 15 for this object (PS3.18-2011 section 8.2.7)\n"
    )


def test_rows_and_columns_are_the_most_there_may_be(site: Site) -> None:
    assert rows_and_columns(site.ask(CT, rows="32", columns="64")) == (32, 32)
    assert rows_and_columns(site.ask(CT, columns="50")) == (50, 50)


def test_the_stored_file_is_sent_as_it_is_for_a_star(site: Site) -> None:
    response = site.ask(DOSE, contentType="application/dicom", transferSyntax="*")
    assert bytes(response.body) == DOSE.content


@pytest.mark.parametrize("wanted", [None, "1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.4.70"])
def test_explicit_little_endian_is_sent_where_nothing_else_can_be(site: Site, wanted: str | None) -> None:
    parameters = {"transferSyntax": wanted} if wanted else {}
    response = site.ask(DOSE, contentType="application/dicom", **parameters)
    assert b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0" in bytes(response.body)[:1000]


@pytest.mark.parametrize(
    ("item", "parameters", "warning"),
    [
        (CT, {"frameNumber": "3"}, '299 - "frameNumber has no effect: this object has one frame"'),
        (
            COLOR,
            {"windowCenter": "1", "windowWidth": "2", "contentType": "image/png", "imageQuality": "50"},
            '299 - "windowCenter and windowWidth have no effect: this is a colour image", '
            '299 - "imageQuality has no effect: image/png takes none"',
        ),
    ],
    ids=["one", "several"],
)
def test_parameters_with_nothing_to_act_on_are_told_of(
    site: Site, item: MemoryObject, parameters: dict[str, str], warning: str
) -> None:
    response = site.ask(item, **parameters)
    assert response.status == 200
    assert dict(response.headers)["Warning"] == warning


@pytest.mark.parametrize("origin", ["*", "https://viewer.example"])
def test_every_answer_names_the_origin_that_is_allowed(origin: str) -> None:
    site = Site(allow_origin=origin)
    answers = [site.ask(CT), site.ask(CT, rows="?"), site.ask(CT, objectUID="9.9"), site.ask(CT, contentType="a/b")]
    assert [answer.status for answer in answers] == [200, 400, 404, 406]
    assert all(("Access-Control-Allow-Origin", origin) in answer.headers for answer in answers)


def test_no_origin_is_named_unless_one_is_allowed(site: Site) -> None:
    assert "Access-Control-Allow-Origin" not in dict(site.ask(CT).headers)


def test_what_is_malformed_is_said_before_any_look_up() -> None:
    site = Site()
    response = site.ask(CT, objectUID="9.9", contentType="video/mpeg", rows="none")
    assert response.status == 400
    assert not site.archive.searched


def test_what_is_unknown_is_said_before_what_is_not_acceptable(site: Site) -> None:
    assert site.ask(CT, objectUID="9.9", contentType="video/mpeg").status == 404
    assert site.ask(CT, contentType="video/mpeg").status == 406


@pytest.mark.parametrize("name", ["studyUID", "seriesUID", "objectUID"])
def test_every_uid_leads_to_the_object(site: Site, name: str) -> None:
    response = site.ask(CT, **{name: "9.9"})
    assert response.status == 404
    assert text_of(response).startswith("404 Not Found: objectUID: ")


@pytest.mark.parametrize("name", sorted(OBJECT_ALONE))
def test_an_object_is_found_alone_where_the_site_allows_it(site: Site, name: str) -> None:
    assert site.ask(CT, **{name: ""}).status == 400
    assert Site(allow_object_alone=True).ask(CT, **{name: ""}).status == 200
    assert Site(allow_object_alone=True).ask(CT, **{name: "9.9"}).status == 404


def test_406_tells_what_can_be_had(site: Site) -> None:
    response = site.ask(CT, contentType="image/bmp")
    assert text_of(response) == (
        "406 Not Acceptable: contentType: this single-frame image can be had as "
        f"{', '.join(OFFERS[Category.SINGLE_FRAME])} (PS3.18-2011 section 6.3.2.1)\n"
    )


def test_annex_b_3_prefers_jpeg_2000_to_jpeg(site: Site) -> None:
    window = {"windowCenter": "-1000", "windowWidth": "2500"}
    response = site.ask(CT, contentType="image/jp2;level=1,image/jpeg;q=0.5", columns="40", **window)
    assert (response.status, response.media_type) == (200, "image/jp2")
    assert site.ask(CT, contentType="image/jp2;q=0.2,image/jpeg", **window).media_type == "image/jpeg"


def test_a_dicom_object_in_no_character_set_of_dicom_is_not_acceptable(site: Site) -> None:
    for charset in ("klingon", "windows-1252", "Shift_JIS,EUC-JP"):
        response = site.ask(CT, contentType="application/dicom", charset=charset)
        assert response.status == 406
        assert "406 Not Acceptable: charset: text can be had in UTF-8, GB18030, ISO-8859-1," in text_of(response)
        assert "windows-1252" not in text_of(response)


def test_a_picture_has_no_character_set_for_charset_to_act_on(site: Site) -> None:
    response = site.ask(CT, charset="klingon")
    assert (response.status, response.media_type) == (200, "image/jpeg")
    assert dict(response.headers)["Warning"] == '299 - "charset has no effect: image/jpeg has no character set"'


def test_text_in_no_character_set_that_can_be_written_is_not_acceptable(site: Site) -> None:
    response = site.ask(REPORT, contentType="text/html", charset="klingon")
    assert response.status == 406
    assert text_of(response).startswith("406 Not Acceptable: charset: text can be had in UTF-8, GB18030, ISO-8859-1,")


@pytest.mark.parametrize("name", ["rows", "columns", "imageQuality"])
@pytest.mark.parametrize("item", [REPORT, PLAN], ids=["report", "plan"])
def test_parameters_of_images_are_refused_for_other_objects(site: Site, item: MemoryObject, name: str) -> None:
    response = site.ask(item, **{name: "50"})
    assert response.status == 400
    assert text_of(response).startswith(f"400 Bad Request: {name}: must only be given for an image; this is a")


@pytest.mark.parametrize("item", [TWO_FRAMES, PLAN], ids=["multi-frame", "plan"])
def test_parameters_of_pictures_are_refused_where_the_default_is_none(site: Site, item: MemoryObject) -> None:
    assert site.ask(item, rows="50").status == 400


def test_accept_alone_leads_to_the_same_rules(site: Site) -> None:
    response = site.ask(CT, accept="application/dicom", rows="50")
    assert response.status == 400
    assert "rows: must not be given with application/dicom" in text_of(response)


def test_the_quality_is_the_clients_or_the_sites(site: Site) -> None:
    own, default = (bytes(Site(image_quality=30).ask(CT, **quality).body) for quality in ({"imageQuality": "90"}, {}))
    assert own == bytes(site.ask(CT).body)
    assert len(default) < len(own)


def test_equal_requests_are_equal_jobs_and_equal_bytes() -> None:
    site = Site(answer_cache=0)
    first, second = site.ask(CT, rows="64"), site.ask(CT, unknown="x", rows="64", columns="")
    assert site.workers.jobs[0] == site.workers.jobs[1]
    assert bytes(first.body) == bytes(second.body)


@pytest.mark.parametrize(("times_gone", "status"), [(1, 200), (3, 200), (4, 410)])
def test_an_object_that_is_replaced_meanwhile_is_looked_up_again(times_gone: int, status: int) -> None:
    site = Site()
    site.archive.times_gone = times_gone
    assert site.ask(CT).status == status
    assert len(site.archive.searched) == min(times_gone, 3) + 1


class FaultyArchive(MemoryArchive):
    def find(self, reference: InstanceReference) -> Any:
        raise KeyError("Doe^Jane")


class FaultyWorkers:
    def run(self, job: Job, descriptor: int, others: Sequence[int] = ()) -> Representation:
        raise RuntimeError("Doe^Jane")


class GoneWorkers:
    def run(self, job: Job, descriptor: int, others: Sequence[int] = ()) -> Representation:
        raise Gone("the object was replaced")


@pytest.mark.parametrize(
    ("archive", "workers", "kind"),
    [(FaultyArchive(CT), WorkersInProcess(), "KeyError"), (MemoryArchive(CT), FaultyWorkers(), "RuntimeError")],
    ids=["archive", "workers"],
)
def test_a_fault_is_an_answer_and_a_line_in_the_log_without_its_words(
    archive: MemoryArchive, workers: WorkersInProcess | FaultyWorkers, kind: str
) -> None:
    log: list[str] = []
    response = WadoService(archive, workers, Settings(), log.append).handle(HttpRequest("GET", CT.query))
    assert response.status == 500
    assert "Doe" not in text_of(response)
    assert len(log) == 1
    assert log[0].startswith(f"fault of the front: {kind} at test_exchanges.py:")


def test_the_object_is_closed_whatever_becomes_of_the_job() -> None:
    with no_file_left_open():
        for workers in (WorkersInProcess(), FaultyWorkers(), GoneWorkers()):
            WadoService(MemoryArchive(CT), workers, Settings(), lambda text: None).handle(HttpRequest("GET", CT.query))


@pytest.mark.parametrize("order", [1, -1])
def test_a_parameter_under_two_spellings_is_refused(site: Site, order: int) -> None:
    """A filter of Orthanc's that compares studyUID sees the query as it came, and would let pass another study."""
    items = [*CT.query.items(), ("study%55ID", COLOR.query["studyUID"])]
    request = HttpRequest("GET", dict(items[::order]), {}, is_encoded=True)
    for response in (site.service.handle(request), site.service.handle_presentation_states(request)):
        assert response.status == 400
        assert text_of(response).startswith("400 Bad Request: studyUID: must not be given twice (PS3.18-2011 ")


def test_an_unknown_parameter_under_two_spellings_is_ignored(site: Site) -> None:
    request = HttpRequest("GET", CT.query | {"unknown": "1", "%75nknown": "2"}, {}, is_encoded=True)
    assert site.service.handle(request).status == 200
