"""What the interpreter keeps of a thread of Orthanc's between two requests.

Orthanc's Python plugin makes the interpreter's state of a thread when a request comes, and gives it up with the answer.
From Python 3.11 on that maps memory and unmaps it again, for which the kernel interrupts the other processors: up to a
quarter of the time that a kept answer takes. `PyGILState_Ensure` counts how often a thread has asked for its state;
asked for once more, and never given back, it stays until the interpreter ends, which gives up those of all threads.
"""

from __future__ import annotations

import ctypes
import threading

_of_thread = threading.local()


def keep_thread_state() -> None:
    """To be called by a thread that Orthanc has made."""
    if not hasattr(_of_thread, "is_kept"):
        ctypes.pythonapi.PyGILState_Ensure()
        _of_thread.is_kept = True
