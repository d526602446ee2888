"""What the bytes of an answer must begin with to be of its media type."""

from __future__ import annotations

_PREAMBLE_LENGTH = 128

_SIGNATURES = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "application/dicom": (_PREAMBLE_LENGTH, b"DICM"),
}


def is_of_media_type(body: bytes | bytearray | memoryview, media_type: str) -> bool:
    offset, signature = _SIGNATURES[media_type]
    return bytes(body[offset : offset + len(signature)]) == signature
