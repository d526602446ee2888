"""Frame, window, size and warnings of a picture (PS3.18-2011 8.2.2 to 8.2.8)."""

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from tests.support.datasets import Array, coded_squares, make_image, make_object, to_file, with_codestreams
from tests.support.documents import encapsulate_document
from tests.support.images import assert_equal, opened, picture_of, representation_of
from tests.support.worker_settings import worker_settings
from wado.errors import BadRequest, NotAcceptable
from wado.job import Job
from wado.media_types import IMAGE_JPEG, IMAGE_JXL, IMAGE_PNG, Category
from wado.worker.renderers import RENDERERS, Renderers

SQUARES = coded_squares()
WINDOW: dict[str, Any] = {"WindowCenter": 128, "WindowWidth": 256}
FRAMES = np.stack([SQUARES, 255 - SQUARES, SQUARES.T])
COLOURS = np.stack([SQUARES, 255 - SQUARES, SQUARES.T], -1)


def grey(pixels: Array = SQUARES, **attributes: Any) -> bytes:
    return to_file(make_image(pixels, **WINDOW | attributes))


def many(**attributes: Any) -> bytes:
    return to_file(make_image(FRAMES, is_multi_frame=True, **WINDOW | attributes))


def test_a_window_of_all_values_shows_them_as_they_are() -> None:
    assert_equal(picture_of(grey()), SQUARES)


@pytest.mark.parametrize(
    ("attributes", "frame_number", "shown"),
    [
        ({}, 1, 0),
        ({}, 3, 2),
        ({}, None, 0),
        ({"RepresentativeFrameNumber": 2}, None, 1),
        ({"RepresentativeFrameNumber": 2}, 3, 2),
        ({"RepresentativeFrameNumber": 9}, None, 0),
    ],
)
def test_the_frame_asked_for_is_shown_else_the_representative_one(
    attributes: dict[str, Any], frame_number: int | None, shown: int
) -> None:
    assert_equal(picture_of(many(**attributes), frame_number=frame_number), FRAMES[shown])


@pytest.mark.parametrize("frame_number", [0, 4, -1, 10**9])
def test_a_frame_that_there_is_not_is_an_error_of_the_request(frame_number: int) -> None:
    with pytest.raises(BadRequest, match="1 to 3"):
        picture_of(many(), frame_number=frame_number)


def test_a_frame_is_the_same_as_it_would_be_in_an_object_of_its_own() -> None:
    for number, frame in enumerate(FRAMES, 1):
        assert_equal(picture_of(many(), frame_number=number), picture_of(grey(frame)))


@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless])
@pytest.mark.parametrize("kind", ["u1", "u2", "i2"])
def test_an_image_is_the_same_in_every_transfer_syntax(uid: str, kind: str) -> None:
    dataset = make_image(SQUARES.astype(kind), **WINDOW)
    if uid == RLELossless:
        to_file(dataset)
        dataset.compress(uid, generate_instance_uid=False)
    assert_equal(picture_of(to_file(dataset, uid)), SQUARES)


@pytest.mark.parametrize(
    ("pixels", "name", "options"),
    [
        pytest.param(COLOURS, "RGB", {}, id="pixel by pixel"),
        pytest.param(COLOURS, "RGB", {"is_planar": True}, id="plane by plane"),
        pytest.param(COLOURS.astype(np.uint16) * 257, "RGB", {}, id="16 bits"),
    ],
)
@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, ExplicitVRBigEndian], ids=["little", "big"])
def test_colours_are_shown_as_they_are(pixels: Array, name: str, options: dict[str, Any], uid: str) -> None:
    assert_equal(picture_of(to_file(make_image(pixels, name, **options), uid)), COLOURS)


def test_subsampled_ybr_without_colour_is_grey() -> None:
    ybr = np.stack([SQUARES, np.full_like(SQUARES, 128), np.full_like(SQUARES, 128)], -1)
    shown = picture_of(to_file(make_image(ybr, "YBR_FULL_422")))
    assert_equal(shown, np.stack([SQUARES] * 3, -1))


def test_pixels_that_are_called_subsampled_and_are_not_are_shown() -> None:
    ybr = np.stack([SQUARES, np.full_like(SQUARES, 128), np.full_like(SQUARES, 128)], -1)
    dataset = make_image(ybr, "YBR_FULL")
    dataset.PhotometricInterpretation = "YBR_FULL_422"
    assert_equal(picture_of(to_file(dataset)), np.stack([SQUARES] * 3, -1))


def test_subsampled_pixels_of_odd_columns_are_refused() -> None:
    dataset = make_image(np.zeros((2, 4, 3), np.uint8), "YBR_FULL_422")
    dataset.Columns = 3
    with pytest.raises(NotAcceptable, match="Columns"):
        picture_of(to_file(dataset))


