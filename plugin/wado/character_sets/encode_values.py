"""Text as stored values: single codes, or code extensions with their escape sequences (PS3.5 6.1.2.5)."""

from __future__ import annotations

from collections.abc import Sequence

from wado.character_sets.declared import Declared, read_declared
from wado.character_sets.decode import BACKSLASH, WHOLE_TEXT
from wado.character_sets.graphic_sets import ESCAPE, GraphicSet

_CODECS = {"ISO_IR 192": "utf-8", "GB18030": "gb18030", "GBK": "gbk"}
_SPACE_AND_DELETE = " \x7f"


def encode_values(values: Sequence[str], defined_terms: Sequence[str], vr: str) -> bytes:
    """The values of an attribute under a Specific Character Set of those terms, without padding.

    Raises `ValueError` where the sets do not hold a character, or one that would end the value; the message has nothing
    of the text.
    """
    if vr not in WHOLE_TEXT and any("\\" in value for value in values):
        raise ValueError("a backslash would end the value")
    declared = read_declared("\\".join(defined_terms).encode("ascii"))
    codec = next(filter(None, map(_CODECS.get, defined_terms)), None)
    if codec:
        try:
            return b"\\".join(value.encode(codec) for value in values)
        except UnicodeEncodeError:
            raise _unheld(defined_terms) from None
    writer = _Writer(declared, vr)
    try:
        return b"\\".join(map(writer.write, values))
    except LookupError:
        raise _unheld(defined_terms) from None


def _unheld(defined_terms: Sequence[str]) -> ValueError:
    terms = "\\".join(defined_terms) or "ISO_IR 6"
    return ValueError(f"the character set {terms} does not hold all characters")


class _Writer:
    """Writes with the sets in force as long as it can; those of value 1 are in force again before each delimiter."""

    def __init__(self, declared: Declared, vr: str) -> None:
        self._declared = declared
        self._delimiters = frozenset("^=" if vr == "PN" else "")
        self._can_hold_backslash = vr in WHOLE_TEXT
        self._g0, self._g1 = declared.g0, declared.g1

    def write(self, value: str) -> bytes:
        """Raises `LookupError` at a character of no set. A value that begins and ends in the sets of value 1."""
        written = bytearray()
        for character in value:
            if character in self._delimiters or character < " ":
                written += self._return()
                if character.encode() == ESCAPE:
                    raise LookupError
                written += character.encode("ascii")
            elif character in _SPACE_AND_DELETE:
                written += self._return_g0() + character.encode("ascii")
            else:
                written += self._write_graphic(character)
        return bytes(written + self._return())

    def _write_graphic(self, character: str) -> bytes:
        in_force = (self._g0, self._g1, self._declared.g0, self._declared.g1)
        for graphic_set in (*in_force, *self._declared.extensions):
            codes = graphic_set.encode(character) if graphic_set else None
            if graphic_set and codes is not None and (codes != BACKSLASH or self._can_hold_backslash):
                return self._designate(graphic_set) + codes
        raise LookupError

    def _designate(self, graphic_set: GraphicSet) -> bytes:
        if graphic_set.is_g1:
            if graphic_set == self._g1:
                return b""
            self._g1 = graphic_set
            return graphic_set.escape
        if graphic_set == self._g0:
            return b""
        self._g0 = graphic_set
        return graphic_set.escape

    def _return_g0(self) -> bytes:
        return self._designate(self._declared.g0)

    def _return(self) -> bytes:
        """Back to value 1. A G1 that it does not have is only forgotten: what follows designates its own."""
        written = self._return_g0()
        if self._declared.g1 is not None:
            return written + self._designate(self._declared.g1)
        self._g1 = None
        return written
