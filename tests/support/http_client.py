"""A client that speaks HTTP to one server and shows answers as they came."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

TIMEOUT = 120.0
"""Seconds for an answer: much, on a machine that does other things besides."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The names of `headers` are in lower case; those of a field sent several times are joined by commas."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<{self.status} {self.media_type} {len(self.body)} bytes {self.body[:160]!r}>"


class Client:
    """A new connection for each request."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        if address.scheme != "http" or address.hostname is None:
            raise ValueError("the address must be http://HOST[:PORT][/PATH]")
        self.host = address.hostname
        self.port = address.port or 80
        self.path = address.path.rstrip("/")

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        try:
            connection.request(method, self.path + path, body, {"Connection": "close", **(headers or {})})
            return read_answer(connection)
        finally:
            connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("GET", path, headers=headers)

    def send(self, message: bytes) -> bytes:
        """Whatever comes back for these very bytes until the server closes; nothing where it does so at once."""
        with socket.create_connection((self.host, self.port), timeout=TIMEOUT) as connection:
            try:
                connection.sendall(message)
                connection.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: connection.recv(65536), b""))
            except TimeoutError:
                raise
            except OSError:  # it was closed meanwhile
                return b""

    def send_target(self, target: bytes, *fields: bytes) -> int:
        """The status for a GET of the very request target, with these header fields; 0 for no answer."""
        lines = (b"GET " + target + b" HTTP/1.1", b"Host: localhost", b"Connection: close", *fields)
        status = self.send(b"\r\n".join(lines) + b"\r\n\r\n").split(b" ", 2)
        return int(status[1]) if len(status) > 1 else 0


def read_answer(connection: http.client.HTTPConnection) -> Answer:
    response = connection.getresponse()
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Answer(response.status, headers, response.read())


def query(parameters: Mapping[str, object]) -> str:
    """A query component with everything escaped that has to be; parameters that are None are left out."""
    return "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parameters.items() if value is not None)
