"""One object for each tag, however often it is met: pydicom compares two by a function of Python."""

from __future__ import annotations

from functools import lru_cache

from pydicom.datadict import tag_for_keyword
from pydicom.tag import BaseTag

TAGS_KEPT = 4096
"""More than an image has attributes; one that is made anew is no less right."""


@lru_cache(maxsize=TAGS_KEPT)
def tag_of(number: int) -> BaseTag:
    return BaseTag(number)


@lru_cache(maxsize=TAGS_KEPT)
def tag_named(keyword: str) -> BaseTag:
    """Of an attribute of the standard; raises `KeyError` for what is none."""
    number = tag_for_keyword(keyword)
    if number is None:
        raise KeyError(keyword)
    return tag_of(number)
