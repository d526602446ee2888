"""A CDA document as an outline: its header and its narrative, which is what its author signed (HL7 CDA Release 2).

The document is not trusted. No style sheet of its own is run, no entity is known, nothing is loaded; structured entries
are not shown, as they only repeat the narrative for machines.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from typing import Any
from xml.parsers import expat

from wado.character_sets.names import find_character_set
from wado.dicom.encapsulated_document import unfit
from wado.report.languages import is_right_to_left, language_tag
from wado.report.model import Head, Patient, Person
from wado.report.outline import Block, Entries, Entry, Heading, Kind, Outline, Paragraph, Run, Style
from wado.report.read_cda_name import Name
from wado.report.read_cda_narrative import Narrative
from wado.report.read_text import legible
from wado.report.read_values import written_date_time

NAMESPACE = "urn:hl7-org:v3"
ROOT = f"{NAMESPACE} ClinicalDocument"

LARGEST = 32 * 1024 * 1024
DEEPEST = 500
MOST_ELEMENTS = 1_000_000
"""Bounds on what is shown; the document itself can be had however large it is."""

_DECLARATION = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_WIDE = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_SPACE = re.compile(r"\s+")

_PERSON = ("assignedPerson", "name")
_FIELDS: dict[tuple[str, ...], tuple[str, str]] = {
    ("recordTarget", "patientRole", "patient", "name"): ("Patient", ""),
    ("recordTarget", "patientRole", "id"): ("Patient ID", "extension"),
    ("recordTarget", "patientRole", "patient", "birthTime"): ("Birth date", "value"),
    ("recordTarget", "patientRole", "patient", "administrativeGenderCode"): ("Sex", "code"),
    ("code",): ("Document type", "displayName"),
    ("effectiveTime",): ("Document date", "value"),
    ("versionNumber",): ("Version", "value"),
    ("author", "time"): ("Written", "value"),
    ("author", "assignedAuthor", *_PERSON): ("Author", ""),
    ("author", "assignedAuthor", "assignedAuthoringDevice", "manufacturerModelName"): ("Author", ""),
    ("author", "assignedAuthor", "assignedAuthoringDevice", "softwareName"): ("Author", ""),
    ("author", "assignedAuthor", "representedOrganization", "name"): ("Author's organization", ""),
    ("custodian", "assignedCustodian", "representedCustodianOrganization", "name"): ("Custodian", ""),
    ("legalAuthenticator", "time"): ("Signed", "value"),
    ("legalAuthenticator", "assignedEntity", *_PERSON): ("Signed by", ""),
    ("authenticator", "time"): ("Attested", "value"),
    ("authenticator", "assignedEntity", *_PERSON): ("Attested by", ""),
    ("participant", "associatedEntity", "associatedPerson", "name"): ("Participant", ""),
    ("inFulfillmentOf", "order", "id"): ("Order", "extension"),
    ("documentationOf", "serviceEvent", "code"): ("Procedure", "displayName"),
    ("documentationOf", "serviceEvent", "effectiveTime"): ("Procedure date", "value"),
    ("documentationOf", "serviceEvent", "effectiveTime", "low"): ("Procedure date", "value"),
}
"""What the page tells of the header: the path, what it is called, and the attribute that has it, or the text."""

UNSIGNED = "Unsigned: this document names no legal authenticator"


def find_xml_encoding(head: bytes) -> str:
    """The name of the character encoding that the document is in (XML 1.0 section 4.3.3 and appendix F)."""
    for mark, name in _WIDE.items():
        if head.startswith(mark):
            return name
    match = _DECLARATION.match(head.removeprefix(codecs.BOM_UTF8))
    name = match[1].decode("ascii") if match and not head.startswith(codecs.BOM_UTF8) else "UTF-8"
    known = find_character_set(name)
    return known.name if known else name


def is_cda(head: bytes) -> bool:
    """Whether a document that begins so is CDA: no document type, and the root element is the one."""
    found: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = lambda name, attributes: found.append(name)
    with contextlib.suppress(expat.ExpatError, _DocumentTypeError, LookupError):  # what came before it tells
        parser.Parse(_decode(head, "ignore"), False)
    return found[:1] == [ROOT]


def read_cda(content: bytes) -> Outline:
    """Raises `NotAcceptable` for what is no well-formed CDA document, or beyond the bounds."""
    if len(content) > LARGEST:
        raise unfit(f"CDA documents of more than {LARGEST >> 20} MiB are not shown as a page")
    if not is_cda(content[:4096]):
        raise unfit("it is not a CDA document, as its SOP Class says")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    try:
        parser.Parse(_decode(content, "strict"), True)
    except (expat.ExpatError, _DocumentTypeError, LookupError, UnicodeError):
        raise unfit("the CDA document is not well-formed XML without a document type") from None
    return reader.outline()


class _DocumentTypeError(Exception):
    """CDA has none; entities would be in it."""


def _refuse_document_type(*declaration: Any) -> None:
    raise _DocumentTypeError


def _decode(content: bytes, errors: str) -> str:
    """Into text first: expat knows few encodings, and is told that of text by Python."""
    name = find_xml_encoding(content[:4096])
    known = find_character_set(name)
    if known is None and name not in _WIDE.values():
        raise LookupError(name)  # Python has codecs of other kinds as well
    return content.decode(known.codec if known else name, errors).removeprefix("\ufeff")


class _Reader:
    """The handlers of the parser: each sees where it is by the path of elements, no deeper than is allowed."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._elements = 0
        self._sections = 0
        self._text: list[str] | None = None
        self._name: Name | None = None
        self._name_depth = 0
        self._title = ""
        self._language = ""
        self._head: list[tuple[str, str]] = []
        self._body: list[Block] = []
        self._narrative: Narrative | None = None
        self._narrative_depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._path) >= DEEPEST:
            raise unfit(f"it has more than {MOST_ELEMENTS} elements, or {DEEPEST} levels of them")
        namespace, _, local = name.rpartition(" ")
        local = local if namespace == NAMESPACE else name
        self._path.append(local)
        if self._narrative is not None:
            self._narrative.start(local, attributes)
        elif self._name is not None:
            self._name.start(local)
        elif local == "section":
            self._sections += 1
        elif local == "text" and self._path[-2] == "section":
            self._narrative = Narrative()
            self._narrative_depth = len(self._path)
        elif local == "nonXMLBody":
            self._note("The document's body is a file of another kind, which this page cannot show.")
        else:
            self._start_of_header(attributes)

    def end(self, name: str) -> None:
        if self._narrative is not None:
            if len(self._path) == self._narrative_depth:
                self._body += self._narrative.finish()
                self._narrative = None
            else:
                self._narrative.end(self._path[-1])
        elif self._name is not None:
            self._end_of_name(self._name)
        elif self._path[-1] == "section":
            self._sections -= 1
        elif self._text is not None:
            self._end_of_text()
        self._path.pop()

    def data(self, text: str) -> None:
        if self._narrative is not None:
            self._narrative.data(text)
        elif self._name is not None:
            self._name.data(text)
        elif self._text is not None:
            self._text.append(text)

    def _start_of_header(self, attributes: dict[str, str]) -> None:
        place = tuple(self._path[1:])
        if self._text is not None:
            self._text.append(" ")
        elif place in _FIELDS and place[-1] == "name":
            self._name = Name(attributes.get("use", ""))
            self._name_depth = len(self._path)
        elif place == ("title",) or (self._path[-1] == "title" and self._path[-2] == "section"):
            self._text = []
        elif place == ("languageCode",):
            self._language = attributes.get("code", "")
        elif place in _FIELDS:
            label, attribute = _FIELDS[place]
            if not attribute:
                self._text = []
            elif attribute in attributes:
                self._tell(label, _written(attributes[attribute]) if attribute == "value" else attributes[attribute])

    def _end_of_name(self, name: Name) -> None:
        if len(self._path) > self._name_depth:
            name.end()
            return
        label, _ = _FIELDS[tuple(self._path[1:])]
        self._name = None
        self._tell(label, name.written())

    def _end_of_text(self) -> None:
        place = tuple(self._path[1:])
        is_title = self._path[-1] == "title" and self._path[-2] == "section"
        if not (is_title or place == ("title",) or place in _FIELDS):
            assert self._text is not None
            self._text.append(" ")
            return
        text = _SPACE.sub(" ", "".join(self._text or ())).strip()
        self._text = None
        if is_title:
            level = min(6, 1 + max(1, self._sections))
            self._body.append(Heading((Run(legible(text), Kind.VALUE),), level))
        elif place == ("title",):
            self._title = legible(text)
        else:
            self._tell(_FIELDS[place][0], text)

    def _tell(self, label: str, value: str) -> None:
        if value:
            self._head.append((label, legible(value)))

    def _note(self, text: str) -> None:
        self._body.append(Paragraph((Run(text, Kind.NOTE),), style=Style.NOTE))

    def outline(self) -> Outline:
        title = self._title or next((value for label, value in self._head if label == "Document type"), "Document")
        order = {label: index for index, (label, _) in enumerate(_FIELDS.values())}
        entries = (
            Entry((Run(label, Kind.LABEL),), (Run(value, Kind.VALUE),))
            for label, value in sorted(self._head, key=lambda entry: order[entry[0]])
        )
        is_signed = any(label == "Signed by" for label, _ in self._head)
        language = language_tag(self._language)
        return Outline(
            title=title,
            language=language,
            is_right_to_left=is_right_to_left(language),
            warnings=() if is_signed else (UNSIGNED,),
            head=(Entries(tuple(entries)),),
            body=tuple(self._body),
            end=(),
            report_head=Head(title=title, patient=self._patient()),
        )

    def _patient(self) -> Patient:
        """Who the document is about, for the head of every page of print."""
        told = dict(reversed(self._head))
        name = told.get("Patient", "")
        person = Person(((name,),)) if name else Person()
        return Patient(name=person, id=told.get("Patient ID", ""), birth_date=told.get("Birth date", ""))


def _written(moment: str) -> str:
    """A TS of HL7, which is written like a DT of DICOM."""
    return written_date_time(moment)
