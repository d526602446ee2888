"""An outline as Rich Text Format (version 1.9.1): what word processors open, edit and print.

All of it is ASCII: every other character is written by its UTF-16 code units, `\\uN`, whatever character set the answer
is in. What follows each of them is for readers that know no Unicode: the same character in windows-1252, else `?`.
"""

from __future__ import annotations

import locale
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from wado.report.outline import (
    Block,
    Bullets,
    Entries,
    Figures,
    Heading,
    Kind,
    Outline,
    Paragraph,
    Run,
    Runs,
    Style,
    Table,
    text_of,
)

TWIPS_PER_LEVEL = 280
PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 11906, 16838, 1134
"""ISO A4 and 2 cm, in twips: 1440 to the inch."""

TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN
TERM_WIDTH = 2600
LONGEST_TERM = 24
"""Characters of a term that fit in its column."""

MOST_COLUMNS = 63
"""Word has no room for more cells in a row."""

NARROWEST_COLUMN = 500
_WIDEST_CELL = 60
"""Characters of a cell that count for the width of its column."""

_SPECIAL = re.compile("[\\\\{}\n\t]|[^\x20-\x7e]")
_ESCAPES = {"\\": "\\\\", "{": "\\{", "}": "\\}", "\n": "\\line ", "\t": "\\tab "}
_CODE_PAGE = "cp1252"

_HEADING_SIZES = {1: 36, 2: 28, 3: 25, 4: 23, 5: 22, 6: 21}
"""Half points."""

_HEAD = (
    "{\\rtf1\\ansi\\ansicpg1252\\uc1\\deff0\\deflang%d\n"
    "{\\fonttbl{\\f0\\fswiss\\fcharset0 Arial;}}\n"
    "{\\colortbl;\\red85\\green85\\blue85;\\red150\\green0\\blue0;\\red230\\green230\\blue230;}\n"
    "{\\stylesheet{\\s0 Normal;}%s}\n"
    "{\\info{\\title %s}}\n"
    "\\paperw%d\\paperh%d\\margl%d\\margr%d\\margt%d\\margb%d\\widowctrl\\fs20%s\n"
)
_KINDS = {
    Kind.PLAIN: "",
    Kind.LABEL: "\\b\\ab",
    Kind.VALUE: "",
    Kind.MUTED: "\\fs18\\afs18\\cf1",
    Kind.NOTE: "\\i\\ai",
    Kind.FOLDED: "\\fs18\\afs18\\cf1",
}
_EMBEDDINGS = {True: "\u202a", False: "\u202b"}
_END_OF_EMBEDDING = "\u202c"
"""Around a value whose direction is not that of its paragraph: 12.5 mm would become mm 12.5."""

_ENGLISH = 0x0409
_RIGHT_TO_LEFT = frozenset({"R", "AL", "RLE", "RLO", "RLI"})
_DIRECTED = _RIGHT_TO_LEFT | {"L", "LRE", "LRO", "LRI"}


def write_rtf(outline: Outline) -> str:
    styles = "".join(
        f"{{\\s{level}\\outlinelevel{level - 1}\\b\\fs{size} heading {level};}}"
        for level, size in _HEADING_SIZES.items()
    )
    language = _language_number(outline.language)
    direction = "\\rtldoc" if outline.is_right_to_left else ""
    margins = (MARGIN,) * 4
    parts = [_HEAD % (language, styles, _escape(outline.title), PAGE_WIDTH, PAGE_HEIGHT, *margins, direction)]
    writer = _Writer(outline)
    parts.append(writer.heading(Heading((Run(outline.title, item=0),), 1)))
    parts += (writer.paragraph((Run(warning, Kind.LABEL),), _WARNING) for warning in outline.warnings)
    parts += (part for block in outline.blocks for part in writer.block(block))
    return "".join(parts) + "}\n"


