"""Orthanc's index and storage as the service's archive."""

from __future__ import annotations

import calendar
import errno
import hashlib
import json
import os
import re
import sys
import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import orthanc

from wado.cache_count import ObservedCache
from wado.errors import Gone, InternalError, NotFound, Unavailable
from wado.front.archive import InstanceReference, StoredInstance
from wado.front.file_presence import FilePresence
from wado.media_types import decides_by_itself
from wado.remembered import Remembered
from wado.spooled import SpooledFile

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)", re.ASCII)
"""As 20261122T052136."""

REMEMBERED = 50_000
"""Objects whose place in the index is kept in mind: some 60 MB."""

PRESENTATION_STATE = "PR"
"""Modality of the series of presentation states (PS3.3 C.7.3.1.1.1)."""

REPORTS = ("SR", "KO")
"""Modality of the series of reports and of key object selections (PS3.3 C.17.1, C.17.6.1)."""

_UNKNOWN = 17
"""OrthancPluginErrorCode_UnknownResource."""

_EXHAUSTED = (errno.EMFILE, errno.ENFILE)
"""What the kernel says where no more files can be opened, by the process or at all."""


@dataclass(slots=True)
class _Known:
    """An object as it was described, and the attachment's record then; `is_there` until its file was not."""

    instance: StoredInstance
    record: bytes
    is_there: bool = True


