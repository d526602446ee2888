"""Conditional requests (RFC 9110 section 13): whether the client has already what it asks for."""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

ANYTHING = "*"

LONGEST_REMEMBERED = 256
"""Characters of an If-None-Match that is kept in mind: a browser sends one tag or a few."""

_ENTITY_TAG = re.compile(r'[ \t,]*(?:W/)?("[!#-~\x80-\xff]*")[ \t]*(?=,|\Z)')
_EMPTY = re.compile(r"[ \t,]*")

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_NAME, _LONG_NAME, _MONTH = r"(?P<name>[A-Z][a-z]{2})", r"(?P<name>[A-Z][a-z]{5,8})", r"(?P<month>[A-Z][a-z]{2})"
_TIME = r"(?P<hour>[0-2][0-9]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9]|60)"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NAME}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} GMT",
        rf"{_LONG_NAME}, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT",
        rf"{_NAME} {_MONTH} (?P<day>[0-9 ][0-9]) {_TIME} (?P<year>[0-9]{{4}})",
    )
)
"""The preferred form, and the two obsolete ones that servers must take (section 5.6.7)."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the client has: the entity tags that If-None-Match lists, or the date of If-Modified-Since.

    `tags` is none without If-None-Match, and empty where that field is malformed. Beside it, `date` is none: a server
    ignores the one field where there is the other (section 13.1.3).
    """

    tags: frozenset[str] | None = None
    date: int | None = None

    def name(self, entity_tag: str) -> bool:
        """Whether the tag is among those that the client has, by the weak comparison (section 8.8.3.2)."""
        return self.tags is not None and entity_tag in self.tags

    def hold_for(self, entity_tag: str, last_modified: int | None) -> bool:
        """Whether an answer that there is, with these validators, is one that the client has.

        A date is one that the client has from us only if it is the very same: an earlier one of the object proves
        nothing where clocks differ.
        """
        if self.tags is not None:
            return ANYTHING in self.tags or entity_tag in self.tags
        return self.date is not None and self.date == last_modified


UNCONDITIONAL = Conditions()


def read_conditions(headers: Mapping[str, str]) -> Conditions:
    """Those in a request's header fields, whose names are in lower case."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return (_remembered_conditions if len(tags) <= LONGEST_REMEMBERED else _conditions_of_tags)(tags)
    date = headers.get("if-modified-since")
    return UNCONDITIONAL if date is None else Conditions(date=parse_http_date(date))


def _conditions_of_tags(text: str) -> Conditions:
    return Conditions(tags=parse_entity_tags(text))


_remembered_conditions = lru_cache(maxsize=1024)(_conditions_of_tags)


def parse_entity_tags(text: str) -> frozenset[str]:
    """The opaque tags of a list, in their quotes, weak or not; `*` for any; none at all of what is malformed."""
    if text.strip(" \t") == ANYTHING:
        return frozenset((ANYTHING,))
    tags, position = set(), 0
    while match := _ENTITY_TAG.match(text, position):
        tags.add(match[1])
        position = match.end()
    return frozenset(tags) if _EMPTY.fullmatch(text, position) else frozenset()


def parse_http_date(text: str) -> int | None:
    """Seconds since 1970; none for what is no date of section 5.6.7, which is to be ignored."""
    text = text.strip(" \t")
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _DATES)), None)
    if match is None or match["month"] not in _MONTHS:
        return None
    day, month = int(match["day"]), 1 + _MONTHS.index(match["month"])
    year = int(match["year"]) if len(match["year"]) == 4 else _whole_year(int(match["year"]))
    if year < 1 or not 1 <= day <= calendar.monthrange(year, month)[1] or int(match["hour"]) > 23:
        return None
    weekday = calendar.weekday(year, month, day)
    if match["name"] not in (_DAYS[weekday], _LONG_DAYS[weekday]):
        return None
    return calendar.timegm((year, month, day, int(match["hour"]), int(match["minute"]), int(match["second"])))


def write_http_date(seconds: int) -> str:
    """As `Tue, 15 Nov 1994 08:12:31 GMT`, whatever the locale."""
    year, month, day, hour, minute, second, weekday, *_ = time.gmtime(seconds)
    return f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} GMT"


def _whole_year(two_digits: int) -> int:
    """More than 50 years ahead is meant to be in the past (section 5.6.7)."""
    now = time.gmtime().tm_year
    year = now - now % 100 + two_digits
    return year - 100 if year > now + 50 else year
