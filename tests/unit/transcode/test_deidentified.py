"""A de-identified object's pixels are the stored object's, in the transfer syntax that it is stored in."""

from __future__ import annotations

import io
import struct
from itertools import zip_longest
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import ExplicitVRBigEndian, JPEGLSLossless

from tests.support.datasets import (
    make_image,
    make_object,
    pydicom_files,
    sample_files,
    to_file,
    with_codestreams,
)
from tests.support.object_kinds import anatomy
from tests.support.worker_settings import worker_settings
from wado.deidentify.policy import Policy
from wado.dicom.stored_image import read_stored_image
from wado.dicom.stored_object import BytesSource, inflate, read_stored_object
from wado.errors import Forbidden, NotAcceptable
from wado.image.stored_values import Words
from wado.job import Job
from wado.transcode.deidentified import refusing_what_is_malformed, write_deidentified
from wado.worker.renderers import Renderers

LARGEST = 2 * 1024 * 1024
FILES = [
    path for path in (*pydicom_files(), *sample_files("4_images")) if path.is_file() and path.stat().st_size < LARGEST
]


def frames_of(content: bytes) -> list[Words]:
    source = inflate(BytesSource(content))
    stored_object = read_stored_object(source)
    return [frame.words for frame in read_stored_image(stored_object, source).read_frames(source)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_pixel_changes(path: Path) -> None:
    content = path.read_bytes()
    file = io.BytesIO()
    try:
        write_deidentified(BytesSource(content), file, Policy(b"key"))
        frames = frames_of(content)
    except (Forbidden, NotAcceptable):
        return  # refused, without pixels, or with such as cannot be decoded
    for original, written in zip_longest(frames, frames_of(file.getvalue())):
        assert np.array_equal(original, written, equal_nan=original.dtype.kind == "f")


@pytest.mark.parametrize("pixels", [anatomy(8)[:5, :5], anatomy(8)[:4, :5] > 99], ids=["25 bytes", "20 bits"])
def test_the_last_pixels_of_words_in_big_endian_stay(pixels: Words) -> None:
    """Of an odd number of bytes in OW the last one lies behind the padding (PS3.5 7.3), which may hold anything."""
    dataset = make_image(pixels, BurnedInAnnotation="NO")
    dataset.PixelData = np.frombuffer(dataset.PixelData[:-1] + b"x", ">u2").astype("<u2").tobytes()
    dataset["PixelData"].VR = "OW"
    content, file = to_file(dataset, ExplicitVRBigEndian), io.BytesIO()
    write_deidentified(BytesSource(content), file, Policy(b"key"))
    ((original,), (written,)) = frames_of(content), frames_of(file.getvalue())
    assert np.array_equal(original, written) and np.array_equal(original, pixels)
    assert file.getvalue()[-2:] == b"\0" + content[-1:] and content[-2:-1] == b"x"


@pytest.mark.parametrize("offset_table", ["basic", "none"])
def test_no_frame_is_left_behind(offset_table: str) -> None:
    """Codestreams of more frames than the object says: which of them it means, nobody knows."""
    codestreams = [bytes(imagecodecs.jpegls_encode(anatomy(8)))] * 3
    dataset = make_image(anatomy(8), BurnedInAnnotation="NO")
    content = to_file(with_codestreams(dataset, JPEGLSLossless, codestreams, offset_table=offset_table))
    with pytest.raises(NotAcceptable, match="more frames"):
        write_deidentified(BytesSource(content), io.BytesIO(), Policy(b"key"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "693_J2KI.dcm"])
def test_the_transfer_syntax_stays(name: str) -> None:
    (path,) = [path for path in pydicom_files() if path.name == name]
    file = io.BytesIO()
    write_deidentified(BytesSource(path.read_bytes()), file, Policy(b"key"))
    written = read_stored_object(BytesSource(file.getvalue()))
    assert written.transfer_syntax_uid == read_stored_object(BytesSource(path.read_bytes())).transfer_syntax_uid


def test_a_number_that_is_cut_short_goes() -> None:
    dataset = make_object(Manufacturer="ACME", StudyDescription="Knee")
    dataset.add_new(0x00280303, "LO", "ABC")  # Longitudinal Temporal Information Modified
    content = to_file(dataset)
    at = content.index(b"\x28\0\x03\x03LO\x04\0")
    broken = content[: at + 4] + b"US\x03\0" + content[at + 8 : at + 11]
    file = io.BytesIO()
    write_deidentified(BytesSource(broken), file, Policy(b"key"))
    assert b"ABC" not in file.getvalue()


@pytest.mark.parametrize("error", [ValueError("of pydicom"), KeyError(1), struct.error(), AttributeError()])
def test_what_cannot_be_read_or_written_is_refused(error: Exception) -> None:
    with pytest.raises(NotAcceptable, match="malformed"), refusing_what_is_malformed():
        raise error


def test_a_lack_of_memory_is_not_taken_for_damage() -> None:
    with pytest.raises(MemoryError), refusing_what_is_malformed():
        raise MemoryError


def test_an_object_that_is_cut_short_is_refused() -> None:
    content = to_file(make_object(Manufacturer="ACME", ImageComments="Knee, left"))
    for source in (content[:-1], content[:-10]):
        with pytest.raises(NotAcceptable, match="cut short"):
            write_deidentified(BytesSource(source), io.BytesIO(), Policy(b"key"))


def test_a_refusal_does_not_suggest_the_object_as_it_is_stored(tmp_path: Path) -> None:
    dataset = make_image(np.zeros((4, 4), np.uint8), BurnedInAnnotation="NO")
    content = to_file(with_codestreams(dataset, "1.2.840.10008.1.2.4.50", [b"no JPEG"]))
    path = tmp_path / "stored"
    path.write_bytes(content)
    job = Job("attachment", len(content), "object", "application/dicom", anonymize=True, transfer_syntaxes=("*",))
    renderers = Renderers(worker_settings(anonymize_key="sixteen letters!"))
    with path.open("rb") as file, pytest.raises(NotAcceptable) as refusal:
        renderers.render(job, file.fileno())
    assert refusal.value.message.startswith("the object cannot be de-identified: Pixel Data")
    assert "transferSyntax" not in refusal.value.message
