"""PS3.18-2011 8.1.2 to 8.1.4: studyUID, seriesUID and objectUID are required, and name the one object."""

from __future__ import annotations

import pytest

from tests.conformance.server import Server, assert_refused, dataset_in

NAMES = ("studyUID", "seriesUID", "objectUID")

MALFORMED: dict[str, str] = {
    "letters": "1.2.a",
    "a wildcard": "1.2.*",
    "an empty component": "1..2",
    "a full stop at the end": "1.2.",
    "more than 64 characters": "1." * 32 + "1",
    "two": "1.2,1.3",
    "a backslash": "1.2\\1.3",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, ""], ids=["absent", "empty"])
def test_each_is_required(server: Server, name: str, value: str | None) -> None:
    assert_refused(server.ask("squares", **{name: value}), 400, name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_uid_is_refused(server: Server, name: str, value: str) -> None:
    assert_refused(server.ask("squares", **{name: value}), 400, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_uid_with_a_null_character_finds_nothing(server: Server, name: str) -> None:
    """It is malformed; some servers take the value to end there."""
    assert server.ask("squares", **{name: "1.2\0"}).status in (400, 404)


@pytest.mark.parametrize("name", NAMES)
def test_a_uid_of_nothing_is_not_found(server: Server, name: str) -> None:
    assert_refused(server.ask("squares", **{name: "1.2.3.4.5"}), 404)


@pytest.mark.parametrize("name", NAMES)
def test_a_uid_of_another_object_is_not_found(server: Server, name: str) -> None:
    assert_refused(server.ask("squares", **{name: server.uids["color"][name]}), 404)


def test_the_object_is_the_one_that_is_named(server: Server) -> None:
    for name, uids in server.uids.items():
        dataset = dataset_in(server.ask(name, contentType="application/dicom"))
        assert dataset.StudyInstanceUID == uids["studyUID"]
        assert dataset.SeriesInstanceUID == uids["seriesUID"]
        assert dataset.SOPInstanceUID == uids["objectUID"]
