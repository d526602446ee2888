"""Values that went, found in coded pictures wherever they are."""

from __future__ import annotations

import io
from contextlib import nullcontext

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.support.datasets import make_image, to_file, with_codestreams
from tests.unit.deidentify.objects import policy
from tests.unit.video.made import make_stream
from wado.deidentify.coded_text import CodedText
from wado.deidentify.identity import Identity
from wado.dicom.stored_object import BytesSource
from wado.errors import Forbidden
from wado.transcode.deidentified import write_deidentified

NAME, UID = b"Bergmann^Ilse", b"1.2.276.0.4711"
RANDOM = np.random.default_rng(1).integers(0, 256, 200_000, np.uint8).tobytes()


@pytest.fixture
def removed() -> CodedText:
    identity = Identity()
    identity.remember("PN", NAME)
    identity.remember("UI", UID)
    identity.remember("LO", b"0000000")
    return CodedText(identity)


FORMS = {
    "as it is": NAME,
    "in small letters": NAME.lower(),
    "in capitals": b"BERGMANN",
    "in UTF-16": "Bergmann".encode("utf-16-be"),
    "in the other one": "Bergmann".encode("utf-16-le"),
    "a UID": UID,
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("at", [0, 1, 77_777, len(RANDOM)])
def test_a_value_is_found_at_any_place(removed: CodedText, name: str, at: int) -> None:
    assert removed.is_in(RANDOM[:at] + FORMS[name] + RANDOM[at:])


@pytest.mark.parametrize("coded", [b"", b"B", b"Be", b"Ber", RANDOM, b"Bergman", b"Ilse", b"0000000000"])
def test_nothing_is_found_by_chance(removed: CodedText, coded: bytes) -> None:
    """Nor a short part of a name, nor what a plain area looks like."""
    assert not removed.is_in(coded)


def test_without_values_nothing_is_found() -> None:
    assert not CodedText(Identity()).is_in(RANDOM)


def test_pieces_overlap_by_the_longest_value(removed: CodedText) -> None:
    """In UTF-16 a value takes twice its bytes, but for the last one."""
    assert removed.overlap == 2 * len(UID) - 2


def write(content: bytes) -> bytes:
    file = io.BytesIO()
    write_deidentified(BytesSource(content), file, policy())
    return file.getvalue()


def test_a_jpeg_with_a_value_before_a_restart_is_refused() -> None:
    """There no decoder looks."""
    pixels = np.random.default_rng(2).integers(0, 256, (64, 64), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=80, restart_marker_blocks=8)
    jpeg = file.getvalue()
    restart = jpeg.index(b"\xff\xd0", jpeg.index(b"\xff\xda"))
    with_text = jpeg[:restart] + NAME + jpeg[restart:]
    assert np.array_equal(imagecodecs.jpeg8_decode(with_text), imagecodecs.jpeg8_decode(jpeg))
    for codestream, is_refused in ((jpeg, False), (with_text, True)):
        dataset = make_image(pixels, BurnedInAnnotation="NO", PatientName=NAME.decode())
        content = to_file(with_codestreams(dataset, "1.2.840.10008.1.2.4.50", [codestream]))
        with pytest.raises(Forbidden, match="coded pixel data") if is_refused else nullcontext():
            assert NAME not in write(content)


def test_a_video_with_a_value_behind_a_picture_is_refused() -> None:
    elementary = make_stream("libx264", "h264")
    at = elementary.index(b"\0\0\x01\x41")
    at = elementary.index(b"\0\0\x01", at + 4)
    for stream, is_refused in ((elementary, False), (elementary[:at] + NAME + elementary[at:], True)):
        dataset = make_image(np.zeros((96, 128, 3), np.uint8), "YBR_PARTIAL_420", PatientName=NAME.decode())
        dataset.BurnedInAnnotation, dataset.NumberOfFrames = "NO", 30
        content = to_file(with_codestreams(dataset, "1.2.840.10008.1.2.4.102", [stream]))
        with pytest.raises(Forbidden, match="coded pixel data") if is_refused else nullcontext():
            assert NAME not in write(content)
