"""Orthanc's own resource that starts it anew."""

from __future__ import annotations

import pytest

from tests.support.fake_orthanc import FakeOrthanc, RecordingRestOutput
from wado.front import orthanc_reset
from wado.front.orthanc_reset import ResetResource


@pytest.fixture
def orthanc(monkeypatch: pytest.MonkeyPatch) -> FakeOrthanc:
    fake = FakeOrthanc()
    monkeypatch.setattr(orthanc_reset, "orthanc", fake)
    return fake


def test_orthanc_does_what_it_is_asked_for_and_it_is_noted(orthanc: FakeOrthanc) -> None:
    reset, output = ResetResource(), RecordingRestOutput()
    reset(output, "/tools/reset", method="POST", body=b"")
    assert reset.was_asked_for and orthanc.asked == ["/tools/reset"]
    assert (output.status, output.body) == (200, b"{}")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_post_is_the_only_method(orthanc: FakeOrthanc, method: str) -> None:
    reset, output = ResetResource(), RecordingRestOutput()
    reset(output, "/tools/reset", method=method)
    assert not reset.was_asked_for and orthanc.asked == []
    assert output.status == 405
