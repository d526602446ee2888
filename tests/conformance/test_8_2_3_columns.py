"""PS3.18-2011 8.2.3: columns is the width of the picture, or its maximum beside rows."""

from __future__ import annotations

import pytest

from tests.conformance.server import DICOM, PNG, Server, assert_refused, size_of


@pytest.mark.parametrize(("columns", "expected"), [(30, (20, 30)), (60, (40, 60)), (120, (80, 120)), (1, (1, 1))])
def test_rows_follow_the_aspect_ratio(server: Server, columns: int, expected: tuple[int, int]) -> None:
    assert size_of(server.ask("squares", contentType=PNG, columns=columns)) == expected


@pytest.mark.parametrize("value", ["0", "-60", "6e1", "NaN"])
def test_what_is_no_size_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("squares", contentType=PNG, columns=value), 400, "columns")


def test_it_is_refused_with_application_dicom(server: Server) -> None:
    assert_refused(server.ask("squares", contentType=DICOM, columns=20), 400, "columns")


def test_an_empty_value_is_an_absent_one(server: Server) -> None:
    assert size_of(server.ask("squares", contentType=PNG, columns="", rows="")) == (40, 60)
