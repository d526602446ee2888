"""A data set rewritten element by element in Explicit VR Little Endian (PS3.5 sections 6.2, 7.1, 7.5).

Values are copied, not understood: no character is lost for being malformed. Implicit VR gets its VRs from the
dictionary, Big Endian has its numbers turned round, the elements that the caller gives replace the stored ones, and
items that it gives stand behind the stored ones.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from itertools import count
from typing import BinaryIO

from pydicom.datadict import dictionary_has_tag, dictionary_VR, private_dictionary_VR

from wado.dicom.unknown_sequence import says_vrs
from wado.errors import NotAcceptable
from wado.transcode.element_encoding import (
    ITEM,
    ITEM_END,
    LONG_VRS,
    LONGEST_SHORT_VALUE,
    PIXEL_DATA,
    SEQUENCE_END,
    TEXT_VRS,
    TWO_LETTERS,
    UNDEFINED_LENGTH,
    UNIT,
    Element,
    ElementHeader,
    Encoding,
    tag_bytes,
    turned_round,
    write_element_header,
)

SIGNATURES = frozenset({0x4FFE0001, 0xFFFAFFFA})
"""MAC Parameters and Digital Signatures Sequence: what they sign are elements of the data set that they are in, and
those within these (PS3.3 C.12.1.1.3)."""

FUNCTIONAL_GROUPS = frozenset({0x52009229, 0x52009230})
"""Shared and Per-frame Functional Groups Sequence: what is UN in these is looked into for values to revise."""

DEEPEST = 128
"""Levels of sequences in sequences: more is no report and no image but an attack."""

CHUNK = 1024 * 1024

NO_SEQUENCE = "what should be a sequence of this object is none; contentType=application/dicom&transferSyntax=* may do"

NO_PIXEL_DATA = (
    "a sequence of this object reaches into its pixel data; contentType=application/dicom&transferSyntax=* may do"
)


WritePixelData = Callable[[BinaryIO], None]

ReviseValue = Callable[[bytes], bytes]
"""Makes another value of one, whose length is even; not for numbers of several bytes, whose order it could not know."""

Path = tuple[int, ...]
"""Tags of sequences, each in the items of the one before."""

AddItem = Callable[[int], bytes]
"""Makes a whole item of a sequence, or nothing, of the index of the item, from 0, that the sequence itself is in."""


class DataSetWriter:
    """Copies one data set. `replacements` are elements of the top level, none where one is to be left out;
    `added_items` are items to put behind those of sequences, of which one that is absent is made where the items that
    it belongs in are there; `revised_values` act on elements of any level; `write_pixel_data` writes the whole element
    of the pixel data in place of the stored one; `is_signed` and `bits_allocated` tell of pixel data that are copied.
    Digital signatures are left out where anything that they may sign is not copied.
    """

    def __init__(
        self,
        source: BinaryIO,
        target: BinaryIO,
        encoding: Encoding,
        *,
        is_signed: bool = False,
        bits_allocated: int = 16,
        replacements: Mapping[int, Element | None] | None = None,
        added_items: Mapping[Path, AddItem] | None = None,
        revised_values: Mapping[int, ReviseValue] | None = None,
        write_pixel_data: WritePixelData | None = None,
    ) -> None:
        self._source = source
        self._target = target
        self._encoding = encoding
        self._is_signed = is_signed
        self._pixel_unit = bits_allocated // 8 if bits_allocated in (32, 64) else UNIT["OW"]
        self._replacements = dict(replacements or {})
        self._added_items = added_items or {}
        self._entered = {path[:length] for path in self._added_items for length in range(1, len(path) + 1)}
        self._revised_values = revised_values or {}
        self._write_pixel_data = write_pixel_data
        self._end = _size(source)
        self.places: dict[int, int] = {}
        """Where in the target the values of the replacements lie, for those that are known only at the end."""

    def copy(self) -> None:
        """From the place where the source stands to its end."""
        creators: dict[int, str] = {}
        added = self._items_added((), 0)
        self._replacements |= {tag: Element(tag, "SQ", item) for tag, item in added.items()}
        lacks_pixel_data = self._write_pixel_data is not None
        is_changed = bool(self._replacements) or lacks_pixel_data
        while header := self._read_header(creators, self._end):
            self._write_replacements_before(header.tag)
            if header.tag in added:
                self._replacements.pop(header.tag, None)
                self._copy_element(header, (), added=added.pop(header.tag))
            elif header.tag in self._replacements:
                self._write_replacement(header.tag)
                self._skip(header)
            elif header.tag == PIXEL_DATA and self._write_pixel_data:
                self._write_pixel_data(self._target)
                lacks_pixel_data = False
                self._skip(header)
            elif header.tag in SIGNATURES and is_changed:
                self._skip(header)
            else:
                is_changed |= self._copy_element(header, (), self._pixel_unit if header.tag == PIXEL_DATA else None)
        self._write_replacements_before(1 << 32)
        if lacks_pixel_data:
            raise NotAcceptable(NO_PIXEL_DATA)

    def _write_replacements_before(self, tag: int) -> None:
        for earlier in sorted(known for known in self._replacements if known < tag):
            self._write_replacement(earlier)

    def _write_replacement(self, tag: int) -> None:
        element = self._replacements.pop(tag)
        if element:
            write_element_header(self._target, element.tag, element.vr, len(element.value))
            self.places[tag] = self._target.tell()
            self._target.write(element.value)

    def _items_added(self, path: Path, index: int) -> dict[int, bytes]:
        """By sequence, those to put into the item with this index of the sequence at `path`."""
        added = {own[-1]: add(index) for own, add in self._added_items.items() if own[:-1] == path}
        return {tag: item for tag, item in added.items() if item}

    def _copy_data_set(self, end: int, path: Path, index: int) -> bool:
        """The elements of an item, up to its end or its delimiter; whether any of them has become another.

        `path` is that of the item's sequence, `index` the item's number in it, from 0.
        """
        if len(path) > DEEPEST:
            raise NotAcceptable("the object's sequences are nested too deeply to be rewritten; transferSyntax=* may do")
        creators: dict[int, str] = {}
        added = self._items_added(path, index) if path in self._entered else {}
        is_changed = bool(added)
        while self._source.tell() < end:
            header = self._read_header(creators, end)
            if header is None or header.tag == ITEM_END:
                break
            item = b""
            if added:
                self._write_sequences_before(header.tag, added)
                item = added.pop(header.tag, b"")
            if header.tag in SIGNATURES and is_changed:
                self._skip(header)
            else:
                is_changed |= self._copy_element(header, path, added=item)
        if added:
            self._write_sequences_before(1 << 32, added)
        return is_changed

    def _write_sequences_before(self, tag: int, added: dict[int, bytes]) -> None:
        for earlier in sorted(known for known in added if known < tag):
            item = added.pop(earlier)
            write_element_header(self._target, earlier, "SQ", len(item))
            self._target.write(item)

    def _copy_element(self, header: ElementHeader, path: Path, unit: int | None = None, added: bytes = b"") -> bool:
        """`unit` are the bytes of a number in OW, where they are not those of a word; `path` is that of the sequence
        that it is in, `added` an item to put behind its own. Whether it has become another.
        """
        if header.tag == ITEM and not header.length:
            return False  # an empty item out of place: some readers pass over it, others end there
        if header.tag in (ITEM, ITEM_END, SEQUENCE_END):
            raise NotAcceptable(
                "a sequence of this object ends where none began; contentType=application/dicom&transferSyntax=* may do"
            )
        if header.tag & 0xFFFF == 0 and header.tag >> 16 > 6:
            self._skip(header)  # a group length, retired, would be wrong now (PS3.5 7.2)
        elif header.vr == "SQ":
            return self._copy_sequence(header, path, added)
        elif header.vr == "UN" and (header.is_undefined or self._is_changed_within((*path, header.tag))):
            return self._copy_unknown_sequence(header, path, added)
        elif added:
            raise NotAcceptable(NO_SEQUENCE)
        elif header.is_undefined:
            raise NotAcceptable(
                "an icon of this object is compressed; contentType=application/dicom&transferSyntax=* may do"
            )
        elif header.tag in self._revised_values:
            value = self._revised_values[header.tag](self._source.read(header.length))
            write_element_header(self._target, header.tag, header.vr, len(value))
            self._target.write(value)
            return True
        else:
            self._write_header(header)
            self._copy_value(header, unit if unit and header.vr == "OW" else UNIT.get(header.vr, 1))
        return False

    def _is_changed_within(self, path: Path) -> bool:
        """Whether what is UN is a sequence that something is added to, or in which a value may become another."""
        is_looked_into = bool(self._revised_values) and path[0] in FUNCTIONAL_GROUPS
        return path in self._entered or (is_looked_into and _is_sequence(path[-1]))

    def _copy_sequence(self, header: ElementHeader, path: Path, added: bytes) -> bool:
        """With undefined lengths throughout: those of the items change with their elements' headers."""
        end = self._end if header.is_undefined else min(self._end, self._source.tell() + header.length)
        self._write_header(ElementHeader(header.tag, "SQ", UNDEFINED_LENGTH))
        is_changed = bool(added)
        own_path = (*path, header.tag)
        for index in count():
            if self._source.tell() >= end:
                break
            tag, length = self._read_item_header()
            if tag != ITEM:
                break
            self._write_item_header(ITEM, UNDEFINED_LENGTH)
            item_end = end if length == UNDEFINED_LENGTH else min(end, self._source.tell() + length)
            is_changed |= self._copy_data_set(item_end, own_path, index)
            self._write_item_header(ITEM_END, 0)
        self._target.write(added)
        self._write_item_header(SEQUENCE_END, 0)
        return is_changed

    def _copy_unknown_sequence(self, header: ElementHeader, path: Path, added: bytes) -> bool:
        """UN is a sequence in Implicit VR Little Endian, whatever is around it, where it has no length, or where the
        attribute is a sequence (PS3.5 6.2.2).
        """
        encoding, self._encoding = self._encoding, self._encoding_within(header)
        is_changed = self._copy_sequence(header, path, added)
        self._encoding = encoding
        return is_changed

    def _encoding_within(self, header: ElementHeader) -> Encoding:
        """That of a sequence stored as UN: implicit, unless it has a length and its first element says its VR."""
        place = self._source.tell()
        start = self._source.read(4)
        self._source.seek(place)
        if header.length and start not in (tag_bytes(ITEM), tag_bytes(SEQUENCE_END)):
            raise NotAcceptable(NO_SEQUENCE)
        return Encoding(is_implicit_vr=header.is_undefined or not says_vrs(self._source), is_little_endian=True)

    def _copy_value(self, header: ElementHeader, unit: int) -> None:
        unit = 1 if self._encoding.is_little_endian else unit
        remaining = header.length
        while remaining:
            chunk = self._source.read(min(CHUNK, remaining))
            if not chunk:
                raise NotAcceptable(
                    "the stored object is cut short; contentType=application/dicom&transferSyntax=* may do"
                )
            remaining -= len(chunk)
            self._target.write(turned_round(chunk, unit))
        if header.length % 2:
            self._target.write(b" " if header.vr in TEXT_VRS else b"\0")

    def _skip(self, header: ElementHeader) -> None:
        if not header.is_undefined:
            self._source.seek(header.length, os.SEEK_CUR)
            return
        while True:
            tag, length = self._read_item_header()
            if tag != ITEM:
                return
            if length != UNDEFINED_LENGTH:
                self._source.seek(length, os.SEEK_CUR)
                continue
            while (inner := self._read_header({}, self._end)) and inner.tag != ITEM_END:
                self._skip(inner)

    def _read_header(self, creators: dict[int, str], end: int) -> ElementHeader | None:
        start = self._source.read(8)
        if len(start) < 8:
            return None
        number = self._encoding.number
        tag = number(start[:2]) << 16 | number(start[2:4])
        if tag in (ITEM, ITEM_END, SEQUENCE_END):
            return ElementHeader(tag, "", number(start[4:]) if tag == ITEM else 0)
        if self._encoding.is_implicit_vr:
            length = number(start[4:])
            return ElementHeader(tag, self._find_vr(tag, length, creators, end), length)
        vr = start[4:6].decode("latin-1")
        length = number(self._source.read(4)) if vr in LONG_VRS else number(start[6:])
        if vr not in TWO_LETTERS:
            vr = "UN"  # readers do not agree on what is behind another
        return ElementHeader(tag, vr, length)

    def _find_vr(self, tag: int, length: int, creators: dict[int, str], end: int) -> str:
        """The VR that an implicit element has by the dictionary (PS3.5 6.2.2, Annex A.1)."""
        group, element = tag >> 16, tag & 0xFFFF
        if group % 2 and 0x10 <= element <= 0xFF:
            self._remember_creator(tag, length, creators)
            return "LO"
        try:
            vr = private_dictionary_VR(tag, creators[tag >> 8]) if group % 2 else dictionary_VR(tag)
        except KeyError:
            vr = "UL" if element == 0 else "UN"
        if length == UNDEFINED_LENGTH:
            return "SQ"  # only a sequence has no length in implicit VR
        vr = self._unambiguous(vr)
        # A value too long for the 16 bits of its VR's length is UN (PS3.5 6.2.2 note 4).
        return vr if vr in LONG_VRS or length <= LONGEST_SHORT_VALUE else "UN"

    def _remember_creator(self, tag: int, length: int, creators: dict[int, str]) -> None:
        place = self._source.tell()
        creator = self._source.read(min(length, 64)).decode("ascii", "replace").strip("\0 ")
        self._source.seek(place)
        creators[(tag & 0xFFFF0000 | (tag & 0xFF) << 8) >> 8] = creator

    def _unambiguous(self, vr: str) -> str:
        """Of several VRs the one that the pixels' sign decides, else the widest container (PS3.5 Annex A.1)."""
        if vr == "US or SS":
            return "SS" if self._is_signed else "US"
        return "OW" if "OW" in vr else vr[:2]

    def _read_item_header(self) -> tuple[int, int]:
        content = self._source.read(8)
        if len(content) < 8:
            return SEQUENCE_END, 0
        number = self._encoding.number
        return number(content[:2]) << 16 | number(content[2:4]), number(content[4:])

    def _write_header(self, header: ElementHeader) -> None:
        length = header.length + header.length % 2 if not header.is_undefined else header.length
        # What the padding makes too long for 16 bits is UN (PS3.5 6.2.2 note 4).
        vr = header.vr if header.vr in LONG_VRS or length <= LONGEST_SHORT_VALUE else "UN"
        write_element_header(self._target, header.tag, vr, length)

    def _write_item_header(self, tag: int, length: int) -> None:
        self._target.write(tag_bytes(tag) + length.to_bytes(4, "little"))


def _is_sequence(tag: int) -> bool:
    return dictionary_has_tag(tag) and dictionary_VR(tag) == "SQ"


def _size(file: BinaryIO) -> int:
    place = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(place)
    return size
