"""Objects of every kind in every transfer syntax (PS3.18-2011 8.2.11): the same pixels, and what is said of them."""

from __future__ import annotations

import copy
import io
import itertools
import struct
from typing import Any, BinaryIO, cast

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.pixels.utils import pixel_array
from pydicom.sequence import Sequence
from pydicom.uid import (
    MPEG2MPML,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLSLossless,
)

from tests.support.datasets import make_image, make_object, to_file, with_codestreams
from tests.support.images import Array, picture_of, render, rewritten
from tests.support.object_kinds import KINDS, SEGMENTATION, anatomy, colored
from wado.dicom.overlays import read_overlays
from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import BytesSource, inflate, read_stored_object
from wado.errors import NotAcceptable
from wado.image.compress import Frame
from wado.image.stored_values import stored_values
from wado.media_types import APPLICATION_DICOM
from wado.transcode.compress import write_codestreams, write_compressed
from wado.transcode.encapsulate import FragmentWriter
from wado.transcode.rewrite import Revision
from wado.transcode.syntaxes import JPEG_BASELINE, JPEG_EXTENDED, JPEG_XL_RECOMPRESSION, PIXEL_SYNTAXES

JPEG = "1.2.840.10008.1.2.4."
ENCAPSULATED_UNCOMPRESSED, DEFLATED_FRAMES, RLE = (
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.8.1",
    "1.2.840.10008.1.2.5",
)
CELLS: set[str] = {ENCAPSULATED_UNCOMPRESSED, DEFLATED_FRAMES, RLE, DeflatedExplicitVRLittleEndian}
LOSSLESS: set[str] = {*CELLS, *(f"{JPEG}{suffix}" for suffix in ("57", "70", "80", "90", "201", "202", "110"))}
LOSSY = {*(f"{JPEG}{suffix}" for suffix in ("50", "51", "81", "91", "203", "112"))}

JXL = {f"{JPEG}110", f"{JPEG}112"}
GREY = LOSSLESS | LOSSY
DEEP_GREY = GREY - {JPEG_BASELINE}
SIGNED = GREY - JXL - {JPEG_BASELINE, JPEG_EXTENDED}
RGB = GREY - {JPEG_EXTENDED}

HELD: dict[str, set[str]] = {
    "grey 8": GREY,
    "grey 12": DEEP_GREY,
    "grey 16": DEEP_GREY - {JPEG_EXTENDED},
    "inverse grey 10": DEEP_GREY,
    "grey 8 in 16": GREY,
    "signed 16": SIGNED,
    "signed 12": SIGNED,
    "ct": SIGNED,
    "palette": LOSSLESS - JXL,
    "rgb": RGB,
    "rgb by plane": RGB,
    "rgb 16": RGB - {JPEG_BASELINE},
    "ybr": RGB - JXL,
    "ybr 422": RGB - JXL,
    "frames": GREY,
    "single bits": CELLS - {RLE},
    "overlay in pixels": DEEP_GREY,
    "dose": CELLS - {RLE},
    "float": {DeflatedExplicitVRLittleEndian},
    "report": {DeflatedExplicitVRLittleEndian},
}
"""Which transfer syntaxes each kind of object can be had in besides Explicit VR Little Endian."""

FILES = {name: to_file(dataset) for name, dataset in KINDS.items()}
PAIRS = [(name, uid) for name, held in HELD.items() for uid in sorted(held)]


def read(content: bytes) -> Dataset:
    return pydicom.dcmread(io.BytesIO(content))


def image_in(content: bytes) -> tuple[StoredImage, BytesSource]:
    source = inflate(BytesSource(content))
    assert isinstance(source, BytesSource)
    return read_stored_image(read_stored_object(BytesSource(content)), source), source


def values_in(content: bytes) -> list[Array]:
    """The stored values of each frame, with their sign."""
    image, source = image_in(content)
    return [stored_values(frame.words, image.pixel.cell) for frame in image.read_frames(source)]


def with_quality(content: bytes, uid: str, quality: int) -> bytes:
    source, answer = BytesSource(content), io.BytesIO()
    write_compressed(read_stored_object(source), inflate(source), answer, uid, quality)
    return answer.getvalue()


@pytest.mark.parametrize("name", KINDS)
def test_the_table_says_which_syntax_holds_what(name: str) -> None:
    asked = sorted(LOSSLESS | LOSSY)
    held = {uid for uid in asked if read(rewritten(FILES[name], uid)).file_meta.TransferSyntaxUID == uid}
    assert held == HELD[name]


@pytest.mark.parametrize("name", KINDS)
def test_what_cannot_be_held_is_sent_uncompressed(name: str) -> None:
    for uid in (LOSSLESS | LOSSY) - HELD[name]:
        answer = read(rewritten(FILES[name], uid))
        assert answer.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
        assert answer.SOPInstanceUID == KINDS[name].SOPInstanceUID


@pytest.mark.parametrize(
    ("name", "uid"), [pair for pair in PAIRS if pair[1] in LOSSLESS and pair[0] not in ("report",)]
)
def test_lossless_ones_keep_every_value_and_the_identity(name: str, uid: str) -> None:
    content = rewritten(FILES[name], uid)
    for one, other in itertools.zip_longest(values_in(content), values_in(FILES[name])):
        np.testing.assert_array_equal(one, other)
    stored, answer = read(FILES[name]), read(content)
    assert answer.SOPInstanceUID == stored.SOPInstanceUID == answer.file_meta.MediaStorageSOPInstanceUID
    assert "LossyImageCompression" not in answer and "DerivationDescription" not in answer


COLORS_IN_JPEG_XL = [pair for pair in PAIRS if pair[0].startswith("rgb") and pair[1] == f"{JPEG}112"]
"""From the usual quality on they lose nothing."""


@pytest.mark.parametrize(("name", "uid"), COLORS_IN_JPEG_XL)
def test_colours_in_jpeg_xl_are_the_same_object_or_xyb(name: str, uid: str) -> None:
    content = rewritten(FILES[name], uid)
    answer = read(content)
    np.testing.assert_array_equal(values_in(content)[0], values_in(FILES[name])[0])
    assert "LossyImageCompression" not in answer and answer.PhotometricInterpretation == "RGB"
    assert answer.SOPInstanceUID == read(FILES[name]).SOPInstanceUID
    lost = lossy(FILES["rgb"], uid, 89)
    assert (lost.LossyImageCompression, lost.PhotometricInterpretation) == ("01", "XYB")


