"""Tables over all words that a cell can hold, and fast look-up in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wado.image.stored_values import Words

WIDEST_TABULATED = 2
"""Bytes of the widest cell whose every word is tabulated."""

CHUNK = 32 * 1024
"""Words that are looked up at once: their indices and results stay in the processor's cache."""


def words_of(itemsize: int) -> Words:
    """Every word that a cell of so many bytes can hold: 256 or 65536 of them."""
    return np.arange(1 << (8 * itemsize), dtype=f"u{itemsize}")


def is_tabulated(words: Words) -> bool:
    """Whether there is a table over all words of such cells."""
    return words.dtype.kind != "f" and words.dtype.itemsize <= WIDEST_TABULATED


def look_up(table: NDArray[Any], words: Words) -> NDArray[Any]:
    """`table[words]`, three times as fast."""
    flat = np.ascontiguousarray(words).reshape(-1)
    output = np.empty(words.shape, table.dtype)
    found = output.reshape(-1)
    indices = np.empty(min(CHUNK, flat.size), np.intp)
    for start in range(0, flat.size, CHUNK):
        chunk = flat[start : start + CHUNK]
        used = indices[: chunk.size]
        np.copyto(used, chunk)
        # Every word is an index of the table: mode="clip" merely spares the check.
        table.take(used, out=found[start : start + CHUNK], mode="clip")
    return output
