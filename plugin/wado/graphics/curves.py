"""Circles, ellipses and splines as many short lines."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wado.image.affine import Points

DEVIATION = 0.05
"""Pixels that a short line may be away from its curve."""
FEWEST, MOST = 24, 4096
STEP = 3.0
"""Pixels of a short line of a spline."""
MOST_STEPS = 64
MOST_POINTS = 65536


def ellipse(center: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64]) -> Points:
    """Closed; `first` and `second` lead from the center to the ends of two axes, or of any two conjugate diameters."""
    radius = math.hypot(*first.tolist()) + math.hypot(*second.tolist())
    if not math.isfinite(radius):
        return np.empty((0, 2))
    number = min(max(math.ceil(math.pi * math.sqrt(radius / (2.0 * DEVIATION))), FEWEST), MOST)
    angles = np.linspace(0.0, 2.0 * math.pi, number + 1)[:, np.newaxis]
    points = np.asarray(center + np.cos(angles) * first + np.sin(angles) * second, np.float64)
    points[-1] = points[0]
    return points


def spline(points: Points) -> Points:
    """A centripetal Catmull-Rom spline through all the points, closed if the last one is the first.

    It turns no loops and stays near its points, however unevenly they lie.
    """
    is_new = np.concatenate([[True], (np.diff(points, axis=0) != 0.0).any(axis=1)])
    points = points[is_new & np.isfinite(points).all(axis=1)]
    if len(points) < 3:
        return points
    if (points[0] == points[-1]).all() and len(points) > 3:
        before, after = points[-2:-1], points[1:2]
    else:
        before, after = 2.0 * points[:1] - points[1:2], 2.0 * points[-1:] - points[-2:-1]
    padded = np.concatenate([before, points, after])
    longest = float(np.hypot(*np.diff(points, axis=0).T).max())
    steps = int(min(max(longest / STEP, 2.0), MOST_STEPS, max(2.0, MOST_POINTS / len(points))))
    parts = np.arange(steps) / steps
    between = _between(padded[:-3], padded[1:-2], padded[2:-1], padded[3:], parts)
    return np.concatenate([between.reshape(-1, 2), points[-1:]])


def _between(p0: Points, p1: Points, p2: Points, p3: Points, parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """(segments, parts, 2): points of the segments from p1 to p2, by Barry and Goldman's pyramid."""
    t0 = np.zeros(len(p0))
    t1 = t0 + _knot(p0, p1)
    t2 = t1 + _knot(p1, p2)
    t3 = t2 + _knot(p2, p3)
    t = t1[:, np.newaxis] + (t2 - t1)[:, np.newaxis] * parts
    a1, a2, a3 = _mix(p0, p1, t0, t1, t), _mix(p1, p2, t1, t2, t), _mix(p2, p3, t2, t3, t)
    return _mix(_mix(a1, a2, t0, t2, t), _mix(a2, a3, t1, t3, t), t1, t2, t)


def _knot(first: Points, second: Points) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(np.hypot(*(second - first).T)), np.float64)


def _mix(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    t: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The first one at the start, the second one at the end."""
    part = ((t - start[:, np.newaxis]) / (end - start)[:, np.newaxis])[..., np.newaxis]
    first, second = (points if points.ndim == 3 else points[:, np.newaxis] for points in (first, second))
    return np.asarray(first + (second - first) * part, np.float64)
