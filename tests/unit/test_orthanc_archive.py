"""Orthanc's index and storage as the service's archive."""

from __future__ import annotations

import hashlib
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.descriptors import no_file_left_open
from tests.support.fake_orthanc import NOT_ENOUGH_MEMORY, FakeOrthanc
from wado.errors import Gone, InternalError, NotFound, Unavailable
from wado.front import orthanc_archive
from wado.front.archive import InstanceReference
from wado.front.orthanc_archive import OrthancArchive, identifier_of, storage_directory_of

UUID = "01234567-89ab-cdef-0123-456789abcdef"
OTHER_UUID = "fedcba98-7654-3210-fedc-ba9876543210"
CT = "1.2.840.10008.5.1.4.1.1.2"
REFERENCE = InstanceReference("1.2", "1.2.3", "1.2.3.4")
CONTENT = b"the bytes of an object"


@pytest.fixture
def orthanc(monkeypatch: pytest.MonkeyPatch) -> FakeOrthanc:
    """An Orthanc with one object."""
    fake = FakeOrthanc()
    monkeypatch.setattr(orthanc_archive, "orthanc", fake)
    store(fake, "an-instance", UUID)
    return fake


def store(
    orthanc: FakeOrthanc, identifier: str, uuid: str, study: str = "1.2", series: str = "1.2.3", uid: str = "1.2.3.4"
) -> None:
    orthanc.found.setdefault(uid, []).append({"Type": "Instance", "ID": identifier})
    orthanc.files[identifier] = CONTENT
    orthanc.resources |= {
        f"/instances/{identifier}/attachments/dicom/info": {"Uuid": uuid, "UncompressedSize": len(CONTENT)},
        f"/instances/{identifier}/metadata?expand": {"SopClassUid": f"{CT}\0", "PixelDataOffset": "1000"},
        f"/instances/{identifier}": {"MainDicomTags": {"NumberOfFrames": "3 "}},
        f"/instances/{identifier}/series": {
            "ParentStudy": f"study of {identifier}",
            "MainDicomTags": {"SeriesInstanceUID": series},
        },
        f"/studies/study of {identifier}": {"MainDicomTags": {"StudyInstanceUID": study}},
    }


def delete(orthanc: FakeOrthanc) -> None:
    orthanc.found.clear()
    orthanc.files.clear()
    orthanc.resources.clear()


@pytest.fixture
def files_left_open() -> Iterator[list[int]]:
    """The descriptors that a test opens, to be closed after it."""
    opened: list[int] = []
    with no_file_left_open():
        yield opened
        for descriptor in opened:
            os.close(descriptor)


def test_an_object_is_found_by_its_three_uids(orthanc: FakeOrthanc) -> None:
    instance = OrthancArchive(None).find(REFERENCE)
    assert (instance.identifier, instance.attachment, instance.size) == ("an-instance", UUID, len(CONTENT))
    assert (instance.sop_class_uid, instance.number_of_frames, instance.has_pixel_data) == (CT, 3, True)


def test_an_identifier_is_the_hash_that_orthanc_makes() -> None:
    """SHA-1 of "PATIENT|1.2|1.2.3|1.2.3.4", as `sha1sum` has it."""
    assert identifier_of("PATIENT ", REFERENCE) == "e94d3d1b-dc392bc1-3e0104ec-63b52d51-de5c0a88"


def of_patient(orthanc: FakeOrthanc, patient_id: str, uid: str) -> InstanceReference:
    """An object of the study, filed as Orthanc does."""
    reference = InstanceReference("1.2", "1.2.3", uid)
    identifier = identifier_of(patient_id, reference)
    store(orthanc, identifier, f"attachment of {identifier}", uid=uid)
    orthanc.resources[f"/instances/{identifier}/patient"] = {"MainDicomTags": {"PatientID": patient_id}}
    return reference


def test_where_the_only_patient_of_a_study_is_known_its_objects_are_not_looked_up(orthanc: FakeOrthanc) -> None:
    first, second = (of_patient(orthanc, "PATIENT", uid) for uid in ("1.2.3.5", "1.2.3.6"))
    orthanc.found["1.2"] = [{"Type": "Study", "ID": "a-study"}]
    archive = OrthancArchive(None)
    archive.find(first)
    orthanc.asked.clear()
    assert archive.find(second).identifier == identifier_of("PATIENT", second)
    assert not any("1.2.3.6" in asked or "lookup" in asked for asked in orthanc.asked)


