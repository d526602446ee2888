"""A report as a document to read: read, arranged, written."""

from __future__ import annotations

from collections.abc import Callable

from wado.character_sets.encode import Reference, encode, html_reference
from wado.dicom.stored_object import FileSource
from wado.job import Job, Representation
from wado.media_types import TEXT_HTML, TEXT_PLAIN
from wado.report.arrange import arrange
from wado.report.html import CONTENT_SECURITY_POLICY, write_html
from wado.report.outline import Outline
from wado.report.plain_text import write_plain_text
from wado.report.read_report import read_report

REFERENCES: dict[str, Reference] = {TEXT_HTML: html_reference}
"""How documents write what their character set does not hold; plain text takes another set (8.1.6)."""

WRITERS: dict[str, Callable[[Outline, str], str]] = {
    TEXT_HTML: write_html,
    TEXT_PLAIN: lambda outline, charset: write_plain_text(outline),
}
"""The second argument is the character set that a document declares itself to be in."""

HEADERS = (("Content-Security-Policy", CONTENT_SECURITY_POLICY), ("X-Content-Type-Options", "nosniff"))
"""What the archive's files hold is not trusted: a browser is told to take a page for no more than it is."""


def render_report(job: Job, source: FileSource) -> Representation:
    text = WRITERS[job.media_type](arrange(read_report(source)), job.charsets[0])
    charset, body = encode(text, job.charsets, REFERENCES.get(job.media_type))
    return Representation(f"{job.media_type}; charset={charset}", body, headers=HEADERS)
