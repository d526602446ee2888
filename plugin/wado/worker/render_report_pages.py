"""A report as pages for print, with the images that it refers to in them."""

from __future__ import annotations

from wado.dicom.stored_object import FileSource
from wado.job import Job, Representation, WorkerSettings
from wado.report.arrange import arrange
from wado.report.pdf import write_pdf
from wado.report.read_report import read_report


def render_report_pages(job: Job, source: FileSource, settings: WorkerSettings) -> Representation:
    outline = arrange(read_report(source))
    return Representation(job.media_type, write_pdf(outline, {}, settings.worker_memory))
