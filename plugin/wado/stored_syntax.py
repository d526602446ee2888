"""Whether the transfer syntax that is asked for is the one that an object is stored in (PS3.18-2011 8.2.11)."""

from __future__ import annotations

from wado.request.syntax import AS_STORED

EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
IMPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2"
EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2"

NEVER_SENT = (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN)
"""Asked for by name, they give Explicit VR Little Endian (8.2.11); `*` gives what is stored, whatever it is."""


def is_stored_one(wanted: str, transfer_syntax_uid: str) -> bool:
    """Whether an object in this transfer syntax is sent as it is stored."""
    return wanted == AS_STORED or (wanted == transfer_syntax_uid and wanted not in NEVER_SENT)
