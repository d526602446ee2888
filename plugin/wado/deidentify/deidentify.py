"""A stored object's data set de-identified in place (PS3.15 Annex E, PS3.18-2011 8.1.7)."""

from __future__ import annotations

from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.tag import Tag
from pydicom.uid import UID

from wado.deidentify.elements import left_as_stored, replace, strings_of
from wado.deidentify.identity import Identity
from wado.deidentify.options import BASIC_PROFILE, CLEAN_PIXEL_DATA, Option
from wado.deidentify.policy import Policy
from wado.deidentify.residue import remove_residue
from wado.deidentify.walk import PATIENT_ID, PATIENT_NAME, Walk
from wado.dicom.values import items, text, values_of

METHOD = "PS3.15 Annex E"


def deidentify(dataset: FileDataset, policy: Policy) -> Identity:
    """The data set up to its pixel data, its meta header included; what lies behind the pixel data must not be sent.
    Gives what went, for which the pixel data are to be searched where they are copied.

    An object that is marked as de-identified already keeps its UIDs: others know it by them.
    """
    with left_as_stored(dataset):
        has_clean_pixels = bool(policy.regions_for(dataset))
        patient = patient_of(dataset)
        is_marked = text(dataset, "PatientIdentityRemoved").upper() == "YES"
    walk = Walk(policy, patient, keeps_uids=is_marked)
    if Option.CLEAN_DESCRIPTORS in policy.options:
        walk.remember_names(dataset)
    walk.data_set(dataset)
    remove_residue(dataset, walk.identity)
    dataset.PatientName = dataset.PatientID = policy.pseudonyms.patient(patient)
    record(dataset, policy, has_clean_pixels=has_clean_pixels)
    dataset.file_meta = meta_of(dataset)
    dataset.preamble = bytes(128)
    return walk.identity


def patient_of(dataset: Dataset) -> str:
    """What tells this patient from others: the Patient ID, else name and birth date, else the study."""
    name_and_birth = "\0".join([*strings_of(dataset, PATIENT_NAME)[:1], text(dataset, "PatientBirthDate")])
    return (
        next(iter(strings_of(dataset, PATIENT_ID)), "")
        or name_and_birth.strip("\0")
        or text(dataset, "StudyInstanceUID")
    )


def record(dataset: Dataset, policy: Policy, *, has_clean_pixels: bool) -> None:
    """Say that it was done and how (PS3.15 E.1.1 5, PS3.3 C.7.1.1, C.12.1): behind what was done before."""
    codes = [BASIC_PROFILE, *([CLEAN_PIXEL_DATA] if has_clean_pixels else [])]
    codes += [(option.code, option.meaning) for option in Option if option in policy.options]
    earlier = [str(method) for method in values_of(dataset, "DeidentificationMethod")]
    known = items(dataset, "DeidentificationMethodCodeSequence")
    told = {text(code, "CodeValue") for code in known}
    is_shifted = Option.RETAIN_LONGITUDINAL_TEMPORAL_INFORMATION in policy.options
    recorded: dict[str, Any] = {
        "PatientIdentityRemoved": "YES",
        "DeidentificationMethod": [*(method for method in earlier if method != METHOD), METHOD],
        "DeidentificationMethodCodeSequence": [*known, *(_code(*code) for code in codes if code[0] not in told)],
        "LongitudinalTemporalInformationModified": "MODIFIED" if is_shifted else "REMOVED",
    }
    if has_clean_pixels:
        recorded["BurnedInAnnotation"] = "NO"
    for keyword, value in recorded.items():
        replace(dataset, Tag(keyword), dictionary_VR(keyword), value)  # what is stored may have another VR


def _code(value: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue = value
    code.CodingSchemeDesignator = "DCM"
    code.CodeMeaning = meaning
    return code


def meta_of(dataset: FileDataset) -> FileMetaDataset:
    """The meta header with only what tells how to read the object: who sent it, and what they added, goes."""
    meta = FileMetaDataset()
    stored = getattr(dataset, "file_meta", FileMetaDataset())
    for keyword, value in (
        ("MediaStorageSOPClassUID", text(dataset, "SOPClassUID")),
        ("MediaStorageSOPInstanceUID", text(dataset, "SOPInstanceUID")),
        ("TransferSyntaxUID", text(stored, "TransferSyntaxUID")),
    ):
        if value:
            setattr(meta, keyword, UID(value))
    return meta
