"""One HTTP exchange, free of the server that carries it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote_plus

from wado.errors import WadoError
from wado.files import Body

TEXT_PLAIN = "text/plain"

NOT_KEPT = (("Cache-Control", "no-store"),)
"""What goes with every error: the next request may well be answered."""


OK, NOT_MODIFIED = HTTPStatus.OK, HTTPStatus.NOT_MODIFIED
"""Of nearly all answers. Where it is written out, a member is looked up by code of Python's, each time."""

_NONE: Mapping[str, str] = MappingProxyType({})


class HttpRequest(NamedTuple):
    """`query` is as it came, still percent-encoded if it `is_encoded`; the names of `headers` are in lower case."""

    method: str = "GET"
    query: Mapping[str, str] = _NONE
    headers: Mapping[str, str] = _NONE
    is_encoded: bool = False

    @property
    def parameters(self) -> Mapping[str, str]:
        """The query, decoded."""
        if not self.is_encoded:
            return self.query
        return {unquote_plus(name): unquote_plus(value) for name, value in self.query.items()}

    def names_twice(self, names: Container[str]) -> str | None:
        """A parameter out of `names` that came under two spellings, as `rows` and `%72ows`; none if none did."""
        if not self.is_encoded:
            return None
        decoded = Counter(map(unquote_plus, self.query))
        return next((name for name, count in decoded.items() if count > 1 and name in names), None)

    def limited_to(self, names: Container[str]) -> HttpRequest:
        """Without any other parameters, and as encoded as it was."""
        decoded = unquote_plus if self.is_encoded else str
        return self._replace(query={name: value for name, value in self.query.items() if decoded(name) in names})


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
