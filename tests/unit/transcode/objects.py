"""Data sets compared, and a writer for elements that no library would write."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

PIXEL_DATA_ELEMENTS = (0x7FE00008, 0x7FE00009, 0x7FE00010)


def differences(stored: Dataset, rewritten: Dataset, *, is_big_endian: bool = False, path: str = "") -> Iterator[str]:
    """The elements that are not the same, but for group lengths and pixel data."""
    tags = {tag for tag in set(stored.keys()) if tag.element != 0}
    others = set(rewritten.keys())
    for tag in sorted(tags ^ others):
        yield f"{path}{tag} is in one of them only"
    for tag in sorted((tags & others) - set(PIXEL_DATA_ELEMENTS)):
        one, other = stored[tag], rewritten[tag]
        if one.VR != other.VR:
            yield f"{path}{tag} was {one.VR} and is {other.VR}"
        elif one.VR != "SQ":
            if _comparable(one, is_big_endian) != other.value:
                yield f"{path}{tag} has another value"
        elif len(one.value) != len(other.value):
            yield f"{path}{tag} has another number of items"
        else:
            for number, pair in enumerate(zip(one.value, other.value, strict=True)):
                yield from differences(*pair, is_big_endian=is_big_endian, path=f"{path}{tag}[{number}].")


def _comparable(element: DataElement, is_big_endian: bool) -> object:
    """The value with what the rewriting changes: the order of words, which pydicom leaves to others, and padding."""
    value = element.value
    if not isinstance(value, bytes):
        return value
    if is_big_endian and element.VR == "OW":
        value = np.frombuffer(value, ">u2").astype("<u2").tobytes()
    return value + bytes(len(value) % 2)


def explicit(tag: int, vr: str, value: bytes, order: str = "<") -> bytes:
    """An element in an explicit transfer syntax."""
    start = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in ("OB", "OW", "OF", "SQ", "UN", "UT"):
        return start + b"\0\0" + struct.pack(f"{order}I", len(value)) + value
    return start + struct.pack(f"{order}H", len(value)) + value


def implicit(tag: int, value: bytes, *, is_undefined: bool = False) -> bytes:
    """An element in Implicit VR Little Endian."""
    length = 0xFFFFFFFF if is_undefined else len(value)
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, length) + value


def item(content: bytes, order: str = "<", *, is_undefined: bool = False) -> bytes:
    length = 0xFFFFFFFF if is_undefined else len(content)
    end = struct.pack(f"{order}HHI", 0xFFFE, 0xE00D, 0) if is_undefined else b""
    return struct.pack(f"{order}HHI", 0xFFFE, 0xE000, length) + content + end


def sequence_end(order: str = "<") -> bytes:
    return struct.pack(f"{order}HHI", 0xFFFE, 0xE0DD, 0)
