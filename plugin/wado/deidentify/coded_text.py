"""What went, looked for in coded pictures that are copied: no decoder looks at every byte of them.

Values of fewer bytes than SHORTEST are in them by chance; longer ones are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from wado.deidentify.identity import Identity, in_utf_16

SHORTEST = 6
LEAST_DIFFERENT = 4
"""Bytes that a value must have, and different ones among them: a plain area may look like the others."""


class CodedText:
    """The values of an identity in any case, in the bytes that the object has them in and in UTF-16."""

    def __init__(self, identity: Identity) -> None:
        self._values = frozenset(_forms(identity))
        self._lengths = sorted(set(map(len, self._values)))
        self._longest = max(self._lengths, default=0)
        self._first, self._second = np.zeros(1 << 16, np.bool_), np.zeros(1 << 16, np.bool_)
        for value in self._values:
            self._first[_pairs_in_any_case(value[:2])] = True
            self._second[_pairs_in_any_case(value[2:4])] = True

    @property
    def overlap(self) -> int:
        """Bytes that a piece of something longer must have of the next one."""
        return max(0, self._longest - 1)

    def is_in(self, coded: bytes) -> bool:
        """There may be thousands of values that begin alike, as UIDs do, but they are of few lengths."""
        return any(self._begins_with_one(coded[at : at + self._longest].lower()) for at in self._places(coded))

    def _begins_with_one(self, piece: bytes) -> bool:
        return any(piece[:length] in self._values for length in self._lengths)

    def _places(self, coded: bytes) -> Iterator[int]:
        """Where a value may begin, by its first four bytes: two at a time, from even places and from odd ones."""
        for start in (0, 1):
            pairs = np.frombuffer(coded, "<u2", max(0, len(coded) - start) // 2, start) if len(coded) > start else None
            if pairs is None or pairs.size < 2:
                continue
            places = np.flatnonzero(self._first[pairs[:-1]])
            yield from (2 * places[self._second[pairs[places + 1]]] + start).tolist()


def _forms(identity: Identity) -> Iterator[bytes]:
    for value in identity.all_values():
        if len(value) >= SHORTEST and len(set(value)) >= LEAST_DIFFERENT:
            yield value
            yield from in_utf_16(value)


def _pairs_in_any_case(pair: bytes) -> list[int]:
    cases = ({byte, *bytes([byte]).upper()} for byte in pair)
    return [int.from_bytes(bytes(letters), "little") for letters in product(*cases)]
