"""Attributes of an item as text, names, codes, numbers and references, whatever the file holds in their place."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from datetime import date

from pydicom.datadict import tag_for_keyword

from wado.character_sets.decode import WHOLE_TEXT, decode
from wado.dicom.element_tree import Item
from wado.report.model import Code, Person, Reference
from wado.report.read_text import legible

_PLAIN = frozenset(
    {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}
)
"""VRs whose values are characters. A backslash and a tilde are others in ISO-IR 14 than in ISO-IR 6."""

_NUMBERS = {
    "US": "H",
    "SS": "h",
    "UL": "L",
    "SL": "l",
    "UV": "Q",
    "SV": "q",
    "FL": "f",
    "FD": "d",
    "OF": "f",
    "OD": "d",
    "OL": "L",
}
_SINGLE_PRECISION = frozenset({"FL", "OF"})
_MOST_EXACT_INTEGER = 1 << 53
_BYTES = frozenset({"OB", "OV", "OW", "UN"})

_DATE = re.compile(r"(\d{4})[.]?(\d\d)[.]?(\d\d)")
_TIME = re.compile(r"([01]\d|2[0-3])(?::?([0-5]\d)(?::?([0-5]\d|60)([.]\d{1,6})?)?)?")
_DATE_TIME = re.compile(r"(\d{4})(?:(\d\d)(?:(\d\d)(\d\d[\d.]*)?)?)?([+-]\d{4})?")
_TWO_DIGITS_FOR_MINUTES = 2


def tag_of(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(keyword)
    return tag


def texts(item: Item, tag: int) -> tuple[str, ...]:
    """The values as text without padding; none where the attribute is absent or empty."""
    stored = item.values.get(tag)
    if stored is None or not stored.content:
        return ()
    vr, content = stored
    if (plain := _plain(vr, content)) is not None:
        return (plain,) if plain else ()
    if vr in _NUMBERS:
        write = written_number if vr in _SINGLE_PRECISION else _written_exactly
        return tuple(map(write, numbers_in(content, _NUMBERS[vr], item.is_little_endian)))
    if vr == "AT":
        parts = numbers_in(content, "H", item.is_little_endian)
        return tuple(f"({group:04X},{element:04X})" for group, element in zip(parts[::2], parts[1::2], strict=False))
    if vr in _BYTES and not _looks_like_text(content):
        return (f"{len(content)} bytes: {content[:32].hex(' ')}{' ...' if len(content) > 32 else ''}",)
    decoded = decode(content.rstrip(b"\0"), item.character_set, vr).values
    if vr in WHOLE_TEXT:
        return tuple(legible(value.rstrip(" ")) for value in decoded if value.strip(" "))
    values = tuple(legible(value.strip(" \0")) for value in decoded)
    return values if any(values) else ()


def text(item: Item, tag: int) -> str:
    """All values as one text, separated as they are stored; empty where there are none."""
    stored = item.values.get(tag)
    if stored is None:
        return ""
    if (plain := _plain(stored.vr, stored.content)) is not None:
        return plain
    found = texts(item, tag)
    return found[0] if len(found) == 1 else "\\".join(found)


def _plain(vr: str, content: bytes) -> str | None:
    """A single value of characters that all character sets have in common, as most values in reports are."""
    if vr not in _PLAIN or not content.isascii():
        return None
    value = content.decode("ascii")
    if vr == "UI":
        value = value.rstrip("\0")
    if not value.isprintable() or "\\" in value or "~" in value:
        return None
    return value.rstrip(" ") if vr in WHOLE_TEXT else value.strip(" ")


def numbers_in(content: bytes, code: str, is_little_endian: bool) -> tuple[int | float, ...]:
    """What the bytes are as numbers of `struct`'s code; an incomplete last one is none."""
    size = struct.calcsize(f"={code}")
    count = len(content) // size
    return struct.unpack_from(f"{'<' if is_little_endian else '>'}{count}{code}", content)


def numbers(item: Item, tag: int) -> tuple[int | float, ...]:
    """The values as numbers, up to the first that is none: binary ones, or DS and IS."""
    stored = item.values.get(tag)
    if stored is None:
        return ()
    if stored.vr in _NUMBERS:
        return numbers_in(stored.content, _NUMBERS[stored.vr], item.is_little_endian)
    found: list[int | float] = []
    for value in texts(item, tag):
        try:
            found.append(int(value) if value.lstrip("+-").isdecimal() else float(value))
        except ValueError:
            break
    return tuple(found)


