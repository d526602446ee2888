"""The link that names an answer by itself, whatever the Accept fields prefer: for the field Content-Location.

RFC 9110 section 8.7. It is relative, a query alone, and so right behind any web server that changes the path.
"""

from __future__ import annotations

from urllib.parse import quote

from wado.job import Job
from wado.request.model import WadoRequest
from wado.request.parameters import PARAMETERS

_IN_QUERIES = "/,*"
"""Characters of values that a query takes as they are (RFC 3986 section 3.4)."""


def write_canonical_link(request: WadoRequest, job: Job) -> str | None:
    """Every parameter that has a value, in the order of the standard; what was negotiated is named.

    None for a de-identified object: its answer has nothing of the UIDs that it was asked for by.
    """
    if request.anonymize:
        return None
    parts = ["requestType=WADO"]
    for parameter in PARAMETERS:
        value: object = None
        if parameter.name == "contentType":
            value = job.media_type
        elif parameter.name == "charset":
            value = job.charsets
        elif parameter.field:
            value = getattr(request, parameter.field)
        if _is_given(value):
            parts.append(f"{parameter.name}={quote(_text(value), safe=_IN_QUERIES)}")
    return "?" + "&".join(parts)


def _is_given(value: object) -> bool:
    return value is not None and value is not False and value not in ("", ())


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(_text, value))
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)
