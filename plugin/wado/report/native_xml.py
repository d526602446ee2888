"""A data set as XML: the Native DICOM Model (PS3.19 Annex A.1), after its schema in A.1.6."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from pydicom.datadict import dictionary_has_tag, keyword_for_tag

from wado.character_sets.decode import WHOLE_TEXT, decode
from wado.dicom.element_tree import Item, Value
from wado.report.read_values import numbers_in
from wado.report.xml_text import comment, escape, escape_attribute

NAMESPACE = "http://dicom.nema.org/PS3.19/models/NativeDICOM"

_NUMBERS = {"FD": "d", "FL": "f", "SL": "l", "SS": "h", "SV": "q", "UL": "L", "US": "H", "UV": "Q"}
_BINARY_WORDS = {"OB": 1, "OD": 8, "OF": 4, "OL": 4, "OV": 8, "OW": 2, "UN": 1}
"""VRs that are written in base64, and the bytes of their words."""

_TEXTS = frozenset(
    {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}
)
_KEEP_LEADING = frozenset({"LT", "ST", "UT", "UC"})
"""VRs in which spaces at the start mean something (PS3.5 Table 6.2-1)."""

_COMPONENT_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_COMPONENTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_PRIVATE_BLOCK_START = 0x1000
_GROUP_LENGTH, _PADDING = 0, 0xFFFCFFFC
_MOST_NOTES = 8

REPLACED = "Control characters, which XML 1.0 cannot hold, are shown by their pictures, U+2400 and following."
NO_PIXEL_DATA = "The object has pixel data, which are not in this document; contentType=application/dicom gives them."
NOT_WHOLE = "The stored object ends or breaks off before its end: something may be missing."


def write_native_xml(data_set: Item, charset: str = "utf-8") -> str:
    """The document; `charset` is the name that it declares. What a reader must know of it stands in comments."""
    notes: dict[str, None] = {} if data_set.is_whole else {NOT_WHOLE: None}
    content = "".join(_walk(data_set, notes))
    remarks = "".join(f"{comment(note)}\n" for note in list(notes)[:_MOST_NOTES])
    declaration = f'<?xml version="1.0" encoding="{escape_attribute(charset)}"?>\n'
    return f'{declaration}{remarks}<NativeDicomModel xmlns="{NAMESPACE}">\n{content}</NativeDicomModel>\n'


def _walk(data_set: Item, notes: dict[str, None]) -> Iterator[str]:
    """Elements in the order of their tags, items in theirs; what is still to be done is kept in a list."""
    waiting: list[Iterator[str | Item]] = [_elements(data_set, notes)]
    while waiting:
        part = next(waiting[-1], None)
        if part is None:
            waiting.pop()
        elif isinstance(part, str):
            yield part
        else:
            waiting.append(_elements(part, notes))


def _elements(item: Item, notes: dict[str, None]) -> Iterator[str | Item]:
    if item.has_pixel_data:
        notes[NO_PIXEL_DATA] = None
    for tag in item.tags():
        if tag & 0xFFFF == _GROUP_LENGTH or tag == _PADDING:
            continue  # they are of the encoding, not of what is encoded (PS3.5 7.2)
        sequence = item.sequences.get(tag)
        if sequence is None:
            yield _element(item, tag, notes)
            continue
        yield f"{_opening(item, tag, 'SQ')}{'' if sequence else '</DicomAttribute>'}\n"
        for number, inner in enumerate(sequence, 1):
            yield f'<Item number="{number}">\n'
            yield inner
            yield "</Item>\n"
        if sequence:
            yield "</DicomAttribute>\n"


def _element(item: Item, tag: int, notes: dict[str, None]) -> str:
    value = item.values[tag]
    vr = value.vr if value.vr in _NUMBERS or value.vr in _BINARY_WORDS or value.vr in _TEXTS | {"AT"} else "UN"
    content = _content(item, vr, value, notes) if value.content else ""
    return f"{_opening(item, tag, vr)}{content}</DicomAttribute>\n"


def _content(item: Item, vr: str, value: Value, notes: dict[str, None]) -> str:
    if vr in _BINARY_WORDS:
        return _inline_binary(value.content, _BINARY_WORDS[vr], item.is_little_endian)
    if vr in _NUMBERS:
        if len(value.content) % struct.calcsize(f"={_NUMBERS[vr]}"):
            return _inline_binary(value.content, 1, item.is_little_endian)  # no whole number of values
        write = _written_single if vr == "FL" else str
        return _values(map(write, numbers_in(value.content, _NUMBERS[vr], item.is_little_endian)))
    if vr == "AT" and len(value.content) % 4 == 0:
        parts = numbers_in(value.content, "H", item.is_little_endian)
        tags = zip(parts[::2], parts[1::2], strict=True)
        return _values(f"{group:04X}{element:04X}" for group, element in tags)
    if vr == "AT":
        return _inline_binary(value.content, 1, item.is_little_endian)
    decoded = decode(value.content.rstrip(b"\0"), item.character_set, vr)
    notes.update(dict.fromkeys(decoded.notes))
    if any(map(_FORBIDDEN.search, decoded.values)):
        notes[REPLACED] = None
    texts = [_without_padding(text, vr) for text in decoded.values]
    if vr == "PN":
        return "".join(_person(number, text) for number, text in enumerate(texts, 1))
    return _values(map(escape, texts)) if any(texts) else ""


def _written_single(number: float) -> str:
    """The shortest decimal that means the same number of single precision."""
    return str(np.float32(number))


def _values(texts: Iterable[str]) -> str:
    return "".join(f'<Value number="{number}">{text}</Value>' for number, text in enumerate(texts, 1))


def _without_padding(text: str, vr: str) -> str:
    """PS3.5 6.2: spaces at the end are padding, and in most VRs those at the start are too."""
    return text.rstrip(" \0") if vr in WHOLE_TEXT or vr in _KEEP_LEADING else text.strip(" \0")


def _inline_binary(content: bytes, word: int, is_little_endian: bool) -> str:
    """The value field in little endian (PS3.18 F.2.7 says so for JSON; a reader of XML knows of no transfer syntax)."""
    if not is_little_endian and word > 1 and len(content) % word == 0:
        content = np.frombuffer(content, f">u{word}").astype(f"<u{word}").tobytes()
    return f"<InlineBinary>{base64.b64encode(content).decode('ascii')}</InlineBinary>"


def _person(number: int, name: str) -> str:
    """Component groups and their components, those that there are (PS3.5 6.2.1)."""
    groups = name.split("=")
    written = [
        f"<{element}>{_components(group)}</{element}>"
        for element, group in zip(_COMPONENT_GROUPS, _bounded(groups, len(_COMPONENT_GROUPS), "="), strict=False)
        if group
    ]
    return f'<PersonName number="{number}">{"".join(written)}</PersonName>'


def _components(group: str) -> str:
    parts = (part.strip(" ") for part in _bounded(group.split("^"), len(_COMPONENTS), "^"))
    return "".join(
        f"<{element}>{escape(part)}</{element}>" for element, part in zip(_COMPONENTS, parts, strict=False) if part
    )


def _bounded(parts: list[str], count: int, delimiter: str) -> list[str]:
    """More parts than there is a place for stay in the last, with their delimiters: none is lost."""
    return [*parts[: count - 1], delimiter.join(parts[count - 1 :])] if len(parts) > count else parts


def _opening(item: Item, tag: int, vr: str) -> str:
    group, element = tag >> 16, tag & 0xFFFF
    if group & 1 and element >= _PRIVATE_BLOCK_START:
        creator = _private_creator(item, group, element >> 8)
        named = f' privateCreator="{escape_attribute(creator)}"' if creator else ""
        number = element & 0xFF if creator else element
        return f'<DicomAttribute tag="{group:04X}{number:04X}" vr="{vr}"{named}>'
    return _named_opening(tag, vr)


@lru_cache(maxsize=4096)
def _named_opening(tag: int, vr: str) -> str:
    keyword = keyword_for_tag(tag) if dictionary_has_tag(tag) else ""
    named = f' keyword="{keyword}"' if keyword else ""
    return f'<DicomAttribute tag="{tag:08X}" vr="{vr}"{named}>'


def _private_creator(item: Item, group: int, block: int) -> str:
    """Who reserved the block (PS3.5 7.8.1); none if the object does not tell, and the tag keeps its block then."""
    stored = item.values.get(group << 16 | block)
    if stored is None:
        return ""
    return decode(stored.content.rstrip(b"\0"), item.character_set, "LO").values[0].strip(" ")
