"""Text of a data set that pydicom has read: decoded as the project reads character sets, out of the bytes as stored.

pydicom takes away what it cannot decode and lets escape sequences reach beyond delimiters (PS3.5 6.1.2.5.3). Its
values are left as they are: what nobody asks for is never decoded.
"""

from __future__ import annotations

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from wado.character_sets.decode import TEXT_VRS, Decoded, decode
from wado.dicom.values import values_of

_SPECIFIC_CHARACTER_SET = 0x00080005


def character_set_of(dataset: Dataset, inherited: bytes = b"") -> bytes:
    """The Specific Character Set in force, as stored: the item's own, or else that of what it is in (6.1.2.5.4)."""
    element = dataset.get_item(_SPECIFIC_CHARACTER_SET)
    if element is None:
        return inherited
    if isinstance(element, RawDataElement):
        return bytes(element.value or b"")
    return "\\".join(map(str, values_of(dataset, "SpecificCharacterSet"))).encode("ascii", "replace")


def stored_texts(dataset: Dataset, keyword: str, inherited: bytes = b"") -> tuple[str, ...]:
    """The attribute's values without padding; none if it is absent or empty.

    `inherited` is the character set that an item has of what it is in.
    """
    decoded = _decode(dataset, keyword, inherited)
    values = tuple(map(str, values_of(dataset, keyword))) if decoded is None else decoded.values
    return tuple(value.rstrip("\0 ") for value in values)


def stored_text(dataset: Dataset, keyword: str, inherited: bytes = b"") -> str:
    """The first value without padding; empty if there is none."""
    return next(iter(stored_texts(dataset, keyword, inherited)), "").strip("\0 ")


def is_doubtful(dataset: Dataset, keyword: str, inherited: bytes = b"") -> bool:
    """Whether the attribute's text is not in the character set that is declared for it, so that it is guessed."""
    decoded = _decode(dataset, keyword, inherited)
    return decoded is not None and bool(decoded.notes)


def _decode(dataset: Dataset, keyword: str, inherited: bytes) -> Decoded | None:
    """None of what is no text, or not there as it is stored."""
    tag = tag_for_keyword(keyword)
    element = dataset.get_item(tag) if tag is not None else None
    vr = dictionary_VR(tag) if tag is not None else ""
    if not isinstance(element, RawDataElement) or vr not in TEXT_VRS:
        return None
    content = bytes(element.value or b"")
    return decode(content, character_set_of(dataset, inherited), vr) if content else Decoded(())
