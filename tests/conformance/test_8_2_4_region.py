"""PS3.18-2011 8.2.4: region selects a part of the image, given by left, top, right and bottom."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.objects import SQUARES
from tests.conformance.server import DICOM, PNG, Server, assert_refused, implemented, picture_in, size_of

REGIONS: dict[str, tuple[str, tuple[slice, slice]]] = {
    "all": ("0,0,1,1", (slice(None), slice(None))),
    "the left half": ("0.0,0.0,0.5,1.0", (slice(None), slice(0, 30))),
    "the bottom half": ("0,0.5,1,1", (slice(20, 40), slice(None))),
    "one square": ("0.5,0.25,0.66666667,0.5", (slice(10, 20), slice(30, 40))),
}


@pytest.mark.parametrize(("region", "expected"), REGIONS.values(), ids=REGIONS.keys())
def test_the_picture_is_that_part(server: Server, region: str, expected: tuple[slice, slice]) -> None:
    picture = picture_in(implemented(server.ask("squares", contentType=PNG, region=region)))
    np.testing.assert_array_equal(picture, SQUARES[expected])


def test_rows_are_those_of_the_part(server: Server) -> None:
    answer = implemented(server.ask("squares", contentType=PNG, region="0,0,0.5,1", rows=80))
    assert size_of(answer) == (80, 60)


@pytest.mark.parametrize(
    "value", ["0,0,1", "0,0,1,1,1", "0.5,0,0.5,1", "1,0,0,1", "0,0,1.1,1", "-0.1,0,1,1", "a,b,c,d", "nan,0,1,1"]
)
def test_what_is_no_region_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("squares", contentType=PNG, region=value), 400, "region")


def test_it_is_refused_with_application_dicom(server: Server) -> None:
    assert_refused(server.ask("squares", contentType=DICOM, region="0,0,1,1"), 400, "region")
