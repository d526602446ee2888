"""What of a frame is read for a picture of less than all of it: some rows, or a lower resolution."""

from __future__ import annotations

from dataclasses import replace

from wado.dicom.frames import EncapsulatedFrames
from wado.image.codecs import DecodedFrame
from wado.image.grey_levels import is_alike_averaged
from wado.image.layout import Layout
from wado.image.reduced import ReducedFrame, count_halvings
from wado.worker.rendition import Rendition


def read_reduced_frame(rendition: Rendition, frame_index: int, layout: Layout) -> ReducedFrame | None:
    """None where the whole frame is to be read: nearly always, or the picture would be another one."""
    box = layout.box
    halvings = count_halvings(min(box.rows / layout.rows, box.columns / layout.columns))
    if halvings == 0 or not _may_be_averaged(rendition, frame_index, layout):
        return None
    return rendition.image.read_reduced_frame(rendition.source, frame_index, halvings)


def read_rows(rendition: Rendition, frame_index: int, layout: Layout) -> tuple[DecodedFrame, Layout] | None:
    """The rows of the region alone, and the layout as it is in them; none where the picture takes others as well."""
    image, box = rendition.image, layout.box
    if box.rows == image.pixel.rows or not _is_of_its_words(rendition, layout):
        return None
    if image.pixel.is_monochrome and image.grayscale_chain(frame_index, rendition.window(frame_index)).voi is None:
        return None  # the range of the whole frame is shown
    frame = image.read_rows(rendition.source, frame_index, box.top, box.bottom)
    return (frame, replace(layout, box=box.moved(-box.top, 0))) if frame else None


def _is_of_its_words(rendition: Rendition, layout: Layout) -> bool:
    """Whether the picture is made of the words of its box, each by itself, and of nothing else."""
    if rendition.state is not None or rendition.settings.burn_in_overlays:
        return False
    return layout.is_plain and layout.box.is_within(rendition.image.pixel.rows, rendition.image.pixel.columns)


def _may_be_averaged(rendition: Rendition, frame_index: int, layout: Layout) -> bool:
    """Whether stored values stand for brightness, or colour, in proportion, and nothing is shown with them."""
    image = rendition.image
    if not _is_of_its_words(rendition, layout) or image.palette is not None or image.icc_profile is not None:
        return False
    if not isinstance(image.frames, EncapsulatedFrames):
        return False
    if not image.pixel.is_monochrome:
        return True
    return is_alike_averaged(image.grayscale_chain(frame_index, rendition.window(frame_index)), image.pixel.cell)
