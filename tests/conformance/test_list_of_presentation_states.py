"""Beside the standard: the list of the presentation states that apply to an image or to one of its frames."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance import presentation_states
from tests.conformance.server import PNG, Server, assert_refused
from tests.support.http_client import Answer, query


def ask(server: Server, **parameters: object) -> Answer:
    return server.client.get(f"/wado/presentation-states?{query(parameters)}")


def listed(server: Server, image: str, **parameters: object) -> dict[str, dict[str, Any]]:
    """What the list says of each state, by the state's name."""
    answer = ask(server, **server.uids[image], **parameters)
    assert (answer.status, answer.media_type) == (200, "application/json"), answer
    names = {server.uids[name]["objectUID"]: name for name in presentation_states.MAKERS}
    return {names[entry["presentationUID"]]: entry for entry in answer.json()}


def test_the_states_of_an_image_are_those_that_reference_it(server: Server) -> None:
    expected = {name for name, (image, _) in presentation_states.MAKERS.items() if image == "squares"}
    assert listed(server, "squares").keys() == expected - {"volume rendering state"}
    assert listed(server, "ct") == {}


def test_a_state_that_blends_images_is_one_of_those_that_lie_below(server: Server) -> None:
    """A picture of the others is refused."""
    assert listed(server, "anatomy").keys() == {"blending state", "blending state that lacks an image"}
    assert listed(server, "activity") == {}


def test_the_states_of_a_frame_are_those_that_reference_it(server: Server) -> None:
    assert listed(server, "frames").keys() == {"windows of frames", "state of two frames"}
    assert listed(server, "frames", frameNumber=2).keys() == {"windows of frames"}
    assert listed(server, "frames")["state of two frames"]["frameNumbers"] == [1, 3]


@pytest.mark.parametrize(("image", "kind"), [("color", "Color"), ("anatomy", "Blending")])
def test_the_kind_of_a_state_is_told(server: Server, image: str, kind: str) -> None:
    assert {entry["kind"] for entry in listed(server, image).values()} == {kind}


def test_the_query_of_a_state_shows_the_image_with_it(server: Server) -> None:
    for name in ("inverting state", "pseudo-color state", "magnifying state"):
        entry = listed(server, "squares")[name]
        answer = server.get(f"{entry['query']}&contentType={PNG}")
        assert answer.status == 200
        assert answer.body == server.show(name, "squares").body


def test_the_query_of_a_state_of_some_frames_shows_one_of_them(server: Server) -> None:
    entry = listed(server, "frames")["state of two frames"]
    assert server.get(f"{entry['query']}&contentType={PNG}").status == 200


def test_an_image_that_is_not_there_is_not_found(server: Server) -> None:
    assert_refused(ask(server, **{**server.uids["squares"], "objectUID": "1.2.3"}), 404, "objectUID")


@pytest.mark.parametrize("parameters", [{"rows": 10}, {"contentType": PNG}, {"presentationUID": "1.2.3"}])
def test_what_is_no_part_of_it_is_refused(server: Server, parameters: dict[str, object]) -> None:
    assert_refused(ask(server, **server.uids["squares"], **parameters), 400, next(iter(parameters)))
