"""A presentation state made ready: read once, and what it says of each frame on demand."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.dataset import Dataset

from wado.dicom.stored_image import StoredImage
from wado.dicom.values import text
from wado.image.color import Palette
from wado.image.grayscale import GrayscaleChain
from wado.image.shutters import BitmapShutter, Shutter
from wado.presentation.blending import Blending, read_advanced_blending, read_blending
from wado.presentation.classes import FOR_MONOCHROME, StateClass, check_image, find_class
from wado.presentation.displayed_area import DisplayedArea, read_displayed_area
from wado.presentation.graphic_layers import has_doubtful_text, read_graphics
from wado.presentation.graphic_model import Layer
from wado.presentation.grayscale import read_chain
from wado.presentation.overlays import ShownOverlay, read_shown_overlays
from wado.presentation.pseudo_color import read_profile, read_state_palette
from wado.presentation.reference import check_reference, refer_to, references_frame
from wado.presentation.shutters import read_shutter
from wado.presentation.subtraction import Subtraction, has_mask, read_subtraction
from wado.remembered import Remembered

FRAMES_KEPT = 64
LARGEST_FRAME_KEPT = 1 << 20
"""Bits of overlays, each a byte in memory, with which what is said of a frame is kept."""

BLENDING = {StateClass.BLENDING: read_blending, StateClass.ADVANCED_BLENDING: read_advanced_blending}


@dataclass(frozen=True, slots=True, eq=False)
class FrameState:
    """What a state says of one frame; `chain` is none where colours are shown, or other images blended."""

    area: DisplayedArea
    chain: GrayscaleChain | None
    subtraction: Subtraction | None
    shutter: Shutter | None
    overlays: tuple[ShownOverlay, ...]
    layers: tuple[Layer, ...]

    @property
    def size(self) -> int:
        """How many bits of overlays there are, which are most of what it takes in memory."""
        planes = [shown.plane for shown in self.overlays if shown.plane is not None]
        if self.shutter is not None:
            planes += [shape.overlay for shape in self.shutter.shapes if isinstance(shape, BitmapShutter)]
        return sum(plane.bits.size for plane in planes)


@dataclass(frozen=True, slots=True, eq=False)
class StoredState:
    """`palette` is that of a Pseudo-Color state; `has_doubtful_text` that some is not in the set that it declares."""

    dataset: Dataset
    state_class: StateClass
    palette: Palette | None
    icc_profile: bytes | None
    blending: Blending | None
    has_doubtful_text: bool

    def for_frame(self, image: StoredImage, frame_index: int) -> FrameState:
        """Raises `BadRequest` where the state is not for this frame, or cannot be applied to it."""
        frame_state = self._recall(image, frame_index)
        if frame_state is None:
            frame_state = self._read(image, frame_index)
            if frame_state.size <= LARGEST_FRAME_KEPT:
                _frames.put(self._key(image, frame_index), (image, frame_state))
        return frame_state

    def area(self, image: StoredImage, frame_index: int) -> DisplayedArea:
        """That of `for_frame` alone: what a moving picture takes of all of its frames before it begins."""
        frame_state = self._recall(image, frame_index)
        return frame_state.area if frame_state else self._read_area(image, frame_index)

    def why_left_out(self, image: StoredImage, frame_index: int) -> str:
        """Why a frame is not among those that the state is about, where it is not; a request for it is refused."""
        if not references_frame(self.dataset, refer_to(image.stored_object.dataset, frame_index)):
            return "the presentation state does not reference them"
        is_grey = self.state_class in FOR_MONOCHROME
        if is_grey and not has_mask(self.dataset, frame_index + 1, image.pixel.number_of_frames):
            return "the presentation state has no mask for them"
        return ""

    def _key(self, image: StoredImage, frame_index: int) -> tuple[StoredState, str, int]:
        return self, text(image.stored_object.dataset, "SOPInstanceUID"), frame_index

    def _recall(self, image: StoredImage, frame_index: int) -> FrameState | None:
        known = _frames.get(self._key(image, frame_index))
        return known[1] if known is not None and known[0] is image else None

    def _read_area(self, image: StoredImage, frame_index: int) -> DisplayedArea:
        """Raises `BadRequest` where the state is not for this frame, or not for such an image."""
        reference, pixel = refer_to(image.stored_object.dataset, frame_index), image.pixel
        check_reference(self.dataset, reference)
        check_image(self.state_class, pixel, has_supplemental_palette=pixel.is_monochrome and image.palette is not None)
        return read_displayed_area(self.dataset, image, reference)

    def _read(self, image: StoredImage, frame_index: int) -> FrameState:
        state, dataset = self.dataset, image.stored_object.dataset
        area = self._read_area(image, frame_index)
        reference = refer_to(dataset, frame_index)
        is_grey = self.state_class in FOR_MONOCHROME
        subtraction = read_subtraction(state, image, reference) if is_grey else None
        return FrameState(
            area=area,
            chain=read_chain(state, image, reference, is_subtracted=subtraction is not None) if is_grey else None,
            subtraction=subtraction,
            shutter=read_shutter(state, dataset, frame_index, area.pixel_aspect),
            overlays=read_shown_overlays(state, dataset, frame_index),
            layers=read_graphics(state, image, reference),
        )


_frames: Remembered[tuple[StoredState, str, int], tuple[StoredImage, FrameState]] = Remembered(FRAMES_KEPT)
"""By state, SOP Instance UID and frame index; with the image, which may have been replaced since."""


def read_stored_state(dataset: Dataset) -> StoredState:
    """Raises `BadRequest` for what is none of the presentation states that are served, and for a malformed one."""
    state_class = find_class(text(dataset, "SOPClassUID"))
    blending = BLENDING.get(state_class)
    return StoredState(
        dataset=dataset,
        state_class=state_class,
        palette=read_state_palette(dataset) if state_class is StateClass.PSEUDO_COLOR else None,
        icc_profile=None if state_class is StateClass.GRAYSCALE else read_profile(dataset),
        blending=blending(dataset) if blending else None,
        has_doubtful_text=has_doubtful_text(dataset),
    )
