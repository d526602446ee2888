"""Files by their descriptors: whole ones, since one call of the kernel's may do less than it was asked to, and bodies
of answers that stay in theirs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

PIECE = 1024 * 1024


class FileBody:
    """The body of an answer that is too large for memory: `size` bytes of an open file, from `offset` on.

    The file is this object's own, and closed with it at the latest.
    """

    def __init__(self, descriptor: int, size: int, offset: int = 0) -> None:
        self.descriptor = descriptor
        self.size = size
        self.offset = offset
        self._is_open = True

    def __len__(self) -> int:
        return self.size

    def __bytes__(self) -> bytes:
        return bytes(read_whole(self.descriptor, self.size, self.offset))

    def pieces(self) -> Iterator[bytes]:
        """Raises `EOFError` where the file ends before."""
        position, end = self.offset, self.offset + self.size
        while position < end:
            piece = os.pread(self.descriptor, min(PIECE, end - position), position)
            if not piece:
                raise EOFError
            position += len(piece)
            yield piece

    def move_to(self, descriptor: int) -> None:
        """Lie in another file from now on, from its beginning."""
        self.close()
        self.descriptor, self.offset, self._is_open = descriptor, 0, True

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            os.close(self.descriptor)

    def __del__(self) -> None:
        with contextlib.suppress(OSError):
            self.close()


Content = bytes | bytearray | memoryview
Body = Content | FileBody


def read_whole(descriptor: int, size: int, offset: int = 0) -> bytes | bytearray:
    """So many bytes of a file, copied: a mapping would end the process if the file were cut short meanwhile."""
    at_once = os.pread(descriptor, size, offset)  # into memory that nobody has filled with zeros before
    if len(at_once) == size:
        return at_once
    content = bytearray(size)
    with memoryview(content) as remaining:
        position = 0
        while position < size:
            count = os.preadv(descriptor, [remaining[position:]], offset + position)
            if count == 0:
                raise EOFError
            position += count
    return content
