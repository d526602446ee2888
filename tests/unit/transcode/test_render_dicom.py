"""Which DICOM file is the answer (PS3.18-2011 6.3.1, 8.2.11), and its meta header (PS3.10 7.1)."""

from __future__ import annotations

import io
import struct
from typing import Any

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    MPEG2MPML,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from tests.support.datasets import make_image, make_object, to_data_set, to_file, with_codestreams
from tests.support.images import rewritten
from wado import VERSION
from wado.errors import NotAcceptable
from wado.transcode.part10 import IMPLEMENTATION_CLASS_UID

PIXELS = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


def compressed(**options: Any) -> Dataset:
    codestreams = [bytes(imagecodecs.jpegls_encode(frame)) for frame in PIXELS]
    return with_codestreams(make_image(PIXELS, is_multi_frame=True), JPEGLSLossless, codestreams, **options)


def read(content: bytes) -> Dataset:
    return pydicom.dcmread(io.BytesIO(content))


@pytest.mark.parametrize(
    ("stored", "wanted", "answered"),
    [
        (ExplicitVRLittleEndian, (), ExplicitVRLittleEndian),
        (ImplicitVRLittleEndian, (), ExplicitVRLittleEndian),
        (ImplicitVRLittleEndian, (ImplicitVRLittleEndian,), ExplicitVRLittleEndian),
        (ExplicitVRBigEndian, (ExplicitVRBigEndian,), ExplicitVRLittleEndian),
        (DeflatedExplicitVRLittleEndian, (), ExplicitVRLittleEndian),
        (DeflatedExplicitVRLittleEndian, (DeflatedExplicitVRLittleEndian,), DeflatedExplicitVRLittleEndian),
        (ImplicitVRLittleEndian, ("*",), ImplicitVRLittleEndian),
        (ExplicitVRBigEndian, ("*",), ExplicitVRBigEndian),
        (JPEGLSLossless, (), ExplicitVRLittleEndian),
        (JPEGLSLossless, (JPEGLSLossless,), JPEGLSLossless),
        (JPEGLSLossless, (JPEGBaseline8Bit,), JPEGBaseline8Bit),
        (JPEGLSLossless, (JPEGBaseline8Bit, JPEGLSLossless), JPEGBaseline8Bit),
        (JPEGLSLossless, (MPEG2MPML,), ExplicitVRLittleEndian),
        (JPEGLSLossless, (MPEG2MPML, JPEGLSLossless), JPEGLSLossless),
        (ExplicitVRLittleEndian, (MPEG2MPML, DeflatedExplicitVRLittleEndian), DeflatedExplicitVRLittleEndian),
        (JPEGLSLossless, ("*",), JPEGLSLossless),
    ],
)
def test_the_answers_transfer_syntax_is_the_first_that_can_be_had(
    stored: str, wanted: tuple[str, ...], answered: str
) -> None:
    dataset = compressed() if stored == JPEGLSLossless else make_image(PIXELS, is_multi_frame=True)
    answer = read(rewritten(to_file(dataset, stored), *wanted))
    assert answer.file_meta.TransferSyntaxUID == answered
    if answered in (ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian):
        assert answer.PixelData == PIXELS.tobytes()


@pytest.mark.parametrize("offset_table", ["basic", "extended", "none"])
def test_compressed_frames_become_one_element_without_offset_tables(offset_table: str) -> None:
    dataset = compressed(offset_table=offset_table)
    dataset.EncapsulatedPixelDataValueTotalLength = 24
    answer = read(rewritten(to_file(dataset)))
    assert answer.PixelData == PIXELS.tobytes()
    assert "ExtendedOffsetTable" not in answer and "ExtendedOffsetTableLengths" not in answer
    assert "EncapsulatedPixelDataValueTotalLength" not in answer


def test_pixels_of_an_odd_length_are_padded() -> None:
    codestream = bytes(imagecodecs.jpegls_encode(PIXELS[0, :, :3].copy()))
    answer = read(rewritten(to_file(with_codestreams(make_image(PIXELS[0, :, :3]), JPEGLSLossless, [codestream]))))
    assert answer.PixelData == PIXELS[0, :, :3].tobytes() + b"\0"


def test_a_lossy_jpeg_in_ybr_becomes_rgb_and_says_so() -> None:
    picture = np.full((8, 8, 3), (200, 100, 50), np.uint8)
    stored = make_image(picture, "YBR_FULL_422", is_planar=False)
    answer = read(
        rewritten(to_file(with_codestreams(stored, JPEGBaseline8Bit, [bytes(imagecodecs.jpeg8_encode(picture))])))
    )
    assert (answer.PhotometricInterpretation, answer.PlanarConfiguration) == ("RGB", 0)
    pixels = np.frombuffer(answer.PixelData, np.uint8).reshape(8, 8, 3).astype(int)
    assert np.abs(pixels - picture).max() <= 3


def test_shallow_codestreams_do_not_narrow_the_cells() -> None:
    """8 bits in a codestream of an object with cells of 16, which its class may ask for."""
    stored = make_image(PIXELS[0].astype(np.uint16), bits_stored=8)
    codestream = bytes(imagecodecs.jpegls_encode(PIXELS[0]))
    answer = read(rewritten(to_file(with_codestreams(stored, JPEGLSLossless, [codestream]))))
    assert (answer.BitsAllocated, answer.BitsStored, answer["PixelData"].VR) == (16, 8, "OW")
    assert answer.PixelData == PIXELS[0].astype("<u2").tobytes()


