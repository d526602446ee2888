"""The end of the process without destructors."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.orthanc_process import ROOT
from wado.front.orthanc_end import end_without_destructors

ENDING = """
import shutil, sys
sys.path.insert(0, {plugin!r})
import _ctypes, ctypes
library = {folder!r} + "/libOrthancPython.so.7.1"
shutil.copy(_ctypes.__file__, library)
ctypes.CDLL(library)
from wado.front.orthanc_end import end_without_destructors
register = ctypes.CDLL(None).on_exit
end = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p)(lambda code, nothing: print("destructor", flush=True))
assert register(end, None) == 0
with open("/proc/self/maps") as maps:
    end_without_destructors(maps.read())
print("end", flush=True)
ctypes.CDLL(None).exit({code})
"""


@pytest.mark.parametrize("code", [0, 3])
def test_the_process_ends_with_its_own_code_and_no_destructor_is_run(tmp_path: object, code: int) -> None:
    script = ENDING.format(plugin=str(ROOT / "plugin"), folder=str(tmp_path), code=code)
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (code, "end\n", "")


def test_without_the_library_it_is_refused() -> None:
    with pytest.raises(OSError, match="no such library"):
        end_without_destructors("7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/libc.so.6\n")