def test_where_two_patients_share_the_uid_of_a_study_its_objects_are_looked_up(orthanc: FakeOrthanc) -> None:
    first, second = (of_patient(orthanc, "PATIENT", uid) for uid in ("1.2.3.5", "1.2.3.6"))
    of_patient(orthanc, "ANOTHER", "1.2.3.6")
    orthanc.found["1.2"] = [{"Type": "Study", "ID": "a-study"}, {"Type": "Study", "ID": "another"}]
    archive = OrthancArchive(None)
    archive.find(first)
    assert archive.find(second).identifier == min(identifier_of(name, second) for name in ("PATIENT", "ANOTHER"))


def test_an_object_of_another_patient_in_a_known_study_is_found(orthanc: FakeOrthanc) -> None:
    first = of_patient(orthanc, "PATIENT", "1.2.3.5")
    orthanc.found["1.2"] = [{"Type": "Study", "ID": "a-study"}]
    archive = OrthancArchive(None)
    archive.find(first)
    later = of_patient(orthanc, "ANOTHER", "1.2.3.6")
    assert archive.find(later).identifier == identifier_of("ANOTHER", later)


@pytest.mark.parametrize(
    ("text", "number_of_frames"), [("", 1), ("1", 1), (" 12 ", 12), ("1A", 1), ("-3", 1), ("1.5", 1), ("٣", 1)]
)
def test_a_number_of_frames_that_is_none_means_one(orthanc: FakeOrthanc, text: str, number_of_frames: int) -> None:
    orthanc.resources["/instances/an-instance"] = {"MainDicomTags": {"NumberOfFrames": text}}
    assert OrthancArchive(None).find(REFERENCE).number_of_frames == number_of_frames


@pytest.mark.parametrize(
    "reference",
    [
        InstanceReference("1.2", "1.2.3", "9.9"),
        InstanceReference("9.9", "1.2.3", "1.2.3.4"),
        InstanceReference("1.2", "9.9", "1.2.3.4"),
        InstanceReference(None, "9.9", "1.2.3.4"),
        InstanceReference("9.9", None, "1.2.3.4"),
    ],
    ids=["object", "study", "series", "series-alone", "study-alone"],
)
def test_every_uid_that_is_given_is_checked(orthanc: FakeOrthanc, reference: InstanceReference) -> None:
    with pytest.raises(NotFound) as refusal:
        OrthancArchive(None).find(reference)
    assert (refusal.value.parameter, refusal.value.clause) == ("objectUID", "8.1.4")


@pytest.mark.parametrize(("study", "series"), [(None, None), ("1.2", None), (None, "1.2.3")])
def test_an_object_is_found_by_less_where_less_is_asked(
    orthanc: FakeOrthanc, study: str | None, series: str | None
) -> None:
    assert OrthancArchive(None).find(InstanceReference(study, series, "1.2.3.4")).identifier == "an-instance"


PRIVATE = "1.3.12.2.1107.5.9.1"


def make_private(orthanc: FakeOrthanc, modality: str | None, value_type: bytes | None) -> None:
    """The object as one of a private class, without pixel data."""
    orthanc.resources["/instances/an-instance/metadata?expand"] = {"SopClassUid": PRIVATE}
    tags = {"SeriesInstanceUID": "1.2.3"} | ({} if modality is None else {"Modality": modality})
    orthanc.resources["/instances/an-instance/series"]["MainDicomTags"] = tags
    if value_type is not None:
        orthanc.resources["/instances/an-instance/content/0040-a040"] = value_type


@pytest.mark.parametrize(
    ("modality", "value_type", "expected"),
    [
        ("SR", b"CONTAINER ", True),
        ("KO", b"CONTAINER\0", True),
        ("SR", b"TEXT", False),
        ("SR", None, False),
        ("MR", b"CONTAINER", False),
        (None, b"CONTAINER", False),
    ],
)
def test_a_private_object_in_a_series_of_reports_is_one_if_it_has_a_content_tree(
    orthanc: FakeOrthanc, modality: str | None, value_type: bytes | None, expected: bool
) -> None:
    make_private(orthanc, modality, value_type)
    assert OrthancArchive(None).find(REFERENCE).has_content_tree is expected


