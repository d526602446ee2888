"""Which part of a frame is shown how large, with a presentation state and without (PS3.18-2011 8.2.2 to 8.2.9)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tests.support.datasets import make_image, to_file
from tests.support.images import greatest_difference
from tests.support.worker_settings import worker_settings
from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.errors import BadRequest, NotAcceptable
from wado.image.layout import UPRIGHT, Layout, Orientation
from wado.image.region import Box
from wado.image.resize import resize
from wado.job import Job
from wado.media_types import IMAGE_GIF, IMAGE_JPEG, IMAGE_PNG, Category
from wado.presentation.displayed_area import DisplayedArea
from wado.worker.layout import choose_layout, choose_layouts

ROWS, COLUMNS = 100, 200
WHOLE = Box(0, 0, ROWS, COLUMNS)
PART = Box(10, 20, 60, 120)
"""50 rows, 100 columns."""

ROUNDED_TWICE = 2
"""Rows and columns are scaled one after the other, each rounded to whole levels."""

ORIENTATIONS = [Orientation(turns, is_flipped) for turns in range(4) for is_flipped in (False, True)]


def frame() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Smooth, and different everywhere."""
    rows, columns = np.indices((ROWS, COLUMNS))
    return (columns * 0.9 + rows * 0.6).astype(np.uint8)


def stored() -> StoredImage:
    source = BytesSource(to_file(make_image(frame(), PixelSpacing=["2", "1"])))
    return read_stored_image(read_stored_object(source), source)


def area_of(
    box: Box,
    orientation: Orientation = UPRIGHT,
    aspect: Fraction = Fraction(1),
    magnification: Fraction | None = None,
) -> DisplayedArea:
    return DisplayedArea(box, box, orientation, aspect, magnification)


def layout_of(area: DisplayedArea | None, maximum_pixels: int = 10**8, **parameters: Any) -> Layout:
    parameters = {"media_type": IMAGE_PNG, **parameters}
    job = Job("attachment", 1, Category.SINGLE_FRAME, **parameters)
    return choose_layout(job, stored(), 0, worker_settings(maximum_pixels=maximum_pixels), area)


def size_of(layout: Layout) -> tuple[int, int]:
    return layout.rows, layout.columns


def test_without_a_state_it_is_the_frame() -> None:
    assert layout_of(None) == Layout(WHOLE, ROWS, COLUMNS)
    assert layout_of(None, columns=50) == Layout(WHOLE, 50, 50), "the image's pixels are twice as high as wide"


def test_the_whole_frame_as_an_area_is_shown_as_without_a_state() -> None:
    layout = layout_of(area_of(WHOLE))
    assert replace(layout, displayed=None) == layout_of(None)
    assert np.shares_memory(layout.draw(picture := frame()), picture)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_an_area_is_not_scaled_where_no_size_is_given(orientation: Orientation) -> None:
    layout = layout_of(area_of(PART, orientation, Fraction(2)))
    assert layout.box == PART
    assert size_of(layout) == orientation.size(50, 100)


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        ({"rows": 25}, (25, 50)),
        ({"columns": 300}, (150, 300)),
        ({"rows": 200, "columns": 200}, (100, 200)),
        ({"rows": 200, "columns": 1000}, (200, 400)),
    ],
)
def test_an_area_is_scaled_into_rows_and_columns(parameters: dict[str, int], size: tuple[int, int]) -> None:
    assert size_of(layout_of(area_of(PART), **parameters)) == size


