"""Stored values as text: PS3.5 6.1.2.5 read to the letter, and nothing lost of what does not keep to it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from wado.character_sets.declared import Declared, read_declared
from wado.character_sets.graphic_sets import BY_ESCAPE, ESCAPE, ISO_646, JIS_X_0201_ROMAJI, GraphicSet, decode_page

BACKSLASH = b"\\"
TEXT_VRS = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
"""Those that Specific Character Set is for (PS3.5 6.1.2.2); the others have the default repertoire."""

WHOLE_TEXT = frozenset({"LT", "ST", "UT", "UR"})
"""VRs of one value, in which a backslash is a character like others (PS3.5 6.2)."""

_SHOWN = "backslashreplace"
_KEPT = "wado.kept"
"""The error handler that keeps bytes which are no characters: as what no text has, until the values are apart."""

_FIRST_KEPT = 0xDC00
_KEPT_BYTE = re.compile("[\udc00-\udcff]")
_NO_BREAK_SPACE = 0xA0
_LARGEST_KEPT = 1024

_ESCAPE_SEQUENCE = re.compile(rb"(\x1b[\x20-\x2f]+[\x30-\x7e])")
_RUNS = re.compile(rb"[\x20-\x7f]+|[\x80-\xff]+|[\x00-\x1f]")
_SPACES = re.compile(rb"([\x20\x7f]+)")
_C1 = re.compile(rb"[\x80-\x9f]")
_DELIMITERS = {
    "PN": re.compile(rb"([\\^=])"),
    "": re.compile(rb"(\\)"),
}
_NO_DELIMITER = re.compile(rb"(?!)")
_TWO_BYTES_OF_UTF_8 = re.compile(rb"[\xc2-\xdf]([\x80-\xbf])")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The values of an attribute, padding and all, and what a reader has to know about how they were read.

    `is_guess` tells that other characters may have been meant, or that bytes are shown which are none.
    """

    values: tuple[str, ...]
    notes: tuple[str, ...] = ()
    is_guess: bool = False


def decode(content: bytes, character_set: bytes, vr: str) -> Decoded:
    """The values of an attribute of characters; `character_set` is the Specific Character Set in force, as stored.

    No character is lost: what is not in the declared sets is read as what it must be, or shown byte by byte as
    `\\xE9`, and a note says so. Never raises.
    """
    declared = read_declared(character_set)
    has_yen_sign = declared.g0 is JIS_X_0201_ROMAJI and vr in TEXT_VRS
    if content.isascii() and ESCAPE not in content and not has_yen_sign:
        return Decoded(_split(content.decode("ascii"), vr))
    if len(content) <= _LARGEST_KEPT:
        return _decode_short(content, character_set, vr)
    return _decode_beyond_ascii(content, declared, vr)


@lru_cache(maxsize=4096)
def _decode_short(content: bytes, character_set: bytes, vr: str) -> Decoded:
    return _decode_beyond_ascii(content, read_declared(character_set), vr)


def _decode_beyond_ascii(content: bytes, declared: Declared, vr: str) -> Decoded:
    decoded = _decode(content, declared, vr)
    if not declared.misspelt or not declared.is_known or decoded.notes:
        return decoded
    return Decoded(decoded.values, (f"{_which(declared)} It is not spelt as DICOM has it.",))


def _decode(content: bytes, declared: Declared, vr: str) -> Decoded:
    if declared.is_latin and ESCAPE not in content and _is_utf_8_beyond_doubt(content):
        return Decoded(_split(content.decode("utf-8"), vr), (_read_as("UTF-8", declared),))
    values, faults = _decode_as_declared(content, declared, vr)
    if _DAMAGED not in faults or ESCAPE in content:
        return Decoded(values, _notes(declared, faults), _DAMAGED in faults)
    for codec in ("utf-8", *declared.wider):
        if codec == "cp1252" and declared.codec == "utf-8" and not content.decode("utf-8", "ignore").isascii():
            continue  # most of it is what it says: a character was cut in two
        try:
            return Decoded(
                _split(content.decode(codec), vr), (_read_as(_NAMES[codec], declared),), is_guess=codec != "utf-8"
            )
        except UnicodeDecodeError:
            continue
    return Decoded(values, _notes(declared, faults), is_guess=True)


