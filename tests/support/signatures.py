"""What the bytes of an answer must begin with to be of its media type."""

from __future__ import annotations

_PREAMBLE_LENGTH = 128

_SIGNATURES = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/gif": (0, b"GIF8"),
    "image/jp2": (4, b"jP  \r\n\x87\n"),
    "image/webp": (8, b"WEBP"),
    "image/jxl": (0, b"\xff\x0a"),
    "image/avif": (4, b"ftypavif"),
    "video/mpeg": (0, b"\0\0\x01\xba"),
    "video/mp4": (4, b"ftyp"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "text/html": (0, b"<!DOCTYPE html>\n<html "),
    "text/plain": (0, b""),
    "text/rtf": (0, b"{\\rtf1\\ansi"),
    "text/xml": (0, b"<?xml version="),
    "application/x-hl7-cda-level-one+xml": (0, b"<?xml version="),
    "application/pdf": (0, b"%PDF-"),
    "model/stl": (80, b"\2\0\0\0"),
    "model/obj": (0, b"mtllib "),
    "model/mtl": (0, b"newmtl "),
    "application/dicom": (_PREAMBLE_LENGTH, b"DICM"),
}


def is_of_media_type(body: bytes | bytearray | memoryview, media_type: str) -> bool:
    offset, signature = _SIGNATURES[media_type.partition(";")[0]]
    return bytes(body[offset : offset + len(signature)]) == signature
