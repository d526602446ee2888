"""The open files of the tests' own process."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_file_left_open() -> Iterator[None]:
    """Whatever an earlier test has left to be collected is closed before: it might be while this one goes on."""
    gc.collect()
    before = os.listdir("/proc/self/fd")
    yield
    assert len(os.listdir("/proc/self/fd")) == len(before)