LEFT = [("rgb 16", f"{JPEG}112", 89), ("grey 16", f"{JPEG}112", 90), ("signed 16", f"{JPEG}81", 90)]
"""What no lossy encoder comes near enough to: noise in 16 bits, and extremes that could change their sign."""


@pytest.mark.parametrize(("name", "uid", "quality"), LEFT)
def test_what_can_only_be_kept_stays_the_same_object(name: str, uid: str, quality: int) -> None:
    content = with_quality(FILES[name], uid, quality)
    answer = read(content)
    np.testing.assert_array_equal(values_in(content)[0], values_in(FILES[name])[0])
    assert "LossyImageCompression" not in answer and answer.SOPInstanceUID == read(FILES[name]).SOPInstanceUID
    assert answer.PhotometricInterpretation == KINDS[name].PhotometricInterpretation


@pytest.mark.parametrize(
    ("name", "uid"),
    [pair for pair in PAIRS if pair[1] in LOSSY and pair not in COLORS_IN_JPEG_XL and (*pair, 90) not in LEFT],
)
def test_lossy_ones_come_near_and_are_other_objects(name: str, uid: str) -> None:
    content = rewritten(FILES[name], uid)
    stored, answer = read(FILES[name]), read(content)
    if answer.SamplesPerPixel == 1:
        for one, other in zip(values_in(content), values_in(FILES[name]), strict=True):
            difference = np.abs(one.astype(float) - other)
            assert difference.max() <= np.ptp(other.astype(float)) / 12
    assert answer.LossyImageCompression == "01"
    assert answer.SOPInstanceUID == answer.file_meta.MediaStorageSOPInstanceUID != stored.SOPInstanceUID
    assert answer.ImageType[0] == "DERIVED"
    assert answer.SourceImageSequence[0].ReferencedSOPInstanceUID == stored.SOPInstanceUID
    assert "SmallestImagePixelValue" not in answer


EXPECTED = {
    ("rgb", JPEG_BASELINE): "YBR_FULL_422",
    ("ybr", JPEG_BASELINE): "YBR_FULL_422",
    ("rgb", f"{JPEG}90"): "YBR_RCT",
    ("rgb", f"{JPEG}91"): "YBR_ICT",
    ("rgb", f"{JPEG}201"): "YBR_RCT",
    ("rgb", f"{JPEG}202"): "YBR_RCT",
    ("rgb", f"{JPEG}203"): "YBR_ICT",
    ("rgb", f"{JPEG}110"): "RGB",
    ("rgb", f"{JPEG}70"): "RGB",
    ("rgb", f"{JPEG}80"): "RGB",
    ("rgb", RLE): "RGB",
    ("ybr", f"{JPEG}90"): "YBR_FULL",
    ("ybr 422", RLE): "YBR_FULL",
    ("palette", f"{JPEG}80"): "PALETTE COLOR",
    ("inverse grey 10", f"{JPEG}51"): "MONOCHROME1",
}


@pytest.mark.parametrize(("name", "uid"), EXPECTED)
def test_the_photometric_interpretation_is_that_of_the_codestream(name: str, uid: str) -> None:
    answer = read(rewritten(FILES[name], uid))
    assert answer.PhotometricInterpretation == EXPECTED[name, uid]
    if answer.SamplesPerPixel == 3:
        assert answer.PlanarConfiguration == 0


@pytest.mark.parametrize(("name", "is_planar"), [("rgb", 0), ("rgb by plane", 1)])
def test_rle_has_the_stored_planar_configuration(name: str, is_planar: int) -> None:
    assert read(rewritten(FILES[name], RLE)).PlanarConfiguration == is_planar


ULTRASOUND, ULTRASOUND_CLIP = "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.3.1"


IN_PAIRS = np.repeat(colored()[:, ::2], 2, 1)


def ultrasound(photometric_interpretation: str) -> bytes:
    return to_file(make_image(IN_PAIRS, photometric_interpretation, SOPClassUID=ULTRASOUND))


@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, RLE])
@pytest.mark.parametrize("stored", [f"{JPEG}70", f"{JPEG}80", f"{JPEG}90"])
def test_ultrasound_in_ybr_full_is_by_plane_where_the_transfer_syntax_leaves_it_open(stored: str, uid: str) -> None:
    content = rewritten(rewritten(ultrasound("YBR_FULL"), stored), uid)
    answer = read(content)
    assert answer.file_meta.TransferSyntaxUID == uid
    assert (answer.PhotometricInterpretation, answer.PlanarConfiguration) == ("YBR_FULL", 1)
    np.testing.assert_array_equal(values_in(content)[0], IN_PAIRS)
    if uid in (ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian):
        first_plane = np.frombuffer(answer.PixelData, np.uint8, IN_PAIRS[..., 0].size)
        np.testing.assert_array_equal(first_plane, IN_PAIRS[..., 0].reshape(-1))
    if uid in (ExplicitVRLittleEndian, RLE):
        np.testing.assert_array_equal(pixel_array(answer, raw=True), IN_PAIRS)


@pytest.mark.parametrize("name", ["RGB", "YBR_FULL_422"])
def test_other_colours_of_ultrasound_are_by_pixel(name: str) -> None:
    compressed = rewritten(ultrasound(name), f"{JPEG}80")
    answer = read(rewritten(compressed, ExplicitVRLittleEndian))
    assert answer.PlanarConfiguration == (1 if name == "YBR_FULL_422" else 0)
    assert read(compressed).PlanarConfiguration == 0  # PS3.5 8.2.3
    assert read(rewritten(ultrasound(name), RLE)).PlanarConfiguration == (1 if name == "YBR_FULL_422" else 0)


def test_a_clip_by_plane_has_every_frame_by_plane() -> None:
    pixels = np.stack([colored(), colored()[::-1]])
    clip = make_image(pixels, "YBR_FULL", is_multi_frame=True, SOPClassUID=ULTRASOUND_CLIP)
    for uid in (ExplicitVRLittleEndian, RLE, ENCAPSULATED_UNCOMPRESSED, DEFLATED_FRAMES):
        answer = rewritten(rewritten(to_file(clip), f"{JPEG}70"), uid)
        assert read(answer).PlanarConfiguration == int(uid in (ExplicitVRLittleEndian, RLE))
        np.testing.assert_array_equal(values_in(answer), pixels)


