"""Images made for the benchmark: smooth shapes with noise on them compress about as real ones do."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, CTImageStorage, ExplicitVRLittleEndian, generate_uid


@dataclass(frozen=True)
class Image:
    """A DICOM file and the query that names it."""

    name: str
    content: bytes
    query: str


def make_images() -> list[Image]:
    return [
        make_image("CT 512 x 512, 16 bit", 512, CTImageStorage, "CT"),
        make_image("CR 2048 x 2048, 16 bit", 2048, ComputedRadiographyImageStorage, "CR"),
    ]


def make_image(name: str, size: int, sop_class_uid: str, modality: str) -> Image:
    rows, columns = np.mgrid[0:size, 0:size]
    noise = np.random.default_rng(1).normal(0, 12, (size, size))
    values = 1000 + 800 * np.sin(columns / 60) * np.cos(rows / 45) + noise
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = sop_class_uid
    dataset.SOPInstanceUID, dataset.SeriesInstanceUID, dataset.StudyInstanceUID = (generate_uid() for _ in range(3))
    dataset.PatientID = "BENCHMARK"
    dataset.Modality = modality
    dataset.Rows = dataset.Columns = size
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 1
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024
    dataset.WindowCenter, dataset.WindowWidth = 40, 1800
    dataset.PixelData = values.astype("<i2").tobytes()
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    query = (
        f"requestType=WADO&studyUID={dataset.StudyInstanceUID}&seriesUID={dataset.SeriesInstanceUID}"
        f"&objectUID={dataset.SOPInstanceUID}&contentType=image/jpeg"
    )
    return Image(name, buffer.getvalue(), query)
