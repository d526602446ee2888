"""The line of the log that tells of a request, without a word that a patient's data may be in."""

from __future__ import annotations

from collections.abc import Callable

from wado.front.exchange import HttpRequest, HttpResponse
from wado.front.metrics import essence

NAMED = ("frameNumber", "rows", "columns", "region")
"""Parameters of which the line says that they were there, never their values: they are what makes an answer costly."""

Observe = Callable[[HttpRequest, HttpResponse, float], None]


def describe_exchange(request: HttpRequest, response: HttpResponse, seconds: float) -> str:
    """Status, media type, size, time until the answer was ready, how it came about, and Orthanc's own identifier.

    An identifier of Orthanc is a hash, by which `/instances/{identifier}` finds the object.
    """
    parameters = request.parameters
    given = ",".join([name for name in NAMED if name in parameters])
    return (
        f"WADO-URI: status={int(response.status)} type={essence(response.media_type)} bytes={len(response.body)} "
        f"ms={1000 * seconds:.1f} origin={response.origin.replace(' ', '-')} instance={response.instance or '-'} "
        f"parameters={given or '-'}"
    )