class OrthancArchive:
    """Looks up in the index once; from then on by the object's file, the MD5 of the attachment, or its own record.

    An Orthanc identifier is a hash of the patient's, study's, series' and object's identifiers, so that what it stands
    for never changes; whether it is still there, and with which bytes, is asked anew for every request. Where the
    patient of a study is known, the hash is the look-up: who has asked for one of its images asks for the others.
    """

    def __init__(self, storage_directory: str | None) -> None:
        self._storage_directory = storage_directory
        self._identifiers: Remembered[InstanceReference, str] = Remembered(REMEMBERED)
        self._instances: Remembered[str, _Known] = Remembered(REMEMBERED)
        self.caches: dict[str, ObservedCache] = {"identifiers": self._identifiers, "objects": self._instances}
        self._patients: Remembered[str, str] = Remembered(REMEMBERED)

    @cached_property
    def _has_files_of_its_own(self) -> bool:
        """Whether nobody else writes to the storage directory, and a file in it is gone as soon as its object is.

        So it is with Orthanc's own index and storage. A plugin's index may be that of several servers, and a plugin's
        storage may delete later.
        """
        system = _get("/system") or {}
        return all(system.get(plugin, "") is None for plugin in ("DatabaseBackendPlugin", "StorageAreaPlugin"))

    def find(self, reference: InstanceReference) -> StoredInstance:
        identifier = self._identifiers.get(reference)
        instance = self._read_instance(identifier) if identifier else None
        if instance is None:
            instance = self._find_anew(reference)
            self._identifiers.put(reference, instance.identifier)
        return instance

    def study_of(self, instance: StoredInstance) -> str:
        study = _get(f"/instances/{instance.identifier}/study")
        if study is None:
            raise Gone("the object was deleted a moment ago")
        uid: str = study["MainDicomTags"]["StudyInstanceUID"]
        return uid

    def find_presentation_states(self, study_instance_uid: str) -> list[InstanceReference]:
        """Those in the series that say that they hold some; UIDs are matched as they are (they hold no wildcard)."""
        query = {"StudyInstanceUID": study_instance_uid, "Modality": PRESENTATION_STATE}
        wanted = {"Level": "Series", "Query": query, "Expand": True, "CaseSensitive": True}
        found: list[dict[str, Any]] = json.loads(orthanc.RestApiPost("/tools/find", json.dumps(wanted)))
        return [
            InstanceReference(study_instance_uid, series["MainDicomTags"]["SeriesInstanceUID"], instance_uid)
            for series in found
            for instance_uid in _sop_instance_uids(series["ID"])
        ]

    def open(self, instance: StoredInstance) -> int:
        try:
            descriptor = self._open_stored_file(instance)
            return descriptor if descriptor is not None else self._copy_through_orthanc(instance)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise Unavailable(
                    "there is no room for the object on the disk of Orthanc's TemporaryDirectory"
                ) from None
            if error.errno not in _EXHAUSTED:
                raise
            # A blending presentation state takes many files; a process may be allowed no more than 1024 at once.
            raise Unavailable("the server has too many files open at once", retry_after=1) from None

    def _find_anew(self, reference: InstanceReference) -> StoredInstance:
        presumed = self._presumed_identifier(reference)
        instance = self._read_instance(presumed) if presumed else None
        if instance is None:
            instance = self._read_instance(self._look_up(reference))
        if instance is None:
            raise Gone("the object was deleted a moment ago")
        return instance

    def _look_up(self, reference: InstanceReference) -> str:
        identifiers = _identifiers_of(reference.sop_instance_uid)
        matching = [identifier for identifier in identifiers if self._is_under(identifier, reference)]
        if matching:
            # Several only when AllowObjectAlone leaves it open, or two patients share all three UIDs.
            return min(matching)
        if not identifiers:
            raise NotFound("there is no object with this UID", parameter="objectUID", clause="8.1.4")
        raise NotFound("the object is not in this study and series", parameter="objectUID", clause="8.1.4")

    def _presumed_identifier(self, reference: InstanceReference) -> str | None:
        """What the object's identifier is, if there is one, where the only patient of its study is known."""
        patient_id = self._patients.get(reference.study_instance_uid or "")
        return None if patient_id is None else identifier_of(patient_id, reference)

    def _is_under(self, identifier: str, reference: InstanceReference) -> bool:
        """Whether the object is in the study and series: if its identifier is the hash of these, or they say so."""
        if reference.study_instance_uid is None or reference.series_instance_uid is None:
            return _is_filed_under(identifier, reference)
        patient = _get(f"/instances/{identifier}/patient") or {"MainDicomTags": {}}
        patient_id: str = patient["MainDicomTags"].get("PatientID", "")
        if identifier_of(patient_id, reference) != identifier:
            return _is_filed_under(identifier, reference)
        if _is_of_one_patient(reference.study_instance_uid):
            self._patients.put(reference.study_instance_uid, patient_id)
        return True

    def _read_instance(self, identifier: str) -> StoredInstance | None:
        known = self._instances.get(identifier)
        if known and self._holds(known):
            return known.instance
        asked = time.monotonic()
        record = _read_record(identifier)
        if record is None:
            return None
        if known and known.record == record:
            _has_said_so(known.instance, asked)
            return known.instance
        information = json.loads(record)
        instance = _describe(identifier, information["Uuid"], information["UncompressedSize"])
        if instance is None:
            return None
        instance = replace(instance, md5=information.get("UncompressedMD5", ""))
        if not self._is_still_so(instance, record):
            raise Gone("the object was replaced a moment ago; ask again")
        if known:  # whatever the index says of its time, the file is another one since now
            instance = replace(instance, modified=max(instance.modified or 0, int(time.time())))
        path = self._path_of(instance) if self._has_files_of_its_own else None
        if path:
            instance = replace(instance, evidence=FilePresence(path, asked))
        self._instances.put(identifier, _Known(instance, record))
        return instance

    def _holds(self, known: _Known) -> bool:
        """Whether what is known of the object still does."""
        if not known.is_there:
            return False
        evidence = known.instance.evidence
        if evidence and evidence.holds():
            return True
        asked = time.monotonic()
        if self._has_md5(known.instance):
            _has_said_so(known.instance, asked)
            return True
        return False

    def _is_still_so(self, instance: StoredInstance, record: bytes) -> bool:
        """Whether all of a description is of one version: the index is asked for it bit by bit."""
        return self._has_md5(instance) or _read_record(instance.identifier) == record

    def _has_md5(self, instance: StoredInstance) -> bool:
        """Whether the index says so: while the bytes are the same, so is all that is known of them.

        This is asked in a fifth of the time that the attachment's record takes, which names the UUID.
        """
        uri = f"/instances/{instance.identifier}/attachments/dicom/md5"
        return bool(instance.md5) and _get_text(uri) == instance.md5.encode()

    def _open_stored_file(self, instance: StoredInstance) -> int | None:
        """The attachment's own file, where Orthanc's default storage keeps it as it is.

        Elsewhere (object storage, a database, compression) there is no such file, or none of this size.
        """
        path = self._path_of(instance)
        if path is None:
            return None
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            if error.errno in _EXHAUSTED:
                raise
            return None
        if os.fstat(descriptor).st_size == instance.size:
            return descriptor
        os.close(descriptor)
        return None

    def _path_of(self, instance: StoredInstance) -> str | None:
        """Where Orthanc's default storage has the attachment; none in another storage."""
        uuid = instance.attachment
        if self._storage_directory is None or not _UUID.fullmatch(uuid):
            return None
        return os.path.join(self._storage_directory, uuid[0:2], uuid[2:4], uuid)

    def _copy_through_orthanc(self, instance: StoredInstance) -> int:
        try:
            content = orthanc.GetDicomForInstance(instance.identifier)
        except orthanc.OrthancException:
            raise Gone("the object was deleted a moment ago") from None
        if len(content) != instance.size or not (
            self._is_unchanged(instance) or self._has_come_again(instance, content)
        ):
            raise Gone("the object was replaced a moment ago; ask again")
        with SpooledFile() as file:
            file.write_whole(content)
            return file.take()

    def _is_unchanged(self, instance: StoredInstance) -> bool:
        record = _read_record(instance.identifier)
        return record is not None and json.loads(record)["Uuid"] == instance.attachment

    def _has_come_again(self, instance: StoredInstance, content: bytes) -> bool:
        """Whether these are the object's bytes, in an attachment of another UUID, which the next request asks for."""
        known = self._instances.get(instance.identifier)
        if known and known.instance == instance:
            known.is_there = False
        return instance.md5 == hashlib.md5(content, usedforsecurity=False).hexdigest()


