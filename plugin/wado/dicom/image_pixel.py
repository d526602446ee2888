"""The Image Pixel Module (PS3.3 C.7.6.3) as one frozen value."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.dicom.stored_object import PixelDataElement
from wado.dicom.values import integer, text, unfit
from wado.image.pixels import Cell, ImagePixel, PixelFormat

SAMPLES = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
    "YBR_PARTIAL_422": 3,
    "YBR_PARTIAL_420": 3,
    "YBR_ICT": 3,
    "YBR_RCT": 3,
    "XYB": 3,
}
"""Samples per Pixel of each Photometric Interpretation (PS3.3 C.7.6.3.1.2)."""

_FORMATS = {
    "PixelData": PixelFormat.INTEGER,
    "FloatPixelData": PixelFormat.FLOAT,
    "DoubleFloatPixelData": PixelFormat.DOUBLE,
}
_FLOAT_BITS = {PixelFormat.FLOAT: 32, PixelFormat.DOUBLE: 64}
_BITS_ALLOCATED = (1, 8, 16, 32, 64)
_PALETTE_BITS_ALLOCATED = (8, 16)
_COLOR_BITS_ALLOCATED = (8, 16, 32)


def read_image_pixel(dataset: Dataset, pixel_data: PixelDataElement) -> ImagePixel:
    """The module's attributes, checked for what the image chain relies on; raises `NotAcceptable`."""
    pixel_format = _FORMATS[pixel_data.keyword]
    photometric_interpretation, samples_per_pixel = _samples(dataset)
    bits_allocated = _bits_allocated(dataset, pixel_format, photometric_interpretation, samples_per_pixel)
    return ImagePixel(
        rows=_positive(dataset, "Rows"),
        columns=_positive(dataset, "Columns"),
        samples_per_pixel=samples_per_pixel,
        photometric_interpretation=photometric_interpretation,
        is_planar=samples_per_pixel > 1 and integer(dataset, "PlanarConfiguration", 0) == 1,
        bits_allocated=bits_allocated,
        cell=_cell(dataset, pixel_format, bits_allocated),
        number_of_frames=max(1, integer(dataset, "NumberOfFrames", 1)),
        pixel_format=pixel_format,
    )


def _samples(dataset: Dataset) -> tuple[str, int]:
    """Photometric Interpretation and Samples per Pixel, which go together."""
    photometric_interpretation = text(dataset, "PhotometricInterpretation")
    samples_per_pixel = integer(dataset, "SamplesPerPixel", SAMPLES.get(photometric_interpretation, 1))
    if photometric_interpretation not in SAMPLES:
        raise unfit("PhotometricInterpretation", "is absent or none that is known")
    if samples_per_pixel != SAMPLES[photometric_interpretation]:
        raise unfit("SamplesPerPixel", f"is not {SAMPLES[photometric_interpretation]}")
    return photometric_interpretation, samples_per_pixel


def _bits_allocated(
    dataset: Dataset, pixel_format: PixelFormat, photometric_interpretation: str, samples_per_pixel: int
) -> int:
    bits_allocated = _FLOAT_BITS.get(pixel_format) or integer(dataset, "BitsAllocated")
    if photometric_interpretation == "PALETTE COLOR" and bits_allocated not in _PALETTE_BITS_ALLOCATED:
        raise unfit("BitsAllocated", "is neither 8 nor 16, as a palette's is")
    if bits_allocated not in _BITS_ALLOCATED:
        raise unfit("BitsAllocated", "is none of 1, 8, 16, 32, 64")
    if samples_per_pixel > 1 and bits_allocated not in _COLOR_BITS_ALLOCATED:
        raise unfit("BitsAllocated", "is none of 8, 16, 32, as those of colours are")
    return bits_allocated


def _cell(dataset: Dataset, pixel_format: PixelFormat, bits_allocated: int) -> Cell:
    is_integer = pixel_format is PixelFormat.INTEGER
    bits_stored = integer(dataset, "BitsStored", bits_allocated) if is_integer else bits_allocated
    if not 1 <= bits_stored <= bits_allocated:
        raise unfit("BitsStored", "is not between 1 and Bits Allocated")
    high_bit = integer(dataset, "HighBit", bits_stored - 1)
    if not bits_stored - 1 <= high_bit < bits_allocated:
        high_bit = bits_stored - 1  # a wrong High Bit is common; the current standard allows no other (C.7.6.3)
    return Cell(bits_stored, high_bit, is_signed=is_integer and integer(dataset, "PixelRepresentation", 0) == 1)


def _positive(dataset: Dataset, keyword: str) -> int:
    value = integer(dataset, keyword)
    if value < 1:
        raise unfit(keyword, "is 0")
    return value
