"""How Orthanc's process comes to its end, where its Python plugin would fail in it.

That plugin hands changes over through a queue, whose thread ends with ORTHANC_STOPPED. Orthanc tells of more changes
until its own threads have ended: of a study that becomes stable in these seconds, or of an object that comes. From some
version after 5.0 on (seen with 7.1) the destructor of the queue then ends the process with "free(): invalid pointer",
after Orthanc has stopped. A script cannot keep the queue empty; so the destructor is not run: the library stays loaded,
and the process ends by `_exit` with the code that it would have ended with.

A library that stays loaded cannot be used by another interpreter, and POST /tools/reset starts one in the same process.
So this is done when Orthanc stops, unless that resource was asked for, which `orthanc_reset.py` therefore answers.
"""

from __future__ import annotations

import ctypes
import os
import re

LAST_TO_END_WELL = (5, 0)
"""The last version of the Python plugin that is known to end well with changes in its queue."""

_LIBRARY = re.compile(r"/\S.*/libOrthancPython\.\S*$", re.MULTILINE)


def end_without_destructors(memory_maps: str) -> None:
    """To be called when Orthanc has stopped; what is registered to be done at its end after this is done before.

    Raises `OSError` where that cannot be had, as with a library of another name or another C library than glibc.
    """
    library = _LIBRARY.search(memory_maps)
    system = ctypes.CDLL(None)
    if library is None or not hasattr(system, "on_exit"):
        raise OSError("no such library")
    ctypes.CDLL(library[0], mode=os.RTLD_NOW | os.RTLD_NOLOAD | os.RTLD_NODELETE)
    # `on_exit` gives its function the exit code, which is what `_exit` takes.
    if system.on_exit(system._exit, None):
        raise OSError("no room for one more function")
