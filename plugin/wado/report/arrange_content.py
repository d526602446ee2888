"""The content tree as blocks: which items stand together, and how. It goes through the tree without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from wado.report.arrange_items import LONG_TEXT, Arranger
from wado.report.arrange_tables import (
    measurement_table,
    section_table,
    take_measurements,
    take_sections,
    value_table,
)
from wado.report.model import ContentItem, Tabulated, Text
from wado.report.outline import (
    DEEPEST_INDENTATION,
    Block,
    Entries,
    Figures,
    Heading,
    Kind,
    Paragraph,
    Run,
    Style,
    text_of,
)
from wado.report.wording import label_runs, label_text, remark_runs, value_runs

LOWEST_HEADING = 6

CONTEXTS = {
    "HAS OBS CONTEXT": "Observation context",
    "HAS ACQ CONTEXT": "Acquisition context",
}
"""What is said once for all that follows, and how that is called."""

SENTENCE_TYPES = frozenset({"TEXT", "NUM", "CODE", "PNAME", "DATE", "TIME", "DATETIME", "UIDREF"})


@dataclass(slots=True)
class _Siblings:
    """Items that stand beside each other below one of that title, and how far they are arranged.

    `context` is what was said last of the observation, here or above. Before the item at `no_table_before`, no table
    of sections begins. In prose, which has a long text somewhere, every text is a paragraph.
    """

    title: str
    items: Sequence[ContentItem]
    level: int
    depth: int
    is_continuous: bool = False
    next: int = 0
    context: str = ""
    parent: _Siblings | None = None
    no_table_before: int = 0
    is_prose: bool = False
    is_after_section: bool = False

    def __post_init__(self) -> None:
        self.is_prose = any(map(_is_long, self.items))


Step = Callable[["_Walk", _Siblings], Block | None]


@dataclass(slots=True)
class _Walk:
    arranger: Arranger
    waiting: list[_Siblings]

    def enter(
        self,
        siblings: _Siblings,
        item: ContentItem,
        below: Sequence[ContentItem],
        *,
        heading: bool,
        is_continuous: bool,
    ) -> None:
        """Go on with what is below an item before what is beside it."""
        level = min(LOWEST_HEADING, siblings.level + 1) if heading else siblings.level
        is_deeper = not heading or siblings.level == LOWEST_HEADING
        depth = min(DEEPEST_INDENTATION, siblings.depth + is_deeper)
        self.waiting.append(
            _Siblings(label_text(item), below, level, depth, is_continuous, context=siblings.context, parent=siblings)
        )


def arrange_content(arranger: Arranger) -> Iterator[Block]:
    """Every item below the root, in the order of the tree."""
    root = arranger.root
    if remarks := remark_runs(root):
        first, *others = remarks
        yield Paragraph((replace(first, text=first.text.lstrip(" ")), *others), style=Style.CONTEXT)
    walk = _Walk(arranger, [_Siblings(label_text(root), root.children, 2, 0, root.is_continuous)])
    while walk.waiting:
        siblings = walk.waiting[-1]
        if siblings.next >= len(siblings.items):
            walk.waiting.pop()
            continue
        yield from _arrange_next(walk, siblings)


def _arrange_next(walk: _Walk, siblings: _Siblings) -> Iterator[Block]:
    """The next block; after a section, one that is none gets a heading, or else it would seem to be part of that."""
    item, is_after_section = siblings.items[siblings.next], siblings.is_after_section
    siblings.is_after_section = False
    block = next(block for step in STEPS if (block := step(walk, siblings)) is not None)
    if is_after_section and not isinstance(block, Heading):
        title = label_text(item) if item.is_container else f"{siblings.title} (continued)"
        yield Heading((Run(title, Kind.LABEL),), siblings.level, siblings.depth)
    yield block


def _context(walk: _Walk, siblings: _Siblings) -> Block | None:
    """What is said of the observation or acquisition; said before, only that it is the same."""
    relationship = siblings.items[siblings.next].relationship
    title = CONTEXTS.get(relationship)
    if title is None:
        return None
    taken = _take(siblings, lambda item: item.relationship == relationship and walk.arranger.is_on_a_line(item))
    if not taken:
        return None
    lines = [walk.arranger.line(item, relationship=False) for item in taken]
    said = title + "; ".join(map(text_of, lines))
    if said == siblings.context:
        return Paragraph((Run(f"{title}: as above", Kind.MUTED), *_numbers(taken)), siblings.depth, Style.CONTEXT)
    siblings.context = said
    if siblings.parent is not None:
        siblings.parent.context = said
    runs = [Run(f"{title}: ", Kind.MUTED)]
    for index, line in enumerate(lines):
        runs += (*((Run("; "),) if index else ()), *line)
    return Paragraph(tuple(runs), siblings.depth, Style.CONTEXT)


def _modifiers(walk: _Walk, siblings: _Siblings) -> Block | None:
    """What says more exactly what a section is about."""
    taken = _take(siblings, lambda item: item.relationship == "HAS CONCEPT MOD" and walk.arranger.is_on_a_line(item))
    if not taken:
        return None
    runs: list[Run] = []
    for index, item in enumerate(taken):
        runs += (*((Run("; "),) if index else ()), *walk.arranger.line(item))
    return Paragraph(tuple(runs), siblings.depth, Style.CONTEXT)


def _sentences(walk: _Walk, siblings: _Siblings) -> Block | None:
    """Text that goes on from item to item (PS3.3 C.17.3.2.3): values in line, and what they are called after it."""
    if not siblings.is_continuous:
        return None
    start = siblings.next
    taken = _take(
        siblings,
        lambda item: (
            item.value_type in SENTENCE_TYPES
            and item.relationship == "CONTAINS"
            and not item.target
            and walk.arranger.is_on_a_line(item)
        ),
    )
    if len(taken) < 2 or not any(item.value_type == "TEXT" for item in taken):
        siblings.next = start
        return None
    runs: list[Run] = []
    named: dict[str, None] = {}
    for item in taken:
        said = walk.arranger.said(item)
        if runs and not _joins(text_of(said)):
            runs.append(Run(" "))
        hint = label_text(item) if item.concept else ""
        runs += (Run("", item=item.number), *(_with_hint(run, hint) for run in said))
        if item.concept:
            named[f"{hint}: {text_of(said)}" if item.value_type != "TEXT" else hint] = None
    if named:
        runs.append(Run(f"\n[{'; '.join(named)}]", Kind.MUTED))
    return Paragraph(tuple(runs), siblings.depth)


def _figures(walk: _Walk, siblings: _Siblings) -> Block | None:
    """Images side by side, each with the region that the report selects from it."""
    arranger = walk.arranger
    taken = _take(siblings, lambda item: arranger.is_figure(item) or arranger.is_region_of_one_image(item))
    if not taken:
        return None
    figures = (
        arranger.figure(item.children[0], item) if item.value_type == "SCOORD" else arranger.figure(item)
        for item in taken
    )
    return Figures(tuple(figures), siblings.depth)


def _measurements(walk: _Walk, siblings: _Siblings) -> Block | None:
    count = take_measurements(walk.arranger, siblings.items, siblings.next)
    if not count:
        return None
    items = siblings.items[siblings.next : siblings.next + count]
    siblings.next += count
    return measurement_table(walk.arranger, items, siblings.depth)


def _sections(walk: _Walk, siblings: _Siblings) -> Block | None:
    if siblings.next < siblings.no_table_before:
        return None
    count, is_table = take_sections(walk.arranger, siblings.items, siblings.next)
    if not is_table:
        siblings.no_table_before = siblings.next + count
        return None
    sections = siblings.items[siblings.next : siblings.next + count]
    siblings.next += count
    return section_table(walk.arranger, sections, siblings.depth)


def _long_text(walk: _Walk, siblings: _Siblings) -> Block | None:
    item = siblings.items[siblings.next]
    if not (siblings.is_prose and isinstance(item.value, Text) and walk.arranger.is_on_a_line(item)):
        return None
    siblings.next += 1
    return Paragraph(walk.arranger.line(item), siblings.depth)


def _entries(walk: _Walk, siblings: _Siblings) -> Block | None:
    taken = _take(
        siblings,
        lambda item: (
            walk.arranger.is_on_a_line(item)
            and not (siblings.is_prose and isinstance(item.value, Text))
            and item.relationship not in CONTEXTS
            and not (item.value_type == "NUM" and take_measurements(walk.arranger, siblings.items, siblings.next))
        ),
    )
    return Entries(tuple(map(walk.arranger.entry, taken)), siblings.depth) if taken else None


def _section(walk: _Walk, siblings: _Siblings) -> Block | None:
    item = siblings.items[siblings.next]
    if not item.is_container:
        return None
    siblings.next += 1
    siblings.is_after_section = True
    walk.enter(siblings, item, item.children, heading=True, is_continuous=item.is_continuous)
    return Heading((*label_runs(item), *value_runs(item, walk.arranger.links)), siblings.level, siblings.depth)


def _table(walk: _Walk, siblings: _Siblings) -> Block | None:
    """A TABLE: its label, then its cells, then what is below it."""
    item = siblings.items[siblings.next]
    if not isinstance(item.value, Tabulated):
        return None
    siblings.next += 1
    walk.enter(siblings, item, item.children, heading=False, is_continuous=False)
    return value_table(walk.arranger, item, siblings.depth)


def _anything(walk: _Walk, siblings: _Siblings) -> Block | None:
    """An item with much below it: what qualifies it and fits on its line, then the rest one level deeper."""
    arranger = walk.arranger
    item = siblings.items[siblings.next]
    siblings.next += 1
    count = 0
    while count < len(item.children) and count < 4 and arranger.is_on_a_line(item.children[count]):
        count += 1
    said = (
        *value_runs(item, arranger.links),
        *arranger.pointer(item),
        *arranger.in_parentheses(item.children[:count]),
    )
    walk.enter(siblings, item, item.children[count:], heading=False, is_continuous=False)
    return Paragraph((*label_runs(item), Run(": " if said else ":"), *said), siblings.depth)


STEPS: tuple[Step, ...] = (
    _context,
    _modifiers,
    _sentences,
    _figures,
    _measurements,
    _sections,
    _long_text,
    _entries,
    _section,
    _table,
    _anything,
)
"""Ways to arrange the next of some siblings, the first that applies; the last always does."""


def _take(siblings: _Siblings, belongs: Callable[[ContentItem], bool]) -> list[ContentItem]:
    """The next siblings that belong together; they are then done with."""
    taken: list[ContentItem] = []
    while siblings.next < len(siblings.items) and belongs(siblings.items[siblings.next]):
        taken.append(siblings.items[siblings.next])
        siblings.next += 1
    return taken


def _numbers(items: Sequence[ContentItem]) -> Iterator[Run]:
    """That these items and those below them are shown here, though with no words of their own."""
    for item in items:
        for inner in item.walk():
            yield Run("", item=inner.number)


def _is_long(item: ContentItem) -> bool:
    return isinstance(item.value, Text) and (len(item.value.text) > LONG_TEXT or "\n" in item.value.text)


def _joins(text: str) -> bool:
    """Whether the text goes on without a space after what is before it."""
    return text[:1] in tuple(".,;:!?)]}") or text[:1].isspace()


def _with_hint(run: Run, hint: str) -> Run:
    return replace(run, hint=f"{hint} {run.hint}".strip()) if run.kind == Kind.VALUE else run