@pytest.mark.parametrize(
    ("dataset", "uid"),
    [
        (make_image(anatomy(8) >> 7, bits_stored=1), f"{JPEG}80"),  # Table 8.2.3-1: 2 to 16 bits
        (make_image(anatomy(8) >> 7, bits_stored=1), f"{JPEG}81"),
        (make_image(colored(16), "YBR_FULL"), RLE),  # Table 8.2.2-1: 8 bits
        (make_image(colored(16), "YBR_FULL"), f"{JPEG}80"),  # Table 8.2.3-1: 8 bits
    ],
)
def test_what_the_tables_of_the_standard_leave_out_is_sent_uncompressed(dataset: Dataset, uid: str) -> None:
    assert read(rewritten(to_file(dataset), uid)).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert read(rewritten(to_file(dataset), f"{JPEG}70")).file_meta.TransferSyntaxUID == f"{JPEG}70"


@pytest.mark.parametrize(
    ("name", "uid", "bits"),
    [
        ("grey 12", f"{JPEG}90", (16, 12, 11)),
        ("grey 12", f"{JPEG}91", (16, 12, 11)),
        ("grey 12", f"{JPEG}81", (16, 16, 15)),
        ("grey 12", f"{JPEG}203", (16, 16, 15)),
        ("inverse grey 10", f"{JPEG}51", (16, 12, 11)),
        ("grey 8 in 16", JPEG_BASELINE, (8, 8, 7)),
        ("grey 8 in 16", f"{JPEG}51", (8, 8, 7)),
        ("grey 8 in 16", f"{JPEG}91", (8, 8, 7)),
        # Bits Allocated of 16 are what some classes ask for, as MR Image Storage (PS3.3 C.8.3.1).
        *(("grey 8 in 16", f"{JPEG}{suffix}", (16, 8, 7)) for suffix in ("57", "70", "80", "90", "201", "110")),
        ("grey 8 in 16", RLE, (16, 8, 7)),
        ("signed 12", f"{JPEG}80", (16, 12, 11)),
        ("single bits", DEFLATED_FRAMES, (1, 1, 0)),
    ],
)
def test_the_bits_are_those_of_the_codestream(name: str, uid: str, bits: tuple[int, int, int]) -> None:
    answer = read(rewritten(FILES[name], uid))
    assert (answer.BitsAllocated, answer.BitsStored, answer.HighBit) == bits


def test_a_high_bit_elsewhere_moves_to_where_the_values_are() -> None:
    values = anatomy(10)
    stored = to_file(make_image(values << 4, bits_stored=10, high_bit=13))
    answer = rewritten(stored, f"{JPEG}80")
    np.testing.assert_array_equal(values_in(answer)[0], values)
    assert (read(answer).BitsStored, read(answer).HighBit) == (10, 9)


@pytest.mark.parametrize("stored", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_any_encoding_can_be_compressed(stored: str) -> None:
    answer = rewritten(to_file(make_image(anatomy(12), bits_stored=12), stored), f"{JPEG}70")
    np.testing.assert_array_equal(values_in(answer)[0], anatomy(12))
    assert read(answer).PatientName == "Made^For Tests"


def jpeg_ls(**options: Any) -> bytes:
    frames = anatomy(8, frames=3)
    codestreams = [bytes(imagecodecs.jpegls_encode(frame)) for frame in frames]
    return to_file(with_codestreams(make_image(frames, is_multi_frame=True), JPEGLSLossless, codestreams, **options))


@pytest.mark.parametrize("offset_table", ["basic", "extended", "none"])
def test_compressed_ones_are_compressed_otherwise(offset_table: str) -> None:
    answer = rewritten(jpeg_ls(offset_table=offset_table), f"{JPEG}90")
    np.testing.assert_array_equal(np.stack(values_in(answer)), anatomy(8, frames=3))
    assert "ExtendedOffsetTable" not in read(answer)


def test_the_basic_offset_table_says_where_the_frames_are() -> None:
    dataset = read(rewritten(FILES["frames"], f"{JPEG}80"))
    value = dataset.PixelData
    assert value[:8] == b"\xfe\xff\x00\xe0" + (12).to_bytes(4, "little")
    offsets = np.frombuffer(value, "<u4", 3, 8)
    for offset in offsets:
        assert value[20 + offset : 24 + offset] == b"\xfe\xff\x00\xe0"
        assert value[28 + offset : 30 + offset] == b"\xff\xd8"


def test_fragments_have_even_lengths_and_the_extended_table_counts_them() -> None:
    target = io.BytesIO()
    writer = FragmentWriter(3, is_extended=True)
    writer.write(target, [b"abc", b"de", b"fghij"])
    written = target.getvalue()
    assert written[:12] == b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff"
    assert written[12:20] == b"\xfe\xff\x00\xe0\0\0\0\0"
    assert writer.extended_offset_table == np.array([0, 12, 22], "<u8").tobytes()
    assert writer.extended_offset_table_lengths == np.array([4, 2, 6], "<u8").tobytes()
    assert written[20:32] == b"\xfe\xff\x00\xe0\x04\0\0\0abc\0"


def test_codestreams_that_may_be_too_long_for_the_basic_table_have_the_extended_one() -> None:
    image, source = image_in(FILES["frames"])
    codestreams = [bytes(imagecodecs.jpegls_encode(frame)) for frame in anatomy(8, frames=3)]
    target = io.BytesIO()
    _, length = write_codestreams(image, source, target, Revision(JPEGLSLossless), iter(codestreams), 1 << 32)
    assert length == sum(len(codestream) + len(codestream) % 2 for codestream in codestreams)
    answer = read(target.getvalue())
    lengths = np.frombuffer(answer.ExtendedOffsetTableLengths, "<u8")
    assert list(lengths) == [len(codestream) + len(codestream) % 2 for codestream in codestreams]
    offsets = np.frombuffer(answer.ExtendedOffsetTable, "<u8")
    assert list(offsets) == [0, lengths[0] + 8, lengths[0] + lengths[1] + 16]
    assert answer.PixelData[:8] == b"\xfe\xff\x00\xe0\0\0\0\0"
    np.testing.assert_array_equal(np.stack(values_in(target.getvalue())), anatomy(8, frames=3))


class CountingFile(io.RawIOBase):
    """Keeps how much was written, and the short writes, each with its place."""

    def __init__(self) -> None:
        super().__init__()
        self.place = 0
        self.written: dict[int, bytes] = {}

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = 0, /) -> int:
        assert whence == 0
        self.place = offset
        return offset

    def write(self, content: Any, /) -> int:
        if len(content) < 1024:
            self.written[self.place] = bytes(content)
        self.place += len(content)
        return len(content)


