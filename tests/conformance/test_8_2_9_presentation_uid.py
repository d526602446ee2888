"""PS3.18-2011 8.2.9: presentationUID names the presentation state to apply; it is never ignored."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.objects import SQUARES
from tests.conformance.server import DICOM, PNG, Server, assert_refused, implemented, picture_in


@pytest.fixture
def state(server: Server) -> dict[str, str]:
    """The parameters that name the presentation state."""
    uids = server.uids["inverting state"]
    return {"presentationUID": uids["objectUID"], "presentationSeriesUID": uids["seriesUID"]}


def test_the_presentation_state_is_applied(server: Server, state: dict[str, str]) -> None:
    picture = picture_in(implemented(server.ask("squares", contentType=PNG, **state))).astype(int)
    assert np.abs(picture - (255 - SQUARES.astype(int))).max() <= 1


def test_one_that_does_not_exist_is_not_found(server: Server, state: dict[str, str]) -> None:
    answer = implemented(server.ask("squares", contentType=PNG, **(state | {"presentationUID": "1.2.3"})))
    assert answer.status == 404


@pytest.mark.parametrize("value", ["x", "1.2.*", "1..2"])
def test_what_is_no_uid_is_refused(server: Server, state: dict[str, str], value: str) -> None:
    answer = server.ask("squares", contentType=PNG, **(state | {"presentationUID": value}))
    assert_refused(answer, 400, "presentationUID")


def test_it_is_refused_with_application_dicom(server: Server, state: dict[str, str]) -> None:
    assert_refused(server.ask("squares", contentType=DICOM, **state), 400, "presentationUID")
