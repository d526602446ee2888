"""What blending presentation states say, and what of it is refused (PS3.3 C.11.14, C.11.33, C.11.34)."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import ROOT
from tests.support.fusion import (
    RED,
    advanced_input,
    flat,
    item,
    make_advanced_state,
    make_blending_state,
    make_slice,
    read_state,
    side,
    step,
)
from wado.errors import BadRequest
from wado.presentation.blending import DISPLAYED, EQUAL, FOREGROUND, BlendingStep, Threshold, read_advanced_blending
from wado.presentation.reference import FrameReference

CT, PET = make_slice("10", flat(0)), make_slice("20", flat(0), SeriesInstanceUID=f"{ROOT}.22")
ONE, OTHER = (FrameReference(image.SOPInstanceUID, 1) for image in (CT, PET))


def refusal_of(state: Dataset) -> str:
    with pytest.raises(BadRequest) as caught:
        read_state(state)
    assert (caught.value.parameter, caught.value.clause) == ("presentationUID", "8.2.9")
    return caught.value.message


def test_the_superimposed_images_are_the_foreground_of_the_underlying_ones() -> None:
    blending = read_state(make_blending_state([CT], [PET], 0.25))
    assert blending.steps == {DISPLAYED: BlendingStep(FOREGROUND, (1, 2), 0.25)}
    assert (blending.geometry, blending.order) == (2, (1, 2, DISPLAYED))
    assert [blending.inputs[number].images.has(OTHER) for number in (1, 2)] == [True, False]
    assert [blending.inputs[number].palette is not None for number in (1, 2)] == [True, False]
    assert blending.inputs[1].images.named == ((f"{ROOT}.22", PET.SOPInstanceUID),)
    assert blending.find_input(ONE) == 2


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"RelativeOpacity": None}, "Relative Opacity (0070,0403)"),
        ({"RelativeOpacity": 1.5}, "Relative Opacity (0070,0403)"),
        ({"RedPaletteColorLookupTableDescriptor": None}, "Palette Color Lookup Table Descriptor (0028,110"),
        ({"BluePaletteColorLookupTableData": b"\1\2"}, "Palette Color Lookup Table Data (0028,1203)"),
        ({"BlendingSequence": None}, "Blending Sequence (0070,0402)"),
        ({"BlendingSequence": [side("UNDERLYING", [CT])]}, "Blending Sequence (0070,0402)"),
        ({"BlendingSequence": [side("UNDERLYING", [CT]), side("UNDERLYING", [PET])]}, "Blending Sequence (0070,0402)"),
        (
            {"BlendingSequence": [side("UNDERLYING", [CT]), side("SUPERIMPOSED", [])]},
            "Referenced Series Sequence (0008,1115)",
        ),
        (
            {"ReferencedSpatialRegistrationSequence": [item(SeriesInstanceUID="1.2")]},
            "Registration Sequence (0070,0404)",
        ),
    ],
)
def test_a_blending_state_that_is_not_whole_is_refused(changes: dict[str, Any], named: str) -> None:
    state = make_blending_state([CT], [PET])
    for keyword, value in changes.items():
        setattr(state, keyword, value)
    assert named in refusal_of(state)


def test_an_item_without_images_is_refused() -> None:
    state = make_blending_state([CT], [PET])
    del state.BlendingSequence[1].ReferencedSeriesSequence[0].ReferencedImageSequence
    assert "Referenced Image Sequence (0008,1140)" in refusal_of(state)


def inputs(**attributes: Any) -> list[Dataset]:
    return [advanced_input(1, [CT], **attributes), advanced_input(2, [PET])]


def threshold(kind: str, *limits: float) -> Dataset:
    return item(ThresholdType=kind, ThresholdValueSequence=[item(ThresholdValue=float(limit)) for limit in limits])


def test_an_advanced_state_has_inputs_and_steps() -> None:
    ones = inputs(
        ThresholdSequence=[threshold("RANGE_INCL", 9, 3), threshold("LESS_THAN", 1)],
        PaletteColorLookupTableSequence=[item(**RED)],
        GeometryForDisplay="TRUE",
        TimeSeriesBlending="FALSE",
    )
    steps = [step(EQUAL, 1, 2, BlendingInputNumber=3), step(FOREGROUND, 3, 2, RelativeOpacity=0.5)]
    blending = read_state(make_advanced_state(ones, *steps))
    assert blending.inputs[1].thresholds == (Threshold("RANGE_INCL", 3, 9), Threshold("LESS_THAN", 1, 1))
    assert [blending.inputs[number].palette is not None for number in (1, 2)] == [True, False]
    assert blending.steps == {3: BlendingStep(EQUAL, (1, 2)), DISPLAYED: BlendingStep(FOREGROUND, (3, 2), 0.5)}
    assert blending.geometry == 1


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"ThresholdSequence": [threshold("RANGE_INCL", 1)]}, "Threshold Value Sequence (0070,1B12)"),
        ({"ThresholdSequence": [threshold("LESS_THAN", 1, 2)]}, "Threshold Value Sequence (0070,1B12)"),
        ({"ThresholdSequence": [threshold("LIKELY", 1)]}, "Threshold Type (0070,1B13)"),
        ({"TimeSeriesBlending": "TRUE"}, "Time Series Blending (0070,1B07)"),
        ({"PaletteColorLookupTableSequence": [item()]}, "Palette Color Lookup Table Descriptor (0028,1101)"),
        ({"BlendingInputNumber": 2}, "Blending Input Number (0070,1B02)"),
        ({"BlendingInputNumber": 0}, "Blending Input Number (0070,1B02)"),
        ({"ReferencedImageSequence": []}, "Referenced Image Sequence (0008,1140)"),
        (
            {"ReferencedImageSequence": [item(ReferencedSOPInstanceUID="1.2", ReferencedOpticalPathIdentifier="1")]},
            "Optical Path Identifier",
        ),
        (
            {"ReferencedSpatialRegistrationSequence": [item(SeriesInstanceUID="1.2")]},
            "Registration Sequence (0070,0404)",
        ),
    ],
)
def test_an_input_that_cannot_be_followed_is_refused(attributes: dict[str, Any], named: str) -> None:
    assert named in refusal_of(make_advanced_state(inputs(**attributes), step(EQUAL, 1, 2)))


NO_INPUT = "Blending Display Input Sequence (0070,1B03)"


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([], "Blending Display Sequence (0070,1B04)"),
        ([step(EQUAL, 1, BlendingInputNumber=3)], "Blending Display Sequence (0070,1B04)"),
        ([step(EQUAL, 1), step(EQUAL, 2)], "Blending Input Number (0070,1B02)"),
        ([step(EQUAL, 1, BlendingInputNumber=2), step(EQUAL, 2)], "Blending Input Number (0070,1B02)"),
        ([step(EQUAL)], NO_INPUT),
        ([step(EQUAL, 1, 9)], NO_INPUT),
        ([step(FOREGROUND, 1, 2, 2, RelativeOpacity=0.5)], NO_INPUT),
        ([step(FOREGROUND, 1, 2)], "Relative Opacity (0070,0403)"),
        ([step("MULTIPLY", 1, 2)], "Blending Mode (0070,1B06)"),
        ([step(EQUAL, 4, BlendingInputNumber=3), step(EQUAL, 3, BlendingInputNumber=4), step(EQUAL, 3)], NO_INPUT),
        ([step(EQUAL, 3, BlendingInputNumber=3), step(EQUAL, 3)], NO_INPUT),
    ],
)
def test_steps_that_lead_nowhere_are_refused(steps: list[Dataset], named: str) -> None:
    assert named in refusal_of(make_advanced_state(inputs(), *steps))


def test_steps_may_stand_in_any_order() -> None:
    steps = [step(EQUAL, 4), step(EQUAL, 3, BlendingInputNumber=4), step(EQUAL, 1, 2, BlendingInputNumber=3)]
    assert read_state(make_advanced_state(inputs(), *steps)).order == (1, 2, 3, 4, DISPLAYED)


def test_what_is_not_displayed_is_left_out() -> None:
    steps = [step(EQUAL, 2), step(EQUAL, 1, BlendingInputNumber=3)]
    assert read_state(make_advanced_state(inputs(), *steps)).order == (2, DISPLAYED)


def test_a_result_that_is_taken_twice_is_made_once() -> None:
    """Each of the steps takes the one before it twice: followed one by one they would be more than can be counted."""
    steps = [step(EQUAL, number - 1, number - 1, BlendingInputNumber=number) for number in range(3, 2003)]
    blending = read_state(make_advanced_state(inputs(), *steps, step(EQUAL, 2002)))
    assert blending.order == (*range(2, 2003), DISPLAYED)


def test_one_geometry_is_displayed() -> None:
    ones = inputs()
    for one in ones:
        one.GeometryForDisplay = "TRUE"
    assert "Geometry for Display (0070,1B08)" in refusal_of(make_advanced_state(ones, step(EQUAL, 1, 2)))
    with pytest.raises(BadRequest, match="Advanced Blending Sequence"):
        read_advanced_blending(make_advanced_state([], step(EQUAL, 1)))


def test_any_image_of_an_advanced_state_may_be_asked_for_where_it_names_no_geometry() -> None:
    blending = read_state(make_advanced_state(inputs(), step(EQUAL, 1, 2)))
    assert [blending.find_input(reference) for reference in (ONE, OTHER)] == [1, 2]
    with pytest.raises(BadRequest, match="does not reference this image"):
        blending.find_input(FrameReference("1.2.3", 1))
