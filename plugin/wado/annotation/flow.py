"""An annotation for small pictures: line after line like the words of a paragraph, what matters most first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from wado.annotation.model import Line, Rank
from wado.annotation.wrapping import Placed, Written, ellipsis_of, shorten, wrap_or_leave_out

Item = list[Written]
"""The parts of one line of the annotation, in the order of reading."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What has its place, from the column 0 and the row 0 on, and how many lines are missing or shortened."""

    placed: list[Placed]
    left_out: int


@dataclass(frozen=True, slots=True)
class Room:
    """What a paragraph is written in: width, height, the gap between two lines, the font's size; all in pixels."""

    width: int
    height: int
    gap: int
    size: int


def flow(lines: Sequence[Line], room: Room, *, is_ended: bool = False, is_torn: bool = True) -> Flow | None:
    """As many lines as there is room for; none if there is none for identity or markers, or for any line at all.

    An ellipsis ends it where a line is missing, or where something else is (`is_ended`). Words of who it is go on in
    the next line if they may be torn (`is_torn`).
    """
    ordered = sorted(lines, key=lambda line: line.rank)
    items = [
        wrap_or_leave_out(line, room.size, room.width, is_torn=is_torn or line.rank != Rank.IDENTITY)
        for line in ordered
    ]
    whole = [item for item in items if item]
    if len(whole) == len(items) and not is_ended:
        placed = place(whole, room)
        if placed is not None:
            return Flow(placed, 0)
    kept: list[Item] = []
    ellipsis = [ellipsis_of(room.size)]
    for line, item in zip(ordered, items, strict=True):
        if item and place([*kept, item, ellipsis], room) is not None:
            kept.append(item)
        elif line.rank <= Rank.MARKER:
            return None
    placed = place([*kept, ellipsis], room) if kept else None
    return None if placed is None else Flow(placed, len(items) - len(kept))


def flow_shortened(lines: Sequence[Line], room: Room) -> Flow | None:
    """Who it is alone, cut short: the name before the identifier; none if too little is left of them.

    Markers are whole; where there are no identifying lines, there is none.
    """
    needed = sorted((line for line in lines if line.rank <= Rank.MARKER), key=lambda line: line.rank)
    items = [wrap_or_leave_out(line, room.size, room.width) for line in needed]
    whole = [item for item in items if item]
    if len(whole) < len(items) or not whole or needed[0].rank != Rank.IDENTITY:
        return None
    for cut in _shortenings(whole, room):
        placed = place(cut, room)
        if placed is not None:
            shortened = sum(one != other for one, other in zip(cut, whole, strict=True))
            return Flow(placed, len(lines) - len(needed) + shortened)
    return None


def place(items: Sequence[Item], room: Room) -> list[Placed] | None:
    """Each line beside the one before if it has room there as a whole, else below; none if the height ends first."""
    rows: list[list[Written]] = []
    column = 0
    for item in items:
        beside = column + room.gap + item[0].width
        if rows and len(item) == 1 and beside <= room.width:
            rows[-1].append(item[0])
            column = beside
        else:
            rows += [[part] for part in item]
            column = item[-1].width
    if sum(map(_height, rows)) > room.height:
        return None
    return list(_placed(rows, room.gap))


def _shortenings(items: list[Item], room: Room) -> Iterator[list[Item]]:
    """From the whole on, what comes first being shortened first; what is shortened ends in an ellipsis."""
    most = room.height // room.size + 1
    counts = [range(min(len(item), most), 0, -1) if item[0].rank == Rank.IDENTITY else (len(item),) for item in items]
    for reversed_counts in product(*reversed(counts)):
        cut = [shorten(item, count, room.width) for item, count in zip(items, reversed(reversed_counts), strict=True)]
        complete = [item for item in cut if item]
        if len(complete) == len(items):
            yield complete


def _placed(rows: list[list[Written]], gap: int) -> Iterator[Placed]:
    row = 0
    for lines in rows:
        column, ascent = 0, max(line.ascent for line in lines)
        for line in lines:
            yield Placed(line, column, row + ascent - line.ascent)
            column += line.width + gap
        row += _height(lines)


def _height(lines: list[Written]) -> int:
    return max(line.ascent for line in lines) + max(line.descent for line in lines)
