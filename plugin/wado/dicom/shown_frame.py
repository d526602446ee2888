"""A frame as the image alone would have it shown: grey levels or colours, without what a request or a state changes."""

from __future__ import annotations

from dataclasses import replace

from wado.dicom.stored_image import CenterAndWidth, StoredImage
from wado.dicom.values import unfit
from wado.image.codecs import DecodedFrame
from wado.image.color import COLOR_SPACES, RGB, render_color, render_palette, render_supplemental_palette
from wado.image.grayscale import render_grayscale
from wado.image.icc import to_srgb
from wado.image.pixels import Cell
from wado.image.resize import Picture


def show_frame(
    image: StoredImage, frame: DecodedFrame, frame_index: int, window: CenterAndWidth | None = None
) -> Picture:
    """Grey levels or colours of the whole frame; `window` replaces the image's own."""
    if image.pixel.is_monochrome:
        return show_monochrome(image, frame, frame_index, window)
    return show_colors(image, frame, image.icc_profile)


def show_monochrome(
    image: StoredImage, frame: DecodedFrame, frame_index: int, window: CenterAndWidth | None
) -> Picture:
    """Grey levels; in colours where the image has a supplemental palette for some of its values."""
    cell = cell_of(image, frame)
    picture = render_grayscale(frame.words, cell, image.grayscale_chain(frame_index, window))
    return render_supplemental_palette(picture, frame.words, cell, image.palette) if image.palette else picture


def show_colors(image: StoredImage, frame: DecodedFrame, icc_profile: bytes | None) -> RGB:
    """Raises `NotAcceptable` where the pixels are not in the colour space that they are said to be in."""
    if image.palette:
        picture = render_palette(frame.words, image.pixel.cell, image.palette)
    elif frame.photometric_interpretation not in COLOR_SPACES:
        raise unfit("PhotometricInterpretation", "is that of another compression than the pixels have")
    else:
        picture = render_color(frame.words, image.pixel.cell, frame.photometric_interpretation)
    return to_srgb(picture, icc_profile) if icc_profile else picture


def cell_of(image: StoredImage, frame: DecodedFrame) -> Cell:
    """Where a stored value lies in the words of the frame; its codestream may say by itself that it has a sign."""
    return replace(image.pixel.cell, is_signed=True) if frame.is_signed else image.pixel.cell
