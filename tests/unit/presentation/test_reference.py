"""Which images and frames a state, or an item of one, is about (PS3.3 C.11.11, Table 10-3)."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import AdvancedBlendingPresentationStateStorage, BlendingSoftcopyPresentationStateStorage

from tests.support.datasets import make_image
from tests.support.presentation_states import IMAGE_UID, make_item, make_reference, make_state
from wado.errors import BadRequest
from wado.presentation.reference import (
    FrameReference,
    applies_to,
    check_reference,
    refer_to,
    references_frame,
    shown_images,
)

SECOND = FrameReference(IMAGE_UID, 2)


def selecting(*references: Dataset) -> Dataset:
    return make_item(ReferencedImageSequence=list(references))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param(make_item(), True, id="no reference"),
        pytest.param(selecting(), True, id="an empty sequence"),
        pytest.param(selecting(make_reference()), True, id="the image"),
        pytest.param(selecting(make_reference(frame_numbers=[2])), True, id="the frame"),
        pytest.param(selecting(make_reference(frame_numbers=[1, 2, 9])), True, id="among other frames"),
        pytest.param(selecting(make_reference(frame_numbers=[1, 3])), False, id="other frames"),
        pytest.param(selecting(make_reference("1.9")), False, id="another image"),
        pytest.param(selecting(make_reference("1.9", [2])), False, id="the frame of another image"),
        pytest.param(selecting(make_reference("1.9"), make_reference()), True, id="the second image"),
        pytest.param(
            selecting(make_reference(frame_numbers=[1]), make_reference(frame_numbers=[2])), True, id="named twice"
        ),
        pytest.param(selecting(make_item()), False, id="nothing"),
        pytest.param(selecting(make_reference(ReferencedFrameNumber="")), True, id="no frame numbers"),
    ],
)
def test_an_item_applies_to_what_it_references(item: Dataset, expected: bool) -> None:
    assert applies_to(item, SECOND) is expected


def test_segments_select_frames_of_a_segmentation() -> None:
    item = selecting(make_reference(ReferencedSegmentNumber=[3, 4]))
    assert applies_to(item, FrameReference(IMAGE_UID, 1, 4))
    assert not applies_to(item, FrameReference(IMAGE_UID, 1, 5))
    assert not applies_to(item, FrameReference(IMAGE_UID, 1))


def test_a_frames_segment_is_that_of_its_functional_groups() -> None:
    image = make_image(np.zeros((2, 4, 4), np.uint8), is_multi_frame=True)
    assert refer_to(image, 1) == SECOND
    image.PerFrameFunctionalGroupsSequence = [
        make_item(SegmentIdentificationSequence=[make_item(ReferencedSegmentNumber=number)]) for number in (7, 8)
    ]
    assert refer_to(image, 1) == FrameReference(IMAGE_UID, 2, 8)


def test_frame_numbers_that_are_none_are_refused() -> None:
    reference = make_reference()
    reference.add_new("ReferencedFrameNumber", "LO", ["2", "x"])
    with pytest.raises(BadRequest, match=r"Referenced Frame Number \(0008,1160\) holds what is no number"):
        applies_to(selecting(reference), FrameReference(IMAGE_UID, 3))


def test_a_state_must_reference_the_image() -> None:
    check_reference(make_state(), SECOND)
    for references in ([], [make_reference("1.9")]):
        with pytest.raises(BadRequest, match="it does not reference this image") as caught:
            check_reference(make_state(references=references), SECOND)
        assert (caught.value.parameter, caught.value.clause) == ("presentationUID", "8.2.9")


def test_a_state_must_reference_the_frame() -> None:
    state = make_state(references=[make_reference(frame_numbers=[1, 3])])
    check_reference(state, FrameReference(IMAGE_UID, 3))
    with pytest.raises(BadRequest, match="but not this frame of it"):
        check_reference(state, SECOND)
    assert [references_frame(state, FrameReference(IMAGE_UID, number)) for number in (1, 2, 3)] == [True, False, True]
    assert not references_frame(state, FrameReference("1.9", 1))


def test_without_any_reference_a_state_is_for_no_image() -> None:
    state = make_state()
    del state.ReferencedSeriesSequence
    with pytest.raises(BadRequest, match="it does not reference this image"):
        check_reference(state, SECOND)


def test_images_to_be_blended_are_referenced_too() -> None:
    inputs = [make_item(ReferencedSeriesSequence=[selecting(make_reference(uid))]) for uid in ("1.9", IMAGE_UID)]
    blending = make_state(BlendingSoftcopyPresentationStateStorage, [], BlendingSequence=inputs)
    check_reference(blending, SECOND)
    advanced = make_state(
        AdvancedBlendingPresentationStateStorage, [], AdvancedBlendingSequence=[selecting(make_reference())]
    )
    check_reference(advanced, SECOND)


def shown(state: Dataset) -> list[str]:
    return [image.ReferencedSOPInstanceUID for image in shown_images(state)]


def test_a_picture_is_of_any_image_that_a_state_references() -> None:
    assert shown(make_state(references=[make_reference("1.8"), make_reference("1.9")])) == ["1.8", "1.9"]


def test_a_picture_is_of_an_underlying_image() -> None:
    sides = [
        make_item(BlendingPosition=position, ReferencedSeriesSequence=[selecting(make_reference(uid))])
        for position, uid in (("UNDERLYING", "1.8"), ("SUPERIMPOSED", "1.9"))
    ]
    assert shown(make_state(BlendingSoftcopyPresentationStateStorage, [], BlendingSequence=sides)) == ["1.8"]


@pytest.mark.parametrize(("geometry", "expected"), [("TRUE", ["1.9"]), ("FALSE", ["1.8", "1.9"])])
def test_a_picture_is_of_an_input_with_the_geometry_for_display(geometry: str, expected: list[str]) -> None:
    inputs = [selecting(make_reference("1.8")), selecting(make_reference("1.9"))]
    inputs[1].GeometryForDisplay = geometry
    assert shown(make_state(AdvancedBlendingPresentationStateStorage, [], AdvancedBlendingSequence=inputs)) == expected
