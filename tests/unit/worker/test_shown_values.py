"""What a monochrome image's attributes make of its values, through the whole chain, with numbers computed by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.uid import XRayAngiographicImageStorage, XRayRadiofluoroscopicImageStorage

from tests.support.datasets import Array, make_image, to_file
from tests.support.images import picture_of

IDENTITY: dict[str, Any] = {"WindowCenter": 128, "WindowWidth": 256}


def shown(
    values: list[int], kind: str = "u1", photometric_interpretation: str = "MONOCHROME2", **attributes: Any
) -> Any:
    """The grey levels or colours of an image of one row."""
    pixels: Array = np.array([values], kind)
    return picture_of(to_file(make_image(pixels, photometric_interpretation, **attributes)))[0].tolist()


def test_padding_is_left_out_of_the_full_range() -> None:
    assert shown([0, 100, 150, 200]) == [0, 128, 191, 255]
    assert shown([0, 100, 150, 200], PixelPaddingValue=0) == [0, 0, 128, 255]
    assert shown([0, 100, 150, 200], PixelPaddingValue=0, PixelPaddingRangeLimit=120) == [0, 0, 0, 255]
    assert shown([0, 100, 150, 200], PixelPaddingValue=255, PixelPaddingRangeLimit=180) == [0, 170, 255, 255]


def test_padding_has_the_sign_of_the_pixels() -> None:
    assert shown([-2000, 0, 50, 100], "i2", PixelPaddingValue=-2000) == [0, 0, 128, 255]


def test_a_frame_of_nothing_but_padding_is_black() -> None:
    assert shown([9, 9, 9], PixelPaddingValue=9) == [0, 0, 0]


def test_a_single_value_is_shown_apart_from_the_padding() -> None:
    assert shown([0, 9, 9, 0], PixelPaddingValue=0) == [0, 255, 255, 0]
    assert shown([9, 9], PixelPaddingValue=0) == [0, 0]


def test_padding_does_not_touch_a_window() -> None:
    assert shown([0, 100, 255], PixelPaddingValue=0, **IDENTITY) == [0, 100, 255]


@pytest.mark.parametrize(
    ("photometric_interpretation", "shape", "expected"),
    [
        ("MONOCHROME2", "IDENTITY", [0, 55, 255]),
        ("MONOCHROME2", "INVERSE", [255, 200, 0]),
        ("MONOCHROME1", "INVERSE", [255, 200, 0]),  # once, not twice: the shape says how MONOCHROME1 is shown
        ("MONOCHROME1", None, [255, 200, 0]),
    ],
)
def test_inverse_shows_the_lowest_value_white(
    photometric_interpretation: str, shape: str | None, expected: list[int]
) -> None:
    attributes = {**IDENTITY, "PresentationLUTShape": shape} if shape else IDENTITY
    assert shown([0, 55, 255], "u1", photometric_interpretation, **attributes) == expected


def supplemental_palette() -> dict[str, Any]:
    """Red for 200, blue for 201."""
    palette: dict[str, Any] = {"PixelPresentation": "COLOR"}
    for color, entries in {"Red": (255, 0), "Green": (0, 0), "Blue": (0, 255)}.items():
        palette[f"{color}PaletteColorLookupTableDescriptor"] = [2, 200, 16]
        palette[f"{color}PaletteColorLookupTableData"] = np.array(entries, "<u2").tobytes()
    return palette


def test_a_supplemental_palette_colours_its_own_values_and_no_others() -> None:
    colours = shown([0, 199, 200, 201, 202], **IDENTITY, **supplemental_palette())
    assert colours == [[0] * 3, [199] * 3, [255, 0, 0], [0, 0, 255], [202] * 3]


def test_without_pixel_presentation_a_palette_of_a_grey_image_counts_for_nothing() -> None:
    palette = supplemental_palette() | {"PixelPresentation": "MONOCHROME"}
    assert shown([0, 200, 201], **IDENTITY, **palette) == [0, 200, 201]


@pytest.mark.parametrize("sop_class_uid", [XRayAngiographicImageStorage, XRayRadiofluoroscopicImageStorage])
@pytest.mark.parametrize(
    ("relationship", "expected"), [("LOG", [0, 100, 200]), ("DISP", [0, 100, 200]), ("LIN", [0, 200, 255])]
)
def test_the_rescale_of_angiography_is_for_measuring(
    sop_class_uid: str, relationship: str, expected: list[int]
) -> None:
    rescale = {"RescaleSlope": 2, "RescaleIntercept": 0, "RescaleType": "US"}
    attributes = {"SOPClassUID": sop_class_uid, "PixelIntensityRelationship": relationship, **IDENTITY, **rescale}
    assert shown([0, 100, 200], **attributes) == expected


def test_the_rescale_of_other_images_counts_whatever_they_say_of_intensities() -> None:
    attributes = {"PixelIntensityRelationship": "LOG", "RescaleSlope": 2, "RescaleIntercept": 0, **IDENTITY}
    assert shown([0, 100, 200], **attributes) == [0, 200, 255]
