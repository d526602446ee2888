"""The checks of the Image Pixel Module (PS3.3 C.7.6.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support.datasets import make_image
from wado.dicom.image_pixel import SAMPLES, read_image_pixel
from wado.dicom.stored_object import PixelDataElement
from wado.errors import NotAcceptable
from wado.image.pixels import Cell, ImagePixel, PixelFormat

PIXELS = np.zeros((2, 3), np.uint16)
COLOURS = np.zeros((2, 3, 3), np.uint8)


def read(keyword: str = "PixelData", pixels: Any = PIXELS, **attributes: Any) -> ImagePixel:
    dataset = make_image(pixels, "RGB" if pixels.ndim == 3 else "MONOCHROME2", **attributes)
    return read_image_pixel(dataset, PixelDataElement(keyword, 0, 12))


def test_the_module_becomes_a_value() -> None:
    assert read(BitsStored=12, HighBit=11, PixelRepresentation=1, NumberOfFrames=4) == ImagePixel(
        rows=2,
        columns=3,
        samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2",
        is_planar=False,
        bits_allocated=16,
        cell=Cell(12, 11, is_signed=True),
        number_of_frames=4,
        pixel_format=PixelFormat.INTEGER,
    )


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"Rows": 0}, "Rows"),
        ({"Columns": None}, "Columns"),
        ({"PhotometricInterpretation": "CMYK"}, "Photometric Interpretation"),
        ({"PhotometricInterpretation": None}, "Photometric Interpretation"),
        ({"SamplesPerPixel": 3}, "Samples per Pixel"),
        ({"SamplesPerPixel": 0}, "Samples per Pixel"),
        ({"BitsAllocated": 12}, "Bits Allocated"),
        ({"BitsAllocated": None}, "Bits Allocated"),
        ({"BitsStored": 17}, "Bits Stored"),
        ({"BitsStored": 0}, "Bits Stored"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_the_attributes_name(attributes: dict[str, Any], named: str) -> None:
    with pytest.raises(NotAcceptable, match=named):
        read(**attributes)


@pytest.mark.parametrize(
    ("photometric_interpretation", "samples_per_pixel", "bits_allocated"),
    [("RGB", 3, 1), ("YBR_FULL_422", 3, 1), ("RGB", 3, 64), ("PALETTE COLOR", 1, 32), ("PALETTE COLOR", 1, 64)],
)
def test_colours_of_a_depth_that_is_never_shown_are_refused(
    photometric_interpretation: str, samples_per_pixel: int, bits_allocated: int
) -> None:
    with pytest.raises(NotAcceptable, match="Bits Allocated"):
        read(
            PhotometricInterpretation=photometric_interpretation,
            SamplesPerPixel=samples_per_pixel,
            BitsAllocated=bits_allocated,
            BitsStored=1,
        )


@pytest.mark.parametrize(
    ("attributes", "cell"),
    [
        ({"BitsStored": 12, "HighBit": 15}, Cell(12, 15, False)),
        ({"BitsStored": 12, "HighBit": 16}, Cell(12, 11, False)),
        ({"BitsStored": 12, "HighBit": 3}, Cell(12, 11, False)),
        ({"BitsStored": 12, "HighBit": None}, Cell(12, 11, False)),
        ({"BitsStored": None, "HighBit": None}, Cell(16, 15, False)),
        ({"PixelRepresentation": None}, Cell(16, 15, False)),
        ({"PixelRepresentation": 2}, Cell(16, 15, False)),
    ],
)
def test_a_wrong_high_bit_or_an_absent_attribute_has_a_reading(attributes: dict[str, Any], cell: Cell) -> None:
    assert read(**attributes).cell == cell


@pytest.mark.parametrize(("value", "number"), [(None, 1), (0, 1), (-5, 1), (7, 7), ("3", 3)])
def test_there_is_always_a_frame(value: Any, number: int) -> None:
    assert read(NumberOfFrames=value).number_of_frames == number


def test_planes_are_of_colours_only() -> None:
    assert read(pixels=COLOURS, PlanarConfiguration=1).is_planar
    assert not read(pixels=COLOURS, PlanarConfiguration=0).is_planar
    assert not read(PlanarConfiguration=1).is_planar


@pytest.mark.parametrize(
    ("keyword", "pixel_format", "bits"),
    [("FloatPixelData", PixelFormat.FLOAT, 32), ("DoubleFloatPixelData", PixelFormat.DOUBLE, 64)],
)
def test_float_pixels_have_the_bits_of_their_element(keyword: str, pixel_format: PixelFormat, bits: int) -> None:
    pixel = read(keyword, BitsStored=12, PixelRepresentation=1)
    assert (pixel.pixel_format, pixel.bits_allocated, pixel.cell) == (pixel_format, bits, Cell(bits, bits - 1, False))


@pytest.mark.parametrize(("name", "samples"), SAMPLES.items())
def test_every_photometric_interpretation_has_its_samples(name: str, samples: int) -> None:
    assert read(PhotometricInterpretation=name, SamplesPerPixel=samples).photometric_interpretation == name
    with pytest.raises(NotAcceptable):
        read(PhotometricInterpretation=name, SamplesPerPixel=4 - samples)
