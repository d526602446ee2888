"""One frame of an image as a still picture."""

from __future__ import annotations

from wado.dicom.stored_image import StoredImage
from wado.dicom.values import integer
from wado.errors import BadRequest
from wado.image.encode import ENCODERS
from wado.job import Job, Representation
from wado.worker.layout import choose_layout
from wado.worker.pass_through import stored_jpeg
from wado.worker.picture import make_picture
from wado.worker.rendition import Rendition
from wado.worker.warnings import find_warnings


def render_picture(rendition: Rendition) -> Representation:
    job, settings = rendition.job, rendition.settings
    frame_index = choose_frame(job, rendition.image)
    layout = choose_layout(job, rendition.image, frame_index, settings, rendition.area(frame_index))
    body = stored_jpeg(rendition, frame_index, layout)
    if body is None:
        picture = make_picture(rendition, frame_index, layout)
        body = ENCODERS[job.media_type](picture, job.image_quality or settings.image_quality)
    return Representation(job.media_type, body, warnings=find_warnings(rendition, {frame_index: layout}))


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