def test_single_bits_are_black_and_white_in_every_frame() -> None:
    bits = np.random.default_rng(3).integers(0, 2, (3, 3, 5)).astype(bool)
    content = to_file(make_image(bits, is_multi_frame=True))
    for number, frame in enumerate(bits, 1):
        assert_equal(picture_of(content, frame_number=number), frame.astype(np.uint8) * 255)


def test_the_requests_window_replaces_the_objects() -> None:
    content = grey(np.array([[0, 100, 150, 200]], np.uint8))
    assert picture_of(content, window_center=150.5, window_width=101.0).tolist() == [[0, 0, 128, 255]]


@pytest.mark.parametrize(("function", "is_refused"), [("LINEAR", True), (None, True), ("LINEAR_EXACT", False)])
def test_a_window_narrower_than_one_is_for_functions_that_allow_it(function: str | None, is_refused: bool) -> None:
    content = grey(VOILUTFunction=function)
    if is_refused:
        with pytest.raises(BadRequest, match="1 or more"):
            picture_of(content, window_center=100.0, window_width=0.5)
    else:
        assert set(np.unique(picture_of(content, window_center=100.0, window_width=0.5))) == {0, 255}


@pytest.mark.parametrize(
    ("parameters", "shape"),
    [
        ({}, (40, 40)),
        ({"rows": 20}, (20, 20)),
        ({"columns": 10}, (10, 10)),
        ({"rows": 80, "columns": 60}, (60, 60)),
        ({"rows": 1}, (1, 1)),
    ],
)
def test_the_picture_fits_into_rows_and_columns(parameters: dict[str, int], shape: tuple[int, int]) -> None:
    assert picture_of(grey(), **parameters).shape == shape


def test_a_picture_beyond_the_setting_is_refused_by_its_parameter() -> None:
    with opened(grey()) as (descriptor, size):
        renderers = Renderers(worker_settings(maximum_pixels=2000))
        job = Job("one", size, Category.SINGLE_FRAME, IMAGE_PNG)
        assert renderers.render(job, descriptor).body
        with pytest.raises(BadRequest, match="MaximumPixels") as raised:
            renderers.render(Job("one", size, Category.SINGLE_FRAME, IMAGE_PNG, columns=50), descriptor)
    assert (raised.value.parameter, raised.value.clause) == ("columns", "8.2.3")


@pytest.mark.parametrize("rows", [None, 4])
def test_an_object_beyond_the_setting_is_refused_without_blaming_a_parameter(rows: int | None) -> None:
    with opened(grey()) as (descriptor, size), pytest.raises(BadRequest, match="the setting MaximumPixels"):
        Renderers(worker_settings(maximum_pixels=10)).render(
            Job("one", size, Category.SINGLE_FRAME, IMAGE_PNG, rows=rows), descriptor
        )


def test_an_object_that_jpeg_has_no_room_for_is_refused_unless_it_is_made_smaller() -> None:
    wide = grey(np.zeros((1, 65501), np.uint8))
    with pytest.raises(NotAcceptable, match="at most 65500"):
        representation_of(wide, IMAGE_JPEG, image_quality=90)
    assert representation_of(wide, IMAGE_JPEG, columns=65500, image_quality=90).body


def test_a_side_that_jpeg_has_no_room_for_is_refused() -> None:
    with pytest.raises(BadRequest, match="at most 65500"):
        representation_of(grey(np.zeros((1, 40000), np.uint8)), IMAGE_JPEG, columns=65501, image_quality=90)


@pytest.mark.parametrize(("media_type", "most"), [(IMAGE_PNG, 1000000), (IMAGE_JXL, 65535)])
def test_oblong_pixels_of_a_long_row_make_no_side_longer_than_the_format_has(media_type: str, most: int) -> None:
    longest = to_file(make_image(np.zeros((1, 65535), np.uint8), PixelAspectRatio=[1, 20], **WINDOW))
    with pytest.raises(BadRequest, match=f"{media_type} has at most {most} rows and columns; this would be 1 by 13107"):
        representation_of(longest, media_type, rows=1)


@pytest.mark.parametrize(
    ("content", "parameters", "warning"),
    [
        pytest.param(grey(), {"image_quality": 50}, "imageQuality", id="png"),
        pytest.param(grey(), {"frame_number": 7}, "frameNumber", id="single frame"),
        pytest.param(
            to_file(make_image(COLOURS, "RGB")),
            {"window_center": 1.0, "window_width": 2.0},
            "windowCenter",
            id="colour",
        ),
        pytest.param(grey(PatientName="", PatientID=""), {"annotation": ("patient",)}, "annotation", id="nobody"),
        pytest.param(grey(), {"annotation": ("patient",), "rows": 64}, None, id="somebody"),
        pytest.param(
            grey(PatientID="0815-4711", PatientBirthDate="19501231"),
            {"annotation": ("patient",), "rows": 34},
            "annotation",
            id="no room for all",
        ),
        pytest.param(grey(), {"annotation": ("patient",), "rows": 16}, "annotation", id="no room for anything"),
        pytest.param(grey(), {}, None, id="nothing"),
    ],
)
def test_parameters_that_act_on_nothing_are_told_of(
    content: bytes, parameters: dict[str, Any], warning: str | None
) -> None:
    warnings = representation_of(content, **parameters).warnings
    assert [text.split()[0] for text in warnings] == ([warning] if warning else [])


