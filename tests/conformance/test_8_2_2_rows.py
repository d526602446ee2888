"""PS3.18-2011 8.2.2: rows is the height of the picture, or its maximum beside columns."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.objects import SQUARES
from tests.conformance.server import DICOM, PNG, Server, assert_refused, picture_in, size_of

SIZES: dict[str, tuple[int | None, int | None, tuple[int, int]]] = {
    "neither": (None, None, (40, 60)),
    "half the rows": (20, None, (20, 30)),
    "twice the rows": (80, None, (80, 120)),
    "the same rows": (40, None, (40, 60)),
    "one row": (1, None, (1, 2)),
    "both, of which rows bind": (20, 600, (20, 30)),
    "both, of which columns bind": (400, 30, (20, 30)),
    "both, in the aspect ratio": (20, 30, (20, 30)),
    "a ratio that does not come out even": (20, 20, (13, 20)),
}


@pytest.mark.parametrize(("rows", "columns", "expected"), SIZES.values(), ids=SIZES.keys())
def test_the_aspect_ratio_is_kept(
    server: Server, rows: int | None, columns: int | None, expected: tuple[int, int]
) -> None:
    assert size_of(server.ask("squares", contentType=PNG, rows=rows, columns=columns)) == expected


@pytest.mark.parametrize("rows", [20, 80, 60])
def test_every_square_stays_in_its_place(server: Server, rows: int) -> None:
    picture = picture_in(server.ask("squares", contentType=PNG, rows=rows)).astype(int)
    side = rows // 4
    centers = picture[side // 2 :: side, side // 2 :: side]
    assert np.abs(centers - SQUARES[5::10, 5::10]).max() <= 12


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "1e2", "x", "\u0663", "0x10", "99999999999999"])
def test_what_is_no_size_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("squares", contentType=PNG, rows=value), 400, "rows")


@pytest.mark.parametrize("value", ["020", "+20"])
def test_an_integer_string_is_taken(server: Server, value: str) -> None:
    assert size_of(server.ask("squares", contentType=PNG, rows=value)) == (20, 30)


def test_a_picture_beyond_the_servers_bound_is_refused(server: Server) -> None:
    assert_refused(server.ask("squares", contentType=PNG, rows=1_000_000), 400, "rows")


def test_it_is_refused_with_application_dicom(server: Server) -> None:
    assert_refused(server.ask("squares", contentType=DICOM, rows=20), 400, "rows")
