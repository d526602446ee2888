"""The server under test: any that answers WADO-URI at /wado, and that takes objects by HTTP."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import FileDataset

from tests.conformance.objects import make_files
from tests.support.http_client import Answer, Client, query

PNG = "image/png"
JPEG = "image/jpeg"
DICOM = "application/dicom"

REFUSED = (400, 403, 404, 406, 501)


class Server:
    """Stores the objects of the tests. `uids` and `files` have them by name."""

    def __init__(self, base_url: str) -> None:
        self.client = Client(base_url)
        made = make_files()
        self.uids = {name: uids for name, (uids, _) in made.items()}
        self.files = {name: file for name, (_, file) in made.items()}
        self._stored: list[str] = []
        for file in self.files.values():
            self._store(file)

    def ask(self, name: str, accept: str | None = None, **parameters: object) -> Answer:
        """The answer for the object of that name; parameters that are None are left out."""
        return self.get(query({"requestType": "WADO", **self.uids[name], **parameters}), accept)

    def show(self, state: str, image: str, **parameters: object) -> Answer:
        """The answer for the image with the state of that name applied, a PNG unless something else is asked for."""
        asked = {"requestType": "WADO", **self.uids[image], "contentType": PNG, **self.applied(state), **parameters}
        return self.get(query(asked))

    def applied(self, state: str) -> dict[str, str]:
        """The parameters that apply the state."""
        uids = self.uids[state]
        return {"presentationUID": uids["objectUID"], "presentationSeriesUID": uids["seriesUID"]}

    def get(self, text: str, accept: str | None = None, **headers: str) -> Answer:
        """The answer for this very query component."""
        if accept is not None:
            headers["Accept"] = accept
        return self.client.get(f"/wado?{text}", headers)

    def clean(self) -> None:
        """Delete what was stored, where the server told how."""
        for path in self._stored:
            self.client.request("DELETE", path)

    def _store(self, file: bytes) -> None:
        """By Orthanc's own way to store, or else by STOW-RS."""
        answer = self.client.request("POST", "/instances", file, {"Content-Type": "application/dicom"})
        if answer.status == 200:
            self._stored.append(f"/instances/{answer.json()['ID']}")
            return
        body = b"--cut\r\nContent-Type: application/dicom\r\n\r\n" + file + b"\r\n--cut--\r\n"
        content_type = 'multipart/related; type="application/dicom"; boundary=cut'
        answer = self.client.request("POST", "/dicom-web/studies", body, {"Content-Type": content_type})
        if answer.status not in (200, 202):
            raise RuntimeError(f"the server does not take the objects of the tests: {answer}")


def implemented(answer: Answer) -> Answer:
    """The answer; a server that says that it does not do this (501) does not conform in this point, and honestly so."""
    if answer.status == 501:
        pytest.xfail(answer.text.strip())
    return answer


def picture_in(answer: Answer) -> NDArray[np.uint8]:
    """Grey levels (rows, columns) or colours (rows, columns, 3)."""
    assert answer.status == 200, answer
    with Image.open(io.BytesIO(answer.body)) as image:
        assert image.get_format_mimetype() == answer.media_type
        return np.asarray(image)


def size_of(answer: Answer) -> tuple[int, int]:
    rows, columns = picture_in(answer).shape[:2]
    return rows, columns


def dataset_in(answer: Answer) -> FileDataset:
    assert answer.status == 200, answer
    assert answer.media_type == DICOM
    return pydicom.dcmread(io.BytesIO(answer.body))


def assert_refused(answer: Answer, status: int, parameter: str | None = None) -> None:
    """With that status, and an explanation that names the parameter."""
    assert answer.status == status, answer
    assert parameter is None or parameter in answer.text
