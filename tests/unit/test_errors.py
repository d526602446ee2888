"""Errors, and the answers that they become."""

from __future__ import annotations

import pytest

from wado import errors
from wado.errors import BadRequest, InternalError, NotFound, Unavailable, WadoError
from wado.front.exchange import error_response


@pytest.mark.parametrize("kind", WadoError.__subclasses__(), ids=lambda kind: kind.__name__)
def test_the_tree_in_the_docstring_is_true(kind: type[WadoError]) -> None:
    row = next(line for line in (errors.__doc__ or "").splitlines() if f" {kind.__name__} " in line)
    assert f" {kind.status.value} " in row


def test_the_text_names_the_parameter_and_the_clause() -> None:
    error = BadRequest("must be 1 or more", parameter="rows", clause="8.2.2")
    assert error.to_text() == "400 Bad Request: rows: must be 1 or more (PS3.18-2011 section 8.2.2)\n"


def test_the_text_of_an_error_without_parameter_is_its_message() -> None:
    assert InternalError("it broke").to_text() == "500 Internal Server Error: it broke\n"


def test_the_text_is_ascii_whatever_the_message_is() -> None:
    assert NotFound("größer ☃ \udcff").to_text() == "404 Not Found: gr??er ? ?\n"


def test_an_error_is_plain_text() -> None:
    response = error_response(NotFound("there is none"), (("Access-Control-Allow-Origin", "*"),))
    assert (response.status, response.media_type) == (404, "text/plain")
    assert bytes(response.body) == b"404 Not Found: there is none\n"
    assert response.headers == (("Access-Control-Allow-Origin", "*"),)


def test_an_error_that_passes_says_when_to_come_again() -> None:
    assert error_response(Unavailable("busy", retry_after=0)).headers == (("Retry-After", "0"),)
