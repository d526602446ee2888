"""The Overlay Plane Module (PS3.3 C.9.2): the overlays that are sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from wado.dicom.table_entries import swap_bytes
from wado.image.overlays import Overlay
from wado.image.pixels import Cell
from wado.image.stored_values import Words

GROUPS = range(0x6000, 0x6020, 2)
ROWS, COLUMNS, NUMBER_OF_FRAMES = 0x0010, 0x0011, 0x0015
ORIGIN, IMAGE_FRAME_ORIGIN, BITS_ALLOCATED, BIT_POSITION, DATA = 0x0050, 0x0051, 0x0100, 0x0102, 0x3000

OVERLAY_ERRORS = (KeyError, TypeError, ValueError, IndexError, AttributeError)
"""What reading a malformed overlay raises."""


def read_overlays(dataset: Dataset, frame_index: int) -> tuple[Overlay, ...]:
    """The overlays of a frame, each with its group. A malformed one is left out: it must not spoil the picture."""
    return tuple(_sound_ones(dataset, lambda group: read_overlay(dataset, group, frame_index)))


def read_overlays_in_pixels(dataset: Dataset, frame_index: int, words: Words, cell: Cell) -> tuple[Overlay, ...]:
    """Overlays in bits of the pixels' cells that no stored value uses (PS3.3-2003 C.9.2, PS3.5-2003 8.1.2; retired).

    `words` (rows, columns) are the frame's cells as they are stored.
    """
    return tuple(_sound_ones(dataset, lambda group: read_overlay_in_pixels(dataset, group, frame_index, words, cell)))


def _sound_ones(dataset: Dataset, read: Callable[[int], Overlay | None]) -> Iterator[Overlay]:
    for group in GROUPS:
        if (group, ROWS) not in dataset:
            continue
        try:
            overlay = read(group)
        except OVERLAY_ERRORS:
            continue
        if overlay:
            yield overlay


def read_overlay(dataset: Dataset, group: int, frame_index: int) -> Overlay | None:
    """The frame's part of an overlay; none if it has none. Raises one of `OVERLAY_ERRORS` for a malformed attribute.

    An overlay within the pixels has no data of its own.
    """
    if (group, DATA) not in dataset:
        return None
    rows, columns = _size(dataset, group)
    number = _overlay_frame(dataset, group, frame_index)
    if number is None or rows < 1 or columns < 1:
        return None
    return Overlay(group, *_place(dataset, group), _bits(_data(dataset, group), rows, columns, number))


def read_overlay_in_pixels(dataset: Dataset, group: int, frame_index: int, words: Words, cell: Cell) -> Overlay | None:
    """As `read_overlay`. Each cell has one bit of it: an overlay of another size than the image cannot be meant."""
    if (group, DATA) in dataset or int(dataset[group, BITS_ALLOCATED].value) <= 1:
        return None
    position = int(dataset[group, BIT_POSITION].value)
    is_unused = cell.high_bit < position < 8 * words.itemsize or 0 <= position <= cell.high_bit - cell.bits_stored
    if not is_unused or _size(dataset, group) != words.shape or _overlay_frame(dataset, group, frame_index) is None:
        return None
    return Overlay(group, *_place(dataset, group), (words >> position & 1).astype(bool))


def _size(dataset: Dataset, group: int) -> tuple[int, int]:
    return int(dataset[group, ROWS].value), int(dataset[group, COLUMNS].value)


def _place(dataset: Dataset, group: int) -> tuple[int, int]:
    """Where in the image the overlay's first bit is, from 0."""
    row, column = (int(value) for value in dataset[group, ORIGIN].value)
    return row - 1, column - 1


def _overlay_frame(dataset: Dataset, group: int, frame_index: int) -> int | None:
    """Which of the overlay's frames is the image's, from 0 (PS3.3 C.9.3); none where it has none for it."""
    if (group, NUMBER_OF_FRAMES) not in dataset:
        return 0
    number = frame_index - int(_value(dataset, group, IMAGE_FRAME_ORIGIN, 1)) + 1
    return number if 0 <= number < int(dataset[group, NUMBER_OF_FRAMES].value) else None


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
