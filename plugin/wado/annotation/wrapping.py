"""Lines cut to a width, and as many of them as a height holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wado.annotation.fonts import split_into_clusters
from wado.annotation.model import ELLIPSIS, NO_BREAK, Line, Rank
from wado.annotation.text import LEFT_TO_RIGHT, direction_of_text, measure, smallest_legible_size

ASCENT = 0.88
DESCENT = 0.24
"""Of a line to the font's size; marks above or below marks make a line higher."""
TIGHT = 8
"""Size up to which capitals take no more room above them than they need."""
TIGHT_ASCENT = 0.75
FEWEST_CHARACTERS = 3
"""Of a value in front of an ellipsis."""
_BREAKS = frozenset("-_/.,:;\\^")


class TooNarrow(Exception):
    """There is no room for what must not be parted: a character, a marker's word, a label and its value."""


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
        usual = ASCENT if self.size > TIGHT else TIGHT_ASCENT
        return max(measure(self.text, self.size, self.direction).ascent, math.ceil(usual * self.size))

    @property
    def descent(self) -> int:
        return max(measure(self.text, self.size, self.direction).descent, math.ceil(DESCENT * self.size))

    @property
    def height(self) -> int:
        return self.ascent + self.descent


@dataclass(frozen=True, slots=True)
class Placed:
    """A line at its place: the first column and row of its box."""

    line: Written
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Block:
    """Lines one below the other, and how many of those given are missing among them."""

    lines: list[Written]
    left_out: int


def unwrapped(lines: Sequence[Line], size: int) -> list[Written]:
    """In the size, or the smallest in which the line can be read."""
    return [
        Written(line.text, direction_of_text(line.text), max(size, smallest_legible_size(line.text)), line.rank)
        for line in lines
    ]


def wrap(line: Line, size: int, width: int, *, is_torn: bool = True) -> list[Written]:
    """Between words, after hyphens and the like, and anywhere in a word if it may be torn. Raises `TooNarrow`."""
    (whole,) = unwrapped([line], size)
    return [part_of(whole, part) for part in _cut(whole, width, is_torn=is_torn)]


def part_of(line: Written, text: str) -> Written:
    return Written(text, line.direction, line.size, line.rank)


def width_of(lines: Sequence[Written]) -> int:
    return max((line.width for line in lines), default=0)


def height_of(lines: Sequence[Written]) -> int:
    return sum(line.height for line in lines)


def ellipsis_of(size: int) -> Written:
    return Written(ELLIPSIS, LEFT_TO_RIGHT, size, Rank.DETAIL)


def fit(lines: Sequence[Line], size: int, width: int, height: int) -> Block | None:
    """Lines with an ellipsis for the details that have no room; none if more than details has none."""
    wrapped = [wrap_or_leave_out(line, size, width) for line in lines]
    whole = [part for parts in wrapped if parts for part in parts]
    if all(wrapped) and height_of(whole) <= height:
        return Block(whole, 0)
    ellipsis = ellipsis_of(size)
    room, kept = height - ellipsis.height, set[int]()
    for index in sorted(range(len(lines)), key=lambda index: lines[index].rank):
        parts = wrapped[index]
        if parts and height_of(parts) <= room:
            room -= height_of(parts)
            kept.add(index)
        elif lines[index].rank < Rank.DETAIL:
            return None
    if room < 0 or ellipsis.width > width:
        return None
    written = [part for index in sorted(kept) for part in wrapped[index] or ()]
    return Block([*written, ellipsis], len(lines) - len(kept))


def wrap_or_leave_out(line: Line, size: int, width: int, *, is_torn: bool = True) -> list[Written] | None:
    try:
        return wrap(line, size, width, is_torn=is_torn)
    except TooNarrow:
        return None


def shorten(parts: list[Written], count: int, width: int) -> list[Written] | None:
    """So many of a wrapped line's parts, the last one cut where its ellipsis has room; none if too little is left."""
    if count >= len(parts):
        return parts
    last = parts[count - 1]
    clusters = split_into_clusters(last.text)
    fewest = FEWEST_CHARACTERS + (last.text.find(NO_BREAK) + 1 if count == 1 else 0)
    for end in range(len(clusters), fewest - 1, -1):
        cut = part_of(last, "".join(clusters[:end]).rstrip() + ELLIPSIS)
        if cut.width <= width:
            return [*parts[: count - 1], cut]
    return None


def _cut(line: Written, width: int, *, is_torn: bool) -> list[str]:
    if line.width <= width:
        return [line.text]
    parts, current = [], ""
    for word in line.text.split(" "):
        longer = f"{current} {word}" if current else word
        if _fits(longer, line, width):
            current = longer
            continue
        parts.append(current)
        *full, current = _split_word(word, line, width, is_torn=is_torn)
        parts += full
    return [part for part in [*parts, current] if part]


def _split_word(word: str, line: Written, width: int, *, is_torn: bool) -> list[str]:
    """Parts of a word that is too long. A label keeps the beginning of its value; numbers are not parted."""
    if _fits(word, line, width):
        return [word]
    if line.rank == Rank.MARKER:
        raise TooNarrow
    find_break = _break_anywhere if is_torn else _break_at_hyphen
    if NO_BREAK in word and line.rank != Rank.IDENTITY:
        find_break = _break_in_date
    rest, parts = split_into_clusters(word), list[str]()
    while rest:
        room = next(count for count in range(len(rest), -1, -1) if _fits("".join(rest[:count]), line, width))
        count = room if room == len(rest) else find_break(rest, room)
        if count <= (0 if parts else word.find(NO_BREAK) + 1):
            raise TooNarrow
        parts.append("".join(rest[:count]))
        rest = rest[count:]
    return parts


def _break_in_date(clusters: list[str], room: int) -> int:
    """How many of so many clusters go up to a hyphen after a digit; 0 if there is none."""
    return next((end for end in range(room, 1, -1) if clusters[end - 1] == "-" and clusters[end - 2].isdigit()), 0)


def _break_anywhere(clusters: list[str], room: int) -> int:
    """Up to a hyphen or the like, if that is not much less; and none of these goes to the next line."""
    at_hyphen = _break_at_hyphen(clusters, room)
    before_letter = (end for end in range(room, 0, -1) if clusters[end] not in _BREAKS)
    return at_hyphen if at_hyphen > room // 2 else next(before_letter, room)


def _break_at_hyphen(clusters: list[str], room: int) -> int:
    return next((end for end in range(room, 0, -1) if clusters[end - 1] in _BREAKS), 0)


def _fits(text: str, line: Written, width: int) -> bool:
    return measure(text, line.size, line.direction).width <= width
