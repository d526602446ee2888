"""One HTTP exchange, free of the server that carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from wado.errors import WadoError
from wado.files import Body

TEXT_PLAIN = "text/plain"

NOT_KEPT = (("Cache-Control", "no-store"),)
"""What goes with every error: the next request may well be answered."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """`query` is percent-decoded; the names of `headers` are in lower case."""

    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """`origin` is how the answer came about, in one of few words; `instance` the archive's identifier of the object."""

    status: HTTPStatus
    media_type: str
    body: Body
    headers: tuple[tuple[str, str], ...] = ()
    origin: str = "made"
    instance: str = ""


def error_response(error: WadoError, headers: tuple[tuple[str, str], ...] = ()) -> HttpResponse:
    retry = (("Retry-After", str(error.retry_after)),) if error.retry_after is not None else ()
    body = error.to_text().encode("ascii")
    return HttpResponse(error.status, TEXT_PLAIN, body, (*headers, *retry), "refused", error.instance)
