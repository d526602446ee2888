"""Whether a stored object is still there, told by its file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from wado.front.file_presence import HOLDS, FilePresence

LONG = 3600
"""Seconds: what is of such a time ahead is of a moment ago, however slowly the test goes on."""


@pytest.mark.parametrize("name", ["a-file", "with spaces", "Größe", "\udcff"])
def test_an_object_is_there_while_its_file_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    presence = FilePresence(str(path), time.monotonic() + LONG)
    assert presence.holds() and presence.holds()
    path.unlink()
    assert not presence.holds()


def test_the_file_is_believed_for_a_second_after_the_index_was_asked(tmp_path: Path) -> None:
    presence = FilePresence(str(tmp_path), time.monotonic() - HOLDS)
    assert not presence.holds()
    presence.asked = time.monotonic() + LONG
    assert presence.holds()
    presence.asked = float("-inf")
    assert not presence.holds()


def test_what_is_behind_a_file_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_bytes(b"")
    assert not FilePresence(str(tmp_path / "a-file" / "b"), time.monotonic() + LONG).holds()
