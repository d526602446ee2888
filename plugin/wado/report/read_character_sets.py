"""What a reader has to know about the character sets that a report declares: where they are not what its text is in."""

from __future__ import annotations

from wado.character_sets.decode import TEXT_VRS, decode
from wado.character_sets.graphic_sets import ESCAPE
from wado.dicom.element_tree import Item

MOST_NOTES = 8
"""Each item may declare sets of its own."""

MORE = "There are more faults of this kind."


def find_character_set_notes(data_set: Item) -> tuple[str, ...]:
    """Each note once, in the order of the items."""
    notes: dict[str, None] = {}
    waiting = [data_set]
    while waiting:
        item = waiting.pop()
        for vr, content in item.values.values():
            if (not content.isascii() or ESCAPE in content) and vr in TEXT_VRS:
                notes.update(dict.fromkeys(decode(content, item.character_set, vr).notes))
        if len(notes) > MOST_NOTES:
            return (*list(notes)[:MOST_NOTES], MORE)
        for tag in sorted(item.sequences, reverse=True):
            waiting += reversed(item.sequences[tag])
    return tuple(notes)
