"""Pixels blanked: in every kind of word, of the level that is black, and nowhere else."""

from __future__ import annotations

import io
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    UltrasoundImageStorage,
)

from tests.support.datasets import make_image, to_file, with_codestreams
from tests.unit.deidentify.objects import KEY, element
from wado.deidentify.policy import Policy
from wado.dicom.stored_image import read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.job import DeviceRegions
from wado.transcode.deidentified import write_deidentified

ROWS, COLUMNS = 4, 6
RECTANGLES = ((0, 0, 6, 1), (4, 2, 2, 2))
POLICY = Policy(KEY, devices=(DeviceRegions("ACME", "SonoMat", ROWS, COLUMNS, RECTANGLES),))
DEVICE: dict[str, Any] = {"Manufacturer": "ACME", "ManufacturerModelName": "SonoMat", "BurnedInAnnotation": "YES"}

INSIDE = np.zeros((ROWS, COLUMNS), bool)
INSIDE[0, :] = INSIDE[2:4, 4:6] = True


def words_of(content: bytes) -> tuple[Dataset, list[Any]]:
    """The data set of what is written for the object, and its frames."""
    file = io.BytesIO()
    write_deidentified(BytesSource(content), file, POLICY)
    source = BytesSource(file.getvalue())
    stored_object = read_stored_object(source)
    image = read_stored_image(stored_object, source)
    return stored_object.dataset, [frame.words for frame in image.read_frames(source)]


