"""An encapsulated document in its own type, or if it is CDA as a page to read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from wado.dicom.encapsulated_document import EncapsulatedDocument, find_encapsulated_document, is_stl, unfit
from wado.dicom.stored_object import FileSource
from wado.job import Job, Representation, WorkerSettings
from wado.media_types import (
    APPLICATION_PDF,
    CDA_LEVEL_ONE,
    MODEL_MTL,
    MODEL_OBJ,
    MODEL_STL,
    TEXT_XML,
)
from wado.report.pdf import write_pdf
from wado.report.read_cda import find_xml_encoding, is_cda, read_cda
from wado.worker.render_report import OUTLINE_WRITERS, respond

_HEAD = 4096
"""Bytes at its start by which a document is judged."""

_NOT_IN_A_NAME = re.compile(r"[^0-9.]")

NO_SNIFFING = ("X-Content-Type-Options", "nosniff")
HARMLESS = ("Content-Security-Policy", "sandbox; default-src 'none'")
"""XML can hold scripts and name style sheets: a browser shows it, and runs and loads nothing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a document of a media type is to be: `is_one` judges its first bytes, its length being given."""

    name: str
    extension: str
    is_one: Callable[[bytes, int], bool]
    is_shown: bool = False
    """By browsers, for which a file name is a proposal; otherwise they save it."""


def _is_pdf(head: bytes, length: int) -> bool:
    """The header may stand anywhere in the first 1024 bytes (ISO 32000-1 Annex H, implementation note 13)."""
    return b"%PDF-" in head[:1024]


def _is_plain_text(head: bytes, length: int) -> bool:
    """OBJ and MTL have no signature; neither has a NUL, nor begins as mark-up does."""
    return b"\0" not in head and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


_CDA = Kind("a CDA document", "xml", lambda head, length: is_cda(head), is_shown=True)

KINDS: dict[str, Kind] = {
    APPLICATION_PDF: Kind("a PDF file", "pdf", _is_pdf, is_shown=True),
    TEXT_XML: _CDA,
    CDA_LEVEL_ONE: _CDA,
    MODEL_STL: Kind("an STL model", "stl", is_stl),
    MODEL_OBJ: Kind("an OBJ model", "obj", _is_plain_text),
    MODEL_MTL: Kind("an MTL library", "mtl", _is_plain_text),
}


def render_document(job: Job, source: FileSource) -> Representation:
    """The bytes as they are stored, announced as what they are and never as what the file calls them.

    The answer is a part of the open file itself: nothing is copied.
    """
    document = find_encapsulated_document(source)
    kind = KINDS[job.media_type]
    if not kind.is_one(document.read(_HEAD), document.length):
        raise unfit(f"it is not {kind.name}, as its SOP Class says")
    headers = [NO_SNIFFING, ("Content-Disposition", _disposition(kind, document))]
    media_type, warnings = job.media_type, _warnings(job, document)
    if kind is _CDA:
        encoding = find_xml_encoding(document.read(_HEAD))
        media_type = f"{media_type}; charset={encoding}"
        headers.append(HARMLESS)
        if job.charsets and encoding.casefold() not in map(str.casefold, job.charsets):
            warnings += (f"charset has no effect: the document is sent as it is stored and in {encoding}",)
    if document.source is not source:
        return Representation(media_type, document.read(), warnings=warnings, headers=tuple(headers))
    return Representation(
        media_type,
        body_size=document.length,
        body_offset=document.offset,
        file=source.descriptor,
        warnings=warnings,
        headers=tuple(headers),
    )


def render_cda(job: Job, source: FileSource) -> Representation:
    """The narrative of an encapsulated CDA document, and what its header says, as a report is shown."""
    document = find_encapsulated_document(source)
    return respond(job, OUTLINE_WRITERS[job.media_type](read_cda(document.read()), job.charsets[0]))


def render_cda_pages(job: Job, source: FileSource, settings: WorkerSettings) -> Representation:
    """The same as pages for print."""
    document = find_encapsulated_document(source)
    return Representation(job.media_type, write_pdf(read_cda(document.read()), {}, settings.worker_memory))


def _disposition(kind: Kind, document: EncapsulatedDocument) -> str:
    name = _NOT_IN_A_NAME.sub("", document.sop_instance_uid)[:64] or "document"
    return f'{"inline" if kind.is_shown else "attachment"}; filename="{name}.{kind.extension}"'


_NAMED_ALIKE = {TEXT_XML: ("text/xml", "application/xml"), CDA_LEVEL_ONE: ("text/xml", "application/xml")}


def _warnings(job: Job, document: EncapsulatedDocument) -> tuple[str, ...]:
    warnings = []
    alike = _NAMED_ALIKE.get(job.media_type, ())
    if document.media_type and document.media_type not in (job.media_type, *alike):
        warnings.append("MIME Type of Encapsulated Document (0042,0012) names another type than the document is of")
    if document.has_wrong_length:
        warnings.append("Encapsulated Document Length (0042,0015) is not the length of the document")
    return tuple(warnings)
