"""How a frame is shown: grey levels or colours, without what a request or a presentation state changes."""

from __future__ import annotations

from dataclasses import replace

from wado.dicom.stored_image import CenterAndWidth, StoredImage
from wado.dicom.values import unfit
from wado.image.codecs import DecodedFrame
from wado.image.color import COLOR_SPACES, RGB, render_color, render_palette, render_supplemental_palette
from wado.image.grayscale import GrayscaleChain, Window, complete
from wado.image.grey_levels import GreyLevels
from wado.image.icc import to_srgb
from wado.image.pixels import Cell
from wado.image.resize import PixelByPixel, Show
from wado.image.stored_values import Words


def choose_show(
    image: StoredImage,
    frame: DecodedFrame,
    frame_index: int,
    window: CenterAndWidth | None = None,
    shared_range: Window | None = None,
) -> Show:
    """Words to grey levels or colours, as the whole frame needs it.

    `window` replaces the image's own; `shared_range` is for a frame that has neither, in place of its own whole range.
    """
    if not image.pixel.is_monochrome:
        return show_colors(image, frame, image.icc_profile)
    cell, palette = cell_of(image, frame), image.palette
    chain = image.grayscale_chain(frame_index, window)
    levels = show_grey(image, frame, replace(chain, voi=chain.voi or shared_range))
    if palette is None:
        return levels
    return PixelByPixel(lambda words: render_supplemental_palette(levels(words), words, cell, palette))


def show_grey(image: StoredImage, frame: DecodedFrame, chain: GrayscaleChain) -> GreyLevels:
    cell = cell_of(image, frame)
    return GreyLevels(cell, complete(chain, frame.words, cell))


def show_colors(image: StoredImage, frame: DecodedFrame, icc_profile: bytes | None) -> Show:
    """Raises `NotAcceptable` where the pixels are not in the colour space that they are said to be in."""
    cell, palette, space = image.pixel.cell, image.palette, frame.photometric_interpretation
    if palette is None and space not in COLOR_SPACES:
        raise unfit("PhotometricInterpretation", "is that of another compression than the pixels have")

    def show(words: Words) -> RGB:
        picture = render_palette(words, cell, palette) if palette else render_color(words, cell, space)
        return to_srgb(picture, icc_profile) if icc_profile else picture

    return PixelByPixel(show)


def cell_of(image: StoredImage, frame: DecodedFrame) -> Cell:
    """Where a stored value lies in the words of the frame; its codestream may say by itself that it has a sign."""
    return replace(image.pixel.cell, is_signed=True) if frame.is_signed else image.pixel.cell
