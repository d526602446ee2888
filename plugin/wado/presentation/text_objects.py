"""The Text Object Sequence (PS3.3 C.10.5.1.1)."""

from __future__ import annotations

import re

from pydicom.dataset import Dataset

from wado.dicom.texts import stored_text
from wado.dicom.values import text, values_of
from wado.presentation.graphic_model import Anchor, Horizontal, Text, TextBox
from wado.presentation.graphic_space import TilePlace, read_space
from wado.presentation.graphic_styles import read_text_style
from wado.presentation.values import unsound

LINE_BREAK = re.compile("\r\n|\n\r|\n|\r")
TAB = "\t"
LONGEST = 16384
"""Characters of a text that is set; the standard allows 1024."""
TOP_LEFT, BOTTOM_RIGHT = "BoundingBoxTopLeftHandCorner", "BoundingBoxBottomRightHandCorner"


def read_text_object(item: Dataset, place: TilePlace | None, inherited: bytes = b"") -> Text | None:
    """None where there is no text: some writers leave it empty beside every graphic.

    `inherited` is the Specific Character Set of what the item is in.
    Raises `BadRequest` where it cannot be told where to write. A box of which only one corner is there is a point.
    """
    value = stored_text(item, "UnformattedTextValue", inherited)
    if len(value) > LONGEST:
        raise unsound("UnformattedTextValue", f"has more than {LONGEST} characters")
    lines = split_lines(value)
    if not lines:
        return None
    box, anchor = None, _read_anchor(item, place)
    corners = [keyword for keyword in (TOP_LEFT, BOTTOM_RIGHT) if values_of(item, keyword)]
    if len(corners) == 2:
        box = _read_box(item, place)
    elif corners and anchor is None:
        space = read_space(item, "BoundingBoxAnnotationUnits", place)
        anchor = Anchor(space.units, space.read_point(item, corners[0]), is_visible=False)
    if box is None and anchor is None:
        raise unsound(TOP_LEFT, "is absent, and so is the Anchor Point")
    return Text(lines, box, anchor, read_text_style(item))


def split_lines(value: str) -> tuple[str, ...]:
    """Without empty ones around, and without the control characters that the standard forbids here."""
    lines = [_printable(line.replace(TAB, " ")).rstrip() for line in LINE_BREAK.split(value)]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return tuple(lines)


def _printable(line: str) -> str:
    return "".join(character for character in line if character >= " " and not "\x7f" <= character <= "\x9f")


def _read_box(item: Dataset, place: TilePlace | None) -> TextBox:
    space = read_space(item, "BoundingBoxAnnotationUnits", place)
    corners = space.read_point(item, TOP_LEFT), space.read_point(item, BOTTOM_RIGHT)
    justification = Horizontal.__members__.get(text(item, "BoundingBoxTextHorizontalJustification"))
    return TextBox(space.units, corners, justification or Horizontal.LEFT)


def _read_anchor(item: Dataset, place: TilePlace | None) -> Anchor | None:
    if not values_of(item, "AnchorPoint"):
        return None
    space = read_space(item, "AnchorPointAnnotationUnits", place)
    point = space.read_point(item, "AnchorPoint")
    return Anchor(space.units, point, text(item, "AnchorPointVisibility") == "Y")
