"""Frames of single bits, one behind the other without a gap (PS3.5 8.1.1, 8.1.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class BitPacker:
    """Packs them from the least significant bit on, as they come."""

    def __init__(self) -> None:
        self._packed = bytearray()
        self._left = np.zeros(0, bool)

    def add(self, bits: NDArray[np.bool_]) -> None:
        bits = np.concatenate([self._left, bits.reshape(-1)])
        whole = len(bits) // 8 * 8
        self._packed += np.packbits(bits[:whole], bitorder="little").tobytes()
        self._left = bits[whole:]

    def take(self) -> bytes:
        """The whole bytes that there are."""
        packed, self._packed = bytes(self._packed), bytearray()
        return packed

    def finish(self) -> bytes:
        """These, and what is left of a byte."""
        last, self._left = np.packbits(self._left, bitorder="little").tobytes(), self._left[:0]
        return self.take() + last
