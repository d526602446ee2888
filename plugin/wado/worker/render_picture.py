"""One frame of an image as a still picture."""

from __future__ import annotations

from wado.dicom.values import integer
from wado.errors import BadRequest
from wado.image.encode import encode
from wado.job import Representation
from wado.worker.layout import choose_layout
from wado.worker.pass_through import stored_jpeg
from wado.worker.picture import make_picture
from wado.worker.rendition import Rendition
from wado.worker.warnings import find_warnings


def render_picture(rendition: Rendition) -> Representation:
    job, settings = rendition.job, rendition.settings
    frame_index = choose_frame(rendition)
    layout = choose_layout(job, rendition.image, frame_index, settings, rendition.area(frame_index))
    body = stored_jpeg(rendition, frame_index, layout)
    if body is None:
        picture = make_picture(rendition, frame_index, layout)
        body = encode(picture, job.media_type, job.image_quality or settings.image_quality)
    return Representation(job.media_type, body, warnings=find_warnings(rendition, {frame_index: layout}))


def choose_frame(rendition: Rendition) -> int:
    """Index of the frame asked for, else of the one that stands for all; a single frame is always 0."""
    number_of_frames, number = rendition.image.pixel.number_of_frames, rendition.job.frame_number
    if number_of_frames == 1:
        return 0
    if number is None:
        return choose_representative(rendition, number_of_frames)
    if not 1 <= number <= number_of_frames:
        raise BadRequest(f"must be 1 to {number_of_frames} for this object", parameter="frameNumber", clause="8.2.7")
    return number - 1


def choose_representative(rendition: Rendition, number_of_frames: int) -> int:
    """By Representative Frame Number (PS3.3 C.7.6.6), else the first; with a state the first that it is about."""
    image, state = rendition.image, rendition.state
    representative = integer(image.stored_object.dataset, "RepresentativeFrameNumber", 1)
    index = representative - 1 if 1 <= representative <= number_of_frames else 0
    if state is None or not state.why_left_out(image, index):
        return index
    return next((other for other in range(number_of_frames) if not state.why_left_out(image, other)), index)
