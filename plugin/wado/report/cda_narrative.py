"""Blocks of an outline as the narrative of a CDA document's sections (HL7 CDA Release 2, NarrativeBlock.xsd)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from wado.report.outline import (
    Block,
    Bullets,
    Entries,
    Figures,
    Heading,
    Kind,
    Paragraph,
    Run,
    Runs,
    Style,
    Table,
    text_of,
)
from wado.report.xml_text import escape, escape_attribute

_STYLES = {Kind.LABEL: "Bold", Kind.NOTE: "Italics"}


def write_blocks(blocks: Iterable[Block]) -> str:
    return "".join(part for block in blocks for part in _block(block))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"<paragraph>{_runs(block.runs)}</paragraph>"
        case Paragraph():
            style = ' styleCode="Bold"' if block.style == Style.WARNING else ""
            yield f"<paragraph{style}>{_runs(block.runs)}</paragraph>"
        case Entries():
            rows = ((entry.term, entry.value) for entry in block.entries)
            yield f"<table><tbody>{''.join(map(_entry, rows))}</tbody></table>" if block.entries else ""
        case Bullets():
            yield _list(block.points)
        case Table():
            yield _table(block)
        case Figures():
            yield _list([(Run("", url=figure.picture or figure.page), *figure.caption) for figure in block.figures])


def _list(points: Sequence[Runs]) -> str:
    items = "".join(f"<item>{_runs(point)}</item>" for point in points)
    return f'<list listType="unordered">{items}</list>' if points else ""


def _entry(row: tuple[Runs, Runs]) -> str:
    term, value = row
    return f"<tr><th>{_runs(term)}</th><td>{_runs(value)}</td></tr>"


def _table(table: Table) -> str:
    """A caption takes no `content`, so that its words stand alone, and its content items before the table."""
    before = "".join(_anchor(run) for run in table.caption)
    caption = f"<caption>{escape(text_of(table.caption))}</caption>" if table.caption else ""
    head = ""
    if any(map(text_of, table.columns)):
        head = f"<thead><tr>{''.join(f'<th>{_runs(column)}</th>' for column in table.columns)}</tr></thead>"
    rows = "".join(f"<tr>{''.join(_cells(row, table.has_row_headings))}</tr>" for row in table.rows)
    if not rows:
        rows = f"<tr>{'<td/>' * max(1, len(table.columns))}</tr>"
    lead = f"<paragraph>{before}</paragraph>" if before else ""
    return f"{lead}<table>{caption}{head}<tbody>{rows}</tbody></table>"


def _cells(row: Sequence[Runs], has_row_headings: bool) -> Iterator[str]:
    for index, cell in enumerate(row):
        name = "th" if index == 0 and has_row_headings else "td"
        yield f"<{name}>{_runs(cell)}</{name}>"


def _runs(runs: Iterable[Run]) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    written = "<br/>".join(map(escape, run.text.split("\n")))
    if run.url and written:
        title = f' title="{escape_attribute(run.hint)}"' if run.hint else ""
        written = f'<linkHtml href="{escape_attribute(run.url)}"{title}>{escape(run.text)}</linkHtml>'
    elif run.target is not None and written:
        written = f'<linkHtml href="#item-{run.target}">{escape(run.text)}</linkHtml>'
    style = f' styleCode="{_STYLES[run.kind]}"' if run.kind in _STYLES else ""
    if run.item is not None:
        return f'<content ID="item-{run.item}"{style}>{written}</content>'
    return f"<content{style}>{written}</content>" if style and written else written


def _anchor(run: Run) -> str:
    return f'<content ID="item-{run.item}"/>' if run.item is not None else ""
