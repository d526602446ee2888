"""A region that a report draws on an image, as SVG over the image's picture (PS3.3 C.18.6.1)."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from wado.image.affine import Affine
from wado.report.model import Coordinates
from wado.report.outline import Figure

LEAST_MARGIN = 32.0
"""Pixels around a region that is shown with no more than what is near it."""

MARGIN = 0.5
"""The margin as a part of the region's own extent."""

POINT_RADIUS = 0.015
"""Of what is shown, in width or height."""

UNDER_WIDTH, OVER_WIDTH = 0.012, 0.006
"""Of the longer side: dark under light."""

_FARTHEST = 1e7

_OWN_SIZE = ""
"""Without width and height a picture has the size that it turns out to have (SVG 2 section 12.3).

Validators of SVG 1.1 ask for both; browsers take the word `auto`, which SVG 2 has for it, for 0.
"""

_OF_EVEN_WIDTH = ' vector-effect="non-scaling-stroke"'
"""For a line whose width is counted on the screen (SVG 2 section 8.13), whatever the picture's size."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Placement:
    """How large the thumbnail of an image is, in pixels, and where places in the image are in it."""

    width: int
    height: int
    to_picture: Affine


def has_region(figure: Figure) -> bool:
    """Whether there is something to draw on the figure's image."""
    return any(map(_can_be_drawn, figure.shapes))


def draw_on_picture(figure: Figure, placement: Placement | None) -> str:
    """The picture with its regions; empty where there is none to draw, or where it cannot be told where.

    Coordinates count pixels of the image from its top left corner. Where its placement is known, the thumbnail is
    shown; else the region with what is around it, out of the picture with the image's own pixels, whose size a browser
    sees when it has it. A presentation state may turn and crop that.
    """
    shapes = [shape for shape in figure.shapes if _can_be_drawn(shape)]
    if not shapes or (placement is None and figure.presentation_state):
        return ""
    if placement:
        box = (0.0, 0.0, float(placement.width), float(placement.height))
        extent = f' width="{placement.width}" height="{placement.height}" preserveAspectRatio="none"'
        picture = figure.thumbnail
        length = max(placement.width, placement.height)
        drawn = _transformed(shapes, placement.to_picture, length, _OF_EVEN_WIDTH)
    else:
        box, extent, picture = _surroundings(shapes), _OWN_SIZE, figure.picture
        radius = POINT_RADIUS * max(box[2], box[3])
        drawn = "".join(element for shape in shapes for element in _elements(shape, radius, _OF_EVEN_WIDTH))
    view = " ".join(map(_number, box))
    return (
        f'<svg viewBox="{view}" role="img" aria-label="{escape(figure.alternative)}">'
        f'<image href="{escape(picture)}"{extent}/>{drawn}</svg>'
    )


def draw_in_picture(jpeg: bytes, width: int, height: int, shapes: Sequence[Coordinates], to_picture: Affine) -> str:
    """A document by itself: a picture of this size, and over it the regions where `to_picture` takes them."""
    picture = base64.b64encode(jpeg).decode("ascii")
    shapes = [shape for shape in shapes if _can_be_drawn(shape)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image href="data:image/jpeg;base64,{picture}" width="{width}" height="{height}"/>'
        f"{_draw_at(shapes, to_picture, max(width, height)) if shapes else ''}</svg>"
    )


def _draw_at(shapes: Sequence[Coordinates], place: Affine, length: float) -> str:
    """Lines are as wide in a picture of any size: `length` is that of its longer side."""
    drawn = _transformed(shapes, place, length)
    length /= _scale(place)
    return (
        f"<style>.under,.over{{fill:none}}.under{{stroke:#000;stroke-width:{UNDER_WIDTH * length:.6g}}}"
        f".over{{stroke:#ffd60a;stroke-width:{OVER_WIDTH * length:.6g}}}</style>"
        f"{drawn}"
    )


def _transformed(shapes: Sequence[Coordinates], place: Affine, length: float, style: str = "") -> str:
    """The regions where `place` takes them, in a picture whose longer side is `length`."""
    radius = POINT_RADIUS * length / _scale(place)
    drawn = "".join(element for shape in shapes for element in _elements(shape, radius, style))
    matrix = " ".join(f"{value:.6g}" for value in (place.a, place.d, place.b, place.e, place.c, place.f))
    return f'<g transform="matrix({matrix})">{drawn}</g>'


def _scale(place: Affine) -> float:
    return math.sqrt(abs(place.a * place.e - place.b * place.d))


def _can_be_drawn(shape: Coordinates) -> bool:
    is_sound = all(len(point) == 2 and all(abs(number) < _FARTHEST for number in point) for point in shape.points)
    return is_sound and len(shape.points) in _NUMBERS_OF_POINTS.get(shape.graphic_type, ())


_MOST_POINTS = 100_000
_NUMBERS_OF_POINTS = {
    "POINT": range(1, 2),
    "MULTIPOINT": range(1, _MOST_POINTS),
    "POLYLINE": range(2, _MOST_POINTS),
    "CIRCLE": range(2, 3),
    "ELLIPSE": range(4, 5),
}
"""How many points each graphic type takes."""


def _elements(shape: Coordinates, radius: float, style: str) -> Iterator[str]:
    """Each line twice: dark under light, to be seen on any image."""
    for element in _outlines(shape, radius):
        yield f'<{element}{style} class="under"/><{element}{style} class="over"/>'


def _outlines(shape: Coordinates, radius: float) -> Iterator[str]:
    points = shape.points
    match shape.graphic_type:
        case "POLYLINE":
            path = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
            yield f'polyline points="{path}"'
        case "CIRCLE":
            yield _circle(points[0], math.dist(points[0], points[1]))
        case "ELLIPSE":
            yield _ellipse(points)
        case _:
            yield from (_circle(point, radius) for point in points)


def _circle(center: tuple[float, ...], radius: float) -> str:
    return f'circle cx="{_number(center[0])}" cy="{_number(center[1])}" r="{_number(radius)}"'


def _ellipse(points: tuple[tuple[float, ...], ...]) -> str:
    """The ends of the major axis, then those of the minor axis."""
    first, second, third, fourth = points
    x, y = (first[0] + second[0]) / 2, (first[1] + second[1]) / 2
    angle = math.degrees(math.atan2(second[1] - first[1], second[0] - first[0]))
    major, minor = math.dist(first, second) / 2, math.dist(third, fourth) / 2
    turn = f"rotate({_number(angle)} {_number(x)} {_number(y)})"
    return f'ellipse cx="{_number(x)}" cy="{_number(y)}" rx="{_number(major)}" ry="{_number(minor)}" transform="{turn}"'


def _surroundings(shapes: list[Coordinates]) -> Box:
    """Left, top, width and height of what is shown."""
    boxes = [_bounds(shape) for shape in shapes]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    margin = max(LEAST_MARGIN, MARGIN * max(right - left, bottom - top))
    return left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin


def _bounds(shape: Coordinates) -> Box:
    """Left, top, right and bottom."""
    columns, rows = zip(*shape.points, strict=True)
    if shape.graphic_type == "CIRCLE":
        (x, y), radius = shape.points[0], math.dist(shape.points[0], shape.points[1])
        return x - radius, y - radius, x + radius, y + radius
    return min(columns), min(rows), max(columns), max(rows)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
