"""Categories of stored objects (PS3.18-2011 section 7)."""

from __future__ import annotations

import pytest
from pydicom._uid_dict import UID_dictionary

from wado.media_types import (
    ALIASES,
    APPLICATION_DICOM,
    DEFAULT,
    ENCAPSULATED_DOCUMENT_CLASSES,
    LOSSY,
    NON_IMAGE_CLASSES,
    OFFERS,
    SR_DOCUMENT_CLASSES,
    Category,
    classify,
    decides_by_itself,
    is_text,
)
from wado.worker.renderers import RENDERERS

STORAGE = "1.2.840.10008.5.1.4.1.1."
CT, ENHANCED_CT, BASIC_TEXT_SR, PDF = STORAGE + "2", STORAGE + "2.1", STORAGE + "88.11", STORAGE + "104.1"
PRIVATE = "1.3.12.2.1107.5.9.1"

STORAGE_CLASSES = {
    uid: name
    for uid, (name, kind, *_) in UID_dictionary.items()
    if kind == "SOP Class" and uid.startswith(STORAGE) and "Storage" in name
}

IMAGES_WITHOUT_THE_WORD = {
    "Enhanced US Volume Storage",
    "Parametric Map Storage",
    "Segmentation Storage",
    "RT Dose Storage",
    "Ophthalmic Optical Coherence Tomography B-scan Volume Analysis Storage",
    "Ophthalmic Thickness Map Storage",
    "Corneal Topography Map Storage",
    "DICOS 2D AIT Storage",
    "DICOS 3D AIT Storage",
}

REPORTS_WITHOUT_THE_WORD = {
    "Procedure Log Storage",
    "Key Object Selection Document Storage",
    "Spectacle Prescription Report Storage",
    "Macular Grid Thickness and Volume Report Storage",
}


def expected_category(name: str) -> Category:
    if " SR Storage" in name or name in REPORTS_WITHOUT_THE_WORD:
        return Category.TEXT
    if " Image Storage" in name or name in IMAGES_WITHOUT_THE_WORD:
        return Category.SINGLE_FRAME
    if name.startswith("Encapsulated "):
        return Category("encapsulated " + name.split()[1])
    return Category.OTHER


@pytest.mark.parametrize("uid", STORAGE_CLASSES, ids=STORAGE_CLASSES.get)
def test_a_standard_class_decides_by_itself(uid: str) -> None:
    expected = expected_category(STORAGE_CLASSES[uid])
    assert classify(uid, 1, has_pixel_data=expected.is_image) is expected
    assert classify(uid, 1, has_pixel_data=not expected.is_image) is expected


@pytest.mark.parametrize(
    ("sop_class_uid", "number_of_frames", "frame_number", "category"),
    [
        (CT, 1, None, Category.SINGLE_FRAME),
        (CT, 1, 3, Category.SINGLE_FRAME),
        (ENHANCED_CT, 1, None, Category.SINGLE_FRAME),
        (ENHANCED_CT, 2, None, Category.MULTI_FRAME),
        (ENHANCED_CT, 2, 1, Category.SINGLE_FRAME),
        (ENHANCED_CT, 2, 99, Category.SINGLE_FRAME),
        (BASIC_TEXT_SR, 1, 1, Category.TEXT),
        (PDF, 1, 1, Category.ENCAPSULATED_PDF),
    ],
)
def test_a_frame_number_makes_a_single_frame_of_a_multi_frame_image(
    sop_class_uid: str, number_of_frames: int, frame_number: int | None, category: Category
) -> None:
    is_image = category.is_image
    assert classify(sop_class_uid, number_of_frames, is_image, frame_number) is category


@pytest.mark.parametrize(
    ("number_of_frames", "has_pixel_data", "category"),
    [(1, True, Category.SINGLE_FRAME), (2, True, Category.MULTI_FRAME), (1, False, Category.OTHER)],
)
@pytest.mark.parametrize("sop_class_uid", [PRIVATE, ""], ids=["private", "unknown"])
def test_pixel_data_make_an_image_of_a_private_class(
    sop_class_uid: str, number_of_frames: int, has_pixel_data: bool, category: Category
) -> None:
    assert classify(sop_class_uid, number_of_frames, has_pixel_data) is category


@pytest.mark.parametrize("sop_class_uid", [PRIVATE, "", STORAGE + "88.9999"], ids=["private", "unknown", "newer"])
def test_a_content_tree_makes_a_report_of_a_class_that_is_not_known(sop_class_uid: str) -> None:
    assert not decides_by_itself(sop_class_uid)
    assert classify(sop_class_uid, 1, has_pixel_data=False, has_content_tree=True) is Category.TEXT
    assert classify(sop_class_uid, 1, has_pixel_data=True, has_content_tree=True) is Category.SINGLE_FRAME


@pytest.mark.parametrize("sop_class_uid", [BASIC_TEXT_SR, PDF, STORAGE + "66"])
def test_a_known_class_decides_whatever_the_content(sop_class_uid: str) -> None:
    assert decides_by_itself(sop_class_uid)
    plain, tree = (classify(sop_class_uid, 1, False, has_content_tree=has_tree) for has_tree in (False, True))
    assert plain is tree


def test_a_category_is_named_in_a_sentence() -> None:
    named = [Category.SINGLE_FRAME, Category.ENCAPSULATED_PDF, Category.OTHER]
    assert [each.with_article for each in named] == ["a single-frame image", "an encapsulated PDF", "an object"]


def test_no_class_is_both_report_and_other() -> None:
    assert not SR_DOCUMENT_CLASSES & NON_IMAGE_CLASSES
    assert not ENCAPSULATED_DOCUMENT_CLASSES.keys() & (SR_DOCUMENT_CLASSES | NON_IMAGE_CLASSES)


@pytest.mark.parametrize("category", Category)
def test_every_category_can_be_had_as_dicom_and_as_its_default(category: Category) -> None:
    assert APPLICATION_DICOM in OFFERS[category]
    assert DEFAULT[category] in OFFERS[category]
    assert len(set(OFFERS[category])) == len(OFFERS[category])


def test_all_that_is_offered_is_made() -> None:
    assert {(category, offer) for category in Category for offer in OFFERS[category]} <= RENDERERS.keys()


def test_every_alias_and_every_lossy_type_is_offered() -> None:
    offered = {offer for offers in OFFERS.values() for offer in offers}
    assert set(ALIASES.values()) | LOSSY <= offered
    assert not ALIASES.keys() & offered


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [("text/html", True), ("text/xml", True), ("application/x-hl7-cda-level-one+xml", True), ("image/png", False)],
)
def test_text_has_a_character_set(media_type: str, expected: bool) -> None:
    assert is_text(media_type) is expected
