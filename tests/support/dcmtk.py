"""DCMTK's programs, for a second opinion; a test that needs one that is not installed is skipped."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.uid import JPEGLSLossless, JPEGLSNearLossless

from tests.support.images import decode_picture

JPEG_LS = (JPEGLSLossless, JPEGLSNearLossless)
_JPEG = "1.2.840.10008.1.2.4."
_PATIENCE = 60


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed (Debian package dcmtk)")
    return subprocess.run([path, *map(str, arguments)], capture_output=True, timeout=_PATIENCE, check=False)


def program_for(transfer_syntax_uid: str) -> str:
    """The program that renders a transfer syntax: each family of codecs is built into another one."""
    if transfer_syntax_uid in JPEG_LS:
        return "dcml2pnm"
    return "dcmj2pnm" if transfer_syntax_uid.startswith(_JPEG) else "dcm2pnm"


def picture_by_dcmtk(path: Path, transfer_syntax_uid: str, *options: str) -> NDArray[np.uint8] | None:
    """The picture that DCMTK makes of a file; none if it makes none."""
    result = run(program_for(transfer_syntax_uid), "-q", "+on", *options, path)
    return decode_picture(result.stdout) if result.returncode == 0 and result.stdout else None


def dump(path: Path) -> str:
    """The elements of a file; fails where DCMTK cannot parse it to its end."""
    result = run("dcmdump", "-q", "+Ep", path)
    assert result.returncode == 0, result.stderr.decode("ascii", "replace")
    return result.stdout.decode("latin-1")


def assert_is_part10(path: Path) -> None:
    """The file has a preamble and a sound meta header."""
    result = run("dcmftest", path)
    assert result.stdout.startswith(b"yes:"), result.stdout
