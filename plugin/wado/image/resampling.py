"""Values of frames where the pixels of another frame are: bilinear in a plane, linear between slices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wado.image.affine import Affine, Points, translation
from wado.image.plane import Plane, Vector, dot
from wado.image.region import Box

Samples = NDArray[np.float64]
"""(rows, columns) or (rows, columns, channels); NaN where there is none."""

SAME_PLACE = 1e-3
"""Of a pixel, or of the distance of slices: less than this is no difference."""

LARGEST_GAP = 1.5
"""Times the usual distance of slices: over a larger gap, where a slice is missing, nothing is made up."""


def resample(samples: Samples, to_source: Affine, rows: int, columns: int, *, is_nearest: bool = False) -> Samples:
    """`samples` at the centers of so many rows and columns of pixels, whose places `to_source` tells in the source.

    Beyond the source's outermost pixels there is nothing, and between a pixel and one that is nothing, neither.
    `is_nearest` takes the value of the pixel that a center lies in, for values between which there is no other.
    """
    if samples.shape[:2] == (rows, columns) and _is_identity(to_source, rows, columns):
        return samples
    if samples.ndim == 3:
        channels = [
            resample(samples[..., channel], to_source, rows, columns, is_nearest=is_nearest)
            for channel in range(samples.shape[2])
        ]
        return np.stack(channels, axis=-1)
    is_missing = np.isnan(samples)
    if not is_missing.any():
        return _transform(samples, to_source, rows, columns, is_nearest=is_nearest)
    found = _transform(np.where(is_missing, 0.0, samples), to_source, rows, columns, is_nearest=is_nearest)
    missing = _transform(is_missing.astype(np.float64), to_source, rows, columns, is_nearest=is_nearest)
    return np.where(missing > SAME_PLACE, np.nan, found)


def _transform(samples: Samples, to_source: Affine, rows: int, columns: int, *, is_nearest: bool) -> Samples:
    """As `resample`, of samples that are all numbers."""
    # What is left of a sum of rounded numbers shall not decide on which side of an edge a center lies.
    matrix = tuple(round(value, 9) for value in astuple(to_source))
    filter_ = Image.Resampling.NEAREST if is_nearest else Image.Resampling.BILINEAR
    source = Image.fromarray(np.asarray(samples, np.float32))
    found = source.transform((columns, rows), Image.Transform.AFFINE, matrix, filter_, fillcolor=float("nan"))
    return np.asarray(found, np.float64)


def _is_identity(affine: Affine, rows: int, columns: int) -> bool:
    corners: Points = np.array([[0, 0], [columns, 0], [0, rows], [columns, rows]], np.float64)
    return float(np.abs(affine.apply(corners) - corners).max()) < SAME_PLACE


@dataclass(frozen=True, slots=True)
class Stack:
    """Parallel slices: `depths` along `normal`, rising; `reach` is how far the first and the last one extend beyond."""

    normal: Vector
    depths: tuple[float, ...]
    spacing: float
    reach: float

    @property
    def margin(self) -> float:
        """Farther away than that no slice counts."""
        return max(LARGEST_GAP * self.spacing, self.reach)


def stack_of(planes: Sequence[Plane]) -> tuple[Stack, tuple[int, ...]]:
    """The stack of parallel planes, and the order in which they lie in it."""
    normal = planes[0].normal
    unordered = [dot(plane.position, normal) for plane in planes]
    order = tuple(sorted(range(len(planes)), key=unordered.__getitem__))
    depths = tuple(unordered[index] for index in order)
    gaps = [after - before for before, after in pairwise(depths)]
    spacing = float(np.median(gaps)) if gaps else max(plane.thickness for plane in planes)
    reach = spacing / 2 + SAME_PLACE * max(spacing, 1.0)
    return Stack(normal, depths, spacing, reach), order


@dataclass(frozen=True, slots=True)
class Share:
    """How much a slice counts at the pixels of a part of a frame, from 0 to 1: a number if it is everywhere the same.

    Outside of the `box` it counts nothing.
    """

    box: Box
    weights: Samples | float


def weigh_slices(target: Plane, stack: Stack) -> dict[int, Share]:
    """What each slice counts at the target's pixels; those that count nowhere are left out.

    The weights of a pixel add up to 1, or to 0 where there is no slice: beyond the stack's ends, and in a gap of it.
    """
    per_column, per_row, corner = target.coordinate_of(stack.normal)
    lowest, highest = target.range_along(stack.normal)
    whole = Box(0, 0, target.rows, target.columns)
    if highest - lowest < SAME_PLACE * max(stack.spacing, 1.0):
        depth = np.array([_snapped((lowest + highest) / 2, stack)])
        weights = {index: float(_weigh(depth, index, stack)[0]) for index in _near(depth, stack)}
        return {index: Share(whole, weight) for index, weight in weights.items() if weight > 0}
    rows, columns = np.arange(target.rows) + 0.5, np.arange(target.columns) + 0.5
    depths = corner + per_row * rows[:, None] + per_column * columns
    shares = {}
    for index in _near(depths, stack):
        box = _box_near(np.abs(depths - stack.depths[index]) <= stack.margin)
        if box is not None:
            shares[index] = Share(box, _weigh(depths[_inside(box)], index, stack))
    return {index: share for index, share in shares.items() if np.any(share.weights)}


def _inside(box: Box) -> tuple[slice, slice]:
    return slice(box.top, box.bottom), slice(box.left, box.right)


def _snapped(depth: float, stack: Stack) -> float:
    nearest = min(stack.depths, key=lambda slice_depth: abs(slice_depth - depth))
    return nearest if abs(nearest - depth) < SAME_PLACE * max(stack.spacing, 1.0) else depth


def _near(depths: Samples, stack: Stack) -> list[int]:
    lowest, highest = float(depths.min()) - stack.margin, float(depths.max()) + stack.margin
    return [index for index, depth in enumerate(stack.depths) if lowest <= depth <= highest]


def _box_near(is_near: NDArray[np.bool_]) -> Box | None:
    """The smallest part that holds them all; none if there are none."""
    rows, columns = np.flatnonzero(is_near.any(axis=1)), np.flatnonzero(is_near.any(axis=0))
    if rows.size == 0:
        return None
    return Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)


def _weigh(depths: Samples, index: int, stack: Stack) -> Samples:
    below, above = _side(index, -1, stack), _side(index, 1, stack)
    distances = depths - stack.depths[index]
    return np.where(distances < 0, below(-distances), above(distances))


def _side(index: int, step: int, stack: Stack) -> Callable[[Samples], Samples]:
    """The weight by the distance from a slice on one side: falling to its neighbour, or as far as it reaches."""
    neighbour = index + step
    if 0 <= neighbour < len(stack.depths):
        gap = abs(stack.depths[neighbour] - stack.depths[index])
        if gap <= LARGEST_GAP * stack.spacing:
            return lambda distances: np.clip(1.0 - distances / gap, 0.0, 1.0)
    return lambda distances: (distances <= stack.reach).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Slice:
    """Samples of a slice, where a frame's pixels are in it, and what it counts there."""

    samples: Samples
    to_slice: Affine
    share: Share


