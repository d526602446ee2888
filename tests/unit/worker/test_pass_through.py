"""A stored JPEG baseline is handed out byte for byte where nothing about it must change (PS3.18-2011 8.2.8)."""

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import ImageCms
from pydicom.dataset import Dataset
from pydicom.uid import JPEGBaseline8Bit, JPEGLSLossless

from tests.support.datasets import Array, coded_squares, make_image, to_file, with_codestreams
from tests.support.images import assert_similar, decode_picture, opened
from tests.support.worker_settings import worker_settings
from wado.errors import NotAcceptable
from wado.job import Job
from wado.media_types import IMAGE_JPEG, IMAGE_PNG, Category
from wado.worker.renderers import Renderers

GREY = coded_squares()
COLOUR = np.stack([GREY, 255 - GREY, GREY // 2], -1)
IDENTITY: dict[str, Any] = {"WindowCenter": 128, "WindowWidth": 256}
JFIF = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
ADOBE_RGB = b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\0"


def jpeg(picture: Array, **options: Any) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(picture, level=80, **options))


GREY_JPEG, COLOUR_JPEG = jpeg(GREY), jpeg(COLOUR)


def stored(
    codestream: bytes = GREY_JPEG, picture: Array = GREY, syntax: str = JPEGBaseline8Bit, **attributes: Any
) -> Dataset:
    interpretation = "MONOCHROME2" if picture.ndim == 2 else "YBR_FULL_422"
    attributes = {**(IDENTITY if picture.ndim == 2 else {}), **attributes}
    dataset = make_image(
        np.zeros_like(picture), attributes.pop("PhotometricInterpretation", interpretation), **attributes
    )
    return with_codestreams(dataset, syntax, [codestream])


def answer(dataset: Dataset, media_type: str = IMAGE_JPEG, burn_in_overlays: bool = False, **parameters: Any) -> bytes:
    with opened(to_file(dataset)) as (descriptor, size):
        job = Job("attachment", size, Category.SINGLE_FRAME, media_type, **parameters)
        return bytes(Renderers(worker_settings(burn_in_overlays=burn_in_overlays)).render(job, descriptor).body)


def test_a_grey_jpeg_comes_out_as_it_is() -> None:
    assert answer(stored()) == GREY_JPEG


def test_a_colour_jpeg_comes_out_as_it_is() -> None:
    assert answer(stored(COLOUR_JPEG, COLOUR)) == COLOUR_JPEG


@pytest.mark.parametrize(
    "parameters",
    [{"region": (0.0, 0.0, 1.0, 1.0)}, {"rows": 40}, {"columns": 40}, {"rows": 40, "columns": 90}, {"frame_number": 1}],
    ids=str,
)
def test_parameters_that_change_nothing_change_nothing(parameters: dict[str, Any]) -> None:
    assert answer(stored(), **parameters) == GREY_JPEG


def test_only_the_padding_behind_the_last_marker_is_left_out() -> None:
    assert answer(stored(GREY_JPEG + bytes(len(GREY_JPEG) % 2 + 2))) == GREY_JPEG


CHANGING: dict[str, dict[str, Any]] = {
    "window": {"window_center": 128.0, "window_width": 256.0},
    "another window": {"window_center": 60.0, "window_width": 40.0},
    "region": {"region": (0.0, 0.0, 0.5, 0.5)},
    "fewer rows": {"rows": 20},
    "more columns": {"columns": 80},
    "quality": {"image_quality": 70},
    "overlays": {"burn_in_overlays": True},
}


@pytest.mark.parametrize("parameters", CHANGING.values(), ids=CHANGING)
def test_what_changes_the_picture_has_it_made_anew(parameters: dict[str, Any]) -> None:
    assert answer(stored(), **parameters) != GREY_JPEG


def test_an_annotation_has_it_made_anew() -> None:
    dataset = stored(PatientName="Made^For Tests", PatientID="0", Modality="OT")
    assert answer(dataset, annotation=("patient",)) != GREY_JPEG


def test_another_media_type_is_another_picture() -> None:
    assert answer(stored(), IMAGE_PNG).startswith(b"\x89PNG")


OF_THE_OBJECT: dict[str, dict[str, Any]] = {
    "window": {"WindowCenter": 100, "WindowWidth": 100},
    "no window": {"WindowCenter": None, "WindowWidth": None},
    "rescale": {"RescaleSlope": 2, "RescaleIntercept": 0},
    "inversion": {"PhotometricInterpretation": "MONOCHROME1"},
    "inverse presentation": {"PresentationLUTShape": "INVERSE"},
}


@pytest.mark.parametrize("attributes", OF_THE_OBJECT.values(), ids=OF_THE_OBJECT)
def test_grey_levels_other_than_the_stored_values_are_made_anew(attributes: dict[str, Any]) -> None:
    assert answer(stored(**attributes)) != GREY_JPEG


def test_oblong_pixels_are_made_square_where_a_size_is_chosen_only() -> None:
    dataset = stored(PixelSpacing=[2, 1])
    assert answer(dataset) == GREY_JPEG
    assert decode_picture(answer(dataset, rows=40)).shape == (40, 20)


def without_markers(codestream: bytes) -> bytes:
    """Without JFIF's and Adobe's marker segments: a decoder has to guess."""
    at, kept = 2, codestream[:2]
    while codestream[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(codestream[at + 2 : at + 4], "big")
        kept += codestream[at:end] if codestream[at + 1] not in (0xE0, 0xEE) else b""
        at = end
    return kept + codestream[at:]


RGB_WITHOUT_MARKERS = without_markers(jpeg(COLOUR, colorspace="RGB", outcolorspace="RGB", subsampling="444"))


def with_component_numbers(codestream: bytes) -> bytes:
    """Components called 1, 2 and 3, as nearly everybody's are, not R, G and B."""
    return codestream.replace(b"R\x11\0G\x11\0B\x11\0", b"\1\x11\0\2\x11\0\3\x11\0").replace(
        b"\xff\xda\x00\x0c\x03R\0G\0B\0", b"\xff\xda\x00\x0c\x03\1\0\2\0\3\0"
    )


def test_colours_that_a_browser_would_guess_wrong_are_made_anew() -> None:
    codestream = with_component_numbers(RGB_WITHOUT_MARKERS)
    assert codestream != RGB_WITHOUT_MARKERS
    body = answer(stored(codestream, COLOUR, PhotometricInterpretation="RGB"))
    assert body != codestream
    assert_similar(decode_picture(body), COLOUR, 40)


def test_chrominance_that_a_marker_calls_green_and_blue_is_made_anew() -> None:
    # Its components' lower resolution tells what they are; a browser believes the marker all the same.
    codestream = COLOUR_JPEG.replace(JFIF, ADOBE_RGB)
    assert codestream != COLOUR_JPEG
    body = answer(stored(codestream, COLOUR))
    assert body != codestream
    assert_similar(decode_picture(body), decode_picture(COLOUR_JPEG), 40)


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEGLSLossless])
def test_a_frame_that_is_no_jpeg_baseline_is_made_anew(syntax: str) -> None:
    codestream = bytes(imagecodecs.jpegls_encode(GREY))
    assert_similar(decode_picture(answer(stored(codestream, syntax=syntax))), GREY, 20)


