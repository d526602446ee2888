"""PS3.18-2011 8.2.10: presentationSeriesUID and presentationUID are given together."""

from __future__ import annotations

from tests.conformance.server import Server, assert_refused


def test_it_is_required_beside_presentation_uid(server: Server) -> None:
    answer = server.show("inverting state", "squares", presentationSeriesUID=None)
    assert_refused(answer, 400, "presentationSeriesUID")


def test_it_is_refused_without_presentation_uid(server: Server) -> None:
    assert_refused(server.show("inverting state", "squares", presentationUID=None), 400, "presentationUID")


def test_a_state_of_another_series_is_not_found(server: Server) -> None:
    assert_refused(server.show("inverting state", "squares", presentationSeriesUID="1.2.3"), 404, "presentation")


def test_the_series_of_the_image_is_not_that_of_the_state(server: Server) -> None:
    series = server.uids["squares"]["seriesUID"]
    assert_refused(server.show("inverting state", "squares", presentationSeriesUID=series), 404, "presentation")