def test_no_object_is_read_to_see_what_it_is_where_its_class_or_series_tells(orthanc: FakeOrthanc) -> None:
    make_private(orthanc, "OT", b"CONTAINER")
    OrthancArchive(None).find(REFERENCE)
    make_private(orthanc, "SR", b"CONTAINER")
    for sop_class_uid in ("1.2.840.10008.5.1.4.1.1.88.11", "1.2.840.10008.5.1.4.1.1.66"):
        orthanc.resources["/instances/an-instance/metadata?expand"] = {"SopClassUid": sop_class_uid}
        OrthancArchive(None).find(REFERENCE)
    assert not any("/content/" in uri for uri in orthanc.asked)


def test_what_is_no_instance_is_not_found(orthanc: FakeOrthanc) -> None:
    orthanc.found["1.2"] = [{"Type": "Study", "ID": "a-study"}]
    with pytest.raises(NotFound):
        OrthancArchive(None).find(InstanceReference("1.2", "1.2.3", "1.2"))


def test_of_copies_in_two_studies_the_one_asked_for_is_found(orthanc: FakeOrthanc) -> None:
    store(orthanc, "a-copy", OTHER_UUID, study="5.6", series="5.6.7")
    assert OrthancArchive(None).find(InstanceReference("5.6", "5.6.7", "1.2.3.4")).attachment == OTHER_UUID
    assert OrthancArchive(None).find(InstanceReference(None, None, "1.2.3.4")).identifier == "a-copy"


def test_the_second_request_asks_for_the_attachment_only(orthanc: FakeOrthanc) -> None:
    archive = OrthancArchive(None)
    first = archive.find(REFERENCE)
    orthanc.asked.clear()
    assert archive.find(REFERENCE) == first
    assert orthanc.asked == ["/instances/an-instance/attachments/dicom/info"]


MD5 = hashlib.md5(CONTENT).hexdigest()
INFO, ASKED_MD5 = (f"/instances/an-instance/attachments/dicom/{name}" for name in ("info", "md5"))


def keep_md5(orthanc: FakeOrthanc, md5: str = MD5) -> None:
    """As Orthanc does unless StoreMD5ForAttachments is false."""
    orthanc.resources[INFO]["UncompressedMD5"] = md5
    orthanc.resources[ASKED_MD5] = md5.encode()


def test_where_the_md5_is_kept_the_second_request_asks_for_that_only(orthanc: FakeOrthanc) -> None:
    keep_md5(orthanc)
    archive = OrthancArchive(None)
    first = archive.find(REFERENCE)
    orthanc.asked.clear()
    assert archive.find(REFERENCE) == first
    assert orthanc.asked == [ASKED_MD5]


OWN = {"DatabaseBackendPlugin": None, "StorageAreaPlugin": None}


def put_file(folder: Path, uuid: str = UUID) -> Path:
    path = folder / uuid[:2] / uuid[2:4] / uuid
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    return path


def test_where_the_file_is_there_the_index_is_not_asked(
    orthanc: FakeOrthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    keep_md5(orthanc)
    orthanc.resources["/system"] = OWN
    path = put_file(tmp_path)
    archive = OrthancArchive(str(tmp_path))
    first = archive.find(REFERENCE)
    orthanc.asked.clear()
    assert archive.find(REFERENCE) is first
    assert first.evidence and first.evidence.holds()
    assert orthanc.asked == []
    path.unlink()
    assert not first.evidence.holds()
    assert archive.find(REFERENCE) is first
    assert orthanc.asked == [ASKED_MD5]
    delete(orthanc)
    with pytest.raises(NotFound):
        archive.find(REFERENCE)


@pytest.mark.parametrize("md5", [MD5, ""])
def test_a_file_that_orthanc_could_not_remove_is_not_believed_for_long(
    orthanc: FakeOrthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, md5: str
) -> None:
    if md5:
        keep_md5(orthanc)
    orthanc.resources["/system"] = OWN
    put_file(tmp_path)
    archive = OrthancArchive(str(tmp_path))
    first = archive.find(REFERENCE)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 2)
    orthanc.asked.clear()
    assert archive.find(REFERENCE) is first
    assert orthanc.asked == [ASKED_MD5 if md5 else INFO]
    assert archive.find(REFERENCE) is first and first.evidence and first.evidence.holds()
    assert len(orthanc.asked) == 1
    delete(orthanc)
    monkeypatch.setattr(time, "monotonic", lambda: now + 4)
    with pytest.raises(NotFound):
        archive.find(REFERENCE)


