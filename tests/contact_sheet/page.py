"""The contact sheet as a page: a row a file, a column a variant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

SIDE = 200
"""Pixels of the greatest width and height that a picture is shown in."""

STYLE = """
body { font: 14px sans-serif; background: #223; color: #dde; margin: 1em }
table { border-collapse: collapse }
th, td { border: 1px solid #556; padding: 4px; vertical-align: top; text-align: left }
thead th { position: sticky; top: 0; background: #223; z-index: 1 }
tbody th { overflow-wrap: anywhere; font-weight: normal; max-width: 220px }
img, video { display: block }
p { margin: 0; font-size: 12px; overflow-wrap: anywhere }
.error { color: #f98 }
.warning { color: #fd8 }
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """A picture: `shown` is a file beside the page, `original` the answer where a browser cannot show it; or text."""

    shown: str = ""
    original: str = ""
    error: str = ""
    warning: str = ""

    @property
    def html(self) -> str:
        return "".join(self._parts())

    def _parts(self) -> Iterator[str]:
        if self.shown.endswith(".mp4"):
            yield f'<video src="{escape(self.shown)}" controls muted preload="metadata"></video>'
        elif self.shown:
            yield f'<a href="{escape(self.original)}"><img src="{escape(self.shown)}" alt=""></a>'
        for kind, text in (("warning", self.warning), ("error", self.error)):
            if text:
                yield f'<p class="{kind}">{escape(text)}</p>'


@dataclass(frozen=True, slots=True)
class Row:
    """A file by its name, what is worth knowing of it, and its cells."""

    name: str
    remark: str
    cells: tuple[Cell, ...]


def write_page(columns: Sequence[str], rows: Sequence[Row], side: int = SIDE) -> str:
    sizes = f"td {{ max-width: {side + 20}px }} img, video {{ max-width: {side}px; max-height: {side}px }}"
    head = "".join(f"<th>{escape(name)}</th>" for name in ("file", *columns))
    body = "\n".join(_write_row(row) for row in rows)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>Contact sheet</title>'
        f"<style>{STYLE}{sizes}</style>\n"
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></html>\n"
    )


def _write_row(row: Row) -> str:
    cells = "".join(f"<td>{cell.html}</td>" for cell in row.cells)
    return f"<tr><th>{escape(row.name)}<p>{escape(row.remark)}</p></th>{cells}</tr>"
