"""What is in the archive at the moment of the request is what is answered."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import generate_uid

from tests.integration.objects import Parameters, squares, stored_squares, uids_of
from tests.support.datasets import pydicom_file, to_data_set, to_file
from tests.support.http_client import Answer
from tests.support.images import decode_picture
from tests.support.orthanc_process import LOOPBACK, OrthancProcess, wait_for

PNG: Parameters = {"contentType": "image/png"}
AS_STORED: Parameters = {"contentType": "application/dicom", "transferSyntax": "*"}


def level_of(process: OrthancProcess, uids: Parameters) -> int:
    """The grey level of the first square in the answer's picture."""
    answer = process.wado(uids | PNG)
    assert answer.status == 200, answer
    return int(decode_picture(answer.body)[0, 0])


@pytest.mark.parametrize("name", ["CT_small.dcm", "JPEG2000.dcm", "ExplVR_BigEnd.dcm", "image_dfl.dcm", "rtplan.dcm"])
def test_an_object_is_had_as_it_is_stored(orthanc: OrthancProcess, name: str) -> None:
    uids = store_file(orthanc, name)
    assert orthanc.wado(uids | AS_STORED).body == pydicom_file(name).read_bytes()


def test_an_object_without_meta_header_is_given_one(orthanc: OrthancProcess) -> None:
    dataset = squares()
    content = to_data_set(dataset)
    assert orthanc.store(content).status == 200
    answer = orthanc.wado(uids_of(dataset) | AS_STORED)
    assert answer.body[128:132] == b"DICM"
    assert answer.body.endswith(content)


def store_file(process: OrthancProcess, name: str) -> Parameters:
    """The UIDs of one of the files that come with pydicom, by Orthanc's own reading."""
    identifier = process.store(pydicom_file(name)).json()["ID"]
    tags = process.client.get(f"/instances/{identifier}/simplified-tags").json()
    keywords = {"studyUID": "StudyInstanceUID", "seriesUID": "SeriesInstanceUID", "objectUID": "SOPInstanceUID"}
    return {name: tags[keyword] for name, keyword in keywords.items()}


@pytest.mark.parametrize("name", ["studyUID", "seriesUID", "objectUID"])
def test_an_object_is_not_found_by_another_uid(orthanc: OrthancProcess, name: str) -> None:
    uids, content = stored_squares()
    orthanc.store(content)
    other = orthanc.store(stored_squares()[1]).json()["ParentStudy"]
    other_study = orthanc.client.get(f"/studies/{other}").json()["MainDicomTags"]["StudyInstanceUID"]
    assert orthanc.wado(uids | {name: other_study}).status == 404
    assert orthanc.wado(uids).status == 200


def test_an_object_that_two_studies_hold_is_that_of_the_study_asked_for(orthanc: OrthancProcess) -> None:
    first, second = squares(level=0), squares(level=100)
    second.SOPInstanceUID, second.PatientID = first.SOPInstanceUID, "1"
    for dataset in (first, second):
        orthanc.store(to_file(dataset))
    assert level_of(orthanc, uids_of(second)) == level_of(orthanc, uids_of(first)) + 100
    crossed = uids_of(first) | {"seriesUID": second.SeriesInstanceUID}
    assert orthanc.wado(crossed).status == 404


def test_the_other_objects_of_a_study_are_found_under_their_own_series_only(orthanc: OrthancProcess) -> None:
    first, second, third = (squares(level=level) for level in (0, 50, 100))
    for dataset in (second, third):
        dataset.StudyInstanceUID = first.StudyInstanceUID
    second.SeriesInstanceUID = first.SeriesInstanceUID
    for dataset in (first, second, third):
        orthanc.store(to_file(dataset))
    levels = [level_of(orthanc, uids_of(dataset)) for dataset in (first, second, third)]
    assert levels == [levels[0], levels[0] + 50, levels[0] + 100]
    assert orthanc.wado(uids_of(third) | {"seriesUID": first.SeriesInstanceUID}).status == 404
    assert orthanc.wado(uids_of(third) | {"objectUID": generate_uid()}).status == 404


def test_of_two_patients_who_share_all_uids_the_same_one_is_answered_for_every_object(orthanc: OrthancProcess) -> None:
    datasets = [squares(level=level) for level in (0, 50)]
    datasets[1].StudyInstanceUID, datasets[1].SeriesInstanceUID = (
        datasets[0].StudyInstanceUID,
        datasets[0].SeriesInstanceUID,
    )
    identifiers: dict[str, dict[str, str]] = {}
    for dataset in datasets:
        for patient_id in ("A", "B", "C"):
            dataset.PatientID = patient_id
            identifier = orthanc.store(to_file(dataset)).json()["ID"]
            identifiers.setdefault(dataset.SOPInstanceUID, {})[identifier] = patient_id
    for dataset in datasets:
        answered = orthanc.wado(uids_of(dataset) | AS_STORED).body
        dataset.PatientID = min(identifiers[dataset.SOPInstanceUID].items())[1]
        assert answered == to_file(dataset)


