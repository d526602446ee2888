"""Codestreams and videos that were made to take long are dealt with in time that grows with their length alone."""

from __future__ import annotations

import time

import imagecodecs
import numpy as np
import pytest

from tests.unit.deidentify.test_codestream import PICTURE, clean_codestream
from wado.deidentify.coded_text import CodedText
from wado.deidentify.identity import Identity
from wado.deidentify.jpeg import clean_jpeg
from wado.deidentify.jpeg_2000 import clean_jpeg_2000
from wado.image.codecs import CodestreamError
from wado.image.ends_in_text import ends_in_text
from wado.video.cleaned import UNITS

LONG = 3_000_000
"""The square of this takes hours."""
H264 = UNITS["h264"]


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        (b"\x80Bergmann^Ilse^Maria", True),
        (b"\x80Bergmann^Ilse^Mar", True),
        (b"\x80Bergmann^Ilse^M", False),
        (b"Bergmann^Ilse^Maria\x80", False),
        (b"\x80" + b"aab" * 9, False),
        (b"Bergmann^Ilse^Maria", True),
        (b"", False),
    ],
)
def test_what_ends_in_text(text: bytes, is_it: bool) -> None:
    assert ends_in_text(text) is is_it


@pytest.mark.parametrize(
    ("unit", "cleaned"),
    [
        (b"\x65\x80" + b"Bergmann^Ilse" * (LONG // 13) + b"\x80", None),
        (b"\x65\x80" + b"\0\0\x03" * (LONG // 3) + b"\x80", None),
        (b"\x65\x80" + b"\0\0\x03" * (LONG // 3), b"\x65\x80"),
        (b"\x06" + b"\x05\0" * (LONG // 2) + b"\x80\0", b""),
    ],
    ids=["text", "zero words within", "zero words", "messages"],
)
def test_a_unit_of_a_video(unit: bytes, cleaned: bytes | None) -> None:
    assert H264(unit) == (unit if cleaned is None else cleaned)


def test_bytes_that_fill_up_within_the_scan_of_a_jpeg() -> None:
    jpeg = bytes(imagecodecs.jpeg8_encode(PICTURE))
    at = jpeg.index(b"\xff\xda") + 20
    assert clean_jpeg(jpeg[:at] + b"\xff" * LONG + b"\0" + jpeg[at:]).count(b"\xff" * LONG) == 1
    filled = jpeg[:-2] + b"\xff" * LONG + jpeg[-2:]
    assert clean_jpeg(filled) == clean_jpeg(jpeg)


def jpeg_2000() -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(PICTURE, codecformat="j2k", level=0, reversible=True))


def test_a_length_of_a_million_bits_in_a_jpeg_2000() -> None:
    codestream = jpeg_2000()
    start = codestream.index(b"\xff\x93") + 2
    part = codestream.index(b"\xff\x90")
    packets = b"\xff\x7f" * (LONG // 4) + bytes(LONG // 2)
    length = (start - part + len(packets)).to_bytes(4, "big")
    with pytest.raises(CodestreamError):
        clean_jpeg_2000(codestream[: part + 6] + length + codestream[part + 10 : start] + packets + b"\xff\xd9")


def test_a_jpeg_2000_that_claims_to_be_large() -> None:
    codestream = jpeg_2000()
    huge = (0xFFFFFFFF).to_bytes(4, "big")
    claims = codestream[:8] + huge * 2 + codestream[16:24] + huge * 2 + codestream[32:]
    assert np.array_equal(imagecodecs.jpeg2k_decode(clean_codestream(codestream)), PICTURE)
    with pytest.raises(CodestreamError):
        clean_codestream(claims)


def test_data_that_begin_like_thousands_of_uids() -> None:
    identity = Identity()
    for number in range(3000):
        identity.remember("UI", b"1.2.840.113619.%d.%d" % (number, number**2))
    coded = CodedText(identity)
    plain = b"1.2.1.2." * 20_000
    start = time.process_time()
    assert not coded.is_in(plain)
    assert time.process_time() - start < 5
    assert coded.is_in(plain + b"1.2.840.113619.77.5929" + plain)
