"""A report as an outline: the arrangement that all formats share."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from wado.report.arrange_content import arrange_content
from wado.report.arrange_dose import dose_summary
from wado.report.arrange_head import arrange_end, arrange_head, find_warnings
from wado.report.arrange_items import Arranger, measure
from wado.report.languages import is_right_to_left
from wado.report.links import Links, find_links
from wado.report.model import Attribute, ContentItem, Report, Text
from wado.report.outline import Block, Entries, Entry, Kind, Outline, Paragraph, Run

_SAMPLE = 2000
"""Characters of text by which the direction is judged where no language is told."""


def arrange(report: Report) -> Outline:
    head = report.head
    links = find_links(head)
    root = report.root
    return Outline(
        title=head.title,
        language=head.language,
        is_right_to_left=_is_right_to_left(head.language, root),
        warnings=find_warnings(head, has_content=root is not None),
        head=arrange_head(head, links),
        body=tuple(_arrange_body(root, links) if root else _arrange_attributes(report.attributes)),
        end=tuple(arrange_end(head, links)),
        report_head=head,
    )


def _arrange_body(root: ContentItem, links: Links) -> Iterator[Block]:
    yield from dose_summary(root)
    yield from arrange_content(Arranger(root, links, measure(root)))


def _arrange_attributes(attributes: tuple[Attribute, ...]) -> Iterator[Block]:
    """All attributes of an object without a content tree; those in sequences stand deeper."""
    yield Paragraph((Run("This object has no content tree; these are its attributes.", Kind.MUTED),))
    entries: list[Entry] = []
    depth = 0
    for attribute in attributes:
        if attribute.depth != depth and entries:
            yield Entries(tuple(entries), depth)
            entries = []
        depth = attribute.depth
        entries.append(Entry((Run(attribute.name, Kind.LABEL),), (Run(attribute.text, Kind.VALUE),)))
    if entries:
        yield Entries(tuple(entries), depth)


def _is_right_to_left(language: str, root: ContentItem | None) -> bool:
    """By the language that the report tells; else by most of its letters."""
    if language:
        return is_right_to_left(language)
    balance = remaining = 0
    for item in root.walk() if root else ():
        if not isinstance(item.value, Text):
            continue
        sample = item.value.text[: _SAMPLE - remaining]
        remaining += len(sample)
        for character in sample:
            direction = unicodedata.bidirectional(character)
            balance += (direction in ("R", "AL")) - (direction == "L")
        if remaining >= _SAMPLE:
            break
    return balance > 0
