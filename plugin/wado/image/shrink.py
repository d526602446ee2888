"""Pictures made smaller by a Hamming window's filter, as products of matrices: a third of the time that Pillow takes.

A pixel is the mean of what it covers and of half as much on either side, weighted by their distance from its middle.
Where a picture is reduced many times, its rows are added up in whole steps first, as whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wado.image.stored_values import Words

Floats = NDArray[np.float32]
Levels = NDArray[np.uint8]

Window = tuple[float, float, float, float]
"""A part of a picture: its left, top, right and bottom edges, in pixels that need not be whole."""

BAND = 256 * 1024
"""Words of a band: what is made of them stays in the processor's cache."""

LEAST_LEFT = 4.0
"""How many times a picture is still reduced at least after its rows were added up: the filter smooths the steps."""

AT_ONCE = 8
"""Rows or columns of the picture that one product makes. Of its weights those are 0 that lie beyond the filter."""


LONGEST_KEPT = 16 * 1024
"""Pixels that a line has and shall have, together, if its weights are kept: a mebibyte. Of the longest they are 66."""

HALF = 0.5 + 1 / 1024
"""What is added before what is behind the point goes. Single precision has a half now above itself and now below, which
would speckle an even area whose level is one: a little more, and all of it is rounded up."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Whole numbers from 0 to `highest`, one for each pixel, or three.

    Their mean times `scale` plus `offset` is the grey level, or colour, that is the mean of the pixels.
    """

    values: NDArray[Any]
    highest: int = 255
    scale: float = 1.0
    offset: float = 0.0


def shrink(
    words: Words, samples_of: Callable[[Words], Samples], rows: int, columns: int, window: Window | None = None
) -> Levels:
    """What is shown of the words, or within the `window` of them, in so many rows and columns.

    They are read band by band, and only as far as the filter reaches. A side may grow as well.
    """
    left, top, right, bottom = window or (0.0, 0.0, float(words.shape[1]), float(words.shape[0]))
    step = int((bottom - top) / rows / LEAST_LEFT) or 1
    down = products(len(words) / step, rows, top / step, bottom / step)
    across = products(words.shape[1], columns, left, right)
    return np.concatenate([_shrink_band(words, samples_of, step, band, across) for band in _bands(words, down)])


@dataclass(frozen=True, slots=True)
class Product:
    """The pixels from `first` to `last` of a line, out of those from `start` to `end`: a row of `weights` for each."""

    first: int
    last: int
    start: int
    end: int
    weights: Floats


def products(length: float, target: int, start: float, end: float) -> tuple[Product, ...]:
    """So many pixels out of what lies between `start` and `end` of a line, whose last pixel need not be a whole one."""
    make = _kept_products if length + target <= LONGEST_KEPT else _make_products
    return make(length, target, start, end)


def _make_products(length: float, target: int, start: float, end: float) -> tuple[Product, ...]:
    at_once = min(AT_ONCE, target)
    scale = (end - start) / target
    reach = max(scale, 1.0)
    firsts = np.arange(0, target, at_once)
    middles = np.minimum(start + (firsts[:, None] + np.arange(at_once) + 0.5) * scale, end - scale / 2)
    begins = np.maximum(0, np.floor(middles[:, 0] - reach)).astype(int)
    ends = np.minimum(math.ceil(length), np.ceil(middles[:, -1] + reach)).astype(int)
    covered = begins[:, None, None] + np.arange((ends - begins).max())
    weights = hamming((covered + 0.5 - middles[..., None]) / reach)
    weights /= (weights * np.clip(length - covered, 0.0, 1.0)).sum(axis=2, keepdims=True)
    each = zip(firsts.tolist(), begins.tolist(), ends.tolist(), weights.astype(np.float32), strict=True)
    return tuple(
        Product(first, min(target, first + at_once), begin, behind, block[: target - first, : behind - begin])
        for first, begin, behind, block in each
    )


_kept_products = lru_cache(maxsize=16)(_make_products)


def hamming(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """The filter: 1 in the middle, falling to 0 at a distance of 1, and nowhere negative. It is Pillow's."""
    weights: NDArray[np.float64] = np.sinc(distances) * (0.54 + 0.46 * np.cos(np.pi * distances))
    return np.where(np.abs(distances) < 1.0, weights, 0.0)


def _bands(words: Words, down: Sequence[Product]) -> Iterator[Sequence[Product]]:
    """Some of the products at a time, whose sums of rows stay in the processor's cache."""
    most = max(1, 2 * BAND // max(1, (down[0].end - down[0].start) * words[0].size))
    return (down[index : index + most] for index in range(0, len(down), most))


def _shrink_band(
    words: Words,
    samples_of: Callable[[Words], Samples],
    step: int,
    down: Sequence[Product],
    across: Sequence[Product],
) -> Levels:
    start, first = down[0].start, down[0].first
    sums, samples = _sum_rows(words, samples_of, step, start, down[-1].end)
    tall = np.empty((down[-1].last - first, *sums.shape[1:]), np.float32)
    flat, tall_flat = sums.reshape(len(sums), -1), tall.reshape(len(tall), -1)
    for part in down:
        np.matmul(part.weights, flat[part.start - start : part.end - start], tall_flat[part.first - first :][:AT_ONCE])
    planes = tall[None] if tall.ndim == 2 else np.ascontiguousarray(np.moveaxis(tall, 2, 0))
    levels = np.empty((*planes.shape[:2], across[-1].last), np.float32)
    for plane, plane_levels in zip(planes, levels, strict=True):
        for part in across:
            np.matmul(plane[:, part.start : part.end], part.weights.T, plane_levels[:, part.first : part.last])
    levels *= np.float32(samples.scale / step)
    levels += np.float32(samples.offset + HALF)
    shown = np.clip(levels, 0.0, 255.0, out=levels).astype(np.uint8)
    return shown[0] if tall.ndim == 2 else np.moveaxis(shown, 0, 2)


def _sum_rows(
    words: Words, samples_of: Callable[[Words], Samples], step: int, start: int, end: int
) -> tuple[Floats, Samples]:
    """The sums of so many rows each, from one to another, and the last of the samples that are in them."""
    at_once = max(1, BAND // (step * words[0].size))
    parts = []
    for position in range(start, end, at_once):
        samples = samples_of(words[position * step : min(end, position + at_once) * step])
        parts.append(add_up(samples, step))
    sums = np.empty((end - start, *parts[0].shape[1:]), np.float32)
    np.concatenate(parts, out=sums)
    return sums, samples


def add_up(samples: Samples, step: int) -> NDArray[Any]:
    """The sums of so many rows each, in the narrowest cells that hold them; the last one of what rows there are."""
    values = samples.values
    if step == 1:
        return values
    kind = np.uint16 if samples.highest * step <= 0xFFFF else np.uint32
    whole = len(values) // step
    blocks = values[: whole * step].reshape(whole, step, *values.shape[1:])
    sums = np.add.reduce(blocks, axis=1, dtype=kind)
    rest = values[whole * step :]
    return np.concatenate([sums, np.add.reduce(rest, axis=0, dtype=kind, keepdims=True)]) if len(rest) else sums


# OpenBLAS takes memory with its first large product, and ends the process where there is none: a worker has it do so
# before its memory is bounded.
np.matmul(np.ones((300, 300), np.float32), np.ones((300, 300), np.float32))
