"""The head of a report: what PS3.3 A.35 has around the content (C.7.1.1, C.7.2.1, C.17.1, C.17.2, C.17.6)."""

from __future__ import annotations

from functools import lru_cache

from pydicom import config
from pydicom.uid import UID

from wado.dicom.element_tree import Item
from wado.report.languages import language_tag
from wado.report.model import Coded, ContentItem, Head, Observer, Order, Patient, Person, Reference, Study
from wado.report.read_character_sets import find_character_set_notes
from wado.report.read_values import (
    code,
    codes,
    items,
    join,
    persons,
    reference_in,
    tag_of,
    text,
    texts,
    written_date,
    written_date_time,
    written_moment,
    written_time,
)

LANGUAGE = ("121049", "DCM")
"""Language of Content Item and Descendants (PS3.16 TID 1204)."""

NOT_WHOLE = "The stored object ends or breaks off before its end: something may be missing."


def read_head(data_set: Item, root: ContentItem | None) -> Head:
    study_moment = written_moment(_text(data_set, "StudyDate"), _text(data_set, "StudyTime"))
    return Head(
        title=_title(data_set, root),
        sop_class_uid=_text(data_set, "SOPClassUID"),
        sop_instance_uid=_text(data_set, "SOPInstanceUID"),
        series_uid=_text(data_set, "SeriesInstanceUID"),
        series_description=_text(data_set, "SeriesDescription"),
        content_moment=written_moment(_text(data_set, "ContentDate"), _text(data_set, "ContentTime")),
        instance_number=_text(data_set, "InstanceNumber"),
        manufacturer=join([_text(data_set, "Manufacturer"), _text(data_set, "ManufacturerModelName")]),
        template=root.template if root else "",
        language=_language(root),
        patient=_read_patient(data_set),
        study=_read_study(data_set, study_moment),
        completion=_text(data_set, "CompletionFlag"),
        completion_description=_text(data_set, "CompletionFlagDescription"),
        verification=_text(data_set, "VerificationFlag"),
        preliminary=_text(data_set, "PreliminaryFlag"),
        verifying_observers=tuple(map(_read_verifier, _items(data_set, "VerifyingObserverSequence"))),
        authors=tuple(map(_read_observer, _items(data_set, "AuthorObserverSequence"))),
        participants=tuple(map(_read_observer, _items(data_set, "ParticipantSequence"))),
        custodians=tuple(map(_read_observer, _items(data_set, "CustodialOrganizationSequence"))),
        orders=tuple(map(_read_order, _items(data_set, "ReferencedRequestSequence"))),
        procedures=codes(data_set, tag_of("PerformedProcedureCodeSequence")),
        predecessors=_read_references(data_set, "PredecessorDocumentsSequence"),
        identical_documents=_read_references(data_set, "IdenticalDocumentsSequence"),
        current_evidence=_read_references(data_set, "CurrentRequestedProcedureEvidenceSequence"),
        other_evidence=_read_references(data_set, "PertinentOtherEvidenceSequence"),
        notes=(*(() if data_set.is_whole else (NOT_WHOLE,)), *find_character_set_notes(data_set)),
    )


@lru_cache(maxsize=256)
def class_name(sop_class_uid: str) -> str:
    """Such as Basic Text SR; of an unknown class, its UID."""
    return UID(sop_class_uid, validation_mode=config.IGNORE).name.removesuffix(" Storage") if sop_class_uid else ""


def _title(data_set: Item, root: ContentItem | None) -> str:
    if root and root.concept:
        return root.concept.text
    return class_name(_text(data_set, "SOPClassUID")) or "Report"


def _language(root: ContentItem | None) -> str:
    """A language tag (RFC 5646) as the root's modifier gives it, with its country."""
    for child in root.children if root else ():
        if child.concept and (child.concept.value, child.concept.scheme) == LANGUAGE and isinstance(child.value, Coded):
            countries = (inner.value.code.value for inner in child.children if isinstance(inner.value, Coded))
            return language_tag(child.value.code.value, next(countries, ""))
    return ""


