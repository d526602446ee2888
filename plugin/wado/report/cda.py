"""A report as an HL7 CDA Release 2 document, its header after DICOM PS3.20 as far as the report has the data.

It is level two: sections with their narrative, which holds every content item. The order of elements is that of the
schema, POCD_MT000040.xsd.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from wado.report.cda_codes import (
    ADMINISTRATIVE_GENDER,
    CONFIDENTIALITY,
    SEXES,
    is_uid,
    moment_of,
    write_code,
    write_id,
    write_moment,
    write_names,
)
from wado.report.cda_narrative import write_blocks
from wado.report.model import Code, Head, Named, Observer, Person, Report
from wado.report.outline import Block, Heading, Kind, Outline, Paragraph, Run, Style, text_of
from wado.report.xml_text import escape, escape_attribute

NAMESPACE = "urn:hl7-org:v3"

STUDY_REPORT = Code("18748-4", "LN", "Diagnostic imaging study")
"""What PS3.20 7.1.1 has as the document's type; the title that the report bears in its own code is a translation."""

PERSON_OBSERVER = ("121008", "DCM")
"""Person Observer Name (PS3.16 TID 1003)."""

_NOTHING_KNOWN = '<addr nullFlavor="NI"/><telecom nullFlavor="NI"/>'
UNTITLED = "(no title)"
HEAD_TITLE, CONTENT_TITLE, END_TITLE = "Patient, study and report", "Report", "Sources and identity"


def write_cda(report: Report, outline: Outline, charset: str = "utf-8") -> str:
    """The document; `charset` is the name that it declares."""
    head = report.head
    parts = [
        f'<?xml version="1.0" encoding="{escape_attribute(charset)}"?>\n',
        f'<ClinicalDocument xmlns="{NAMESPACE}" classCode="DOCCLIN" moodCode="EVN">\n',
        '<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>\n',
        f'<id root="{cda_uid(head.sop_instance_uid)}"/>\n',
        f"{write_code('code', STUDY_REPORT, _title_code(report))}\n",
        f"<title>{escape(outline.title) or UNTITLED}</title>\n",
        f"{write_moment('effectiveTime', head.content_moment)}\n",
        f'<confidentialityCode code="N" codeSystem="{CONFIDENTIALITY}"/>\n',
        f"{_language(head.language)}\n",
        *(f"{part}\n" for part in _participations(report)),
        *(f"{part}\n" for part in _relations(head)),
        "<component><structuredBody>\n",
        *_sections(report, outline),
        "</structuredBody></component>\n</ClinicalDocument>\n",
    ]
    return "".join(parts)


