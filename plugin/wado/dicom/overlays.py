"""The Overlay Plane Module (PS3.3 C.9.2): the overlays that are sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from wado.dicom.table_entries import swap_bytes
from wado.image.overlays import Overlay

GROUPS = range(0x6000, 0x6020, 2)
ROWS, COLUMNS, NUMBER_OF_FRAMES = 0x0010, 0x0011, 0x0015
ORIGIN, IMAGE_FRAME_ORIGIN, BITS_ALLOCATED, BIT_POSITION, DATA = 0x0050, 0x0051, 0x0100, 0x0102, 0x3000

OVERLAY_ERRORS = (KeyError, TypeError, ValueError, IndexError, AttributeError)
"""What reading a malformed overlay raises."""


def read_overlays(dataset: Dataset, frame_index: int) -> tuple[Overlay, ...]:
    """The overlays of a frame, each with its group. A malformed one is left out: it must not spoil the picture."""
    return tuple(_read_overlays(dataset, frame_index))


def _read_overlays(dataset: Dataset, frame_index: int) -> Iterator[Overlay]:
    for group in GROUPS:
        try:
            overlay = read_overlay(dataset, group, frame_index)
        except OVERLAY_ERRORS:
            continue
        if overlay:
            yield overlay


def read_overlay(dataset: Dataset, group: int, frame_index: int) -> Overlay | None:
    """The frame's part of an overlay; none if it has none. Raises one of `OVERLAY_ERRORS` for a malformed attribute.

    An overlay within the pixels (retired) has no data of its own.
    """
    if (group, DATA) not in dataset:
        return None
    rows, columns = int(dataset[group, ROWS].value), int(dataset[group, COLUMNS].value)
    number = frame_index
    if (group, NUMBER_OF_FRAMES) in dataset:
        number -= int(_value(dataset, group, IMAGE_FRAME_ORIGIN, 1)) - 1
        if not 0 <= number < int(dataset[group, NUMBER_OF_FRAMES].value):
            return None
    else:
        number = 0
    row, column = (int(value) for value in dataset[group, ORIGIN].value)
    if rows < 1 or columns < 1:
        return None
    return Overlay(group, row - 1, column - 1, _bits(_data(dataset, group), rows, columns, number))


def _data(dataset: Dataset, group: int) -> bytes:
    """In Big Endian the words of OW have their bytes the other way round (PS3.5 6.2)."""
    element = dataset[group, DATA]
    has_swapped_bytes = dataset.original_encoding[1] is False and element.VR == "OW"
    return swap_bytes(bytes(element.value)) if has_swapped_bytes else bytes(element.value)


def _bits(data: bytes, rows: int, columns: int, number: int) -> NDArray[np.bool_]:
    """The bits of one of the overlay's frames, least significant first (PS3.5 8.1.2); ValueError if there are fewer."""
    first, size = number * rows * columns, rows * columns
    part = np.frombuffer(data, np.uint8)[first // 8 : (first + size + 7) // 8]
    bits = np.unpackbits(part, bitorder="little")[first % 8 :][:size]
    return bits.reshape(rows, columns).astype(bool)


def _value(dataset: Dataset, group: int, element: int, default: Any) -> Any:
    return dataset[group, element].value if (group, element) in dataset else default
