"""Attributes as plain numbers and text, whatever the file holds in their place."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from pydicom import config
from pydicom.datadict import dictionary_description, dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from wado.dicom.tags import tag_named
from wado.dicom.unknown_sequence import as_sequence
from wado.errors import NotAcceptable

# What an object holds is judged here, attribute by attribute, when it is needed.
config.settings.reading_validation_mode = config.IGNORE


def unfit(keyword: str, complaint: str = "is absent or malformed") -> NotAcceptable:
    """The error for an object that cannot be shown because of one attribute."""
    return NotAcceptable(
        f"no picture can be made of this object: {dictionary_description(keyword)} {Tag(keyword)} "
        f"{complaint}; contentType=application/dicom&transferSyntax=* gives the object as it is stored"
    )


_DECIMAL = rb" *[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)? *"
_DECIMALS = re.compile(_DECIMAL + rb"(?:\\" + _DECIMAL + rb")*\0?")
_INTEGER = re.compile(rb" *[+-]?[0-9]{1,9} *\0?")
_WORD = re.compile(rb"[ -\[\]-~]+\0?")
"""Values as nearly all files have them, of DS, IS, CS and UI (PS3.5 6.2); what else there may be is for pydicom."""

_PADDING = b"\0 "


def _read_decimals(value: bytes) -> list[float] | None:
    return [float(part) for part in value.rstrip(_PADDING).split(b"\\")] if _DECIMALS.fullmatch(value) else None


def _read_integer(value: bytes) -> int | None:
    return int(value.rstrip(_PADDING)) if _INTEGER.fullmatch(value) else None


def _read_unsigned(value: bytes) -> int | None:
    return int.from_bytes(value, "little") if len(value) == 2 else None


def _read_signed(value: bytes) -> int | None:
    return int.from_bytes(value, "little", signed=True) if len(value) == 2 else None


def _read_word(value: bytes) -> str | None:
    return value.decode("ascii").strip("\0 ") if _WORD.fullmatch(value) else None


Reader = Callable[[bytes], Any]

_DECIMAL_READERS: dict[str, Reader] = {"DS": _read_decimals}
_INTEGER_READERS: dict[str, Reader] = {"US": _read_unsigned, "SS": _read_signed, "IS": _read_integer}
_TEXT_READERS: dict[str, Reader] = {"CS": _read_word, "UI": _read_word}


def _read_plainly(dataset: Dataset, keyword: str, readers: dict[str, Reader]) -> Any:
    """The value out of the element's bytes, as pydicom would have it; none if it takes pydicom to tell."""
    tag = tag_named(keyword)
    element = dataset.get_item(tag, keep_deferred=True)
    if not isinstance(element, RawDataElement) or not element.value or not element.is_little_endian:
        return None
    read = readers.get(element.VR or dictionary_VR(tag))
    return read(element.value) if read else None


def values_of(dataset: Dataset, keyword: str) -> list[Any]:
    """The attribute's values; none if it is absent, empty or unreadable."""
    if dataset.get_item(tag_named(keyword), keep_deferred=True) is None:
        return []
    try:
        value = dataset.get(keyword)
    except Exception:  # pydicom raises nearly anything for a malformed element
        return []
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, (list, tuple, MultiValue, Sequence)) else [value]


def integer(dataset: Dataset, keyword: str, default: int | None = None) -> int:
    """The attribute's first value as an integer; raises `NotAcceptable` if there is neither value nor default."""
    plain: int | None = _read_plainly(dataset, keyword, _INTEGER_READERS)
    if plain is not None:
        return plain
    for value in values_of(dataset, keyword)[:1]:
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError):
            break
    if default is None:
        raise unfit(keyword)
    return default


def decimals(dataset: Dataset, keyword: str) -> list[float]:
    """The attribute's values as numbers, up to the first that is none."""
    numbers: list[float] = []
    plain: list[float] | None = _read_plainly(dataset, keyword, _DECIMAL_READERS)
    for value in values_of(dataset, keyword) if plain is None else plain:
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            break
        if not math.isfinite(number):
            break
        numbers.append(number)
    return numbers


def text(dataset: Dataset, keyword: str) -> str:
    """The attribute's first value as text without padding; empty if it is absent or unreadable."""
    plain: str | None = _read_plainly(dataset, keyword, _TEXT_READERS)
    return plain if plain is not None else next((str(value).strip("\0 ") for value in values_of(dataset, keyword)), "")


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence, be it stored as UN (PS3.5 6.2.2); none if it is absent or unreadable."""
    tag = tag_named(keyword)
    stored = dataset.get_item(tag, keep_deferred=True)
    if isinstance(stored, RawDataElement) and stored.VR == "UN":
        dataset[tag] = as_sequence(stored)  # pydicom leaves long ones unread
    return [item for item in values_of(dataset, keyword) if isinstance(item, Dataset)]
