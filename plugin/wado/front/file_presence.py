"""Whether a stored object is still there, told by its file.

Orthanc removes an object's file before it answers whoever has had the object deleted or overwritten, and never writes
to a file again. So its being there is as good as the index's word, and is had in a small part of the time.
"""

from __future__ import annotations

import ctypes
import os
import time

HOLDS = 1.0
"""Seconds after the index was asked for which the file alone is believed: Orthanc may have failed to remove it."""

# `os.access` gives up the interpreter's lock, which comes back only when another request's answer has been sent.
_access = ctypes.PyDLL(None).access
_access.argtypes = (ctypes.c_char_p, ctypes.c_int)
_access.restype = ctypes.c_int


class FilePresence:
    """`asked` is when the index was last asked, and said that the object is the same, by the monotonic clock."""

    __slots__ = ("_path", "asked")

    def __init__(self, path: str, asked: float) -> None:
        self._path = os.fsencode(path)
        self.asked = asked

    def holds(self) -> bool:
        """False where the index has to be asked."""
        return time.monotonic() - self.asked < HOLDS and _access(self._path, os.F_OK) == 0