GIBIBYTE = bytes(1 << 30)
"""Zeros that no memory is taken for as long as nobody reads them."""


def test_offsets_beyond_four_gibibytes_are_counted_in_64_bits() -> None:
    target = CountingFile()
    writer = FragmentWriter(6, is_extended=True)
    writer.write(cast(BinaryIO, target), itertools.chain([b"abc"], itertools.repeat(GIBIBYTE, 5)))
    offsets = [0, *(12 + number * ((1 << 30) + 8) for number in range(5))]
    assert offsets[-1] > 0xFFFFFFFF
    assert writer.extended_offset_table == np.array(offsets, "<u8").tobytes()
    assert writer.extended_offset_table_lengths == np.array([4, *[1 << 30] * 5], "<u8").tobytes()
    for offset, length in zip(offsets, [4, *[1 << 30] * 5], strict=True):
        assert target.written[20 + offset] == b"\xfe\xff\x00\xe0" + length.to_bytes(4, "little")
    assert target.written[20 + offsets[-1] + 8 + (1 << 30)] == b"\xfe\xff\xdd\xe0\0\0\0\0"


def test_the_last_offset_of_a_basic_table_may_be_just_below_four_gibibytes() -> None:
    target = CountingFile()
    writer = FragmentWriter(5, is_extended=False)
    writer.write(cast(BinaryIO, target), [GIBIBYTE, GIBIBYTE, GIBIBYTE, bytes((1 << 30) - 64), b"ab"])
    offsets = [*(number * ((1 << 30) + 8) for number in range(4)), (4 << 30) - 64 + 32]
    assert target.written[20] == np.array(offsets, "<u4").tobytes()


@pytest.mark.parametrize(("largest", "is_extended"), [(0xFFFFFFFF - 3 * 1024, False), (0x100000000 - 3 * 1024, True)])
def test_there_is_one_table_of_offsets_at_most(largest: int, is_extended: bool) -> None:
    """PS3.5 A.4: the basic one is empty where there is the extended one, which goes where it is no longer true."""
    image, source = image_in(to_file(with_tables("frames")))
    codestreams = [bytes(imagecodecs.jpegls_encode(frame)) for frame in anatomy(8, frames=3)]
    target = io.BytesIO()
    write_codestreams(image, source, target, Revision(JPEGLSLossless), iter(codestreams), largest)
    answer = read(target.getvalue())
    assert ("ExtendedOffsetTable" in answer, "ExtendedOffsetTableLengths" in answer) == (is_extended, is_extended)
    assert "EncapsulatedPixelDataValueTotalLength" not in answer
    assert int.from_bytes(answer.PixelData[4:8], "little") == (0 if is_extended else 12)
    np.testing.assert_array_equal(np.stack(values_in(target.getvalue())), anatomy(8, frames=3))


def with_tables(name: str) -> Dataset:
    """The object with tables of offsets that are those of other codestreams."""
    dataset = copy.deepcopy(KINDS[name])
    dataset.ExtendedOffsetTable = dataset.ExtendedOffsetTableLengths = bytes(24)
    dataset.EncapsulatedPixelDataValueTotalLength = 24
    return dataset


# After lossy compression (PS3.3 C.7.6.1.1.5)


def lossy(content: bytes, uid: str = JPEG_BASELINE, quality: int = 80) -> Dataset:
    return read(with_quality(content, uid, quality))


def test_what_is_said_of_a_lossy_compression() -> None:
    answer = lossy(to_file(make_image(anatomy(8), ImageType=["ORIGINAL", "PRIMARY", "AXIAL"])))
    assert list(answer.ImageType) == ["DERIVED", "PRIMARY", "AXIAL"]
    assert answer.LossyImageCompressionMethod == "ISO_10918_1"
    assert answer.DerivationDescription == "Lossy compression: JPEG baseline, quality 80 of 100"
    code = answer.DerivationCodeSequence[0]
    assert (code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning) == ("113040", "DCM", "Lossy Compression")
    source = answer.SourceImageSequence[0]
    assert source.ReferencedSOPClassUID == answer.SOPClassUID
    purpose = source.PurposeOfReferenceCodeSequence[0]
    assert (purpose.CodeValue, purpose.CodeMeaning) == ("121320", "Uncompressed predecessor")


@pytest.mark.parametrize(
    ("uid", "method"),
    [
        (JPEG_EXTENDED, "ISO_10918_1"),
        (f"{JPEG}81", "ISO_14495_1"),
        (f"{JPEG}91", "ISO_15444_1"),
        (f"{JPEG}203", "ISO_15444_15"),
        (f"{JPEG}112", "ISO_18181_1"),
    ],
)
def test_the_method_is_that_of_the_codec(uid: str, method: str) -> None:
    assert lossy(FILES["grey 12"], uid).LossyImageCompressionMethod == method


def test_the_ratio_is_that_of_the_lengths() -> None:
    """Uncompressed by compressed, as PS3.3 C.7.6.1.1.5.2 has it; of all frames together."""
    answer = lossy(FILES["frames"])
    fragments = answer.PixelData[8 + 12 :]
    compressed = len(fragments) - 3 * 8
    expected = anatomy(8, frames=3).nbytes / compressed
    assert float(answer.LossyImageCompressionRatio) == pytest.approx(expected, abs=0.005)


def test_earlier_compressions_are_kept() -> None:
    earlier: dict[str, Any] = {
        "LossyImageCompression": "01",
        "LossyImageCompressionMethod": ["ISO_10918_1", "ISO_15444_1"],
        "LossyImageCompressionRatio": ["10", "20.5"],
        "DerivationDescription": "once before",
        "ImageType": ["DERIVED", "SECONDARY"],
    }
    dataset = make_image(anatomy(8), **earlier)
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "113072", "DCM", "Multiplanar reformatting"
    dataset.DerivationCodeSequence = Sequence([code])
    source = Dataset()
    source.ReferencedSOPClassUID, source.ReferencedSOPInstanceUID = dataset.SOPClassUID, "1.2.3"
    dataset.SourceImageSequence = Sequence([source, source])
    for stored in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian):
        answer = lossy(to_file(dataset, stored))
        assert list(answer.LossyImageCompressionMethod) == ["ISO_10918_1", "ISO_15444_1", "ISO_10918_1"]
        assert [float(ratio) for ratio in answer.LossyImageCompressionRatio[:2]] == [10, 20.5]
        assert float(answer.LossyImageCompressionRatio[2]) > 1
        assert answer.DerivationDescription.startswith("once before; Lossy compression: ")
        assert [item.CodeValue for item in answer.DerivationCodeSequence] == ["113072", "113040"]
        assert [item.ReferencedSOPInstanceUID for item in answer.SourceImageSequence] == ["1.2.3", "1.2.3", "1.2.3.4.3"]


