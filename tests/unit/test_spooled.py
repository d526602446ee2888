"""Files without a name, which go to disk when they grow."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from wado.errors import Unavailable
from wado.spooled import SpooledFile, buffered, copy_whole


@pytest.fixture(autouse=True)
def bound(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(SpooledFile, "most_in_memory", 10)
    monkeypatch.setattr(SpooledFile, "folder", str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []


def is_on(folder: Path, file: SpooledFile) -> bool:
    return os.fstat(file.descriptor).st_dev == folder.stat().st_dev and str(folder) in os.readlink(
        f"/proc/self/fd/{file.descriptor}"
    )


def content_of(file: SpooledFile) -> bytes:
    return os.pread(file.descriptor, file.size + 1, 0)


def test_it_is_in_memory_up_to_the_bound_and_on_disk_beyond(tmp_path: Path) -> None:
    with SpooledFile() as file:
        file.write_whole(b"0123456789")
        assert not is_on(tmp_path, file)
        file.write_whole(b"a")
        assert is_on(tmp_path, file)
        assert content_of(file) == b"0123456789a"


def test_what_is_expected_to_be_large_is_on_disk_at_once(tmp_path: Path) -> None:
    with SpooledFile(11) as file:
        assert is_on(tmp_path, file)


def test_what_was_left_open_is_filled_in_before_and_behind_the_move() -> None:
    with SpooledFile() as file:
        file.write_whole(b"....5678")
        file.seek(0)
        file.write_whole(b"0123")
        file.seek(0, os.SEEK_END)
        file.write_whole(b"9abcdef")
        file.seek(-1, os.SEEK_END)
        file.write_whole(b"F")
        assert content_of(file) == b"012356789abcdeF".replace(b"56789", b"56789")


def test_it_is_written_in_small_parts_through_a_buffer_and_begun_anew() -> None:
    with SpooledFile() as file, buffered(file) as target:
        target.write(b"what does not do")
        target.seek(0)
        target.truncate()
        target.write(b"what does, ")
        target.write(b"in two parts")
        target.flush()
        assert content_of(file) == b"what does, in two parts"


def test_a_descriptor_that_was_taken_outlives_it() -> None:
    with SpooledFile() as file:
        file.write_whole(b"kept")
        taken = file.take()
    assert os.pread(taken, 9, 0) == b"kept"
    os.close(taken)
    with SpooledFile() as file:
        closed = file.descriptor
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(closed)


def test_an_error_of_whoever_writes_is_passed_on() -> None:
    with pytest.raises(ValueError, match="of the writer"), SpooledFile() as file, buffered(file) as target:
        target.write(b"0123456789a")
        raise ValueError("of the writer")


def test_a_folder_that_cannot_be_written_to_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpooledFile, "folder", "/nowhere")
    with SpooledFile() as file, pytest.raises(Unavailable, match="TemporaryDirectory"):
        file.write_whole(b"0123456789a")


def test_a_full_disk_is_an_error_of_the_kernel() -> None:
    with open("/dev/full", "wb", buffering=0) as full, SpooledFile() as file:
        file.write_whole(b"content")
        os.dup2(full.fileno(), file.descriptor)
        with pytest.raises(OSError) as error:
            file.write_whole(b"more")
        assert error.value.errno == errno.ENOSPC


def test_a_file_that_is_shorter_than_it_should_be_is_not_copied() -> None:
    with SpooledFile() as source, SpooledFile() as target:
        source.write_whole(b"short")
        with pytest.raises(EOFError):
            copy_whole(source.descriptor, target.descriptor, 6)


def test_it_is_a_raw_file() -> None:
    with SpooledFile() as file:
        assert isinstance(file, io.RawIOBase) and file.writable() and file.seekable()
