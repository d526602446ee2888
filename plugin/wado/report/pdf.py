"""An outline as a PDF document for print: tagged after PDF/UA-1, with text that can be searched in every script.

Typst lays it out. The report goes to it as data (JSON), beside a program that never changes (pdf.typ): nothing in a
report is ever read as markup, and all files that there are for it are in memory.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import typst

from wado.annotation.fonts import FOLDERS
from wado.errors import Unimplemented
from wado.report.model import Head
from wado.report.outline import (
    Block,
    Bullets,
    Entries,
    Entry,
    Figure,
    Figures,
    Heading,
    Kind,
    Outline,
    Paragraph,
    Run,
    Runs,
    Table,
    runs_of,
    text_of,
)
from wado.report.pdf_text import FAMILIES, Legible, isolate, split_into_paragraphs, split_long_words

MEMORY_OF_A_RUN, MEMORY_OF_A_LINE, MEMORY_OF_A_CHARACTER = 20_000, 4_500, 250
"""Bytes, measured: of a run in a table, which takes the most, of a newline, and of a character."""

MEMORY_SHARE = 0.75
"""Of a worker's memory, for the layout of a document."""

MOST_RUNS = 60_000
MOST_CHARACTERS = 3_000_000
COST_OF_A_CHARACTER = 10
"""Of a script without spaces between its words, whose lines take that much longer to break."""

MOST_COLUMNS = 8
"""Of a table in A4: each row of a wider one is a list."""

CHARACTERS_OF_A_LONG_ROW = 1200
"""A row or caption with no more always fits on a page, and is not broken."""

CHARACTERS_OF_A_PAGE_HEAD = 90

PICTURE_WIDTH, PICTURE_HEIGHT = 54.0, 54.0
"""Millimetres that a picture may take: three stand beside each other."""

DEFAULT_LANGUAGE = "en"
UNKNOWN_LANGUAGE = "und"

MEBIBYTE = 1024 * 1024

_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\U0003ffff]+")
_PROGRAM = Path(__file__).with_name("pdf.typ")
_PRIMARY_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:-|$)")


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure's picture, with all that is drawn on it, as SVG; it has `width` by `height` pixels."""

    svg: str
    width: int
    height: int


Pictures = Mapping[Figure, Picture | str]
"""The picture of each figure, or why there is none; a figure that is not in it is told by its caption alone."""


def write_pdf(outline: Outline, pictures: Pictures, memory: int) -> bytes:
    """The document, made in no more than `memory` MiB.

    Raises `Unimplemented` for a report that is too long for that, or whose characters no font has.
    """
    check_extent(outline, memory)
    writer = _Writer(pictures, _targets(outline))
    report = writer.document(outline)
    files = {"main.typ": _program(), "report.json": json.dumps(report, ensure_ascii=False).encode(), **writer.files}
    return _compile(files)


def check_extent(outline: Outline, memory: int) -> None:
    """Refuse what would end the worker, by the lack of memory or of time, before any of it is laid out."""
    runs = [run for block in outline.blocks for run in runs_of(block)]
    characters = sum(len(run.text) + len(run.hint) for run in runs)
    lines = sum(run.text.count("\n") for run in runs)
    slow = sum(map(len, _WITHOUT_SPACES.findall("".join(run.text for run in runs))))
    needed = len(runs) * MEMORY_OF_A_RUN + lines * MEMORY_OF_A_LINE + characters * MEMORY_OF_A_CHARACTER
    cost = characters + (COST_OF_A_CHARACTER - 1) * slow
    if len(runs) > MOST_RUNS or cost > MOST_CHARACTERS or needed > MEMORY_SHARE * memory * MEBIBYTE:
        message = "this report is too long to be laid out as pages; it can be had as text/html and text/plain"
        raise Unimplemented(message, parameter="contentType", clause="7.3.2")


