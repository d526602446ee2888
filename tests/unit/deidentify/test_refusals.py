"""What is refused rather than served with the patient in it, and why it is not where the site has named regions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import MPEG4HP41

from tests.support.datasets import make_image, make_object, to_file, with_codestreams
from tests.unit.deidentify.objects import KEY
from wado.deidentify.policy import Policy
from wado.deidentify.refusals import check_can_be_deidentified
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.errors import Forbidden
from wado.job import DeviceRegions

STORAGE = "1.2.840.10008.5.1.4.1.1."
CT, SC, ULTRASOUND, VIDEO_ENDOSCOPY = f"{STORAGE}2", f"{STORAGE}7", f"{STORAGE}6.1", f"{STORAGE}77.1.1.1"
PDF, STL, VOICE = f"{STORAGE}104.1", f"{STORAGE}104.3", f"{STORAGE}9.4.1"

SONOMAT = DeviceRegions("ACME", "SonoMat", 4, 6, ((0, 0, 6, 1),))
POLICY = Policy(KEY, devices=(SONOMAT,))
DEVICE: dict[str, Any] = {"Manufacturer": "acme ", "ManufacturerModelName": "SonoMat"}


def image(sop_class_uid: str, **attributes: Any) -> Dataset:
    return make_image(np.zeros((4, 6), np.uint8), SOPClassUID=sop_class_uid, **attributes)


def check(dataset: Dataset, policy: Policy = POLICY) -> None:
    check_can_be_deidentified(read_stored_object(BytesSource(to_file(dataset))), policy)


@pytest.mark.parametrize(
    ("dataset", "reason"),
    [
        (image(CT, BurnedInAnnotation="YES"), "says that the patient may be written"),
        (image(SC), "a secondary capture"),
        (image(f"{SC}.2"), "a secondary capture"),
        (image(SC, BurnedInAnnotation=""), "does not say NO"),
        (image(ULTRASOUND), "an ultrasound image"),
        (image(VIDEO_ENDOSCOPY), "a video"),
        (image("1.2.840.10008.5.1.1.29"), "a page for a printer"),
        (image(CT, ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"]), "a screenshot"),
        (image(CT, ConversionType="DF"), "an image that was converted"),
        (image(CT, RecognizableVisualFeatures="YES"), "can be recognised"),
        (make_object(PDF, EncapsulatedDocument=b"%PDF"), "document"),
        (make_object(STL), "document"),
        (make_object(f"{STORAGE}88.11", EncapsulatedDocument=b"%PDF"), "document"),
        (make_object(VOICE), "sound"),
        (image(ULTRASOUND, **{**DEVICE, "ManufacturerModelName": "SonoMat 2"}), "an ultrasound image"),
    ],
)
def test_it_is_refused_with_the_reason(dataset: Dataset, reason: str) -> None:
    with pytest.raises(Forbidden, match=reason) as refusal:
        check(dataset)
    assert refusal.value.to_text().startswith("403 Forbidden: anonymize: ")
    assert refusal.value.clause == "8.1.7"


@pytest.mark.parametrize(
    "dataset",
    [
        image(CT),
        image(CT, BurnedInAnnotation="NO"),
        image(SC, BurnedInAnnotation="NO"),
        image(ULTRASOUND, **DEVICE),
        image(ULTRASOUND, BurnedInAnnotation="YES", **DEVICE),
        image(CT, RecognizableVisualFeatures="NO"),
        image(CT, Modality="CT", BodyPartExamined="HEAD"),
        make_object(f"{STORAGE}88.11"),
        make_object(SC),
    ],
)
def test_it_is_not_refused(dataset: Dataset) -> None:
    check(dataset)


@pytest.mark.parametrize(("modality", "body_part"), [("CT", "HEAD"), ("MR", "Head/Neck"), ("PT", "BRAIN")])
def test_a_site_may_keep_faces_to_itself(modality: str, body_part: str) -> None:
    dataset = image(CT, Modality=modality, BodyPartExamined=body_part)
    with pytest.raises(Forbidden, match="face"):
        check(dataset, Policy(KEY, refuses_faces=True))


def test_a_chest_has_no_face() -> None:
    check(image(CT, Modality="CT", BodyPartExamined="CHEST"), Policy(KEY, refuses_faces=True))


def test_regions_cannot_be_blanked_in_a_video() -> None:
    dataset = with_codestreams(image(VIDEO_ENDOSCOPY, BurnedInAnnotation="NO", **DEVICE), MPEG4HP41, [b"\0\0\0\1"])
    with pytest.raises(Forbidden, match="cannot be blanked"):
        check(dataset)


@pytest.mark.parametrize(
    "directory",
    [make_object(DirectoryRecordSequence=[Dataset()]), make_object(SOPClassUID="1.2.840.10008.1.3.10")],
    ids=["records", "class"],
)
def test_a_media_directory_is_refused(directory: Dataset) -> None:
    with pytest.raises(Forbidden, match="media directory"):
        check(directory)
