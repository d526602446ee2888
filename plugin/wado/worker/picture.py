"""One frame as the picture that a request asks for, up to its encoding: the story of the image chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from wado.annotation.content import read_annotation
from wado.annotation.draw import draw_annotation
from wado.annotation.geometry import read_directions
from wado.annotation.layout import arrange
from wado.annotation.model import Annotation, ShownImage
from wado.dicom.grayscale_chain import read_function
from wado.dicom.overlays import read_overlays, read_overlays_in_pixels
from wado.dicom.stored_image import CenterAndWidth, StoredImage
from wado.dicom.stored_object import Source
from wado.dicom.values import unfit
from wado.errors import BadRequest
from wado.image.codecs import MAY_BE_LOSSY, DecodedFrame
from wado.image.color import COLOR_SPACES, render_color, render_palette, render_supplemental_palette
from wado.image.grayscale import LINEAR, Window, render_grayscale
from wado.image.icc import to_srgb
from wado.image.layout import Layout
from wado.image.overlays import Overlay, burn_in
from wado.image.resize import Picture
from wado.job import Job, WorkerSettings
from wado.media_types import LOSSY


def make_picture(
    job: Job, image: StoredImage, source: Source, frame_index: int, layout: Layout, settings: WorkerSettings
) -> Picture:
    """One frame, read and finished."""
    return finish_picture(job, image, image.read_frame(source, frame_index), frame_index, layout, settings)


def finish_picture(
    job: Job, image: StoredImage, frame: DecodedFrame, frame_index: int, layout: Layout, settings: WorkerSettings
) -> Picture:
    """Shown, cropped, sized, annotated, in the order of PS3.18-2011 8.2.1 and 8.2.4."""
    shown = show_frame(job, image, frame, frame_index)
    if settings.burn_in_overlays:
        shown = burn_in(shown, find_overlays(image, frame, frame_index))
    picture = layout.draw(shown)
    return annotate(job, image, picture, frame_index) if job.annotation else picture


def find_overlays(image: StoredImage, frame: DecodedFrame, frame_index: int) -> tuple[Overlay, ...]:
    """The frame's overlays, those within its pixels too where its words are the cells with every bit in them."""
    dataset = image.stored_object.dataset
    overlays = read_overlays(dataset, frame_index)
    if frame.is_signed or image.stored_object.transfer_syntax_uid in MAY_BE_LOSSY:
        return overlays
    return overlays + read_overlays_in_pixels(dataset, frame_index, frame.words, image.pixel.cell)


def annotate(job: Job, image: StoredImage, picture: Picture, frame_index: int) -> Picture:
    """With what is asked for of the patient and the technique burnt in (PS3.18-2011 8.2.1)."""
    return draw_annotation(picture, find_annotation(job, image, frame_index))


def find_annotation(job: Job, image: StoredImage, frame_index: int) -> Annotation:
    dataset = image.stored_object.dataset
    horizontal, vertical = read_directions(dataset, frame_index) or (None, None)
    window = find_window(job, image, frame_index)
    shown = ShownImage(image.pixel.number_of_frames, window, horizontal, vertical)
    return read_annotation(dataset, frame_index, job.annotation, shown)


def find_window(job: Job, image: StoredImage, frame_index: int) -> CenterAndWidth | None:
    """Center and width in use, of the request or of the object; none for a look-up table or the whole range."""
    if not image.pixel.is_monochrome:
        return None
    voi = image.grayscale_chain(frame_index, choose_window(job, image, frame_index)).voi
    return (voi.center, voi.width) if isinstance(voi, Window) else None


def show_frame(job: Job, image: StoredImage, frame: DecodedFrame, frame_index: int) -> Picture:
    """Grey levels or colours of the whole frame."""
    window = choose_window(job, image, frame_index)
    if image.pixel.is_monochrome:
        return show_monochrome(image, frame, frame_index, window)
    if image.palette:
        picture = render_palette(frame.words, image.pixel.cell, image.palette)
    elif frame.photometric_interpretation not in COLOR_SPACES:
        raise unfit("PhotometricInterpretation", "is that of another compression than the pixels have")
    else:
        picture = render_color(frame.words, image.pixel.cell, frame.photometric_interpretation)
    return to_srgb(picture, image.icc_profile) if image.icc_profile else picture


def show_monochrome(
    image: StoredImage, frame: DecodedFrame, frame_index: int, window: CenterAndWidth | None
) -> Picture:
    """Grey levels; in colours where the image has a supplemental palette for some of its values."""
    cell = replace(image.pixel.cell, is_signed=True) if frame.is_signed else image.pixel.cell
    picture = render_grayscale(frame.words, cell, image.grayscale_chain(frame_index, window))
    return render_supplemental_palette(picture, frame.words, cell, image.palette) if image.palette else picture


def choose_window(job: Job, image: StoredImage, frame_index: int) -> CenterAndWidth | None:
    """The request's window where there are grey levels for it to act on."""
    if job.window_center is None or job.window_width is None or not image.pixel.is_monochrome:
        return None
    if job.window_width < 1 and read_function(image.stored_object.dataset, frame_index) == LINEAR:
        raise BadRequest("must be 1 or more for this image (PS3.3 C.11.2.1.2)", parameter="windowWidth", clause="8.2.6")
    return job.window_center, job.window_width


def find_warnings(job: Job, image: StoredImage, frame_indices: Sequence[int], layout: Layout) -> tuple[str, ...]:
    """Parameters that the standard lets be given and that had nothing to act on; and what is wrong with the object."""
    warnings = []
    if job.window_width is not None and not image.pixel.is_monochrome:
        warnings.append("windowCenter and windowWidth have no effect: this is a colour image")
    if job.frame_number not in (None, 1) and image.pixel.number_of_frames == 1:
        warnings.append("frameNumber has no effect: this object has one frame")
    if job.image_quality is not None and job.media_type not in LOSSY:
        warnings.append(f"imageQuality has no effect: {job.media_type} takes none")
    if job.annotation:
        warnings += find_annotation_warnings(job, image, frame_indices, layout)
    if image.has_damaged_profile:
        warnings.append("the ICC profile of this image is damaged: its colours are shown as sRGB")
    return tuple(warnings)


def find_annotation_warnings(
    job: Job, image: StoredImage, frame_indices: Sequence[int], layout: Layout
) -> Iterator[str]:
    """That there is nothing to say of the first frame, or less is said of some frame than there is to say."""
    if find_annotation(job, image, frame_indices[0]) == Annotation():
        yield f"annotation has no effect: this object tells nothing of {' and '.join(job.annotation)}"
    annotations = (find_annotation(job, image, frame_index) for frame_index in frame_indices)
    counts = (arrange(annotation, layout.rows, layout.columns).left_out for annotation in annotations)
    left_out = next(filter(None, counts), 0)
    if left_out:
        size = f"{layout.rows} rows and {layout.columns} columns"
        yield f"annotation is shortened: {left_out} of its lines {'has' if left_out == 1 else 'have'} no room in {size}"