class _Writer:
    """Blocks as paragraphs and rows, in the direction of the document or of their own text."""

    def __init__(self, outline: Outline) -> None:
        self._is_right_to_left = outline.is_right_to_left

    def block(self, block: Block) -> Iterable[str]:
        match block:
            case Heading():
                return (self.heading(block),)
            case Paragraph():
                return (self.paragraph(block.runs, _PARAGRAPH_STYLES[block.style], block.depth),)
            case Entries():
                return (self._entry(entry.term, entry.value, block.depth) for entry in block.entries)
            case Bullets():
                return (self._point(point, block.depth) for point in block.points)
            case Table():
                return self._table(block)
            case Figures():
                return (self._point(figure.caption, block.depth) for figure in block.figures)

    def heading(self, heading: Heading) -> str:
        size = _HEADING_SIZES[heading.level]
        style = f"\\s{heading.level}\\outlinelevel{heading.level - 1}\\keepn\\sb200\\sa80\\b\\ab\\fs{size}\\afs{size}"
        return self.paragraph(heading.runs, style, heading.depth)

    def paragraph(self, runs: Runs, style: str = "\\sa80", depth: int = 0) -> str:
        text = text_of(runs)
        is_right_to_left = _is_right_to_left(text, self._is_right_to_left)
        indent = f"\\{'ri' if is_right_to_left else 'li'}{depth * TWIPS_PER_LEVEL}" if depth else ""
        return f"{{\\pard{_direction(is_right_to_left)}{style}{indent} {_runs(runs, is_right_to_left)}\\par}}\n"

    def _entry(self, term: Runs, value: Runs, depth: int) -> str:
        """The term in a column of its own; where it is too long, or goes from right to left, before its value.

        Readers do not agree on which side a tabulator counts from in a paragraph that goes from right to left.
        """
        label = text_of(term)
        is_right_to_left = _is_right_to_left(label + text_of(value), self._is_right_to_left)
        if len(label) > LONGEST_TERM or is_right_to_left:
            return self.paragraph((*term, Run(": "), *value) if label else value, "\\sa40", depth)
        edge = depth * TWIPS_PER_LEVEL + TERM_WIDTH
        style = f"\\sa40\\li{edge}\\fi-{TERM_WIDTH}\\tx{edge}"
        return f"{{\\pard{_direction(False)}{style} {_runs(term)}\\tab {_runs(value)}\\par}}\n"

    def _point(self, runs: Runs, depth: int) -> str:
        is_right_to_left = _is_right_to_left(text_of(runs), self._is_right_to_left)
        if is_right_to_left:
            return self.paragraph((Run("• "), *runs), "\\sa40", depth)
        edge = (depth + 1) * TWIPS_PER_LEVEL
        style = f"\\sa40\\li{edge}\\fi-{TWIPS_PER_LEVEL}\\tx{edge}"
        return f"{{\\pard{_direction(False)}{style} {_escape('•')}\\tab {_runs(runs)}\\par}}\n"

    def _table(self, table: Table) -> Iterator[str]:
        if table.caption:
            yield self.paragraph(table.caption, "\\sb80\\sa40\\keepn\\b\\ab", table.depth)
        if len(table.columns) > MOST_COLUMNS:
            yield from self._rows_as_entries(table)
            return
        edges = _column_edges(table)
        if any(map(text_of, table.columns)):
            yield self._row(table.columns, edges, is_heading=True)
        for row in table.rows:
            yield self._row(row, edges, has_row_heading=table.has_row_headings)
        yield "{\\pard\\sa80\\fs8\\par}\n"

    def _rows_as_entries(self, table: Table) -> Iterator[str]:
        """A table that is too wide: each row as a list."""
        for row in table.rows:
            for heading, cell in zip(table.columns, row, strict=True):
                if cell:
                    yield self._entry(heading, cell, table.depth)
            yield "{\\pard\\sa80\\fs8\\par}\n"

    def _row(
        self, cells: Sequence[Runs], edges: Sequence[int], *, is_heading: bool = False, has_row_heading: bool = False
    ) -> str:
        borders = "".join(f"\\clbrdr{side}\\brdrs\\brdrw5" for side in "tlbr")
        shade = "\\clcbpat3" if is_heading else ""
        direction = "\\rtlrow" if self._is_right_to_left else ""
        header = "\\trhdr" if is_heading else ""
        definition = "".join(f"{borders}{shade}\\cellx{edge}" for edge in edges[1:])
        written = []
        for index, cell in enumerate(cells):
            bold = "\\b\\ab" if is_heading or (has_row_heading and index == 0) else ""
            is_right_to_left = _is_right_to_left(text_of(cell), self._is_right_to_left)
            written.append(
                f"{{\\pard{_direction(is_right_to_left)}\\intbl{bold} {_runs(cell, is_right_to_left)}\\cell}}"
            )
        return f"\\trowd{direction}{header}\\trgaph70\\trleft{edges[0]}{definition}\n{''.join(written)}\\row\n"


_WARNING = "\\sa120\\box\\brdrs\\brdrw20\\brsp60\\brdrcf2\\cf2"
_PARAGRAPH_STYLES = {
    Style.NORMAL: "\\sa80",
    Style.CONTEXT: "\\sa80\\fs18\\afs18\\cf1",
    Style.NOTE: "\\sa80\\i\\ai\\cf2",
    Style.WARNING: "\\sa80\\b\\ab\\cf2",
}