@dataclass(slots=True)
class _Writer:
    """What the program is told of an outline, and the files that it needs for that."""

    pictures: Pictures
    targets: frozenset[int]
    files: dict[str, bytes] = field(default_factory=dict)
    legible: Legible = field(default_factory=Legible)
    level: int = 1
    is_right_to_left: bool = False

    def document(self, outline: Outline) -> dict[str, Any]:
        language = _primary_language(outline.language)
        heading = self.runs((Run(outline.title, Kind.VALUE, item=0),))
        head = self.blocks(outline.head)
        self.is_right_to_left = outline.is_right_to_left
        body = self.blocks(outline.body)
        self.is_right_to_left = False
        end = self.blocks(outline.end)
        warnings = [*outline.warnings, *self.legible.warnings()]
        return {
            "fonts": FAMILIES,
            "title": self.legible.write(outline.title) or "Report",
            "short-title": self._short(outline.title),
            "patient": self._short(_patient(outline.report_head)),
            "flags": _flags(outline.report_head),
            "document-language": language or DEFAULT_LANGUAGE,
            "language": language or UNKNOWN_LANGUAGE,
            "is-right-to-left": outline.is_right_to_left,
            "heading": heading,
            "warnings": [self.runs((Run(warning),)) for warning in warnings],
            "head": head,
            "body": body,
            "end": end,
        }

    def blocks(self, blocks: Iterable[Block]) -> list[dict[str, Any]]:
        return [{**self.block(part), "depth": part.depth} for block in blocks for part in _without_wide_tables(block)]

    def block(self, block: Block) -> dict[str, Any]:
        match block:
            case Heading():
                # PDF/UA-1 leaves out no level (ISO 14289-1 7.4.2).
                self.level = min(block.level, self.level + 1)
                return {"block": "heading", "level": self.level, "runs": self.runs(block.runs)}
            case Paragraph():
                return {"block": "paragraph", "style": block.style.value, "runs": self.runs(block.runs)}
            case Entries():
                entries = [(self.runs(entry.term), self.runs(entry.value)) for entry in block.entries]
                return {"block": "entries", "entries": entries}
            case Bullets():
                return {"block": "bullets", "points": [self.runs(point) for point in block.points]}
            case Table():
                return self.table(block)
            case Figures() if not any(isinstance(self.pictures.get(figure), Picture) for figure in block.figures):
                return {"block": "bullets", "points": [self.caption(figure) for figure in block.figures]}
            case Figures():
                return {"block": "figures", "figures": [self.figure(figure) for figure in block.figures]}

    def table(self, table: Table) -> dict[str, Any]:
        rows = [{"is-long": _is_long(row), "cells": [self.runs(cell) for cell in row]} for row in table.rows]
        return {
            "block": "table",
            "caption": self.runs(table.caption),
            "columns": [self.runs(column) for column in table.columns],
            "has-head": any(text_of(column) for column in table.columns),
            "rows": rows,
        }

    def figure(self, figure: Figure) -> dict[str, Any]:
        told: dict[str, Any] = {"caption": self.caption(figure), "is-long": _is_long((figure.caption,))}
        picture = self.pictures.get(figure)
        if not isinstance(picture, Picture):
            return {**told, "picture": None}
        name = f"{len(self.files)}.svg"
        self.files[name] = picture.svg.encode()
        scale = min(PICTURE_WIDTH / picture.width, PICTURE_HEIGHT / picture.height)
        return {
            **told,
            "picture": name,
            "alternative": self.legible.write(figure.alternative),
            "width": picture.width * scale,
            "height": picture.height * scale,
        }

    def caption(self, figure: Figure) -> list[Any]:
        picture = self.pictures.get(figure)
        note = (Run(f" ({picture})", Kind.NOTE),) if isinstance(picture, str) else ()
        return self.runs((*figure.caption, *note))

    def runs(self, runs: Runs) -> list[Any]:
        """Where a link would lead elsewhere stands the UID of what it leads to."""
        written = []
        for run in _join_values(runs) if self.is_right_to_left else runs:
            written.append(self.run(run))
            if run.url and run.hint:
                written.append(self.run(Run(f" {run.hint}", Kind.MUTED)))
        return written

    def run(self, run: Run) -> list[Any]:
        """Parts in pieces, kind, number, target."""
        parts = split_into_paragraphs(self.legible.write(run.text))
        if run.kind in (Kind.VALUE, Kind.LABEL):
            parts = [isolate(part, always=self.is_right_to_left) for part in parts]
        item = run.item if run.item in self.targets else None
        target = run.target if run.target in self.targets else None
        return [[split_long_words(part) for part in parts], run.kind.value, item, target]

    def _short(self, text: str) -> str:
        line = " ".join(text.split())
        short = line if len(line) <= CHARACTERS_OF_A_PAGE_HEAD else f"{line[: CHARACTERS_OF_A_PAGE_HEAD - 1]}…"
        return isolate(self.legible.write(short))


