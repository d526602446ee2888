"""PS3.18-2011 8.2.10: presentationSeriesUID and presentationUID are given together."""

from __future__ import annotations

from tests.conformance.server import PNG, Server, assert_refused, implemented


def test_it_is_required_beside_presentation_uid(server: Server) -> None:
    uid = server.uids["inverting state"]["objectUID"]
    assert_refused(server.ask("squares", contentType=PNG, presentationUID=uid), 400, "presentationSeriesUID")


def test_it_is_refused_without_presentation_uid(server: Server) -> None:
    uid = server.uids["inverting state"]["seriesUID"]
    assert_refused(server.ask("squares", contentType=PNG, presentationSeriesUID=uid), 400, "presentationUID")


def test_a_state_of_another_series_is_not_found(server: Server) -> None:
    uid = server.uids["inverting state"]["objectUID"]
    answer = implemented(server.ask("squares", contentType=PNG, presentationUID=uid, presentationSeriesUID="1.2.3"))
    assert answer.status == 404
