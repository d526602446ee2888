"""The overlays that a presentation state shows (PS3.3 C.11.7, C.9.2, C.9.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset

from wado.dicom.overlays import (
    BIT_POSITION,
    DATA,
    GROUPS,
    OVERLAY_ERRORS,
    read_overlay,
    read_overlay_in_pixels,
)
from wado.dicom.stored_image import StoredImage
from wado.image.codecs import MAY_BE_LOSSY, DecodedFrame
from wado.image.overlays import Overlay
from wado.presentation.graphic_layers import read_layer_colors
from wado.presentation.graphic_model import WHITE, Color
from wado.presentation.values import refusal

ACTIVATION_LAYER = 0x1001


@dataclass(frozen=True, slots=True)
class ShownOverlay:
    """An overlay and the layer that it is drawn in: the `order` counts the state's layers from the lowest.

    One within the pixels has no `plane` before there are pixels.
    """

    group: int
    plane: Overlay | None
    layer: str
    order: int
    color: Color


def read_shown_overlays(state: Dataset, image: Dataset, frame_index: int) -> tuple[ShownOverlay, ...]:
    """Those of state and image that the state gives a layer, lowest layer first, then by group.

    The state's own overlay is shown instead of the image's of the same group. Regions of interest are shown as graphics
    are. Raises `BadRequest` for one that is malformed; one without rows, columns or this frame has nothing to show.
    """
    return tuple(sorted(_read(state, image, frame_index), key=lambda overlay: overlay.order))


def find_planes(
    overlays: tuple[ShownOverlay, ...], image: StoredImage, frame: DecodedFrame, frame_index: int
) -> Iterator[tuple[int, Overlay, Color]]:
    """The layer's order, the plane and the colour of each, those within the pixels (retired) out of the frame.

    Raises `BadRequest` where one cannot be there.
    """
    for overlay in overlays:
        plane = overlay.plane or _plane_in_pixels(overlay.group, image, frame, frame_index)
        yield overlay.order, plane, overlay.color


def _read(state: Dataset, image: Dataset, frame_index: int) -> Iterator[ShownOverlay]:
    colors = read_layer_colors(state)
    orders = {name: order for order, name in enumerate(colors)}
    for group in GROUPS:
        layer = _layer_of(state, group)
        source = next((dataset for dataset in (state, image) if (group, DATA) in dataset), None)
        plane = _read_plane(source, group, frame_index) if layer and source is not None else None
        is_in_pixels = source is None and (group, BIT_POSITION) in image
        if layer and (plane or is_in_pixels):
            yield ShownOverlay(group, plane, layer, orders.get(layer, len(orders)), colors.get(layer) or WHITE)


def _layer_of(state: Dataset, group: int) -> str:
    """Overlay Activation Layer; empty where the overlay is not to be shown."""
    if (group, ACTIVATION_LAYER) not in state:
        return ""
    return str(state[group, ACTIVATION_LAYER].value or "").strip("\0 ")


def _read_plane(dataset: Dataset, group: int, frame_index: int) -> Overlay | None:
    try:
        return read_overlay(dataset, group, frame_index)
    except OVERLAY_ERRORS:
        raise refusal(f"the overlay of group {group:04X} is malformed") from None


def _plane_in_pixels(group: int, image: StoredImage, frame: DecodedFrame, frame_index: int) -> Overlay:
    if not frame.is_signed and image.stored_object.transfer_syntax_uid not in MAY_BE_LOSSY:
        dataset = image.stored_object.dataset
        try:
            overlay = read_overlay_in_pixels(dataset, group, frame_index, frame.words, image.pixel.cell)
        except OVERLAY_ERRORS:
            overlay = None
        if overlay is not None:
            return overlay
    raise refusal(f"the overlay of group {group:04X} is said to be within the pixels, and is not")
