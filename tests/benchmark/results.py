"""What was measured: sections of rows, each with a figure and what it has to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.benchmark.effort import Effort
from tests.benchmark.load import Measured
from tests.support.orthanc_process import OrthancProcess

MISSED = "missed"
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure has to be: at least so much, or at most."""

    value: float
    is_at_most: bool = False

    def is_met_by(self, figure: float) -> bool:
        return figure <= self.value if self.is_at_most else figure >= self.value

    @property
    def text(self) -> str:
        return f"{'≤' if self.is_at_most else '≥'} {self.value:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """A case at a number of connections.

    `cells` are what was measured, one for each of the section's columns; `figure` is what counts of it: a ratio, or
    milliseconds.
    """

    case: str
    connections: int
    cells: tuple[str, ...]
    figure: float | None = None
    target: Target | None = None
    remark: str = ""

    @property
    def is_missed(self) -> bool:
        return self.figure is not None and self.target is not None and not self.target.is_met_by(self.figure)

    @property
    def remarks(self) -> str:
        return "; ".join(remark for remark in (MISSED if self.is_missed else "", self.remark) if remark)

    @property
    def texts(self) -> tuple[str, ...]:
        figure = NOTHING if self.figure is None else f"{self.figure:.2f}" if self.figure < 20 else f"{self.figure:.0f}"
        target = self.target.text if self.target else ""
        return (self.case, str(self.connections), *self.cells, figure, target, self.remarks)


Measure = Callable[[OrthancProcess, Effort], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Section:
    """A table: `columns` name the cells of its rows, `figure` what counts of them."""

    title: str
    text: str
    columns: tuple[str, ...]
    figure: str
    measure: Measure

    @property
    def headings(self) -> tuple[str, ...]:
        return ("case", "connections", *self.columns, self.figure, "target", "")


@dataclass(frozen=True, slots=True)
class Result:
    section: Section
    rows: tuple[Row, ...]


def rate_text(measured: Measured | None) -> str:
    if measured is None:
        return NOTHING
    rate = measured.rate
    return f"{rate:,.0f}/s" if rate >= 100 else f"{rate:.1f}/s" if rate >= 1 else f"{rate:.2f}/s"


def latency_text(measured: Measured) -> str:
    """Of the median and of the slowest hundredth."""
    if measured.p50 is None or measured.p99 is None:
        return NOTHING
    return f"{time_text(measured.p50)} / {time_text(measured.p99)}"


def time_text(milliseconds: float) -> str:
    return f"{milliseconds:.2f} ms" if milliseconds < 10 else f"{milliseconds:.0f} ms"


def ratio_of(ours: Measured, other: Measured | None) -> float | None:
    return ours.rate / other.rate if other is not None else None


FIRST_WIDTH, WIDTHS = 28, (11, 16)
"""Characters of the first column, the second one, and all further ones, but for remarks."""


def write_line(texts: tuple[str, ...]) -> str:
    first, second, *middle, last = texts
    cells = [first.ljust(FIRST_WIDTH), second.rjust(WIDTHS[0]), *(text.rjust(WIDTHS[1]) for text in middle)]
    return f"{' '.join(cells)}  {last}".rstrip()
