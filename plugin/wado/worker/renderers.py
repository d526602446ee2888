"""Which renderer makes which representation: the table to read first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from wado.cache_count import ObservedCache
from wado.deidentify.policy import Policy
from wado.dicom.kept_frames import KeptFrames
from wado.dicom.stored_image import StoredImage, inflated, read_stored_image
from wado.dicom.stored_object import FileSource, Source, StoredObject, read_stored_object
from wado.errors import NotAcceptable
from wado.job import LONGEST_UID, MOST_OTHERS, Job, NeedsOthers, Representation, WorkerSettings
from wado.media_types import (
    APPLICATION_DICOM,
    APPLICATION_JSON,
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
    TEXT_XML,
    Category,
)
from wado.presentation.state import StoredState, read_stored_state
from wado.presentation.values import refusal
from wado.remembered import Remembered
from wado.transcode.deidentified import render_deidentified
from wado.transcode.recoded import render_recoded
from wado.transcode.render_dicom import render_dicom
from wado.worker.list_presentation_states import list_presentation_states
from wado.worker.others import OtherObjects
from wado.worker.render_document import render_cda, render_cda_pages, render_document
from wado.worker.render_moving import render_moving
from wado.worker.render_picture import render_picture
from wado.worker.render_report import OUTLINE_WRITERS, WRITERS, render_report
from wado.worker.render_report_pages import render_report_pages
from wado.worker.rendition import Rendition

HEADERS_KEPT = 256
LARGEST_HEADER_KEPT = 128 * 1024
"""Bytes of data set before the pixel data, as stored."""

STATES_KEPT = 64
LARGEST_STATE_KEPT = 1024 * 1024
"""Bytes of a presentation state; what makes it large are overlays."""

MEBIBYTE = 1024 * 1024


class Renderers:
    """The renderers, and what they keep from one job to the next: headers of the objects seen last, and frames."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._images: Remembered[str, StoredImage] = Remembered(HEADERS_KEPT)
        self._states: Remembered[str, StoredState] = Remembered(STATES_KEPT)
        self.frames = KeptFrames(min(settings.frame_cache, settings.worker_memory // 4) * MEBIBYTE)
        self.caches: dict[str, ObservedCache] = {
            "headers": self._images,
            "frames": self.frames,
            "presentation states": self._states,
        }

    def render(self, job: Job, descriptor: int, others: Sequence[int] = ()) -> Representation:
        """Make the representation that the job asks for of the object in the open file.

        `others` are the open files of the job's other objects. Raises `WadoError`, or `NeedsOthers` for more of them.
        Where memory does not suffice, what the frames take that are kept is given to the job.
        """
        try:
            return self._render(job, descriptor, others)
        except MemoryError:
            if not self.frames.bytes:
                raise
        self.frames.clear()
        return self._render(job, descriptor, others)

    def _render(self, job: Job, descriptor: int, others: Sequence[int]) -> Representation:
        renderer = RENDERERS.get((Category(job.category), job.media_type))
        if renderer is None:
            raise NotAcceptable(f"{job.media_type} cannot be made of this {job.category}")
        try:
            return renderer(self, job, FileSource(descriptor, job.size), OtherObjects(job, others, self._read_image))
        except NeedsOthers as needs:
            if len(job.others) + len(needs.references) > MOST_OTHERS:
                raise refusal(f"it takes more than {MOST_OTHERS} other images for this one") from None
            if any(len(uid) > LONGEST_UID for reference in needs.references for uid in reference):
                raise refusal("it names another image by more characters than a UID has") from None
            raise

    def picture(self, job: Job, source: FileSource, others: OtherObjects) -> Representation:
        return render_picture(self._read_rendition(job, source, others))

    def moving(self, job: Job, source: FileSource, others: OtherObjects) -> Representation:
        return render_moving(self._read_rendition(job, source, others))

    def dicom(self, job: Job, source: FileSource, others: OtherObjects) -> Representation:
        """De-identified, then in another character set, then in another transfer syntax: what is asked for of these."""

        def transcode(job: Job, source: FileSource) -> Representation:
            return render_dicom(job, source, self._settings)

        def recode(job: Job, source: FileSource) -> Representation:
            return render_recoded(job, source, transcode) if job.charsets else transcode(job, source)

        if job.anonymize:
            return render_deidentified(job, source, Policy.of(self._settings), recode)
        return recode(job, source)

    def report_pages(self, job: Job, source: FileSource, others: OtherObjects) -> Representation:
        return render_report_pages(job, source, self._settings, others, self._read_state)

    def report(self, job: Job, source: FileSource, others: OtherObjects) -> Representation:
        return render_report(job, source, self._settings, others, self._read_state)

    def document(self, job: Job, source: FileSource, others: OtherObjects) -> Representation:
        return render_document(job, source)

    def cda_page(self, job: Job, source: FileSource, others: OtherObjects) -> Representation:
        return render_cda(job, source)

    def cda_pages(self, job: Job, source: FileSource, others: OtherObjects) -> Representation:
        return render_cda_pages(job, source, self._settings)

    def presentation_states(self, job: Job, source: FileSource, others: OtherObjects) -> Representation:
        return list_presentation_states(job, source, others)

    def _read_rendition(self, job: Job, source: FileSource, others: OtherObjects) -> Rendition:
        image, frames = self._read_image(job.attachment, source)
        state = self._read_state(job.presentation_uid, others) if job.presentation_uid else None
        return Rendition(job, self._settings, image, frames, others, state)

    def _read_state(self, presentation_uid: str, others: OtherObjects) -> StoredState:
        other, source = others.file(presentation_uid)
        state = self._states.get(other.attachment)
        if state is None:
            try:
                dataset = read_stored_object(source).dataset
            except NotAcceptable:  # says what to ask for instead of a picture of it
                raise refusal("it cannot be read as DICOM") from None
            state = read_stored_state(dataset)
            if other.size <= LARGEST_STATE_KEPT:
                self._states.put(other.attachment, state)
        return state

    def _read_image(self, attachment: str, source: FileSource) -> tuple[StoredImage, Source]:
        """The image of the attachment, remembered or read, and the source of its frames."""
        image = self._images.get(attachment)
        if image is None:
            stored_object = read_stored_object(source)
            image = read_stored_image(stored_object, inflated(stored_object, source))
            image = replace(image, attachment=attachment, kept=self.frames if self.frames.bound else None)
            if _header_size(stored_object) <= LARGEST_HEADER_KEPT:
                self._images.put(attachment, image)
        return image, inflated(image.stored_object, source)


def _header_size(stored_object: StoredObject) -> int:
    return stored_object.pixel_data.offset if stored_object.pixel_data else 0


Renderer = Callable[[Renderers, Job, FileSource, OtherObjects], Representation]

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
    **{(Category.ENCAPSULATED_CDA, media_type): Renderers.cda_page for media_type in OUTLINE_WRITERS},
    (Category.ENCAPSULATED_CDA, APPLICATION_PDF): Renderers.cda_pages,
    (Category.ENCAPSULATED_STL, MODEL_STL): Renderers.document,
    (Category.ENCAPSULATED_OBJ, MODEL_OBJ): Renderers.document,
    (Category.ENCAPSULATED_MTL, MODEL_MTL): Renderers.document,
    **{(category, APPLICATION_DICOM): Renderers.dicom for category in Category},
    **{(category, APPLICATION_JSON): Renderers.presentation_states for category in Category},
}
