"""Which renderer makes which representation: the table to read first."""

from __future__ import annotations

from collections.abc import Callable

from wado.dicom.stored_image import StoredImage, inflated, read_stored_image
from wado.dicom.stored_object import FileSource, StoredObject, read_stored_object
from wado.errors import NotAcceptable
from wado.job import Job, Representation, WorkerSettings
from wado.media_types import (
    APPLICATION_DICOM,
    APPLICATION_PDF,
    CDA_LEVEL_ONE,
    IMAGE_AVIF,
    IMAGE_GIF,
    IMAGE_JP2,
    IMAGE_JPEG,
    IMAGE_JXL,
    IMAGE_PNG,
    IMAGE_WEBP,
    MODEL_MTL,
    MODEL_OBJ,
    MODEL_STL,
    MOVING,
    TEXT_HTML,
    TEXT_PLAIN,
    TEXT_XML,
    Category,
)
from wado.remembered import Remembered
from wado.transcode.render_dicom import render_dicom
from wado.worker.render_document import render_cda, render_document
from wado.worker.render_moving import render_moving
from wado.worker.render_picture import render_picture
from wado.worker.render_report import WRITERS, render_report
from wado.worker.render_report_pages import render_report_pages

HEADERS_KEPT = 256
LARGEST_HEADER_KEPT = 128 * 1024
"""Bytes of data set before the pixel data, as stored."""


class Renderers:
    """The renderers, and what they keep from one job to the next: the headers of the objects seen last."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._images: Remembered[str, StoredImage] = Remembered(HEADERS_KEPT)

    def render(self, job: Job, descriptor: int) -> Representation:
        """Make the representation that the job asks for of the object in the open file; raises `WadoError`."""
        renderer = RENDERERS.get((Category(job.category), job.media_type))
        if renderer is None:
            raise NotAcceptable(f"{job.media_type} cannot be made of this {job.category}")
        return renderer(self, job, FileSource(descriptor, job.size))

    def picture(self, job: Job, source: FileSource) -> Representation:
        image = self._images.get(job.attachment) or self._read_image(job, source)
        return render_picture(job, image, inflated(image.stored_object, source), self._settings)

    def moving(self, job: Job, source: FileSource) -> Representation:
        image = self._images.get(job.attachment) or self._read_image(job, source)
        return render_moving(job, image, inflated(image.stored_object, source), self._settings)

    def dicom(self, job: Job, source: FileSource) -> Representation:
        return render_dicom(job, source)

    def report_pages(self, job: Job, source: FileSource) -> Representation:
        return render_report_pages(job, source, self._settings)

    def report(self, job: Job, source: FileSource) -> Representation:
        return render_report(job, source)

    def document(self, job: Job, source: FileSource) -> Representation:
        return render_document(job, source)

    def cda_page(self, job: Job, source: FileSource) -> Representation:
        return render_cda(job, source)

    def _read_image(self, job: Job, source: FileSource) -> StoredImage:
        stored_object = read_stored_object(source)
        image = read_stored_image(stored_object, inflated(stored_object, source))
        if _header_size(stored_object) <= LARGEST_HEADER_KEPT:
            self._images.put(job.attachment, image)
        return image


def _header_size(stored_object: StoredObject) -> int:
    return stored_object.pixel_data.offset if stored_object.pixel_data else 0


Renderer = Callable[[Renderers, Job, FileSource], Representation]

STILL = (IMAGE_JPEG, IMAGE_PNG, IMAGE_GIF, IMAGE_JP2, IMAGE_WEBP, IMAGE_JXL, IMAGE_AVIF)

RENDERERS: dict[tuple[Category, str], Renderer] = {
    **{(Category.SINGLE_FRAME, media_type): Renderers.picture for media_type in STILL},
    **{(Category.MULTI_FRAME, media_type): Renderers.picture for media_type in STILL if media_type not in MOVING},
    **{(Category.MULTI_FRAME, media_type): Renderers.moving for media_type in MOVING},
    **{(Category.TEXT, media_type): Renderers.report for media_type in WRITERS},
    (Category.TEXT, APPLICATION_PDF): Renderers.report_pages,
    (Category.ENCAPSULATED_PDF, APPLICATION_PDF): Renderers.document,
    (Category.ENCAPSULATED_CDA, TEXT_XML): Renderers.document,
    (Category.ENCAPSULATED_CDA, CDA_LEVEL_ONE): Renderers.document,
    (Category.ENCAPSULATED_CDA, TEXT_HTML): Renderers.cda_page,
    (Category.ENCAPSULATED_CDA, TEXT_PLAIN): Renderers.cda_page,
    (Category.ENCAPSULATED_STL, MODEL_STL): Renderers.document,
    (Category.ENCAPSULATED_OBJ, MODEL_OBJ): Renderers.document,
    (Category.ENCAPSULATED_MTL, MODEL_MTL): Renderers.document,
    **{(category, APPLICATION_DICOM): Renderers.dicom for category in Category},
}
