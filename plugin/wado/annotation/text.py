"""A line of text as a mask: runs shaped by HarfBuzz and ordered by direction, measured by their ink."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, groupby
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from wado.annotation.fonts import Run, load, split_into_runs

Mask = NDArray[np.uint8]

LEFT_TO_RIGHT = "ltr"
RIGHT_TO_LEFT = "rtl"

SMALLEST_ASCII = 7
SMALLEST_BY_CLASS = {"R": 10, "AL": 11}
"""Sizes in pixels in which digits and plain Latin, and by bidirectional class Hebrew and Arabic, are told apart."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a line's ink reaches from its origin on the baseline, in pixels."""

    left: int
    ascent: int
    right: int
    descent: int

    @property
    def width(self) -> int:
        return self.left + self.right

    @property
    def height(self) -> int:
        return self.ascent + self.descent


def direction_of_text(text: str) -> str:
    """That of its first letter that has one (Unicode Standard Annex 9, P2 and P3)."""
    for character in text:
        if _is_strong(character):
            return LEFT_TO_RIGHT if unicodedata.bidirectional(character) == "L" else RIGHT_TO_LEFT
    return LEFT_TO_RIGHT


@lru_cache(maxsize=1024)
def smallest_legible_size(text: str) -> int:
    """In pixels: digits, accents and the dots of Arabic letters are seen, the strokes of Chinese ones lie apart.

    In it, any two letters differ in some pixel by nearly a third of the way from black to white.
    """
    letters = [
        max(run.font.smallest_size, SMALLEST_BY_CLASS.get(unicodedata.bidirectional(character), 0))
        for run in split_into_runs(text)
        for character in run.text
        if character.isalpha() and not character.isascii()
    ]
    return max(letters, default=SMALLEST_ASCII)


@lru_cache(maxsize=4096)
def measure(text: str, size: int, direction: str) -> Extent:
    reaches = [(0, 0, 0, 0)]
    for run, column in _with_columns(text, size, direction):
        left, top, right, bottom = load(run.font, size).getbbox(run.text, anchor="ls", direction=direction)
        reaches.append((ceil(-left - column), ceil(-top), ceil(column + right), ceil(bottom)))
    left, ascent, right, descent = map(max, zip(*reaches, strict=True))
    return Extent(left, ascent, right, descent)


def draw_mask(text: str, size: int, direction: str) -> Mask:
    """The line's ink, 0 to 255, in an array of its extent."""
    return _draw(text, size, direction, padding=0)


def in_visual_order(runs: Sequence[Run], direction: str) -> list[Run]:
    """From left to right (Unicode Standard Annex 9, L2, as far as two directions go).

    One run alone is ordered when it is shaped. Of several fonts, each run is cut into those of one direction first.
    """
    if len(runs) == 1:
        return list(runs)
    cut = [part for run in runs for part in _cut_by_direction(run)]
    if direction == RIGHT_TO_LEFT:
        cut.reverse()
    ordered: list[Run] = []
    for its_direction, group in groupby(cut, key=lambda run: direction_of_text(run.text)):
        neighbours = list(group)
        ordered += neighbours if its_direction == direction else reversed(neighbours)
    return ordered


def _cut_by_direction(run: Run) -> list[Run]:
    """What has no direction of its own goes with what it follows."""
    parts: list[str] = []
    for character in run.text:
        if not parts or (_is_strong(character) and direction_of_text(parts[-1]) != direction_of_text(character)):
            parts.append(character)
        else:
            parts[-1] += character
    return [Run(part, run.font) for part in parts]


def _is_strong(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("L", "R", "AL")


def _draw(text: str, size: int, direction: str, *, padding: int) -> Mask:
    extent = measure(text, size, direction)
    image = Image.new("L", (max(1, extent.width + 2 * padding), max(1, extent.height + 2 * padding)))
    canvas = ImageDraw.Draw(image)
    for run, column in _with_columns(text, size, direction):
        origin = (padding + extent.left + column, padding + extent.ascent)
        canvas.text(origin, run.text, fill=255, font=load(run.font, size), anchor="ls", direction=direction)
    return np.asarray(image)


def _with_columns(text: str, size: int, direction: str) -> list[tuple[Run, float]]:
    """The runs from left to right, and where each begins."""
    runs = in_visual_order(split_into_runs(text), direction)
    lengths = (load(run.font, size).getlength(run.text, direction=direction) for run in runs[:-1])
    return list(zip(runs, accumulate(lengths, initial=0.0), strict=True))