@pytest.mark.parametrize("system", [OWN | {"DatabaseBackendPlugin": "a"}, OWN | {"StorageAreaPlugin": "b"}, {}, None])
def test_a_file_says_nothing_where_others_may_write_or_files_stay(
    orthanc: FakeOrthanc, tmp_path: Path, system: dict[str, Any] | None
) -> None:
    keep_md5(orthanc)
    if system is not None:
        orthanc.resources["/system"] = system
    put_file(tmp_path)
    archive = OrthancArchive(str(tmp_path))
    first = archive.find(REFERENCE)
    assert first.evidence is None
    orthanc.asked.clear()
    assert archive.find(REFERENCE) is first
    assert orthanc.asked == [ASKED_MD5]


def test_an_object_with_another_md5_is_described_anew(orthanc: FakeOrthanc) -> None:
    keep_md5(orthanc)
    archive = OrthancArchive(None)
    archive.find(REFERENCE)
    orthanc.resources[INFO]["Uuid"] = OTHER_UUID
    keep_md5(orthanc, "0" * 32)
    orthanc.asked.clear()
    assert archive.find(REFERENCE).attachment == OTHER_UUID
    assert orthanc.asked[:2] == [ASKED_MD5, INFO]


def test_an_object_that_has_lost_its_md5_is_known_by_its_record(orthanc: FakeOrthanc) -> None:
    keep_md5(orthanc)
    archive = OrthancArchive(None)
    archive.find(REFERENCE)
    del orthanc.resources[ASKED_MD5]
    orthanc.resources[INFO] |= {"Uuid": OTHER_UUID, "UncompressedMD5": ""}
    assert archive.find(REFERENCE).attachment == OTHER_UUID
    orthanc.asked.clear()
    assert archive.find(REFERENCE).attachment == OTHER_UUID
    assert orthanc.asked == [INFO]


def test_a_deleted_object_is_not_found_though_its_md5_was_remembered(orthanc: FakeOrthanc) -> None:
    keep_md5(orthanc)
    archive = OrthancArchive(None)
    archive.find(REFERENCE)
    delete(orthanc)
    with pytest.raises(NotFound):
        archive.find(REFERENCE)


def test_an_object_whose_same_bytes_came_again_is_opened_and_then_known_by_its_new_file(
    orthanc: FakeOrthanc, tmp_path: Path, files_left_open: list[int]
) -> None:
    keep_md5(orthanc)
    orthanc.resources["/instances/an-instance/metadata?expand"]["ReceptionDate"] = "19941106T084937"
    archive = OrthancArchive(str(tmp_path))
    first = archive.find(REFERENCE)
    orthanc.resources[INFO]["Uuid"] = OTHER_UUID
    assert archive.find(REFERENCE) == first
    files_left_open.append(archive.open(first))
    assert os.pread(files_left_open[0], 100, 0) == CONTENT
    again = archive.find(REFERENCE)
    assert again.attachment == OTHER_UUID
    assert (again.modified or 0) > (first.modified or 0)
    orthanc.asked.clear()
    assert archive.find(REFERENCE) == again
    assert orthanc.asked == [ASKED_MD5]


@pytest.mark.parametrize("md5", ["0" * 32, ""])
def test_bytes_of_another_file_that_are_not_the_known_ones_are_gone(orthanc: FakeOrthanc, md5: str) -> None:
    keep_md5(orthanc, md5)
    archive = OrthancArchive(None)
    instance = archive.find(REFERENCE)
    orthanc.resources[INFO]["Uuid"] = OTHER_UUID
    with pytest.raises(Gone):
        archive.open(instance)
    assert archive.find(REFERENCE).attachment == OTHER_UUID


def test_a_deleted_object_is_not_found_though_it_was_remembered(orthanc: FakeOrthanc) -> None:
    archive = OrthancArchive(None)
    archive.find(REFERENCE)
    delete(orthanc)
    with pytest.raises(NotFound):
        archive.find(REFERENCE)


def test_a_replaced_object_is_described_anew(orthanc: FakeOrthanc) -> None:
    archive = OrthancArchive(None)
    archive.find(REFERENCE)
    delete(orthanc)
    store(orthanc, "an-instance", OTHER_UUID)
    orthanc.resources["/instances/an-instance/metadata?expand"] = {"SopClassUid": "1.2.3"}
    instance = archive.find(REFERENCE)
    assert (instance.attachment, instance.sop_class_uid, instance.has_pixel_data) == (OTHER_UUID, "1.2.3", False)


