"""The entries of look-up tables and palettes, in the several ways that files keep them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def read_entries(data: Sequence[Any], number_of_entries: int, *, is_little_endian: bool) -> bytes | None:
    """16-bit words in native byte order, as many as the descriptor says; none if there are fewer.

    The value is a list of numbers, words as bytes (OW), or one byte for each entry (PS3.3 C.11.1.1.1, C.7.6.3.1.6).
    """
    if not isinstance(data[0], (bytes, bytearray)):
        words = np.array([int(value) & 0xFFFF for value in data], np.uint16)
    elif len(data[0]) in (number_of_entries, number_of_entries + number_of_entries % 2):
        content = data[0] if is_little_endian else swap_bytes(bytes(data[0]))
        words = np.frombuffer(content, np.uint8).astype(np.uint16)
    else:
        words = np.frombuffer(data[0], "<u2" if is_little_endian else ">u2", len(data[0]) // 2).astype(np.uint16)
    return words[:number_of_entries].tobytes() if len(words) >= number_of_entries else None


def swap_bytes(words: bytes | bytearray) -> bytes:
    """The bytes of each 16-bit word in the other order; one that is left over at the end stays."""
    whole = len(words) // 2 * 2
    return np.frombuffer(words[:whole], np.uint16).byteswap().tobytes() + words[whole:]