def _read_patient(data_set: Item) -> Patient:
    return Patient(
        name=_person(data_set, "PatientName"),
        id=_text(data_set, "PatientID"),
        issuer_of_id=_text(data_set, "IssuerOfPatientID"),
        other_ids=(
            *texts(data_set, tag_of("OtherPatientIDs")),
            *(_text(item, "PatientID") for item in _items(data_set, "OtherPatientIDsSequence")),
        ),
        birth_date=written_date(_text(data_set, "PatientBirthDate")),
        birth_time=written_time(_text(data_set, "PatientBirthTime")),
        sex=_text(data_set, "PatientSex"),
        age=_text(data_set, "PatientAge"),
        comments=_text(data_set, "PatientComments"),
    )


def _read_study(data_set: Item, moment: str) -> Study:
    return Study(
        uid=_text(data_set, "StudyInstanceUID"),
        id=_text(data_set, "StudyID"),
        description=_text(data_set, "StudyDescription"),
        moment=moment,
        accession_number=_text(data_set, "AccessionNumber"),
        referring_physician=_person(data_set, "ReferringPhysicianName"),
        institution=join([_text(data_set, "InstitutionName"), _text(data_set, "InstitutionAddress")]),
        department=_text(data_set, "InstitutionalDepartmentName"),
    )


def _read_verifier(item: Item) -> Observer:
    return Observer(
        person=_person(item, "VerifyingObserverName"),
        organization=_text(item, "VerifyingOrganization"),
        moment=written_date_time(_text(item, "VerificationDateTime")),
        codes=codes(item, tag_of("VerifyingObserverIdentificationCodeSequence")),
    )


def _read_observer(item: Item) -> Observer:
    """An author, a participant or a custodian (PS3.3 Table C.17-2b)."""
    device = join([_text(item, "StationName"), _text(item, "Manufacturer"), _text(item, "ManufacturerModelName")])
    organization_code = code(item, tag_of("InstitutionCodeSequence"))
    organization = _text(item, "InstitutionName") or (organization_code.text if organization_code else "")
    role = code(item, tag_of("OrganizationalRoleCodeSequence"))
    return Observer(
        person=_person(item, "PersonName"),
        name=device,
        organization=organization,
        role=join([_text(item, "ParticipationType"), role.text if role else ""]),
        moment=written_date_time(_text(item, "ParticipationDateTime")),
        codes=codes(item, tag_of("PersonIdentificationCodeSequence")),
    )


def _read_order(item: Item) -> Order:
    return Order(
        accession_number=_text(item, "AccessionNumber"),
        procedure_id=_text(item, "RequestedProcedureID"),
        description=_text(item, "RequestedProcedureDescription"),
        procedure=code(item, tag_of("RequestedProcedureCodeSequence")),
        placer_number=_text(item, "PlacerOrderNumberImagingServiceRequest"),
        filler_number=_text(item, "FillerOrderNumberImagingServiceRequest"),
        reason=_text(item, "ReasonForTheRequestedProcedure"),
    )


def _read_references(data_set: Item, keyword: str) -> tuple[Reference, ...]:
    """Every object of a Hierarchical SOP Instance Reference Macro (PS3.3 C.17.2.1)."""
    found: list[Reference] = []
    for study in _items(data_set, keyword):
        study_uid = _text(study, "StudyInstanceUID")
        for series in _items(study, "ReferencedSeriesSequence"):
            series_uid = _text(series, "SeriesInstanceUID")
            found += (reference_in(item, study_uid, series_uid) for item in _items(series, "ReferencedSOPSequence"))
    return tuple(found)


def _text(item: Item, keyword: str) -> str:
    return text(item, tag_of(keyword))


def _person(item: Item, keyword: str) -> Person:
    """All names of the attribute as one: a second one is rare, and is not left out."""
    found = persons(item, tag_of(keyword))
    return found[0] if len(found) == 1 else Person(tuple(group for name in found for group in name.groups))


def _items(item: Item, keyword: str) -> list[Item]:
    return items(item, tag_of(keyword))
