"""Encapsulated pixel data: an offset table and a fragment for each frame (PS3.5 Annex A.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import BinaryIO

from wado.errors import NotAcceptable
from wado.transcode.element_encoding import ITEM, PIXEL_DATA, SEQUENCE_END, UNDEFINED_LENGTH, write_element_header
from wado.transcode.elements import Replacements, replacements

TABLES = ("ExtendedOffsetTable", "ExtendedOffsetTableLengths", "EncapsulatedPixelDataValueTotalLength")
"""Elements beside encapsulated pixel data that say where in them something lies, and how long they are (PS3.3
C.7.6.3.1.8): true of the stored codestreams alone."""
NO_TABLES: Replacements = replacements(dict.fromkeys(TABLES))

LONGEST_FRAGMENT = 0xFFFFFFFE
LARGEST_BASIC_OFFSET = 0xFFFFFFFF


class FragmentWriter:
    """Writes codestreams as they come, and their offsets into the table that was left open for them.

    `is_extended` leaves the basic table empty: the offsets go into Extended Offset Table, an element before the pixel
    data, which the caller fills (PS3.3 C.7.6.3.1.8).
    """

    def __init__(self, number_of_frames: int, *, is_extended: bool) -> None:
        self._number_of_frames = number_of_frames
        self._is_extended = is_extended
        self.offsets: list[int] = []
        self.lengths: list[int] = []

    def write(self, target: BinaryIO, codestreams: Iterable[bytes]) -> None:
        """The whole element, the basic offset table filled at the end."""
        write_element_header(target, PIXEL_DATA, "OB", UNDEFINED_LENGTH)
        table_length = 0 if self._is_extended else 4 * self._number_of_frames
        _write_item_header(target, ITEM, table_length)
        table = target.tell()
        target.write(bytes(table_length))
        offset = 0
        for codestream in codestreams:
            length = len(codestream) + len(codestream) % 2
            if length > LONGEST_FRAGMENT:
                raise NotAcceptable("a frame of this object is too long for a fragment")
            self.offsets.append(offset)
            self.lengths.append(length)
            _write_item_header(target, ITEM, length)
            target.write(codestream)
            target.write(bytes(length - len(codestream)))
            offset += 8 + length
        _write_item_header(target, SEQUENCE_END, 0)
        if not self._is_extended:
            fill(target, table, struct.pack(f"<{len(self.offsets)}I", *self.offsets))

    @property
    def extended_offset_table(self) -> bytes:
        return struct.pack(f"<{len(self.offsets)}Q", *self.offsets)

    @property
    def extended_offset_table_lengths(self) -> bytes:
        return struct.pack(f"<{len(self.lengths)}Q", *self.lengths)


def fill(target: BinaryIO, place: int, content: bytes) -> None:
    """Write over what was left open earlier, and go back to the end."""
    end = target.tell()
    target.seek(place)
    target.write(content)
    target.seek(end)


def _write_item_header(target: BinaryIO, tag: int, length: int) -> None:
    target.write(struct.pack("<HHI", tag >> 16, tag & 0xFFFF, length))
