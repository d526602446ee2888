"""Where each line of an annotation goes: nothing clipped, nothing over anything else, what matters first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from wado.annotation.flow import Flow, Room, flow, flow_shortened
from wado.annotation.model import Annotation, EdgeLetters, Line
from wado.annotation.wrapping import Block, Placed, Written, ellipsis_of, fit, height_of, unwrapped, width_of

SIZE_TO_SIDE = 1 / 40
"""Of the font to the picture's shorter side."""
SMALLEST_WANTED_SIZE = 12
LARGEST_SIZE = 200
SMALLEST_SIZE = 9
SIZE_STEP = 0.88
NARROWEST_CORNERS = 14
"""Letters' sizes that a page must be wide for two columns; words would be torn to syllables in a narrower one."""
TINY_SIZES = (8, 7)
"""For pictures in which who it is has no room otherwise. Capitals are five pixels high in the smallest."""
NARROWEST_FLOW = 3
"""Letters' sizes that a page must be wide at all: some five characters."""
_ENDLESS = 1 << 30


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`left_out` counts the lines of the annotation that are missing or shortened; the edges' letters count as one.

    `is_nothing` tells that all of it is missing.
    """

    lines: tuple[Placed, ...]
    left_out: int = 0
    is_nothing: bool = False


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


@lru_cache(maxsize=256)
def arrange(annotation: Annotation, rows: int, columns: int) -> Arrangement:
    """In the corners, in the largest size in which all has room; else in the smallest, and less of it.

    Where there is no room for what must not be left out, an ellipsis stands for all of it.
    """
    return find_arrangement(annotation, rows, columns) or _arrange_nothing(annotation, rows, columns)


def find_arrangement(annotation: Annotation, rows: int, columns: int) -> Arrangement | None:
    """The first that has room: all; as much as has room in the smallest size; who it is, in tiny letters."""
    if annotation == Annotation():
        return Arrangement(())
    pages = [Page(rows, columns, size) for size in sizes_for(rows, columns)]
    for page in pages:
        whole = _arrange_in_corners(annotation, page)
        if whole and not whole.left_out:
            return whole
    most = (_arrange_in_corners(annotation, pages[-1]), _arrange_in_flow(annotation, pages[-1], is_torn=False))
    found = [arrangement for arrangement in most if arrangement]
    if found:
        return min(found, key=lambda arrangement: arrangement.left_out)
    return next(filter(None, _arrange_in_tiny_letters(annotation, pages[-1])), None)


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


def _arrange_in_corners(annotation: Annotation, page: Page) -> Arrangement | None:
    letters = _letters(annotation.edges, page)
    if page.columns < NARROWEST_CORNERS * page.size or not _have_room(letters, page):
        return None
    tops = _share_width(annotation.top_left, annotation.top_right, letters.top, page)
    bottoms = _share_width(annotation.bottom_left, annotation.bottom_right, letters.bottom, page)
    placed, left_out = _place_letters(letters, page), 0
    for top, bottom, edge, is_right in zip(tops, bottoms, (letters.left, letters.right), (False, True), strict=True):
        blocks = _share_height(top, bottom, height_of(edge), page)
        if blocks is None:
            return None
        for block, is_bottom in zip(blocks, (False, True), strict=True):
            placed += _place_block(block.lines, page, is_right=is_right, is_bottom=is_bottom)
            left_out += block.left_out
    return Arrangement(tuple(placed), left_out)


def _arrange_in_flow(annotation: Annotation, page: Page, *, is_torn: bool) -> Arrangement | None:
    """For a picture so small that corners would be of no use: what matters most first, between the letters."""
    letters = _letters(annotation.edges, page)
    if not _have_room(letters, page):
        return None
    sides = max(width_of(letters.left), width_of(letters.right))
    column = sides + (page.gap // 2 if sides else 0)
    row = max(height_of(letters.top), height_of(letters.bottom))
    room = Room(page.width - 2 * column, page.height - 2 * row, page.gap, page.size)
    if not annotation.lines:
        return Arrangement(tuple(_place_letters(letters, page)))
    found = flow(annotation.lines, room, is_torn=is_torn) if _is_wide_enough(room) else None
    return _moved(found, page.margin + column, page.margin + row, _place_letters(letters, page), 0)


def _arrange_in_tiny_letters(annotation: Annotation, smallest: Page) -> Iterator[Arrangement | None]:
    """With words torn if need be; in the end without the letters at the edges, and with names cut short."""
    tiny = [replace(smallest, size=size) for size in TINY_SIZES]
    yield from (_arrange_in_flow(annotation, page, is_torn=False) for page in tiny)
    yield from (_arrange_in_flow(annotation, page, is_torn=True) for page in (smallest, *tiny))
    page = tiny[-1]
    room = Room(page.width, page.height, page.gap, page.size)
    if _is_wide_enough(room):
        has_letters = annotation.edges != EdgeLetters()
        for found in (
            flow(annotation.lines, room, is_ended=has_letters),
            flow_shortened(annotation.lines, room),
        ):
            yield _moved(found, page.margin, page.margin, [], int(has_letters))


def _moved(found: Flow | None, column: int, row: int, letters: list[Placed], left_out: int) -> Arrangement | None:
    if found is None:
        return None
    lines = (replace(line, column=line.column + column, row=line.row + row) for line in found.placed)
    return Arrangement((*lines, *letters), found.left_out + left_out)


def _is_wide_enough(room: Room) -> bool:
    return room.width >= NARROWEST_FLOW * room.size


def _arrange_nothing(annotation: Annotation, rows: int, columns: int) -> Arrangement:
    """An ellipsis at the lower left, if even that has room: the picture shall not seem to have nothing to say."""
    page = Page(rows, columns, TINY_SIZES[-1])
    ellipsis = ellipsis_of(page.size)
    has_room = ellipsis.width <= page.width and ellipsis.height <= page.height
    placed = _place_block([ellipsis], page, is_right=False, is_bottom=True) if has_room else []
    left_out = len(annotation.lines) + (annotation.edges != EdgeLetters())
    return Arrangement(tuple(placed), left_out, is_nothing=True)


def _share_width(
    left: Sequence[Line], right: Sequence[Line], letters: list[Written], page: Page
) -> tuple[tuple[Sequence[Line], int], tuple[Sequence[Line], int]]:
    """Two neighbours, and how wide each may be."""
    wanted = [width_of(unwrapped(lines, page.size)) for lines in (left, right)]
    limits = share(page.width, wanted[0], wanted[1], width_of(letters), page.gap)
    return (left, limits[0]), (right, limits[1])


def _share_height(
    top: tuple[Sequence[Line], int], bottom: tuple[Sequence[Line], int], between: int, page: Page
) -> tuple[Block, Block] | None:
    """The lines of two corners one above the other, each with the width that it has."""
    wanted = [fit(lines, page.size, width, _ENDLESS) for lines, width in (top, bottom)]
    if wanted[0] is None or wanted[1] is None:
        return None
    limits = share(page.height, height_of(wanted[0].lines), height_of(wanted[1].lines), between, page.gap // 2)
    first, second = (
        fit(lines, page.size, width, limit) for (lines, width), limit in zip((top, bottom), limits, strict=True)
    )
    return None if first is None or second is None else (first, second)


def _letters(edges: EdgeLetters, page: Page) -> Letters:
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


def _place_letters(letters: Letters, page: Page) -> list[Placed]:
    placed = []
    for lines, column, row in (
        (letters.left, 0.0, 0.5),
        (letters.right, 1.0, 0.5),
        (letters.top, 0.5, 0.0),
        (letters.bottom, 0.5, 1.0),
    ):
        for line in lines:
            free_columns, free_rows = page.width - line.width, page.height - line.height
            left, top = page.margin + round(column * free_columns), page.margin + round(row * free_rows)
            placed.append(Placed(line, left, top))
    return placed


def _place_block(lines: list[Written], page: Page, *, is_right: bool, is_bottom: bool) -> list[Placed]:
    row = page.rows - page.margin - height_of(lines) if is_bottom else page.margin
    placed = []
    for line in lines:
        column = page.columns - page.margin - line.width if is_right else page.margin
        placed.append(Placed(line, column, row))
        row += line.height
    return placed
