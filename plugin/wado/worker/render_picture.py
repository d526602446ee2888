"""One frame of an image as a picture: choose it, decode it, show it, size it, encode it."""

from __future__ import annotations

from wado.dicom.grayscale_chain import read_function
from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import Source
from wado.dicom.values import integer, unfit
from wado.errors import BadRequest, NotAcceptable
from wado.image.color import COLOR_SPACES, render_color, render_palette
from wado.image.encode import ENCODERS, LONGEST_SIDE
from wado.image.grayscale import LINEAR, render_grayscale
from wado.image.resize import Picture, fit_size, resize
from wado.job import Job, Representation
from wado.media_types import LOSSY
from wado.request.parameters import BY_NAME


def render_picture(job: Job, image: StoredImage, source: Source, maximum_pixels: int) -> Representation:
    frame_index = choose_frame(job, image)
    rows, columns = choose_size(job, image, maximum_pixels)
    picture = resize(show_frame(job, image, source, frame_index), rows, columns)
    quality = job.image_quality or 0
    return Representation(
        job.media_type, ENCODERS[job.media_type](picture, quality), warnings=find_warnings(job, image)
    )


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


def choose_size(job: Job, image: StoredImage, maximum_pixels: int) -> tuple[int, int]:
    """Rows and columns of the picture, within what the setting MaximumPixels and the format allow."""
    pixel = image.pixel
    if pixel.rows * pixel.columns > maximum_pixels:
        raise NotAcceptable(
            f"the image has {pixel.rows * pixel.columns} pixels; the setting MaximumPixels allows {maximum_pixels}; "
            "contentType=application/dicom gives the object itself"
        )
    rows, columns = fit_size(pixel.rows, pixel.columns, job.rows, job.columns)
    parameter = "rows" if job.rows else "columns"
    clause = BY_NAME[parameter].clause
    if rows * columns > maximum_pixels:
        message = f"the picture would have {rows * columns} pixels; the setting MaximumPixels allows {maximum_pixels}"
        raise BadRequest(message, parameter=parameter, clause=clause)
    longest_side = LONGEST_SIDE.get(job.media_type)
    if longest_side and max(rows, columns) > longest_side:
        message = f"{job.media_type} has at most {longest_side} rows and columns; this would be {rows} by {columns}"
        if not (job.rows or job.columns):
            raise NotAcceptable(f"{message}; rows or columns make it smaller")
        raise BadRequest(message, parameter=parameter, clause=clause)
    return rows, columns


def show_frame(job: Job, image: StoredImage, source: Source, frame_index: int) -> Picture:
    """Grey levels or colours of the whole frame."""
    pixel = image.pixel
    window = _window_of(job, image, frame_index) if pixel.is_monochrome else None
    frame = image.read_frame(source, frame_index)
    if pixel.is_monochrome:
        return render_grayscale(frame.words, pixel.cell, image.grayscale_chain(frame_index, window))
    if image.palette:
        return render_palette(frame.words, pixel.cell, image.palette)
    if frame.photometric_interpretation not in COLOR_SPACES:
        raise unfit("PhotometricInterpretation", "is that of another compression than the pixels have")
    return render_color(frame.words, pixel.cell, frame.photometric_interpretation)


def _window_of(job: Job, image: StoredImage, frame_index: int) -> tuple[float, float] | None:
    if job.window_center is None or job.window_width is None:
        return None
    if job.window_width < 1 and read_function(image.stored_object.dataset, frame_index) == LINEAR:
        raise BadRequest("must be 1 or more for this image (PS3.3 C.11.2.1.2)", parameter="windowWidth", clause="8.2.6")
    return job.window_center, job.window_width


def find_warnings(job: Job, image: StoredImage) -> tuple[str, ...]:
    """Parameters that the standard lets be given and that had nothing to act on."""
    warnings = []
    if job.window_width is not None and not image.pixel.is_monochrome:
        warnings.append("windowCenter and windowWidth have no effect: this is a colour image")
    if job.frame_number not in (None, 1) and image.pixel.number_of_frames == 1:
        warnings.append("frameNumber has no effect: this object has one frame")
    if job.image_quality is not None and job.media_type not in LOSSY:
        warnings.append(f"imageQuality has no effect: {job.media_type} loses nothing")
    return tuple(warnings)
