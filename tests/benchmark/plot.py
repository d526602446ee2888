"""The plot: a bar for each figure that has a target, on a logarithmic scale, as an SVG for light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from tests.benchmark.results import Result, Row

WIDTH, LEFT, RIGHT = 860, 250, 110
ROW, BAR, HEADING, MARGIN = 22, 13, 30, 12
"""Pixels: of the picture, of the labels and the figures beside the bars; heights of rows, bars and headings."""

LOWEST = 0.1
MARKED_CONNECTIONS = 4

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.heading { font-weight: 600 }
.bar { fill: #2f6f9f } .missed { fill: #c4622d }
.target { stroke: #1f2328; stroke-width: 2 } .grid { stroke: #d0d7de }
.small { font-size: 11px; fill: #59636e }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .bar { fill: #5aa5d8 } .missed { fill: #e8894f }
  .target { stroke: #e6edf3 } .grid { stroke: #3d444d } .small { fill: #9198a1 }
}
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """From figures to places between the labels and the figures."""

    lowest: float
    highest: float

    def place(self, figure: float) -> float:
        share = math.log(max(figure, self.lowest) / self.lowest) / math.log(self.highest / self.lowest)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    @property
    def marks(self) -> Iterator[float]:
        for power in range(round(math.log10(self.lowest)), math.ceil(math.log10(self.highest)) + 1):
            yield from (mark for mark in (10.0**power, 3 * 10.0**power) if self.lowest <= mark <= self.highest)


def shown_rows(result: Result) -> list[Row]:
    """Those with a target, one for each case: the one at four connections, if there is one."""
    chosen: dict[str, Row] = {}
    for row in result.rows:
        is_better = row.case not in chosen or row.connections == MARKED_CONNECTIONS
        if row.figure is not None and row.target is not None and is_better:
            chosen[row.case] = row
    return list(chosen.values())


def draw_plot(results: Sequence[Result]) -> str:
    shown = [(result, rows) for result in results if (rows := shown_rows(result))]
    figures = [value for _, rows in shown for row in rows if row.target for value in (row.figure, row.target.value)]
    scale = Scale(LOWEST, 1.15 * max([10.0, *(value for value in figures if value)]))
    height = 2 * MARGIN + ROW + sum(HEADING + ROW * len(rows) for _, rows in shown)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
    ]
    lines += ["<title>Figures of the benchmark against what they have to be</title>", f"<style>{STYLE}</style>"]
    lines += draw_grid(scale, height)
    top = MARGIN
    for result, rows in shown:
        figure = result.section.figure
        lines.append(write_text(MARGIN, top + 20, f"{result.section.title}: {figure}", "heading"))
        top += HEADING
        for row in rows:
            lines += draw_row(row, scale, top)
            top += ROW
    lines.append(write_text(LEFT, height - MARGIN, "the line across a bar is its target", "small"))
    return "\n".join([*lines, "</svg>", ""])


def draw_grid(scale: Scale, height: int) -> Iterable[str]:
    bottom = height - MARGIN - ROW
    for mark in scale.marks:
        place = scale.place(mark)
        yield f'<line class="grid" x1="{place:.1f}" x2="{place:.1f}" y1="{MARGIN}" y2="{bottom}"/>'
        yield write_text(place, bottom + 12, f"{mark:g}", "small", "middle")


def draw_row(row: Row, scale: Scale, top: int) -> Iterable[str]:
    """The label, the bar up to the figure, the line of the target, and both in numbers."""
    assert row.figure is not None and row.target is not None
    base = top + BAR - 2
    yield write_text(LEFT - 8, base, row.case, "", "end")
    kind = "missed" if row.is_missed else "bar"
    width = scale.place(row.figure) - LEFT
    yield f'<rect class="{kind}" x="{LEFT}" y="{top}" width="{width:.1f}" height="{BAR}" rx="2"/>'
    place = scale.place(row.target.value)
    yield f'<line class="target" x1="{place:.1f}" x2="{place:.1f}" y1="{top - 3}" y2="{top + BAR + 3}"/>'
    figure = row.texts[-3]
    yield write_text(WIDTH - RIGHT + 8, base, f"{figure} ({row.target.text})", "")


def write_text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'
