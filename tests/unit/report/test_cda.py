"""Reports as CDA documents, against the content models of HL7 CDA Release 2 as far as they are used."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from tests.support.datasets import ROOT
from tests.support.reports import (
    by_reference,
    container,
    every_report,
    make_code,
    make_evidence,
    make_item,
    make_report,
    number_item,
    read,
    text_item,
)
from tests.support.xml_schemas import parse_valid, words_of
from wado.dicom.stored_object import BytesSource
from wado.report.arrange import arrange
from wado.report.cda import cda_uid, write_cda
from wado.report.cda_codes import is_uid, moment_of, write_code, write_id, write_names
from wado.report.model import Code, Observer, Patient, Person, Report, Study
from wado.report.outline import runs_of
from wado.report.read_report import read_report

NAMES = {"h": "urn:hl7-org:v3"}


def cda_of(report: Report) -> Any:
    return parse_valid(write_cda(report, arrange(report)), "cda")


def made(*children: Dataset, **attributes: Any) -> Any:
    return cda_of(read(make_report(*children, **attributes)))


def at(root: Any, path: str) -> list[str]:
    """Attributes or text at a path, in which every name is one of HL7's."""
    steps = "/".join(
        step if step.startswith("@") or step in ("", "text()") else f"h:{step}" for step in path.split("/")
    )
    return [str(found) for found in root.xpath(steps, namespaces=NAMES)]


def observer(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def test_the_patient_is_who_the_report_is_about() -> None:
    root = made(
        PatientName="Yamada^Tarou=山田^太郎=やまだ^たろう",
        PatientID="4711",
        IssuerOfPatientID="A clinic",
        PatientBirthDate="19700102",
        PatientBirthTime="0304",
        PatientSex="F",
    )
    patient = "recordTarget/patientRole/patient"
    assert at(root, "recordTarget/patientRole/id/@extension") == ["4711"]
    assert at(root, "recordTarget/patientRole/id/@assigningAuthorityName") == ["A clinic"]
    assert at(root, f"{patient}/name/@use") == ["ABC", "IDE", "SYL"]
    assert at(root, f"{patient}/name/family/text()") == ["Yamada", "山田", "やまだ"]
    assert at(root, f"{patient}/name/given/text()") == ["Tarou", "太郎", "たろう"]
    assert at(root, f"{patient}/administrativeGenderCode/@code") == ["F"]
    assert at(root, f"{patient}/birthTime/@value") == ["197001020304"]


@pytest.mark.parametrize("sex", ["O", "", "X"])
def test_what_hl7_has_no_code_for_is_unknown(sex: str) -> None:
    root = made(PatientSex=sex, PatientBirthDate="")
    assert at(root, "recordTarget/patientRole/patient/administrativeGenderCode/@nullFlavor") == ["UNK"]
    assert at(root, "recordTarget/patientRole/patient/birthTime/@nullFlavor") == ["UNK"]


def test_only_a_verified_report_is_signed() -> None:
    verifiers = [
        observer(VerifyingObserverName=name, VerifyingOrganization="Org", VerificationDateTime="20200304101500+0100")
        for name in ("First^Ann", "Second^Bob")
    ]
    root = made(VerifyingObserverSequence=verifiers)
    assert at(root, "legalAuthenticator/assignedEntity/assignedPerson/name/family/text()") == ["First"]
    assert at(root, "legalAuthenticator/time/@value") == ["20200304101500+0100"]
    assert at(root, "authenticator/assignedEntity/assignedPerson/name/family/text()") == ["Second"]
    unsigned = made(VerifyingObserverSequence=verifiers, VerificationFlag="UNVERIFIED")
    assert not at(unsigned, "legalAuthenticator/time/@value")


def test_the_author_is_told_by_the_head_else_by_the_content_else_it_is_the_device() -> None:
    path = "author/assignedAuthor/assignedPerson/name/family/text()"
    named = make_item("PNAME", "x", relationship="HAS OBS CONTEXT", PersonName="Content^Ann")
    named.ConceptNameCodeSequence = [make_code("Person Observer Name", "121008", "DCM")]
    assert at(made(named), path) == ["Content"]
    author = observer(ObserverType="PSN", PersonName="Head^Bob", InstitutionName="Org")
    assert at(made(named, AuthorObserverSequence=[author]), path) == ["Head"]
    device = made(Manufacturer="Maker")
    assert at(device, "author/assignedAuthor/assignedAuthoringDevice/manufacturerModelName/text()") == ["Maker"]


def test_the_study_the_order_and_the_place_are_told() -> None:
    order = observer(AccessionNumber="A1", PlacerOrderNumberImagingServiceRequest="P1")
    root = made(
        StudyDate="20200102",
        InstitutionName="Hospital & Sons",
        ReferringPhysicianName="Doe^Jane",
        ReferencedRequestSequence=[order],
        PerformedProcedureCodeSequence=[make_code("CT of chest", "24627-2", "LN")],
    )
    assert at(root, "inFulfillmentOf/order/id/@extension") == ["P1", "A1"]
    assert at(root, "documentationOf/serviceEvent/id/@root") == [f"{ROOT}.1"]
    assert at(root, "documentationOf/serviceEvent/code/@code") == ["24627-2"]
    assert at(root, "documentationOf/serviceEvent/effectiveTime/low/@value") == ["20200102"]
    assert at(root, "participant/associatedEntity/associatedPerson/name/family/text()") == ["Doe"]
    place = "componentOf/encompassingEncounter/location/healthCareFacility/serviceProviderOrganization/name/text()"
    assert at(root, place) == ["Hospital & Sons"]


def test_the_documents_it_was_made_of_are_related() -> None:
    root = made(PredecessorDocumentsSequence=make_evidence()[:1])
    assert at(root, "relatedDocument/@typeCode") == ["XFRM"], "two predecessors: CDA has a place for one"
    single = make_evidence()
    del single[0].ReferencedSeriesSequence[1]
    root = made(PredecessorDocumentsSequence=single)
    assert at(root, "relatedDocument/@typeCode") == ["RPLC", "XFRM"]
    assert at(root, "relatedDocument/parentDocument/id/@root") == [cda_uid(f"{ROOT}.9.1"), f"{ROOT}.3"]


def test_the_document_has_an_identifier_of_its_own_and_always_the_same() -> None:
    root = made()
    assert at(root, "id/@root") == [cda_uid(f"{ROOT}.3")]
    assert is_uid(cda_uid("1.2")) and cda_uid("1.2") != cda_uid("1.3")
    assert len(cda_uid("1.2")) <= 64


def test_the_title_is_coded() -> None:
    report = make_report(ConceptNameCodeSequence=[make_code("CT report", "126000", "DCM")])
    root = cda_of(read(report))
    assert at(root, "code/@code") == ["18748-4"]
    assert at(root, "code/translation/@code") == ["126000"]
    assert at(root, "title/text()") == ["CT report"]


def test_sections_nest_as_headings_do_and_links_lead_to_items() -> None:
    inner = container("Inner", text_item("Deep", "text"), by_reference(1, 1))
    root = made(container("Outer", text_item("A", "one\ntwo"), inner), container("Next", number_item("N", "5")))
    titles = at(root, "component/structuredBody/component/section/component/section/title/text()")
    assert titles[:2] == ["Outer", "Next"]
    deeper = "component/structuredBody/component/section/component/section/component/section/title/text()"
    assert at(root, deeper) == ["Inner"]
    targets = [href[1:] for href in root.xpath("//@href") if href.startswith("#")]
    assert targets and set(targets) <= set(root.xpath("//@ID"))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2020-01-02", "20200102"),
        ("2020-01-02 10:11:12", "20200102101112"),
        ("2020-01-02 10:11:12.5 +01:00", "20200102101112+0100"),
        ("2020-01", "202001"),
        ("2020-01-02 10 h", ""),
        ("yesterday", ""),
    ],
)
def test_moments_are_those_of_hl7(written: str, value: str) -> None:
    assert moment_of(written) == value


