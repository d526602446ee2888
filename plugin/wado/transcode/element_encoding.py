"""How an element is encoded: its header, its padding, the order of its bytes (PS3.5 sections 6.2, 7.1, 7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from string import ascii_uppercase
from typing import BinaryIO

import numpy as np

UNDEFINED_LENGTH = 0xFFFFFFFF
PIXEL_DATA = 0x7FE00010
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD

LONG_VRS = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
"""VRs with a length of 32 bits in explicit transfer syntaxes (PS3.5 7.1.2)."""

TEXT_VRS = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT"})
"""VRs whose values are padded with a space (PS3.5 6.2); the others are with a byte of 0."""

TWO_LETTERS = frozenset(map("".join, product(ascii_uppercase, repeat=2)))
"""VRs that there are and that there may be one day (PS3.5 6.2)."""

LONGEST_SHORT_VALUE = 0xFFFE
"""Bytes of a value whose VR has a length of 16 bits."""

UNIT = {"AT": 2, "OW": 2, "SS": 2, "US": 2, "FL": 4, "OF": 4, "OL": 4, "SL": 4, "UL": 4}
UNIT |= {"FD": 8, "OD": 8, "OV": 8, "SV": 8, "UV": 8}
"""Bytes of one number, whose order depends on the transfer syntax (PS3.5 7.3)."""


@dataclass(frozen=True, slots=True)
class Encoding:
    is_implicit_vr: bool
    is_little_endian: bool

    def number(self, content: bytes) -> int:
        return int.from_bytes(content, "little" if self.is_little_endian else "big")

    def bytes_of(self, number: int, length: int) -> bytes:
        return number.to_bytes(length, "little" if self.is_little_endian else "big")


@dataclass(frozen=True, slots=True)
class ElementHeader:
    tag: int
    vr: str
    length: int

    @property
    def is_undefined(self) -> bool:
        return self.length == UNDEFINED_LENGTH


@dataclass(frozen=True, slots=True)
class Element:
    """An element to write: an even number of bytes in little endian."""

    tag: int
    vr: str
    value: bytes


def write_element_header(target: BinaryIO, tag: int, vr: str, length: int) -> None:
    if vr in LONG_VRS:
        target.write(tag_bytes(tag) + vr.encode("latin-1") + b"\0\0" + length.to_bytes(4, "little"))
    else:
        target.write(tag_bytes(tag) + vr.encode("latin-1") + length.to_bytes(2, "little"))


def tag_bytes(tag: int) -> bytes:
    return (tag >> 16).to_bytes(2, "little") + (tag & 0xFFFF).to_bytes(2, "little")


def turned_round(content: bytes, unit: int) -> bytes:
    """Numbers in the other byte order; what is no whole number at the end stays."""
    if unit == 1:
        return content
    whole = len(content) // unit * unit
    return np.frombuffer(content[:whole], f"u{unit}").byteswap().tobytes() + content[whole:]
