"""Attributes as they are written in an annotation: names, dates, numbers. What is malformed is left out."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, time

from pydicom.dataset import Dataset

from wado.annotation.model import ELLIPSIS
from wado.dicom.person_name import write_group
from wado.dicom.texts import stored_texts
from wado.dicom.values import text

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
LONGEST_TEXT = 256
"""Characters of one value; the longest that the standard allows in what is shown here have 64 in each part."""

_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_DATE = re.compile(r"(\d{4})[.]?(\d\d)[.]?(\d\d)")
_TIME = re.compile(r"(\d\d)(?::?([0-5]\d)(?::?([0-5]\d|60))?)?(?:[.]\d{1,6})?")
_AGE = re.compile(r"(\d{3})([DWMY])")


def written_text(dataset: Dataset, keyword: str, inherited: bytes = b"") -> str:
    """All of the attribute's text on one line; what cannot be shown is replaced by what can be seen.

    `inherited` is the Specific Character Set that an item has of what it is in.
    """
    try:
        return visible("\\".join(stored_texts(dataset, keyword, inherited)))
    except Exception:  # whatever pydicom raises when it decodes a malformed value
        return REPLACEMENT


def visible(value: str) -> str:
    characters = unicodedata.normalize("NFC", value.replace("\0", "").replace("\r\n", " "))
    shown = "".join(map(_visible_character, characters)).strip()
    return shown if len(shown) <= LONGEST_TEXT else shown[:LONGEST_TEXT] + ELLIPSIS


def written_name(dataset: Dataset, keyword: str) -> list[str]:
    """Each component group of a name (PS3.5 6.2.1.1): family name and comma, except where none is customary."""
    groups = written_text(dataset, keyword).split("=")
    components = ([component.strip() for component in group.split("^")] for group in groups)
    return [name for name in (write_group(group, index) for index, group in enumerate(components)) if name]


def written_date(dataset: Dataset, keyword: str) -> str:
    match = _DATE.fullmatch(text(dataset, keyword))
    try:
        return date(*map(int, match.groups())).isoformat() if match else ""
    except ValueError:
        return ""


def written_time(dataset: Dataset, keyword: str) -> str:
    """As precise as it is stored, up to seconds."""
    match = _TIME.fullmatch(text(dataset, keyword))
    parts = [part for part in match.groups() if part] if match else []
    if not parts or int(parts[0]) >= time.max.hour + 1:
        return ""
    return ":".join(parts) if len(parts) > 1 else f"{parts[0]} h"


def written_age(dataset: Dataset, keyword: str) -> str:
    match = _AGE.fullmatch(text(dataset, keyword))
    return f"{int(match[1])}{match[2]}" if match else ""


def written_number(value: float) -> str:
    """Four significant digits, or all those before the point."""
    if value == 0:
        return "0"
    digits = max(0, 3 - math.floor(math.log10(abs(value))))
    written = f"{value:.{min(digits, 9)}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _visible_character(character: str) -> str:
    if character in "\t\n\v\f\r\u2028\u2029":
        return " "
    is_unseen = unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn")
    return REPLACEMENT if is_unseen or character in _REORDERING else character
