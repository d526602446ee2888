"""Frames blended by presentation states of both classes, with colours computed by hand (PS3.4 N.2.4, N.2.6)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import ROOT, Array
from tests.support.fusion import (
    RED,
    Study,
    advanced_input,
    blended,
    flat,
    item,
    make_advanced_state,
    make_blending_state,
    make_slice,
    palette,
    read_state,
    reference,
    side,
    step,
    window,
)
from tests.support.images import assert_equal
from wado.errors import BadRequest, NotFound
from wado.job import NeedsOthers
from wado.presentation.blended_frame import blend_frame

OTHER = f"{ROOT}.22"
"""The series of what is superimposed."""

RED_PALETTE = {"PaletteColorLookupTableSequence": [item(**RED)]}
SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"


def underlying(pixels: Array | None = None, **attributes: Any) -> Dataset:
    return make_slice("10", flat(100) if pixels is None else pixels, **attributes)


def superimposed(pixels: Array, *position: float, uid: str = "20", **attributes: Any) -> Dataset:
    place = position or (0.0, 0.0, 0.0)
    return make_slice(uid, pixels, place, **{"SeriesInstanceUID": OTHER, **attributes})


def colors_at(picture: Array, row: int, column: int) -> list[int]:
    found: list[int] = picture[row, column].tolist()
    return found


# One grid


@pytest.mark.parametrize(
    ("opacity", "color"),
    [
        (0.0, [100, 100, 100]),
        (0.25, [125, 75, 75]),  # 0.25 * 200 + 0.75 * 100, and 0.75 * 100
        (0.5, [150, 50, 50]),
        (1.0, [200, 0, 0]),
    ],
)
def test_the_superimposed_colour_counts_as_much_as_its_opacity(opacity: float, color: list[int]) -> None:
    ct, pet = underlying(), superimposed(flat(200))
    picture = blended(make_blending_state([ct], [pet], opacity), ct, [pet])
    assert picture.shape == (4, 4, 3)
    assert np.unique(picture.reshape(-1, 3), axis=0).tolist() == [color]


def test_each_side_has_its_own_transformations() -> None:
    ct, pet = underlying(flat(50)), superimposed(flat(10))
    state = make_blending_state([ct], [pet], 0.5)
    state.BlendingSequence = [
        side("SUPERIMPOSED", [pet], RescaleSlope=20, RescaleIntercept=0, RescaleType="US"),
        side(
            "UNDERLYING",
            [ct],
            RescaleSlope=1,
            RescaleIntercept=-50,
            RescaleType="HU",
            SoftcopyVOILUTSequence=window(1, 2),
        ),
    ]
    # The underlying value is 0, the lowest of the window; the superimposed one is 10 * 20.
    assert colors_at(blended(state, ct, [pet]), 0, 0) == [100, 0, 0]


def test_the_images_own_transformations_are_not_used() -> None:
    own: dict[str, Any] = {"RescaleSlope": 2, "RescaleIntercept": 7, "WindowCenter": 20, "WindowWidth": 3}
    ct, pet = underlying(**own), superimposed(flat(200), **own)
    assert colors_at(blended(make_blending_state([ct], [pet]), ct, [pet]), 0, 0) == [150, 50, 50]


def test_the_output_of_the_window_is_spread_over_the_whole_palette() -> None:
    ct, pet = underlying(flat(0)), superimposed(np.array([[0, 100, 155, 255]], np.uint8))
    three = palette((10, 0, 0), (0, 20, 0), (0, 0, 30))
    state = make_blending_state([ct], [pet], 1.0, **three)
    # 0, 0.39 * 2 = 0.78, 0.61 * 2 = 1.22 and 1 * 2 are the entries 0, 1, 1 and 2.
    expected = [[10, 0, 0], [0, 20, 0], [0, 20, 0], [0, 0, 30]]
    assert blended(state, underlying(flat(0, 1, 4)), [pet])[0].tolist() == expected


def test_padding_lets_the_underlying_image_through() -> None:
    ct, pet = underlying(flat(100, 1, 2)), superimposed(np.array([[0, 200]], np.uint8), PixelPaddingValue=0)
    assert blended(make_blending_state([ct], [pet]), ct, [pet])[0].tolist() == [[100, 100, 100], [150, 50, 50]]


def test_padding_of_the_underlying_image_is_shown_as_any_value() -> None:
    ct, pet = underlying(np.array([[0, 100]], np.uint8), PixelPaddingValue=0), superimposed(flat(200, 1, 2))
    assert blended(make_blending_state([ct], [pet]), ct, [pet])[0].tolist() == [[100, 0, 0], [150, 50, 50]]


def test_what_is_no_number_lets_the_underlying_image_through() -> None:
    values = np.array([[np.nan, np.inf, 1e39, 200]])
    ct, pet = underlying(flat(100, 1, 4)), superimposed(values)
    expected = [[100] * 3, [100] * 3, [100] * 3, [150, 50, 50]]
    assert blended(make_blending_state([ct], [pet]), ct, [pet])[0].tolist() == expected


# Other grids


def test_coarser_pixels_are_interpolated_between_their_centers() -> None:
    ct = underlying(flat(0, 1, 6))
    # Two pixels of 3 mm, whose centers lie on those of the second and the fifth pixel of 1 mm.
    pet = superimposed(np.array([[30, 60]], np.uint8), 1, 0, 0, spacing=(3, 3))
    picture = blended(make_blending_state([ct], [pet], 1.0), ct, [pet])
    assert picture[0, :, 0].tolist() == [30, 30, 40, 50, 60, 60]


def test_half_a_pixel_is_half_way_between_two() -> None:
    ct = underlying(flat(0, 1, 4))
    pet = superimposed(np.array([[0, 100, 200, 100]], np.uint8), -0.5, 0, 0)
    picture = blended(make_blending_state([ct], [pet], 1.0), ct, [pet])
    assert picture[0, :3, 0].tolist() == [50, 150, 150]


def test_outside_of_the_superimposed_image_the_underlying_one_is_alone() -> None:
    ct, pet = underlying(), superimposed(flat(200, 2, 2), 1, 2, 0)
    picture = blended(make_blending_state([ct], [pet]), ct, [pet])
    is_covered = np.zeros((4, 4), bool)
    is_covered[2:4, 1:3] = True
    assert_equal(picture, np.where(is_covered[..., None], [150, 50, 50], 100).astype(np.uint8))


def test_without_overlap_the_underlying_image_is_alone() -> None:
    ct, pet = underlying(), superimposed(flat(200), 100, 0, 0)
    assert_equal(blended(make_blending_state([ct], [pet]), ct, [pet]), np.full((4, 4, 3), 100, np.uint8))


def test_rows_and_columns_of_other_directions_are_found_again() -> None:
    values = np.arange(16, dtype=np.uint8).reshape(4, 4) * 16
    ct = underlying(flat(0))
    # Its rows run to the back of the patient and its columns to the left: the transpose.
    transposed = superimposed(np.ascontiguousarray(values.T), orientation=(0, 1, 0, 1, 0, 0))
    assert_equal(blended(make_blending_state([ct], [transposed], 1.0), ct, [transposed])[..., 0], values)
    turned = superimposed(np.ascontiguousarray(values[::-1, ::-1]), 3, 3, 0, orientation=(-1, 0, 0, 0, -1, 0))
    assert_equal(blended(make_blending_state([ct], [turned], 1.0), ct, [turned])[..., 0], values)


def test_oblique_slices_of_one_orientation_lie_pixel_on_pixel() -> None:
    tilted = (1, 0, 0, 0, math.cos(0.4), math.sin(0.4))
    values = np.arange(16, dtype=np.uint8).reshape(4, 4) * 16
    ct, pet = (
        make_slice(uid, pixels, (5, 6, 7), orientation=tilted, spacing=(0.7, 0.3))
        for uid, pixels in (("10", flat(0)), ("20", values))
    )
    assert_equal(blended(make_blending_state([ct], [pet], 1.0), ct, [pet])[..., 0], values)


def test_a_turn_within_the_plane_of_a_slope_keeps_the_slope() -> None:
    angle = 0.3
    rows, columns = np.mgrid[:40, :40]
    ct = underlying(flat(0, 10, 10))
    # A slope along x of the patient, in pixels that are turned by the angle around their first one.
    x = 10 + math.cos(angle) * columns - math.sin(angle) * rows - 20
    y = math.sin(angle) * columns + math.cos(angle) * rows - 20
    assert x.min() < 0 and y.min() < 0
    pixels = np.clip(np.round(x * 4 + 60), 0, 255).astype(np.uint8)
    cosines = (math.cos(angle), math.sin(angle), 0, -math.sin(angle), math.cos(angle), 0)
    pet = superimposed(pixels, -10, -20, 0, orientation=cosines)
    shown = blended(make_blending_state([ct], [pet], 1.0), ct, [pet])[..., 0].astype(int)
    assert np.abs(shown - (60 + 4 * np.arange(10))).max() <= 1


# Between slices


def stack(*values: int, spacing: float = 4.0, **attributes: Any) -> list[Dataset]:
    return [
        superimposed(flat(value), 0, 0, index * spacing, uid=f"2{index}", **attributes)
        for index, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("depth", "level"),
    [
        (0.0, 100),
        (1.0, 110),
        (2.0, 120),
        (4.0, 140),
        (7.0, 185),
        (8.0, 200),
        (-2.0, 100),  # as far as half a slice
        (-2.1, 0),
        (10.0, 200),
        (10.1, 0),
    ],
)
def test_between_two_slices_lies_what_is_between_their_values(depth: float, level: int) -> None:
    pet = stack(100, 140, 200)
    ct = underlying(flat(0), position=(0, 0, depth))
    picture = blended(make_blending_state([ct], pet[::-1], 1.0), ct, pet)
    assert colors_at(picture, 1, 1) == [level, 0, 0]


def test_nothing_is_made_up_where_a_slice_is_missing() -> None:
    pet = stack(100, 110, 120, 130, 140, 150)
    del pet[3]
    at_the_gap = underlying(flat(0), position=(0, 0, 12))
    assert colors_at(blended(make_blending_state([at_the_gap], pet, 1.0), at_the_gap, pet), 0, 0) == [0, 0, 0]
    beside_it = underlying(flat(0), position=(0, 0, 9.5))
    assert colors_at(blended(make_blending_state([beside_it], pet, 1.0), beside_it, pet), 0, 0) == [120, 0, 0]


def test_a_single_slice_reaches_as_far_as_it_is_thick() -> None:
    ct = underlying(flat(0), position=(0, 0, 1.4))
    for thickness, level in ((3, 200), (2, 0)):
        pet = superimposed(flat(200), SliceThickness=thickness)
        assert colors_at(blended(make_blending_state([ct], [pet], 1.0), ct, [pet]), 0, 0) == [level, 0, 0]


def test_a_plane_across_the_slices_takes_from_all_that_it_crosses() -> None:
    pet = stack(10, 50, 90, 130, spacing=1)
    # Its columns run to the head: every row lies in the next slice, and the last ones above them all.
    coronal = make_slice("10", flat(0, 6, 4), (0, 2, 0), orientation=(1, 0, 0, 0, 0, 1))
    picture = blended(make_blending_state([coronal], pet, 1.0), coronal, pet)
    assert picture[:, 1, 0].tolist() == [10, 50, 90, 130, 0, 0]
    between = make_slice("10", flat(0, 3, 4), (0, 2, 0.25), orientation=(1, 0, 0, 0, 0, 1))
    assert blended(make_blending_state([between], pet, 1.0), between, pet)[:, 1, 0].tolist() == [20, 60, 100]


@pytest.mark.parametrize("seed", range(8))
def test_what_rises_evenly_in_the_patient_does_so_on_every_plane_through_it(seed: int) -> None:
    random = np.random.default_rng(seed)
    slope = random.uniform(-1, 1, 3)
    around = directions(random)
    stack = []
    for index in range(24):
        first = -24 * around[0] - 24 * around[1] + (index - 12) * 4 * around[2]
        places = places_of(first, around, (1.5, 2.0), 40, 30)
        attributes = {"orientation": [*around[0], *around[1]], "spacing": (1.5, 2.0)}
        stack.append(superimposed((places @ slope + 100).astype("f4"), *first, uid=f"2{index}", **attributes))
    across = directions(random)
    first = -7 * across[0] - 9 * across[1]
    asked_for = make_slice("10", flat(0, 20, 24), first, orientation=[*across[0], *across[1]], spacing=(0.9, 0.6))
    shown = blended(make_blending_state([asked_for], stack, 1.0), asked_for, stack)[..., 0]
    expected = places_of(first, across, (0.9, 0.6), 20, 24) @ slope + 100
    assert np.abs(shown - expected).max() <= 0.51


def directions(random: np.random.Generator) -> Array:
    """Three at right angles: of the rows, of the columns, and of the normal."""
    rows, columns, _ = np.linalg.qr(random.normal(size=(3, 3)))[0].T
    return np.stack([rows, columns, np.cross(rows, columns)])


def places_of(first: Array, around: Array, spacing: tuple[float, float], rows: int, columns: int) -> Array:
    """Of the centers of a frame's pixels, in mm: (rows, columns, 3) of x, y and z."""
    row, column = np.mgrid[:rows, :columns][..., None]
    places: Array = first + around[0] * column * spacing[1] + around[1] * row * spacing[0]
    return places