@pytest.mark.parametrize(
    ("received", "modified"),
    [("19941106T084937", 784111777), ("", None), ("19941106T084937Z", None), ("٢٠٢٤١١٠٦T084937", None)],
)
def test_an_object_is_as_old_as_orthanc_says(orthanc: FakeOrthanc, received: str, modified: int | None) -> None:
    orthanc.resources["/instances/an-instance/metadata?expand"]["ReceptionDate"] = received
    assert OrthancArchive(None).find(REFERENCE).modified == modified


def test_an_object_whose_file_is_replaced_is_new_whatever_orthanc_says(orthanc: FakeOrthanc) -> None:
    """Reconstruction leaves the date as it was."""
    orthanc.resources["/instances/an-instance/metadata?expand"]["ReceptionDate"] = "19941106T084937"
    archive = OrthancArchive(None)
    archive.find(REFERENCE)
    began = int(time.time())
    orthanc.resources["/instances/an-instance/attachments/dicom/info"]["Uuid"] = OTHER_UUID
    instance = archive.find(REFERENCE)
    assert instance.attachment == OTHER_UUID and began <= (instance.modified or 0) <= time.time()
    assert archive.find(REFERENCE) == instance


@pytest.mark.parametrize("lost", ["attachments/dicom/info", "metadata?expand"])
def test_an_object_that_goes_while_it_is_looked_up_is_gone(orthanc: FakeOrthanc, lost: str) -> None:
    del orthanc.resources[f"/instances/an-instance/{lost}"]
    with pytest.raises(Gone):
        OrthancArchive(None).find(REFERENCE)


@pytest.mark.parametrize("has_md5", [True, False])
@pytest.mark.parametrize("asked", ["/instances/an-instance/metadata?expand", "/instances/an-instance"])
def test_an_object_that_is_replaced_while_it_is_described_is_none_of_two_versions(
    orthanc: FakeOrthanc, monkeypatch: pytest.MonkeyPatch, asked: str, has_md5: bool
) -> None:
    if has_md5:
        keep_md5(orthanc)
    get = orthanc.RestApiGet

    def replace_when_asked(uri: str) -> bytes:
        if uri == asked and orthanc.resources[INFO]["Uuid"] == UUID:
            orthanc.resources[INFO]["Uuid"] = OTHER_UUID
            orthanc.resources["/instances/an-instance/metadata?expand"] = {"SopClassUid": "1.2.3"}
            if has_md5:
                keep_md5(orthanc, "0" * 32)
        return get(uri)

    monkeypatch.setattr(orthanc, "RestApiGet", replace_when_asked)
    archive = OrthancArchive(None)
    with pytest.raises(Gone):
        archive.find(REFERENCE)
    instance = archive.find(REFERENCE)
    assert (instance.attachment, instance.sop_class_uid) == (OTHER_UUID, "1.2.3")


def test_an_index_that_fails_is_no_missing_object(orthanc: FakeOrthanc) -> None:
    orthanc.fails_with = NOT_ENOUGH_MEMORY
    with pytest.raises(InternalError, match="index does not answer"):
        OrthancArchive(None).find(REFERENCE)


def test_the_stored_file_itself_is_opened(orthanc: FakeOrthanc, tmp_path: Path, files_left_open: list[int]) -> None:
    folder = tmp_path / "01" / "23"
    folder.mkdir(parents=True)
    (folder / UUID).write_bytes(CONTENT)
    orthanc.files.clear()
    archive = OrthancArchive(str(tmp_path))
    files_left_open.append(archive.open(archive.find(REFERENCE)))
    assert os.read(files_left_open[0], 100) == CONTENT
    assert os.readlink(f"/proc/self/fd/{files_left_open[0]}") == str(folder / UUID)


@pytest.mark.parametrize("stored", [None, CONTENT + b"more", CONTENT[:-1]], ids=["none", "longer", "shorter"])
def test_a_file_that_is_not_the_object_is_left_alone(
    orthanc: FakeOrthanc, tmp_path: Path, files_left_open: list[int], stored: bytes | None
) -> None:
    if stored is not None:
        (tmp_path / "01" / "23").mkdir(parents=True)
        (tmp_path / "01" / "23" / UUID).write_bytes(stored)
    archive = OrthancArchive(str(tmp_path))
    files_left_open.append(archive.open(archive.find(REFERENCE)))
    assert os.pread(files_left_open[0], 100, 0) == CONTENT