def integers(item: Item, tag: int) -> tuple[int, ...]:
    found = numbers(item, tag)
    return tuple(int(number) for number in found if number == number and abs(number) < 1 << 63) if found else ()


def written_number(number: float) -> str:
    """The shortest decimal that means the same number of single precision."""
    for digits in range(6, 10):
        written = f"{number:.{digits}g}"
        if float(written) == number or _is_same_single(written, number):
            return written
    return _written_exactly(number)


def _written_exactly(number: float) -> str:
    return str(int(number)) if number == number // 1 and abs(number) < _MOST_EXACT_INTEGER else repr(number)


def _is_same_single(written: str, number: float) -> bool:
    try:
        single = struct.pack("<f", number)
        return struct.unpack("<f", single)[0] == number and struct.pack("<f", float(written)) == single
    except OverflowError:
        return False


def items(item: Item, tag: int) -> list[Item]:
    return item.sequences.get(tag, [])


def first_item(item: Item, tag: int) -> Item | None:
    found = item.sequences.get(tag)
    return found[0] if found else None


_CODE_VALUE, _LONG_CODE_VALUE, _URN_CODE_VALUE = map(tag_of, ("CodeValue", "LongCodeValue", "URNCodeValue"))
_SCHEME, _VERSION, _MEANING = map(tag_of, ("CodingSchemeDesignator", "CodingSchemeVersion", "CodeMeaning"))


def code_in(item: Item) -> Code:
    value = text(item, _CODE_VALUE) or text(item, _LONG_CODE_VALUE) or text(item, _URN_CODE_VALUE)
    return Code(value, text(item, _SCHEME), text(item, _MEANING), text(item, _VERSION))


def code(item: Item, tag: int) -> Code | None:
    found = first_item(item, tag)
    return code_in(found) if found else None


def codes(item: Item, tag: int) -> tuple[Code, ...]:
    return tuple(map(code_in, items(item, tag)))


def person(item: Item, tag: int) -> Person:
    """The first name in the attribute: its component groups (PS3.5 6.2.1)."""
    return next(iter(persons(item, tag)), Person())


def persons(item: Item, tag: int) -> tuple[Person, ...]:
    return tuple(map(_parse_name, texts(item, tag)))


def _parse_name(name: str) -> Person:
    groups = (group.split("^") for group in name.split("="))
    return Person(tuple(tuple(component.strip() for component in group) for group in groups))


_CLASS, _INSTANCE, _PURPOSE = map(
    tag_of, ("ReferencedSOPClassUID", "ReferencedSOPInstanceUID", "PurposeOfReferenceCodeSequence")
)


def reference_in(item: Item, study: str = "", series: str = "") -> Reference:
    return Reference(text(item, _CLASS), text(item, _INSTANCE), study, series, code(item, _PURPOSE))


def reference(item: Item, tag: int) -> Reference | None:
    found = first_item(item, tag)
    return reference_in(found) if found else None


def written_date(stored: str) -> str:
    """As ISO 8601 has it; what is no date, as it is stored."""
    match = _DATE.fullmatch(stored)
    try:
        return date(*map(int, match.groups())).isoformat() if match else stored
    except ValueError:
        return stored


def written_time(stored: str) -> str:
    """Hours, minutes, seconds as far as they are stored, without a fraction that is 0."""
    match = _TIME.fullmatch(stored)
    if not match:
        return stored
    hours, minutes, seconds, fraction = match.groups()
    if minutes is None:
        return f"{hours} h"
    return ":".join(filter(None, (hours, minutes, seconds))) + (fraction or "").rstrip("0").rstrip(".")


def written_date_time(stored: str) -> str:
    match = _DATE_TIME.fullmatch(stored)
    if not match:
        return stored
    year, month, day, time, zone = match.groups()
    day_written = written_date(f"{year}{month}{day}") if day else "-".join(filter(None, (year, month)))
    if time and written_time(time) == time and len(time) > _TWO_DIGITS_FOR_MINUTES:
        return stored
    zone_written = f"{zone[:3]}:{zone[3:]}" if zone else ""
    return " ".join(filter(None, (day_written, written_time(time or ""), zone_written)))


def written_moment(date_stored: str, time_stored: str) -> str:
    return " ".join(filter(None, (written_date(date_stored), written_time(time_stored))))


def _looks_like_text(content: bytes) -> bool:
    return content.rstrip(b"\0 ").isascii() and content.rstrip(b"\0 ").decode("ascii").isprintable()


def join(values: Sequence[str]) -> str:
    return ", ".join(filter(None, values))