def _column_edges(table: Table) -> list[int]:
    """From the left margin, in twips: columns as wide as their longest text asks, within bounds."""
    start = table.depth * TWIPS_PER_LEVEL
    wanted = []
    for index in range(len(table.columns)):
        cells = [table.columns[index], *(row[index] for row in table.rows)]
        wanted.append(max(3, *(min(_WIDEST_CELL, len(text_of(cell))) for cell in cells)))
    room = TEXT_WIDTH - start
    narrowest = min(NARROWEST_COLUMN, room // len(wanted))
    spare = room - narrowest * len(wanted)
    edges = [start]
    for share in wanted:
        edges.append(edges[-1] + narrowest + spare * share // sum(wanted))
    return edges


def _direction(is_right_to_left: bool) -> str:
    return "\\rtlpar\\qr" if is_right_to_left else "\\ltrpar\\ql"


def _runs(runs: Iterable[Run], is_right_to_left: bool = False) -> str:
    return "".join(_run(run, is_right_to_left) for run in runs)


def _run(run: Run, is_right_to_left: bool) -> str:
    """Links within the document lead to bookmarks; others could not be followed, so that the object's UID is told."""
    text = f"{run.text} {run.hint}" if run.url and run.hint else run.text
    if run.kind == Kind.VALUE and _is_right_to_left(text, False) != is_right_to_left:
        text = f"{_EMBEDDINGS[is_right_to_left]}{text}{_END_OF_EMBEDDING}"
    written = "".join(_parts(text, _KINDS[run.kind]))
    if run.target is not None and written:
        written = f'{{\\field{{\\*\\fldinst HYPERLINK \\\\l "item{run.target}"}}{{\\fldrslt {written}}}}}'
    if run.item is not None:
        written = f"{{\\*\\bkmkstart item{run.item}}}{{\\*\\bkmkend item{run.item}}}{written}"
    return written


def _parts(text: str, style: str) -> Iterator[str]:
    """The text in stretches of one direction: a reader shows each with the font and shape of its script."""
    if text.isascii():
        yield f"{{{style} {_escape(text)}}}" if style else _escape(text)
        return
    for stretch, is_right_to_left in _stretches(text):
        if is_right_to_left:
            yield f"{{\\ltrch\\af0 \\rtlch\\f0{style} {_escape(stretch)}}}"
        else:
            yield f"{{\\rtlch\\af0 \\ltrch\\f0{style} {_escape(stretch)}}}"


def _stretches(text: str) -> Iterator[tuple[str, bool]]:
    """Letters decide; what has no direction goes with what is before it."""
    start, current = 0, False
    is_decided = False
    for index, character in enumerate(text):
        direction = unicodedata.bidirectional(character)
        if direction not in _DIRECTED:
            continue
        is_right_to_left = direction in _RIGHT_TO_LEFT
        if is_decided and is_right_to_left != current:
            yield text[start:index], current
            start = index
        current, is_decided = is_right_to_left, True
    yield text[start:], current


def _is_right_to_left(text: str, otherwise: bool) -> bool:
    """By the first letter, as Unicode's rule P2 has it; where there is none, as the document."""
    if text.isascii() and not otherwise:
        return False
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in _DIRECTED:
            return direction in _RIGHT_TO_LEFT
    return otherwise


def _escape(text: str) -> str:
    return _SPECIAL.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return _written(match[0])


@lru_cache(maxsize=1 << 14)
def _written(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    units = character.encode("utf-16-le", "surrogatepass")
    numbers = [int.from_bytes(units[start : start + 2], "little", signed=True) for start in range(0, len(units), 2)]
    fallback = "?"
    if len(numbers) == 1:
        known = character.encode(_CODE_PAGE, "ignore")
        fallback = f"\\'{known[0]:02x}" if known else "?"
    return "".join(f"\\u{number}{fallback}" for number in numbers)


@lru_cache(maxsize=64)
def _language_number(tag: str) -> int:
    """What Windows calls the language; English where it is not told or not known."""
    wanted = tag.replace("-", "_").casefold()
    primary = wanted.partition("_")[0]
    named = {name.casefold(): number for number, name in sorted(locale.windows_locale.items(), reverse=True)}
    alike = [number for name, number in named.items() if name.partition("_")[0] == primary]
    return named.get(wanted) or min(alike, default=_ENGLISH)
