"""Neighbouring items that say the same of different things, as tables: measurements, and sections of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from wado.report.arrange_items import Arranger
from wado.report.model import ContentItem, Tabulated
from wado.report.outline import Kind, Run, Runs, Table
from wado.report.wording import label_runs, label_text, relationship_phrase, remark_runs, value_runs

FEWEST_MEASUREMENTS = 3
FEWEST_SECTIONS = 2
MOST_COLUMNS = 7
LEAST_FILLED = 0.6

Key = tuple[str, str, str, str]


def take_measurements(arranger: Arranger, items: Sequence[ContentItem], start: int) -> int:
    """How many items from `start` on are measurements that one table can hold; 0 for too few."""
    count = 0
    for item in islice(items, start, None):
        is_measurement = item.value_type == "NUM" and item.relationship == items[start].relationship
        if not (is_measurement and arranger.is_on_a_line(item) and not item.target and arranger.has_short_text(item)):
            break
        count += 1
    return count if count >= FEWEST_MEASUREMENTS else 0


def measurement_table(arranger: Arranger, items: Sequence[ContentItem], depth: int) -> Table:
    """A row for each measurement; what qualifies them has columns where they agree on these, else one for all."""
    keys = merge_keys([item.children for item in items])
    columns: list[Runs] = [_heading("Measurement"), _heading("Value")]
    rows: list[tuple[Runs, ...]] = []
    if keys is None or len(keys) + 2 > MOST_COLUMNS:
        columns.append(_heading("Details"))
        rows += (
            (label_runs(item), value_runs(item, arranger.links), _lines(arranger, item.children)) for item in items
        )
    else:
        columns += (_heading(key[0]) for key in keys)
        rows += (
            (label_runs(item), value_runs(item, arranger.links), *_cells(arranger, item.children, keys))
            for item in items
        )
    phrase = relationship_phrase(items[0])
    return Table((Run(phrase.strip(" :").capitalize()),) if phrase else (), tuple(columns), tuple(rows), depth)


def take_sections(arranger: Arranger, items: Sequence[ContentItem], start: int) -> tuple[int, bool]:
    """How many items from `start` on are sections of one kind, and whether they can be the rows of one table."""
    first = items[start]
    count = 0
    for item in islice(items, start, None):
        if not (_is_row(arranger, item) and key_of(item) == key_of(first)):
            break
        count += 1
    if count < FEWEST_SECTIONS:
        return count, False
    sections = items[start : start + count]
    keys = merge_keys([section.children for section in sections])
    if keys is None or not 0 < len(keys) < MOST_COLUMNS:
        return count, False
    filled = sum(len({key_of(child) for child in section.children}) for section in sections)
    return count, filled >= LEAST_FILLED * len(keys) * count


def section_table(arranger: Arranger, sections: Sequence[ContentItem], depth: int) -> Table:
    keys = merge_keys([section.children for section in sections]) or []
    columns = (_heading(label_text(sections[0])), *(_heading(key[0]) for key in keys))
    rows = (
        ((*label_runs(section), Run(f" {number}")), *_cells(arranger, section.children, keys))
        for number, section in enumerate(sections, 1)
    )
    return Table((), columns, tuple(rows), depth)


def value_table(arranger: Arranger, item: ContentItem, depth: int) -> Table:
    """A TABLE (PS3.3 C.18.10)."""
    table = item.value
    assert isinstance(table, Tabulated)
    has_row_headings = any(table.row_headings)
    corner: tuple[Runs, ...] = ((),) if has_row_headings else ()
    columns = tuple((Run(heading, Kind.VALUE),) for heading in table.column_headings)
    rows = tuple(
        (
            *(((Run(heading, Kind.VALUE),),) if has_row_headings else ()),
            *((Run(cell, Kind.VALUE),) for cell in cells),
        )
        for heading, cells in zip(table.row_headings, table.cells, strict=True)
    )
    caption = (*label_runs(item), Run(": "), *value_runs(item, arranger.links))
    return Table(caption, (*corner, *columns), rows, depth, has_row_headings)


def key_of(item: ContentItem) -> Key:
    """What a column holds: one concept in one relationship."""
    concept = item.concept
    identity = (concept.value, concept.scheme) if concept else ("", item.value_type)
    phrase = relationship_phrase(item)
    return (f"{phrase}{label_text(item)}".capitalize() if phrase else label_text(item), *identity, item.relationship)


def merge_keys(rows: Sequence[Sequence[ContentItem]]) -> list[Key] | None:
    """The columns of all rows in an order that is that of each row; none where there is no such order."""
    merged: list[Key] = []
    for row in rows:
        place = 0
        for item in row:
            key = key_of(item)
            if key not in merged:
                merged.insert(place, key)
            index = merged.index(key)
            if index < place - 1:
                return None
            place = index + 1
            if len(merged) > MOST_COLUMNS:
                return None
    return merged if all(_agrees(row, merged) for row in rows) else None


def _agrees(row: Sequence[ContentItem], merged: Sequence[Key]) -> bool:
    places = [merged.index(key_of(item)) for item in row]
    return places == sorted(places)


def _is_row(arranger: Arranger, item: ContentItem) -> bool:
    return (
        item.is_container
        and bool(item.children)
        and not remark_runs(item)
        and not item.target
        and all(map(arranger.is_on_a_line, item.children))
        and arranger.has_short_text(item)
    )


def _cells(arranger: Arranger, items: Sequence[ContentItem], keys: Sequence[Key]) -> list[Runs]:
    """The items by column; of several in one column, each on its line."""
    cells: list[list[Run]] = [[] for _ in keys]
    for item in items:
        cell = cells[keys.index(key_of(item))]
        if cell:
            cell.append(Run("\n"))
        cell += _with_number(arranger.said(item), item.number)
    return [tuple(cell) for cell in cells]


def _with_number(runs: Runs, number: int) -> Runs:
    """The runs after one that bears the item's number: its label is the heading of the column."""
    return (Run("", item=number), *runs)


def _lines(arranger: Arranger, items: Sequence[ContentItem]) -> Runs:
    runs: list[Run] = []
    for index, item in enumerate(items):
        runs += (*((Run("\n"),) if index else ()), *arranger.line(item))
    return tuple(runs)


def _heading(text: str) -> Runs:
    return (Run(text, Kind.LABEL),)
