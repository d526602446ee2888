"""One frame of an image as a still picture."""

from __future__ import annotations

from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import Source
from wado.dicom.values import integer
from wado.errors import BadRequest
from wado.image.encode import ENCODERS
from wado.job import Job, Representation, WorkerSettings
from wado.worker.layout import choose_layout
from wado.worker.pass_through import stored_jpeg
from wado.worker.picture import find_warnings, make_picture


def render_picture(job: Job, image: StoredImage, source: Source, settings: WorkerSettings) -> Representation:
    frame_index = choose_frame(job, image)
    layout = choose_layout(job, image, frame_index, settings)
    body = stored_jpeg(job, image, source, frame_index, layout, settings)
    if body is None:
        picture = make_picture(job, image, source, frame_index, layout, settings)
        body = ENCODERS[job.media_type](picture, job.image_quality or settings.image_quality)
    return Representation(job.media_type, body, warnings=find_warnings(job, image, (frame_index,), layout))


def choose_frame(job: Job, image: StoredImage) -> int:
    """Index of the frame asked for, else of the representative one (PS3.3 C.7.6.6); a single frame is always 0."""
    number_of_frames = image.pixel.number_of_frames
    if number_of_frames == 1:
        return 0
    if job.frame_number is None:
        representative = integer(image.stored_object.dataset, "RepresentativeFrameNumber", 1)
        return representative - 1 if 1 <= representative <= number_of_frames else 0
    if not 1 <= job.frame_number <= number_of_frames:
        raise BadRequest(f"must be 1 to {number_of_frames} for this object", parameter="frameNumber", clause="8.2.7")
    return job.frame_number - 1
