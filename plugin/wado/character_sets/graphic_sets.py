"""The sets of graphic characters that DICOM builds its character sets of, each in its code element (ISO 2022).

PS3.3 Tables C.12-2 to C.12-4. A set of G0 lies in the left half of the code table (GL), one of G1 in the right (GR).
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from functools import lru_cache

ESCAPE = b"\x1b"
UNDEFINED = "\ufffe"
"""In a code page: no character (as `codecs.charmap_decode` has it)."""

_G1_START = 0xA0
_TO_GR = bytes(code | 0x80 for code in range(0x100))
_SHOWN = "backslashreplace"


@dataclass(frozen=True, slots=True, eq=False)
class GraphicSet:
    """There is one object of each. `number` is its registration as ISO-IR, `escape` designates it.

    A character has `width` bytes. `codec` is one of Python in which the set lies in GR (a set of ISO 646 in GL);
    `prefix` comes before each of its characters there.
    """

    number: int
    escape: bytes
    is_g1: bool
    width: int
    codec: str
    prefix: bytes = b""

    def decode(self, codes: bytes) -> str:
        """The characters; raises `UnicodeDecodeError`. `codes` are those of the half that the set is for."""
        if self.width == 1:
            return codecs.charmap_decode(codes, "strict", page(self, self))[0]
        try:
            return self._in_codec(codes).decode(self.codec)
        except UnicodeDecodeError:
            if self.number == JIS_X_0208.number and len(codes) % 2 == 0:
                return _as_shift_jis(codes).decode("cp932")
            raise

    def decode_what_can_be(self, codes: bytes) -> str:
        """The characters, and what is none of them byte by byte, as `\\xE9`."""
        if self.width == 1:
            return codecs.charmap_decode(codes, _SHOWN, page(self, self))[0]
        if self.is_g1:
            return codes.decode(self.codec, _SHOWN)
        return "".join(self._decode_or_show(codes[start : start + 2]) for start in range(0, len(codes), 2))

    def _decode_or_show(self, pair: bytes) -> str:
        try:
            return self.decode(pair)
        except UnicodeDecodeError:
            return "".join(f"\\x{code:02x}" for code in pair)

    def _in_codec(self, codes: bytes) -> bytes:
        in_gr = codes if self.is_g1 else codes.translate(_TO_GR)
        if not self.prefix:
            return in_gr
        return b"".join(self.prefix + in_gr[start : start + 2] for start in range(0, len(in_gr), 2))

    def encode(self, character: str) -> bytes | None:
        """The codes of one character in the half that the set is for; none if it is not in the set."""
        if self.width == 1:
            code = _codes(self).get(character)
            return None if code is None else bytes([code])
        try:
            codes = character.encode(self.codec)
        except UnicodeEncodeError:
            return None
        if not codes.startswith(self.prefix):
            return None
        codes = codes[len(self.prefix) :]
        if len(codes) != self.width or min(codes) <= _G1_START:
            return None
        return codes if self.is_g1 else bytes(code & 0x7F for code in codes)


def _as_shift_jis(codes: bytes) -> bytes:
    """JIS X 0208 in its other encoding, two rows under each lead byte: its codec knows the rows that vendors added."""
    shifted = bytearray()
    for row, cell in zip(codes[::2], codes[1::2], strict=True):
        lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
        trail = cell + (0x7E if row % 2 == 0 else 0x20 if cell >= 0x60 else 0x1F)
        shifted += bytes((lead, trail))
    return bytes(shifted)


ISO_646 = GraphicSet(6, b"\x1b(B", False, 1, "ascii")
JIS_X_0201_ROMAJI = GraphicSet(14, b"\x1b(J", False, 1, "ascii")
JIS_X_0201_KATAKANA = GraphicSet(13, b"\x1b)I", True, 1, "shift_jis")
JIS_X_0208 = GraphicSet(87, b"\x1b$B", False, 2, "euc_jp")
JIS_X_0212 = GraphicSet(159, b"\x1b$(D", False, 2, "euc_jp", b"\x8f")
KS_X_1001 = GraphicSet(149, b"\x1b$)C", True, 2, "cp949")
GB_2312 = GraphicSet(58, b"\x1b$)A", True, 2, "gb2312")

_ISO_8859 = (
    GraphicSet(100, b"\x1b-A", True, 1, "iso8859-1"),
    GraphicSet(101, b"\x1b-B", True, 1, "iso8859-2"),
    GraphicSet(109, b"\x1b-C", True, 1, "iso8859-3"),
    GraphicSet(110, b"\x1b-D", True, 1, "iso8859-4"),
    GraphicSet(126, b"\x1b-F", True, 1, "iso8859-7"),
    GraphicSet(127, b"\x1b-G", True, 1, "iso8859-6"),
    GraphicSet(138, b"\x1b-H", True, 1, "iso8859-8"),
    GraphicSet(144, b"\x1b-L", True, 1, "iso8859-5"),
    GraphicSet(148, b"\x1b-M", True, 1, "iso8859-9"),
    GraphicSet(166, b"\x1b-T", True, 1, "iso8859-11"),
    GraphicSet(203, b"\x1b-b", True, 1, "iso8859-15"),
)

GRAPHIC_SETS = (
    ISO_646,
    *_ISO_8859,
    JIS_X_0201_ROMAJI,
    JIS_X_0201_KATAKANA,
    JIS_X_0208,
    JIS_X_0212,
    KS_X_1001,
    GB_2312,
)

BY_NUMBER = {graphic_set.number: graphic_set for graphic_set in GRAPHIC_SETS}

BY_ESCAPE = {
    **{graphic_set.escape: graphic_set for graphic_set in GRAPHIC_SETS},
    # What others designate them by: ISO 2022's long form, and the edition of JIS X 0208 of 1978.
    b"\x1b$(B": JIS_X_0208,
    b"\x1b$@": JIS_X_0208,
}


@lru_cache(maxsize=64)
def page(g0: GraphicSet, g1: GraphicSet | None) -> str:
    """The code table of 256 characters with two sets of one byte, and ISO 646's control characters."""
    left = [chr(code) for code in range(0x80)]
    if g0 is JIS_X_0201_ROMAJI:
        left[0x5C], left[0x7E] = "\N{YEN SIGN}", "\N{OVERLINE}"
    codec = g1.codec if g1 and g1.is_g1 else ""
    right = [_character(code, codec) if codec and code >= _G1_START else UNDEFINED for code in range(0x80, 0x100)]
    return "".join(left + right)


def decode_page(content: bytes, g0: GraphicSet, g1: GraphicSet | None) -> tuple[str, bool]:
    """The text, and whether all of it is of the two sets: what is not is shown as `\\xE9`."""
    table = page(g0, g1)
    try:
        return codecs.charmap_decode(content, "strict", table)[0], True
    except UnicodeDecodeError:
        return codecs.charmap_decode(content, _SHOWN, table)[0], False


def _character(code: int, codec: str) -> str:
    try:
        return bytes([code]).decode(codec)
    except UnicodeDecodeError:
        return UNDEFINED


@lru_cache(maxsize=64)
def _codes(graphic_set: GraphicSet) -> dict[str, int]:
    """The codes of a set of one byte, by character; control characters are in no set."""
    table = page(ISO_646 if graphic_set.is_g1 else graphic_set, graphic_set)
    codes = range(_G1_START, 0x100) if graphic_set.is_g1 else range(0x20, 0x7F)
    return {table[code]: code for code in codes if table[code] != UNDEFINED}
