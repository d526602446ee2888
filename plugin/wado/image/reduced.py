"""Frames decoded at a half, a quarter or an eighth of their rows and columns, as their codestreams allow."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import ImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile

from wado.image.codecs import MOST_DECOMPOSITION_LEVELS, DecodedFrame, color_space_of_jpeg_2000, end_of
from wado.image.codestream import (
    JpegHeader,
    Kind,
    bare_jpeg_2000,
    has_every_tile,
    read_jpeg_2000_header,
    read_jpeg_header,
    recognise,
)
from wado.image.pixels import ImagePixel
from wado.image.stored_values import Words

MOST_HALVINGS = 3
MOST_HALVINGS_OF_BYTES = 2
"""Of JPEG 2000 with samples of 8 bits: each halving rounds up, by half a level on the average."""

LEAST_LEFT = 4
"""How many times a decoded picture is still reduced at least: so that the filter is ours, and not the codec's, which
has an echo beside every edge."""


@dataclass(frozen=True, slots=True)
class ReducedFrame(DecodedFrame):
    """`scale` rows and columns of the frame are one of its words; what is at x in the frame is at x / `scale` +
    `offset` in them.
    """

    scale: int = 1
    offset: float = 0.0


def count_halvings(reduction: float) -> int:
    """How often the sides may be halved by the decoder of a frame that is to be reduced so many times."""
    halvings = 0
    while halvings < MOST_HALVINGS and reduction >= LEAST_LEFT * 2 ** (halvings + 1):
        halvings += 1
    return halvings


def decode_reduced(codestream: bytes, pixel: ImagePixel, halvings: int) -> ReducedFrame | None:
    """The frame, its sides halved so often or less; none where it has to be decoded wholly.

    So it has wherever the decoder of the whole might find that something is missing. Depends on nothing but the
    arguments: the same frame is always decoded in the same way.
    """
    cell = pixel.cell
    if cell.bits_stored < 8 or cell.high_bit != cell.bits_stored - 1:
        return None  # bits beyond those stored would be averaged as well
    try:
        if recognise(codestream) is Kind.JPEG_2000:
            return _reduced_jpeg_2000(bare_jpeg_2000(codestream), pixel, halvings)
        if recognise(codestream) is Kind.JPEG:
            return _reduced_jpeg(codestream, pixel, halvings)
    except MemoryError:
        raise
    except Exception:  # Pillow raises nearly anything for what it does not like; the other decoder has the last word
        return None
    return None


def _reduced_jpeg_2000(codestream: bytes, pixel: ImagePixel, halvings: int) -> ReducedFrame | None:
    """A lower resolution level (ISO/IEC 15444-1 B.5): its sample k is at sample k times `scale` of the whole.

    None of HTJ2K: in the coded data of the other levels its decoder finds damage that went unnoticed otherwise.
    """
    header = read_jpeg_2000_header(codestream)
    end = end_of(codestream)
    if header is None or end is None or header.number_of_tiles != 1 or not has_every_tile(codestream[:end], 1):
        return None
    kind = header.rows, header.columns, header.number_of_components, header.precision, header.is_signed
    cell = pixel.cell
    if kind != (pixel.rows, pixel.columns, pixel.samples_per_pixel, cell.bits_stored, cell.is_signed):
        return None
    if (
        header.is_high_throughput
        or header.is_subsampled
        or header.decomposition_levels > MOST_DECOMPOSITION_LEVELS
        or not header.is_uniform
    ):
        return None
    if header.precision > (16 if pixel.samples_per_pixel == 1 else 8):
        return None
    most = MOST_HALVINGS_OF_BYTES if header.precision == 8 else MOST_HALVINGS
    halvings = min(halvings, header.decomposition_levels, most)
    while not all(_is_size_known(side, halvings) for side in (pixel.rows, pixel.columns)):
        halvings -= 1
    if halvings == 0 or (header.is_signed and pixel.samples_per_pixel != 1):
        return None
    image = Jpeg2KImageFile(io.BytesIO(codestream))
    image.reduce = halvings
    words = _stored(_load(image), header.precision, is_signed=header.is_signed)
    space, offset = color_space_of_jpeg_2000(header, pixel), 0.5 - 0.5 / 2**halvings
    return ReducedFrame(words, space, header.is_signed, 2**halvings, offset)


def _is_size_known(side: int, halvings: int) -> bool:
    """Whether Pillow takes the side of the lower resolution for what it is, which is rounded up (B.5)."""
    return (side + (1 << halvings >> 1)) >> halvings == -(-side >> halvings)


def _stored(words: Words, precision: int, *, is_signed: bool) -> Words:
    """What Pillow makes of samples, undone: it adds half the range to signed ones, and widens those of 9 to 15 bits."""
    if words.dtype == np.uint8:
        return words ^ np.uint8(0x80) if is_signed else words
    narrow = words >> (16 - precision)
    return (narrow - (1 << (precision - 1))) & 0xFFFF if is_signed else narrow


def _reduced_jpeg(codestream: bytes, pixel: ImagePixel, halvings: int) -> ReducedFrame | None:
    """Of each block of 8 by 8 samples the lower frequencies alone: each sample is the middle of those it stands for."""
    header = read_jpeg_header(codestream)
    if header is None or not _is_plain(header, pixel) or end_of(codestream) is None:
        return None
    is_ybr = header.is_ybr(otherwise=pixel.photometric_interpretation != "RGB")
    image = JpegImageFile(io.BytesIO(codestream))
    image.draft(None, (pixel.columns >> halvings, pixel.rows >> halvings))
    if pixel.samples_per_pixel == 3:
        image.tile = [tile._replace(args=("RGB", "YCbCr" if is_ybr else "RGB")) for tile in image.tile]
    words = _load(image)
    if words.shape[:2] != (-(-pixel.rows >> halvings), -(-pixel.columns >> halvings)) or _may_end_early(words):
        return None
    space = pixel.photometric_interpretation if pixel.samples_per_pixel == 1 else "RGB"
    return ReducedFrame(words, space, scale=2**halvings)


def _is_plain(header: JpegHeader, pixel: ImagePixel) -> bool:
    """Whether it is as nearly all are, so that an early end shows in the last sample."""
    kind = header.rows, header.columns, len(header.components), header.precision
    is_as_said = kind == (pixel.rows, pixel.columns, pixel.samples_per_pixel, pixel.bits_allocated)
    return is_as_said and header.has_one_scan and not (header.restart_interval or header.is_lossless)


def _may_end_early(words: Words) -> bool:
    """Whether the last sample has the luminance that libjpeg gives to what is missing.

    Its chrominance may be interpolated with that of a block that is there.
    """
    weights = (1.0,) if words.ndim == 2 else (0.299, 0.587, 0.114)
    return abs(float(np.dot(np.atleast_1d(words[-1, -1]), weights)) - 128.0) < 2.0


def _load(image: ImageFile.ImageFile) -> Words:
    image.load()
    return np.asarray(image)
