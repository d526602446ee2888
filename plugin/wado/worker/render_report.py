"""A report as a document to read: read, arranged, written."""

from __future__ import annotations

from collections.abc import Callable

from wado.dicom.stored_object import FileSource
from wado.job import Job, Representation
from wado.media_types import TEXT_HTML, TEXT_PLAIN
from wado.report.arrange import arrange
from wado.report.html import CONTENT_SECURITY_POLICY, write_html
from wado.report.outline import Outline
from wado.report.plain_text import write_plain_text
from wado.report.read_report import read_report

CHARSET = "utf-8"

WRITERS: dict[str, Callable[[Outline], str]] = {TEXT_HTML: write_html, TEXT_PLAIN: write_plain_text}

HEADERS = (("Content-Security-Policy", CONTENT_SECURITY_POLICY), ("X-Content-Type-Options", "nosniff"))
"""What the archive's files hold is not trusted: a browser is told to take a page for no more than it is."""


def render_report(job: Job, source: FileSource) -> Representation:
    text = WRITERS[job.media_type](arrange(read_report(source)))
    return Representation(f"{job.media_type}; charset={CHARSET}", text.encode(CHARSET), headers=HEADERS)
