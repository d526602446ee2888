"""What known clients send, in the form in which they send it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.conformance.server import DICOM, JPEG, PNG, Server, picture_in
from tests.support.orthanc_process import LOOPBACK, OrthancProcess

IDS = "studyUID={studyUID}&seriesUID={seriesUID}&objectUID={objectUID}"
WADO = "requestType=WADO&" + IDS
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
CHROMIUM_IMG = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
CHROMIUM_PAGE = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
FIREFOX_IMG = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
FIREFOX_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SAFARI_IMG = (
    "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,*/*;q=0.5"
)


@dataclass(frozen=True)
class Request:
    text: str
    media_type: str
    name: str = "squares"
    accept: str | None = "*/*"


REQUESTS = {
    "OHIF": Request(WADO + "&contentType=application/dicom&transferSyntax=*", DICOM),
    "OHIF, a frame": Request(WADO + "&contentType=application/dicom&transferSyntax=*&frame=2", DICOM, "frames"),
    "Cornerstone": Request(
        WADO + "&contentType=application%2Fdicom&transferSyntax=1.2.840.10008.1.2.1&frame=1", DICOM, "compressed frames"
    ),
    "Weasis": Request(WADO + "&contentType=application%2Fdicom", DICOM, accept=JAVA),
    "Weasis, as stored": Request(WADO + "&contentType=application%2Fdicom&transferSyntax=*", DICOM, "big endian", JAVA),
    "Weasis, compressed": Request(
        WADO + "&contentType=application%2Fdicom&transferSyntax=1.2.840.10008.1.2.4.50&imageQuality=80", DICOM
    ),
    "Weasis, thumbnail": Request(
        WADO + "&contentType=image/jpeg&imageQuality=70&rows=112&columns=112", JPEG, accept=JAVA
    ),
    "Weasis, thumbnail of several frames": Request(
        WADO + "&contentType=image/jpeg&imageQuality=70&rows=112&columns=112", JPEG, "frames", JAVA
    ),
    "dwv": Request("requestType=WADO&contentType=application/dicom&&" + IDS, DICOM),
    "dwv, a picture": Request("requestType=WADO&contentType=image/jpeg&&" + IDS, JPEG),
    "Horos": Request(WADO + "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2", DICOM),
    "Horos, big endian": Request(WADO + "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.2", DICOM),
    "Horos, JPEG 2000": Request(
        WADO + "&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.90", DICOM, "compressed frames"
    ),
    "Horos, manifest": Request(WADO + "&contentType=application/dicom&useOrig=true", DICOM),
    "Oviyam": Request(WADO + "&windowCenter=100&windowWidth=200&rows=512", JPEG, accept=JAVA),
    "Oviyam, a frame": Request(WADO + "&contentType=image/jpeg&frameNumber=2&rows=128", JPEG, "frames", JAVA),
    "Oviyam, a misspelt transfer syntax": Request(
        WADO + "&contentType=application/dicom&transferSyntax=1.2.840.100008.1.2", DICOM, accept=JAVA
    ),
    "Conquest": Request(
        "requestType=WADO&contentType=image/jpeg&studyUID={studyUID}&seriesUID={seriesUID}"
        "&windowCenter=100&windowWidth=200&frameNumber=0&region=&objectUID={objectUID}",
        JPEG,
    ),
    "dcm4chee": Request(WADO + "&contentType=application/dicom&transferSyntax=", DICOM),
    "dcm4chee, a frame": Request(WADO + "&contentType=image/jpeg&frameNumber=3", JPEG, "frames", "image/jpeg"),
    "Chromium, img": Request(WADO, JPEG, accept=CHROMIUM_IMG),
    "Chromium, page": Request(WADO, JPEG, accept=CHROMIUM_PAGE),
    "Firefox, img": Request(WADO, JPEG, accept=FIREFOX_IMG),
    "Firefox, page": Request(WADO, JPEG, accept=FIREFOX_PAGE),
    "Safari, img": Request(WADO, JPEG, accept=SAFARI_IMG),
    "curl": Request(WADO + "&contentType=image/png", PNG),
    "an old Orthanc viewer": Request(WADO + "&contentType=image/jpg", JPEG),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
def test_a_client_gets_what_it_expects(server: Server, request_: Request) -> None:
    answer = server.get(request_.text.format(**server.uids[request_.name]), request_.accept)
    assert (answer.status, answer.media_type) == (200, request_.media_type), answer
    if request_.media_type != DICOM:
        assert picture_in(answer).size


def test_a_client_that_misspells_the_names_is_told_so(server: Server) -> None:
    """ClearCanvas."""
    text = "requesttype=WADO&" + IDS + "&frameNumber=0&contentType=application/clearcanvas"
    assert server.get(text.format(**server.uids["squares"])).status in (400, 406)


@pytest.fixture(scope="module")
def lenient(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that finds objects by their own UID alone, as a site may allow."""
    if pytestconfig.getoption("--base-url"):
        pytest.skip("the server of --base-url is not known to find objects by their own UID alone")
    settings = {"Workers": 1, "AllowObjectAlone": True}
    with OrthancProcess(tmp_path_factory.mktemp("lenient"), Wado=settings) as process:
        yield Server(f"http://{LOOPBACK}:{process.port}")


ALONE = "requestType=WADO&objectUID={objectUID}"
BY_OBJECT = {
    "Weasis": (ALONE + "&contentType=application%2Fdicom", DICOM),
    "Weasis, thumbnail": (
        "requestType=WADO&studyUID=&seriesUID=&objectUID={objectUID}"
        "&contentType=image/jpeg&imageQuality=70&rows=112&columns=112",
        JPEG,
    ),
    "Orthanc's own tests, the object": (ALONE + "&contentType=application/dicom&transferSyntax=*", DICOM),
    "Orthanc's own tests, and its series": (ALONE + "&seriesUID={seriesUID}&contentType=application/dicom", DICOM),
    "Orthanc's own tests, and its study": (ALONE + "&studyUID={studyUID}&contentType=application/dicom", DICOM),
    "Orthanc's own tests, no type": (ALONE, JPEG),
    "Orthanc's own tests, image/jpg": (ALONE + "&contentType=image/jpg", JPEG),
    "Orthanc's own tests, image/png": (ALONE + "&contentType=image/png", PNG),
}


@pytest.mark.parametrize(("text", "media_type"), BY_OBJECT.values(), ids=BY_OBJECT.keys())
def test_a_client_that_knows_the_object_alone_is_served_where_that_is_allowed(
    lenient: Server, text: str, media_type: str
) -> None:
    answer = lenient.get(text.format(**lenient.uids["squares"]))
    assert (answer.status, answer.media_type) == (200, media_type), answer


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 400),
        ("requestType=WADO", 400),
        ("objectUID={objectUID}", 400),
        (ALONE + "&seriesUID=nope", 400),
        (ALONE + "&studyUID=nope", 400),
        (ALONE + "&seriesUID=1.2.3", 404),
        (ALONE + "&studyUID=1.2.3&seriesUID={seriesUID}", 404),
    ],
)
def test_a_wrong_uid_is_an_error_even_so(lenient: Server, text: str, status: int) -> None:
    assert lenient.get(text.format(**lenient.uids["squares"])).status == status
