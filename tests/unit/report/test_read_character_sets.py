"""What a reader is told about the character sets that a report declares."""

from __future__ import annotations

from wado.dicom.element_tree import Item, Value
from wado.report.read_character_sets import MORE, MOST_NOTES, find_character_set_notes

TEXT_VALUE = 0x0040A160
CONTENT_SEQUENCE = 0x0040A730


def make_item(character_set: bytes, content: bytes, *children: Item, vr: str = "UT") -> Item:
    sequences = {CONTENT_SEQUENCE: list(children)} if children else {}
    return Item(character_set, values={TEXT_VALUE: Value(vr, content)}, sequences=sequences)


def test_notes_come_once_and_in_the_order_of_the_items() -> None:
    inner = make_item(b"ISO_IR 192", b"\xe9", make_item(b"ISO_IR 127", b"\xff"))
    tree = make_item(b"", b"plain", make_item(b"", b"\xe9"), inner, make_item(b"", b"\xe8"))
    notes = find_character_set_notes(tree)
    assert [note.partition(".")[0] for note in notes] == [
        "The object declares no character set",
        "The object declares the character set ISO_IR 192",
        "The object declares the character set ISO_IR 127",
    ]


def test_sound_text_and_what_is_no_text_have_no_notes() -> None:
    tree = make_item(b"ISO_IR 192", "é".encode(), make_item(b"ISO_IR 100", b"\xff\xfe", vr="OW"))
    assert find_character_set_notes(tree) == ()


def test_a_flood_of_notes_is_bounded() -> None:
    items = [make_item(b"NONSENSE %d" % number, b"caf\xe9") for number in range(MOST_NOTES + 4)]
    notes = find_character_set_notes(make_item(b"", b"", *items))
    assert len(notes) == MOST_NOTES + 1
    assert notes[-1] == MORE


def test_items_lie_as_deep_as_they_will() -> None:
    tree = make_item(b"", b"caf\xe9")
    for _ in range(5000):
        tree = make_item(b"", b"plain", tree)
    assert len(find_character_set_notes(tree)) == 1