def test_a_description_in_another_character_set_stays_what_it_is() -> None:
    dataset = make_image(anatomy(8), SpecificCharacterSet="ISO_IR 192", DerivationDescription="Ableitung für Müller")
    assert lossy(to_file(dataset)).DerivationDescription.startswith("Ableitung für Müller; Lossy compression")


def test_a_description_without_room_stays_as_it_is() -> None:
    dataset = make_image(anatomy(8), DerivationDescription="x" * 1000)
    assert lossy(to_file(dataset)).DerivationDescription == "x" * 1000


@pytest.mark.parametrize(("earlier", "purpose"), [({}, "121320"), ({"LossyImageCompression": "01"}, "121330")])
def test_the_source_says_whether_it_had_lost_something(earlier: dict[str, Any], purpose: str) -> None:
    """PS3.16 CID 7202: an uncompressed predecessor, or a lossy compressed one."""
    (source,) = lossy(to_file(make_image(anatomy(8), **earlier))).SourceImageSequence
    assert source.PurposeOfReferenceCodeSequence[0].CodeValue == purpose


def test_the_same_request_gives_the_same_object() -> None:
    one, other = (with_quality(FILES["grey 8"], JPEG_BASELINE, 80) for _ in range(2))
    assert one == other
    uids = {lossy(FILES["grey 8"], uid, quality).SOPInstanceUID for uid in sorted(LOSSY) for quality in (50, 80)}
    assert len(uids) == 2 * len(LOSSY)
    assert all(uid.startswith("2.25.") and len(uid) <= 64 for uid in uids)


NARROW = sorted(LOSSY - {JPEG_BASELINE, JPEG_EXTENDED, f"{JPEG}112"})


@pytest.mark.parametrize("uid", NARROW)
def test_what_the_quality_leaves_as_it_was_stays_the_same_object(uid: str) -> None:
    """A span of 30 at quality 90: an error of 0.07 of a value, which is none."""
    frames = np.stack([colored() % 31, colored()[::-1] % 31])
    dataset = make_image(frames, "RGB", is_multi_frame=True, ImageType=["ORIGINAL", "PRIMARY"])
    content = with_quality(to_file(dataset), uid, 90)
    answer = read(content)
    np.testing.assert_array_equal(np.stack(values_in(content)), frames)
    assert "LossyImageCompression" not in answer and "SourceImageSequence" not in answer
    assert answer.ImageType[0] == "ORIGINAL" and answer.SOPInstanceUID == dataset.SOPInstanceUID
    assert answer.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert answer.PhotometricInterpretation == ("RGB" if uid == f"{JPEG}81" else "YBR_RCT")
    assert content == with_quality(to_file(dataset), uid, 100)


@pytest.mark.parametrize("uid", NARROW)
def test_one_frame_that_loses_something_makes_another_object(uid: str) -> None:
    dataset = make_image(np.stack([anatomy(8) % 31, anatomy(8)]), is_multi_frame=True)
    answer = lossy(to_file(dataset), uid, 90)
    assert answer.LossyImageCompression == "01" and answer.SOPInstanceUID != dataset.SOPInstanceUID


@pytest.mark.parametrize("uid", sorted(LOSSY - {JPEG_BASELINE, JPEG_EXTENDED}))
def test_the_highest_quality_loses_nothing_and_the_object_stays_the_same(uid: str) -> None:
    content = with_quality(FILES["rgb"], uid, 100)
    np.testing.assert_array_equal(values_in(content)[0], colored())
    answer = read(content)
    assert answer.SOPInstanceUID == KINDS["rgb"].SOPInstanceUID and "LossyImageCompression" not in answer
    assert answer.PhotometricInterpretation in ("RGB", "YBR_RCT")


@pytest.mark.parametrize("uid", [JPEG_BASELINE, f"{JPEG}81", f"{JPEG}91"])
def test_values_that_are_no_picture_are_never_changed(uid: str) -> None:
    fractional = make_image(anatomy(8), SegmentationType="FRACTIONAL")
    fractional.SOPClassUID = SEGMENTATION
    ramp = bytes(6)
    data: dict[str, Any] = {f"{color}PaletteColorLookupTableData": ramp for color in ("Red", "Green", "Blue")}
    descriptors: dict[str, Any] = {
        f"{color}PaletteColorLookupTableDescriptor": [3, 253, 16] for color in ("Red", "Green", "Blue")
    }
    supplemental = make_image(anatomy(8), PixelPresentation="COLOR", **data, **descriptors)
    for dataset in (fractional, supplemental):
        assert read(rewritten(to_file(dataset), uid)).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


@pytest.mark.parametrize(
    ("stored", "derived"),
    [
        (["ORIGINAL", "PRIMARY"], ["DERIVED", "PRIMARY", "COMPRESSED"]),
        (["ORIGINAL", "PRIMARY", "", "COLOR"], ["DERIVED", "PRIMARY", "COMPRESSED", "COLOR"]),
        (["DERIVED", "PRIMARY", "MONTAGE", "FA"], ["DERIVED", "PRIMARY", "MONTAGE", "FA"]),
    ],
)
def test_a_derived_photograph_of_an_eye_says_how_it_was_derived(stored: list[str], derived: list[str]) -> None:
    eye = make_image(anatomy(8), ImageType=stored, SOPClassUID="1.2.840.10008.5.1.4.1.1.77.1.5.1")
    assert list(read(rewritten(to_file(eye), JPEG_BASELINE)).ImageType) == derived
    other = make_image(anatomy(8), ImageType=stored)
    assert list(read(rewritten(to_file(other), JPEG_BASELINE)).ImageType) == ["DERIVED", *stored[1:]]


def test_the_type_of_each_frame_goes_with_that_of_the_image() -> None:
    """PS3.3 C.8.16.1.1; in functional groups, wherever they are."""
    frame_type, group = Dataset(), Dataset()
    frame_type.FrameType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    group.MRImageFrameTypeSequence = Sequence([frame_type])
    dataset = make_image(anatomy(8), ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"])
    dataset.SharedFunctionalGroupsSequence = Sequence([group])
    for stored in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian):
        answer = lossy(to_file(dataset, stored))
        found = answer.SharedFunctionalGroupsSequence[0].MRImageFrameTypeSequence[0].FrameType
        assert list(found) == list(answer.ImageType) == ["DERIVED", "PRIMARY", "VOLUME", "NONE"]
    kept = read(rewritten(to_file(dataset), RLE))
    assert kept.SharedFunctionalGroupsSequence[0].MRImageFrameTypeSequence[0].FrameType[0] == "ORIGINAL"


