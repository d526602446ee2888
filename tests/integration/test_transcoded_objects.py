"""What `/wado` sends in every transfer syntax is taken by another archive, in each of the ways that DICOM has."""

from __future__ import annotations

import copy
import io
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedMRImageStorage

from tests.integration.objects import Parameters, new_uids, uids_of
from tests.integration.test_other_services import multipart
from tests.support.datasets import to_file
from tests.support.http_client import Answer
from tests.support.object_kinds import KINDS
from tests.support.orthanc_process import LOOPBACK, OrthancProcess
from wado.transcode.syntaxes import PIXEL_SYNTAXES

KINDS_SENT = ("grey 12", "signed 16", "palette", "rgb", "frames", "single bits", "overlay in pixels", "report")
EXPLICIT, DEFLATED = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"
SYNTAXES = [EXPLICIT, DEFLATED, *PIXEL_SYNTAXES]


@pytest.fixture(scope="module")
def other_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancProcess]:
    settings: dict[str, Any] = {"OverwriteInstances": True, "DicomServerEnabled": True, "Wado": {"Workers": 1}}
    with OrthancProcess(tmp_path_factory.mktemp("other"), **settings) as process:
        yield process


@pytest.fixture(scope="module")
def stored(orthanc: OrthancProcess) -> dict[str, Parameters]:
    """The UIDs of each kind of object."""
    uids: dict[str, Parameters] = {}
    for name in KINDS_SENT:
        dataset: Dataset = copy.deepcopy(KINDS[name])
        for keyword, uid in new_uids().items():
            setattr(dataset, keyword, uid)
        uids[name] = uids_of(dataset)
        assert orthanc.store(to_file(dataset)).status == 200
    return uids


def ask(orthanc: OrthancProcess, uids: Parameters, uid: str) -> tuple[Answer, Dataset]:
    answer = orthanc.wado(uids | {"contentType": "application/dicom", "transferSyntax": uid})
    assert answer.status == 200, answer.text
    return answer, pydicom.dcmread(io.BytesIO(answer.body))


@pytest.mark.parametrize("uid", SYNTAXES)
@pytest.mark.parametrize("name", KINDS_SENT)
def test_another_archive_takes_it(
    name: str, uid: str, stored: dict[str, Parameters], orthanc: OrthancProcess, other_archive: OrthancProcess
) -> None:
    """Over REST and STOW-RS, byte for byte."""
    answer, dataset = ask(orthanc, stored[name], uid)
    assert dataset.file_meta.TransferSyntaxUID in (uid, EXPLICIT)
    receipt = other_archive.store(answer.body)
    assert receipt.status == 200, receipt.text
    identifier = receipt.json()["ID"]
    assert other_archive.client.get(f"/instances/{identifier}/file").body == answer.body
    other_archive.client.request("DELETE", f"/instances/{identifier}")
    body, headers = multipart(answer.body)
    receipt = other_archive.client.request("POST", "/dicom-web/studies", body, headers)
    assert receipt.status == 200, receipt.text
    found = other_archive.client.get(f"/dicom-web/instances?SOPInstanceUID={dataset.SOPInstanceUID}").json()
    assert len(found) == 1


PROPOSED = {
    EXPLICIT: "-xe",
    DEFLATED: "-xd",
    "1.2.840.10008.1.2.5": "-xr",
    "1.2.840.10008.1.2.4.50": "-xy",
    "1.2.840.10008.1.2.4.51": "-xx",
    "1.2.840.10008.1.2.4.70": "-xs",
    "1.2.840.10008.1.2.4.80": "-xt",
    "1.2.840.10008.1.2.4.81": "-xu",
    "1.2.840.10008.1.2.4.90": "-xv",
    "1.2.840.10008.1.2.4.91": "-xw",
}
"""storescu's options for the transfer syntaxes that it knows."""


@pytest.mark.parametrize("uid", PROPOSED)
def test_another_archive_takes_it_over_c_store(
    uid: str, stored: dict[str, Parameters], orthanc: OrthancProcess, other_archive: OrthancProcess, tmp_path: Path
) -> None:
    program = shutil.which("storescu")
    if program is None:
        pytest.skip("storescu is not installed (Debian package dcmtk)")
    for name in ("grey 12", "rgb", "frames"):
        answer, dataset = ask(orthanc, stored[name], uid)
        option = PROPOSED[str(dataset.file_meta.TransferSyntaxUID)]
        path = tmp_path / f"{name}.dcm"
        path.write_bytes(answer.body)
        command = [program, option, "-aec", "ORTHANC", LOOPBACK, str(other_archive.dicom_port), str(path)]
        result = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert result.returncode == 0, result.stderr
        found = other_archive.client.get(f"/dicom-web/instances?SOPInstanceUID={dataset.SOPInstanceUID}").json()
        assert len(found) == 1


LOSSY = [f"1.2.840.10008.1.2.4.{suffix}" for suffix in ("51", "81", "91", "203", "112")]


def test_lossy_versions_that_are_asked_for_at_once_are_what_they_are_alone(
    orthanc: OrthancProcess, other_archive: OrthancProcess
) -> None:
    """Of an object with functional groups, which say it for every frame; the other archive has each once."""
    dataset = copy.deepcopy(KINDS["frames"])
    for keyword, uid in new_uids().items():
        setattr(dataset, keyword, uid)
    dataset.SOPClassUID = EnhancedMRImageStorage
    dataset.SharedFunctionalGroupsSequence = [Dataset()]
    dataset.PerFrameFunctionalGroupsSequence = [Dataset(), Dataset(), Dataset()]
    uids = uids_of(dataset)
    assert orthanc.store(to_file(dataset)).status == 200
    alone = {uid: ask(orthanc, uids, uid)[0].body for uid in LOSSY}
    with ThreadPoolExecutor(8) as pool:
        asked = LOSSY * 4
        together = list(pool.map(lambda uid: ask(orthanc, uids, uid), asked))
    for uid, (answer, derived) in zip(asked, together, strict=True):
        assert answer.body == alone[uid] and derived.file_meta.TransferSyntaxUID == uid
        (item,) = derived.SharedFunctionalGroupsSequence[0].DerivationImageSequence
        assert item.SourceImageSequence[0].ReferencedSOPInstanceUID == dataset.SOPInstanceUID
        assert other_archive.store(answer.body).status == 200
    query = f"/dicom-web/instances?SeriesInstanceUID={dataset.SeriesInstanceUID}"
    assert len(other_archive.client.get(query).json()) == len(LOSSY)