def test_a_jpeg_without_its_last_marker_is_made_anew() -> None:
    assert_similar(decode_picture(answer(stored(GREY_JPEG[:-2]))), decode_picture(GREY_JPEG), 20)


@pytest.mark.parametrize("part", range(1, 20))
def test_a_jpeg_cut_short_is_refused(part: int) -> None:
    with pytest.raises(NotAcceptable):
        answer(stored(GREY_JPEG[: len(GREY_JPEG) * part // 20]))


def exif(content: bytes) -> bytes:
    return b"\xff\xe1" + (len(content) + 8).to_bytes(2, "big") + b"Exif\0\0" + content


def with_exif(content: bytes) -> bytes:
    return COLOUR_JPEG[:2] + exif(content) + COLOUR_JPEG[2:]


def oriented(orientation: int) -> bytes:
    return with_exif(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + bytes([0, orientation, 0, 0, 0, 0, 0, 0]))


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_the_preview_of_a_jpeg_cut_short_is_not_its_end(part: float) -> None:
    codestream = with_exif(jpeg(COLOUR[:8, :8]))
    with pytest.raises(NotAcceptable):
        answer(stored(codestream[: int(len(codestream) * part)], COLOUR))


def test_an_upright_exif_comes_out_as_it_is() -> None:
    assert answer(stored(oriented(1), COLOUR)) == oriented(1)


def test_what_an_exif_would_turn_is_made_anew() -> None:
    body = answer(stored(oriented(6), COLOUR))
    assert b"Exif" not in body
    assert_similar(decode_picture(body), decode_picture(COLOUR_JPEG), 40)


def test_what_a_profile_within_it_would_change_is_made_anew() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    segment = b"ICC_PROFILE\0\x01\x01" + profile
    marked = COLOUR_JPEG[:2] + b"\xff\xe2" + (len(segment) + 2).to_bytes(2, "big") + segment + COLOUR_JPEG[2:]
    assert b"ICC_PROFILE" not in answer(stored(marked, COLOUR))


def test_rgb_that_says_so_comes_out_as_it_is() -> None:
    body = answer(stored(RGB_WITHOUT_MARKERS, COLOUR, PhotometricInterpretation="RGB"))
    assert body == RGB_WITHOUT_MARKERS
    assert_similar(decode_picture(body), COLOUR, 40)


def test_the_picture_handed_out_shows_the_same_as_one_made_anew() -> None:
    for codestream, picture in ((GREY_JPEG, GREY), (COLOUR_JPEG, COLOUR)):
        dataset = stored(codestream, picture)
        assert_similar(decode_picture(answer(dataset)), decode_picture(answer(dataset, IMAGE_PNG)), 2)


def test_a_colour_profile_has_it_made_anew() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert answer(stored(COLOUR_JPEG, COLOUR, ICCProfile=profile)) != COLOUR_JPEG