def test_an_object_without_pixels_has_no_picture() -> None:
    with pytest.raises(NotAcceptable, match="Pixel Data"):
        picture_of(to_file(make_object()))


def test_a_palette_without_its_table_has_no_picture() -> None:
    with pytest.raises(NotAcceptable, match="Red Palette"):
        picture_of(to_file(make_image(SQUARES, "PALETTE COLOR")))


def test_a_damaged_video_is_no_picture_and_the_way_out_is_told() -> None:
    dataset = with_codestreams(make_image(SQUARES), "1.2.840.10008.1.2.4.102", [b"\0\0\1\xba"])
    with pytest.raises(NotAcceptable, match=r"cannot be decoded.*transferSyntax="):
        picture_of(to_file(dataset))


def smaller_frames() -> dict[str, bytes | bytearray]:
    small = np.ascontiguousarray(SQUARES[:20])
    return {
        "1.2.840.10008.1.2.4.50": imagecodecs.jpeg8_encode(small),
        "1.2.840.10008.1.2.4.80": imagecodecs.jpegls_encode(small),
        "1.2.840.10008.1.2.4.90": imagecodecs.jpeg2k_encode(small, codecformat="j2k", reversible=True),
    }


@pytest.mark.parametrize("uid", smaller_frames())
def test_a_frame_of_another_size_than_the_object_says_is_refused_and_why_is_told(uid: str) -> None:
    codestream = bytes(smaller_frames()[uid])
    with pytest.raises(NotAcceptable, match="another size than Rows and Columns"):
        picture_of(to_file(with_codestreams(make_image(SQUARES), uid, [codestream])))


def test_a_header_that_is_remembered_gives_the_same_picture() -> None:
    with opened(many()) as (descriptor, size):
        renderers = Renderers(worker_settings())
        for _ in range(2):
            for number in (1, 2, 3):
                job = Job("same", size, Category.SINGLE_FRAME, IMAGE_PNG, frame_number=number)
                assert renderers.render(job, descriptor).body == representation_of(many(), frame_number=number).body


@pytest.mark.parametrize(("category", "media_type"), sorted(RENDERERS), ids=lambda each: str(each))
def test_every_row_of_the_table_of_renderers_makes_its_media_type(category: Category, media_type: str) -> None:
    kind = category.value.partition("encapsulated ")[2]
    content = to_file(encapsulate_document(kind)) if kind else grey()
    with opened(content) as (descriptor, size):
        job = Job("one", size, category, media_type, image_quality=90, charsets=("UTF-8",))
        answer = Renderers(worker_settings()).render(job, descriptor)
    assert answer.media_type.partition(";")[0] == media_type


def test_what_no_row_makes_is_refused() -> None:
    with opened(grey()) as (descriptor, size), pytest.raises(NotAcceptable):
        Renderers(worker_settings()).render(Job("one", size, Category.TEXT, IMAGE_PNG), descriptor)


def palette_image(kind: str) -> Dataset:
    dataset = make_image(np.array([[0, 1, 2]], kind), "PALETTE COLOR")
    for color, entries in (("Red", [255, 0, 0]), ("Green", [0, 255, 0]), ("Blue", [0, 0, 255])):
        setattr(dataset, f"{color}PaletteColorLookupTableDescriptor", [3, 0, 16])
        content = np.array(entries, "<u2") * 257
        setattr(dataset, f"{color}PaletteColorLookupTableData", content.tobytes())
    return dataset


@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_a_palette_gives_its_colours(kind: str) -> None:
    shown = picture_of(to_file(palette_image(kind)))
    assert shown.tolist() == [[[255, 0, 0], [0, 255, 0], [0, 0, 255]]]


@pytest.mark.parametrize("photometric_interpretation", ["YBR_RCT", "YBR_ICT", "XYB"])
def test_colours_of_a_compression_that_the_pixels_do_not_have_are_refused(photometric_interpretation: str) -> None:
    with pytest.raises(NotAcceptable, match="Photometric Interpretation"):
        picture_of(to_file(make_image(np.zeros((2, 3, 3), np.uint8), photometric_interpretation)))
