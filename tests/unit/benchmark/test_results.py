"""Figures and targets, and how they are written: as lines, as Markdown and as a plot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from tests.benchmark.document import replace_between, write_facts, write_results, write_soak
from tests.benchmark.effort import Effort
from tests.benchmark.load import Measured
from tests.benchmark.plot import LEFT, RIGHT, WIDTH, Scale, draw_plot, shown_rows
from tests.benchmark.results import (
    Result,
    Row,
    Section,
    Target,
    latency_text,
    rate_text,
    ratio_of,
    time_text,
    write_line,
)
from tests.benchmark.soak import Line
from tests.support.orthanc_process import OrthancProcess


def no_rows(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    return iter(())


SECTION = Section("Pictures", "Each another one.", ("this plugin", "other"), "× other", no_rows)
MET = Row("CT", 1, ("10/s", "4/s"), 2.5, Target(2.5))
UNMET = Row("CT", 4, ("10/s", "5/s"), 2.0, Target(2.5), "other: ignores rows")
AT_MOST = Row("floor <1>", 1, ("2 ms", "1 ms"), 2.0, Target(1.6, is_at_most=True))
WITHOUT = Row("CT, RLE", 4, ("10/s", "–"))
RESULT = Result(SECTION, (MET, UNMET, AT_MOST, WITHOUT))


@pytest.mark.parametrize(("row", "is_missed"), [(MET, False), (UNMET, True), (AT_MOST, True), (WITHOUT, False)])
def test_what_does_not_reach_its_target_is_missed(row: Row, is_missed: bool) -> None:
    assert row.is_missed == is_missed
    assert ("missed" in row.remarks) == is_missed


def test_a_row_has_a_text_for_each_heading() -> None:
    assert UNMET.texts == ("CT", "4", "10/s", "5/s", "2.00", "≥ 2.5", "missed; other: ignores rows")
    assert WITHOUT.texts == ("CT, RLE", "4", "10/s", "–", "–", "", "")
    assert len(SECTION.headings) == len(UNMET.texts)


def test_lines_are_in_columns() -> None:
    heading, line = write_line(SECTION.headings), write_line(MET.texts)
    assert heading.index("× other") + len("× other") == line.index("2.50") + len("2.50")
    assert write_line(UNMET.texts).endswith("≥ 2.5  missed; other: ignores rows")


def test_ratios_and_numbers() -> None:
    assert ratio_of(Measured(30), Measured(20)) == 1.5
    assert ratio_of(Measured(30), None) is None
    assert [rate_text(Measured(rate)) for rate in (12345.6, 12.34, 0.123)] == ["12,346/s", "12.3/s", "0.12/s"]
    assert rate_text(None) == "–"
    assert [time_text(milliseconds) for milliseconds in (1.234, 123.4)] == ["1.23 ms", "123 ms"]
    assert latency_text(Measured(1, 1.5, 20)) == "1.50 ms / 20 ms"
    assert latency_text(Measured(1)) == "–"


def test_the_document_gets_a_table_for_each_section() -> None:
    lines = list(write_results([RESULT]))
    assert lines[:3] == ["### Pictures", "", "Each another one."]
    assert lines[4] == "| case | connections | this plugin | other | × other | target |  |"
    assert lines[5] == "| :-- | --: | --: | --: | --: | --: | :-- |"
    assert lines[7] == "| CT | 4 | 10/s | 5/s | 2.00 | ≥ 2.5 | **missed**; other: ignores rows |"
    assert list(write_facts([("kernel", "Linux")]))[-1] == "| kernel | Linux |"


def test_the_document_gets_the_lines_of_the_long_load() -> None:
    lines = [Line("errors", "0", "none", True), Line("memory", "1, 9 MiB", "flat", False)]
    rows = list(write_soak(lines))[2:]
    assert rows == ["| errors | 0 | none |  |", "| memory | 1, 9 MiB | flat | **missed** |"]


def test_only_what_is_between_the_comments_is_replaced() -> None:
    text = "before\n<!-- results -->\nold\n<!-- end of results -->\nafter\n"
    new = replace_between(text, "results", ["new", "newer"])
    assert new == "before\n<!-- results -->\nnew\nnewer\n<!-- end of results -->\nafter\n"
    assert replace_between(new, "results", ["old"]) == text
    with pytest.raises(ValueError, match="substring"):
        replace_between("nothing there", "results", ["new"])


def test_the_plot_shows_each_case_once() -> None:
    assert shown_rows(RESULT) == [UNMET, AT_MOST]
    assert shown_rows(Result(SECTION, (MET,))) == [MET]


def test_the_scale_is_logarithmic() -> None:
    scale = Scale(0.1, 1000)
    assert scale.place(0.1) == scale.place(0.001) == LEFT
    assert scale.place(10) == pytest.approx((LEFT + WIDTH - RIGHT) / 2)
    assert scale.place(1000) == pytest.approx(WIDTH - RIGHT)
    assert list(Scale(0.1, 11).marks) == pytest.approx([0.1, 0.3, 1, 3, 10])


def test_the_plot_is_an_svg_with_a_bar_and_a_target_for_each_row() -> None:
    plot = etree.fromstring(draw_plot([RESULT, Result(SECTION, (WITHOUT,))]))
    svg = {"svg": "http://www.w3.org/2000/svg"}
    bars = plot.findall("svg:rect", svg)
    assert [bar.get("class") for bar in bars] == ["missed", "missed"]
    targets = plot.findall("svg:line[@class='target']", svg)
    ends = [float(bar.get("x", "")) + float(bar.get("width", "")) for bar in bars]
    places = [float(target.get("x1", "")) for target in targets]
    assert ends[0] < places[0]  # at least
    assert ends[1] > places[1]  # at most
    texts = [text.text for text in plot.findall("svg:text", svg)]
    assert "floor <1>" in texts
    assert texts.count("Pictures: × other") == 1
    assert all(0 <= float(bar.get("y", "")) < float(plot.get("height", "")) for bar in bars)


def test_the_plot_has_colours_for_dark_pages() -> None:
    assert "prefers-color-scheme: dark" in draw_plot([RESULT])
