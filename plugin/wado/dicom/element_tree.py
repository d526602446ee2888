"""A data set as a tree of its elements, read in one pass and without recursion (PS3.5 section 7).

For objects of many small items in many levels, as reports are: nothing is understood but lengths and sequences, and no
value is decoded before somebody asks for it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

from pydicom.datadict import dictionary_VR
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian
from pydicom.valuerep import STANDARD_VR

from wado.dicom.stored_object import (
    MAGIC,
    PIXEL_DATA_TAGS,
    PREAMBLE_LENGTH,
    UNDEFINED_LENGTH,
    BytesSource,
    Source,
    inflate,
    is_part10,
)
from wado.errors import NotAcceptable

DEEPEST = 1000
"""Levels of sequences in sequences; more is no report but an attack."""

MOST_ITEMS = 200_000

SPECIFIC_CHARACTER_SET = 0x00080005
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
"""VRs with a length of 32 bits (PS3.5 7.1.2)."""

_META_GROUP = 0x0002
_TRANSFER_SYNTAX_UID = 0x00020010


class Value(NamedTuple):
    """A value as it is stored, with its padding."""

    vr: str
    content: bytes


@dataclass(slots=True)
class Item:
    """The elements of a data set or of an item of a sequence, by tag.

    `character_set` is the Specific Character Set in force, as it is stored: an item's own or that of what it is in
    (PS3.5 6.1.2.5.4). `is_whole` is false where the bytes end, or a length leads out of the item, before its end.
    `has_pixel_data` tells that there are some, which are not read; nor is what follows them in the main data set.
    """

    character_set: bytes = b""
    is_little_endian: bool = True
    values: dict[int, Value] = field(default_factory=dict)
    sequences: dict[int, list[Item]] = field(default_factory=dict)
    is_whole: bool = True
    has_pixel_data: bool = False

    def tags(self) -> list[int]:
        return sorted([*self.values, *self.sequences])


def read_element_tree(source: Source) -> Item:
    """The main data set, up to its pixel data; raises `NotAcceptable` for what is no DICOM or beyond all bounds."""
    content = inflate(source)
    data = content.read(0, content.size)
    start, transfer_syntax_uid = _read_meta(data) if is_part10(BytesSource(data)) else (0, "")
    is_implicit_vr, is_little_endian = _encoding(data, start, transfer_syntax_uid)
    root = _Reader(data, is_little_endian).read(start, is_implicit_vr)
    if not (root.values or root.sequences):
        raise NotAcceptable(
            "the stored object cannot be read as DICOM; "
            "contentType=application/dicom&transferSyntax=* gives it as it is stored"
        )
    return root


def _read_meta(data: bytes) -> tuple[int, str]:
    """Where the data set begins, and the transfer syntax's UID: the meta header is Explicit VR Little Endian."""
    position, transfer_syntax_uid = PREAMBLE_LENGTH + len(MAGIC), ""
    while position + 8 <= len(data) and int.from_bytes(data[position : position + 2], "little") == _META_GROUP:
        group, element, vr, length = struct.unpack_from("<HH2sH", data, position)
        position += 8
        if vr in _LONG and position + 4 <= len(data):
            length = int.from_bytes(data[position : position + 4], "little")
            position += 4
        if group << 16 | element == _TRANSFER_SYNTAX_UID:
            transfer_syntax_uid = data[position : position + length].decode("ascii", "replace").strip("\0 ")
        position += length
    return position, transfer_syntax_uid


def _encoding(data: bytes, start: int, transfer_syntax_uid: str) -> tuple[bool, bool]:
    """Whether the VR is implicit and the order little endian, by name or else by the look of the first element."""
    if transfer_syntax_uid:
        return transfer_syntax_uid == ImplicitVRLittleEndian, transfer_syntax_uid != ExplicitVRBigEndian
    group, vr = int.from_bytes(data[start : start + 2], "little"), data[start + 4 : start + 6]
    return not _is_vr(vr), not (_is_vr(vr) and group > 0xFF and group & 0xFF == 0)