def _decode_as_declared(content: bytes, declared: Declared, vr: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The values, and what is wrong with them."""
    has_escape = ESCAPE in content and _ESCAPE_SEQUENCE.search(content) is not None
    if declared.codec and not (has_escape and content.isascii()):
        try:
            return _split(content.decode(declared.codec), vr), _NOTHING
        except UnicodeDecodeError:
            errors = "surrogateescape" if declared.codec == "utf-8" else _KEPT  # which is the same, and faster
            values = _split(content.decode(declared.codec, errors), vr)
            return tuple(map(_show, values)), frozenset({_DAMAGED})
    if has_escape or (declared.g1 is not None and declared.g1.width > 1) or declared.extensions:
        reader = _Reader(declared, vr)
        reader.read(content)
        return reader.values, frozenset(reader.faults)
    parts = [content] if vr in WHOLE_TEXT else content.split(BACKSLASH)
    texts = [decode_page(part, declared.g0, declared.g1) for part in parts]
    is_sound = all(sound for _, sound in texts) and not _has_c1(content)
    return tuple(text for text, _ in texts), _NOTHING if is_sound else frozenset({_DAMAGED})


def _keep(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(_FIRST_KEPT + code) for code in error.object[error.start : error.end]), error.end


codecs.register_error(_KEPT, _keep)


def _show(text: str) -> str:
    return _KEPT_BYTE.sub(lambda match: f"\\x{ord(match[0]) - _FIRST_KEPT:02x}", text)


def _has_c1(content: bytes) -> bool:
    return _C1.search(content) is not None


_NOTHING: frozenset[str] = frozenset()
_DAMAGED = "damaged"
_NOT_DECLARED = "not declared"
_NOT_DESIGNATED = "not designated"


class _Reader:
    """Code extensions (PS3.5 6.1.2.5.3): the sets in force change with each escape sequence.

    At every delimiter and control character those of value 1 are in force again. In a set of two bytes no byte is a
    delimiter; a value that goes on without the escape sequence back is read as well as can be.
    """

    def __init__(self, declared: Declared, vr: str) -> None:
        self.faults: set[str] = set()
        self._declared = declared
        self._delimiters = _NO_DELIMITER if vr in WHOLE_TEXT else _DELIMITERS.get(vr, _DELIMITERS[""])
        self._texts: list[list[str]] = [[]]
        self._last_g1: GraphicSet | None = _only_g1(declared)
        self._g0, self._g1 = declared.g0, declared.g1

    @property
    def values(self) -> tuple[str, ...]:
        return tuple("".join(parts) for parts in self._texts)

    def read(self, content: bytes) -> None:
        for part in _ESCAPE_SEQUENCE.split(content):
            if part.startswith(ESCAPE) and _ESCAPE_SEQUENCE.fullmatch(part):
                self._designate(part)
                continue
            for run in _RUNS.findall(part):
                self._read_run(run)

    def _designate(self, sequence: bytes) -> None:
        graphic_set = BY_ESCAPE.get(sequence)
        if graphic_set is None:
            self._texts[-1].append(sequence.decode("ascii"))
            self.faults.add(_DAMAGED)
            return
        if graphic_set not in (*self._declared.extensions, self._declared.g0, ISO_646):
            self.faults.add(_NOT_DECLARED)
        if graphic_set.is_g1:
            self._g1 = self._last_g1 = graphic_set
        else:
            self._g0 = graphic_set

    def _reset(self) -> None:
        self._g0, self._g1 = self._declared.g0, self._declared.g1

    def _read_run(self, run: bytes) -> None:
        first = run[0]
        if first < 0x20:
            self._reset()
            self._texts[-1].append(chr(first))
        elif first >= 0x80:
            self._read_right(run)
        else:
            self._read_left(run)

    def _read_left(self, run: bytes) -> None:
        if self._g0.width == 1:
            self._read_characters(run)
            return
        for part in _SPACES.split(run):
            if self._g0.width == 1:  # a delimiter has ended the set of two bytes
                self._read_characters(part)
            elif part.isspace() or part.startswith(b"\x7f"):
                self._texts[-1].append(part.decode("ascii"))
            else:
                self._read_pairs(part)

    def _read_characters(self, run: bytes) -> None:
        for part in self._delimiters.split(run):
            if self._delimiters.fullmatch(part):
                self._delimit(part)
            else:
                self._texts[-1].append(decode_page(part, self._g0, None)[0])

    def _delimit(self, delimiter: bytes) -> None:
        self._reset()
        if delimiter == BACKSLASH:
            self._texts.append([])
        else:
            self._texts[-1].append(delimiter.decode("ascii"))

    def _read_pairs(self, run: bytes) -> None:
        whole = len(run) - len(run) % 2
        rest = run[whole:]
        self._append(self._g0, run[:whole])
        if rest and self._delimiters.fullmatch(rest):
            self.faults.add(_NOT_DESIGNATED)
            self._delimit(rest)
        elif rest:
            self._append(self._g0, rest)

    def _read_right(self, run: bytes) -> None:
        graphic_set = self._g1
        if graphic_set is None:
            self.faults.add(_NOT_DESIGNATED)
            graphic_set = self._last_g1
        self._append(graphic_set, run)

    def _append(self, graphic_set: GraphicSet | None, codes: bytes) -> None:
        if not codes:
            return
        try:
            if graphic_set is None or _has_c1(codes):
                raise UnicodeDecodeError("ISO 2022", codes, 0, len(codes), "no character")
            self._texts[-1].append(graphic_set.decode(codes))
        except UnicodeDecodeError:
            self.faults.add(_DAMAGED)
            what_can_be = graphic_set.decode_what_can_be(codes) if graphic_set else codes.decode("ascii", _SHOWN)
            self._texts[-1].append(what_can_be)


def _only_g1(declared: Declared) -> GraphicSet | None:
    candidates = [graphic_set for graphic_set in declared.extensions if graphic_set.is_g1]
    return candidates[0] if len(candidates) == 1 else None


def _split(text: str, vr: str) -> tuple[str, ...]:
    return (text,) if vr in WHOLE_TEXT else tuple(text.split("\\"))


def _is_utf_8_beyond_doubt(content: bytes) -> bool:
    """Whether bytes that a Latin alphabet has as well can only be UTF-8.

    Then each capital letter with an accent would be followed by signs and nothing else would have an accent. A
    no-break space is the one sign that does follow letters.
    """
    if content.isascii():
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    pairs = _TWO_BYTES_OF_UTF_8.findall(content)
    return not pairs or any(trail[0] != _NO_BREAK_SPACE for trail in pairs)


_NAMES = {
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "cp1254": "Windows-1254",
    "cp874": "Windows-874",
    "cp932": "Shift_JIS",
    "cp949": "Unified Hangul Code",
    "gb18030": "GB18030",
}


def _read_as(name: str, declared: Declared) -> str:
    if not declared.name or not declared.is_known:
        return f"{_which(declared)} Text beyond ISO-IR 6 is read as {name}."
    return f"{_which(declared)} Text that cannot be in it is read as {name}."


def _notes(declared: Declared, faults: frozenset[str]) -> tuple[str, ...]:
    notes = []
    if _NOT_DECLARED in faults:
        notes.append(f"{_which(declared)} Text has escape sequences of others, which are followed.")
    if _NOT_DESIGNATED in faults:
        notes.append(f"{_which(declared)} Text lacks escape sequences that it should have.")
    if _DAMAGED in faults:
        notes.append(f"{_which(declared)} Bytes that are no characters in it are shown as numbers, such as \\xe9.")
    return tuple(notes)


def _which(declared: Declared) -> str:
    if not declared.name:
        return "The object declares no character set."
    if not declared.is_known:
        return f"The object declares a character set that DICOM does not have ({_printable(declared.name)})."
    return f"The object declares the character set {_printable(declared.name)}."


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)[:80]
