"""What was removed, remembered while an object is at hand, so that it does not stay elsewhere in free text.

A name that the profile takes out of Patient's Name may be in a label that it keeps. Values that name somebody or
something are collected from what goes; what stays of free text must not contain one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from wado.character_sets.graphic_sets import ESCAPE
from wado.deidentify import values
from wado.deidentify.descriptors import vocabulary

SHORTEST = 4
"""Characters of a value that is worth looking for: shorter ones are everywhere."""

SHORTEST_NUMBER = 6
"""Characters of an identifier with digits that no coded string is by chance."""

_NAMING = frozenset({"AE", "LO", "PN", "SH", "UC", "UI", "UR", "UT", "ST", "LT"})
_DATES = frozenset({"DA", "DT"})
_BOUNDED = frozenset({"AE", "LO", "PN", "SH", "UI"})
"""VRs whose values are short, however many there are (PS3.5 6.2)."""
_LONGEST = 256
"""Bytes of another value that names: longer ones are texts."""

DUMMIES = frozenset(str(value).lower().encode() for value in (*values.DUMMIES.values(), values.REMOVED_SCHEME))

_UID = re.compile(rb"\d+(?:\.\d+){2,}")
_FULL_STOP = ord(".")
_SEPARATORS = re.compile(r"[\\^=\s,;]+")
_HAS_DIGIT = re.compile(rb"\d")
_DIGITS = re.compile(rb"[\d.\s+-]*")


class Identity:
    """Values in the bytes that the object has them in, and in those of UTF-8 and ISO-8859-1; in lower case."""

    def __init__(self) -> None:
        self.values: set[bytes] = set()
        self._uids: set[bytes] = set()
        self.names: set[str] = set()
        """The words of people's names."""
        self._pattern: re.Pattern[bytes] | None = None
        self._long_forms: tuple[bytes, ...] | None = None

    def remember(self, vr: str, value: bytes, texts: Sequence[str] = ()) -> None:
        """Take note of the value of an element that goes; `texts` are its characters, where it has a character set."""
        if vr in _DATES:
            parts: Iterable[bytes] = (part[:8] for part in value.split(b"\\"))
        elif vr in _BOUNDED or (vr in _NAMING and len(value) <= _LONGEST):
            parts = [*_parts_of(vr, value), *_other_forms(vr, texts)]
        else:
            return
        if vr == "PN":
            self.names.update(word for text in texts for word in _words(text) if word.encode() not in DUMMIES)
        known = self._uids if vr == "UI" else self.values
        known.update(cleaned for part in parts if is_naming(vr, cleaned := part.strip(b" \0").lower()))

    def all_values(self) -> frozenset[bytes]:
        """UIDs among them."""
        return frozenset(self.values | self._uids)

    def is_in_numbers(self, value: bytes) -> bool:
        """Whether bytes that are no text have a value in them that is long enough not to be there by chance, a UID
        among them: as the object has it, in UTF-8 or in UTF-16.
        """
        if self._long_forms is None:
            long_values = [value for value in self.values if len(value) >= SHORTEST_NUMBER]
            forms = [*long_values, *(form for long in long_values for form in in_utf_16(long))]
            self._long_forms = tuple(sorted(forms, key=len))
        lower = value.lower()
        for form in self._long_forms:
            if len(form) > len(lower):
                break  # most numbers are shorter than most values
            if form in lower:
                return True
        without_zeros = value.replace(b"\0", b"")  # as UTF-16 has them
        both = (value,) if without_zeros == value else (value, without_zeros)
        return any(True for one in both for _ in self.uids_in(one))

    def found_in(self, value: bytes) -> list[bytes]:
        """Which of the values the bytes contain: there may be thousands of UIDs, and some dozens of the others."""
        return [*self.uids_in(value), *self._others_in(value)]

    def is_named_in(self, code: bytes) -> bool:
        """Whether a coded string has a person's name in it, or a number of somebody; words of codes are no names."""
        if not self.names_in(code.decode("utf-8", "replace")) <= vocabulary():
            return True
        return any(len(found) >= SHORTEST_NUMBER and _HAS_DIGIT.search(found) for found in self._others_in(code))

    def names_in(self, text: str) -> set[str]:
        """The words of the text that are a person's name, be they words of codes too, as Brown and Miller."""
        return {word for word in _words(text) if len(word) >= SHORTEST and word in self.names}

    def uids_in(self, value: bytes) -> Iterator[bytes]:
        """Also as the beginning of a longer one, as an object's UID may begin with its study's."""
        for match in _UID.findall(value):
            ends = [end for end, character in enumerate(match) if character == _FULL_STOP]
            yield from (match[:end] for end in (*ends[1:], len(match)) if match[:end] in self._uids)

    def _others_in(self, value: bytes) -> list[bytes]:
        if not self.values:
            return []
        if self._pattern is None:
            longest_first = sorted(self.values, key=len, reverse=True)
            self._pattern = re.compile(b"|".join(map(re.escape, longest_first)))
        return self._pattern.findall(value.lower())


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


def _parts_of(vr: str, value: bytes) -> Iterator[bytes]:
    """The values as they are stored, and the words of names; in code extensions, a part would be without its set."""
    if ESCAPE not in value:
        text = value.decode("latin-1")
        parts = [*text.split("\\"), *(_SEPARATORS.split(text) if vr == "PN" else ())]
        yield from (part.encode("latin-1") for part in parts)


def _other_forms(vr: str, texts: Sequence[str]) -> Iterator[bytes]:
    """What is beyond ISO-IR 6, as others may write it: an item may have a character set of its own."""
    words = {*texts, *(word for text in texts for word in _SEPARATORS.split(text) if vr == "PN")}
    for word in words:
        for form in {word, word.lower()}:
            yield form.encode("utf-8", "replace")
            if _is_latin(form):
                yield form.encode("latin-1")


def in_utf_16(value: bytes) -> list[bytes]:
    """The value as UTF-16 has it in either byte order, its bytes in lower case.

    Of text in ISO-8859-1 every second byte is zero: without the last one it is in both orders.
    """
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("latin-1")
    if _is_latin(text):
        return [text.encode("utf-16-le")[:-1].lower()]
    return [text.encode(encoding, "replace").lower() for encoding in ("utf-16-le", "utf-16-be")]


def _is_latin(text: str) -> bool:
    return all(ord(character) < 0x100 for character in text)


def is_naming(vr: str, value: bytes) -> bool:
    """Whether the value is long enough to name something, and no number that may be anything."""
    if len(value) < SHORTEST or value in DUMMIES or value.startswith(b"1.2.840.10008."):
        return False
    return vr in ("UI", *_DATES) or not (_DIGITS.fullmatch(value) and len(value) < 2 * SHORTEST - 2)
