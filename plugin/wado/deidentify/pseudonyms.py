"""New identifiers out of old ones and the site's key: always the same, and no way back without the key.

Each is the HMAC-SHA-256 (RFC 2104) of what it stands for, told apart by its kind. Nothing is kept anywhere, so any
process that has the key gives an object, and whatever refers to it, the same new identifiers at any time.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass

STANDARD_ROOT = "1.2.840.10008."
"""UIDs of the DICOM standard: classes, transfer syntaxes, well-known frames of reference. They identify nobody."""

LONGEST_SHIFT = 3650
"""Days by which a patient's dates go back at most."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """`key` is the secret of the site, any number of bytes."""

    key: bytes

    def uid(self, original: str) -> str:
        """A UID of the form 2.25.<128 bits> (PS3.5 B.2); the original where it is the standard's own, or none."""
        if not original or original.startswith(STANDARD_ROOT):
            return original
        return f"2.25.{int.from_bytes(self._digest('uid', original)[:16], 'big')}"

    def patient(self, identity: str) -> str:
        """16 letters and digits (80 bits) for a patient."""
        return base64.b32encode(self._digest("patient", identity)[:10]).decode("ascii")

    def days_back(self, identity: str) -> int:
        """By how many days a patient's dates are earlier, 1 to LONGEST_SHIFT."""
        return 1 + int.from_bytes(self._digest("dates", identity)[:8], "big") % LONGEST_SHIFT

    def _digest(self, kind: str, original: str) -> bytes:
        return hmac.digest(self.key, f"{kind}\0{original}".encode("utf-8", "surrogateescape"), "sha256")
