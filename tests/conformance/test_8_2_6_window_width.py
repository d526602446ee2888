"""PS3.18-2011 8.2.6: windowWidth replaces the object's own, together with windowCenter."""

from __future__ import annotations

import pytest

from tests.conformance.server import JPEG, PNG, Server, assert_refused


def test_it_is_required_beside_window_center(server: Server) -> None:
    assert_refused(server.ask("ct", contentType=PNG, windowCenter=40), 400, "windowWidth")


@pytest.mark.parametrize("value", ["0", "-400", "0.5", "x", "nan", "1e999"])
def test_what_is_no_width_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("ct", contentType=PNG, windowCenter=40, windowWidth=value), 400, "windowWidth")


def test_it_does_nothing_to_a_colour_image(server: Server) -> None:
    windowed = server.ask("color", contentType=JPEG, windowCenter=40, windowWidth=80)
    assert windowed.status == 200
    assert windowed.body == server.ask("color", contentType=JPEG).body
