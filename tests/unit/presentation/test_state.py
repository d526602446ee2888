"""What is kept of a presentation state, and for how long."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import ROOT, make_image, to_file
from tests.support.presentation_states import make_item, make_reference, make_state
from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.errors import BadRequest
from wado.presentation.state import FRAMES_KEPT, LARGEST_FRAME_KEPT, StoredState, read_stored_state


def image_of(number_of_frames: int = 3, **attributes: Any) -> StoredImage:
    pixels = np.zeros((number_of_frames, 4, 6), np.uint8)
    source = BytesSource(to_file(make_image(pixels, is_multi_frame=True, **attributes)))
    return read_stored_image(read_stored_object(source), source)


def state_of(**attributes: Any) -> StoredState:
    return read_stored_state(read_stored_object(BytesSource(to_file(make_state(**attributes)))).dataset)


def with_overlay(rows: int, columns: int) -> StoredState:
    state = make_state()
    data = bytes(rows * columns // 8)
    for element, vr, value in (
        (0x10, "US", rows),
        (0x11, "US", columns),
        (0x50, "SS", [1, 1]),
        (0x1001, "CS", "LAYER"),
        (0x3000, "OW", data),
    ):
        state.add_new((0x6000, element), vr, value)
    return read_stored_state(read_stored_object(BytesSource(to_file(state))).dataset)


def test_what_is_said_of_a_frame_is_read_once() -> None:
    image, state = image_of(), state_of()
    frames = [state.for_frame(image, index) for index in range(3)]
    assert all(state.for_frame(image, index) is frame for index, frame in enumerate(frames))
    assert len(set(map(id, frames))) == 3


def test_the_area_alone_is_that_of_the_frame() -> None:
    image, state = image_of(), state_of(ImageRotation=90)
    area = state.area(image, 1)
    assert area == state.for_frame(image, 1).area
    assert state.area(image, 1) is state.for_frame(image, 1).area


def test_the_area_of_a_frame_that_the_state_is_not_about_is_refused() -> None:
    with pytest.raises(BadRequest, match="not this frame"):
        state_of(references=[make_reference(frame_numbers=[1])]).area(image_of(), 1)


def test_another_version_of_the_image_is_read_anew() -> None:
    state = state_of()
    first, second = image_of(), image_of(PixelAspectRatio=[2, 1])
    assert state.for_frame(first, 0).area.pixel_aspect == 1
    assert state.for_frame(second, 0).area.pixel_aspect == 2


def test_another_state_of_the_image_is_another() -> None:
    image = image_of()
    turned = state_of(ImageRotation=90)
    assert state_of().for_frame(image, 0).area.orientation != turned.for_frame(image, 0).area.orientation


def test_no_more_frames_are_kept_than_the_bound_whatever_the_number_of_states() -> None:
    image, state = image_of(), state_of()
    first = state.for_frame(image, 0)
    others = [state_of() for _ in range(FRAMES_KEPT - 1)]
    for other in others:
        other.for_frame(image, 0)
    assert state.for_frame(image, 0) is first
    for other in [*others, state_of()]:
        other.for_frame(image, 1)
    assert state.for_frame(image, 0) is not first


@pytest.mark.parametrize(("rows", "is_kept"), [(1024, True), (1032, False)])
def test_large_overlays_are_not_kept(rows: int, is_kept: bool) -> None:
    image, state = image_of(), with_overlay(rows, 1024)
    frame_state = state.for_frame(image, 0)
    assert (frame_state.size <= LARGEST_FRAME_KEPT) == is_kept
    assert (state.for_frame(image, 0) is frame_state) == is_kept


@pytest.mark.parametrize(
    ("attributes", "reasons"),
    [
        ({}, ["", "", ""]),
        ({"references": [make_reference(frame_numbers=[2])]}, ["reference", "", "reference"]),
        ({"references": [make_reference(f"{ROOT}.98")]}, ["reference"] * 3),
        ({"MaskSubtractionSequence": [make_item(MaskOperation="TID", TIDOffset=2)]}, ["mask", "mask", ""]),
    ],
)
def test_the_frames_that_a_state_is_not_about_are_left_out(attributes: dict[str, Any], reasons: list[str]) -> None:
    """Those that it refuses, one by one."""
    image, state = image_of(), state_of(**attributes)
    for index, reason in enumerate(reasons):
        told = state.why_left_out(image, index)
        assert reason in told and bool(told) == bool(reason)
        if reason:
            with pytest.raises(BadRequest):
                state.for_frame(image, index)
        else:
            state.for_frame(image, index)


def test_a_data_set_that_is_no_state_is_refused() -> None:
    with pytest.raises(BadRequest, match="none of the presentation states"):
        read_stored_state(Dataset())
