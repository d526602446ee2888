"""Whole files by their descriptors: one call of the kernel's may do less than it was asked to."""

from __future__ import annotations

import os


def write_whole(descriptor: int, content: bytes | bytearray | memoryview) -> None:
    with memoryview(content) as remaining:
        position = 0
        while position < len(remaining):
            position += os.write(descriptor, remaining[position:])


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
