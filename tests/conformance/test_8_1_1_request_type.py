"""PS3.18-2011 8.1.1: requestType is required, and WADO."""

from __future__ import annotations

import pytest

from tests.conformance.server import Server, assert_refused
from tests.support.http_client import query


def test_it_is_required(server: Server) -> None:
    assert_refused(server.get(query(server.uids["squares"])), 400, "requestType")


@pytest.mark.parametrize("value", ["", "wado", "Wado", "WADO-RS", "WADO,WADO"])
def test_any_other_value_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("squares", requestType=value), 400, "requestType")


def test_its_name_is_written_as_in_the_standard(server: Server) -> None:
    text = query({"requesttype": "WADO", **server.uids["squares"]})
    assert_refused(server.get(text), 400, "requestType")
