"""Values that take the place of what was: dummies by VR, and dates moved back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

REMOVED = "REMOVED"
REMOVED_SCHEME = "99REMOVED"
"""Coding Scheme Designator of a code that means nothing: that of a private scheme begins with 99 (PS3.3 8.2)."""

_TEXT = dict.fromkeys(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"), REMOVED)
DUMMIES: dict[str, Any] = {
    **_TEXT,
    "AS": "000Y",
    "DA": "19000101",
    "DT": "19000101000000",
    "TM": "000000",
    "DS": "0",
    "IS": "0",
    "UR": "urn:removed",
    **dict.fromkeys(("FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"), 0),
    **dict.fromkeys(("OB", "OD", "OF", "OL", "OV", "OW", "UN"), bytes(8)),
    "AT": 0,
}
"""Valid values that mean nothing (PS3.5 6.2). 8 bytes are a whole number of words of every kind."""

_DATE = re.compile(r"(\d{4})\.?(\d{2})?\.?(\d{2})?")
_TIME = re.compile(r"\d{2}:?(\d{2}:?(\d{2}(\.\d{1,6})?)?)?")
_DATE_TIME = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2,6}(\.\d{1,6})?)?([+-]\d{4})?")


def dummy_for(vr: str) -> Any:
    return DUMMIES.get(vr, "")


def moved_back(vr: str, value: str, days: int) -> str:
    """A date or date-time that many days earlier, as precise as it was; a time as it is; nothing for what is neither.

    Whole days keep every interval, and the time of day; years and months alone move as their first day does.
    """
    value = value.strip(" \0")
    if vr == "TM":
        return value if _TIME.fullmatch(value) else ""
    match = (_DATE if vr == "DA" else _DATE_TIME).fullmatch(value)
    if match is None:
        return ""
    try:
        earlier = date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) - timedelta(days)
    except (ValueError, OverflowError):
        return ""
    moved = f"{earlier:%Y%m%d}".rjust(8, "0")[: 4 + 2 * bool(match[2]) + 2 * bool(match[3])]
    return moved + "".join((match[4] or "", match[6] or "")) if vr == "DT" else moved
