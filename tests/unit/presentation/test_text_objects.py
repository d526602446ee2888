"""The text of presentation states, in the character set of the state, the annotation or the text object itself."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import make_object, to_file
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.dicom.texts import character_set_of
from wado.dicom.values import items
from wado.presentation.text_objects import read_text_object

KATAKANA_LETTERS = b"\xd4\xcf\xc0\xde"
"""In JIS X 0201, as PS3.5 H.3.2 has them."""


def stored_state(outer: str, inner: str | None, content: bytes) -> Dataset:
    """A state with one text, out of a file; the text's bytes are these."""
    text, annotation = Dataset(), Dataset()
    if inner is not None:
        text.SpecificCharacterSet = inner
    text.UnformattedTextValue = "FILLING!"
    text.AnchorPoint, text.AnchorPointAnnotationUnits = [1.0, 2.0], "PIXEL"
    text.BoundingBoxAnnotationUnits = "PIXEL"
    annotation.TextObjectSequence = [text]
    state = make_object(SpecificCharacterSet=outer, GraphicAnnotationSequence=[annotation])
    file = to_file(state).replace(b"FILLING!", content.ljust(8))
    return read_stored_object(BytesSource(file)).dataset


@pytest.mark.parametrize(
    ("outer", "inner", "content", "lines"),
    [
        ("ISO_IR 13", None, KATAKANA_LETTERS, ("ﾔﾏﾀﾞ",)),
        ("ISO_IR 192", "ISO_IR 13", KATAKANA_LETTERS, ("ﾔﾏﾀﾞ",)),
        ("ISO_IR 13", "ISO_IR 192", b"\xc3\xa9t\xc3\xa9", ("été",)),
        ("ISO_IR 144", None, b"\xb4\r\n\xb4", ("Д", "Д")),
        ("ISO_IR 100", None, b"a\\b\xe9", ("a\\bé",)),
    ],
)
def test_text_is_read_in_the_character_set_in_force(
    outer: str, inner: str | None, content: bytes, lines: tuple[str, ...]
) -> None:
    state = stored_state(outer, inner, content)
    (annotation,) = items(state, "GraphicAnnotationSequence")
    (item,) = items(annotation, "TextObjectSequence")
    text = read_text_object(item, None, character_set_of(annotation, character_set_of(state)))
    assert text is not None
    assert text.lines == lines
