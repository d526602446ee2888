"""A report as a document to read: read, arranged, written."""

from __future__ import annotations

from collections.abc import Callable

from wado.character_sets.encode import Reference, encode, html_reference
from wado.dicom.element_tree import read_element_tree
from wado.dicom.stored_object import FileSource
from wado.job import Job, Representation, WorkerSettings
from wado.media_types import CDA_LEVEL_ONE, TEXT_HTML, TEXT_PLAIN, TEXT_RTF, TEXT_XML
from wado.report.arrange import arrange
from wado.report.cda import write_cda
from wado.report.html import CONTENT_SECURITY_POLICY, write_html
from wado.report.native_xml import write_native_xml
from wado.report.outline import Outline
from wado.report.plain_text import write_plain_text
from wado.report.read_report import read_report
from wado.report.rtf import write_rtf
from wado.worker.others import OtherObjects
from wado.worker.report_pictures import PictureMaker, ReadState, place_regions

REFERENCES: dict[str, Reference] = {
    TEXT_HTML: html_reference,
    TEXT_XML: html_reference,
    CDA_LEVEL_ONE: html_reference,
}
"""How documents write what their character set does not hold.

Plain text takes another set (8.1.6), and RTF is ASCII whatever the text.
"""

OUTLINE_WRITERS: dict[str, Callable[[Outline, str], str]] = {
    TEXT_HTML: write_html,
    TEXT_PLAIN: lambda outline, charset: write_plain_text(outline),
    TEXT_RTF: lambda outline, charset: write_rtf(outline),
}
"""What shows the outline alone. The second argument is the character set that a document declares itself to be in."""

HEADERS = (("Content-Security-Policy", CONTENT_SECURITY_POLICY), ("X-Content-Type-Options", "nosniff"))
"""What the archive's files hold is not trusted: a browser is told to take a page for no more than it is."""


def render_report(
    job: Job, source: FileSource, settings: WorkerSettings, others: OtherObjects, read_state: ReadState
) -> Representation:
    """Raises `NeedsOthers` for the images of a page on which the report draws regions."""
    return respond(job, WRITERS[job.media_type](source, PictureMaker(job, settings, others, read_state)))


def respond(job: Job, text: str) -> Representation:
    """The text in the character set that the client prefers."""
    charset, body = encode(text, job.charsets, REFERENCES.get(job.media_type))
    return Representation(f"{job.media_type}; charset={charset}", body, headers=HEADERS)


def _write_outline(source: FileSource, maker: PictureMaker) -> str:
    return OUTLINE_WRITERS[maker.job.media_type](arrange(read_report(source)), maker.job.charsets[0])


def _write_html(source: FileSource, maker: PictureMaker) -> str:
    outline = arrange(read_report(source))
    return write_html(outline, maker.job.charsets[0], place_regions(outline, maker))


def _write_native_xml(source: FileSource, maker: PictureMaker) -> str:
    return write_native_xml(read_element_tree(source), maker.job.charsets[0])


def _write_cda(source: FileSource, maker: PictureMaker) -> str:
    report = read_report(source)
    return write_cda(report, arrange(report), maker.job.charsets[0])


WRITERS: dict[str, Callable[[FileSource, PictureMaker], str]] = {
    **dict.fromkeys(OUTLINE_WRITERS, _write_outline),
    TEXT_HTML: _write_html,
    TEXT_XML: _write_native_xml,
    CDA_LEVEL_ONE: _write_cda,
}