def test_values_are_interpolated_before_the_window_sees_them() -> None:
    pet = stack(0, 200)
    ct = underlying(flat(0), position=(0, 0, 2))
    state = make_blending_state([ct], pet, 1.0)
    state.BlendingSequence[1].SoftcopyVOILUTSequence = window(150.5, 2)
    assert colors_at(blended(state, ct, pet), 0, 0) == [0, 0, 0]  # 100 is below the window; half of white is not


def test_segments_are_never_mixed() -> None:
    labels = np.array([[0, 0, 8, 8]], np.uint8)
    near = superimposed(labels, -0.4, 0, 0, SOPClassUID=SEGMENTATION)
    far = superimposed(labels + 90, -0.4, 0, 4, uid="21", SOPClassUID=SEGMENTATION)
    ct = underlying(flat(0, 1, 3), position=(0, 0, 1))
    picture = blended(make_blending_state([ct], [near, far], 1.0), ct, [near, far])
    assert picture[0, :, 0].tolist() == [0, 0, 8]


# Images of many frames


def test_frames_of_an_enhanced_image_lie_where_their_functional_groups_say() -> None:
    frames = np.stack([flat(100), flat(140), flat(200)])
    enhanced = make_slice("20", frames[0], SeriesInstanceUID=OTHER)
    enhanced.NumberOfFrames, enhanced.PixelData = 3, frames.tobytes()
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        del enhanced[keyword]
    enhanced.PerFrameFunctionalGroupsSequence = [
        item(PlanePositionSequence=[item(ImagePositionPatient=[0, 0, depth])]) for depth in (8, 4, 0)
    ]
    enhanced.SharedFunctionalGroupsSequence = [
        item(
            PlaneOrientationSequence=[item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
            PixelMeasuresSequence=[item(PixelSpacing=[1, 1])],
        )
    ]
    ct = underlying(flat(0), position=(0, 0, 5))
    assert colors_at(blended(make_blending_state([ct], [enhanced], 1.0), ct, [enhanced]), 0, 0) == [130, 0, 0]
    # The other way round: a frame of it, with what lies at its place.
    picture = blended(make_blending_state([enhanced], [ct], 0.0), enhanced, [ct], frame_index=1)
    assert colors_at(picture, 0, 0) == [140, 140, 140]


def test_only_the_frames_that_are_referenced_are_superimposed() -> None:
    dose = superimposed(flat(0), SOPClassUID="1.2.840.10008.5.1.4.1.1.481.2", GridFrameOffsetVector=[0, 2, 4])
    dose.NumberOfFrames, dose.PixelData = 3, np.stack([flat(100), flat(120), flat(200)]).tobytes()
    ct = underlying(flat(0), position=(0, 0, 2))
    state = make_blending_state([ct], [dose], 1.0)
    assert colors_at(blended(state, ct, [dose]), 0, 0) == [120, 0, 0]
    series = state.BlendingSequence[1].ReferencedSeriesSequence[0]
    series.ReferencedImageSequence[0].ReferencedFrameNumber = [1, 3]
    assert colors_at(blended(state, ct, [dose]), 0, 0) == [150, 0, 0]
    series.ReferencedImageSequence[0].ReferencedFrameNumber = 4
    assert "Referenced Frame Number (0008,1160)" in refusal_of(state, ct, [dose])


# What is asked for, and what is refused


def refusal_of(state: Dataset, asked_for: Dataset, others: list[Dataset]) -> str:
    with pytest.raises(BadRequest) as caught:
        blended(state, asked_for, others)
    assert (caught.value.parameter, caught.value.clause) == ("presentationUID", "8.2.9")
    return caught.value.message


def test_the_superimposed_image_is_not_shown_plain_nor_in_the_wrong_grid() -> None:
    ct, pet = underlying(), superimposed(flat(200))
    assert "objectUID must name one of those" in refusal_of(make_blending_state([ct], [pet]), pet, [ct])


def test_another_image_is_refused() -> None:
    ct, pet, other = underlying(), superimposed(flat(200)), make_slice("30", flat(1))
    assert "does not reference this image" in refusal_of(make_blending_state([ct], [pet]), other, [ct, pet])


@pytest.mark.parametrize("uid", [f"{ROOT}.99", ""])
def test_another_frame_of_reference_is_refused(uid: str) -> None:
    ct, pet = underlying(), superimposed(flat(200), FrameOfReferenceUID=uid)
    message = refusal_of(make_blending_state([ct], [pet]), ct, [pet])
    assert "Frame of Reference UID (0020,0052)" in message and ROOT not in message


def test_an_image_that_lies_nowhere_is_refused() -> None:
    ct, pet = underlying(), superimposed(flat(200))
    del pet.ImagePositionPatient
    assert "Image Position (Patient) (0020,0032)" in refusal_of(make_blending_state([ct], [pet]), ct, [pet])
    assert "Image Position (Patient) (0020,0032)" in refusal_of(make_blending_state([pet], [ct]), pet, [ct])


def test_two_images_that_lie_nowhere_lie_pixel_on_pixel() -> None:
    ct, pet = underlying(), superimposed(flat(200))
    del ct.ImagePositionPatient, pet.ImagePositionPatient
    assert colors_at(blended(make_blending_state([ct], [pet]), ct, [pet]), 0, 0) == [150, 50, 50]


def test_images_in_one_place_are_refused() -> None:
    ct, pets = underlying(), [superimposed(flat(200)), superimposed(flat(10), uid="21")]
    assert "in one place" in refusal_of(make_blending_state([ct], pets), ct, pets)


def test_colours_are_refused_where_grey_values_are_blended() -> None:
    ct = underlying()
    colour = superimposed(np.zeros((4, 4, 3), np.uint8), photometric_interpretation="RGB", PlanarConfiguration=0)
    assert "Photometric Interpretation" in refusal_of(make_blending_state([ct], [colour]), ct, [colour])


def test_an_image_that_the_study_lacks_is_named_as_missing() -> None:
    ct, pet = underlying(), superimposed(flat(200))
    with pytest.raises(NotFound, match="is not in the study"):
        blended(make_blending_state([ct], [pet]), ct, [])


def test_an_image_that_the_job_did_not_bring_is_asked_for() -> None:
    ct, pet = underlying(), superimposed(flat(200))
    study = Study([ct, pet], brought=[ct.SOPInstanceUID])
    with pytest.raises(NeedsOthers) as caught:
        blend_frame(read_state(make_blending_state([ct], [pet])), *study.open(ct.SOPInstanceUID), 0, study)
    assert caught.value.references == ((OTHER, pet.SOPInstanceUID),)


def test_a_slice_that_has_been_replaced_is_looked_at_anew() -> None:
    ct, pet = underlying(flat(0)), superimposed(flat(200))
    study = Study([ct, pet])
    blending = read_state(make_blending_state([ct], [pet], 1.0))
    assert colors_at(blend_frame(blending, *study.open(ct.SOPInstanceUID), 0, study), 0, 0) == [200, 0, 0]
    study.replace(superimposed(flat(200), 2, 0, 0))
    assert blend_frame(blending, *study.open(ct.SOPInstanceUID), 0, study)[0, :, 0].tolist() == [0, 0, 200, 200]


# Advanced Blending


def three_inputs(**attributes: Any) -> tuple[list[Dataset], list[Dataset]]:
    images = [
        make_slice(f"{number}0", flat(60 * number), SeriesInstanceUID=f"{ROOT}.2{number}") for number in (1, 2, 3)
    ]
    return images, [advanced_input(number, [image], **attributes) for number, image in enumerate(images, 1)]


def test_equal_is_the_mean_of_all_inputs() -> None:
    images, inputs = three_inputs()
    assert (
        colors_at(blended(make_advanced_state(inputs, step("EQUAL", 1, 2, 3)), images[0], images[1:]), 0, 0)
        == [120] * 3
    )


def test_equal_counts_only_the_inputs_that_are_there() -> None:
    images, inputs = three_inputs()
    images[2] = make_slice("30", flat(180), (2, 0, 0), SeriesInstanceUID=f"{ROOT}.23")
    images[1].PixelPaddingValue = 120
    picture = blended(make_advanced_state(inputs, step("EQUAL", 1, 2, 3)), images[0], images[1:])
    assert picture[0, :, 0].tolist() == [60, 60, 120, 120]  # alone, then the mean of 60 and 180


def test_foreground_is_the_first_input_over_the_second() -> None:
    images, inputs = three_inputs()
    inputs[0].PaletteColorLookupTableSequence = [item(**RED)]
    state = make_advanced_state(inputs, step("FOREGROUND", 1, 2, RelativeOpacity=0.75))
    # 0.75 * 60 + 0.25 * 120, and 0.25 * 120; the third input is not asked for.
    study = Study(images[:2])
    assert colors_at(blend_frame(read_state(state), *study.open(images[0].SOPInstanceUID), 0, study), 0, 0) == [
        75,
        30,
        30,
    ]


def test_the_result_of_a_step_is_an_input_of_another() -> None:
    images, inputs = three_inputs()
    steps = [
        step("FOREGROUND", 3, 4, RelativeOpacity=0.5),
        step("EQUAL", 1, 2, BlendingInputNumber=4),
    ]
    assert colors_at(blended(make_advanced_state(inputs, *steps), images[0], images[1:]), 0, 0) == [135] * 3


@pytest.mark.parametrize(
    ("kind", "limits", "shown"),
    [
        ("RANGE_INCL", [50, 100], [0, 1, 1, 1, 0]),
        ("RANGE_EXCL", [50, 100], [1, 0, 0, 0, 1]),
        ("GREATER_OR_EQUAL", [75], [0, 0, 1, 1, 1]),
        ("GREATER_THAN", [75], [0, 0, 0, 1, 1]),
        ("LESS_OR_EQUAL", [75], [1, 1, 1, 0, 0]),
        ("LESS_THAN", [75], [1, 1, 0, 0, 0]),
    ],
)
def test_a_threshold_tells_what_is_shown(kind: str, limits: list[float], shown: list[int]) -> None:
    picture = thresholded((kind, limits))
    expected = [[value, 0, 0] if is_shown else [9, 9, 9] for value, is_shown in zip(VALUES, shown, strict=True)]
    assert picture[0].tolist() == expected


def test_any_of_several_thresholds_is_enough() -> None:
    assert thresholded(("LESS_THAN", [50]), ("GREATER_THAN", [100]))[0, :, 1].tolist() == [0, 9, 9, 9, 0]


VALUES = [25, 50, 75, 100, 125]


def thresholded(*thresholds: tuple[str, list[float]]) -> Array:
    """Values in red where they are shown, over grey of 9."""
    ground, values = make_slice("10", flat(9, 1, 5)), superimposed(np.array([VALUES], np.uint8))
    sequence = [
        item(ThresholdType=kind, ThresholdValueSequence=[item(ThresholdValue=float(limit)) for limit in limits])
        for kind, limits in thresholds
    ]
    inputs = [advanced_input(1, [values], ThresholdSequence=sequence, **RED_PALETTE), advanced_input(2, [ground])]
    return blended(make_advanced_state(inputs, step("FOREGROUND", 1, 2, RelativeOpacity=1.0)), ground, [values])


def test_the_geometry_for_display_is_the_one_to_ask_for() -> None:
    images, inputs = three_inputs()
    inputs[1].GeometryForDisplay = "TRUE"
    state = make_advanced_state(inputs, step("EQUAL", 1, 2, 3))
    assert colors_at(blended(state, images[1], [images[0], images[2]]), 0, 0) == [120] * 3
    assert "objectUID must name one of those" in refusal_of(state, images[0], images[1:])


def test_what_the_state_does_not_say_the_image_says() -> None:
    ct = make_slice("10", flat(60), RescaleSlope=2, RescaleIntercept=-100, WindowCenter=20, WindowWidth=41)
    # 60 * 2 - 100 = 20: the middle of the window from 0 to 40 (LINEAR: 19.5 +- 20).
    one = advanced_input(1, [ct])
    assert colors_at(blended(make_advanced_state([one], step("EQUAL", 1)), ct, []), 0, 0) == [20 + 0] * 3
    del one.SoftcopyVOILUTSequence
    assert colors_at(blended(make_advanced_state([one], step("EQUAL", 1)), ct, []), 0, 0) == [131] * 3
    one.RescaleSlope, one.RescaleIntercept = 1, -60
    assert colors_at(blended(make_advanced_state([one], step("EQUAL", 1)), ct, []), 0, 0) == [3] * 3


def test_colours_are_blended_as_they_are() -> None:
    colour = superimposed(
        np.full((4, 4, 3), (10, 20, 30), np.uint8), photometric_interpretation="RGB", PlanarConfiguration=0
    )
    ct = underlying()
    inputs = [advanced_input(1, [colour]), advanced_input(2, [ct])]
    state = make_advanced_state(inputs, step("FOREGROUND", 1, 2, RelativeOpacity=0.5))
    assert colors_at(blended(state, ct, [colour]), 0, 0) == [55, 60, 65]
    inputs[0].update(item(**RED_PALETTE))
    assert "Photometric Interpretation" in refusal_of(make_advanced_state(inputs, step("EQUAL", 1, 2)), ct, [colour])


def test_a_reference_in_the_state_is_that_of_a_frame() -> None:
    ct, pet = underlying(), superimposed(flat(200))
    state = make_blending_state([ct], [pet])
    named = state.BlendingSequence[0].ReferencedSeriesSequence[0]
    named.ReferencedImageSequence = [reference(ct, ReferencedFrameNumber=2)]
    assert "not this frame of it" in refusal_of(state, ct, [pet])
