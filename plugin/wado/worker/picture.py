"""One frame as the picture that a request asks for, up to its encoding: the story of the image chain."""

from __future__ import annotations

from wado.annotation.draw import draw_annotation
from wado.dicom.overlays import read_overlays, read_overlays_in_pixels
from wado.dicom.shown_frame import choose_show
from wado.dicom.stored_image import StoredImage
from wado.image.codecs import MAY_BE_LOSSY, DecodedFrame
from wado.image.layout import Layout
from wado.image.overlays import Overlay, burn_in
from wado.image.resize import Picture
from wado.worker.annotations import find_annotation
from wado.worker.part_of_frame import read_reduced_frame, read_rows
from wado.worker.presented_frame import present_frame
from wado.worker.rendition import Rendition


def make_picture(rendition: Rendition, frame_index: int, layout: Layout) -> Picture:
    """One frame, read and finished."""
    picture = show_part(rendition, frame_index, layout)
    if picture is not None:
        return annotate(rendition, picture, frame_index, layout)
    frame = rendition.image.read_frame(rendition.source, frame_index)
    return finish_picture(rendition, frame, frame_index, layout)


def show_part(rendition: Rendition, frame_index: int, layout: Layout) -> Picture | None:
    """As the image and the request have it, out of less than the frame; none where that is not enough."""
    image, window = rendition.image, rendition.window(frame_index)
    reduced = read_reduced_frame(rendition, frame_index, layout)
    if reduced is not None:
        show = choose_show(image, reduced, frame_index, window)
        return layout.show_reduced(reduced.words, show, reduced.scale, reduced.offset)
    part = read_rows(rendition, frame_index, layout)
    if part is None:
        return None
    frame, layout = part
    return layout.show(frame.words, choose_show(image, frame, frame_index, window))


def finish_picture(rendition: Rendition, frame: DecodedFrame, frame_index: int, layout: Layout) -> Picture:
    """Shown, cropped, sized, annotated, in the order of PS3.18-2011 8.2.1, 8.2.4 and 8.2.9."""
    if rendition.state is not None:
        picture = present_frame(rendition, frame, frame_index, layout, rendition.state)
    else:
        picture = show_plainly(rendition, frame, frame_index, layout)
    return annotate(rendition, picture, frame_index, layout)


def annotate(rendition: Rendition, picture: Picture, frame_index: int, layout: Layout) -> Picture:
    if rendition.job.annotation:
        return draw_annotation(picture, find_annotation(rendition, frame_index, layout))
    return picture


def show_plainly(rendition: Rendition, frame: DecodedFrame, frame_index: int, layout: Layout) -> Picture:
    """As the image and the request have it."""
    show = choose_show(rendition.image, frame, frame_index, rendition.window(frame_index), rendition.shared_range)
    overlays = find_overlays(rendition.image, frame, frame_index) if rendition.settings.burn_in_overlays else ()
    if overlays:
        return layout.draw(burn_in(show(frame.words), overlays))
    return layout.show(frame.words, show)


def find_overlays(image: StoredImage, frame: DecodedFrame, frame_index: int) -> tuple[Overlay, ...]:
    """The frame's overlays, those within its pixels too where its words are the cells with every bit in them."""
    dataset = image.stored_object.dataset
    overlays = read_overlays(dataset, frame_index)
    if frame.is_signed or image.stored_object.transfer_syntax_uid in MAY_BE_LOSSY:
        return overlays
    return overlays + read_overlays_in_pixels(dataset, frame_index, frame.words, image.pixel.cell)
