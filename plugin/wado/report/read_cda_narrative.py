"""The narrative of one section of a CDA document as blocks (HL7 CDA Release 2, NarrativeBlock.xsd)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from wado.report.outline import DEEPEST_INDENTATION, Block, Bullets, Kind, Paragraph, Run, Runs, Table, text_of
from wado.report.read_text import legible

_SPACE = re.compile(r"[ \t\r\n]+")
_FOLLOWED = re.compile(r"https?://", re.IGNORECASE)
"""Links that are links on the page too: of others only the words are shown."""

_SUPERSCRIPTS = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")
_SCRIPTS = {"sup": (_SUPERSCRIPTS, "^"), "sub": (_SUBSCRIPTS, "_")}
"""10 to the power of 6 must not become 106."""

MOST_COLUMNS = 500
MOST_CELLS = 200_000

MEDIUM = "[a picture or other medium, which is not shown here]"
_CELL_BREAKS = frozenset({"paragraph", "list", "item", "table", "tr"})
"""Elements that begin a line of their own within a cell."""


@dataclass(slots=True)
class _Cell:
    runs: Runs
    columns: int
    rows: int
    is_heading: bool


@dataclass(slots=True)
class _Table:
    """A table while it is read: the cells of its rows as they are written, and which rows are headings."""

    caption: Runs = ()
    rows: list[list[_Cell]] = field(default_factory=list)
    headings: list[bool] = field(default_factory=list)
    is_head: bool = False
    cell: dict[str, str] | None = None
    is_heading_cell: bool = False
    inner: int = 0


@dataclass(slots=True)
class _List:
    is_ordered: bool
    count: int = 0


class Narrative:
    """Handlers for the elements and the text within `text`; the parser bounds how deep they nest."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._runs: list[Run] = []
        self._kinds: list[Kind] = [Kind.VALUE]
        self._closings: list[str] = []
        self._lists: list[_List] = []
        self._table: _Table | None = None
        self._script: list[str] | None = None
        self._url = ""

    def finish(self) -> list[Block]:
        self._flush()
        return self._blocks

    def start(self, name: str, attributes: dict[str, str]) -> None:
        closing = ""
        if name in _SCRIPTS:
            self._script = []
        elif name == "content" and "Bold" in attributes.get("styleCode", ""):
            self._kinds.append(Kind.LABEL)
            closing = "kind"
        elif name == "content" and attributes.get("revised") == "delete":
            self._say("[deleted: ", Kind.NOTE)
            closing = "]"
        elif name == "footnote":
            self._say(" [")
            closing = "]"
        elif name == "linkHtml":
            href = attributes.get("href", "")
            self._url = href if _FOLLOWED.match(href) else ""
        elif name == "renderMultiMedia":
            self._say(MEDIUM, Kind.NOTE)
        elif name == "br":
            self._say("\n")
        elif self._table is not None:
            self._start_in_table(self._table, name, attributes)
        else:
            self._start_block(name, attributes)
        self._closings.append(closing)

    def end(self, name: str) -> None:
        closing = self._closings.pop()
        if name in _SCRIPTS:
            table, mark = _SCRIPTS[name]
            text = "".join(self._script or ()).strip()
            raised = text.translate(table)
            self._script = None
            is_shown = not set(raised) & set(text) - {" "}
            self._say(raised if is_shown else f"{mark}({text})")
        elif closing == "kind":
            self._kinds.pop()
        elif closing:
            self._say(closing)
        elif name == "linkHtml":
            self._url = ""
        elif self._table is not None:
            self._end_in_table(self._table, name)
        else:
            self._end_block(name)

    def data(self, text: str) -> None:
        if self._script is not None:
            self._script.append(text)
            return
        if self._table is not None and self._table.cell is None and not self._is_in_caption():
            return  # white space between rows
        text = _SPACE.sub(" ", text)
        if not self._runs or self._runs[-1].text[-1:] in ("\n", " "):
            text = text.lstrip(" ")
        self._say(text)

    def _is_in_caption(self) -> bool:
        return self._kinds[-1] == Kind.LABEL and len(self._kinds) > 1

    def _say(self, text: str, kind: Kind | None = None) -> None:
        if text:
            self._runs.append(Run(legible(text), kind or self._kinds[-1], url=self._url))

    def _start_block(self, name: str, attributes: dict[str, str]) -> None:
        if name not in ("paragraph", "list", "item", "table", "caption"):
            return
        self._flush()
        if name == "list":
            self._lists.append(_List(attributes.get("listType") == "ordered"))
        elif name == "item" and self._lists:
            self._lists[-1].count += 1
            if self._lists[-1].is_ordered:
                self._say(f"{self._lists[-1].count}. ", Kind.PLAIN)
        elif name == "table":
            self._table = _Table()
        elif name == "caption":
            self._kinds.append(Kind.LABEL)

    def _end_block(self, name: str) -> None:
        if name == "caption":
            self._kinds.pop()
        if name in ("paragraph", "list", "item", "caption"):
            self._flush()
        if name == "list" and self._lists:
            self._lists.pop()

    def _flush(self) -> None:
        runs = _stripped(self._runs)
        self._runs = []
        if not runs:
            return
        if not self._lists:
            self._blocks.append(Paragraph(runs))
            return
        depth = min(DEEPEST_INDENTATION, len(self._lists) - 1)
        last = self._blocks[-1] if self._blocks else None
        if isinstance(last, Bullets) and last.depth == depth:
            self._blocks[-1] = Bullets((*last.points, runs), depth)
        else:
            self._blocks.append(Bullets((runs,), depth))

    def _start_in_table(self, table: _Table, name: str, attributes: dict[str, str]) -> None:
        if table.cell is not None:
            if name in _CELL_BREAKS and self._runs and self._runs[-1].text != "\n":
                self._say("\n")
            table.inner += name == "table"
        elif name == "caption":
            self._kinds.append(Kind.LABEL)
        elif name == "thead":
            table.is_head = True
        elif name == "tr":
            table.rows.append([])
            table.headings.append(table.is_head)
        elif name in ("td", "th") and table.rows:
            table.cell, table.is_heading_cell = attributes, name == "th"

    def _end_in_table(self, table: _Table, name: str) -> None:
        if table.inner:
            table.inner -= name == "table"
        elif name in ("td", "th") and table.cell is not None:
            columns, rows = (_span(table.cell.get(span, "")) for span in ("colspan", "rowspan"))
            table.rows[-1].append(_Cell(_stripped(self._runs), columns, rows, table.is_heading_cell))
            self._runs, table.cell = [], None
        elif name == "caption" and table.cell is None:
            self._kinds.pop()
            table.caption = _stripped(self._runs)
            self._runs = []
        elif name == "thead":
            table.is_head = False
        elif name == "table":
            self._blocks.append(_lay_out(table, min(DEEPEST_INDENTATION, len(self._lists))))
            self._table = None


