"""Whether a frame is decoded at a lower resolution for a picture that is much smaller."""

from __future__ import annotations

from wado.dicom.frames import EncapsulatedFrames
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


def _may_be_averaged(rendition: Rendition, frame_index: int, layout: Layout) -> bool:
    """Whether stored values stand for brightness, or colour, in proportion, and nothing is shown with them."""
    image = rendition.image
    pixel = image.pixel
    if rendition.state is not None or rendition.settings.burn_in_overlays:
        return False
    if not isinstance(image.frames, EncapsulatedFrames) or image.palette is not None or image.icc_profile is not None:
        return False
    if not layout.is_plain or not layout.box.is_within(pixel.rows, pixel.columns):
        return False
    if not pixel.is_monochrome:
        return True
    return is_alike_averaged(image.grayscale_chain(frame_index, rendition.window(frame_index)), pixel.cell)
