"""The media type of the answer: contentType, then the Accept field, then the default of the category.

And its character sets: charset, as far as the Accept-Charset field allows, else UTF-8.
"""

from __future__ import annotations

from collections.abc import Sequence

from wado.character_sets.names import CHARACTER_SETS, DEFAULT_CHARACTER_SET, CharacterSet, find_character_set
from wado.errors import NotAcceptable
from wado.media_types import ALIASES, DEFAULT, OFFERS, Category
from wado.request.model import MediaRange, WeightedCharset

_ANYTHING = (MediaRange("*", "*"),)
_ANY_CHARSET = (WeightedCharset("*"),)


def negotiate(category: Category, content_types: Sequence[MediaRange], accept: Sequence[MediaRange]) -> str:
    """The best media type that the category offers, contentType names and Accept allows; else `NotAcceptable`.

    PS3.18-2011 6.3.2.1 and 8.1.5. A report asked for in nothing that can be had is sent as text/html (7.3.2).
    """
    acceptable = [offer for offer in OFFERS[category] if quality_of(offer, accept or _ANYTHING) > 0]
    if content_types:
        wanted = [offer for offer in acceptable if quality_of(offer, content_types) > 0]
        if wanted:
            return max(wanted, key=lambda offer: _preference(offer, content_types))
        is_offered = any(quality_of(offer, content_types) > 0 for offer in OFFERS[category])
        if is_offered or category is not Category.TEXT:
            raise NotAcceptable(_have_instead(category), parameter="contentType", clause="6.3.2.1")
    if DEFAULT[category] in acceptable:
        return DEFAULT[category]
    if not acceptable:
        raise NotAcceptable(f"{_have_instead(category)}; the Accept field allows none of these")
    return max(acceptable, key=lambda offer: quality_of(offer, accept))


def negotiate_charsets(
    charsets: Sequence[WeightedCharset],
    accept: Sequence[WeightedCharset],
    offers: Sequence[CharacterSet] = CHARACTER_SETS,
) -> tuple[str, ...]:
    """The names of the offered character sets that text may be in, best first; else `NotAcceptable` (8.1.6).

    Those that charset names and the Accept-Charset field allows, by RFC 9110 section 12.5.2: a set that neither a name
    nor `*` stands for is not acceptable, an unknown name stands for none. After one that holds every character no other
    is of use.
    """
    acceptable = [row for row in offers if _charset_quality(row, accept or _ANY_CHARSET) > 0]
    wanted = charsets or accept or (WeightedCharset(DEFAULT_CHARACTER_SET.name),)
    ordered = sorted(
        (row for row in acceptable if _charset_quality(row, wanted) > 0),
        key=lambda row: _charset_preference(row, wanted),
        reverse=True,
    )
    if not ordered:
        message = f"text can be had in {', '.join(row.name for row in offers)}"
        raise NotAcceptable(message, parameter="charset", clause="8.1.6")
    last = next((index for index, row in enumerate(ordered) if row.holds_everything), len(ordered))
    return tuple(row.name for row in ordered[: last + 1])


def _charset_quality(row: CharacterSet, charsets: Sequence[WeightedCharset]) -> float:
    """That of the name, else that of `*`, else 0."""
    named = [charset.quality for charset in charsets if find_character_set(charset.name) is row]
    anything = [charset.quality for charset in charsets if charset.name == "*"]
    return next(iter(named or anything), 0.0)


def _charset_preference(row: CharacterSet, charsets: Sequence[WeightedCharset]) -> tuple[float, int]:
    """Quality first, then the client's own order; what only `*` stands for comes after what is named."""
    positions = (index for index, charset in enumerate(charsets) if find_character_set(charset.name) is row)
    return _charset_quality(row, charsets), -next(positions, len(charsets))


def quality_of(media_type: str, ranges: Sequence[MediaRange]) -> float:
    """The preference for the media type: that of the most specific range which matches it, else 0."""
    matching = [range_ for range_ in ranges if _matches(range_, media_type)]
    return max(matching, key=lambda range_: range_.specificity).quality if matching else 0.0


def _preference(media_type: str, content_types: Sequence[MediaRange]) -> tuple[float, int]:
    """Quality first, then the client's own order."""
    position = next(index for index, range_ in enumerate(content_types) if _matches(range_, media_type))
    return quality_of(media_type, content_types), -position


def _matches(range_: MediaRange, media_type: str) -> bool:
    named = f"{range_.type}/{range_.subtype}"
    return range_.matches(media_type) or ALIASES.get(named) == media_type


def _have_instead(category: Category) -> str:
    return f"this {category.value} can be had as {', '.join(OFFERS[category])}"