@pytest.mark.parametrize(
    ("code", "written"),
    [
        (Code("1", "DCM", "a"), '<c code="1" codeSystem="1.2.840.10008.2.16.4" codeSystemName="DCM" displayName="a"/>'),
        (Code("1", "1.2.3", ""), '<c code="1" codeSystem="1.2.3" codeSystemName="1.2.3"/>'),
        (Code("T-1", "SRT", "b"), '<c nullFlavor="OTH"><originalText>b (T-1, SRT)</originalText></c>'),
        (Code("a b", "DCM", "c"), '<c nullFlavor="OTH"><originalText>c (a b, DCM)</originalText></c>'),
        (None, '<c nullFlavor="UNK"/>'),
    ],
)
def test_a_code_without_a_system_of_hl7s_is_told_in_words(code: Code | None, written: str) -> None:
    assert write_code("c", code) == written


def test_identifiers_without_a_root_and_names_without_parts_say_so() -> None:
    assert write_id("") == '<id nullFlavor="UNK"/>'
    assert write_id("7", "not a uid") == '<id nullFlavor="UNK" extension="7"/>'
    assert write_id("", "1.2.3") == '<id root="1.2.3"/>'
    assert write_names(Person((("", " "),))) == '<name nullFlavor="UNK"/>'


@given(st.lists(st.text(), max_size=7), st.text(), st.text())
def test_whatever_the_report_holds_the_document_keeps_to_the_schema(parts: list[str], text: str, code: str) -> None:
    dataset = make_report(text_item("A", "b"))
    report = read(dataset)
    person = Person((tuple(parts), tuple(parts[1:])))
    head = replace(
        report.head,
        title=text,
        content_moment=text,
        sop_instance_uid=code,
        manufacturer=text,
        patient=Patient(person, code, text, (text,), text, code, text),
        study=Study(code, text, text, code, text, person, text),
        verifying_observers=(Observer(person, text, text, code, text, (Code(code, text, text),)),),
        authors=(Observer(person, text, text),),
        custodians=(Observer(organization=text),),
        procedures=(Code(code, code, text),),
    )
    cda_of(replace(report, head=head))


@pytest.mark.parametrize(("name", "content"), every_report(), ids=lambda each: each if isinstance(each, str) else "")
def test_every_text_and_item_of_every_report_is_there(name: str, content: bytes) -> None:
    report = read_report(BytesSource(content))
    root = cda_of(report)
    shown = re.sub(r"\s+", "", words_of(root))
    missing = {run.text for block in arrange(report).blocks for run in runs_of(block)}
    assert not {text for text in missing if re.sub(r"\s+", "", text) not in shown}
    items = {f"item-{item.number}" for item in report.root.walk()} if report.root else {"item-0"}
    assert items == set(root.xpath("//@ID"))