def _join_values(runs: Runs) -> Iterator[Run]:
    """A number and its unit as one value: apart, they would change places in a line from the right."""
    waiting: Run | None = None
    for run in runs:
        is_plain = run.kind == Kind.VALUE and not run.url and run.target is None
        if waiting and is_plain and run.item is None:
            waiting = replace(waiting, text=waiting.text + run.text)
            continue
        if waiting:
            yield waiting
        waiting = run if is_plain else None
        if not is_plain:
            yield run
    if waiting:
        yield waiting


def _targets(outline: Outline) -> frozenset[int]:
    """The numbers of the items that something leads to and that are there."""
    present, wanted = {0}, set()
    for block in outline.blocks:
        for run in runs_of(block):
            if run.item is not None:
                present.add(run.item)
            if run.target is not None:
                wanted.add(run.target)
    return frozenset(present & wanted)


def _without_wide_tables(block: Block) -> Iterator[Block]:
    """Each row of a table that is too wide for the page as a list of what is in it."""
    if not isinstance(block, Table) or len(block.columns) <= MOST_COLUMNS:
        yield block
        return
    if block.caption:
        yield Paragraph(block.caption, block.depth)
    for row in block.rows:
        cells = zip(block.columns, row, strict=True)
        yield Entries(tuple(Entry(column, cell) for column, cell in cells if cell), block.depth)


def _is_long(cells: Sequence[Runs]) -> bool:
    return sum(len(run.text) + len(run.hint) for cell in cells for run in cell) > CHARACTERS_OF_A_LONG_ROW


def _patient(head: Head) -> str:
    """Who the report is about, for the head of every page."""
    patient = head.patient
    name = isolate(patient.name.text or "(no name)")
    birth = f"born {patient.birth_date}" if patient.birth_date else ""
    return ", ".join(filter(None, (name, patient.id, birth)))


def _flags(head: Head) -> str:
    """What restricts how far the report can be relied upon (PS3.3 C.17.2)."""
    restricting = ("PARTIAL", "UNVERIFIED", "PRELIMINARY")
    flags = (head.completion, head.verification, head.preliminary)
    return ", ".join(flag.capitalize() for flag in flags if flag in restricting)


def _primary_language(tag: str) -> str:
    """The primary subtag of a language tag (RFC 5646 2.2.1); empty where there is none."""
    match = _PRIMARY_LANGUAGE.match(tag)
    return match[1].lower() if match else ""


@cache
def _program() -> bytes:
    return _PROGRAM.read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Looked for once in a worker's life."""
    folders = [folder for folder in FOLDERS if os.path.isdir(folder)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def _compile(files: Mapping[str, bytes]) -> bytes:
    # One of several workers needs no more than one thread, whose stacks count as its memory.
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    return typst.compile(files, root=str(_PROGRAM.parent), font_paths=_fonts(), format="pdf", pdf_standards=["ua-1"])
