"""The media type of the answer: contentType, then the Accept field, then the default of the category."""

from __future__ import annotations

from collections.abc import Sequence

from wado.errors import NotAcceptable
from wado.media_types import ALIASES, DEFAULT, OFFERS, Category
from wado.request.model import MediaRange

_ANYTHING = (MediaRange("*", "*"),)


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
        raise NotAcceptable(f"the Accept field names no media type of this {category.value}. {_have_instead(category)}")
    return max(acceptable, key=lambda offer: quality_of(offer, accept))


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
