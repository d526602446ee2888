"""A report as pages for print, with the images that it refers to in them."""

from __future__ import annotations

from wado.dicom.stored_object import FileSource
from wado.job import Job, Representation, WorkerSettings
from wado.report.arrange import arrange
from wado.report.pdf import check_extent, write_pdf
from wado.report.read_report import read_report
from wado.worker.others import OtherObjects
from wado.worker.report_pictures import PictureMaker, ReadState, make_pictures


def render_report_pages(
    job: Job, source: FileSource, settings: WorkerSettings, others: OtherObjects, read_state: ReadState
) -> Representation:
    """Raises `NeedsOthers` for the images, once it is known that the pages can be made."""
    outline = arrange(read_report(source))
    check_extent(outline, settings.worker_memory)
    pictures = make_pictures(outline, PictureMaker(job, settings, others, read_state))
    return Representation(job.media_type, write_pdf(outline, pictures, settings.worker_memory))