@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, f"{JPEG}70", DeflatedExplicitVRLittleEndian])
def test_a_stored_lossy_jpeg_is_not_forgotten_when_it_is_decoded(uid: str) -> None:
    codestream = bytes(imagecodecs.jpeg8_encode(anatomy(8), 50))
    stored = to_file(with_codestreams(make_image(anatomy(8)), JPEGBaseline8Bit, [codestream]))
    answer = read(rewritten(stored, uid))
    assert (answer.LossyImageCompression, answer.LossyImageCompressionMethod) == ("01", "ISO_10918_1")
    expected = anatomy(8).size / (len(codestream) + len(codestream) % 2)
    assert float(answer.LossyImageCompressionRatio) == pytest.approx(expected, abs=0.01)
    assert answer.SOPInstanceUID == read(stored).SOPInstanceUID
    again = read(with_quality(stored, f"{JPEG}91", 50))
    assert list(again.LossyImageCompressionMethod) == ["ISO_10918_1", "ISO_15444_1"]
    assert float(again.LossyImageCompressionRatio[0]) == pytest.approx(expected, abs=0.01)


def test_a_recompressed_jpeg_is_not_forgotten_either() -> None:
    dataset = with_codestreams(
        make_image(anatomy(8)), JPEGBaseline8Bit, [bytes(imagecodecs.jpeg8_encode(anatomy(8), 50))]
    )
    answer = read(rewritten(rewritten(to_file(dataset), JPEG_XL_RECOMPRESSION), RLE))
    assert (answer.LossyImageCompression, answer.LossyImageCompressionMethod) == ("01", "ISO_10918_1")


LOSSY_CODESTREAMS = [
    (f"{JPEG}81", bytes(imagecodecs.jpegls_encode(anatomy(8), 3)), "ISO_14495_1"),
    (f"{JPEG}81", bytes(imagecodecs.jpegls_encode(anatomy(8), 0)), None),
    (f"{JPEG}91", bytes(imagecodecs.jpeg2k_encode(anatomy(8), 30, codecformat="j2k", reversible=False)), "ISO_15444_1"),
    (f"{JPEG}91", bytes(imagecodecs.jpeg2k_encode(anatomy(8), codecformat="j2k", reversible=True)), None),
    (f"{JPEG}203", bytes(imagecodecs.htj2k_encode(anatomy(8), 0.01, reversible=False)), "ISO_15444_15"),
    (f"{JPEG}203", bytes(imagecodecs.htj2k_encode(anatomy(8), reversible=True)), None),
    (f"{JPEG}112", bytes(imagecodecs.jpegxl_encode(anatomy(8), 90)), "ISO_18181_1"),
    (f"{JPEG}112", bytes(imagecodecs.jpegxl_encode(anatomy(8), lossless=True)), None),
]


@pytest.mark.parametrize(("stored", "codestream", "method"), LOSSY_CODESTREAMS)
@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, RLE])
def test_what_the_codestream_says_of_its_loss_is_not_forgotten(
    uid: str, stored: str, codestream: bytes, method: str | None
) -> None:
    """Where the transfer syntax leaves open whether something was lost."""
    # pydicom's dictionary may be older than JPEG XL: a file of a name as long is given that name.
    is_new = stored in JXL
    content = to_file(with_codestreams(make_image(anatomy(8)), f"{JPEG}201" if is_new else stored, [codestream]))
    content = content.replace(f"{JPEG}201".encode(), stored.encode()) if is_new else content
    answer = read(rewritten(content, uid))
    assert answer.get("LossyImageCompressionMethod") == method
    assert answer.get("LossyImageCompression") == (method and "01")
    assert ("LossyImageCompressionRatio" in answer) == (method is not None)
    again = read(with_quality(content, JPEG_BASELINE, 50))
    purpose = again.SourceImageSequence[0].PurposeOfReferenceCodeSequence[0].CodeValue
    assert purpose == ("121330" if method else "121320")


# Overlays and icons


@pytest.mark.parametrize("uid", sorted(HELD["overlay in pixels"] - CELLS))
def test_an_overlay_in_the_pixels_gets_data_of_its_own(uid: str) -> None:
    answer = read(rewritten(FILES["overlay in pixels"], uid))
    assert (answer[0x6000, 0x0100].value, answer[0x6000, 0x0102].value) == (1, 0)
    (overlay,) = read_overlays(answer, 0)
    expected = np.zeros_like(overlay.bits)
    expected[3:9, 5:20] = True
    np.testing.assert_array_equal(overlay.bits, expected)
    assert (overlay.top, overlay.left) == (0, 0)


@pytest.mark.parametrize("uid", [RLE, DEFLATED_FRAMES, ENCAPSULATED_UNCOMPRESSED])
def test_an_overlay_stays_in_the_pixels_where_every_bit_does(uid: str) -> None:
    content = rewritten(FILES["overlay in pixels"], uid)
    answer = read(content)
    assert answer[0x6000, 0x0102].value == 12 and (0x6000, 0x3000) not in answer
    image, source = image_in(content)
    assert image.read_frame(source, 0).words[3, 5] & 0x1000


def test_overlays_of_several_frames_get_a_plane_for_each() -> None:
    frames = anatomy(12, frames=3) & 0xFFF
    dataset = make_image(frames, is_multi_frame=True, bits_stored=12, high_bit=11)
    planes = np.zeros_like(frames)
    for index in range(3):
        planes[index, index + 1] = 1
    dataset.PixelData = (frames | planes << 15).tobytes()
    for element, value in {0x0010: dataset.Rows, 0x0011: dataset.Columns, 0x0100: 16, 0x0102: 15}.items():
        dataset.add_new((0x6002, element), "US", value)
    dataset.add_new((0x6002, 0x0050), "SS", [1, 1])
    answer = read(rewritten(to_file(dataset), f"{JPEG}80"))
    assert (answer[0x6002, 0x0015].value, answer[0x6002, 0x0051].value) == (3, 1)
    for index in range(3):
        (overlay,) = read_overlays(answer, index)
        np.testing.assert_array_equal(overlay.bits, planes[index].astype(bool))


