"""Every way a request can fail, and the HTTP status it becomes.

WadoError
├── BadRequest      400  a parameter is malformed, missing, or forbidden beside another one
├── Forbidden       403  the site or the standard refuses this
├── NotFound        404  no such object under that study and series
├── NotAcceptable   406  the object cannot be had in any of the media types asked for
├── Gone            410  the object was deleted while the answer was being made
├── InternalError   500  our own fault
├── Unimplemented   501  a valid request for something this version does not make
└── Unavailable     503  overloaded, out of time or out of memory
"""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

STANDARD = "PS3.18-2011"


class WadoError(Exception):
    """A request that gets an error for an answer.

    The message is for the person who reads it, ends without a full stop and never holds a value out of an object.
    `parameter` is the parameter at fault, `clause` the section of PS3.18-2011 that says so. `instance` is the archive's
    identifier of the object, once it is known, for the log.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(
        self, message: str, *, parameter: str | None = None, clause: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.parameter = parameter
        self.clause = clause
        self.retry_after = retry_after
        self.instance = ""

    def to_text(self) -> str:
        """The body of the answer: one line of plain ASCII."""
        subject = f"{self.parameter}: " if self.parameter else ""
        source = f" ({STANDARD} section {self.clause})" if self.clause else ""
        text = f"{self.status.value} {self.status.phrase}: {subject}{self.message}{source}\n"
        return text.encode("ascii", "replace").decode("ascii")


class BadRequest(WadoError):
    status = HTTPStatus.BAD_REQUEST


class Forbidden(WadoError):
    status = HTTPStatus.FORBIDDEN


class NotFound(WadoError):
    status = HTTPStatus.NOT_FOUND


class NotAcceptable(WadoError):
    status = HTTPStatus.NOT_ACCEPTABLE


class Gone(WadoError):
    status = HTTPStatus.GONE


class InternalError(WadoError):
    status = HTTPStatus.INTERNAL_SERVER_ERROR


class Unimplemented(WadoError):
    status = HTTPStatus.NOT_IMPLEMENTED


class Unavailable(WadoError):
    status = HTTPStatus.SERVICE_UNAVAILABLE


BY_NAME = {error.__name__: error for error in WadoError.__subclasses__()}
