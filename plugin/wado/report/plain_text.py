"""An outline as plain text, laid out to be read in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wado.report.columns import pad, width_of, wrap
from wado.report.outline import (
    Block,
    Bullets,
    Entries,
    Figures,
    Heading,
    Outline,
    Paragraph,
    Run,
    Runs,
    Style,
    Table,
    text_of,
)

WIDTH = 80
INDENTATION = 2
"""Columns for each level."""

WIDEST_TERM = 30
NARROWEST_COLUMN = 8
COLUMN_SEPARATOR = " | "

_UNDERLINES = {1: "=", 2: "-"}


def write_plain_text(outline: Outline) -> str:
    lines = [*_underlined(outline.title, "=", WIDTH), ""]
    for warning in outline.warnings:
        lines += (f"*** {line}" for line in wrap(warning, WIDTH - 4))
    if outline.warnings:
        lines.append("")
    for block in outline.head:
        lines += _block(block)
    lines += ("=" * WIDTH, "")
    for block in outline.body:
        lines += _block(block)
    lines += ("=" * WIDTH, "")
    for block in outline.end:
        lines += _block(block)
    return "\n".join(lines).rstrip("\n") + "\n"


def _block(block: Block) -> Iterator[str]:
    """The lines, and an empty one behind."""
    width = WIDTH - INDENTATION * block.depth
    for line in _lines(block, width):
        yield " " * (INDENTATION * block.depth) + line if line else ""
    yield ""


def _lines(block: Block, width: int) -> Iterable[str]:
    match block:
        case Heading():
            return _underlined(_text(block.runs), _UNDERLINES.get(block.level - 1, "."), width)
        case Paragraph():
            return wrap(_text(block.runs), width) if block.style != Style.NOTE else _hanging("! ", block.runs, width)
        case Entries():
            return _entries([(_text(entry.term), _text(entry.value)) for entry in block.entries], width)
        case Bullets():
            return [line for point in block.points for line in _hanging("- ", point, width)]
        case Table():
            return _table(block, width)
        case Figures():
            return [line for figure in block.figures for line in _hanging("[] ", figure.caption, width)]


def _text(runs: Iterable[Run]) -> str:
    """With the UID of what a link leads to: nobody can follow it here."""
    return "".join(f"{run.text} {run.hint}" if run.url and run.hint else run.text for run in runs)


def _underlined(text: str, line: str, width: int) -> list[str]:
    lines = wrap(text, width)
    return [*lines, line * max(map(width_of, lines))]


def _hanging(mark: str, runs: Runs, width: int) -> list[str]:
    first, *others = wrap(_text(runs), width - len(mark))
    return [mark + first, *(" " * len(mark) + line for line in others)]


def _entries(rows: Sequence[tuple[str, str]], width: int) -> Iterator[str]:
    """Terms in a column; one that is too wide for it stands on a line of its own."""
    column = min(WIDEST_TERM, max((width_of(term) for term, _ in rows), default=0)) + 2
    for term, value in rows:
        first, *others = wrap(value, width - column)
        label = f"{term}:" if term else ""
        if width_of(label) < column:
            yield pad(label, column) + first
        else:
            yield from wrap(label, width)
            yield " " * column + first
        yield from (" " * column + line if line else "" for line in others)


def _table(table: Table, width: int) -> Iterator[str]:
    """In columns where there is room for all; else each row as a list."""
    headings = [text_of(column) for column in table.columns]
    rows = [[_text(cell) for cell in row] for row in table.rows]
    if table.caption:
        yield from wrap(_text(table.caption), width)
    widths = _column_widths([headings, *rows], width)
    if widths:
        yield from _row(headings, widths)
        yield "-+-".join("-" * column for column in widths)
        for row in rows:
            yield from _row(row, widths)
        return
    for row in rows:
        yield from _entries([pair for pair in zip(headings, row, strict=True) if pair[1]], width)
        yield ""


def _column_widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """What each column needs; less for the widest ones where that is too much; none where some would be too narrow."""
    room = width - len(COLUMN_SEPARATOR) * (len(rows[0]) - 1)
    needed = [
        max(1, *(width_of(line) for cell in cells for line in cell.split("\n"))) for cells in zip(*rows, strict=True)
    ]
    limit = min(max(needed), room)
    while sum(min(column, limit) for column in needed) > room:
        limit -= 1
        if limit < NARROWEST_COLUMN:
            return []
    return [min(column, limit) for column in needed]


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for index in range(max(map(len, wrapped))):
        parts = (
            pad(lines[index] if index < len(lines) else "", width) for lines, width in zip(wrapped, widths, strict=True)
        )
        yield COLUMN_SEPARATOR.join(parts).rstrip(" ")
