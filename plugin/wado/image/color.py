"""Colour pixels to RGB of 8 bits (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wado.image.grayscale import GrayscaleChain, Values, apply_modality, complete, p_values
from wado.image.look_up import is_tabulated, look_up, words_of
from wado.image.pixels import Cell
from wado.image.stored_values import Words, stored_values

RGB = NDArray[np.uint8]
"""(rows, columns, 3) of red, green, blue."""


@dataclass(frozen=True, slots=True)
class Palette:
    """A palette: `entries` are red, green and blue bytes of the first mapped value and those after it."""

    first_mapped_value: int
    entries: bytes


def render_palette(words: Words, cell: Cell, palette: Palette) -> RGB:
    """Values outside of the palette get its first or last entry. `rgbx_of` the picture is there."""
    return look_up_colors(compile_palette(words.dtype.itemsize, cell, palette), words)


def look_up_colors(table: NDArray[np.uint32], words: Words) -> RGB:
    """The colour of each word; `rgbx_of` the picture is there."""
    rgbx = look_up(table, words)
    return rgbx.view(np.uint8).reshape(*words.shape, 4)[..., :3]


def to_rgbx(colors: RGB) -> NDArray[np.uint32]:
    """(number, 3) of red, green and blue as one word each, whose fourth byte is 0."""
    rgbx = np.zeros((len(colors), 4), np.uint8)
    rgbx[:, :3] = colors
    return rgbx.view(np.uint32)[:, 0]


def rgbx_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The (rows, columns, 4) of which the picture is the first three, where it is all of an array of four bytes a
    pixel: the fourth counts for nothing, and encoders can step over it faster than it can be taken out.
    """
    whole = picture.base
    if picture.ndim != 3 or not isinstance(whole, np.ndarray) or whole.dtype.itemsize != 4:
        return None
    starts_alike = whole.__array_interface__["data"] == picture.__array_interface__["data"]
    if whole.shape != picture.shape[:2] or not starts_alike or picture.strides != (*whole.strides, 1):
        return None
    return whole.view(np.uint8).reshape(*whole.shape, 4) if whole.flags.c_contiguous else None


def render_pseudo_color(words: Words, cell: Cell, chain: GrayscaleChain, palette: Palette) -> RGB:
    """Grey levels in the colours of a palette, whose entries they are spread over (PS3.4 N.2.4.2)."""
    chain = complete(chain, words, cell)
    if not is_tabulated(words):
        return pseudo_colors(stored_values(words, cell), chain, palette)
    return look_up_colors(compile_pseudo_color(words.dtype.itemsize, cell, chain, palette), words)


def pseudo_colors(values: Values, chain: GrayscaleChain, palette: Palette) -> RGB:
    """The stages of the chain one after the other, then the palette."""
    with np.errstate(over="ignore", invalid="ignore"):  # attributes and float pixels may be of any size
        modality_values = apply_modality(values, chain.modality)
    return apply_palette(p_values(modality_values, chain), palette)


def apply_palette(outputs: Values, palette: Palette) -> RGB:
    """0 gets the first entry, 1 the last, whatever value the palette says that its first entry is for."""
    entries = np.frombuffer(palette.entries, np.uint8).reshape(-1, 3)
    return entries[np.floor(outputs * (len(entries) - 1) + 0.5).astype(np.intp)]


@lru_cache(maxsize=16)
def compile_pseudo_color(itemsize: int, cell: Cell, chain: GrayscaleChain, palette: Palette) -> NDArray[np.uint32]:
    """The colour of every word that a cell of so many bytes can hold."""
    return to_rgbx(pseudo_colors(stored_values(words_of(itemsize), cell), chain, palette))


def render_supplemental_palette(picture: RGB, words: Words, cell: Cell, palette: Palette) -> RGB:
    """Grey levels, in colour where the value is one that the palette has (PS3.3 C.7.6.23)."""
    colours = render_palette(words, cell, palette)
    positions = stored_values(words, cell).astype(np.int64) - palette.first_mapped_value
    is_coloured = (positions >= 0) & (positions < len(palette.entries) // 3)
    return np.where(is_coloured[..., None], colours, picture[..., None])


@lru_cache(maxsize=16)
def compile_palette(itemsize: int, cell: Cell, palette: Palette) -> NDArray[np.uint32]:
    """The colour of every word that a cell of so many bytes can hold: red, green, blue and a byte of no meaning."""
    entries = np.frombuffer(palette.entries, np.uint8).reshape(-1, 3)
    indices = stored_values(words_of(itemsize), cell).astype(np.int64) - palette.first_mapped_value
    return to_rgbx(entries[np.clip(indices, 0, len(entries) - 1)])


BYTES = Cell(bits_stored=8, high_bit=7, is_signed=False)


def render_color(words: Words, cell: Cell, photometric_interpretation: str) -> RGB:
    """RGB of a frame with three samples for each pixel."""
    samples = to_8_bits(words, cell)
    return COLOR_SPACES[photometric_interpretation](samples)


def to_8_bits(words: Words, cell: Cell) -> NDArray[np.uint8]:
    """Samples as 0 to 255; wider ones are scaled, so that the highest value stays the highest."""
    if words.dtype == np.uint8 and cell == BYTES:
        return words
    samples = stored_values(words, cell)
    if cell.is_signed:
        samples = samples.astype(np.int64) + (1 << (cell.bits_stored - 1))
    if cell.bits_stored == 8:
        return samples.astype(np.uint8)
    highest = (1 << cell.bits_stored) - 1
    return ((samples.astype(np.uint64) * 255 + highest // 2) // highest).astype(np.uint8)


def from_rgb(samples: NDArray[np.uint8]) -> RGB:
    return samples


def from_ybr_full(samples: NDArray[np.uint8]) -> RGB:
    """YBR_FULL is the colour space of JFIF: every code from 0 to 255 is used."""
    image = Image.frombuffer("YCbCr", samples.shape[1::-1], np.ascontiguousarray(samples))
    return np.asarray(image.convert("RGB"))


def from_ybr_partial(samples: NDArray[np.uint8]) -> RGB:
    """YBR_PARTIAL is that of CCIR 601-2: black is luminance 16, white 235, and chrominance goes from 16 to 240."""
    luminance, blue, red = (samples[..., channel].astype(np.float32) for channel in range(3))
    luminance = (luminance - 16) * (255 / 219)
    blue, red = (blue - 128) * (255 / 224), (red - 128) * (255 / 224)
    rgb = np.stack(
        [luminance + 1.402 * red, luminance - 0.344136 * blue - 0.714136 * red, luminance + 1.772 * blue], -1
    )
    return np.clip(np.floor(rgb + 0.5), 0, 255).astype(np.uint8)


COLOR_SPACES = {
    "RGB": from_rgb,
    "YBR_FULL": from_ybr_full,
    "YBR_FULL_422": from_ybr_full,
    "YBR_PARTIAL": from_ybr_partial,
    "YBR_PARTIAL_422": from_ybr_partial,
    "YBR_PARTIAL_420": from_ybr_partial,
}
