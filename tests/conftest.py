"""Options and marks; what is needed is skipped with a reason where it is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.orthanc_process import why_not_installed

HERE = Path(__file__).parent
WITH_ORTHANC = ("integration", "conformance")
MEASURED = (*WITH_ORTHANC, "browser")
"""Folders whose tests watch what other processes do, and when: run one after another, whatever runs beside them."""

# The same examples every time, however long they take on a machine that has much else to do: what fails is what was
# changed. `--hypothesis-profile searching` tries others, and keeps those that fail.
settings.register_profile("searching", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=False)
settings.register_profile("unhurried", settings.get_profile("searching"), derandomize=True, database=None)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--base-url",
        metavar="URL",
        help="have tests/conformance speak to this server, such as http://localhost:8042, instead of one of its own",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of the folders that need an Orthanc, and skip them where there is none.

    Those of a file, and of these folders, stay together where tests run in several processes.
    """
    missing = why_not_installed()
    for item in items:
        folder = item.path.relative_to(HERE).parts[0]
        item.add_marker(pytest.mark.xdist_group("measured" if folder in MEASURED else str(item.path)))
        if folder not in WITH_ORTHANC:
            continue
        item.add_marker(folder)
        if missing and not (folder == "conformance" and config.getoption("--base-url")):
            item.add_marker(pytest.mark.skip(reason=missing))