def _has_said_so(instance: StoredInstance, asked: float) -> None:
    """The index has, when it was asked at that time."""
    if isinstance(instance.evidence, FilePresence):
        instance.evidence.asked = asked


def storage_directory_of(configuration: dict[str, Any], configuration_path: str) -> str | None:
    """Where Orthanc's default storage area keeps its files; none where it compresses them."""
    if configuration.get("StorageCompression"):
        return None
    return folder_of_storage(configuration, configuration_path)


def folder_of_storage(configuration: dict[str, Any], configuration_path: str) -> str:
    """Orthanc's StorageDirectory."""
    return _absolute(configuration.get("StorageDirectory", "OrthancStorage"), configuration_path)


def temporary_folder_of(configuration: dict[str, Any], configuration_path: str) -> str | None:
    """Orthanc's TemporaryDirectory; none where the system's is taken."""
    named = configuration.get("TemporaryDirectory")
    return _absolute(named, configuration_path) if named else None


def _absolute(path: str, configuration_path: str) -> str:
    """A relative path is relative to the folder of the configuration file."""
    path, configuration_path = _as_the_system_has_it(path), _as_the_system_has_it(configuration_path)
    base = configuration_path if os.path.isdir(configuration_path) else os.path.dirname(configuration_path)
    return os.path.abspath(os.path.join(base, path))


def _as_the_system_has_it(path: str) -> str:
    """Orthanc takes paths for UTF-8 in any locale; Python within Orthanc, in the locale C, for ASCII alone."""
    return os.fsdecode(path.encode())


def identifier_of(patient_id: str, reference: InstanceReference) -> str:
    """What Orthanc calls an object: a hash over its identifiers in all four levels."""
    levels = (patient_id, reference.study_instance_uid, reference.series_instance_uid, reference.sop_instance_uid)
    joined = "|".join((level or "").strip() for level in levels)
    digest = hashlib.sha1(joined.encode(errors="replace"), usedforsecurity=False).hexdigest()
    return "-".join(digest[start : start + 8] for start in range(0, 40, 8))


def _identifiers_of(sop_instance_uid: str) -> list[str]:
    """Of one object, nearly always; the quicker call fails for none and for several."""
    try:
        return [orthanc.LookupInstance(sop_instance_uid)]
    except orthanc.OrthancException:
        found: list[dict[str, str]] = json.loads(orthanc.RestApiPost("/tools/lookup", sop_instance_uid))
        return [item["ID"] for item in found if item["Type"] == "Instance"]


