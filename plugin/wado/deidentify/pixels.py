"""Pixels without what identifies: the site's regions blanked, and no overlays in bits that no stored value uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from wado.deidentify.policy import Policy, Rectangle
from wado.dicom.frames import EncapsulatedFrames
from wado.dicom.overlays import BIT_POSITION, BITS_ALLOCATED, GROUPS
from wado.dicom.stored_image import StoredImage, VideoFrames
from wado.dicom.stored_object import Source
from wado.image.codecs import DecodedFrame
from wado.image.codestream import precision_of
from wado.image.pixels import Cell, PixelFormat
from wado.image.stored_values import Words, stored_values

CleanFrame = Callable[[DecodedFrame], DecodedFrame]


def pixel_cleaner(image: StoredImage | None, source: Source, policy: Policy) -> CleanFrame | None:
    """What each frame goes through once it is decoded; none where the pixels may stay as they are stored.

    To be asked for before the data set is de-identified. Looks at every frame where cells have bits to spare.
    """
    if image is None:
        return None
    dataset, cell = image.stored_object.dataset, image.pixel.cell
    rectangles = policy.regions_for(dataset)
    has_spare_bits = has_overlay_in_pixels(dataset) or are_spare_bits_used(image, source)
    if not rectangles and not has_spare_bits:
        return None

    def clean(frame: DecodedFrame) -> DecodedFrame:
        if has_spare_bits:
            frame = without_unused_bits(frame, cell)
        return blanked(frame, rectangles, cell) if rectangles else frame

    return clean


def are_spare_bits_used(image: StoredImage, source: Source) -> bool:
    """Whether any frame has something in the bits of its cells that no stored value uses (PS3.5 8.1.1).

    Zeros are nothing, and neither is the sign of every value. Codestreams of no more bits than the values are not
    decoded; nor are videos, which have none to spare.
    """
    pixel = image.pixel
    if pixel.pixel_format is not PixelFormat.INTEGER or pixel.cell.bits_stored >= pixel.bits_allocated:
        return False
    if isinstance(image.frames, VideoFrames):
        return False
    for frame_index in range(pixel.number_of_frames):
        if isinstance(image.frames, EncapsulatedFrames):
            precision = precision_of(image.frames.read(source, frame_index))
            if precision is not None and precision <= pixel.cell.bits_stored:
                continue
        frame = image.read_frame(source, frame_index)
        if frame.words.dtype.kind == "u" and not frame.is_signed and _has_content(frame.words, pixel.cell):
            return True
    return False


def _has_content(words: Words, cell: Cell) -> bool:
    unused = words & ~_mask(words, cell)
    return bool(unused.any()) and not np.array_equal(words, _with_sign(words, cell))


def _mask(words: Words, cell: Cell) -> Any:
    return words.dtype.type(((1 << cell.bits_stored) - 1) << (cell.high_bit + 1 - cell.bits_stored))


def _with_sign(words: Words, cell: Cell) -> Words:
    """Only the bits of the stored values; the sign of signed ones goes on to the top of the cell."""
    if cell.is_signed and cell.high_bit + 1 == cell.bits_stored:
        return stored_values(words, cell).view(words.dtype)
    masked: Words = words & _mask(words, cell)
    return masked


def has_overlay_in_pixels(dataset: Dataset) -> bool:
    """Whether an overlay lies in the pixels' own cells (PS3.3-2003 C.9.2, retired)."""
    for group in GROUPS:
        try:
            if int(dataset[group, BITS_ALLOCATED].value) > 1 or int(dataset[group, BIT_POSITION].value) > 0:
                return True
        except Exception:  # absent, or malformed in one of many ways
            continue
    return False


def without_unused_bits(frame: DecodedFrame, cell: Cell) -> DecodedFrame:
    """The frame with only the bits of its stored values, and their sign."""
    if frame.words.dtype.kind != "u" or frame.is_signed or cell.bits_stored >= 8 * frame.words.dtype.itemsize:
        return frame
    return replace(frame, words=_with_sign(frame.words, cell))


def blanked(frame: DecodedFrame, rectangles: tuple[Rectangle, ...], cell: Cell) -> DecodedFrame:
    """The frame with the rectangles black: one level, so that nothing of what was there can be told."""
    words = np.array(frame.words)
    black = black_of(frame, cell)
    for left, top, width, height in rectangles:
        words[top : top + height, left : left + width] = black
    return replace(frame, words=words)


def black_of(frame: DecodedFrame, cell: Cell) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
    """The word, or the three, of black: the least value, the greatest of MONOCHROME1, no chrominance in YBR."""
    words = frame.words
    if words.dtype.kind == "f":
        return np.zeros(1, words.dtype)
    if words.ndim == 3:
        middle = 1 << (cell.bits_stored - 1) if frame.photometric_interpretation.startswith("YBR") else 0
        dark = 16 if frame.photometric_interpretation.startswith("YBR_PARTIAL") else 0
        return np.array([dark, middle, middle], words.dtype)
    sign = 1 << (cell.bits_stored - 1)
    least = sign if cell.is_signed else 0
    greatest = sign - 1 if cell.is_signed else (1 << cell.bits_stored) - 1
    level = greatest if frame.photometric_interpretation == "MONOCHROME1" else least
    shift = cell.high_bit + 1 - cell.bits_stored
    extended = _sign_extended(level, cell) if frame.is_signed else level << shift
    return np.array([extended & ((1 << 8 * words.dtype.itemsize) - 1)], words.dtype)


def _sign_extended(level: int, cell: Cell) -> int:
    return level - (1 << cell.bits_stored) if level >> (cell.bits_stored - 1) else level
