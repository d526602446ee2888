"""Bytes of one frame to stored values (PS3.5 section 8, PS3.3 C.7.6.3).

A frame is kept as *words* first: what each cell of Bits Allocated holds, unsigned, Bits Stored and sign not yet looked
at. Most frames never need more, since a look-up table over all words does the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wado.image.pixels import Cell, ImagePixel, PixelFormat

Words = NDArray[Any]
"""(rows, columns) or (rows, columns, samples) of unsigned integers or floats."""

FLOATS = {PixelFormat.FLOAT: "f4", PixelFormat.DOUBLE: "f8"}


def unpack(frame: bytes, pixel: ImagePixel, *, is_little_endian: bool = True, first_bit: int = 0) -> Words:
    """Words of an uncompressed frame; a subsampled one comes with its chrominance repeated.

    `frame` holds at least the frame's bits from `first_bit` on, which counts from the least significant bit of the
    first byte, and is other than 0 only where Bits Allocated is 1.
    """
    if pixel.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(frame, np.uint8), bitorder="little")
        return bits[first_bit : first_bit + pixel.rows * pixel.columns].reshape(pixel.rows, pixel.columns)
    kind = FLOATS.get(pixel.pixel_format, f"u{pixel.bits_allocated // 8}")
    order = "<" if is_little_endian else ">"
    words = np.frombuffer(frame, order + kind, pixel.frame_bits // pixel.bits_allocated)
    words = words.astype(kind, copy=False)  # native byte order: a view where it is that already
    if pixel.is_subsampled:
        return _repeat_chrominance(words, pixel)
    if pixel.samples_per_pixel == 1:
        return words.reshape(pixel.rows, pixel.columns)
    if pixel.is_planar:
        return words.reshape(pixel.samples_per_pixel, pixel.rows, pixel.columns).transpose(1, 2, 0)
    return words.reshape(pixel.rows, pixel.columns, pixel.samples_per_pixel)


def stored_values(words: Words, cell: Cell) -> Words:
    """The words' Bits Stored, with their sign; what lies above or below them in the cell is left out."""
    if words.dtype.kind == "f":
        return words
    width = words.dtype.itemsize * 8
    unsigned = words.view(f"u{words.dtype.itemsize}")
    # Shift the stored bits to the top of the cell, then back down: arithmetic for signed values, logical for others.
    shifted = unsigned << (width - 1 - cell.high_bit) if cell.high_bit < width - 1 else unsigned
    kind = "i" if cell.is_signed else "u"
    signed = shifted.view(f"{kind}{words.dtype.itemsize}")
    return signed >> (width - cell.bits_stored) if cell.bits_stored < width else signed


def _repeat_chrominance(words: Words, pixel: ImagePixel) -> Words:
    """Two pixels as Y Y B R become two pixels of Y B R (PS3.3 C.7.6.3.1.2)."""
    pairs = words.reshape(pixel.rows, pixel.columns // 2, 4)
    full = np.empty((pixel.rows, pixel.columns // 2, 2, 3), words.dtype)
    full[..., 0] = pairs[..., :2]
    full[..., 1:] = pairs[:, :, None, 2:]
    return full.reshape(pixel.rows, pixel.columns, 3)
