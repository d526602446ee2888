"""De-identified objects across restarts, servers and archives, and what a server tells of its key."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import CTImageStorage

from tests.integration.objects import Parameters, new_uids, uids_of
from tests.integration.test_other_services import multipart
from tests.support.datasets import make_image, make_object, pydicom_file, to_file
from tests.support.orthanc_process import LOOPBACK, OrthancProcess

KEY = "the secret of one site"
ANONYMOUS: Parameters = {"contentType": "application/dicom", "anonymize": "yes", "transferSyntax": "*"}
CT, REPORT = "CT_small.dcm", "reportsi.dcm"


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancProcess]:
    """Another server of the site whose key is KEY."""
    with OrthancProcess(tmp_path_factory.mktemp("second"), Wado={"Workers": 1, "AnonymizeKey": KEY}) as process:
        yield process


def anonymous(process: OrthancProcess, content: bytes, parameters: Parameters = ANONYMOUS) -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True)
    assert process.store(content).status == 200
    uids = {
        "studyUID": dataset.StudyInstanceUID,
        "seriesUID": dataset.SeriesInstanceUID,
        "objectUID": dataset.SOPInstanceUID,
    }
    answer = process.wado(uids | parameters)
    assert answer.status == 200, answer
    return answer.body


def read(content: bytes) -> FileDataset:
    return pydicom.dcmread(io.BytesIO(content))


def test_servers_with_one_key_give_equal_bytes(tmp_path: Path, second: OrthancProcess) -> None:
    content = pydicom_file(CT).read_bytes()
    with OrthancProcess(tmp_path, Wado={"Workers": 1, "AnonymizeKey": KEY}) as first:
        assert anonymous(first, content) == anonymous(second, content)


def test_a_key_of_its_own_outlives_the_server(tmp_path: Path, second: OrthancProcess) -> None:
    content = pydicom_file(CT).read_bytes()
    bodies = []
    for _ in range(2):
        with OrthancProcess(tmp_path, Wado={"Workers": 1}, OverwriteInstances=True) as process:
            bodies.append(anonymous(process, content))
    assert bodies[0] == bodies[1]
    assert read(bodies[0]).StudyInstanceUID != read(anonymous(second, content)).StudyInstanceUID


SENT = [
    ANONYMOUS,
    ANONYMOUS | {"charset": "UTF-8"},
    ANONYMOUS | {"charset": "UTF-8", "transferSyntax": "1.2.840.10008.1.2.4.80"},
    {"contentType": "application/dicom", "charset": "UTF-8"},
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancProcess]:
    folder = tmp_path_factory.mktemp("archive")
    with OrthancProcess(folder, Wado={"Workers": 1}, OverwriteInstances=True, DicomServerEnabled=True) as process:
        yield process


@pytest.mark.parametrize("parameters", SENT, ids=["anonymous", "and in UTF-8", "and in JPEG-LS", "in UTF-8"])
@pytest.mark.parametrize("name", [CT, REPORT, "rtplan.dcm", "MR_small_jp2klossless.dcm", "waveform_ecg.dcm"])
def test_another_archive_and_other_programs_take_what_is_sent(
    tmp_path: Path, second: OrthancProcess, archive: OrthancProcess, name: str, parameters: Parameters
) -> None:
    """Over REST, STOW-RS and C-STORE; read by pydicom and DCMTK."""
    body = anonymous(second, pydicom_file(name).read_bytes(), parameters)
    dataset = read(body)
    stored = archive.store(body).json()
    assert stored["Status"] == "Success"
    tags = archive.client.get(f"/instances/{stored['ID']}/simplified-tags").json()
    assert tags.get("PatientIdentityRemoved") == ("YES" if "anonymize" in parameters else None)
    assert archive.client.get(f"/instances/{stored['ID']}/file").body == body
    archive.client.request("DELETE", f"/instances/{stored['ID']}")
    content, headers = multipart(body)
    assert archive.client.request("POST", "/dicom-web/studies", content, headers).status == 200
    assert find(archive, dataset) == 1
    path = tmp_path / "answer.dcm"
    path.write_bytes(body)
    for program, arguments in (("dcmftest", ()), ("dcmdump", ("-q",))):
        if command := shutil.which(program):
            subprocess.run([command, *arguments, str(path)], check=True, capture_output=True, timeout=60)
    if command := shutil.which("storescu"):
        archive.client.request("DELETE", f"/instances/{stored['ID']}")
        option = {"1.2.840.10008.1.2.4.80": "-xt", "1.2.840.10008.1.2.4.90": "-xv", "1.2.840.10008.1.2": "-xi"}.get(
            str(dataset.file_meta.TransferSyntaxUID), "-xe"
        )
        sent = [command, option, "-aec", "ORTHANC", LOOPBACK, str(archive.dicom_port), str(path)]
        result = subprocess.run(sent, capture_output=True, timeout=60, check=False)
        assert result.returncode == 0, result.stderr
        assert find(archive, dataset) == 1


def find(archive: OrthancProcess, dataset: FileDataset) -> int:
    return len(archive.client.get(f"/dicom-web/instances?SOPInstanceUID={dataset.SOPInstanceUID}").json())


def test_nobody_sees_the_key_or_what_was_removed(second: OrthancProcess) -> None:
    dataset = make_image(np.zeros((4, 4), np.uint8), BurnedInAnnotation="NO", PatientID="4711-Bergmann")
    anonymous(second, to_file(dataset))
    arguments = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in second.workers()]
    assert arguments and not any(KEY.encode() in argument for argument in arguments)
    assert KEY not in second.log()
    assert "Bergmann" not in second.log()


HIDDEN = b"Bergmann 4711-0815"


def hidden_everywhere() -> bytes:
    """An object whose patient stands in its preamble, and in groups and elements that have no place in a data set."""
    dataset = make_object(CTImageStorage, PatientName="Bergmann^Ilse", PatientID="4711-0815", **new_uids())
    dataset.SoftwareVersions = HIDDEN.decode()
    dataset.ICCProfile = bytes(4) + "Bergmann".encode("utf-16-le")
    for tag in (0x00110001, 0x00111001, 0x50022500, 0x60FE0022, 0xFFFCFFFC):
        dataset.add_new(tag, "UN", HIDDEN)
    return HIDDEN.ljust(128) + to_file(dataset)[128:]


@pytest.mark.parametrize("parameters", SENT[:3], ids=["anonymous", "and in UTF-8", "and in JPEG-LS"])
def test_neither_bytes_nor_headers_nor_log_tell_who_it_was(second: OrthancProcess, parameters: Parameters) -> None:
    content = hidden_everywhere()
    dataset = pydicom.dcmread(io.BytesIO(content))
    assert second.store(content).status == 200
    answer = second.wado(uids_of(dataset) | parameters)
    assert answer.status == 200
    told = [answer.body, repr(answer.headers).encode(), second.log().encode()]
    for value in (b"bergmann", b"4711-0815", "bergmann".encode("utf-16-le")):
        assert not any(value in one.lower() for one in told)
    for uid in (dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID):
        assert not any(uid.encode() in one for one in told[:2])