def _is_vr(code: bytes) -> bool:
    """Two capital letters: also VRs that are not known yet."""
    return code in _NAMES or (code.isascii() and code.isalpha() and code.isupper())


_NAMES = {vr.encode("ascii"): str(vr) for vr in STANDARD_VR}
_SHORT = {code: name for code, name in _NAMES.items() if code not in _LONG}
_OF_ITS_OWN_KIND = frozenset({0x7FE0, 0xFFFE})
"""Groups of pixel data and of delimiters."""


@dataclass(slots=True)
class _Level:
    """What is being read: the elements of `item`, or the items of `sequence` that belongs to it."""

    item: Item
    end: int
    is_implicit_vr: bool
    sequence: list[Item] | None = None
    has_length: bool = True


class _Reader:
    """One pass over the bytes; each step reads one header."""

    def __init__(self, data: bytes, is_little_endian: bool) -> None:
        order = "<" if is_little_endian else ">"
        self._data = data
        self._is_little_endian = is_little_endian
        self._tag = struct.Struct(f"{order}HH")
        self._implicit = struct.Struct(f"{order}HHL")
        self._explicit = struct.Struct(f"{order}HH2sH")
        self._length = struct.Struct(f"{order}L")
        self._position = 0
        self._levels: list[_Level] = []
        self._number_of_items = 0

    def read(self, start: int, is_implicit_vr: bool) -> Item:
        root = Item(is_little_endian=self._is_little_endian)
        self._position = start
        self._levels = [_Level(root, len(self._data), is_implicit_vr)]
        while self._levels:
            level = self._levels[-1]
            if self._position == level.end and level.has_length:
                self._levels.pop()
            elif self._position + 8 > level.end:
                self._leave(level)
            elif level.sequence is None:
                if not level.is_implicit_vr:
                    self._read_short_values(level.item, level.end)
                if self._position + 8 <= level.end:
                    self._read_element(level)
            else:
                self._read_item(level, level.sequence)
        return root

    def _leave(self, level: _Level) -> None:
        """The end of a level; without a delimiter where there must be one, something is missing."""
        is_root = len(self._levels) == 1
        if self._position != level.end or not (level.has_length or is_root):
            level.item.is_whole = False
        self._position = level.end
        self._levels.pop()

    def _read_item(self, level: _Level, sequence: list[Item]) -> None:
        group, element, length = self._implicit.unpack_from(self._data, self._position)
        tag = group << 16 | element
        if tag != ITEM:
            if tag == SEQUENCE_END:
                self._position += 8
            else:
                level.item.is_whole = False
            if level.has_length:
                self._position = level.end
            self._levels.pop()
            return
        self._position += 8
        self._number_of_items += 1
        if self._number_of_items > MOST_ITEMS:
            raise NotAcceptable(f"the object has more than {MOST_ITEMS} items in its sequences")
        item = Item(level.item.character_set, self._is_little_endian)
        sequence.append(item)
        end = self._position + length
        if end <= level.end and not level.is_implicit_vr:
            self._read_short_values(item, end)
            if self._position == end:
                return  # there was nothing else in it, as in most items
            length = end - self._position
        self._enter(level, item, length, level.is_implicit_vr, None)

    def _enter(self, level: _Level, item: Item, length: int, is_implicit_vr: bool, sequence: list[Item] | None) -> None:
        if len(self._levels) > 2 * DEEPEST:
            raise NotAcceptable(f"the object has sequences in sequences in more than {DEEPEST} levels")
        has_length = length != UNDEFINED_LENGTH
        end = self._position + length if has_length else level.end
        if end > level.end:
            item.is_whole = False
            end = level.end
        self._levels.append(_Level(item, end, is_implicit_vr, sequence, has_length))

    def _read_short_values(self, item: Item, end: int) -> None:
        """Elements whose VR is stored with a length of 16 bits, up to another one: most of a report, without ado."""
        data, position = self._data, self._position
        unpack, values = self._explicit.unpack_from, item.values
        while position + 8 <= end:
            group, element, code, length = unpack(data, position)
            vr = _SHORT.get(code)
            next_position = position + 8 + length
            if vr is None or next_position > end or group in _OF_ITS_OWN_KIND:
                break
            tag = group << 16 | element
            values[tag] = Value(vr, data[position + 8 : next_position])
            if tag == SPECIFIC_CHARACTER_SET:
                item.character_set = values[tag].content
            position = next_position
        self._position = position

    def _read_element(self, level: _Level) -> None:
        group, element, code, length = self._explicit.unpack_from(self._data, self._position)
        tag = group << 16 | element
        if group == 0xFFFE:
            self._read_delimiter(level, tag)
            return
        if tag in PIXEL_DATA_TAGS and len(self._levels) == 1:
            level.item.has_pixel_data = True
            self._position = level.end
            return
        header_length = 8
        if level.is_implicit_vr or not _is_vr(code):
            length = self._length.unpack_from(self._data, self._position + 4)[0]
            vr = vr_of(tag)
        else:
            vr = _NAMES.get(code) or code.decode("ascii")
            if code in _LONG:
                header_length = 12
                field_end = self._position + header_length
                length = self._length.unpack_from(self._data, field_end - 4)[0] if field_end <= level.end else 0
        self._position += header_length
        self._read_value(level, tag, vr, length)

    def _read_delimiter(self, level: _Level, tag: int) -> None:
        """The end of an item; anything else has no place between elements."""
        self._position += 8
        if tag == ITEM_END and len(self._levels) > 1:
            if level.has_length:
                self._position = level.end
            self._levels.pop()
        else:
            level.item.is_whole = False

    def _read_value(self, level: _Level, tag: int, vr: str, length: int) -> None:
        is_unknown = vr == "UN" and (length == UNDEFINED_LENGTH or vr_of(tag) == "SQ")
        if vr == "UN":
            # So is a value written that is too long for its VR's own length (PS3.5 6.2.2, Note).
            vr = vr_of(tag)
        if tag in PIXEL_DATA_TAGS and length == UNDEFINED_LENGTH:
            level.item.has_pixel_data = True
            self._skip_fragments(level)
        elif vr == "SQ" or is_unknown or length == UNDEFINED_LENGTH:
            # An unknown VR hides a sequence in Implicit VR Little Endian (PS3.5 6.2.2).
            sequence: list[Item] = []
            level.item.sequences[tag] = sequence
            self._enter(level, level.item, length, level.is_implicit_vr or is_unknown, sequence)
        else:
            end = self._position + length
            if end > level.end:
                level.item.is_whole = False
                end = level.end
            content = self._data[self._position : end]
            self._position = end
            level.item.values[tag] = Value(vr, content)
            if tag == SPECIFIC_CHARACTER_SET:
                level.item.character_set = content

    def _skip_fragments(self, level: _Level) -> None:
        """The pixel data of an icon (PS3.5 A.4): they are no elements."""
        while self._position + 8 <= level.end:
            group, element, length = self._implicit.unpack_from(self._data, self._position)
            self._position += 8
            if group << 16 | element != ITEM:
                return
            self._position = min(self._position + length, level.end)


def vr_of(tag: int) -> str:
    """What the dictionary says; group lengths are numbers, and what it does not know is unknown."""
    known = _VRS.get(tag)
    if known is None:
        known = _VRS[tag] = _look_up(tag)
    return known


_VRS: dict[int, str] = {}
_MOST_VRS = 10_000


def _look_up(tag: int) -> str:
    if len(_VRS) > _MOST_VRS:
        _VRS.clear()
    if tag & 0xFFFF == 0:
        return "UL"
    if tag >> 16 & 1:
        return "LO" if 0x10 <= tag & 0xFFFF <= 0xFF else "UN"
    try:
        return dictionary_VR(tag).split(" ")[0]
    except KeyError:
        return "UN"
