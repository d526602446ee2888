"""Specific Character Set (0008,0005) understood: what is in force at the start of a value, and what may follow."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from wado.character_sets.graphic_sets import (
    BY_NUMBER,
    GB_2312,
    ISO_646,
    JIS_X_0201_KATAKANA,
    JIS_X_0201_ROMAJI,
    KS_X_1001,
    GraphicSet,
)
from wado.character_sets.names import find_character_set

MOST_TERMS = 32
"""Values that are read; the standard has fewer terms than that."""

UNICODE_NUMBER = 192

_REGISTERED = re.compile(r"ISO[ _-]*(?:2022)?[ _-]*(?:IR)?[ _-]*(\d{1,3})")
_LATIN = frozenset({100, 101, 109, 110, 148, 203})
_WIDER = {100: "cp1252", 148: "cp1254", 166: "cp874", 13: "cp932", 149: "cp949", 58: "gb18030"}
"""By registration: the codec of what vendors write under its name, the set's own characters among it."""

_WHOLE = {"ISO_IR 192": "utf-8", "GB18030": "gb18030", "GBK": "gb18030", "ISO 2022 GBK": "gb18030"}
"""Terms of codes that are no sets of ISO 2022 (PS3.3 Table C.12-5); the second reads all that the third can be."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a Specific Character Set says.

    `codec` is Python's where the code as a whole is one, else empty. `g0` and `g1` are the sets at the start of a
    value and after each delimiter; `extensions` those that escape sequences may designate. `wider` are codecs to try
    where a value is none in what is declared. `name` is how to call it to a reader, `misspelt` what was taken for it: a
    term that DICOM does not have.
    """

    name: str = ""
    misspelt: str = ""
    codec: str = ""
    g0: GraphicSet = ISO_646
    g1: GraphicSet | None = None
    extensions: tuple[GraphicSet, ...] = ()
    wider: tuple[str, ...] = ("cp1252",)
    is_known: bool = True

    @property
    def is_latin(self) -> bool:
        return not self.codec and not self.extensions and self.g1 is not None and self.g1.number in _LATIN


@lru_cache(maxsize=256)
def read_declared(stored: bytes) -> Declared:
    """What the attribute's value means, well spelt or not; what nobody knows is as if it were not there."""
    values = stored.decode("ascii", "replace").strip("\0 ").split("\\")[:MOST_TERMS]
    terms = [value.strip("\0 ").upper() for value in values]
    name = "\\".join(terms)
    misspelt = next((term for term in terms if not _is_defined(term)), "")
    for term in terms:
        codec = _whole_codec(term)
        if codec:
            return Declared(name, misspelt, codec, wider=("cp1252",) if codec == "utf-8" else ())
    numbers = [_registration(term) for term in terms]
    is_known = all(number is not None or not term for number, term in zip(numbers, terms, strict=True))
    g0, g1 = _initial(numbers[0])
    extensions = tuple(_sets_of(numbers)) if len(numbers) > 1 else ()
    return Declared(name, misspelt, "", g0, g1, extensions, _wider(numbers), is_known)


def _is_defined(term: str) -> bool:
    """Whether PS3.3 C.12.1.1.2 has the term; the default repertoire goes by none or by its number."""
    if not term or term in _WHOLE:
        return True
    spelt_well = re.fullmatch(r"(?:ISO_IR|ISO 2022 IR) (\d+)", term)
    return spelt_well is not None and int(spelt_well[1]) in BY_NUMBER


def _whole_codec(term: str) -> str:
    """The codec of a term that is no set of ISO 2022: of DICOM, or a name of IANA's or Python's that is none of it."""
    if term in _WHOLE:
        return _WHOLE[term]
    number = _registration(term)
    if number is not None:
        return "utf-8" if number == UNICODE_NUMBER else ""
    known = find_character_set(term) or find_character_set(re.sub(r"[ _-]+", "-", term))
    if known:
        return "" if known.codec == "ascii" else known.codec
    return _python_codec(term)


def _python_codec(term: str) -> str:
    """A text codec of that name; Python has others too, which decompress or execute."""
    try:
        found = codecs.lookup(term) if re.fullmatch(r"[A-Z0-9_-]{3,}", term) else None
    except LookupError:
        return ""
    is_for_text = found is not None and found._is_text_encoding and found.name not in _NOT_FOR_TEXT
    return found.name if found and is_for_text and _is_ascii_compatible(found.name) else ""


_NOT_FOR_TEXT = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "charmap", "mbcs"})


def _is_ascii_compatible(codec: str) -> bool:
    return b"AZaz09^=\\".decode(codec, "replace") == "AZaz09^=\\"


def _registration(term: str) -> int | None:
    match = _REGISTERED.fullmatch(term)
    number = int(match[1]) if match else None
    return number if number in BY_NUMBER or number == UNICODE_NUMBER else None


def _initial(number: int | None) -> tuple[GraphicSet, GraphicSet | None]:
    """The sets of value 1 (PS3.5 6.1.2.5.3): of none, ISO-IR 6. Sets of two bytes in G0 await their escape sequence."""
    if number in (JIS_X_0201_ROMAJI.number, JIS_X_0201_KATAKANA.number):
        return JIS_X_0201_ROMAJI, JIS_X_0201_KATAKANA
    first = BY_NUMBER.get(number or ISO_646.number, ISO_646)
    return ISO_646, first if first.is_g1 else None


def _sets_of(numbers: list[int | None]) -> list[GraphicSet]:
    found: list[GraphicSet] = []
    for number in numbers:
        if number in (JIS_X_0201_ROMAJI.number, JIS_X_0201_KATAKANA.number):
            found += [JIS_X_0201_ROMAJI, JIS_X_0201_KATAKANA]
        elif number in BY_NUMBER:
            found.append(BY_NUMBER[number])
    return list(dict.fromkeys(found))


def _wider(numbers: list[int | None]) -> tuple[str, ...]:
    """The codecs of vendors for what is declared; of Western Europe where nothing beyond ISO-IR 6 is."""
    declared = [number for number in numbers if number not in (None, ISO_646.number)]
    if not declared:
        return ("cp1252",)
    many_bytes = [number for number in declared if number in (KS_X_1001.number, GB_2312.number)]
    return tuple(dict.fromkeys(_WIDER[number] for number in (*many_bytes, *declared) if number in _WIDER))