@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, RLELossless, JPEG2000Lossless])
def test_codestreams_of_fewer_bits_than_are_stored_get_the_cells_that_the_object_names(
    uid: str, is_signed: bool
) -> None:
    """Cells of 8 bits, with 12 of them in use, would be no cells that any reader takes."""
    values = (np.arange(12) * 20 - 100 * is_signed).reshape(3, 4)
    stored = make_image(values.astype("i2" if is_signed else "u2"), bits_stored=12)
    codestream = bytes(imagecodecs.jpegls_encode(values.astype(np.uint8)))
    answer = read(rewritten(to_file(with_codestreams(stored, JPEGLSLossless, [codestream])), uid))
    assert answer.file_meta.TransferSyntaxUID == uid
    assert (answer.BitsAllocated, answer.BitsStored, answer.HighBit) == (16, 12, 11)
    np.testing.assert_array_equal(answer.pixel_array, values)


@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, ImplicitVRLittleEndian], ids=lambda uid: uid.name)
def test_a_file_without_a_meta_header_gets_one(uid: str) -> None:
    content = to_data_set(make_image(PIXELS[0]), uid)
    answer = rewritten(content, "*")
    dataset = read(answer)
    assert answer.endswith(content)
    assert dataset.file_meta.TransferSyntaxUID == uid
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert dataset.file_meta.MediaStorageSOPClassUID == dataset.SOPClassUID


def test_a_meta_header_that_does_not_say_the_transfer_syntax_does_so_then() -> None:
    """It has to (PS3.10 Table 7.1-1); other readers take such a file for none of DICOM's."""
    content = to_file(make_image(PIXELS[0]))
    named = struct.pack("<HH2sH", 2, 0x10, b"UI", 20) + ExplicitVRLittleEndian.encode() + b"\0"
    assert named in content
    for uid in (ExplicitVRLittleEndian, JPEGLSLossless):
        answer = read(rewritten(content.replace(named, b""), uid))
        assert answer.file_meta.TransferSyntaxUID == uid
        np.testing.assert_array_equal(answer.pixel_array, PIXELS[0])


def test_a_rewritten_file_names_its_writer_and_keeps_where_it_came_from() -> None:
    dataset = make_object()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.ImplementationClassUID = UID("1.2.3")
    dataset.file_meta.SourceApplicationEntityTitle = "SENDER"
    content = to_file(dataset, ImplicitVRLittleEndian)
    meta = read(rewritten(content)).file_meta
    assert meta.ImplementationClassUID == IMPLEMENTATION_CLASS_UID
    assert VERSION.replace(".", "") in str(meta.ImplementationVersionName)
    assert meta.SourceApplicationEntityTitle == "SENDER"


@pytest.mark.parametrize("keyword", ["SOPClassUID", "SOPInstanceUID"])
def test_an_object_that_does_not_say_what_it_is_can_still_be_had(keyword: str) -> None:
    dataset = make_object()
    delattr(dataset, keyword)
    answer = read(rewritten(to_data_set(dataset)))
    assert answer.PatientID == "0"


def test_an_object_that_names_a_wrong_transfer_syntax_is_read_as_what_it_is() -> None:
    whole = to_file(make_object(), ExplicitVRLittleEndian)
    meta_length = 144 + int.from_bytes(whole[140:144], "little")
    mislabelled = whole[:meta_length] + to_data_set(make_object(), ImplicitVRLittleEndian)
    mislabelled = mislabelled.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0")
    with pytest.warns(UserWarning, match="found implicit VR"):
        assert read(rewritten(mislabelled)).PatientID == "0"


@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_encapsulated_pixels_are_decoded_where_a_native_transfer_syntax_is_named(uid: str) -> None:
    misnamed = to_file(compressed()).replace(b"1.2.840.10008.1.2.4.80", b"1.2.840.10008.1.2.1\0\0\0", 1)
    assert read(misnamed).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert rewritten(misnamed, "*") == misnamed
    answer = read(rewritten(misnamed, uid))
    assert answer.file_meta.TransferSyntaxUID == uid
    np.testing.assert_array_equal(answer.pixel_array, PIXELS)


def test_pixels_that_cannot_be_decoded_are_refused_but_can_be_had_as_stored() -> None:
    content = to_file(with_codestreams(make_image(PIXELS[0]), JPEGLSLossless, [b"rubbish!"]))
    with pytest.raises(NotAcceptable, match="cannot be decoded"):
        rewritten(content)
    assert rewritten(content, "*") == content


def test_single_bits_that_a_codec_gave_as_bytes_are_single_bits_again() -> None:
    """As a binary segmentation has to have them (PS3.3 C.8.20.2.3): 3 frames of 15 pixels, without a gap."""
    frames = np.arange(45).reshape(3, 3, 5) % 3 == 0
    stored = make_image(frames, is_multi_frame=True)
    codestreams = [
        bytes(imagecodecs.jpeg2k_encode(frame.astype(np.uint8), codecformat="j2k", reversible=True, bitspersample=1))
        for frame in frames
    ]
    answer = read(rewritten(to_file(with_codestreams(stored, "1.2.840.10008.1.2.4.90", codestreams))))
    assert (answer.BitsAllocated, answer.BitsStored, answer.HighBit) == (1, 1, 0)
    packed = np.packbits(frames.reshape(-1), bitorder="little").tobytes()
    assert answer.PixelData == packed + bytes(len(packed) % 2)
