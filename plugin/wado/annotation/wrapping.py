"""Lines cut to a width, and as many of them as a height holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wado.annotation.fonts import split_into_clusters
from wado.annotation.model import ELLIPSIS, Line, Rank
from wado.annotation.text import LEFT_TO_RIGHT, direction_of_text, measure

ASCENT = 0.88
DESCENT = 0.24
"""Of a line to the font's size; marks above or below marks make a line higher."""


class TooNarrow(Exception):
    """Not even one character has room, or an ellipsis for it, or a marker's word as a whole."""


@dataclass(frozen=True, slots=True)
class Written:
    """A line after wrapping, in pixels of a size."""

    text: str
    direction: str
    size: int
    rank: Rank

    @property
    def width(self) -> int:
        return measure(self.text, self.size, self.direction).width

    @property
    def ascent(self) -> int:
        return max(measure(self.text, self.size, self.direction).ascent, math.ceil(ASCENT * self.size))

    @property
    def height(self) -> int:
        descent = measure(self.text, self.size, self.direction).descent
        return self.ascent + max(descent, math.ceil(DESCENT * self.size))


def unwrapped(lines: Sequence[Line], size: int) -> list[Written]:
    return [Written(line.text, direction_of_text(line.text), size, line.rank) for line in lines]


def wrap(lines: Sequence[Line], size: int, width: int) -> list[Written]:
    """Raises `TooNarrow`."""
    lines_to_wrap = unwrapped(lines, size)
    if lines_to_wrap and ellipsis_for(lines_to_wrap).width > width:
        raise TooNarrow
    return [part for line in lines_to_wrap for part in _wrap_line(line, width)]


def width_of(lines: Sequence[Written]) -> int:
    return max((line.width for line in lines), default=0)


def height_of(lines: Sequence[Written]) -> int:
    return sum(line.height for line in lines)


def drop_details(lines: list[Written], height: int) -> list[Written] | None:
    """The lines with an ellipsis for the details that have no room; none if more than details has none."""
    if not lines or height_of(lines) <= height:
        return lines
    ellipsis = ellipsis_for(lines)
    room, kept = height - ellipsis.height, set[int]()
    if room < 0:
        return None
    for index in sorted(range(len(lines)), key=lambda index: lines[index].rank):
        room -= lines[index].height
        if room < 0:
            break
        kept.add(index)
    if any(index not in kept and line.rank < Rank.DETAIL for index, line in enumerate(lines)):
        return None
    return [line for index, line in enumerate(lines) if index in kept] + [ellipsis]


def drop_last(lines: list[Written], height: int, whole: Rank) -> list[Written] | None:
    """The first lines and an ellipsis; none if what ranks as `whole` or before has no room.

    Where that leaves out who it is, the first line of it must have room.
    """
    if height_of(lines) <= height:
        return lines
    ellipsis = ellipsis_for(lines)
    if ellipsis.height > height:
        return None
    kept: list[Written] = []
    while height_of(kept) + lines[len(kept)].height + ellipsis.height <= height:
        kept.append(lines[len(kept)])
    left_out = {line.rank for line in lines[len(kept) :]}
    if any(rank <= whole for rank in left_out):
        return None
    if Rank.IDENTITY in left_out and all(line.rank != Rank.IDENTITY for line in kept):
        return None
    return [*kept, ellipsis]


def ellipsis_for(lines: Sequence[Written]) -> Written:
    return Written(ELLIPSIS, LEFT_TO_RIGHT, lines[0].size, Rank.DETAIL)


def _wrap_line(line: Written, width: int) -> list[Written]:
    if line.width <= width:
        return [line]
    parts, current = [], ""
    for word in line.text.split(" "):
        longer = f"{current} {word}" if current else word
        if _fits(longer, line, width):
            current = longer
            continue
        parts.append(current)
        *full, current = _split_word(word, line, width)
        parts += full
    return [Written(part, line.direction, line.size, line.rank) for part in [*parts, current] if part]


def _split_word(word: str, line: Written, width: int) -> list[str]:
    if line.rank == Rank.MARKER and not _fits(word, line, width):
        raise TooNarrow
    parts = [""]
    for cluster in split_into_clusters(word):
        if _fits(parts[-1] + cluster, line, width):
            parts[-1] += cluster
        elif parts[-1] and _fits(cluster, line, width):
            parts.append(cluster)
        else:
            raise TooNarrow
    return parts


def _fits(text: str, line: Written, width: int) -> bool:
    return measure(text, line.size, line.direction).width <= width
