"""One frame as a presentation state has it, which alone decides what is shown (PS3.4 N.2)."""

from __future__ import annotations

from dataclasses import replace

from wado.dicom.shown_frame import cell_of, show_colors
from wado.graphics.draw import draw_graphics
from wado.image.codecs import DecodedFrame
from wado.image.color import render_pseudo_color
from wado.image.grayscale import GrayscaleChain, Rescale, render_grayscale
from wado.image.icc import to_srgb
from wado.image.layout import Layout
from wado.image.overlays import draw_overlay
from wado.image.resize import Picture
from wado.image.shutters import close_shutter
from wado.image.subtraction import to_words
from wado.presentation.blended_frame import blend_frame
from wado.presentation.overlays import find_planes
from wado.presentation.state import FrameState, StoredState
from wado.presentation.subtraction import Subtraction, read_difference
from wado.worker.rendition import Rendition


def present_frame(
    rendition: Rendition, frame: DecodedFrame, frame_index: int, layout: Layout, state: StoredState
) -> Picture:
    """In the order of PS3.4 N.2: pixels, shutter, area, and on it overlays and graphics at the picture's resolution."""
    frame_state = state.for_frame(rendition.image, frame_index)
    shown = show_frame(rendition, frame, frame_index, state, frame_state)
    if frame_state.shutter is not None:
        shown = close_shutter(shown, frame_state.shutter)
    picture = layout.draw(shown)
    for plane, color in find_planes(frame_state.overlays, rendition.image, frame, frame_index):
        picture = draw_overlay(picture, plane, color, layout)
    return draw_graphics(picture, frame_state.layers, layout)


def show_frame(
    rendition: Rendition, frame: DecodedFrame, frame_index: int, state: StoredState, frame_state: FrameState
) -> Picture:
    """Grey levels or colours of the whole frame."""
    image = rendition.image
    if state.blending is not None:
        picture = blend_frame(state.blending, image, rendition.source, frame_index, rendition.others)
    elif frame_state.chain is None:
        return show_colors(image, frame, state.icc_profile or image.icc_profile)
    elif frame_state.subtraction is not None:
        picture = show_difference(rendition, frame, state, frame_state.chain, frame_state.subtraction)
    elif state.palette is not None:
        picture = render_pseudo_color(frame.words, cell_of(image, frame), frame_state.chain, state.palette)
    else:
        return render_grayscale(frame.words, cell_of(image, frame), frame_state.chain)
    return to_srgb(picture, state.icc_profile) if state.icc_profile and picture.ndim == 3 else picture


def show_difference(
    rendition: Rendition, frame: DecodedFrame, state: StoredState, chain: GrayscaleChain, subtraction: Subtraction
) -> Picture:
    """What is left when the mask is subtracted, through the rest of the chain."""
    image, source = rendition.image, rendition.source
    words, cell = to_words(read_difference(image, source, frame, subtraction, chain.modality, state.masks))
    chain = replace(chain, modality=Rescale())  # the frames have been through that stage
    if state.palette is not None:
        return render_pseudo_color(words, cell, chain, state.palette)
    return render_grayscale(words, cell, chain)
