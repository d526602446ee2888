"""The Palette Color Lookup Table Module (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9) as one frozen value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from wado.dicom.table_entries import read_entries, swap_bytes
from wado.dicom.values import unfit, values_of
from wado.errors import WadoError
from wado.image.color import Palette

COLORS = ("Red", "Green", "Blue")

Fault = Callable[..., WadoError]
"""Makes the error of an attribute's keyword and, where there is more to say than that it is malformed, a complaint."""


def read_palette(dataset: Dataset, is_signed: bool, fault: Fault = unfit) -> Palette:
    """Red, green and blue of each entry; raises `NotAcceptable`, or what `fault` makes, naming the attribute."""
    first_mapped_value = 0
    channels = []
    for color in COLORS:
        keyword = f"{color}PaletteColorLookupTableDescriptor"
        descriptor = [value for value in values_of(dataset, keyword) if isinstance(value, int)]
        if len(descriptor) != 3 or descriptor[2] not in (8, 16):
            raise fault(keyword)
        number_of_entries = descriptor[0] & 0xFFFF or 0x10000
        first_mapped_value = descriptor[1] & 0xFFFF
        channels.append(
            _to_bytes(_read_channel(dataset, color, number_of_entries, descriptor[2], fault), descriptor[2])
        )
    if is_signed and first_mapped_value >= 0x8000:
        first_mapped_value -= 0x10000
    length = min(map(len, channels))
    return Palette(first_mapped_value, np.stack([channel[:length] for channel in channels], axis=1).tobytes())


def _read_channel(dataset: Dataset, color: str, number_of_entries: int, bits: int, fault: Fault) -> np.ndarray:
    is_little_endian = dataset.original_encoding[1] is not False
    keyword = f"{color}PaletteColorLookupTableData"
    data = values_of(dataset, keyword)
    if data:
        entries = read_entries(data, number_of_entries, is_little_endian=is_little_endian)
        if entries is None:
            raise fault(keyword, "is shorter than its descriptor says")
        return np.frombuffer(entries, np.uint16)
    keyword = f"Segmented{color}PaletteColorLookupTableData"
    data = values_of(dataset, keyword)
    if not data:
        raise fault(f"{color}PaletteColorLookupTableData")
    for width in (1, 2) if bits == 8 and isinstance(data[0], bytes) else (2,):
        expanded = expand_segments(_read_segments(data, width, is_little_endian), number_of_entries, width)
        if len(expanded) == number_of_entries:
            return np.array(expanded, np.uint16)
    raise fault(keyword, "does not expand to the number of entries that its descriptor says")


def _read_segments(data: Sequence[Any], width: int, is_little_endian: bool) -> list[int]:
    """The numbers that the segments are made of; entries of 8 bits come in bytes or, by many writers, in words."""
    if width == 1:
        return list(data[0] if is_little_endian else swap_bytes(data[0]))
    length = len(data[0]) // 2 if isinstance(data[0], bytes) else len(data)
    words = read_entries(data, length, is_little_endian=is_little_endian) or b""
    return [int(word) for word in np.frombuffer(words, np.uint16)]


DISCRETE, LINEAR, INDIRECT = 0, 1, 2


def expand_segments(words: Sequence[int], number_of_entries: int, width: int = 2) -> list[int]:
    """A segmented palette's entries (PS3.3 C.7.9.2); as many as are sound, and no more than asked for.

    `width` is that of a word, in bytes.
    """
    entries: list[int] = []
    _expand(words, 0, None, entries, number_of_entries, width, is_copy=False)
    return entries


def _expand(
    words: Sequence[int],
    at: int,
    segments: int | None,
    entries: list[int],
    number_of_entries: int,
    width: int,
    *,
    is_copy: bool,
) -> None:
    """Expand so many segments, or all, from a place on. A copied segment holds no further copies."""
    while at + 1 < len(words) and segments != 0 and len(entries) < number_of_entries:
        opcode, length = words[at], words[at + 1]
        if opcode == DISCRETE:
            entries.extend(words[at + 2 : at + 2 + length])
            at += 2 + length
        elif opcode == LINEAR and entries and at + 2 < len(words):
            entries.extend(_line(entries[-1], words[at + 2], length))
            at += 3
        elif opcode == INDIRECT and not is_copy and at + 1 + 4 // width < len(words):
            offset = words[at + 2 : at + 2 + 4 // width]  # of 32 bits, in bytes, low word first
            place = sum(word << (8 * width * position) for position, word in enumerate(offset)) // width
            _expand(words, place, length, entries, number_of_entries, width, is_copy=True)
            at += 2 + 4 // width
        else:
            return
        segments = None if segments is None else segments - 1


def _line(start: int, end: int, length: int) -> list[int]:
    """`length` entries after `start`, the last of them `end`."""
    return [
        start + int((end - start) * step / length + (0.5 if end >= start else -0.5)) for step in range(1, length + 1)
    ]


def _to_bytes(entries: np.ndarray, bits: int) -> np.ndarray:
    """Entries as 0 to 255. Some writers put 8-bit entries where the descriptor says 16."""
    if bits == 8 and entries.max(initial=0) > 0xFF:
        entries = entries >> 8
    elif bits == 16 and entries.max(initial=0) > 0xFF:
        return ((entries.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    return entries.astype(np.uint8)
