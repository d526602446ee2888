"""Tables over all words that a cell can hold, and fast look-up in them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wado.image.second_thread import LARGE, in_two
from wado.image.stored_values import Words

WIDEST_TABULATED = 2
"""Bytes of the widest cell whose every word is tabulated."""

CHUNK = 32 * 1024
"""Words that are looked up at once: their indices and results stay in the processor's cache."""


SMALLEST_PAIRED = 64 * 1024
"""Bytes from which on they are looked up in pairs: a table over all pairs takes some time to make."""


def words_of(itemsize: int) -> Words:
    """Every word that a cell of so many bytes can hold: 256 or 65536 of them."""
    return np.arange(1 << (8 * itemsize), dtype=f"u{itemsize}")


def is_tabulated(words: Words) -> bool:
    """Whether there is a table over all words of such cells."""
    return words.dtype.kind != "f" and words.dtype.itemsize <= WIDEST_TABULATED


def look_up(table: NDArray[Any], words: Words) -> NDArray[Any]:
    """`table[words]`, three times as fast; bytes two at a time, which is twice as fast again."""
    output = np.empty(words.shape, table.dtype)
    flat, found = np.ascontiguousarray(words).reshape(-1), output.reshape(-1)
    if words.dtype.itemsize == 1 and flat.size >= SMALLEST_PAIRED and flat.size % 2 == 0:
        table = _pairs(table.tobytes(), table.dtype.str)
        flat, found = flat.view(np.uint16), found.view(table.dtype)
    if output.size < LARGE:
        _take(table, flat, found)
    else:
        middle = flat.size // 2
        in_two(lambda: _take(table, flat[:middle], found[:middle]), lambda: _take(table, flat[middle:], found[middle:]))
    return output


def _take(table: NDArray[Any], flat: Words, found: NDArray[Any]) -> None:
    indices = np.empty(min(CHUNK, flat.size), np.intp)
    for start in range(0, flat.size, CHUNK):
        chunk = flat[start : start + CHUNK]
        used = indices[: chunk.size]
        np.copyto(used, chunk)
        # Every word is an index of the table: mode="clip" merely spares the check.
        table.take(used, out=found[start : start + CHUNK], mode="clip")


@lru_cache(maxsize=16)
def _pairs(entries: bytes, kind: str) -> NDArray[Any]:
    """The table over all pairs of bytes, each entry two of the table's own."""
    table = np.frombuffer(entries, kind)
    pairs = table[words_of(2).view(np.uint8)]
    return pairs.view(f"u{2 * table.itemsize}")