def nearest_only(shares: dict[int, Share], rows: int, columns: int) -> dict[int, Share]:
    """The shares with the slice that counts most at a pixel counting alone, for values that cannot be mixed."""
    best, chosen = np.zeros((rows, columns)), np.full((rows, columns), -1)
    for index, share in shares.items():
        most, choice = best[_inside(share.box)], chosen[_inside(share.box)]
        is_more = share.weights > most
        most[is_more] = np.broadcast_to(share.weights, most.shape)[is_more]
        choice[is_more] = index
    alone = {index: (chosen[_inside(share.box)] == index).astype(np.float64) for index, share in shares.items()}
    return {index: Share(shares[index].box, weights) for index, weights in alone.items() if weights.any()}


def add_slices(slices: Sequence[Slice], rows: int, columns: int, *, is_nearest: bool = False) -> Samples:
    """The slices at a frame's pixels, each by its share; NaN where none counts, or one that counts is NaN."""
    only = slices[0] if len(slices) == 1 else None
    if only and isinstance(only.share.weights, float) and only.share.weights == 1.0:
        return resample(only.samples, only.to_slice, rows, columns, is_nearest=is_nearest)
    channels = slices[0].samples.shape[2:]
    total, counted = np.zeros((rows, columns, *channels)), np.zeros((rows, columns))
    for one in slices:
        box, weights = one.share.box, np.asarray(one.share.weights)
        to_slice = translation(box.left, box.top).then(one.to_slice)
        part = resample(one.samples, to_slice, box.rows, box.columns, is_nearest=is_nearest)
        shaped = weights[..., None] if channels else weights
        total[_inside(box)] += np.where(shaped > 0, part * shaped, 0.0)
        counted[_inside(box)] += weights
    return np.where(counted[..., None] > 0 if channels else counted > 0, total, np.nan)
