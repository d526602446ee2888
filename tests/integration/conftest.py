"""The Orthanc that most of the tests speak to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.orthanc_process import OrthancProcess


@pytest.fixture(scope="session")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancProcess]:
    """As `make run` starts it, and with two workers on any machine."""
    with OrthancProcess(tmp_path_factory.mktemp("orthanc"), Wado={"Workers": 2}, OverwriteInstances=True) as process:
        yield process


@pytest.fixture(autouse=True)
def no_fault_in_the_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does to the common Orthanc, it goes on, and no exception is in its log."""
    if "orthanc" not in request.fixturenames:
        yield
        return
    process: OrthancProcess = request.getfixturevalue("orthanc")
    before = len(process.faults())
    yield
    assert not process.has_ended
    assert process.faults()[before:] == []
