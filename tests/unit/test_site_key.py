"""The site's key: made once, for nobody else to read, and the same for all who share the folder."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wado.front.site_key import NAME, find_or_make_key


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    key = find_or_make_key(str(tmp_path))
    assert len(bytes.fromhex(key)) == 32
    assert find_or_make_key(str(tmp_path)) == key
    assert os.listdir(tmp_path) == [NAME]


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    find_or_make_key(str(tmp_path))
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_the_folder_may_not_be_there_yet(tmp_path: Path) -> None:
    assert find_or_make_key(str(tmp_path / "storage")) == find_or_make_key(str(tmp_path / "storage"))


def test_servers_that_start_together_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(find_or_make_key, [str(tmp_path)] * 64))) == 1


def test_other_sites_have_other_keys(tmp_path: Path) -> None:
    assert find_or_make_key(str(tmp_path / "a")) != find_or_make_key(str(tmp_path / "b"))


def test_half_a_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("abc\n")
    with pytest.raises(OSError, match="cut short"):
        find_or_make_key(str(tmp_path))
