"""The content tree of a report (PS3.3 C.17.3), without recursion: every item gets its place, known or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wado.dicom.element_tree import SPECIFIC_CHARACTER_SET, Item
from wado.report.model import ContentItem, Value
from wado.report.read_attributes import read_attributes
from wado.report.read_content_values import READERS
from wado.report.read_values import code, first_item, integers, tag_of, text, written_date_time

CONTENT_SEQUENCE = tag_of("ContentSequence")
VALUE_TYPE, RELATIONSHIP = tag_of("ValueType"), tag_of("RelationshipType")
CONCEPT_NAME, CONTINUITY = tag_of("ConceptNameCodeSequence"), tag_of("ContinuityOfContent")
REFERENCED_ITEM = tag_of("ReferencedContentItemIdentifier")
TEMPLATE = tag_of("ContentTemplateSequence")
OBSERVED, OBSERVATION_UID = tag_of("ObservationDateTime"), tag_of("ObservationUID")
_RESOURCE, _TEMPLATE_ID = tag_of("MappingResource"), tag_of("TemplateIdentifier")

_OF_EVERY_ITEM = frozenset(
    {
        CONTENT_SEQUENCE,
        VALUE_TYPE,
        RELATIONSHIP,
        CONCEPT_NAME,
        CONTINUITY,
        REFERENCED_ITEM,
        TEMPLATE,
        OBSERVED,
        OBSERVATION_UID,
        SPECIFIC_CHARACTER_SET,
    }
)

CONTAINER = "CONTAINER"
DICOM_TEMPLATES = "DCMR"

NOT_WHOLE = "The stored object ends or breaks off within this item: something may be missing here."
NO_VALUE_TYPE = "The item does not say what type of value it has."
UNREADABLE = "The value cannot be read; what is stored follows."


@dataclass(slots=True)
class _Node:
    """An item on its way into the model."""

    item: Item
    parent: int
    position: str
    children: list[ContentItem] = field(default_factory=list)


def read_content(root: Item) -> ContentItem | None:
    """The tree; none where the object has none."""
    if not (text(root, VALUE_TYPE) or CONTENT_SEQUENCE in root.sequences):
        return None
    nodes = _in_order(root)
    for number in range(len(nodes) - 1, 0, -1):
        node = nodes[number]
        node.children.reverse()
        nodes[node.parent].children.append(_read_item(node, number, is_root=False))
    nodes[0].children.reverse()
    return _read_item(nodes[0], 0, is_root=True)


def _in_order(root: Item) -> list[_Node]:
    """Parents before children, children in their order."""
    nodes: list[_Node] = []
    waiting = [(root, -1, "1")]
    while waiting:
        item, parent, position = waiting.pop()
        index = len(nodes)
        nodes.append(_Node(item, parent, position))
        inner = item.sequences.get(CONTENT_SEQUENCE)
        if inner:
            waiting += [(inner[place], index, f"{position}.{place + 1}") for place in range(len(inner) - 1, -1, -1)]
    return nodes


def _read_item(node: _Node, number: int, *, is_root: bool) -> ContentItem:
    item = node.item
    value_type = text(item, VALUE_TYPE) or (CONTAINER if is_root else "")
    target = ".".join(map(str, integers(item, REFERENCED_ITEM)))
    reader = READERS.get(value_type)
    value = reader.read(item) if reader else None
    known = _known_tags(item, value_type, value, is_root=is_root)
    notes = _find_notes(
        item, value_type, target, is_unreadable=reader is not None and not known.issuperset(reader.tags)
    )
    return ContentItem(
        number=number,
        position=node.position,
        relationship=text(item, RELATIONSHIP),
        value_type=value_type,
        concept=code(item, CONCEPT_NAME),
        value=value,
        children=tuple(node.children),
        target=target,
        is_continuous=text(item, CONTINUITY) == "CONTINUOUS",
        template=_read_template(item),
        observed=written_date_time(text(item, OBSERVED)),
        observation_uid=text(item, OBSERVATION_UID),
        notes=notes,
        others=read_attributes(item, known),
    )


_KNOWN = {value_type: _OF_EVERY_ITEM.union(reader.tags) for value_type, reader in READERS.items()}


def _known_tags(item: Item, value_type: str, value: Value | None, *, is_root: bool) -> frozenset[int]:
    """What need not be shown as it is stored: an attribute that a reader understood, or that is empty."""
    if is_root:
        return frozenset(item.tags())
    reader = READERS.get(value_type)
    if reader is None:
        return _OF_EVERY_ITEM
    if value is None:
        filled = {tag for tag in reader.tags if item.sequences.get(tag) or text(item, tag)}
        return _OF_EVERY_ITEM | set(reader.tags) - filled
    return _KNOWN[value_type]


def _find_notes(item: Item, value_type: str, target: str, *, is_unreadable: bool) -> tuple[str, ...]:
    found = []
    if not (value_type or target):
        found.append(NO_VALUE_TYPE)
    elif value_type and value_type not in READERS and value_type != CONTAINER:
        found.append(f"The value type {value_type} is not known; what is stored follows.")
    if is_unreadable:
        found.append(UNREADABLE)
    if not item.is_whole:
        found.append(NOT_WHOLE)
    return tuple(found)


def _read_template(item: Item) -> str:
    """Such as TID 1500 of DCMR (PS3.3 C.18.8)."""
    template = first_item(item, TEMPLATE)
    if template is None:
        return ""
    resource, identifier = text(template, _RESOURCE), text(template, _TEMPLATE_ID)
    if not identifier:
        return ""
    return f"TID {identifier}" if resource == DICOM_TEMPLATES else " ".join(filter(None, (resource, identifier)))


def find_item(root: ContentItem, position: str) -> ContentItem | None:
    """The item that a Referenced Content Item Identifier names; none where there is none (PS3.3 C.17.3.2.5)."""
    first, *steps = _parse_position(position) or (0,)
    found = root if first == 1 else None
    for step in steps:
        if found is None or not 0 < step <= len(found.children):
            return None
        found = found.children[step - 1]
    return found


def _parse_position(position: str) -> Sequence[int]:
    parts = position.split(".")
    return [int(part) for part in parts] if all(part.isdecimal() for part in parts) else []
