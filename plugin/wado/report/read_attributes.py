"""Attributes that have no place in a report's own arrangement, as names and text."""

from __future__ import annotations

from collections.abc import Set

from pydicom.datadict import dictionary_description

from wado.dicom.element_tree import Item, Value
from wado.report.model import Attribute
from wado.report.read_values import persons, text, written_date, written_date_time, written_time

_WRITERS = {"DA": written_date, "TM": written_time, "DT": written_date_time}


def read_attributes(item: Item, known: Set[int] = frozenset()) -> tuple[Attribute, ...]:
    """All attributes but those known, in the order of their tags; those in sequences follow it, one level deeper."""
    found: list[Attribute] = []
    if known and item.values.keys() <= known and item.sequences.keys() <= known:
        return ()
    waiting = [(item, tag, 0) for tag in reversed(item.tags()) if tag not in known and not _is_of_no_use(tag)]
    while waiting:
        holder, tag, depth = waiting.pop()
        if tag in holder.values:
            found.append(Attribute(tag, name_of(tag), _written(holder, tag), depth))
            continue
        sequence = holder.sequences[tag]
        numbered = len(sequence) > 1
        found.append(Attribute(tag, name_of(tag), "" if sequence else "(no items)", depth))
        for number in range(len(sequence), 0, -1):
            inner = sequence[number - 1]
            waiting += [(inner, tag, depth + 1) for tag in reversed(inner.tags()) if not _is_of_no_use(tag)]
            if numbered and number > 1:
                waiting.append((_separator(tag, number), tag, depth))
    return tuple(found)


def _separator(tag: int, number: int) -> Item:
    """A stand-in for the line that tells where the next item begins."""
    return Item(values={tag: Value("LO", f"item {number}".encode())})


def _written(item: Item, tag: int) -> str:
    vr = item.values[tag].vr
    if vr == "PN":
        return "; ".join(person.text for person in persons(item, tag))
    stored = text(item, tag)
    return _WRITERS[vr](stored) if vr in _WRITERS else stored


def _is_of_no_use(tag: int) -> bool:
    """Group lengths and padding tell nothing (PS3.5 7.2)."""
    return tag & 0xFFFF == 0 or tag == 0xFFFCFFFC


def name_of(tag: int) -> str:
    """The attribute's name; of a private or unknown one, its tag."""
    try:
        return str(dictionary_description(tag))
    except KeyError:
        return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
