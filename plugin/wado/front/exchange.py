"""One HTTP exchange, free of the server that carries it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import NamedTuple

from wado.errors import WadoError
from wado.files import Body

TEXT_PLAIN = "text/plain"

NOT_KEPT = (("Cache-Control", "no-store"),)
"""What goes with every error: the next request may well be answered."""


OK, NOT_MODIFIED = HTTPStatus.OK, HTTPStatus.NOT_MODIFIED
"""Of nearly all answers. Where it is written out, a member is looked up by code of Python's, each time."""

_NONE: Mapping[str, str] = MappingProxyType({})


class HttpRequest(NamedTuple):
    """`query` is percent-decoded; the names of `headers` are in lower case."""

    method: str = "GET"
    query: Mapping[str, str] = _NONE
    headers: Mapping[str, str] = _NONE


class HttpResponse(NamedTuple):
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
