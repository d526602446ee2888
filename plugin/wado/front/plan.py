"""What a request comes to, for an object as it is stored now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import _lru_cache_wrapper, lru_cache
from typing import TypeVar

from wado.character_sets.names import DICOM_CHARACTER_SETS
from wado.front.archive import Evidence, StoredInstance
from wado.front.exchange import HttpRequest
from wado.front.negotiation import negotiate, negotiate_charsets
from wado.job import Job
from wado.media_types import APPLICATION_DICOM, Category, is_text
from wado.request.model import MediaRange, WadoRequest, WeightedCharset
from wado.request.syntax import parse_accept, parse_accept_charset
from wado.stored_syntax import EXPLICIT_VR_LITTLE_ENDIAN

Headers = tuple[tuple[str, str], ...]
Query = tuple[tuple[str, str], ...]
Asked = tuple[Query, str, str]
"""What of a request decides what its answer is, whether or not the client has that: its query and Accept fields."""
Result = TypeVar("Result")

UNDERSTOOD = 1024
"""Accept fields whose meaning is kept in mind: a viewer asks with the same again."""

LONGEST_REMEMBERED = 1024
"""Characters of a query and its Accept fields that are kept in mind: thousands with long lists would fill memory."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a request comes to for an object as it is stored now.

    `evidence` is of all objects that the request names: none where there is more than the object itself.
    `headers` are those of the answer whatever it will be. As long as the job takes no other objects, `entity_tag` names
    the answer, `date` is its Last-Modified, `head` has the one beside the headers and `dated_head` both.
    """

    request: WadoRequest
    instance: StoredInstance
    evidence: Evidence | None
    job: Job
    entity_tag: str
    date: int | None
    warnings: tuple[str, ...]
    headers: Headers
    head: Headers
    dated_head: Headers


def as_asked(request: HttpRequest) -> Asked:
    """As it came: encoded and decoded, the same letters may mean two things."""
    fields = request.headers
    return tuple(request.query.items()), fields.get("accept", ""), fields.get("accept-charset", "")


def is_short(asked: Asked) -> bool:
    """Whether it is kept in mind what is asked."""
    query, accept, accept_charset = asked
    return sum([len(value) for _, value in query], len(accept) + len(accept_charset)) <= LONGEST_REMEMBERED


def recalled(function: _lru_cache_wrapper[Result], is_remembered: bool) -> Callable[..., Result]:
    """The function with its memory, or without."""
    return function if is_remembered else function.__wrapped__


@lru_cache(maxsize=UNDERSTOOD)
def choose_media_type(category: Category, content_types: tuple[MediaRange, ...], accept: str) -> str:
    return negotiate(category, content_types, parse_accept(accept))


@lru_cache(maxsize=UNDERSTOOD)
def choose_charsets(media_type: str, charsets: tuple[WeightedCharset, ...], accept_charset: str) -> tuple[str, ...]:
    """The character sets that text may be in; none for what is no text, and for DICOM objects as they are stored.

    Those are converted where charset asks for it: a browser's Accept-Charset field means documents.
    """
    if media_type == APPLICATION_DICOM:
        return negotiate_charsets(charsets, (), DICOM_CHARACTER_SETS) if charsets else ()
    return negotiate_charsets(charsets, parse_accept_charset(accept_charset)) if is_text(media_type) else ()


def plan_job(
    request: WadoRequest,
    instance: StoredInstance,
    category: Category,
    media_type: str,
    charsets: tuple[str, ...],
) -> Job:
    """The request as the plan of one answer, the same for whatever means the same."""
    return Job(
        attachment=instance.attachment,
        size=instance.size,
        category=category.value,
        media_type=media_type,
        frame_number=request.frame_number,
        rows=request.rows,
        columns=request.columns,
        window_center=request.window_center,
        window_width=request.window_width,
        image_quality=request.image_quality,
        region=request.region,
        annotation=request.annotation,
        transfer_syntaxes=_in_normal_form(request.transfer_syntaxes),
        anonymize=request.anonymize,
        charsets=charsets,
        presentation_uid=request.presentation_uid,
    )


def _in_normal_form(transfer_syntaxes: tuple[str, ...]) -> tuple[str, ...]:
    """Without what is taken anyway after the last one (8.2.11), and without repetitions."""
    *others, last = dict.fromkeys((*transfer_syntaxes, EXPLICIT_VR_LITTLE_ENDIAN))
    return tuple(others) if last == EXPLICIT_VR_LITTLE_ENDIAN else (*others, last)


def find_warnings(request: WadoRequest, media_type: str) -> tuple[str, ...]:
    """What has nothing to act on: the standard forbids charset beside no media type (8.1.6)."""
    has_effect = is_text(media_type) or media_type == APPLICATION_DICOM
    return () if not request.charsets or has_effect else (f"charset has no effect: {media_type} has no character set",)
