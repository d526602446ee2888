"""The parts of a line that a pattern paints on, and those it paints off (PS3.3 Table C.10-5b, Line Pattern)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from wado.graphics.clipping import Piece
from wado.image.affine import Points

BITS = 32
MOST_BITS = 20_000
"""Of all pieces of a line: the bits of a longer one are drawn longer."""


def dash(pieces: Sequence[Piece], pattern: int, width: float) -> tuple[list[Points], list[Points]]:
    """On and off. The most significant bit is the first one; a bit is as long as the line is wide."""
    total = sum(_reach(piece.points)[-1] for piece in pieces)
    bit_length = max(width, total / MOST_BITS)
    on: list[Points] = []
    off: list[Points] = []
    for piece in pieces:
        for is_on, part in _parts(piece, pattern, bit_length):
            (on if is_on else off).append(part)
    return on, off


def _parts(piece: Piece, pattern: int, bit_length: float) -> Iterator[tuple[bool, Points]]:
    reach = _reach(piece.points)
    start = math.fmod(piece.start, BITS * bit_length) if math.isfinite(piece.start) else 0.0
    first, last = math.floor(start / bit_length), math.ceil((start + reach[-1]) / bit_length)
    run_start = 0.0
    for bit in range(first, last):
        is_last = bit + 1 == last
        if is_last or _is_set(pattern, bit) != _is_set(pattern, bit + 1):
            run_end = reach[-1] if is_last else (bit + 1) * bit_length - start
            yield _is_set(pattern, bit), _part(piece.points, reach, run_start, run_end)
            run_start = run_end


def _is_set(pattern: int, bit: int) -> bool:
    return bool(pattern >> (BITS - 1 - bit % BITS) & 1)


def _reach(points: Points) -> NDArray[np.float64]:
    """How far along the line each point is."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])


def _part(points: Points, reach: NDArray[np.float64], start: float, end: float) -> Points:
    first, last = np.searchsorted(reach, start, side="right"), np.searchsorted(reach, end, side="left")
    ends = np.stack([np.interp([start, end], reach, points[:, axis]) for axis in (0, 1)], axis=1)
    return np.concatenate([ends[:1], points[first:last], ends[1:]])
