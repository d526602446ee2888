"""Objects that are refused rather than served with the patient still in them (PS3.15 E.1.1, E.3.1, E.3.2)."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.deidentify.policy import Policy
from wado.dicom.stored_object import StoredObject
from wado.dicom.values import text, values_of
from wado.errors import Forbidden
from wado.image.codecs import VIDEO

CLAUSE = "8.1.7"
_STORAGE = "1.2.840.10008.5.1.4.1.1."

DOCUMENTS = f"{_STORAGE}104."
HARDCOPY = ("1.2.840.10008.5.1.1.29", "1.2.840.10008.5.1.1.30")
"""Hardcopy Grayscale and Color Image Storage (retired): pages as they were laid out for the printer."""
DIRECTORY = "1.2.840.10008.1.3.10"
"""Media Storage Directory Storage (PS3.10 8.6): a DICOMDIR."""
AUDIO = (f"{_STORAGE}9.4.1", f"{_STORAGE}9.4.2")
"""Basic Voice and General Audio Waveform Storage: a voice is known like a face."""

USUALLY_BURNED_IN = {
    "a secondary capture": ("7",),
    "an ultrasound image": ("3", "3.1", "6", "6.1", "6.2", "6.3"),
    "a video": ("77.1.1.1", "77.1.2.1", "77.1.4.1"),
}
"""Classes, behind the root of the storage classes, whose images have the patient written into them as often as not."""

HEADS = frozenset({"BRAIN", "FACE", "HEAD", "HEADNECK", "ORBIT", "PNS", "SINUS", "SKULL", "WHOLEBODY"})
VOLUMES = frozenset({"CT", "MR", "PT"})


def check_can_be_deidentified(stored_object: StoredObject, policy: Policy) -> None:
    """Raises `Forbidden` with the reason. An object without pixels has nothing burned in."""
    dataset = stored_object.dataset
    classes = (text(dataset, "SOPClassUID"), text(dataset.file_meta, "MediaStorageSOPClassUID"))
    if DIRECTORY in classes or "DirectoryRecordSequence" in dataset:
        raise _refused("a media directory tells of many patients and points to files that are not sent with it")
    sop_class_uid = text(dataset, "SOPClassUID")
    if sop_class_uid.startswith(DOCUMENTS) or "EncapsulatedDocument" in dataset:
        raise _refused("an encapsulated document cannot be cleaned of what identifies the patient")
    if sop_class_uid in AUDIO:
        raise _refused("a recording of sound cannot be cleaned of what identifies the patient")
    if stored_object.pixel_data is None:
        return
    if _says(dataset, "RecognizableVisualFeatures", "YES"):
        raise _refused("the object's Recognizable Visual Features (0028,0302) say that the patient can be recognised")
    if policy.refuses_faces and _shows_a_head(dataset):
        raise _refused("this site gives no volumes of heads away: a face can be made of them")
    _check_burned_in(stored_object, policy)


def _check_burned_in(stored_object: StoredObject, policy: Policy) -> None:
    dataset = stored_object.dataset
    has_regions = bool(policy.regions_for(dataset))
    is_video = stored_object.transfer_syntax_uid in VIDEO
    if has_regions and is_video:
        raise _refused("the regions that this site blanks on such a device cannot be blanked in a video")
    if has_regions or _says(dataset, "BurnedInAnnotation", "NO"):
        return
    if _says(dataset, "BurnedInAnnotation", "YES"):
        raise _refused(
            "the object's Burned In Annotation (0028,0301) says that the patient may be written into its pixels, and "
            "the site has named no regions to blank for this device"
        )
    if kind := usual_kind(stored_object):
        raise _refused(
            f"this is {kind} whose Burned In Annotation (0028,0301) does not say NO: the patient may be written into "
            "its pixels, and the site has named no regions to blank for this device"
        )


def usual_kind(stored_object: StoredObject) -> str | None:
    """What the object is, where such objects usually have identification burned in."""
    dataset = stored_object.dataset
    sop_class_uid = text(dataset, "SOPClassUID")
    for kind, suffixes in USUALLY_BURNED_IN.items():
        if any(sop_class_uid == _STORAGE + suffix for suffix in suffixes):
            return kind
    if sop_class_uid.startswith(f"{_STORAGE}7."):
        return "a secondary capture"
    if sop_class_uid in HARDCOPY:
        return "a page for a printer"
    if stored_object.transfer_syntax_uid in VIDEO:
        return "a video"
    if "ConversionType" in dataset:
        return "an image that was converted"
    if any("SCREEN" in str(value).upper() for value in values_of(dataset, "ImageType")):
        return "a screenshot"
    return None


def _shows_a_head(dataset: Dataset) -> bool:
    """A head, or nobody knows what: without Body Part Examined the answer is no, with an unknown one as well."""
    body_part = "".join(filter(str.isalpha, text(dataset, "BodyPartExamined").upper()))
    return text(dataset, "Modality").upper() in VOLUMES and body_part in HEADS


def _says(dataset: Dataset, keyword: str, value: str) -> bool:
    return text(dataset, keyword).upper() == value


def _refused(reason: str) -> Forbidden:
    return Forbidden(reason, parameter="anonymize", clause=CLAUSE)