def test_an_overlay_in_bits_that_the_pixels_use_makes_compression_impossible() -> None:
    dataset = KINDS["overlay in pixels"].copy()
    dataset[0x6000, 0x0102].value = 5
    assert read(rewritten(to_file(dataset), f"{JPEG}80")).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


def with_icon(*, is_compressed: bool) -> bytes:
    icon = make_image(anatomy(8)[:9, :9])
    for keyword in (
        "SOPClassUID",
        "SOPInstanceUID",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "PatientName",
        "PatientID",
    ):
        delattr(icon, keyword)
    frame = anatomy(8)
    if is_compressed:
        icon.PixelData = encapsulate([bytes(imagecodecs.jpegls_encode(np.ascontiguousarray(frame[:9, :9])))])
        icon["PixelData"].is_undefined_length = True
    dataset = make_image(frame, IconImageSequence=Sequence([icon]))
    return to_file(with_codestreams(dataset, JPEGLSLossless, [bytes(imagecodecs.jpegls_encode(frame))]))


@pytest.mark.parametrize("is_compressed", [True, False])
@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, f"{JPEG}90", JPEG_BASELINE])
def test_an_icon_is_kept_and_uncompressed(uid: str, is_compressed: bool) -> None:
    answer = read(rewritten(with_icon(is_compressed=is_compressed), uid))
    assert answer.file_meta.TransferSyntaxUID == uid
    icon = answer.IconImageSequence[0]
    assert icon.PixelData[:81] == anatomy(8)[:9, :9].tobytes()
    assert not icon["PixelData"].is_undefined_length


# JPEG and JPEG XL in other clothes (PS3.5 8.2.15)


def baseline() -> bytes:
    codestreams = [bytes(imagecodecs.jpeg8_encode(colored(), 85)), bytes(imagecodecs.jpeg8_encode(colored()[::-1], 85))]
    frames = np.stack([colored(), colored()[::-1]])
    dataset = make_image(frames, "YBR_FULL_422", is_multi_frame=True, LossyImageCompression="01")
    return to_file(with_codestreams(dataset, JPEGBaseline8Bit, codestreams))


def test_a_jpeg_is_recompressed_and_comes_back() -> None:
    stored = baseline()
    recompressed = rewritten(stored, JPEG_XL_RECOMPRESSION)
    answer = read(recompressed)
    assert answer.file_meta.TransferSyntaxUID == JPEG_XL_RECOMPRESSION
    assert answer.SOPInstanceUID == read(stored).SOPInstanceUID
    assert answer.PhotometricInterpretation == "YBR_FULL_422"
    for one, other in zip(values_in(recompressed), values_in(stored), strict=True):
        np.testing.assert_array_equal(one, other)
    restored = read(rewritten(recompressed, JPEG_BASELINE))
    assert restored.file_meta.TransferSyntaxUID == JPEG_BASELINE
    assert restored.PixelData == read(stored).PixelData


@pytest.mark.parametrize(
    ("stored", "answered", "uid"),
    [
        ("YBR_FULL", "YBR_FULL_422", JPEG_XL_RECOMPRESSION),
        ("RGB", "RGB", JPEG_XL_RECOMPRESSION),
        ("MONOCHROME2", "MONOCHROME2", JPEG_XL_RECOMPRESSION),
        ("MONOCHROME1", "MONOCHROME1", ExplicitVRLittleEndian),
    ],
)
def test_a_recompressed_jpeg_has_the_photometric_interpretations_of_the_table(
    stored: str, answered: str, uid: str
) -> None:
    """PS3.5 Table 8.2.15-1."""
    pixels = anatomy(8) if stored.startswith("MONO") else colored()
    space: dict[str, Any] = {
        "subsampling": "444",
        "colorspace": "RGB",
        "outcolorspace": "RGB" if stored == "RGB" else "YCBCR",
    }
    codestream = bytes(imagecodecs.jpeg8_encode(pixels, 90, **(space if pixels.ndim == 3 else {})))
    content = to_file(with_codestreams(make_image(pixels, stored), JPEG_BASELINE, [codestream]))
    answer = read(rewritten(content, JPEG_XL_RECOMPRESSION))
    assert (answer.file_meta.TransferSyntaxUID, answer.PhotometricInterpretation) == (uid, answered)
    for one, other in zip(values_in(rewritten(content, JPEG_XL_RECOMPRESSION)), values_in(content), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["grey 8", "rgb"])
def test_only_a_jpeg_can_be_recompressed(name: str) -> None:
    assert read(rewritten(FILES[name], JPEG_XL_RECOMPRESSION)).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian


