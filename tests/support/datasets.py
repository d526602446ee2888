"""Builders of objects: images of every kind, made of a few numbers, and the bytes of the files they would be."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    SecondaryCaptureImageStorage,
)

from wado.image.pixels import Cell, ImagePixel, PixelFormat

Array = NDArray[Any]

ROOT = "1.2.3.4"
"""UIDs of what is made here."""

TEST_FILES = Path(pydicom.__file__).parent / "data" / "test_files"
CHARSET_FILES = TEST_FILES.parent / "charset_files"
SAMPLES = Path(__file__).parents[3] / "shared" / "data"
"""A larger collection that may lie beside the repository."""


def pydicom_file(name: str) -> Path:
    """One of the files that come with pydicom."""
    return TEST_FILES / name


def pydicom_files() -> list[Path]:
    """Every DICOM file that comes with pydicom, with one of the many that are the same but for their UIDs."""
    names = sorted([*TEST_FILES.rglob("*"), *CHARSET_FILES.glob("*.dcm")])
    return [path for path in names if path.is_file() and _is_dicom(path)]


def sample_files(folder: str) -> list[Path]:
    """The files of a folder of the larger collection; none where it is not there."""
    names = sorted((SAMPLES / folder).rglob("*"))
    return [path for path in names if path.is_file() and path.suffix != ".md"]


def _is_dicom(path: Path) -> bool:
    if path.stem.startswith("IM0000") and path.stem != "IM000000":
        return False
    content = path.read_bytes()
    return content[128:132] == b"DICM" or path.suffix == ".dcm"


def make_image(
    pixels: Array,
    photometric_interpretation: str = "MONOCHROME2",
    *,
    bits_stored: int | None = None,
    high_bit: int | None = None,
    is_planar: bool = False,
    is_multi_frame: bool = False,
    **attributes: Any,
) -> Dataset:
    """An image object whose cells hold `pixels`: (rows, columns), with a sample axis behind and a frame axis before.

    The array's type gives Bits Allocated (1 for bool) and the sign; YBR_FULL_422 takes the chrominance of every second
    pixel.
    """
    frames = pixels if is_multi_frame else pixels[np.newaxis]
    dataset = make_object()
    dataset.SamplesPerPixel = frames.shape[3] if frames.ndim == 4 else 1
    dataset.PhotometricInterpretation = photometric_interpretation
    dataset.Rows, dataset.Columns = frames.shape[1:3]
    if is_multi_frame:
        dataset.NumberOfFrames = len(frames)
    if frames.ndim == 4:
        dataset.PlanarConfiguration = int(is_planar)
    if frames.dtype.kind == "f":
        dataset.BitsAllocated = frames.itemsize * 8
        setattr(dataset, "FloatPixelData" if frames.itemsize == 4 else "DoubleFloatPixelData", frames.tobytes())
    else:
        bits_allocated = 1 if frames.dtype == bool else frames.itemsize * 8
        dataset.BitsAllocated = bits_allocated
        dataset.BitsStored = bits_stored or bits_allocated
        dataset.HighBit = dataset.BitsStored - 1 if high_bit is None else high_bit
        dataset.PixelRepresentation = int(frames.dtype.kind == "i")
        content = cell_bytes(frames, photometric_interpretation, is_planar=is_planar)
        dataset.PixelData = content + bytes(len(content) % 2)
        dataset["PixelData"].VR = "OW" if bits_allocated > 8 else "OB"
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def make_object(sop_class_uid: str = SecondaryCaptureImageStorage, **attributes: Any) -> Dataset:
    """An object with nothing but what identifies it."""
    dataset = Dataset()
    dataset.SOPClassUID = sop_class_uid
    dataset.SOPInstanceUID = f"{ROOT}.3"
    dataset.StudyInstanceUID = f"{ROOT}.1"
    dataset.SeriesInstanceUID = f"{ROOT}.2"
    dataset.PatientName = "Made^For Tests"
    dataset.PatientID = "0"
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def cell_bytes(frames: Array, photometric_interpretation: str = "", *, is_planar: bool = False) -> bytes:
    """Frames as Pixel Data in little endian."""
    if frames.dtype == bool:
        return np.packbits(frames, bitorder="little").tobytes()
    if photometric_interpretation.endswith("_422"):
        luminance, chrominance = frames[..., 0], frames[..., ::2, 1:]
        pairs = [luminance[..., ::2], luminance[..., 1::2], chrominance[..., 0], chrominance[..., 1]]
        return np.stack(pairs, -1).tobytes()
    if is_planar and frames.ndim >= 3:
        frames = np.moveaxis(frames, -1, -3)
    return np.ascontiguousarray(frames, frames.dtype.newbyteorder("<")).tobytes()


def with_codestreams(
    dataset: Dataset, transfer_syntax_uid: str, codestreams: Sequence[bytes], *, offset_table: str = "basic"
) -> Dataset:
    """The object with compressed pixel data; `offset_table` is basic, extended or none."""
    if offset_table == "extended":
        content, offsets, lengths = encapsulate_extended(list(codestreams))
        dataset.ExtendedOffsetTable, dataset.ExtendedOffsetTableLengths = offsets, lengths
        dataset.PixelData = content
    else:
        dataset.PixelData = encapsulate(list(codestreams), has_bot=offset_table == "basic")
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(transfer_syntax_uid)
    return dataset


def fragment(content: bytes) -> bytes:
    """An item of encapsulated pixel data."""
    return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(content)) + content


DELIMITER = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"


def encapsulated(*fragments: bytes, table: bytes = b"", delimiter: bytes = DELIMITER) -> bytes:
    """The value of encapsulated pixel data, with whatever is asked for in it."""
    return b"".join(map(fragment, (table, *fragments))) + delimiter


def to_file(dataset: Dataset, transfer_syntax_uid: str | None = None) -> bytes:
    """The object as a DICOM file, by default in the syntax that its meta header names, else Explicit Little Endian."""
    meta = getattr(dataset, "file_meta", None) or FileMetaDataset()
    meta.TransferSyntaxUID = UID(transfer_syntax_uid or meta.get("TransferSyntaxUID") or ExplicitVRLittleEndian)
    dataset.file_meta = meta
    if meta.TransferSyntaxUID == ExplicitVRBigEndian and "PixelData" in dataset and dataset.BitsAllocated > 8:
        cells = np.frombuffer(dataset.PixelData, f"u{dataset.BitsAllocated // 8}")
        dataset.PixelData = cells.byteswap().tobytes()
    file = io.BytesIO()
    # The file's own name for its syntax decides, as it would at a reader.
    pydicom.dcmwrite(file, dataset, enforce_file_format=True)
    return file.getvalue()


def to_data_set(dataset: Dataset, transfer_syntax_uid: str = ImplicitVRLittleEndian) -> bytes:
    """The object without preamble and meta header."""
    file = io.BytesIO()
    is_implicit_vr = transfer_syntax_uid == ImplicitVRLittleEndian
    is_little_endian = transfer_syntax_uid != ExplicitVRBigEndian
    pydicom.dcmwrite(file, dataset, implicit_vr=is_implicit_vr, little_endian=is_little_endian)
    return file.getvalue()


def image_pixel(rows: int, columns: int, **changes: Any) -> ImagePixel:
    """The Image Pixel Module of an unsigned 8-bit grey image, but for the changes."""
    bits_allocated = changes.pop("bits_allocated", 8)
    unchanged = ImagePixel(
        rows=rows,
        columns=columns,
        samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2",
        is_planar=False,
        bits_allocated=bits_allocated,
        cell=Cell(bits_allocated, bits_allocated - 1, is_signed=False),
        number_of_frames=1,
        pixel_format=PixelFormat.INTEGER,
    )
    return replace(unchanged, **changes)


SQUARE = 10
"""Rows and columns of a coded square."""


def coded_squares(rows: int = 4, columns: int = 4) -> NDArray[np.uint8]:
    """Squares of a grey level each, all different, so that a misplaced one tells which it is."""
    codes = np.linspace(20, 250, rows * columns).astype(np.uint8).reshape(rows, columns)
    return np.repeat(np.repeat(codes, SQUARE, 0), SQUARE, 1)
