"""What is burnt in of the patient and the technique (PS3.18-2011 8.2.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wado.annotation.content import read_annotation
from wado.annotation.geometry import read_directions
from wado.annotation.layout import arrange
from wado.annotation.model import Annotation, ShownImage
from wado.annotation.orientation import turn_directions
from wado.dicom.stored_image import CenterAndWidth
from wado.image.grayscale import GrayscaleChain, Window
from wado.image.layout import Layout
from wado.worker.rendition import Rendition


def find_annotation(rendition: Rendition, frame_index: int, layout: Layout) -> Annotation:
    """The letters at the edges follow the frame as it is turned and flipped in the picture."""
    image = rendition.image
    dataset = image.stored_object.dataset
    directions = read_directions(dataset, frame_index)
    horizontal, vertical = turn_directions(*directions, layout.orientation) if directions else (None, None)
    window = find_window(rendition, frame_index)
    shown = ShownImage(image.pixel.number_of_frames, window, horizontal, vertical)
    return read_annotation(dataset, frame_index, rendition.job.annotation, shown)


def find_window(rendition: Rendition, frame_index: int) -> CenterAndWidth | None:
    """Center and width in use, of the request, the presentation state or the object; none for a look-up table."""
    chain = find_chain(rendition, frame_index)
    return (chain.voi.center, chain.voi.width) if chain and isinstance(chain.voi, Window) else None


def find_chain(rendition: Rendition, frame_index: int) -> GrayscaleChain | None:
    """How grey levels are made, where they are."""
    frame_state = rendition.frame_state(frame_index)
    if frame_state is not None:
        return frame_state.chain
    image = rendition.image
    return image.grayscale_chain(frame_index, rendition.window(frame_index)) if image.pixel.is_monochrome else None


def find_annotation_warnings(rendition: Rendition, layouts: Mapping[int, Layout]) -> Iterator[str]:
    """That there is nothing to say of the first frame, or less is said of some frame than there is to say."""
    annotations = {
        frame_index: find_annotation(rendition, frame_index, layout) for frame_index, layout in layouts.items()
    }
    if next(iter(annotations.values())) == Annotation():
        yield f"annotation has no effect: this object tells nothing of {' and '.join(rendition.job.annotation)}"
    for frame_index, layout in layouts.items():
        arrangement = arrange(annotations[frame_index], layout.rows, layout.columns)
        size = f"{layout.rows} rows and {layout.columns} columns"
        if arrangement.is_nothing:
            yield f"annotation is left out: there is no room for it in {size}"
            return
        if arrangement.left_out:
            verb = "has" if arrangement.left_out == 1 else "have"
            yield f"annotation is shortened: {arrangement.left_out} of its lines {verb} no room in {size}"
            return
