"""One frame as a presentation state has it, which alone decides what is shown (PS3.4 N.2)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from wado.dicom.shown_frame import cell_of, show_colors
from wado.graphics.draw import draw_graphics
from wado.image.codecs import DecodedFrame
from wado.image.color import RGB, render_pseudo_color
from wado.image.grayscale import Rescale, complete
from wado.image.grey_levels import GreyLevels
from wado.image.icc import to_srgb
from wado.image.layout import Layout
from wado.image.overlays import Overlay, draw_overlay
from wado.image.resize import Picture, PixelByPixel, Show
from wado.image.shutters import close_shutter
from wado.image.stored_values import Words
from wado.image.subtraction import to_words
from wado.presentation.blended_frame import blend_frame
from wado.presentation.graphic_model import Color, Layer
from wado.presentation.overlays import find_planes
from wado.presentation.state import FrameState, StoredState
from wado.presentation.subtraction import Masks, read_difference
from wado.remembered import Remembered
from wado.worker.rendition import Rendition

MASKS_KEPT = 2

_masks: Masks = Remembered(MASKS_KEPT)


def present_frame(
    rendition: Rendition, frame: DecodedFrame, frame_index: int, layout: Layout, state: StoredState
) -> Picture:
    """In the order of PS3.4 N.2: pixels, shutter, area, and on it overlays and graphics at the picture's resolution."""
    frame_state = state.for_frame(rendition.image, frame_index)
    words, show = choose_show(rendition, frame, frame_index, state, frame_state)
    if frame_state.shutter is not None:
        picture = layout.draw(close_shutter(show(words), frame_state.shutter))
    else:
        picture = layout.show(words, show)
    planes = find_planes(frame_state.overlays, rendition.image, frame, frame_index)
    return draw_layers(picture, frame_state.layers, planes, layout)


def draw_layers(
    picture: Picture, layers: tuple[Layer, ...], planes: Iterable[tuple[int, Overlay, Color]], layout: Layout
) -> Picture:
    """The lowest layer first, and in each layer graphics over overlays (PS3.3 C.10.7, C.11.7)."""
    for order, plane, color in planes:
        below = bisect_left(layers, order, key=attrgetter("order"))
        picture = draw_overlay(draw_graphics(picture, layers[:below], layout), plane, color, layout)
        layers = layers[below:]
    return draw_graphics(picture, layers, layout)


def choose_show(
    rendition: Rendition, frame: DecodedFrame, frame_index: int, state: StoredState, frame_state: FrameState
) -> tuple[Words, Show]:
    """What of the frame is shown, and how: words to grey levels or colours."""
    image, chain, words = rendition.image, frame_state.chain, frame.words
    if state.blending is not None:
        blended = blend_frame(state.blending, image, rendition.source, frame_index, rendition.others)
        return blended, PixelByPixel(lambda picture: _to_srgb(picture, state))
    if chain is None:
        return words, show_colors(image, frame, state.icc_profile or image.icc_profile)
    cell = cell_of(image, frame)
    if frame_state.subtraction is not None:
        difference = read_difference(image, rendition.source, frame, frame_state.subtraction, chain.modality, _masks)
        words, cell = to_words(difference)
        chain = replace(chain, modality=Rescale())  # the frames have been through that stage
    chain, palette = complete(chain, words, cell), state.palette
    if palette is None:
        return words, GreyLevels(cell, chain)
    return words, PixelByPixel(lambda words: _to_srgb(render_pseudo_color(words, cell, chain, palette), state))


def _to_srgb(picture: RGB, state: StoredState) -> RGB:
    return to_srgb(picture, state.icc_profile) if state.icc_profile else picture
