"""A data set copied with its text in another character set (PS3.5 6.1.2, PS3.3 C.12.1.1.2), its encoding kept.

One pass, element by element and without recursion: what is no text is copied, not understood. Sequences get undefined
lengths, retired group lengths go. Specific Character Set is written once, at the top: what items say of their own is
left out, since the outer one is in force in them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, cast

from pydicom.datadict import dictionary_description, private_dictionary_VR
from pydicom.tag import Tag

from wado.character_sets.declared import read_declared
from wado.character_sets.decode import TEXT_VRS, decode
from wado.character_sets.encode_values import encode_values
from wado.character_sets.graphic_sets import ESCAPE, ISO_646
from wado.character_sets.names import CharacterSet
from wado.dicom.element_tree import SPECIFIC_CHARACTER_SET, vr_of
from wado.dicom.stored_object import PIXEL_DATA_TAGS
from wado.errors import NotAcceptable
from wado.transcode.element_encoding import (
    ITEM,
    ITEM_END,
    LONG_VRS,
    LONGEST_SHORT_VALUE,
    SEQUENCE_END,
    UNDEFINED_LENGTH,
    Encoding,
)
from wado.transcode.element_encoding import TEXT_VRS as PADDED_WITH_SPACE
from wado.transcode.explicit_vr import CHUNK, SIGNATURES

UNKNOWN_ENCODING = Encoding(is_implicit_vr=True, is_little_endian=True)
"""Of what is inside a value of unknown VR (PS3.5 6.2.2)."""

DEEPEST = 1000
"""Levels of sequences in sequences: more is an attack."""

CLAUSE = "8.1.6"

WITHOUT = "contentType=application/dicom&transferSyntax=* without charset may do"


class Unheld(Exception):
    """A value that the character set does not hold. `complaint` is for the client: the tag, never the value."""

    def __init__(self, complaint: str) -> None:
        super().__init__(complaint)
        self.complaint = complaint


def recode_value(content: bytes, character_set: bytes, vr: str, defined_terms: Sequence[str]) -> bytes:
    """A value of an even length under other Defined Terms; `character_set` is the one in force, as it is stored.

    Raises `UnicodeError` where the bytes are no text of what is declared, `ValueError` where the terms do not hold it.
    """
    target = "\\".join(defined_terms).encode("ascii")
    if _is_alike_in_both(content, character_set, target):
        return content
    decoded = decode(content, character_set, vr)
    if decoded.is_guess:
        raise UnicodeError
    *values, last = decoded.values
    if len(content) % 2 == 0 and last.endswith((" ", "\0")):
        last = last[:-1]  # padding, which the new length may not take
    encoded = encode_values((*values, last), defined_terms, vr)
    return encoded + b" " * (len(encoded) % 2)


def _is_alike_in_both(content: bytes, character_set: bytes, target: bytes) -> bool:
    """Whether all of it is of ISO-IR 6, and both begin with that: JIS X 0201 has other characters for two codes."""
    if not content.isascii() or ESCAPE in content or len(content) % 2:
        return False
    return read_declared(character_set).g0 is ISO_646 and read_declared(target).g0 is ISO_646


@dataclass(slots=True)
class _Level:
    """A data set or the item of a sequence, or the sequence itself; `encoding` is that of what is in it.

    `is_changed` tells that something in it is in other bytes than it was stored in.
    """

    end: int
    encoding: Encoding
    character_set: bytes
    is_sequence: bool = False
    has_length: bool = True
    has_text: bool = False
    is_changed: bool = False
    creators: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Header:
    """`vr` is the stored one, or the dictionary's; `meaning` is the dictionary's where a public one is stored as UN."""

    tag: int
    vr: str
    meaning: str
    length: int

    @property
    def is_undefined(self) -> bool:
        return self.length == UNDEFINED_LENGTH


class _Nowhere(io.RawIOBase):
    def write(self, content: Any, /) -> int:
        return memoryview(content).nbytes


_NOWHERE = cast(BinaryIO, _Nowhere())


class TextRecoder:
    """Copies one data set, from the place where the source stands to `end`."""

    def __init__(
        self, source: BinaryIO, target: BinaryIO, encoding: Encoding, end: int, character_set: CharacterSet
    ) -> None:
        self._source = source
        self._target = target
        self._terms = character_set.defined_terms
        self._name = character_set.name
        self._levels = [_Level(end, encoding, b"")]
        self._has_to_declare = any(self._terms)
        self.misdeclared: dict[int, None] = {}
        """The tags of text that was read in another set than the declared one, without any doubt."""
        self.has_left_out_signatures = False

    def copy(self) -> None:
        """Raises `Unheld`, or `NotAcceptable` for what cannot be read."""
        while self._levels:
            self._step(self._levels[-1])

    def _step(self, level: _Level) -> None:
        if self._source.tell() >= level.end:
            if not level.has_length:
                raise _cut_short()  # its delimiter is not there
            self._leave(level)
        elif level.is_sequence:
            self._copy_item_header(level)
        else:
            self._copy_element(level)

    def _leave(self, level: _Level) -> None:
        if len(self._levels) > 1:
            self._write_item_header(SEQUENCE_END if level.is_sequence else ITEM_END, 0)
        else:
            self._declare()
        self._levels.pop()
        if self._levels:
            self._levels[-1].is_changed |= level.is_changed

    def _enter(self, length: int, encoding: Encoding, *, is_sequence: bool) -> None:
        outer = self._levels[-1]
        has_length = length != UNDEFINED_LENGTH
        end = self._source.tell() + length if has_length else outer.end
        if end > outer.end:
            raise _cut_short()
        if len(self._levels) > 2 * DEEPEST:
            raise NotAcceptable(f"the object has sequences in sequences in more than {DEEPEST} levels")
        self._levels.append(_Level(end, encoding, outer.character_set, is_sequence, has_length))

    def _copy_item_header(self, level: _Level) -> None:
        tag, length = self._read_item_header(level.encoding)
        if tag == ITEM:
            self._write_item_header(ITEM, UNDEFINED_LENGTH)
            self._enter(length, level.encoding, is_sequence=False)
        elif tag == SEQUENCE_END:
            self._leave(level)
        else:
            raise NotAcceptable(f"a sequence of this object has something else than items in it; {WITHOUT}")

    def _copy_element(self, level: _Level) -> None:
        header = self._read_header(level)
        if header is None:
            self._copy_rest(level)
        elif header.tag == ITEM_END and len(self._levels) > 1:
            self._leave(level)
        elif header.tag == ITEM and not header.length:
            pass  # an empty item out of place: some readers pass over it, others end there
        elif header.tag >> 16 == 0xFFFE:
            raise NotAcceptable(f"a sequence of this object ends where none began; {WITHOUT}")
        elif header.tag == SPECIFIC_CHARACTER_SET:
            self._read_character_set(level, header)
        elif header.tag & 0xFFFF == 0 and header.tag >> 16 > 6:
            self._read(header.length)  # a group length, retired, would be wrong now (PS3.5 7.2)
        elif header.tag in SIGNATURES and level.is_changed:
            self._leave_out(level, header)
        else:
            if len(self._levels) == 1 and header.tag > SPECIFIC_CHARACTER_SET:
                self._declare()
            self._copy_other_element(level, header)

    def _copy_other_element(self, level: _Level, header: _Header) -> None:
        is_unknown = header.vr == "UN" and (header.is_undefined or header.meaning == "SQ")
        if header.vr == "SQ" or is_unknown:
            self._write_header(header, UNDEFINED_LENGTH)
            self._enter(header.length, UNKNOWN_ENCODING if is_unknown else level.encoding, is_sequence=True)
        elif header.is_undefined:
            self._write_header(header, UNDEFINED_LENGTH)
            self._copy_fragments(level)
        elif header.meaning in TEXT_VRS:
            self._copy_text(level, header)
        else:
            padding = header.length % 2 if header.length < LONGEST_SHORT_VALUE else 0
            self._write_header(header, header.length + padding)
            self._copy_bytes(header.length)
            self._target.write((b" " if header.vr in PADDED_WITH_SPACE else b"\0") * padding)

    def _copy_text(self, level: _Level, header: _Header) -> None:
        content = self._read(header.length)
        try:
            recoded = recode_value(content, level.character_set, header.meaning, self._terms)
        except UnicodeError:
            raise NotAcceptable(
                f"{_describe(header.tag)} is no text in the character set that the object declares; without charset "
                "the strings are sent as they are stored",
                parameter="charset",
                clause=CLAUSE,
            ) from None
        except ValueError:
            raise Unheld(f"{_describe(header.tag)} has characters that {self._name} cannot hold") from None
        # What is UN has no character set for most readers; a value too long for 16 bits stays UN (PS3.5 6.2.2).
        is_long = header.meaning not in LONG_VRS and len(recoded) > LONGEST_SHORT_VALUE
        named = header if is_long or header.vr == header.meaning else replace(header, vr=header.meaning)
        level.is_changed |= named != header
        if recoded is not content:
            level.has_text = True
            level.is_changed |= recoded != content
            if decode(content, level.character_set, header.meaning).notes:
                self.misdeclared[header.tag] = None
            if header.vr not in LONG_VRS and is_long:
                raise Unheld(f"{_describe(header.tag)} would be longer in {self._name} than its VR allows")
        self._write_header(named, len(recoded))
        self._target.write(recoded)

    def _read_character_set(self, level: _Level, header: _Header) -> None:
        if level.has_text:
            raise NotAcceptable(
                f"{_describe(SPECIFIC_CHARACTER_SET)} stands behind text that it is about", parameter="charset"
            )
        level.character_set = self._read(header.length)
        level.is_changed |= level.character_set.strip(b" \0") != "\\".join(self._terms).encode("ascii")

    def _leave_out(self, level: _Level, header: _Header) -> None:
        """A sequence of signatures over what is no longer there: it is written as any other, to nowhere."""
        self.has_left_out_signatures = True
        target, self._target = self._target, _NOWHERE
        outside = len(self._levels)
        self._copy_other_element(level, header)
        while len(self._levels) > outside:
            self._step(self._levels[-1])
        self._target = target

    def _declare(self) -> None:
        """Write the top level's Specific Character Set, once."""
        if not self._has_to_declare:
            return
        self._has_to_declare = False
        value = "\\".join(self._terms).encode("ascii")
        value += b" " * (len(value) % 2)
        self._write_header(_Header(SPECIFIC_CHARACTER_SET, "CS", "CS", len(value)), len(value))
        self._target.write(value)

    def _copy_fragments(self, level: _Level) -> None:
        """Encapsulated pixel data, an icon's too (PS3.5 A.4)."""
        while True:
            tag, length = self._read_item_header(level.encoding)
            self._write_item_header(tag, length)
            if tag == SEQUENCE_END:
                return
            if tag != ITEM:
                raise _cut_short()
            self._copy_bytes(length)

    def _copy_rest(self, level: _Level) -> None:
        """A few bytes behind the last element."""
        self._declare()
        self._copy_bytes(level.end - self._source.tell())

    def _read_header(self, level: _Level) -> _Header | None:
        """None where the file ends before another one."""
        if len(self._levels) == 1 and self._source.tell() + 8 > level.end:
            return None
        start = self._read(8)
        number = level.encoding.number
        tag = number(start[:2]) << 16 | number(start[2:4])
        if tag >> 16 == 0xFFFE:
            return _Header(tag, "", "", number(start[4:]))
        if level.encoding.is_implicit_vr:
            length = number(start[4:])
            vr = self._find_vr(level, tag, length)
            return _Header(tag, vr, vr, length)
        vr = start[4:6].decode("latin-1")
        length = number(self._read(4)) if vr in LONG_VRS else number(start[6:])
        is_public_unknown = vr == "UN" and not tag >> 16 & 1
        return _Header(tag, vr, vr_of(tag) if is_public_unknown else vr, length)

    def _find_vr(self, level: _Level, tag: int, length: int) -> str:
        """That of an implicit element by the dictionary; which one of several does not matter, none of them is text."""
        if length == UNDEFINED_LENGTH:
            return "OB" if tag in PIXEL_DATA_TAGS else "SQ"
        group, element = tag >> 16, tag & 0xFFFF
        if not group & 1:
            return vr_of(tag)
        if 0x10 <= element <= 0xFF:
            place = self._source.tell()
            level.creators[group << 8 | element] = self._read(length).decode("latin-1").strip("\0 ")
            self._source.seek(place)
            return "LO"
        try:
            return private_dictionary_VR(tag, level.creators[tag >> 8])
        except KeyError:
            return "UN"

    def _read_item_header(self, encoding: Encoding) -> tuple[int, int]:
        content = self._read(8)
        number = encoding.number
        return number(content[:2]) << 16 | number(content[2:4]), number(content[4:])

    def _read(self, length: int) -> bytes:
        content = self._source.read(length) if self._source.tell() + length <= self._levels[-1].end else b""
        if len(content) < length:
            raise _cut_short()
        return content

    def _copy_bytes(self, length: int) -> None:
        while length:
            content = self._read(min(CHUNK, length))
            self._target.write(content)
            length -= len(content)

    def _write_header(self, header: _Header, length: int) -> None:
        encoding = self._levels[-1].encoding
        self._write_tag(header.tag)
        if encoding.is_implicit_vr:
            self._target.write(encoding.bytes_of(length, 4))
        elif header.vr in LONG_VRS:
            self._target.write(header.vr.encode("latin-1") + bytes(2) + encoding.bytes_of(length, 4))
        else:
            self._target.write(header.vr.encode("latin-1") + encoding.bytes_of(length, 2))

    def _write_item_header(self, tag: int, length: int) -> None:
        self._write_tag(tag)
        self._target.write(self._levels[-1].encoding.bytes_of(length, 4))

    def _write_tag(self, tag: int) -> None:
        encoding = self._levels[-1].encoding
        self._target.write(encoding.bytes_of(tag >> 16, 2) + encoding.bytes_of(tag & 0xFFFF, 2))


def _cut_short() -> NotAcceptable:
    return NotAcceptable(f"the stored object is cut short; {WITHOUT}")


def _describe(tag: int) -> str:
    """Name and tag of an attribute."""
    try:
        return f"{dictionary_description(tag)} {Tag(tag)}"
    except KeyError:
        return str(Tag(tag))