def _span(text: str) -> int:
    return max(1, min(MOST_COLUMNS, int(text))) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _stripped(runs: Sequence[Run]) -> Runs:
    """Without white space at the start and the end; none if there is nothing else."""
    kept = list(runs)
    while kept and not kept[-1].text.strip():
        kept.pop()
    while kept and not kept[0].text.strip():
        del kept[0]
    return tuple(kept)


def _lay_out(table: _Table, depth: int) -> Table:
    """Cells in the columns that they belong to, as those above and before them span several."""
    grid: dict[tuple[int, int], Runs] = {}
    first_is_heading: list[bool] = []
    width = 0
    for row, cells in enumerate(table.rows):
        column = 0
        for index, cell in enumerate(cells):
            while (row, column) in grid:
                column += 1
            spanned = [
                (row + down, column + right)
                for down in range(min(cell.rows, len(table.rows) - row))
                for right in range(cell.columns)
            ]
            if len(grid) + len(spanned) > MOST_CELLS or column + cell.columns > MOST_COLUMNS:
                spanned = [(row, column)]
            grid.update(dict.fromkeys(spanned, ()))
            grid[row, column] = cell.runs
            width = max(width, column + 1, *(right + 1 for _, right in spanned))
            if index == 0 and not table.headings[row]:
                first_is_heading.append(cell.is_heading)
            column += 1
    lines = [tuple(grid.get((row, column), ()) for column in range(width)) for row in range(len(table.rows))]
    headings = [line for line, is_heading in zip(lines, table.headings, strict=True) if is_heading]
    return Table(
        caption=table.caption,
        columns=tuple(_joined(column) for column in zip(*headings, strict=True)) if headings else ((),) * width,
        rows=tuple(line for line, is_heading in zip(lines, table.headings, strict=True) if not is_heading),
        depth=depth,
        has_row_headings=bool(first_is_heading) and all(first_is_heading),
    )


def _joined(cells: Sequence[Runs]) -> Runs:
    """The headings of a column, one below the other."""
    runs: list[Run] = []
    for cell in cells:
        if text_of(cell):
            runs += ((Run("\n"),) if runs else ()) + cell
    return tuple(runs)
