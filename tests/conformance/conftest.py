"""The server under test, with the objects of the tests in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.server import Server
from tests.support.orthanc_process import LOOPBACK, OrthancProcess


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The one that --base-url names, or an Orthanc that is started for the tests."""
    base_url: str | None = pytestconfig.getoption("--base-url")
    if base_url:
        server = Server(base_url)
        yield server
        server.clean()
        return
    with OrthancProcess(tmp_path_factory.mktemp("conformance"), Wado={"Workers": 1}) as process:
        yield Server(f"http://{LOOPBACK}:{process.port}")
        assert process.faults() == []