def test_an_object_that_is_deleted_is_gone_at_once(orthanc: OrthancProcess) -> None:
    uids, content = stored_squares()
    identifier = orthanc.store(content).json()["ID"]
    assert orthanc.wado(uids).status == 200
    orthanc.client.request("DELETE", f"/instances/{identifier}")
    assert orthanc.wado(uids).status == 404
    orthanc.store(content)
    assert orthanc.wado(uids).status == 200


def test_an_object_that_is_overwritten_is_the_new_one_at_once(orthanc: OrthancProcess) -> None:
    dataset = squares()
    orthanc.store(to_file(dataset))
    before = level_of(orthanc, uids_of(dataset))
    dataset.PixelData = (np.frombuffer(dataset.PixelData, np.uint8) + np.uint8(50)).tobytes()
    orthanc.store(to_file(dataset))
    assert level_of(orthanc, uids_of(dataset)) == before + 50
    assert orthanc.wado(uids_of(dataset) | AS_STORED).body == to_file(dataset)


def test_an_object_that_changes_all_the_time_is_always_whole(orthanc: OrthancProcess) -> None:
    """Overwritten, deleted and stored again while it is asked for: each answer is one of the versions, or none."""
    versions = [squares(level) for level in (0, 100)]
    versions[1].SOPInstanceUID = versions[0].SOPInstanceUID
    versions[1].StudyInstanceUID = versions[0].StudyInstanceUID
    versions[1].SeriesInstanceUID = versions[0].SeriesInstanceUID
    files = [to_file(dataset) for dataset in versions]
    identifier = orthanc.store(files[0]).json()["ID"]
    levels = {int(dataset.PixelData[0]) for dataset in versions}

    def ask(_: int) -> Answer:
        return orthanc.wado(uids_of(versions[0]) | PNG)

    with ThreadPoolExecutor(4) as executor:
        answers = executor.map(ask, range(200))
        for number in range(60):
            orthanc.store(files[number % 2])
            if number % 5 == 0:
                orthanc.client.request("DELETE", f"/instances/{identifier}")
    for answer in answers:
        assert answer.status in (200, 404, 410), answer
        assert answer.status != 200 or int(decode_picture(answer.body)[0, 0]) in levels


@pytest.mark.skipif(shutil.which("storescu") is None, reason="DCMTK's storescu is not installed")
def test_an_object_sent_by_dicom_is_served_at_once(receiver: OrthancProcess, tmp_path: Path) -> None:
    for number in range(3):
        dataset = squares()
        dataset.SOPInstanceUID = generate_uid()
        file = tmp_path / f"{number}.dcm"
        file.write_bytes(to_file(dataset))
        command = ["storescu", "-to", "60", "-aec", "ORTHANC", LOOPBACK, str(receiver.dicom_port), str(file)]
        subprocess.run(command, check=True, timeout=120, capture_output=True)
        assert receiver.wado(uids_of(dataset)).status == 200


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancProcess]:
    """An Orthanc with its DICOM server, which listens on every interface."""
    folder = tmp_path_factory.mktemp("receiver")
    with OrthancProcess(folder, DicomServerEnabled=True, Wado={"Workers": 1}) as process:
        yield process


@pytest.fixture(scope="module")
def compressing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancProcess]:
    with OrthancProcess(
        tmp_path_factory.mktemp("compressing"), StorageCompression=True, Wado={"Workers": 1}
    ) as process:
        yield process


COMPARED = ("CT_small.dcm", "JPEG2000.dcm", "examples_ybr_color.dcm", "image_dfl.dcm", "rtplan.dcm", "MR_small_RLE.dcm")


@pytest.mark.parametrize("media_type", ["image/png", "application/dicom"])
@pytest.mark.parametrize("name", COMPARED)
def test_a_compressed_storage_gives_the_same_answers(
    orthanc: OrthancProcess, compressing: OrthancProcess, name: str, media_type: str
) -> None:
    processes = (orthanc, compressing)
    answers = [process.wado(store_file(process, name) | {"contentType": media_type}) for process in processes]
    assert answers[0].status == answers[1].status != 500
    assert answers[0].body == answers[1].body
    assert compressing.faults() == []


def test_an_object_whose_file_is_gone_or_cut_short_is_an_error_and_no_more(
    receiver: OrthancProcess,
) -> None:
    for damage in (b"", None):
        uids, content = stored_squares()
        identifier = receiver.store(content).json()["ID"]
        uuid = receiver.client.get(f"/instances/{identifier}/attachments/dicom/info").json()["Uuid"]
        (file,) = receiver.folder.glob(f"storage/*/*/{uuid}")
        file.unlink() if damage is None else file.write_bytes(damage)
        assert receiver.wado(uids | PNG).status in (200, 410)  # Orthanc's own cache may still have it
        assert receiver.wado(stored_squares()[0]).status == 404
    wait_for(lambda: receiver.client.get("/system").status == 200, 60, "Orthanc")
