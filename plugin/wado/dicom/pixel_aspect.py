"""How much higher than wide a pixel is (PS3.3 10.7.1.1, C.7.6.3.1.7)."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from pydicom.dataset import Dataset

from wado.dicom.functional_groups import for_frame
from wado.dicom.values import decimals

PIXEL_MEASURES = "PixelMeasuresSequence"

SOURCES = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio")
"""All of them two values: the vertical one, between rows, then the horizontal one."""

SMALLEST = 0.00001
"""Millimetres: less is no pixel."""

LIMIT = 20
"""Pixels more oblong than this are a mistake in the file."""


SQUARE = Fraction(1)


def read_pixel_aspect(dataset: Dataset, frame_index: int) -> Fraction:
    """Height over width of a pixel; 1 where the object does not say, or says nonsense."""
    for attributes in for_frame(dataset, PIXEL_MEASURES, frame_index):
        for keyword in SOURCES:
            values = decimals(attributes, keyword)
            if len(values) == 2 and min(values) >= SMALLEST:
                return _aspect_of(*values)
    return SQUARE


@lru_cache(maxsize=256)
def _aspect_of(vertical: float, horizontal: float) -> Fraction:
    aspect = Fraction(vertical).limit_denominator(1_000_000) / Fraction(horizontal).limit_denominator(1_000_000)
    return aspect if Fraction(1, LIMIT) <= aspect <= LIMIT else SQUARE
