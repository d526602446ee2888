"""PS3.18-2011 6.2: the request is a GET, whose parameters are represented as RFC 2396 says."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.conformance.server import JPEG, Server
from tests.support.http_client import query


def test_get_is_answered(server: Server) -> None:
    assert server.ask("squares").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_refused(server: Server, method: str) -> None:
    path = f"/wado?{query({'requestType': 'WADO', **server.uids['squares']})}"
    assert server.client.request(method, path, b"").status in (404, 405)


def test_parameters_come_in_any_order(server: Server) -> None:
    parameters = {"requestType": "WADO", **server.uids["squares"], "contentType": "image/png", "rows": 20}
    backwards = dict(reversed(parameters.items()))
    assert server.get(query(backwards)).body == server.get(query(parameters)).body


def test_unknown_parameters_are_ignored(server: Server) -> None:
    answer = server.ask("squares", token="a/b=c", frame=1, useOrig="true", RequestType="x")
    assert answer.status == 200


def test_every_character_of_a_value_may_be_escaped(server: Server) -> None:
    text = query({"requestType": "WADO", **server.uids["squares"]}).replace(".", "%2E")
    assert server.get(f"{text}&contentType={quote(JPEG, safe='')}").status == 200
    assert server.get(f"{text}&contentType={JPEG}").status == 200


def test_a_value_is_unescaped_once(server: Server) -> None:
    assert server.ask("squares", contentType="image%2Fjpeg").status == 400
