"""Values of frames where the pixels of another frame are: bilinear in a plane, linear between slices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wado.image.affine import Affine, Points
from wado.image.plane import Plane, Vector, dot

Samples = NDArray[np.float64]
"""(rows, columns) or (rows, columns, channels); NaN where there is none."""

SAME_PLACE = 1e-3
"""Of a pixel, or of the distance of slices: less than this is no difference."""

LARGEST_GAP = 1.5
"""Times the usual distance of slices: over a larger gap, where a slice is missing, nothing is made up."""


def resample(samples: Samples, to_source: Affine, rows: int, columns: int, *, is_nearest: bool = False) -> Samples:
    """`samples` at the centers of so many rows and columns of pixels, whose places `to_source` tells in the source.

    Beyond the source's outermost pixels there is nothing; a pixel beside one that is nothing is nothing itself.
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


def weigh_slices(target: Plane, stack: Stack) -> dict[int, Samples | float]:
    """How much each slice counts at each pixel of the target, from 0 to 1: a number if it is the same everywhere.

    Slices that count nowhere are left out. The weights of a pixel add up to 1, or to 0 where there is no slice: beyond
    the stack's ends, and in a gap of it.
    """
    per_column, per_row, corner = target.coordinate_of(stack.normal)
    lowest, highest = target.range_along(stack.normal)
    if highest - lowest < SAME_PLACE * max(stack.spacing, 1.0):
        weights = _weigh(np.array([_snapped((lowest + highest) / 2, stack)]), stack)
        return {index: float(values[0]) for index, values in weights.items()}
    rows, columns = np.arange(target.rows) + 0.5, np.arange(target.columns) + 0.5
    return dict(_weigh(corner + per_row * rows[:, None] + per_column * columns, stack))


def _snapped(depth: float, stack: Stack) -> float:
    nearest = min(stack.depths, key=lambda slice_depth: abs(slice_depth - depth))
    return nearest if abs(nearest - depth) < SAME_PLACE * max(stack.spacing, 1.0) else depth


def _weigh(depths: Samples, stack: Stack) -> dict[int, Samples]:
    lowest, highest = float(depths.min()), float(depths.max())
    margin = max(LARGEST_GAP * stack.spacing, stack.reach)
    weights = {}
    for index, depth in enumerate(stack.depths):
        if not lowest - margin <= depth <= highest + margin:
            continue
        below, above = _side(index, -1, stack), _side(index, 1, stack)
        distances = depths - depth
        weight = np.where(distances < 0, below(-distances), above(distances))
        if weight.any():
            weights[index] = weight
    return weights


def _side(index: int, step: int, stack: Stack) -> Callable[[Samples], Samples]:
    """The weight by the distance from a slice on one side: falling to its neighbour, or as far as it reaches."""
    neighbour = index + step
    if 0 <= neighbour < len(stack.depths):
        gap = abs(stack.depths[neighbour] - stack.depths[index])
        if gap <= LARGEST_GAP * stack.spacing:
            return lambda distances: np.clip(1.0 - distances / gap, 0.0, 1.0)
    return lambda distances: (distances <= stack.reach).astype(np.float64)


def add_slices(slices: Sequence[tuple[Samples, Samples | float]]) -> Samples:
    """The slices at the target's pixels, each with its weights; NaN where no slice counts or one that counts is NaN."""
    total: Samples | float = 0.0
    counted: Samples | float = 0.0
    for samples, weights in slices:
        if isinstance(weights, float):
            shaped: Samples | float = weights
            part = samples * weights
        else:
            shaped = weights[..., None] if samples.ndim == 3 else weights
            part = np.where(shaped > 0, samples * shaped, 0.0)
        total, counted = total + part, counted + shaped
    return np.where(np.asarray(counted) > 0, total, np.nan)


def nearest_only(weights: dict[int, Samples | float]) -> dict[int, Samples | float]:
    """The weights with the slice that counts most at a pixel counting alone, for values that cannot be mixed."""
    if all(isinstance(weight, float) for weight in weights.values()):
        best = max(weights, key=lambda index: float(np.max(weights[index])), default=None)
        return {} if best is None else {best: 1.0}
    stacked = np.stack([np.asarray(weight) for weight in weights.values()])
    chosen = stacked.argmax(axis=0)
    return {
        index: ((chosen == number) & (stacked[number] > 0)).astype(np.float64) for number, index in enumerate(weights)
    }
