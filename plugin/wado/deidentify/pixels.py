"""Pixels without what identifies: the site's regions blanked, and no overlays in bits that no stored value uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from pydicom.dataset import Dataset

from wado.deidentify.policy import Policy, Rectangle
from wado.dicom.image_pixel import read_image_pixel
from wado.dicom.overlays import BIT_POSITION, BITS_ALLOCATED, GROUPS
from wado.dicom.stored_object import StoredObject
from wado.image.codecs import DecodedFrame
from wado.image.pixels import Cell

CleanFrame = Callable[[DecodedFrame], DecodedFrame]


def pixel_cleaner(stored_object: StoredObject, policy: Policy) -> CleanFrame | None:
    """What each frame goes through once it is decoded; none where the pixels may stay as they are stored.

    To be asked for before the data set is de-identified.
    """
    dataset = stored_object.dataset
    if stored_object.pixel_data is None:
        return None
    rectangles = policy.regions_for(dataset)
    has_overlay = has_overlay_in_pixels(dataset)
    if not rectangles and not has_overlay:
        return None
    cell = read_image_pixel(dataset, stored_object.pixel_data).cell

    def clean(frame: DecodedFrame) -> DecodedFrame:
        if has_overlay:
            frame = without_unused_bits(frame, cell)
        return blanked(frame, rectangles, cell) if rectangles else frame

    return clean


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
    """The frame with only the bits of its stored values (PS3.5 8.1.1)."""
    if frame.words.dtype.kind != "u":
        return frame
    mask = ((1 << cell.bits_stored) - 1) << (cell.high_bit + 1 - cell.bits_stored)
    return replace(frame, words=frame.words & frame.words.dtype.type(mask))


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
