"""The tables of docs/performance.md, in place of those that were there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.benchmark.results import MISSED, Result
from tests.benchmark.soak import Line

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT, PLOT = DOCS / "performance.md", DOCS / "performance.svg"


def write_results(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        yield f"### {result.section.title}"
        yield ""
        yield result.section.text
        yield ""
        headings = result.section.headings
        yield write_cells(headings)
        yield write_cells([":--", *["--:"] * (len(headings) - 2), ":--"])
        for row in result.rows:
            *cells, remarks = row.texts
            yield write_cells([*cells, remarks.replace(MISSED, f"**{MISSED}**")])
        yield ""


def write_soak(lines: Iterable[Line]) -> Iterator[str]:
    yield write_cells(("", "measured", "target", ""))
    yield write_cells((":--", ":--", ":--", ":--"))
    for line in lines:
        yield write_cells((line.what, line.measured, line.target, "" if line.is_reached else f"**{MISSED}**"))


def write_cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write_facts(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield write_cells(("measured on", ""))
    yield write_cells((":--", ":--"))
    for fact in facts:
        yield write_cells(fact)


def replace_between(text: str, title: str, lines: Iterable[str]) -> str:
    """The document with these lines between the two comments that name them; raises `ValueError` without them."""
    begin, end = f"<!-- {title} -->\n", f"<!-- end of {title} -->"
    start = text.index(begin) + len(begin)
    return text[:start] + "".join(f"{line}\n" for line in lines) + text[text.index(end, start) :]


def update_document(
    facts: Iterable[tuple[str, str]], results: Sequence[Result], soaked: Sequence[Line], plot: str
) -> None:
    """What was soaked before stays where that was not done again."""
    text = DOCUMENT.read_text(encoding="utf-8")
    text = replace_between(text, "machine", write_facts(facts))
    text = replace_between(text, "results", write_results(results))
    if soaked:
        text = replace_between(text, "soak", write_soak(soaked))
    DOCUMENT.write_text(text, encoding="utf-8")
    PLOT.write_text(plot, encoding="utf-8")