def test_an_attachment_with_a_strange_name_is_no_path(
    orthanc: FakeOrthanc, tmp_path: Path, files_left_open: list[int]
) -> None:
    (tmp_path / "file").write_bytes(b"x" * len(CONTENT))
    orthanc.resources["/instances/an-instance/attachments/dicom/info"]["Uuid"] = f"{tmp_path}/file"
    archive = OrthancArchive(str(tmp_path))
    files_left_open.append(archive.open(archive.find(REFERENCE)))
    assert os.pread(files_left_open[0], 100, 0) == CONTENT


@pytest.mark.parametrize("change", ["deleted", "replaced", "deleted-after", "other-length"])
def test_an_object_that_changes_while_it_is_opened_is_gone(
    orthanc: FakeOrthanc, files_left_open: list[int], change: str
) -> None:
    archive = OrthancArchive(None)
    instance = archive.find(REFERENCE)
    information: dict[str, Any] = orthanc.resources["/instances/an-instance/attachments/dicom/info"]
    if change == "deleted":
        orthanc.files.clear()
    elif change == "replaced":
        information["Uuid"] = OTHER_UUID
    elif change == "deleted-after":
        orthanc.resources.clear()
    else:
        orthanc.files["an-instance"] = CONTENT[1:]
    with pytest.raises(Gone):
        archive.open(instance)


@pytest.mark.parametrize(
    ("configuration", "directory"),
    [
        ({}, "/etc/orthanc/OrthancStorage"),
        ({"StorageDirectory": "/var/lib/orthanc/db"}, "/var/lib/orthanc/db"),
        ({"StorageDirectory": "db"}, "/etc/orthanc/db"),
        ({"StorageDirectory": "../db"}, "/etc/db"),
        ({"StorageDirectory": "db", "StorageCompression": False}, "/etc/orthanc/db"),
        ({"StorageDirectory": "db", "StorageCompression": True}, None),
    ],
)
def test_the_storage_directory_is_beside_the_configuration(
    configuration: dict[str, Any], directory: str | None
) -> None:
    assert storage_directory_of(configuration, "/etc/orthanc/orthanc.json") == directory


def test_a_folder_of_configuration_files_is_its_own_base(tmp_path: Path) -> None:
    assert storage_directory_of({}, str(tmp_path)) == str(tmp_path / "OrthancStorage")


@pytest.mark.parametrize("is_stored", [True, False])
def test_where_no_more_files_can_be_opened_the_answer_comes_later(
    orthanc: FakeOrthanc, tmp_path: Path, files_left_open: list[int], is_stored: bool
) -> None:
    if is_stored:
        orthanc.files.clear()
        (tmp_path / "01" / "23").mkdir(parents=True)
        (tmp_path / "01" / "23" / UUID).write_bytes(CONTENT)
    archive = OrthancArchive(str(tmp_path))
    instance = archive.find(REFERENCE)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)  # every number below is in use
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    try:
        with pytest.raises(Unavailable, match="files"):
            archive.open(instance)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    files_left_open.append(archive.open(instance))


def test_the_study_of_an_object_is_that_of_the_index(orthanc: FakeOrthanc) -> None:
    archive = OrthancArchive(None)
    instance = archive.find(REFERENCE)
    orthanc.resources["/instances/an-instance/study"] = {"MainDicomTags": {"StudyInstanceUID": "1.2"}}
    assert archive.study_of(instance) == "1.2"
    delete(orthanc)
    with pytest.raises(Gone):
        archive.study_of(instance)


def test_presentation_states_are_those_of_their_series(orthanc: FakeOrthanc) -> None:
    orthanc.series = [{"ID": "states", "MainDicomTags": {"SeriesInstanceUID": "1.2.8"}}]
    orthanc.resources["/series/states/instances"] = [
        {"MainDicomTags": {"SOPInstanceUID": uid}} for uid in ("1.2.8.1", "1.2.8.2")
    ]
    assert OrthancArchive(None).find_presentation_states("1.2") == [
        InstanceReference("1.2", "1.2.8", "1.2.8.1"),
        InstanceReference("1.2", "1.2.8", "1.2.8.2"),
    ]
