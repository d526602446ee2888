"""Files without a name, for answers and for what is made on the way to them: in memory while small, then on disk.

No other process can find, change or forget one: it is gone when it is closed, in whatever way its process ends.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from wado.errors import Unavailable
from wado.files import Content

MEBIBYTE = 1024 * 1024
CHUNK = MEBIBYTE


class SpooledFile(io.RawIOBase):
    """Written, and then read by its `descriptor`, which is another one once the file has gone to disk.

    It goes there when it is longer than `most_in_memory` bytes, which the setting AnswerMemory is; at once where it is
    expected to be.
    """

    most_in_memory = 64 * MEBIBYTE
    folder: str | None = None
    """Where it goes; none is the folder that the environment names."""

    def __init__(self, expected_size: int = 0) -> None:
        super().__init__()
        self._is_taken = False
        self.is_in_memory = expected_size <= self.most_in_memory
        self.descriptor = os.memfd_create("wado", os.MFD_CLOEXEC) if self.is_in_memory else unlinked_file(self.folder)

    @property
    def size(self) -> int:
        return os.fstat(self.descriptor).st_size

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        """Raises `Unavailable` where no file on disk can be made, `OSError` where it cannot grow."""
        length = memoryview(content).nbytes
        if self.is_in_memory and self.tell() + length > self.most_in_memory:
            self._move_to_disk()
        return os.write(self.descriptor, content)

    def write_whole(self, content: Content) -> None:
        with memoryview(content) as remaining:
            position = 0
            while position < len(remaining):
                position += self.write(remaining[position:])

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return os.lseek(self.descriptor, offset, whence)

    def truncate(self, size: int | None = None, /) -> int:
        size = self.tell() if size is None else size
        os.ftruncate(self.descriptor, size)
        return size

    def take(self) -> int:
        """The descriptor, for the caller to close."""
        self._is_taken = True
        return self.descriptor

    def close(self) -> None:
        if not self.closed and not self._is_taken:
            os.close(self.descriptor)
        super().close()

    def _move_to_disk(self) -> None:
        on_disk = unlinked_file(self.folder)
        try:
            copy_whole(self.descriptor, on_disk, self.size)
            os.lseek(on_disk, self.tell(), os.SEEK_SET)
        except BaseException:
            os.close(on_disk)
            raise
        os.close(self.descriptor)
        self.descriptor, self.is_in_memory = on_disk, False


@contextmanager
def buffered(file: SpooledFile) -> Iterator[BinaryIO]:
    """To write it in small parts; it stays open, unless there is an error."""
    writer = io.BufferedWriter(file, CHUNK)
    try:
        yield writer
        writer.detach()
    except BaseException:
        with contextlib.suppress(OSError, ValueError):
            writer.close()
        raise


def unlinked_file(folder: str | None) -> int:
    """A file on disk that has no name, for the caller to close. Raises `Unavailable`."""
    try:
        with tempfile.TemporaryFile(buffering=0, dir=folder) as file:
            return os.dup(file.fileno())
    except OSError as error:
        raise Unavailable(f"no file can be made in Orthanc's TemporaryDirectory: {error.strerror}") from None


def copy_whole(source: int, target: int, size: int, offset: int = 0) -> None:
    """So many bytes from one file to another, within the kernel. Raises `EOFError` for a file that is shorter."""
    end = offset + size
    while offset < end:
        count = os.sendfile(target, source, offset, end - offset)
        if count == 0:
            raise EOFError
        offset += count
