"""A report as any format can write it: headings, paragraphs, definition lists, tables and pictures, in order.

Blocks follow each other in one flat sequence and say themselves how deep they stand, so that no writer needs to
recurse however deep the content tree is. Each content item's number is on the first run of text that shows it: that is
how it is proven that none is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wado.report.model import Coordinates, Head, Reference

DEEPEST_INDENTATION = 8
"""Levels that a reader sees as such: the blocks of deeper ones stand no deeper."""


class Kind(StrEnum):
    """What a run of text is."""

    PLAIN = "plain"  # words and signs of ours
    LABEL = "label"  # a concept's name
    VALUE = "value"  # out of the report, in any script
    MUTED = "muted"  # what most readers skip
    NOTE = "note"  # what is amiss
    FOLDED = "folded"  # long and seldom read: a format that can fold it away does


class Style(StrEnum):
    """What a paragraph is."""

    NORMAL = "normal"
    CONTEXT = "context"
    NOTE = "note"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one kind, in which newlines are kept.

    `item` is the number of the content item that begins here, `target` of the one that a link within the document
    leads to; `url` leads elsewhere. `hint` is more than most readers want to know: a code, a unit's full name.
    """

    text: str
    kind: Kind = Kind.PLAIN
    url: str = ""
    hint: str = ""
    item: int | None = None
    target: int | None = None


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` is 2 to 6: the title is the only one of level 1."""

    runs: Runs
    level: int
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: Runs
    depth: int = 0
    style: Style = Style.NORMAL


@dataclass(frozen=True, slots=True)
class Entry:
    """A term and what is said of it."""

    term: Runs
    value: Runs


@dataclass(frozen=True, slots=True)
class Entries:
    entries: tuple[Entry, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Bullets:
    points: tuple[Runs, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Every row has as many cells as there are columns; the first cell of each is its heading if `has_row_headings`."""

    caption: Runs
    columns: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    depth: int = 0
    has_row_headings: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """A referenced image, with the regions that the report draws on it.

    `thumbnail` is the URL of a small picture and `picture` of one whose pixels are the image's own; `page` is what the
    reader gets who wants to see more. All are empty where the report does not tell where the image is.
    """

    caption: Runs
    alternative: str
    reference: Reference
    frame: int | None = None
    presentation_state: Reference | None = None
    thumbnail: str = ""
    picture: str = ""
    page: str = ""
    shapes: tuple[Coordinates, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    figures: tuple[Figure, ...]
    depth: int = 0


Block = Heading | Paragraph | Entries | Bullets | Table | Figures


@dataclass(frozen=True, slots=True)
class Outline:
    """`warnings` are what a reader must know before anything else; `end` is what few look up."""

    title: str
    language: str
    is_right_to_left: bool
    warnings: tuple[str, ...]
    head: tuple[Block, ...]
    body: tuple[Block, ...]
    end: tuple[Block, ...]
    report_head: Head

    @property
    def blocks(self) -> tuple[Block, ...]:
        return (*self.head, *self.body, *self.end)


def runs_of(block: Block) -> Iterator[Run]:
    """All text of a block, in the order in which it is read."""
    return (run for part in _parts_of(block) for run in part)


def _parts_of(block: Block) -> Iterator[Runs]:
    match block:
        case Heading() | Paragraph():
            yield block.runs
        case Entries():
            for entry in block.entries:
                yield from (entry.term, entry.value)
        case Bullets():
            yield from block.points
        case Table():
            yield from (block.caption, *block.columns)
            for row in block.rows:
                yield from row
        case Figures():
            yield from (figure.caption for figure in block.figures)


def text_of(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)
