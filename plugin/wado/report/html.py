"""An outline as one page of HTML5: nothing in it comes from elsewhere, nothing runs, everything is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from html import escape

from wado.report.html_style import STYLE
from wado.report.outline import (
    Block,
    Bullets,
    Entries,
    Figure,
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
from wado.report.svg import Placement, draw_on_picture, has_region

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode("ascii")

CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; img-src 'self'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"
)
"""Pictures of this very service and the page's own style; no script, no other resource, no form (W3C CSP Level 3)."""

_FOLDED_TITLE = 40
"""Characters of a folded text that are seen while it is folded."""

_MANY_POINTS = 12
"""Points of a list that are folded away where they are more."""


Placements = Mapping[Figure, Placement | str]
"""Where figures with regions have them in their thumbnails, or why there is nothing to see, as far as it is known."""


def write_html(outline: Outline, charset: str = "UTF-8", placements: Placements | None = None) -> str:
    """The page; `charset` is the name that it declares, for which the caller encodes it."""
    known = placements or {}
    language = escape(outline.language)
    direction = ' dir="rtl"' if outline.is_right_to_left else ""
    parts = [
        "<!DOCTYPE html>\n",
        '<html lang="en"><head>',
        f'<meta charset="{escape(charset)}">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(CONTENT_SECURITY_POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">',
        f"<title>{_text(outline.title)}</title><style>{STYLE}</style></head><body>\n",
        f'<header><h1 lang="{language}"><bdi id="item-0">{_text(outline.title)}</bdi></h1>\n',
        *_warnings(outline.warnings),
        *(_block(block, known) for block in outline.head),
        f'</header>\n<main lang="{language}"{direction}>\n',
        *(_block(block, known) for block in outline.body),
        "</main>\n<footer>\n",
        *(_block(block, known) for block in outline.end),
        "</footer></body></html>\n",
    ]
    return "".join(parts)


def _warnings(warnings: Iterable[str]) -> Iterator[str]:
    for warning in warnings:
        yield f'<p class="warning" role="note"><strong>{_text(warning)}</strong></p>\n'


def _block(block: Block, placements: Placements) -> str:
    match block:
        case Heading():
            return f"<h{block.level}{_class('', block.depth)}>{_runs(block.runs, can_fold=False)}</h{block.level}>\n"
        case Paragraph():
            name = "" if block.style == Style.NORMAL else block.style.value
            return f"<div{_class(f'p {name}'.strip(), block.depth)}>{_runs(block.runs)}</div>\n"
        case Entries():
            entries = (
                f"<div><dt>{_runs(entry.term)}</dt><dd>{_runs(entry.value)}</dd></div>" for entry in block.entries
            )
            return f"<dl{_class('', block.depth)}>{''.join(entries)}</dl>\n"
        case Bullets():
            return _bullets(block)
        case Table():
            return _table(block)
        case Figures():
            figures = "".join(_figure(figure, placements.get(figure)) for figure in block.figures)
            return f"<div{_class('gallery', block.depth)}>{figures}</div>\n"


def _bullets(bullets: Bullets) -> str:
    points = "".join(f"<li>{_runs(point)}</li>" for point in bullets.points)
    listed = f"<ul{_class('', bullets.depth)}>{points}</ul>"
    if len(bullets.points) > _MANY_POINTS:
        return f"<details><summary>{len(bullets.points)} objects</summary>{listed}</details>\n"
    return f"{listed}\n"


def _table(table: Table) -> str:
    """On a narrow screen each row stands as a list, for which every cell bears its column's heading."""
    headings = [text_of(column) for column in table.columns]
    caption = f"<caption>{_runs(table.caption)}</caption>" if table.caption else ""
    head = ""
    if any(headings):
        cells = (f'<th scope="col">{_runs(column)}</th>' if column else "<td></td>" for column in table.columns)
        head = f"<thead><tr>{''.join(cells)}</tr></thead>"
    rows = (f"<tr>{''.join(_cells(row, headings, table.has_row_headings))}</tr>" for row in table.rows)
    name = "cards" if any(headings) else "matrix"
    written = f'<table class="{name}">{caption}{head}<tbody>{"".join(rows)}</tbody></table>'
    return f"<div{_class('wide', table.depth)}>{written}</div>\n"


def _cells(row: Iterable[Runs], headings: Iterable[str], has_row_headings: bool) -> Iterator[str]:
    for index, (cell, heading) in enumerate(zip(row, headings, strict=True)):
        if index == 0 and has_row_headings:
            yield f'<th scope="row">{_runs(cell)}</th>'
        else:
            label = f' data-label="{escape(heading)}"' if heading else ""
            yield f"<td{label}>{_runs(cell)}</td>"


def _figure(figure: Figure, placement: Placement | str | None) -> str:
    if isinstance(placement, str):
        return f"<figure><figcaption>{_runs(figure.caption)}<br><em>{_text(placement)}</em></figcaption></figure>"
    picture = note = ""
    if figure.thumbnail:
        drawn = draw_on_picture(figure, placement)
        alternative = escape(figure.alternative)
        picture = drawn or f'<img loading="lazy" src="{escape(figure.thumbnail)}" alt="{alternative}">'
        picture = f'<a href="{escape(figure.picture or figure.page)}">{picture}</a>'
        if has_region(figure) and not drawn:
            note = f"<br><em>{_NO_REGION}</em>"
    return f"<figure>{picture}<figcaption>{_runs(figure.caption)}{note}</figcaption></figure>"


_NO_REGION = "the region is not drawn: where it is in the picture is not known"


def _runs(runs: Iterable[Run], *, can_fold: bool = True) -> str:
    return "".join([_run(run, can_fold) for run in runs])


def _run(run: Run, can_fold: bool) -> str:
    written = _text(run.text)
    if run.kind == Kind.FOLDED and can_fold and len(run.text) > _FOLDED_TITLE:
        written = f"<details><summary>{_text(run.text[:_FOLDED_TITLE])}…</summary>{written}</details>"
    else:
        opening, closing = _ELEMENTS[run.kind]
        hint = f' title="{_attribute(run.hint)}"' if run.hint else ""
        if run.url:
            written = f'<a href="{escape(run.url)}">{written}</a>'
        elif run.target is not None:
            written = f'<a href="#item-{run.target}">{written}</a>'
        if opening and (written or hint):
            written = f"<{opening}{hint}>{written}</{closing}>"
    return f'<span id="item-{run.item}">{written}</span>' if run.item is not None else written


_ELEMENTS = {
    Kind.PLAIN: ("", ""),
    Kind.LABEL: ("b", "b"),
    Kind.VALUE: ("bdi", "bdi"),
    Kind.MUTED: ("small", "small"),
    Kind.NOTE: ("em", "em"),
    Kind.FOLDED: ("small", "small"),
}
"""The element of each kind of run; bdi keeps text of any direction from reordering what is around it."""


@lru_cache(maxsize=1024)
def _class(name: str, depth: int) -> str:
    names = f"{name} d{depth}".strip() if depth else name
    return f' class="{names}"' if names else ""


def _text(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")


def _attribute(text: str) -> str:
    return escape(text).replace("\n", " ")