@pytest.mark.parametrize(
    ("orientation", "size"), [(Orientation(0), (200, 200)), (Orientation(1), (200, 200)), (Orientation(2), (200, 200))]
)
def test_the_states_pixels_become_square(orientation: Orientation, size: tuple[int, int]) -> None:
    """50 rows of twice the height are as high as 100 columns are wide, however they are turned."""
    area = area_of(PART, orientation, Fraction(2))
    assert size_of(layout_of(area, rows=200)) == size
    assert size_of(layout_of(area, columns=200)) == size


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_region_is_one_of_the_turned_area(orientation: Orientation) -> None:
    area = area_of(PART, orientation)
    shown = layout_of(area).draw(frame())
    rows, columns = shown.shape
    part = layout_of(area, region=(0.1, 0.2, 0.5, 0.6)).draw(frame())
    assert np.array_equal(part, shown[rows // 5 : rows * 3 // 5, columns // 10 : columns // 2])


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("parameters", [{}, {"rows": 37}, {"columns": 300}, {"rows": 60, "columns": 60}])
def test_the_region_of_an_area_is_the_area_of_the_region(orientation: Orientation, parameters: dict[str, int]) -> None:
    """The middle fifth of 50 by 100 pixels is the same whatever the turn."""
    middle = area_of(Box(30, 60, 40, 80), orientation, Fraction(3, 2))
    part = layout_of(area_of(PART, orientation, Fraction(3, 2)), region=(0.4, 0.4, 0.6, 0.6), **parameters)
    assert replace(part, displayed=None) == replace(layout_of(middle, **parameters), displayed=None)
    assert part.displayed == PART


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("magnification", [None, Fraction(5, 2)])
def test_the_region_of_everything_changes_nothing(orientation: Orientation, magnification: Fraction | None) -> None:
    area = area_of(PART, orientation, Fraction(3, 2), magnification)
    for parameters in ({}, {"rows": 77}, {"rows": 77, "columns": 90}):
        whole = layout_of(area, region=(0.0, 0.0, 1.0, 1.0), **parameters)
        assert np.array_equal(whole.draw(frame()), layout_of(area, **parameters).draw(frame()))


@pytest.mark.parametrize(
    ("magnification", "aspect", "size"),
    [
        (Fraction(1), Fraction(1), (50, 100)),
        (Fraction(2), Fraction(1), (100, 200)),
        (Fraction(5, 2), Fraction(1), (125, 250)),
        (Fraction(1, 4), Fraction(1), (13, 25)),
        (Fraction(2), Fraction(3, 2), (150, 200)),
        (Fraction(1, 1000), Fraction(1), (1, 1)),
    ],
)
def test_magnified_by_the_ratio(magnification: Fraction, aspect: Fraction, size: tuple[int, int]) -> None:
    for orientation in ORIENTATIONS:
        layout = layout_of(area_of(PART, orientation, aspect, magnification))
        assert size_of(layout) == orientation.size(*size)
        assert layout.draw(frame()).shape == orientation.size(*size)


def test_magnified_by_one_every_pixel_stays_one() -> None:
    area = area_of(PART, magnification=Fraction(1))
    assert np.array_equal(layout_of(area).draw(frame()), PART.crop(frame()))
    cropped = layout_of(area, rows=20, columns=1000)
    assert cropped.box == Box(25, 20, 45, 120), "rows are cut about the middle, columns are few enough"


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("magnification", [Fraction(5, 2), Fraction(9, 7), Fraction(3)])
def test_magnified_and_cropped_is_a_crop_of_what_is_magnified(
    orientation: Orientation, magnification: Fraction
) -> None:
    area = area_of(PART, orientation, magnification=magnification)
    whole = layout_of(area).draw(frame())
    height, width = whole.shape
    cut = layout_of(area, rows=31, columns=44, region=(0.25, 0.0, 1.0, 1.0))
    top, left = (height - 31) // 2, (width - 44) // 2 + 11
    assert greatest_difference(cut.draw(frame()), whole[top : top + 31, left : left + 33]) <= ROUNDED_TWICE
    corner = np.array([[float(PART.left), float(PART.top)]])
    moved = layout_of(area).to_picture.apply(corner) - [[left, top]]
    assert cut.to_picture.apply(corner) == pytest.approx(moved)
    assert cut.displayed == PART


def test_a_little_of_something_magnified_enormously_reads_a_little() -> None:
    layout = layout_of(area_of(PART, magnification=Fraction(10**6)), rows=50, columns=60)
    assert layout.box.rows <= 4
    assert layout.box.columns <= 4
    assert layout.draw(frame()).shape == (50, 60)


def test_an_area_beyond_the_frame_is_black_there() -> None:
    layout = layout_of(area_of(Box(-ROWS, -COLUMNS, 2 * ROWS, 2 * COLUMNS)), rows=ROWS)
    picture = layout.draw(frame())
    assert picture.shape == (ROWS, COLUMNS)
    assert not picture[:30].any()
    assert not picture[:, :60].any()
    middle = picture[36:64, 70:130]
    assert greatest_difference(middle, resize(frame(), 33, 67)[2:30, 3:63]) <= 4


@pytest.mark.parametrize("parameters", [{}, {"rows": 10}])
def test_an_enormous_area_is_refused_before_anything_is_made(parameters: dict[str, int]) -> None:
    with pytest.raises(BadRequest, match="MaximumPixels"):
        layout_of(area_of(Box(-(2**31), -(2**31), 2**31, 2**31)), **parameters)


def test_the_size_of_a_magnified_picture_is_bounded() -> None:
    area = area_of(PART, magnification=Fraction(10**4))
    with pytest.raises(BadRequest, match="MaximumPixels"):
        layout_of(area)
    with pytest.raises(BadRequest, match="MaximumPixels"):
        layout_of(area_of(PART), maximum_pixels=30_000, rows=500)


def test_an_area_that_makes_too_large_a_picture_by_itself_is_blamed_on_the_state() -> None:
    for area in (area_of(Box(0, 0, 10**6, 10**6)), area_of(WHOLE, magnification=Fraction(10**6))):
        with pytest.raises(BadRequest, match="rows or columns make it smaller") as refused:
            layout_of(area)
        assert refused.value.parameter == "presentationUID"
        with pytest.raises(BadRequest) as refused:
            layout_of(area, rows=10**6)
        assert refused.value.parameter == "rows"


def test_the_format_bounds_an_area_as_it_does_a_frame() -> None:
    area = area_of(Box(0, 0, 1, 70_000))
    with pytest.raises(NotAcceptable, match=IMAGE_JPEG):
        layout_of(area, media_type=IMAGE_JPEG)
    assert layout_of(area, media_type=IMAGE_JPEG, columns=1000).columns == 1000
    with pytest.raises(NotAcceptable, match=IMAGE_GIF):
        layout_of(area, media_type=IMAGE_GIF)


def test_the_pictures_of_a_moving_one_have_the_size_of_the_first() -> None:
    job = Job("attachment", 1, Category.MULTI_FRAME, IMAGE_GIF)
    areas = [area_of(PART), area_of(Box(0, 0, 20, 20)), area_of(PART, Orientation(1))]
    first, second, third = choose_layouts(job, stored(), (0, 0, 0), worker_settings(), areas)
    assert first == layout_of(area_of(PART))
    assert {size_of(layout) for layout in (first, second, third)} == {(50, 100)}
    assert (second.place, third.place) == (Box(0, 25, 50, 75), Box(0, 37, 50, 62))
    assert not third.draw(frame())[:, :37].any()
    assert third.draw(frame())[:, 37:62].all()
