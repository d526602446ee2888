"""Images made for the benchmark: smooth shapes with noise on them compress about as real ones do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    CTImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    RLELossless,
    SecondaryCaptureImageStorage,
    generate_uid,
)

Array = NDArray[Any]


@lru_cache(maxsize=2)
def make_values(size: int, height: int | None = None) -> Array:
    """Some 1000 levels of grey, 16 bits, in a square or in so many rows."""
    shape = (height or size, size)
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    noise = np.random.default_rng(1).normal(0, 12, shape)
    values: Array = (1000 + 800 * np.sin(columns / 60) * np.cos(rows / 45) + noise).astype("<i2")
    return values


def make_dataset(pixels: Array, sop_class_uid: str, photometric_interpretation: str = "MONOCHROME2") -> Dataset:
    """An object that holds the pixels of one frame as they are."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = sop_class_uid
    dataset.SOPInstanceUID, dataset.SeriesInstanceUID, dataset.StudyInstanceUID = (generate_uid() for _ in range(3))
    dataset.PatientID = "BENCHMARK"
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = 3 if pixels.ndim == 3 else 1
    dataset.PhotometricInterpretation = photometric_interpretation
    dataset.BitsAllocated = dataset.BitsStored = 8 * pixels.itemsize
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.PixelData = pixels.tobytes()
    return dataset


def make_grey(size: int, sop_class_uid: str = ComputedRadiographyImageStorage) -> Dataset:
    dataset = make_dataset(make_values(size), sop_class_uid)
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024
    dataset.WindowCenter, dataset.WindowWidth = 40, 1800
    return dataset


def make_ct() -> Dataset:
    return make_grey(512, CTImageStorage)


def make_slices(count: int) -> Iterator[Dataset]:
    """CT images of one series that differ in their pixels."""
    dataset, values = make_ct(), make_values(512)
    for number in range(count):
        dataset.SOPInstanceUID = generate_uid()
        dataset.PixelData = np.roll(values, number, 0).tobytes()
        yield dataset


def make_mammogram() -> Dataset:
    """5000 rows of 4096 columns, 14 bits of 16."""
    values = (make_values(4096, 5000).view("<u2") << 3) & 0x3FFF
    dataset = make_dataset(values, DigitalMammographyXRayImageStorageForPresentation)
    dataset.BitsStored, dataset.HighBit = 14, 13
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0
    dataset.WindowCenter, dataset.WindowWidth = 8000, 14000
    return dataset


def compressed(dataset: Dataset, transfer_syntax_uid: UID, codestream: bytes) -> Dataset:
    dataset.file_meta.TransferSyntaxUID = transfer_syntax_uid
    dataset.PixelData = encapsulate([codestream])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return dataset


def make_jpeg_2000_ct() -> Dataset:
    codestream = imagecodecs.jpeg2k_encode(make_values(512).view("u2"), codecformat="j2k", reversible=True)
    return compressed(make_ct(), JPEG2000Lossless, bytes(codestream))


def make_jpeg_lossless_ct() -> Dataset:
    codestream = imagecodecs.jpeg8_encode(make_values(512).view("u2"), lossless=True, predictor=1, bitspersample=16)
    return compressed(make_ct(), JPEGLosslessSV1, bytes(codestream))


def make_rle_ct() -> Dataset:
    dataset = make_ct()
    dataset.compress(RLELossless, generate_instance_uid=False)
    return dataset


def make_palette() -> Dataset:
    dataset = make_dataset((make_values(512) >> 3).astype("u1"), SecondaryCaptureImageStorage, "PALETTE COLOR")
    entries = np.arange(256, dtype="<u2") * 257
    for color, channel in {"Red": entries, "Green": entries[::-1], "Blue": entries // 2}.items():
        setattr(dataset, f"{color}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(dataset, f"{color}PaletteColorLookupTableData", channel.tobytes())
    return dataset


def make_colour_jpeg() -> Dataset:
    grey = (make_values(1024) >> 3).astype("u1")
    colours = np.stack([grey, 255 - grey, grey.T], -1)
    dataset = make_dataset(colours, SecondaryCaptureImageStorage, "YBR_FULL_422")
    return compressed(dataset, JPEGBaseline8Bit, bytes(imagecodecs.jpeg8_encode(colours, level=90, subsampling="422")))


FRAMES, FRAME_NUMBER = 200, 100


def make_frames() -> Dataset:
    """200 frames, each a little further to the right: 105 MB."""
    dataset = make_grey(512, MultiFrameGrayscaleWordSecondaryCaptureImageStorage)
    dataset.NumberOfFrames = FRAMES
    dataset.PixelData = b"".join(map(_make_frame, range(FRAMES)))
    return dataset


def make_frame_alone(frame_number: int = FRAME_NUMBER) -> Dataset:
    """One of them as an object of its own."""
    dataset = make_grey(512, MultiFrameGrayscaleWordSecondaryCaptureImageStorage)
    dataset.NumberOfFrames = 1
    dataset.PixelData = _make_frame(frame_number - 1)
    return dataset


def _make_frame(frame_index: int) -> bytes:
    return np.roll(make_values(512), frame_index, 1).tobytes()


def to_file(dataset: Dataset) -> tuple[bytes, dict[str, str]]:
    """The DICOM file, and the parameters that name it."""
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    uids = {"studyUID": "StudyInstanceUID", "seriesUID": "SeriesInstanceUID", "objectUID": "SOPInstanceUID"}
    return buffer.getvalue(), {name: str(dataset[keyword].value) for name, keyword in uids.items()}