@pytest.mark.parametrize("transfer_syntax", [None, ImplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize(
    ("pixels", "photometric_interpretation", "changes", "black"),
    [
        (np.full((ROWS, COLUMNS), 200, np.uint8), "MONOCHROME2", {}, 0),
        (np.full((ROWS, COLUMNS), 200, np.uint8), "MONOCHROME1", {}, 255),
        (np.full((ROWS, COLUMNS), 2000, np.uint16), "MONOCHROME2", {"bits_stored": 12}, 0),
        (np.full((ROWS, COLUMNS), 2000, np.uint16), "MONOCHROME1", {"bits_stored": 12}, 4095),
        (np.full((ROWS, COLUMNS), 200, np.int16), "MONOCHROME2", {}, 0x8000),
        (np.full((ROWS, COLUMNS, 3), 200, np.uint8), "RGB", {}, (0, 0, 0)),
        (np.full((ROWS, COLUMNS, 3), 200, np.uint8), "YBR_FULL", {}, (0, 128, 128)),
    ],
)
def test_the_regions_are_black_and_the_rest_is_as_it_was(
    pixels: Any, photometric_interpretation: str, changes: dict[str, Any], black: Any, transfer_syntax: str | None
) -> None:
    dataset = make_image(pixels, photometric_interpretation, **changes, **DEVICE)
    written, frames = words_of(to_file(dataset, transfer_syntax))
    assert (frames[0][INSIDE] == black).all()
    assert (frames[0][~INSIDE] == pixels[~INSIDE]).all()
    assert written.BurnedInAnnotation == "NO"
    assert "113101" in [code.CodeValue for code in written.DeidentificationMethodCodeSequence]


def test_every_frame_is_blanked_of_compressed_pixels() -> None:
    pixels = np.stack([np.full((ROWS, COLUMNS), 50 * number, np.uint8) for number in range(1, 4)])
    codestreams = [bytes(imagecodecs.jpeg2k_encode(frame, codecformat="j2k", level=0)) for frame in pixels]
    dataset = with_codestreams(make_image(pixels, is_multi_frame=True, **DEVICE), JPEG2000Lossless, codestreams)
    written, frames = words_of(to_file(dataset, JPEG2000Lossless))
    for words, original in zip(frames, pixels, strict=True):
        assert not words[INSIDE].any() and (words[~INSIDE] == original[~INSIDE]).all()
    assert written.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian


def test_a_codestream_of_fewer_bits_is_written_in_the_cells_of_the_object() -> None:
    pixels = np.full((ROWS, COLUMNS), 200, np.uint8)
    codestream = bytes(imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", level=0))
    dataset = with_codestreams(
        make_image(pixels.astype(np.uint16), bits_stored=12, **DEVICE), JPEG2000Lossless, [codestream]
    )
    written, frames = words_of(to_file(dataset, JPEG2000Lossless))
    assert (written.BitsAllocated, written.BitsStored, frames[0].dtype) == (16, 12, np.uint16)
    assert not frames[0][INSIDE].any() and (frames[0][~INSIDE] == 200).all()


@pytest.mark.parametrize(
    ("photometric_interpretation", "planar_configuration", "first_row"),
    [("YBR_FULL", 1, b"\0" * COLUMNS), ("RGB", 0, b"\0" * 3 * COLUMNS)],
)
def test_ultrasound_in_luminance_and_chrominance_is_written_by_plane(
    photometric_interpretation: str, planar_configuration: int, first_row: bytes
) -> None:
    pixels = np.arange(ROWS * COLUMNS * 3, dtype=np.uint8).reshape(ROWS, COLUMNS, 3)
    dataset = make_image(pixels, photometric_interpretation, **DEVICE)
    dataset.SOPClassUID = UltrasoundImageStorage
    file = io.BytesIO()
    write_deidentified(BytesSource(to_file(dataset)), file, POLICY)
    written, frames = words_of(to_file(dataset))
    assert written.PlanarConfiguration == planar_configuration
    assert file.getvalue()[-pixels.size :].startswith(first_row + pixels[1, :1, 0].tobytes())
    assert (frames[0][~INSIDE] == pixels[~INSIDE]).all()


def test_an_overlay_in_unused_bits_goes_with_its_attributes() -> None:
    pixels = np.full((ROWS, COLUMNS), 1000, np.uint16)
    pixels[1, 1] |= 1 << 15
    dataset = make_image(pixels, bits_stored=12, BurnedInAnnotation="NO")
    for number, vr, value in ((0x10, "US", ROWS), (0x11, "US", COLUMNS), (0x100, "US", 16), (0x102, "US", 15)):
        dataset.add(element(0x60000000 | number, vr, value))
    written, frames = words_of(to_file(dataset))
    assert (frames[0] == 1000).all()
    assert (0x6000, 0x0102) not in written


def test_what_lies_beside_the_pixels_is_left_out() -> None:
    dataset = make_image(np.full((ROWS, COLUMNS), 7, np.uint8), BurnedInAnnotation="NO")
    dataset.PixelData += b"Bergmann"
    dataset.add(element(0xFFFCFFFC, "OB", b"Bergmann"))
    file = io.BytesIO()
    write_deidentified(BytesSource(to_file(dataset)), file, POLICY)
    assert file.getvalue().endswith(b"\x07" * ROWS * COLUMNS)


def test_that_a_jpeg_lost_something_is_told_once_it_is_decoded() -> None:
    pixels = np.full((ROWS, COLUMNS), 200, np.uint8)
    codestream = bytes(imagecodecs.jpeg8_encode(pixels, level=90))
    dataset = with_codestreams(make_image(pixels, **DEVICE), JPEGBaseline8Bit, [codestream])
    written, _ = words_of(to_file(dataset, JPEGBaseline8Bit))
    assert written.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian
    assert written.LossyImageCompression == "01"
    assert written.LossyImageCompressionMethod == "ISO_10918_1"
    assert written.LossyImageCompressionRatio == round(pixels.size / (len(codestream) + len(codestream) % 2), 2)


SPARE: dict[str, Any] = {
    "unsigned": np.arange(24, dtype=np.uint16).reshape(ROWS, COLUMNS),
    "signed": (np.arange(24) - 12).astype(np.int16).reshape(ROWS, COLUMNS),
}
"""Of 12 bits."""


def codestream_of(words: Any) -> bytes:
    return bytes(imagecodecs.jpegls_encode(np.ascontiguousarray(words)))


@pytest.mark.parametrize("is_compressed", [False, True])
@pytest.mark.parametrize("kind", SPARE)
def test_nothing_stays_in_bits_that_no_value_uses(kind: str, is_compressed: bool) -> None:
    pixels = SPARE[kind]
    dataset = make_image(pixels, bits_stored=12, BurnedInAnnotation="NO")
    words = pixels.view(np.uint16)
    used = (words & 0x0FFF) | 0xA000
    dataset.PixelData = used.tobytes()
    content = to_file(dataset)
    if is_compressed:
        content = to_file(with_codestreams(dataset, JPEGLSLossless, [codestream_of(used)]))
    _, (frame,) = words_of(content)
    assert np.array_equal(frame, words)


@pytest.mark.parametrize("kind", SPARE)
def test_pixels_that_use_no_spare_bits_stay_as_they_are_stored(kind: str) -> None:
    pixels = SPARE[kind]
    dataset = make_image(pixels, bits_stored=12, BurnedInAnnotation="NO")
    for words in (pixels.view(np.uint16), pixels.view(np.uint16) & 0x0FFF):
        compressed = to_file(with_codestreams(dataset, JPEGLSLossless, [codestream_of(words)]))
        file = io.BytesIO()
        write_deidentified(BytesSource(compressed), file, POLICY)
        written = read_stored_object(BytesSource(file.getvalue()))
        assert written.transfer_syntax_uid == JPEGLSLossless
        assert np.array_equal(words_of(compressed)[1][0], words)
