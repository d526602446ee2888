"""Codestreams that are copied: no comments, and the same picture."""

from __future__ import annotations

import io
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from wado.deidentify.codestream import clean_codestream

PICTURE: Any = (np.add.outer(np.arange(40), np.arange(60)) % 200).astype(np.uint8)
SECRET = b"Bergmann^Ilse"


def with_segment(jpeg: bytes, marker: int, before: bytes = b"") -> bytes:
    """A JPEG with one more segment behind its first marker."""
    content = before + SECRET
    return jpeg[:2] + bytes([0xFF, marker]) + (2 + len(content)).to_bytes(2, "big") + content + jpeg[2:]


def baseline(**options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(PICTURE).save(file, "JPEG", quality=90, **options)
    return file.getvalue()


JPEGS: dict[str, tuple[bytes, Any]] = {
    "comment": (with_segment(baseline(), 0xFE), imagecodecs.jpeg8_decode),
    "Exif": (with_segment(baseline(), 0xE1), imagecodecs.jpeg8_decode),
    "progressive": (with_segment(baseline(progressive=True), 0xFE), imagecodecs.jpeg8_decode),
    "behind the end": (baseline() + SECRET, imagecodecs.jpeg8_decode),
    "between segments": (baseline()[:2] + SECRET + baseline()[2:], imagecodecs.jpeg8_decode),
    "Adobe": (with_segment(baseline(), 0xEE, b"Adobe\0\x64\0\0\0\0\0"), imagecodecs.jpeg8_decode),
    "lossless": (with_segment(bytes(imagecodecs.ljpeg_encode(PICTURE)), 0xFE), imagecodecs.ljpeg_decode),
    "HP": (with_segment(bytes(imagecodecs.jpegls_encode(PICTURE)), 0xE8, b"mrfx\0"), imagecodecs.jpegls_decode),
    "JPEG-LS": (with_segment(bytes(imagecodecs.jpegls_encode(PICTURE)), 0xFE), imagecodecs.jpegls_decode),
}


@pytest.mark.parametrize("name", JPEGS)
def test_a_jpeg_loses_its_comments_and_no_pixel(name: str) -> None:
    jpeg, decode = JPEGS[name]
    assert SECRET in jpeg
    cleaned = clean_codestream(jpeg)
    assert SECRET not in cleaned and len(cleaned) % 2 == 0
    assert np.array_equal(decode(cleaned), decode(jpeg))


def jpeg_2000_with_comment() -> bytes:
    codestream = bytes(imagecodecs.jpeg2k_encode(PICTURE, codecformat="j2k", level=0, reversible=True))
    at = codestream.index(b"\xff\x52")
    return codestream[:at] + b"\xff\x64" + (4 + len(SECRET)).to_bytes(2, "big") + b"\0\1" + SECRET + codestream[at:]


@pytest.mark.parametrize("behind", [b"", SECRET])
def test_a_jpeg_2000_loses_its_comments_and_no_pixel(behind: bytes) -> None:
    codestream = jpeg_2000_with_comment() + behind
    cleaned = clean_codestream(codestream)
    assert SECRET not in cleaned
    assert np.array_equal(imagecodecs.jpeg2k_decode(cleaned), PICTURE)


def test_a_jpeg_xl_loses_all_boxes_but_the_pictures() -> None:
    bare = bytes(imagecodecs.jpegxl_encode(PICTURE, lossless=True, usecontainer=True))
    assert bare.startswith(b"\x00\x00\x00\x0cJXL ")
    file = bare + (8 + len(SECRET)).to_bytes(4, "big") + b"xml " + SECRET
    cleaned = clean_codestream(file)
    assert SECRET not in cleaned
    assert np.array_equal(imagecodecs.jpegxl_decode(cleaned), PICTURE)


@pytest.mark.parametrize("codestream", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"no codestream"])
def test_what_is_no_codestream_does_no_harm(codestream: bytes) -> None:
    clean_codestream(codestream)
