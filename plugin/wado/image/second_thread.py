"""Work on a large picture in two halves, at the same time where a processor is free."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

LARGE = 1024 * 1024
"""Pixels from which on the second thread pays: to wake it takes as long as the work on some 20,000 of them."""

Half = TypeVar("Half")

_second_thread = ThreadPoolExecutor(1, thread_name_prefix="wado-second")


def in_two(first: Callable[[], Half], last: Callable[[], Half]) -> tuple[Half, Half]:
    """What both make: at the same time, where they are in libraries that let go of the interpreter's lock."""
    if not is_processor_free():
        return first(), last()
    try:
        making = _second_thread.submit(first)
    except RuntimeError:  # no memory for a thread
        return first(), last()
    try:
        made = last()
    finally:
        making.exception()  # waits: what it works on may be used anew after this
    return making.result(), made


def is_processor_free() -> bool:
    """Whether fewer threads want to run on this machine, with this one, than this process may use processors."""
    try:
        with open("/proc/loadavg", "rb") as load:
            running = int(load.read().split()[3].split(b"/")[0])
    except (OSError, LookupError, ValueError):
        return False
    return running < len(os.sched_getaffinity(0))
