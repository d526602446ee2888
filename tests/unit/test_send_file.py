"""Answers that are sent out of their files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_orthanc import FakeOrthanc, RecordingRestOutput
from wado.files import PIECE, FileBody
from wado.front import orthanc_archive, orthanc_rest, send_file
from wado.front.exchange import HttpResponse
from wado.front.orthanc_rest import Endpoint
from wado.spooled import SpooledFile

CONTENT = bytes(range(256)) * (PIECE // 128)
"""Two pieces, and what the offset leaves of a third."""


class StreamingRestOutput(RecordingRestOutput):
    """That of version 5.0 of the Python plugin; its client goes away after so many bytes."""

    def __init__(self, patience: int = 1 << 40) -> None:
        super().__init__()
        self._patience = patience

    def StartStreamAnswer(self, media_type: str) -> None:
        self.headers.append(("Content-Type", media_type))
        self._send(200, b"")

    def SendStreamChunk(self, chunk: bytes) -> None:
        if len(self.body) >= self._patience:
            raise RuntimeError("Error in the network protocol")
        self.body += chunk


@pytest.fixture(autouse=True)
def orthanc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeOrthanc]:
    fake = FakeOrthanc()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(SpooledFile, "folder", str(tmp_path / "temporary"))
    for module in (orthanc_archive, orthanc_rest):
        monkeypatch.setattr(module, "orthanc", fake)
    yield fake
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.fixture(params=["named", "without a name"])
def body(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileBody]:
    path = tmp_path / "stored"
    path.write_bytes(b"12345" + CONTENT + b"the rest")
    descriptor = os.open(path, os.O_RDWR)
    if request.param == "without a name":
        path.unlink()
    body = FileBody(descriptor, len(CONTENT), 5)
    yield body
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(body.descriptor)


def send(body: FileBody, output: Any) -> None:
    response = HttpResponse(HTTPStatus.OK, "application/dicom", body, (("Vary", "Accept"),))
    Endpoint(lambda request: response, lambda *exchange: None)(output, "/wado", method="GET", get={}, headers={})


def test_it_is_sent_in_pieces_with_its_length(body: FileBody) -> None:
    output = StreamingRestOutput()
    send(body, output)
    assert (output.status, output.body) == (200, CONTENT)
    assert output.headers == [
        ("Vary", "Accept"),
        ("Content-Length", str(len(CONTENT))),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Type", "application/dicom"),
    ]


def test_it_is_sent_as_a_mapped_file_where_there_are_no_pieces(body: FileBody) -> None:
    output = RecordingRestOutput(is_old=True)
    send(body, output)
    assert (output.status, output.body) == (200, CONTENT)
    assert output.headers == [("Vary", "Accept"), ("Content-Type", "application/dicom")]


def test_a_client_that_goes_away_is_no_fault(body: FileBody, orthanc: FakeOrthanc) -> None:
    output = StreamingRestOutput(patience=1)
    send(body, output)
    assert output.body == CONTENT[:PIECE]
    assert orthanc.errors == []


def test_a_file_that_ends_early_is_told_of_in_the_log(body: FileBody, orthanc: FakeOrthanc) -> None:
    os.truncate(body.descriptor, PIECE)
    output = StreamingRestOutput()
    send(body, output)
    assert len(output.body) < len(CONTENT)
    assert "ended while it was sent" in orthanc.errors[0]


def test_what_an_old_plugin_cannot_send_is_refused_with_the_reason(
    body: FileBody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_file, "LONGEST_BUFFER", len(CONTENT) - 1)
    output = RecordingRestOutput(is_old=True)
    send(body, output)
    body.close()
    assert output.status == 501
    assert b"more than 2 GiB" in output.body
    assert ("Vary", "Accept") not in output.headers


def test_where_the_disk_is_full_the_answer_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "object").write_bytes(CONTENT)
    monkeypatch.setattr(send_file, "unlinked_file", lambda folder: os.open("/dev/full", os.O_WRONLY))
    body = FileBody(os.open(tmp_path / "object", os.O_RDONLY), len(CONTENT))
    output = RecordingRestOutput(is_old=True)
    send(body, output)
    body.close()
    assert output.status == 503
    assert b"no room" in output.body


def test_a_file_is_closed_when_nobody_holds_it_any_more() -> None:
    descriptor = os.memfd_create("object")
    body = FileBody(descriptor, 0)
    del body
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
