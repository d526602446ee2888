"""The secret that pseudonyms come from, where the settings name none: made once, and kept where Orthanc keeps objects.

Orthanc's global properties would not do: those of a plugin are a server's own, and other servers on the same database
would give other pseudonyms. A storage folder is shared where the objects are; whoever can read it has the originals.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile

NAME = "wado-anonymize.key"
BYTES = 32


def find_or_make_key(folder: str) -> str:
    """The key as hexadecimal digits; the same for all who share the folder, whoever comes first. Raises `OSError`."""
    path = os.path.join(folder, NAME)
    if not os.path.exists(path):
        _make(folder, path)
    with open(path, encoding="ascii", errors="replace") as file:
        key = file.read().strip()
    if len(key) < 2 * BYTES:
        raise OSError(0, f"{NAME} is cut short")
    return key


def _make(folder: str, path: str) -> None:
    """Write it whole under another name first (mode 600), so that nobody ever reads half of it."""
    os.makedirs(folder, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=NAME, dir=folder)
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another server was faster: its key counts
            os.link(draft, path)
    finally:
        os.unlink(draft)
