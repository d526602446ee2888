"""The line of the log for a request."""

from __future__ import annotations

from http import HTTPStatus

from wado.errors import NotAcceptable
from wado.front.exchange import HttpRequest, HttpResponse, error_response
from wado.front.request_log import describe_exchange

INSTANCE = "6fb47ef5-072f4557-3215aa29-f99515c1-6fa22bf0"


def test_the_line_tells_what_an_administrator_asks() -> None:
    request = HttpRequest(query={"objectUID": "1.2.3", "rows": "128", "frameNumber": "7"})
    response = HttpResponse(HTTPStatus.OK, "image/jpeg", b"12345", origin="not modified", instance=INSTANCE)
    assert describe_exchange(request, response, 0.01234) == (
        f"WADO-URI: status=200 type=image/jpeg bytes=5 ms=12.3 origin=not-modified instance={INSTANCE} "
        "parameters=frameNumber,rows"
    )


def test_a_refusal_names_the_object_if_it_was_found() -> None:
    error = NotAcceptable("it is none")
    error.instance = INSTANCE
    line = describe_exchange(HttpRequest(), error_response(error), 0.0001)
    assert line == (
        f"WADO-URI: status=406 type=text/plain bytes=31 ms=0.1 origin=refused instance={INSTANCE} parameters=-"
    )


def test_no_value_of_a_request_and_no_unknown_name_is_in_the_line() -> None:
    query = dict.fromkeys(("objectUID", "rows", "contentType", "annotation", "Doe^Jane"), "Doe^Jane")
    response = HttpResponse(HTTPStatus.OK, 'text/plain; x="Doe^Jane"', b"Doe^Jane")
    line = describe_exchange(HttpRequest(query=query, headers={"accept": "Doe^Jane"}), response, 1.0)
    assert "Doe" not in line
    assert "instance=- parameters=rows" in line
