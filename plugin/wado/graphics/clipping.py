"""Lines and areas cut off around a picture, however far they reach: what is drawn afterwards is small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wado.image.affine import Points

FAR = 1e7
"""Corners of areas farther away than that are drawn nearer: they are outside either way."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the plane that matters."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part of a line within the frame; `start` is how far along the line it begins."""

    points: Points
    start: float


def clip_line(points: Points, frame: Frame) -> list[Piece]:
    """The parts of a line of straight segments that lie within the frame (Liang and Barsky's way, all at once)."""
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 2:
        return []
    starts, ends = points[:-1], points[1:]
    entries, exits = _entries_and_exits(starts, ends, frame)
    lengths = np.hypot(*(ends - starts).T)
    distances = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
    kept = np.flatnonzero((entries <= exits) & (lengths > 0.0))
    if not len(kept):
        return []
    first = _along(starts[kept], ends[kept], entries[kept], frame)
    last = _along(starts[kept], ends[kept], exits[kept], frame)
    is_continued = (np.diff(kept) == 1) & (exits[kept[:-1]] >= 1.0) & (entries[kept[1:]] <= 0.0)
    runs = np.split(np.arange(len(kept)), np.flatnonzero(~is_continued) + 1)
    begin = distances[kept] + entries[kept] * lengths[kept]
    return [Piece(np.concatenate([first[run[:1]], last[run]]), float(begin[run[0]])) for run in runs]


def clip_area(points: Points, frame: Frame) -> Points:
    """The part of an area within the frame (Sutherland and Hodgman's way); it may run back along its edges."""
    area = np.clip(points[np.isfinite(points).all(axis=1)], -FAR, FAR)
    for axis, limit, sign in ((0, frame.left, 1), (0, frame.right, -1), (1, frame.top, 1), (1, frame.bottom, -1)):
        if len(area) < 3:
            return np.empty((0, 2))
        area = _cut(area, axis, limit, sign)
    return area


def _entries_and_exits(starts: Points, ends: Points, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far along each segment, 0 to 1, the frame begins and ends; the first is greater where it is not met."""
    entries, exits = np.zeros(len(starts)), np.ones(len(starts))
    for axis, low, high in ((0, frame.left, frame.right), (1, frame.top, frame.bottom)):
        start, step = starts[:, axis], ends[:, axis] - starts[:, axis]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            crossings = np.stack([(low - start) / step, (high - start) / step])
        is_level = step == 0.0
        is_inside = (start >= low) & (start <= high)
        entries = np.maximum(entries, np.where(is_level, np.where(is_inside, 0.0, 2.0), crossings.min(axis=0)))
        exits = np.minimum(exits, np.where(is_level, 1.0, crossings.max(axis=0)))
    return entries, exits


def _along(starts: Points, ends: Points, parts: NDArray[np.float64], frame: Frame) -> Points:
    """The points so far along the segments, and never beyond the frame."""
    places = starts + (ends - starts) * parts[:, np.newaxis]
    places = np.where(parts[:, np.newaxis] >= 1.0, ends, places)
    return np.clip(places, (frame.left, frame.top), (frame.right, frame.bottom))


def _cut(area: Points, axis: int, limit: float, sign: int) -> Points:
    """The side of the area where the axis is above the limit, or below it for a sign of -1."""
    following = np.roll(area, -1, axis=0)
    depths, next_depths = sign * (area[:, axis] - limit), sign * (following[:, axis] - limit)
    is_crossing = (depths >= 0.0) != (next_depths >= 0.0)
    parts = np.divide(depths, depths - next_depths, out=np.zeros(len(area)), where=is_crossing)
    crossings = area + (following - area) * parts[:, np.newaxis]
    crossings[:, axis] = limit
    both = np.stack([area, crossings], axis=1).reshape(-1, 2)
    kept: Points = both[np.stack([depths >= 0.0, is_crossing], axis=1).reshape(-1)]
    return kept