def _is_of_one_patient(study_instance_uid: str) -> bool:
    """Whether no two patients share the study's UID: with them, which object is meant is left to the look-up."""
    try:
        orthanc.LookupStudy(study_instance_uid)
    except orthanc.OrthancException:
        return False
    return True


def _is_filed_under(identifier: str, reference: InstanceReference) -> bool:
    if reference.series_instance_uid is None and reference.study_instance_uid is None:
        return True
    series = _get(f"/instances/{identifier}/series")
    if series is None or reference.series_instance_uid not in (None, series["MainDicomTags"].get("SeriesInstanceUID")):
        return False
    if reference.study_instance_uid is None:
        return True
    study = _get(f"/studies/{series['ParentStudy']}")
    return study is not None and study["MainDicomTags"].get("StudyInstanceUID") == reference.study_instance_uid


def _sop_instance_uids(series: str) -> list[str]:
    instances = _get(f"/series/{series}/instances") or []
    return [instance["MainDicomTags"]["SOPInstanceUID"] for instance in instances]


def _read_record(identifier: str) -> bytes | None:
    """What the index has of the object's file: its UUID, its size, its MD5."""
    return _get_text(f"/instances/{identifier}/attachments/dicom/info")


def _describe(identifier: str, attachment: str, size: int) -> StoredInstance | None:
    metadata = _get(f"/instances/{identifier}/metadata?expand")
    record = _get(f"/instances/{identifier}")
    if metadata is None or record is None:
        return None
    sop_class_uid = (metadata.get("SopClassUid") or _read_value(identifier, "0008-0016")).strip("\0 ")
    has_pixel_data = "PixelDataOffset" in metadata
    return StoredInstance(
        identifier=identifier,
        attachment=attachment,
        size=size,
        sop_class_uid=sys.intern(sop_class_uid),  # one text for all objects of the class
        number_of_frames=_number_of_frames(record["MainDicomTags"].get("NumberOfFrames", "")),
        transfer_syntax_uid=sys.intern(metadata.get("TransferSyntax", "").strip("\0 ")),
        has_pixel_data=has_pixel_data,
        has_content_tree=not has_pixel_data and not decides_by_itself(sop_class_uid) and _has_content_tree(identifier),
        modified=_seconds(metadata.get("ReceptionDate", "")),
    )


def _seconds(date: str) -> int | None:
    """Since 1970, of a date of Orthanc's, which is in UTC; not by `strptime`, which imports more when it is called."""
    match = _DATE.fullmatch(date)
    return calendar.timegm(tuple(map(int, match.groups()))) if match else None


def _has_content_tree(identifier: str) -> bool:
    """Whether the Value Type is that of the root of a content tree (PS3.3 C.17.3).

    The object itself is read only where its series holds reports: others, as raw data, can be of any size.
    """
    series = _get(f"/instances/{identifier}/series") or {"MainDicomTags": {}}
    is_report = series["MainDicomTags"].get("Modality", "").strip() in REPORTS
    return is_report and _read_value(identifier, "0040-a040").strip("\0 ") == "CONTAINER"


def _read_value(identifier: str, tag: str) -> str:
    """Out of the object itself: one that an old Orthanc has stored may be without its SOP Class among the metadata."""
    try:
        return orthanc.RestApiGet(f"/instances/{identifier}/content/{tag}").decode("ascii", "replace")
    except orthanc.OrthancException:
        return ""


def _number_of_frames(text: str) -> int:
    text = text.strip("\0 ")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _get(uri: str) -> Any:
    """A resource of Orthanc's REST API; none if there is none of that name."""
    text = _get_text(uri)
    return None if text is None else json.loads(text.decode("utf-8", "replace"))


def _get_text(uri: str) -> bytes | None:
    try:
        answer: bytes = orthanc.RestApiGet(uri)
    except orthanc.OrthancException as error:
        if error.args and error.args[0] == _UNKNOWN:
            return None
        raise InternalError("Orthanc's index does not answer") from None
    return answer