@pytest.mark.parametrize("uid", [f"{JPEG}90", JPEG_BASELINE, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_a_video_is_sent_as_it_is_stored_only(uid: str) -> None:
    stored = to_file(with_codestreams(make_image(colored(), "RGB"), MPEG2MPML, [b"\0\0\1\xb3" * 8]))
    with pytest.raises(NotAcceptable, match="as it is stored only"):
        rewritten(stored, uid)
    assert rewritten(stored, uid, "*") == stored == rewritten(stored, MPEG2MPML)


def test_frames_that_cannot_be_decoded_are_refused_and_the_next_is_tried() -> None:
    stored = to_file(with_codestreams(make_image(anatomy(8)), JPEGLSLossless, [b"rubbish!"]))
    with pytest.raises(NotAcceptable, match="cannot be decoded"):
        rewritten(stored, f"{JPEG}90")
    assert rewritten(stored, f"{JPEG}90", JPEGLSLossless) == stored


# Lists and `*` (8.2.11)


@pytest.mark.parametrize(
    ("name", "wanted", "answered"),
    [
        ("grey 16", (JPEG_BASELINE, f"{JPEG}80"), f"{JPEG}80"),
        ("grey 16", (JPEG_BASELINE, "*"), ExplicitVRLittleEndian),
        ("float", (f"{JPEG}90", RLE), ExplicitVRLittleEndian),
        ("report", (f"{JPEG}90", DeflatedExplicitVRLittleEndian), DeflatedExplicitVRLittleEndian),
        ("grey 8", (f"{JPEG}100", "1.2.3", RLE), RLE),
        ("grey 8", (ImplicitVRLittleEndian, RLE), RLE),
    ],
)
def test_the_first_that_can_be_had_is_sent(name: str, wanted: tuple[str, ...], answered: str) -> None:
    assert read(rewritten(FILES[name], *wanted)).file_meta.TransferSyntaxUID == answered


@pytest.mark.parametrize("uid", sorted(PIXEL_SYNTAXES))
def test_what_is_stored_in_it_is_sent_as_it_is(uid: str) -> None:
    name = "grey 8"
    stored = rewritten(FILES[name], uid)
    assert rewritten(stored, uid) == stored


# What does not go together


def test_lengths_and_offsets_of_the_stored_codestreams_go_with_them() -> None:
    dataset = with_codestreams(make_image(anatomy(8)), JPEGLSLossless, [bytes(imagecodecs.jpegls_encode(anatomy(8)))])
    dataset.EncapsulatedPixelDataValueTotalLength = 828
    for uid in (ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, RLE):
        assert "EncapsulatedPixelDataValueTotalLength" not in read(rewritten(to_file(dataset), uid))


def with_frames_left(number_of_frames: int | None, uid: str, offset_table: str) -> bytes:
    """An object of three codestreams that says of itself that it has fewer."""
    codestreams = [PIXEL_SYNTAXES[uid].encode(Frame(frame, 8), 1) for frame in anatomy(8, frames=3)]
    dataset = with_codestreams(copy.deepcopy(KINDS["frames"]), uid, codestreams, offset_table=offset_table)
    del dataset.NumberOfFrames
    if number_of_frames:
        dataset.NumberOfFrames = number_of_frames
    return to_file(dataset)


@pytest.mark.parametrize("offset_table", ["basic", "none"])
@pytest.mark.parametrize("stored", [JPEGLSLossless, RLE, ENCAPSULATED_UNCOMPRESSED])
@pytest.mark.parametrize("number_of_frames", [None, 1, 2])
def test_no_frame_is_left_behind(number_of_frames: int | None, stored: str, offset_table: str) -> None:
    content = with_frames_left(number_of_frames, stored, offset_table)
    for uid in (ExplicitVRLittleEndian, f"{JPEG}70"):
        with pytest.raises(NotAcceptable, match="frame"):
            rewritten(content, uid)
    assert rewritten(content, stored) == content


@pytest.mark.parametrize("has_table", [True, False])
def test_no_deflated_frame_is_left_behind(has_table: bool) -> None:
    content = rewritten(FILES["frames"], DEFLATED_FRAMES)
    content = content.replace(b"\x28\0\x08\0IS\2\x003 ", b"\x28\0\x08\0IS\2\x001 ")
    if not has_table:
        start = content.index(b"\xff\xff\xff\xff\xfe\xff\0\xe0") + 8
        content = content[:start] + bytes(4) + content[start + 4 + 12 :]
    with pytest.raises(NotAcceptable, match="more frames"):
        rewritten(content, ExplicitVRLittleEndian)


def test_no_uncompressed_frame_is_left_behind() -> None:
    dataset = copy.deepcopy(KINDS["frames"])
    del dataset.NumberOfFrames
    answer = read(rewritten(to_file(dataset, ImplicitVRLittleEndian), RLE))
    assert answer.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert answer.PixelData == KINDS["frames"].PixelData


@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, RLE, f"{JPEG}70"])
def test_values_without_room_in_the_cells_are_refused(uid: str) -> None:
    """A codestream of 12 bits in an object of 8, alone and behind one that is right."""
    wrong = bytes(imagecodecs.jpegls_encode(anatomy(12)))
    right = bytes(imagecodecs.jpegls_encode(anatomy(8)))
    for codestreams in ([wrong], [right, wrong]):
        dataset = make_image(anatomy(8, frames=len(codestreams)), is_multi_frame=True)
        with pytest.raises(NotAcceptable, match="cannot be decoded"):
            rewritten(to_file(with_codestreams(dataset, JPEGLSLossless, codestreams)), uid)


@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, RLE, f"{JPEG}70"])
def test_frames_of_different_colours_are_refused(uid: str) -> None:
    """The second alone has a component transform, which makes RGB of it."""
    options: dict[str, Any] = {"codecformat": "j2k", "reversible": True}
    codestreams = [imagecodecs.jpeg2k_encode(colored(), mct=mct, **options) for mct in (False, True)]
    dataset = make_image(np.stack([colored()] * 2), "YBR_FULL", is_multi_frame=True)
    content = to_file(with_codestreams(dataset, f"{JPEG}90", list(map(bytes, codestreams))))
    with pytest.raises(NotAcceptable, match="different depths or colours"):
        rewritten(content, uid)


@pytest.mark.parametrize("suffix", ["94", "204"])
def test_pixels_that_lie_elsewhere_are_sent_as_they_are_stored_only(suffix: str) -> None:
    """JPIP: any other transfer syntax would make an image without pixels of it (PS3.5 A.6)."""
    uid = f"{JPEG}{suffix}"
    content = to_file(make_object(PixelDataProviderURL="http://example.com/pixels"), uid)
    assert rewritten(content, "*") == content == rewritten(content, uid)
    for wanted in (ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, RLE):
        with pytest.raises(NotAcceptable, match="pixels lie elsewhere"):
            rewritten(content, wanted)


PRIVATE = ["1.2.840.113619.5.2", "1.2.840.10008.1.20", "1.2.3.4"]
"""GE's with big endian pixels under little endian headers, that of Papyrus 3, and one that nobody knows."""


@pytest.mark.parametrize("uid", PRIVATE)
def test_a_transfer_syntax_that_is_none_of_dicoms_is_sent_as_it_is_stored_only(uid: str) -> None:
    dataset = make_image(anatomy(12), bits_stored=12, BurnedInAnnotation="NO")
    stored = to_file(dataset)
    name, new_name = (explicit_uid(each) for each in (str(ExplicitVRLittleEndian), uid))
    length = stored[140:144]
    content = (
        stored[:140] + struct.pack("<I", struct.unpack("<I", length)[0] + len(new_name) - len(name)) + stored[144:]
    )
    content = content.replace(name, new_name, 1)
    assert read_stored_object(BytesSource(content)).transfer_syntax_uid == uid
    assert rewritten(content, "*") == content
    for wanted in (ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, RLE):
        with pytest.raises(NotAcceptable, match="none of DICOM's"):
            rewritten(content, wanted)
    with pytest.raises(NotAcceptable, match="none of DICOM's"):
        picture_of(content)
    with pytest.raises(NotAcceptable, match="none of DICOM's"):
        render(content, APPLICATION_DICOM, transfer_syntaxes=("*",), anonymize=True, anonymize_key="key")


def explicit_uid(uid: str) -> bytes:
    """Length and value of a UID in explicit VR."""
    value = uid.encode() + bytes(len(uid) % 2)
    return struct.pack("<H", len(value)) + value
