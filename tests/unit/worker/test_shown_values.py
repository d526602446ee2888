"""What a monochrome image's attributes make of its values, through the whole chain, with numbers computed by hand."""

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
    XRayAngiographicImageStorage,
    XRayRadiofluoroscopicImageStorage,
)

from tests.support.datasets import Array, make_image, to_file, with_codestreams
from tests.support.images import assert_equal, decode_picture, opened, picture_of
from tests.support.worker_settings import worker_settings
from wado.job import Job
from wado.media_types import IMAGE_PNG, Category
from wado.worker.renderers import Renderers

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


def test_a_fractional_segmentation_is_white_where_its_value_is_the_greatest_that_can_be() -> None:
    """PS3.3 C.8.20.2.3: a value is a part of Maximum Fractional Value, whatever else is in the frame."""
    fractional: dict[str, Any] = {"SegmentationType": "FRACTIONAL", "MaximumFractionalValue": 200}
    assert shown([0, 50, 100], **fractional) == [0, 64, 128]
    assert shown([100, 100], **fractional) == [128, 128]
    assert shown([200, 200], **fractional) == [255, 255]
    assert shown([0, 0], **fractional) == [0, 0]


def test_a_fractional_segmentation_without_a_greatest_value_has_that_of_its_frame() -> None:
    assert shown([50, 100], SegmentationType="FRACTIONAL") == [128, 255]


def test_only_the_background_of_a_label_map_is_black() -> None:
    assert shown([3, 6, 3], SegmentationType="LABELMAP") == [128, 255, 128]
    assert shown([0, 3, 6], SegmentationType="LABELMAP", PixelPaddingValue=0) == [0, 128, 255]
    assert shown([6, 6], SegmentationType="LABELMAP", PixelPaddingValue=0) == [255, 255]
    assert shown([0, 0], SegmentationType="LABELMAP", PixelPaddingValue=0) == [0, 0]


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


RANGE_OF_12_BITS: dict[str, Any] = {"WindowCenter": 2048, "WindowWidth": 4096}
STORED = np.array([[0, 1000, 4095], [2000, 3000, 500]], np.uint16)
PLANE = np.array([[1, 0, 1], [0, 1, 0]], np.uint16)
BURNT = np.array([[255, 62, 255], [125, 255, 31]])
"""What is set in `PLANE` is white; else value / 4095 * 255."""


def with_plane(position: int = 14, **attributes: Any) -> Dataset:
    """An image with an overlay in one of the bits above its 12."""
    dataset = make_image(STORED | PLANE << position, bits_stored=12, **RANGE_OF_12_BITS | attributes)
    for element, vr, value in (
        (0x0010, "US", 2),
        (0x0011, "US", 3),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x0100, "US", 16),
        (0x0102, "US", position),
    ):
        dataset.add_new((0x6000, element), vr, value)
    return dataset


def burnt(dataset: Dataset, *, burn_in_overlays: bool = True) -> Array:
    with opened(to_file(dataset)) as (descriptor, size):
        job = Job("attachment", size, Category.SINGLE_FRAME, IMAGE_PNG)
        return decode_picture(
            bytes(Renderers(worker_settings(burn_in_overlays=burn_in_overlays)).render(job, descriptor).body)
        )


def named(dataset: Dataset, uid: str) -> Dataset:
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(uid)
    return dataset


def compressed(dataset: Dataset, uid: str, codestream: bytes | bytearray) -> Dataset:
    return with_codestreams(dataset, uid, [bytes(codestream)])


CELLS = STORED | PLANE << 14
KEPT: dict[UID, bytes | bytearray] = {
    JPEGLosslessSV1: imagecodecs.jpeg8_encode(CELLS, lossless=True, bitspersample=16),
    JPEGLSLossless: imagecodecs.jpegls_encode(CELLS),
    JPEG2000Lossless: imagecodecs.jpeg2k_encode(CELLS, codecformat="j2k", reversible=True),
}


def test_an_overlay_within_the_pixels_is_shown_where_the_setting_asks_for_it() -> None:
    assert_equal(burnt(with_plane()), BURNT)
    plain = burnt(with_plane(), burn_in_overlays=False)
    assert_equal(plain, np.array([[0, 62, 255], [125, 187, 31]]))


@pytest.mark.parametrize("uid", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_an_overlay_within_the_pixels_is_the_same_in_every_byte_order(uid: str) -> None:
    assert_equal(burnt(named(with_plane(), uid)), BURNT)


def test_run_lengths_keep_an_overlay_within_the_pixels() -> None:
    dataset = named(with_plane(), ExplicitVRLittleEndian)
    dataset.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    assert_equal(burnt(dataset), BURNT)


@pytest.mark.parametrize("uid", KEPT)
def test_lossless_codestreams_keep_an_overlay_within_the_pixels(uid: UID) -> None:
    assert_equal(burnt(compressed(with_plane(), uid, KEPT[uid])), BURNT)


def test_a_lossy_codestream_has_no_overlay_within_the_pixels() -> None:
    codestream = imagecodecs.jpegls_encode(CELLS, level=3)
    dataset = compressed(with_plane(), JPEGLSNearLossless, codestream)
    assert_equal(burnt(dataset), burnt(dataset, burn_in_overlays=False))


def test_the_signs_that_a_codestream_extends_are_no_overlay() -> None:
    values = np.array([[-1, 5, -2000], [0, 1, 2]], np.int16)
    codestream = imagecodecs.jpeg2k_encode(values, codecformat="j2k", reversible=True)
    dataset = compressed(with_plane(WindowCenter=0), JPEG2000Lossless, codestream)
    dataset.PixelRepresentation = 1
    assert_equal(burnt(dataset), burnt(dataset, burn_in_overlays=False))
