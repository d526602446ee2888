"""Which images of a large set are looked at to blend one frame."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import ROOT
from tests.support.fusion import (
    Study,
    advanced_input,
    flat,
    make_advanced_state,
    make_blending_state,
    make_slice,
    read_state,
    step,
)
from wado.errors import BadRequest
from wado.image.color import RGB
from wado.job import MOST_OTHERS, NeedsOthers
from wado.presentation.blended_frame import blend_frame
from wado.presentation.blending import Blending
from wado.presentation.places import MOST_READ, PROBES

OTHER = f"{ROOT}.22"
SPACING = 2.0


def make_stack(count: int, series: str = "22") -> list[Dataset]:
    """Slices whose value is their number."""
    return [
        make_slice(
            f"{series}.{number}",
            flat(number, 2, 2),
            (0, 0, number * SPACING),
            SeriesInstanceUID=f"{ROOT}.{series}",
        )
        for number in range(count)
    ]


def asked_for(depth: float) -> Dataset:
    return make_slice("10", flat(0, 2, 2), (0, 0, depth))


def rounds(blending: Blending, study: Study, image: Dataset) -> tuple[RGB, int]:
    """What is shown, and how often the job had to be sent, with what it asked for until then."""
    for count in range(1, 6):
        try:
            return blend_frame(blending, *study.open(image.SOPInstanceUID), 0, study), count
        except NeedsOthers as needs:
            study.brought |= {sop_instance_uid for _, sop_instance_uid in needs.references}
    raise AssertionError("it asks for more and more")


@pytest.mark.parametrize("depth", [0.0, 75.0, 151.0, 238.0])
@pytest.mark.parametrize("way", [1, -1], ids=["rising", "falling"])
def test_of_a_large_set_in_order_few_images_are_looked_at(depth: float, way: int) -> None:
    stack, image = make_stack(120), asked_for(depth)
    study = Study([image, *stack], brought=[image.SOPInstanceUID])
    picture, count = rounds(read_state(make_blending_state([image], stack[::way], 1.0)), study, image)
    assert picture[0, 0, 0] == math.floor(depth / SPACING + 0.5)
    assert count == 3
    assert len(study.brought) < PROBES + 3 * 120 / PROBES


def test_beyond_the_ends_of_a_large_set_there_is_nothing() -> None:
    stack, image = make_stack(40), asked_for(500)
    study = Study([image, *stack], brought=[image.SOPInstanceUID])
    picture, count = rounds(read_state(make_blending_state([image], stack, 1.0)), study, image)
    assert not picture.any()
    assert count == 2 and len(study.brought) == 1 + PROBES


def test_where_the_images_lie_is_remembered() -> None:
    stack, image = make_stack(120), asked_for(100)
    study = Study([image, *stack])
    blending = read_state(make_blending_state([image], stack, 1.0))
    first = blend_frame(blending, *study.open(image.SOPInstanceUID), 0, study)
    study.opened.clear()
    assert np.array_equal(blend_frame(blending, *study.open(image.SOPInstanceUID), 0, study), first)
    assert study.opened == [stack[50].SOPInstanceUID]


def test_what_a_job_takes_does_not_depend_on_the_jobs_before_it() -> None:
    stack, image = make_stack(120), asked_for(100)
    study = Study([image, *stack], brought=[image.SOPInstanceUID])
    blending = read_state(make_blending_state([image], stack, 1.0))
    first = rounds(blending, study, image)
    brought, study.brought = study.brought, {image.SOPInstanceUID}
    again = rounds(blending, study, image)
    assert np.array_equal(first[0], again[0])
    assert (again[1], study.brought) == (first[1], brought)


def test_an_image_that_has_come_nearer_counts() -> None:
    """It was far away, and did not count, when it was looked at before."""
    near, far = make_stack(2)
    image = asked_for(0)
    study = Study([image, near, far])
    blending = read_state(make_blending_state([image], [near, far], 1.0))
    before = blend_frame(blending, *study.open(image.SOPInstanceUID), 0, study)
    moved = make_slice("22.1", flat(1, 2, 2), (0, 0, 0), SeriesInstanceUID=OTHER)
    study.replace(make_slice("22.0", flat(0, 2, 2), (0, 0, SPACING), SeriesInstanceUID=OTHER))
    study.replace(moved)
    after = blend_frame(blending, *study.open(image.SOPInstanceUID), 0, study)
    assert (before[0, 0, 0], after[0, 0, 0]) == (0, 1)


def test_a_set_in_disorder_is_looked_at_as_a_whole() -> None:
    stack, image = make_stack(150), asked_for(100)
    shuffled = [stack[number * 7 % 150] for number in range(150)]
    study = Study([image, *stack], brought=[image.SOPInstanceUID])
    picture, count = rounds(read_state(make_blending_state([image], shuffled, 1.0)), study, image)
    assert picture[0, 0, 0] == 50
    assert count == 3 and len(study.brought) == 151 <= MOST_OTHERS


def test_disorder_between_the_probes_is_seen() -> None:
    stack, image = make_stack(150), asked_for(100)
    stack[48], stack[51] = stack[51], stack[48]
    study = Study([image, *stack])
    assert rounds(read_state(make_blending_state([image], stack, 1.0)), study, image)[0][0, 0, 0] == 50


def test_a_set_too_large_to_be_looked_at_as_a_whole_is_refused() -> None:
    stack, image = make_stack(MOST_READ + 1), asked_for(100)
    shuffled = [stack[number * 7 % len(stack)] for number in range(len(stack))]
    study = Study([image, *stack])
    with pytest.raises(BadRequest, match="not in order"):
        rounds(read_state(make_blending_state([image], shuffled, 1.0)), study, image)


def test_all_inputs_ask_at_once() -> None:
    image = asked_for(20)
    stacks = [make_stack(40, f"2{series}") for series in range(3)]
    inputs = [advanced_input(number, images) for number, images in enumerate([[image], *stacks], 1)]
    study = Study([image, *(one for images in stacks for one in images)], brought=[image.SOPInstanceUID])
    picture, count = rounds(read_state(make_advanced_state(inputs, step("EQUAL", 2, 3, 4))), study, image)
    assert (picture[0, 0, 0], count) == (10, 3)


def test_of_several_stacks_the_parallel_one_counts() -> None:
    image = asked_for(SPACING)
    sagittal = make_slice("30", flat(250, 2, 2), (0, 0, 0), orientation=(0, 1, 0, 0, 0, -1), SeriesInstanceUID=OTHER)
    coronal = make_slice("31", flat(250, 2, 2), (0, 0, 0), orientation=(1, 0, 0, 0, 0, -1), SeriesInstanceUID=OTHER)
    stack = [*make_stack(3), sagittal, coronal]
    study = Study([image, *stack])
    state = make_blending_state([image], stack, 1.0)
    assert rounds(read_state(state), study, image)[0][0, 0, 0] == 1
    state = make_blending_state([image], [sagittal, coronal], 1.0)
    with pytest.raises(BadRequest, match="none of the several stacks"):
        rounds(read_state(state), study, image)