def cda_uid(sop_instance_uid: str) -> str:
    """The document's own identifier: another than the report's, and the same whenever it is made (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, f'{sop_instance_uid}/CDA').int}"


def _title_code(report: Report) -> str:
    concept = report.root.concept if report.root else None
    return write_code("translation", concept) if concept else ""


def _language(tag: str) -> str:
    return f'<languageCode code="{escape_attribute(tag)}"/>' if tag else '<languageCode nullFlavor="UNK"/>'


def _participations(report: Report) -> Iterator[str]:
    head = report.head
    yield _record_target(head)
    authors = head.authors or _observers_in(report)
    yield from (_author(author, head) for author in authors) if authors else (_author(Observer(), head),)
    yield _custodian(head)
    signers = head.verifying_observers if head.verification == "VERIFIED" else ()
    for index, signer in enumerate(signers):
        yield _signer("authenticator" if index else "legalAuthenticator", signer)
    if any(map(any, head.study.referring_physician.groups)):
        person = _person("associatedPerson", head.study.referring_physician)
        entity = f'<associatedEntity classCode="PROV">{person}</associatedEntity>'
        yield f'<participant typeCode="REF">{entity}</participant>'


def _record_target(head: Head) -> str:
    patient = head.patient
    identifiers = [write_id(patient.id, authority=patient.issuer_of_id), *map(write_id, patient.other_ids)]
    if patient.sex in SEXES:
        meaning = SEXES[patient.sex]
        sex = f'code="{patient.sex}" codeSystem="{ADMINISTRATIVE_GENDER}" displayName="{meaning}"'
    else:
        sex = 'nullFlavor="UNK"'  # PS3.20 8.1 maps O to it
    birth = " ".join(filter(None, (patient.birth_date, patient.birth_time)))
    person = f"{write_names(patient.name)}<administrativeGenderCode {sex}/>{write_moment('birthTime', birth)}"
    role = f"{''.join(identifiers)}{_NOTHING_KNOWN}<patient>{person}</patient>"
    return f"<recordTarget><patientRole>{role}</patientRole></recordTarget>"


def _observers_in(report: Report) -> tuple[Observer, ...]:
    """The persons whom the content names as its observers, at its top."""
    return tuple(
        Observer(person=child.value.person)
        for child in (report.root.children if report.root else ())
        if child.concept
        and (child.concept.value, child.concept.scheme) == PERSON_OBSERVER
        and isinstance(child.value, Named)
    )


def _author(author: Observer, head: Head) -> str:
    """A person, or else the device that made the report."""
    time = write_moment("time", author.moment or head.content_moment)
    if any(map(any, author.person.groups)):
        who = _person("assignedPerson", author.person)
    else:
        model = author.name or head.manufacturer
        named = f"<manufacturerModelName>{escape(model)}</manufacturerModelName>" if model else ""
        who = f"<assignedAuthoringDevice>{named}</assignedAuthoringDevice>"
    organization = _organization("representedOrganization", author.organization)
    entity = f"{write_id('')}{_code_of(author)}{_NOTHING_KNOWN}{who}{organization}"
    return f"<author>{time}<assignedAuthor>{entity}</assignedAuthor></author>"


def _custodian(head: Head) -> str:
    custodian = next((item.organization or item.name for item in head.custodians), "") or head.study.institution
    name = f"<name>{escape(custodian)}</name>" if custodian else '<name nullFlavor="UNK"/>'
    organization = f'{write_id("")}{name}<telecom nullFlavor="NI"/><addr nullFlavor="NI"/>'
    return (
        "<custodian><assignedCustodian><representedCustodianOrganization>"
        f"{organization}</representedCustodianOrganization></assignedCustodian></custodian>"
    )


def _signer(element: str, signer: Observer) -> str:
    person = _person("assignedPerson", signer.person)
    organization = _organization("representedOrganization", signer.organization)
    entity = f"{write_id('')}{_code_of(signer)}{_NOTHING_KNOWN}{person}{organization}"
    time = write_moment("time", signer.moment)
    return f'<{element}>{time}<signatureCode code="S"/><assignedEntity>{entity}</assignedEntity></{element}>'


def _code_of(observer: Observer) -> str:
    return write_code("code", observer.codes[0]) if observer.codes else ""


def _person(element: str, person: Person) -> str:
    return f"<{element}>{write_names(person)}</{element}>"


def _organization(element: str, name: str) -> str:
    return f"<{element}><name>{escape(name)}</name></{element}>" if name else ""


def _relations(head: Head) -> Iterator[str]:
    """Orders, the procedure, the documents that this one is made of, and where the procedure took place."""
    for order in head.orders:
        if order.placer_number or order.accession_number:
            # PS3.20 8.2.3 has an element of its own for the accession number, which the schema of CDA does not have.
            identifiers = "".join(map(write_id, filter(None, (order.placer_number, order.accession_number))))
            code = write_code("code", order.procedure) if order.procedure else ""
            yield f"<inFulfillmentOf><order>{identifiers}{code}</order></inFulfillmentOf>"
    yield from _procedures(head)
    yield from _parents(head)
    if head.study.institution:
        place = _organization("serviceProviderOrganization", head.study.institution)
        location = f"<location><healthCareFacility>{place}</healthCareFacility></location>"
        encounter = f'<effectiveTime nullFlavor="UNK"/>{location}'
        yield f"<componentOf><encompassingEncounter>{encounter}</encompassingEncounter></componentOf>"


def _procedures(head: Head) -> Iterator[str]:
    """An event for each procedure of the study that was performed (PS3.20 8.2.4)."""
    identifier = write_id("", head.study.uid)
    low = moment_of(head.study.moment)
    time = f'<effectiveTime><low value="{low}"/></effectiveTime>' if low else '<effectiveTime nullFlavor="UNK"/>'
    for procedure in head.procedures or (None,):
        code = write_code("code", procedure) if procedure else ""
        event = f'<serviceEvent classCode="ACT" moodCode="EVN">{identifier}{code}{time}</serviceEvent>'
        yield f"<documentationOf>{event}</documentationOf>"


def _parents(head: Head) -> Iterator[str]:
    """The report that was transformed, and the document before it if there is one: CDA has no place for more."""
    if len(head.predecessors) == 1:
        identifier = write_id("", cda_uid(head.predecessors[0].sop_instance_uid))
        yield f'<relatedDocument typeCode="RPLC"><parentDocument>{identifier}</parentDocument></relatedDocument>'
    if is_uid(head.sop_instance_uid):
        identifier = write_id("", head.sop_instance_uid)
        yield f'<relatedDocument typeCode="XFRM"><parentDocument>{identifier}</parentDocument></relatedDocument>'


def _sections(report: Report, outline: Outline) -> Iterator[str]:
    """A section for each heading, within that of the heading above it."""
    warnings = (Paragraph((Run(text, Kind.LABEL),), style=Style.WARNING) for text in outline.warnings)
    concepts = {item.number: item.concept for item in report.root.walk() if item.concept} if report.root else {}
    yield from _section_tree(HEAD_TITLE, (*warnings, *outline.head), concepts)
    start = Paragraph((Run("", item=0),))
    yield from _section_tree(CONTENT_TITLE, (start, *outline.body), concepts)
    yield from _section_tree(END_TITLE, outline.end, concepts)


def _section_tree(title: str, blocks: Sequence[Block], concepts: dict[int, Code]) -> Iterator[str]:
    """Sections nest as far as headings do, by five levels: no recursion is needed for them."""
    yield f"<component><section><title>{escape(title)}</title>\n"
    open_levels: list[int] = []
    written: list[Block] = []
    for block in blocks:
        if not isinstance(block, Heading):
            written.append(block)
            continue
        yield from _narrative(written)
        anchors = tuple(Run("", item=run.item) for run in block.runs if run.item is not None)
        written = [Paragraph(anchors)] if anchors else []
        while open_levels and open_levels[-1] >= block.level:
            open_levels.pop()
            yield "</section></component>\n"
        open_levels.append(block.level)
        number = next((run.item for run in block.runs if run.item is not None), -1)
        code = write_code("code", concepts[number]) if number in concepts else ""
        yield f"<component><section>{code}<title>{escape(text_of(block.runs)) or UNTITLED}</title>\n"
    yield from _narrative(written)
    yield "</section></component>\n" * (len(open_levels) + 1)


def _narrative(blocks: Sequence[Block]) -> Iterator[str]:
    if blocks:
        yield f"<text>{write_blocks(blocks)}</text>\n"
