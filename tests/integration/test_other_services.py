"""The plugin beside the other services of the same Orthanc."""

from __future__ import annotations

import pytest

from tests.integration.objects import stored_squares
from tests.support.orthanc_process import OrthancProcess

DICOM_JSON = {"Accept": "application/dicom+json"}


def multipart(*files: bytes) -> tuple[bytes, dict[str, str]]:
    """The body and the header fields of a STOW-RS request."""
    parts = [b"--cut\r\nContent-Type: application/dicom\r\n\r\n" + file + b"\r\n" for file in files]
    content_type = 'multipart/related; type="application/dicom"; boundary=cut'
    return b"".join(parts) + b"--cut--\r\n", {"Content-Type": content_type, **DICOM_JSON}


def test_what_is_stored_by_dicomweb_is_had_by_both_protocols(orthanc: OrthancProcess) -> None:
    uids, content = stored_squares()
    body, headers = multipart(content)
    assert orthanc.client.request("POST", "/dicom-web/studies", body, headers).status == 200
    found = orthanc.client.get(f"/dicom-web/instances?SOPInstanceUID={uids['objectUID']}", DICOM_JSON).json()
    assert found[0]["0020000D"]["Value"] == [uids["studyUID"]]
    path = f"/dicom-web/studies/{uids['studyUID']}/series/{uids['seriesUID']}/instances/{uids['objectUID']}"
    assert content in orthanc.client.get(path).body
    assert orthanc.wado(uids | {"contentType": "application/dicom", "transferSyntax": "*"}).body == content


def test_the_path_is_answered_by_this_plugin(orthanc: OrthancProcess) -> None:
    assert "8.1.1" in orthanc.client.get("/wado").text
    assert orthanc.client.get("/dicom-web/wado").status != 200


@pytest.mark.parametrize("path", ["/wado/", "/wado//", "//wado"])
def test_extra_slashes_do_no_harm(orthanc: OrthancProcess, path: str) -> None:
    assert orthanc.client.get(path).status in (400, 404)


@pytest.mark.parametrize("path", ["/wad", "/wado2", "/wado/x", "/x/wado", "/WADO"])
def test_no_other_path_is_taken(orthanc: OrthancProcess, path: str) -> None:
    assert orthanc.client.get(path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_not_allowed(orthanc: OrthancProcess, method: str) -> None:
    answer = orthanc.client.request(method, "/wado?requestType=WADO", b"x" if method != "DELETE" else None)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET"


def test_errors_are_text_with_one_content_type(orthanc: OrthancProcess) -> None:
    answer = orthanc.wado({"studyUID": "1.2", "seriesUID": "1.3", "objectUID": "not a UID"})
    assert answer.status == 400
    assert answer.headers["content-type"] == "text/plain"
    assert answer.text == (
        "400 Bad Request: objectUID: must be a UID: digits and full stops, at most 64 characters "
        "(PS3.18-2011 section 8.1.4)\n"
    )


@pytest.mark.parametrize("media_type", ["image/jpeg", "application/dicom"])
def test_answers_have_one_content_type_and_vary_by_accept(orthanc: OrthancProcess, media_type: str) -> None:
    uids, content = stored_squares()
    orthanc.store(content)
    answer = orthanc.wado(uids | {"contentType": media_type})
    assert answer.headers["content-type"] == media_type
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["vary"] == "Accept, Accept-Charset"
