"""PS3.18-2011 8.2.1: annotation burns in patient or technique, or both; it is never ignored."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.objects import SQUARES
from tests.conformance.server import DICOM, PNG, Server, assert_refused, implemented, picture_in


@pytest.mark.parametrize("value", ["patient", "technique", "patient,technique", "technique,patient"])
def test_annotation_is_burnt_in(server: Server, value: str) -> None:
    picture = picture_in(implemented(server.ask("squares", contentType=PNG, annotation=value)))
    assert picture.shape[:2] == SQUARES.shape
    assert not np.array_equal(picture, SQUARES)


def test_without_it_nothing_is_burnt_in(server: Server) -> None:
    np.testing.assert_array_equal(picture_in(server.ask("squares", contentType=PNG)), SQUARES)


@pytest.mark.parametrize("value", ["everything", "patient;technique", ",", "Patient"])
def test_any_other_value_is_refused(server: Server, value: str) -> None:
    assert_refused(server.ask("squares", contentType=PNG, annotation=value), 400, "annotation")


@pytest.mark.parametrize(("name", "content_type"), [("squares", DICOM), ("report", "text/html"), ("plan", None)])
def test_it_is_refused_where_there_is_no_picture(server: Server, name: str, content_type: str | None) -> None:
    assert_refused(server.ask(name, contentType=content_type, annotation="patient"), 400, "annotation")
