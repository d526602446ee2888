"""Where each line of an annotation goes: nothing clipped, nothing over anything else, what matters first."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from wado.annotation.model import Annotation, Line, Rank
from wado.annotation.wrapping import (
    TooNarrow,
    Written,
    drop_details,
    drop_last,
    height_of,
    unwrapped,
    width_of,
    wrap,
)
from wado.errors import BadRequest

SIZE_TO_SIDE = 1 / 40
"""Of the font to the picture's shorter side."""
SMALLEST_WANTED_SIZE = 12
LARGEST_SIZE = 200
SMALLEST_SIZE = 9
SIZE_STEP = 0.88
NARROWEST_CORNERS = 14
"""Letters' sizes that a page must be wide for two columns; words would be torn to syllables in a narrower one."""
TINY_SIZE = 8
"""For pictures in which nothing can be written but in one column."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line at its place: the first column and row of its box."""

    line: Written
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Page:
    """The picture to write on, and the font's size to write in, in pixels."""

    rows: int
    columns: int
    size: int

    @property
    def margin(self) -> int:
        """Free around the edges, and wide enough for the outline of the letters."""
        return max(2, self.size // 3)

    @property
    def gap(self) -> int:
        """Free between neighbours."""
        return self.size

    @property
    def height(self) -> int:
        return self.rows - 2 * self.margin

    @property
    def width(self) -> int:
        return self.columns - 2 * self.margin


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters at the edges; an edge without any has none."""

    left: list[Written]
    right: list[Written]
    top: list[Written]
    bottom: list[Written]


Arrangement = list[Placed]
Shorten = Callable[[list[Written], int], list[Written] | None]
"""As many of the lines as a height holds, with an ellipsis for the others; none if that would be too few."""
ArrangeOn = Callable[[Annotation, Letters, Page, Shorten], Arrangement | None]


def arrange(annotation: Annotation, rows: int, columns: int) -> Arrangement:
    """In the corners, in the largest size in which all has room; else in the smallest, and less of it.

    Raises `BadRequest` where there is no room for what must not be left out.
    """
    pages = [Page(rows, columns, size) for size in sizes_for(rows, columns)]
    smallest, tiny = pages[-1], Page(rows, columns, TINY_SIZE)
    attempts: list[tuple[Page, ArrangeOn, Shorten]] = [(page, _arrange_in_corners, _all_or_none) for page in pages]
    attempts += [
        (smallest, _arrange_in_corners, drop_details),
        (smallest, _arrange_in_one_column, partial(drop_last, whole=Rank.IDENTITY)),
        (tiny, _arrange_in_one_column, partial(drop_last, whole=Rank.IDENTITY)),
        (tiny, _arrange_in_one_column, partial(drop_last, whole=Rank.MARKER)),
    ]
    for page, arrange_on, shorten in attempts:
        arrangement = _attempt(arrange_on, annotation, page, shorten)
        if arrangement is not None:
            return arrangement
    message = f"a picture of {rows} rows and {columns} columns has no room for it"
    raise BadRequest(message, parameter="annotation", clause="8.2.1")


def sizes_for(rows: int, columns: int) -> list[int]:
    """The font's sizes to try, in pixels, the largest first."""
    wanted = round(min(max(min(rows, columns) * SIZE_TO_SIDE, SMALLEST_WANTED_SIZE), LARGEST_SIZE))
    smallest = max(SMALLEST_SIZE, wanted // 2)
    steps = math.ceil(math.log(smallest / wanted, SIZE_STEP))
    return [max(smallest, round(wanted * SIZE_STEP**step)) for step in range(steps + 1)]


def share(available: int, first: int, second: int, between: int, gap: int) -> tuple[int, int]:
    """Room for two neighbours that would like to have so much: half each, and what the other one leaves.

    What lies `between` them lies in the middle.
    """
    if between:
        half = (available - between) // 2 - gap
        return half, half
    available -= gap if first and second else 0
    half = (available + 1) // 2
    return available - min(second, max(half, available - first)), available - min(first, max(half, available - second))


def _attempt(arrange_on: ArrangeOn, annotation: Annotation, page: Page, shorten: Shorten) -> Arrangement | None:
    letters = _letters(annotation, page)
    if not _have_room(letters, page):
        return None
    try:
        arrangement = arrange_on(annotation, letters, page, shorten)
    except TooNarrow:
        return None
    return None if arrangement is None else arrangement + _place_letters(letters, page)


def _arrange_in_corners(annotation: Annotation, letters: Letters, page: Page, shorten: Shorten) -> Arrangement | None:
    if page.columns < NARROWEST_CORNERS * page.size:
        return None
    tops = _wrap_neighbours(annotation.top_left, annotation.top_right, letters.top, page)
    bottoms = _wrap_neighbours(annotation.bottom_left, annotation.bottom_right, letters.bottom, page)
    arrangement: Arrangement = []
    for top, bottom, edge, is_right in zip(tops, bottoms, (letters.left, letters.right), (False, True), strict=True):
        limits = share(page.height, height_of(top), height_of(bottom), height_of(edge), page.gap // 2)
        for lines, limit, is_bottom in ((top, limits[0], False), (bottom, limits[1], True)):
            shortened = shorten(lines, limit)
            if shortened is None:
                return None
            arrangement += _place_block(shortened, page, is_right=is_right, is_bottom=is_bottom)
    return arrangement


def _arrange_in_one_column(
    annotation: Annotation, letters: Letters, page: Page, shorten: Shorten
) -> Arrangement | None:
    """For a picture so small that corners would be of no use: what matters most first, between the letters."""
    sides = 2 * max(width_of(letters.left), width_of(letters.right))
    ends = 2 * max(height_of(letters.top), height_of(letters.bottom))
    inner = Page(page.rows, page.columns - sides - (page.gap // 2 if sides else 0), page.size)
    lines = wrap(sorted(annotation.lines, key=lambda line: line.rank), page.size, inner.width)
    shortened = shorten(lines, page.height - ends)
    if shortened is None:
        return None
    shift = (page.columns - inner.columns) // 2
    return [
        Placed(placed.line, placed.column + shift, placed.row + ends // 2)
        for placed in _place_block(shortened, inner, is_right=False, is_bottom=False)
    ]


def _all_or_none(lines: list[Written], height: int) -> list[Written] | None:
    return lines if not lines or height_of(lines) <= height else None


def _wrap_neighbours(
    left: Sequence[Line], right: Sequence[Line], letters: list[Written], page: Page
) -> tuple[list[Written], list[Written]]:
    wanted = [width_of(unwrapped(lines, page.size)) for lines in (left, right)]
    limits = share(page.width, wanted[0], wanted[1], width_of(letters), page.gap)
    return wrap(left, page.size, limits[0]), wrap(right, page.size, limits[1])


def _letters(annotation: Annotation, page: Page) -> Letters:
    edges = annotation.edges
    left, right, top, bottom = (
        unwrapped([Line(letters)] if letters else [], page.size)
        for letters in (edges.left, edges.right, edges.top, edges.bottom)
    )
    return Letters(left, right, top, bottom)


def _have_room(letters: Letters, page: Page) -> bool:
    middle, ends = [*letters.left, *letters.right], [*letters.top, *letters.bottom]
    width = sum(line.width for line in middle) + width_of(ends)
    height = sum(line.height for line in ends) + max((line.height for line in middle), default=0)
    return width <= page.width and height <= page.height


def _place_letters(letters: Letters, page: Page) -> Arrangement:
    arrangement = []
    for lines, column, row in (
        (letters.left, 0.0, 0.5),
        (letters.right, 1.0, 0.5),
        (letters.top, 0.5, 0.0),
        (letters.bottom, 0.5, 1.0),
    ):
        for line in lines:
            free_columns, free_rows = page.width - line.width, page.height - line.height
            left, top = page.margin + round(column * free_columns), page.margin + round(row * free_rows)
            arrangement.append(Placed(line, left, top))
    return arrangement


def _place_block(lines: list[Written], page: Page, *, is_right: bool, is_bottom: bool) -> Arrangement:
    row = page.rows - page.margin - height_of(lines) if is_bottom else page.margin
    arrangement = []
    for line in lines:
        column = page.columns - page.margin - line.width if is_right else page.margin
        arrangement.append(Placed(line, column, row))
        row += line.height
    return arrangement
