"""Answers that are larger than what is kept in memory: out of files without a name, in bounded memory."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames

from tests.integration.objects import Parameters, uids_of
from tests.support.datasets import make_image, to_file
from tests.support.http_client import query
from tests.support.orthanc_process import LOOPBACK, OrthancProcess, wait_for

FRAMES, ROWS, COLUMNS = 160, 1024, 1024
LARGE = FRAMES * ROWS * COLUMNS
ROOM = 64 * 1024
"""Kibibytes that a process may grow by while it makes and sends an answer of more than twice that."""


def make_large() -> Dataset:
    rng = np.random.default_rng(1)
    frames = np.repeat(rng.integers(0, 256, (1, ROWS, COLUMNS), np.uint8), FRAMES, axis=0)
    frames[:, 0, 0] = np.arange(FRAMES)
    return make_image(
        frames,
        is_multi_frame=True,
        SOPInstanceUID="1.2.3.4.77",
        SOPClassUID="1.2.840.10008.5.1.4.1.1.20",
        BurnedInAnnotation="NO",
        PatientName="Large^Lisa",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[OrthancProcess]:
    wado: dict[str, Any] = {"Workers": 1, "AnswerMemory": 1, "AnswerDisk": 256}
    with OrthancProcess(tmp_path_factory.mktemp("large"), Wado=wado, TemporaryDirectory=str(folder)) as running:
        assert running.store(to_file(make_large())).status == 200
        yield running
        assert list(folder.iterdir()) == []


@pytest.fixture(scope="module")
def large(process: OrthancProcess) -> Parameters:
    return uids_of(make_large()) | {"contentType": "application/dicom"}


def pixels_of(dataset: Dataset) -> bytes:
    is_encapsulated = dataset["PixelData"].is_undefined_length
    return b"".join(generate_frames(dataset.PixelData)) if is_encapsulated else dataset.PixelData


def anonymous_memory(pid: int) -> int:
    """KiB that are the process's own, without the files that it has mapped."""
    status = Path(f"/proc/{pid}/status").read_text()
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith(("RssAnon", "RssShmem")))


def peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.parametrize(
    "parameters",
    [
        {"transferSyntax": "*"},
        {"transferSyntax": "1.2.840.10008.1.2.1"},
        {"transferSyntax": "1.2.840.10008.1.2.1.98"},
        {"charset": "UTF-8"},
        {"anonymize": "yes"},
        {"anonymize": "yes", "charset": "UTF-8", "transferSyntax": "1.2.840.10008.1.2.1.98"},
    ],
    ids=["stored", "explicit", "encapsulated", "charset", "anonymize", "all"],
)
def test_the_answer_is_whole_and_the_worker_stays_small(
    process: OrthancProcess, large: Parameters, parameters: Parameters
) -> None:
    (worker,) = process.workers()
    before = peak(worker)
    answer = process.wado(large | parameters)
    assert answer.status == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.body) > LARGE
    dataset = pydicom.dcmread(io.BytesIO(answer.body))
    assert pixels_of(dataset) == make_large().PixelData
    assert (dataset.PatientName == "Large^Lisa") == ("anonymize" not in parameters)
    assert process.workers() == [worker]
    assert peak(worker) - before < ROOM


def test_orthanc_does_not_hold_the_answer_while_it_is_sent(process: OrthancProcess, large: Parameters) -> None:
    """A client that has read the beginning and then pauses: what Orthanc has of its own is far less than the answer."""
    before = anonymous_memory(process.pid)
    target = f"/wado?{query({'requestType': 'WADO', **large, 'charset': 'UTF-8'})}"
    with socket.create_connection((LOOPBACK, process.port)) as client:
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: {LOOPBACK}\r\n\r\n".encode())
        assert client.recv(15, socket.MSG_WAITALL) == b"HTTP/1.1 200 OK"
        assert anonymous_memory(process.pid) - before < ROOM
    wait_for(lambda: not deleted_files(process.pid), 60, "the file to be closed")


def deleted_files(pid: int) -> list[str]:
    names = (os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink())
    return [name for name in names if "temporary" in name and "(deleted)" in name]


def test_what_is_too_large_for_a_file_is_refused(process: OrthancProcess, large: Parameters) -> None:
    dataset = make_large()
    dataset.NumberOfFrames = 2 * FRAMES
    dataset.PixelData = dataset.PixelData * 2
    dataset.SOPInstanceUID = "1.2.3.4.78"
    assert process.store(to_file(dataset)).status == 200
    asked = large | {"objectUID": "1.2.3.4.78"}
    answer = process.wado(asked | {"charset": "UTF-8"})
    assert answer.status == 503
    assert "AnswerDisk" in answer.text
    assert len(process.wado(asked | {"transferSyntax": "*"}).body) > 2 * LARGE
