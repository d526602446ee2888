"""Attributes as plain numbers and text, whatever the file holds in their place."""

from __future__ import annotations

import math
from typing import Any

from pydicom import config
from pydicom.datadict import dictionary_description
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from wado.errors import NotAcceptable

# What an object holds is judged here, attribute by attribute, when it is needed.
config.settings.reading_validation_mode = config.IGNORE


def unfit(keyword: str, complaint: str = "is absent or malformed") -> NotAcceptable:
    """The error for an object that cannot be shown because of one attribute."""
    return NotAcceptable(
        f"no picture can be made of this object: {dictionary_description(keyword)} {Tag(keyword)} "
        f"{complaint}; contentType=application/dicom&transferSyntax=* gives the object as it is stored"
    )


def values_of(dataset: Dataset, keyword: str) -> list[Any]:
    """The attribute's values; none if it is absent, empty or unreadable."""
    try:
        value = dataset.get(keyword)
    except Exception:  # pydicom raises nearly anything for a malformed element
        return []
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, (list, tuple, MultiValue, Sequence)) else [value]


def integer(dataset: Dataset, keyword: str, default: int | None = None) -> int:
    """The attribute's first value as an integer; raises `NotAcceptable` if there is neither value nor default."""
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
    numbers = []
    for value in values_of(dataset, keyword):
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
    return next((str(value).strip("\0 ") for value in values_of(dataset, keyword)), "")


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence; none if it is absent or unreadable."""
    return [item for item in values_of(dataset, keyword) if isinstance(item, Dataset)]
