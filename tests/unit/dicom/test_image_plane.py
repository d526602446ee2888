"""Where frames lie in the patient (PS3.3 C.7.6.2, C.7.6.16.2, C.8.4.15, C.8.8.3.2)."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import image_pixel
from tests.support.fusion import TRANSVERSE, item
from wado.dicom.image_plane import read_plane
from wado.image.plane import Plane


def image(**attributes: Any) -> Dataset:
    whole = {
        "FrameOfReferenceUID": "1.2.3",
        "ImagePositionPatient": [1, 2, 3],
        "ImageOrientationPatient": list(TRANSVERSE),
        "PixelSpacing": [0.5, 0.25],
    }
    return item(**{keyword: value for keyword, value in {**whole, **attributes}.items() if value is not None})


def plane_of(dataset: Dataset, frame_index: int = 0, number_of_frames: int = 1) -> Plane | None:
    return read_plane(dataset, image_pixel(4, 6, number_of_frames=number_of_frames), frame_index)


def positions_of(dataset: Dataset, number_of_frames: int) -> list[tuple[float, ...] | None]:
    planes = [plane_of(dataset, index, number_of_frames) for index in range(number_of_frames)]
    return [plane.position if plane else None for plane in planes]


def test_a_plane_has_its_place_its_directions_and_its_pixels() -> None:
    assert plane_of(image(SliceThickness=2)) == Plane("1.2.3", (1, 2, 3), (1, 0, 0), (0, 1, 0), 0.5, 0.25, 4, 6, 2)
    spaced = plane_of(image(SliceThickness=2, SpacingBetweenSlices=3))
    assert spaced is not None and spaced.thickness == 3


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("ImagePositionPatient", None),
        ("ImagePositionPatient", [1, 2]),
        ("ImageOrientationPatient", None),
        ("ImageOrientationPatient", [0, 0, 0, 0, 1, 0]),
        ("ImageOrientationPatient", [1, 0, 0, 1, 0, 0]),
        ("ImageOrientationPatient", [1, 0, 0, 0, 2, 0]),
        ("PixelSpacing", None),
        ("PixelSpacing", [0, 1]),
        ("PixelSpacing", [-1, 1]),
        ("PixelSpacing", [1, 1e-200]),
        ("PixelSpacing", [1, 1e200]),
        ("ImagePositionPatient", [0, 1e9, 0]),
        ("PixelSpacing", [1]),
    ],
)
def test_what_is_not_whole_is_no_plane(keyword: str, value: list[float] | None) -> None:
    assert plane_of(image(**{keyword: value})) is None


def test_directions_are_made_unit_vectors() -> None:
    plane = plane_of(image(ImageOrientationPatient=[0.999, 0, 0, 0, 0, -1.001]))
    assert plane is not None
    assert (plane.row_direction, plane.column_direction, plane.normal) == ((1, 0, 0), (0, 0, -1), (0, 1, 0))


def test_each_frame_of_an_enhanced_image_has_its_own() -> None:
    dataset = image(ImagePositionPatient=None, PixelSpacing=None, ImageOrientationPatient=None)
    dataset.SharedFunctionalGroupsSequence = [
        item(
            PixelMeasuresSequence=[item(PixelSpacing=[2, 3], SliceThickness=5)],
            PlaneOrientationSequence=[item(ImageOrientationPatient=list(TRANSVERSE))],
        )
    ]
    dataset.PerFrameFunctionalGroupsSequence = [
        item(PlanePositionSequence=[item(ImagePositionPatient=[0, 0, 7])]),
        item(
            PlanePositionSequence=[item(ImagePositionPatient=[0, 0, 9])],
            PlaneOrientationSequence=[item(ImageOrientationPatient=[0, 1, 0, 0, 0, 1])],
        ),
    ]
    assert plane_of(dataset, 0, 2) == Plane("1.2.3", (0, 0, 7), (1, 0, 0), (0, 1, 0), 2, 3, 4, 6, 5)
    assert plane_of(dataset, 1, 2) == Plane("1.2.3", (0, 0, 9), (0, 1, 0), (0, 0, 1), 2, 3, 4, 6, 5)


def test_frames_of_a_dose_lie_along_the_normal() -> None:
    assert positions_of(image(GridFrameOffsetVector=[0, 2.5, 5]), 3) == [(1, 2, 3), (1, 2, 5.5), (1, 2, 8)]
    turned = image(GridFrameOffsetVector=[0, 2.5], ImageOrientationPatient=[0, 1, 0, 0, 0, 1])
    assert positions_of(turned, 2) == [(1, 2, 3), (3.5, 2, 3)]


def test_a_dose_may_give_the_z_coordinates_themselves() -> None:
    assert positions_of(image(GridFrameOffsetVector=[3, 5.5]), 2) == [(1, 2, 3), (1, 2, 5.5)]
    prone = image(GridFrameOffsetVector=[3, 5.5], ImageOrientationPatient=[-1, 0, 0, 0, 1, 0])
    assert positions_of(prone, 2) == [(1, 2, 3), (1, 2, 5.5)]
    assert (
        positions_of(image(GridFrameOffsetVector=[3, 5], ImageOrientationPatient=[0, 1, 0, 0, 0, 1]), 2) == [None] * 2
    )


@pytest.mark.parametrize(("spacing", "z"), [(4, [3, 7, 11]), (-4, [3, -1, -5])])
def test_slices_of_nuclear_medicine_are_stacked_on_the_first(spacing: float, z: list[float]) -> None:
    place = item(ImagePositionPatient=[1, 2, 3], ImageOrientationPatient=list(TRANSVERSE))
    dataset = image(ImagePositionPatient=None, ImageOrientationPatient=None, SpacingBetweenSlices=spacing)
    dataset.DetectorInformationSequence, dataset.SliceVector = [place], [1, 2, 3]
    assert positions_of(dataset, 3) == [(1, 2, depth) for depth in z]


def test_frames_that_do_not_say_where_they_lie_lie_nowhere() -> None:
    assert positions_of(image(), 2) == [None, None]
    assert positions_of(image(GridFrameOffsetVector=[0, 1, 2]), 2) == [None, None]
