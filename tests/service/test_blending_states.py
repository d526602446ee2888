"""Whole exchanges about states that blend images: what they ask the archive for, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.service.test_exchanges import Site, text_of
from tests.support.datasets import ROOT
from tests.support.descriptors import no_file_left_open
from tests.support.fusion import (
    advanced_input,
    flat,
    make_advanced_state,
    make_blending_state,
    make_slice,
    step,
)
from tests.support.images import decode_picture
from tests.support.memory_archive import made_object
from wado.front.exchange import HttpResponse
from wado.job import MOST_OTHERS
from wado.presentation.places import MOST_READ

UNDERLYING = make_slice("100", flat(100), (0.0, 0.0, 5.0))


def in_disorder(series: str, number: int) -> list[Dataset]:
    """Slices of a series behind one another, not in the order in which a state names them."""
    depths = np.random.default_rng(number).permutation(number)
    return [
        make_slice(f"{series}.{index}", flat(60), (0.0, 0.0, float(depth)), SeriesInstanceUID=f"{ROOT}.{series}")
        for index, depth in enumerate(depths)
    ]


def ask(state: Dataset, stored: Sequence[Dataset]) -> HttpResponse:
    """For the underlying image, of an archive that has the others too; no file is left open."""
    state.SOPInstanceUID, state.SeriesInstanceUID = f"{ROOT}.9", f"{ROOT}.8"
    shown, applied = made_object(UNDERLYING), made_object(state)
    site = Site(shown, applied, *map(made_object, stored))
    named = {"presentationUID": f"{ROOT}.9", "presentationSeriesUID": f"{ROOT}.8", "contentType": "image/png"}
    with no_file_left_open():
        return site.ask(shown, **named)


def average_with(*sets: Sequence[Dataset]) -> Dataset:
    inputs = [advanced_input(number, images) for number, images in enumerate([[UNDERLYING], *sets], 1)]
    return make_advanced_state(inputs, step("EQUAL", *range(1, len(inputs) + 1)))


def test_what_a_state_blends_is_found_and_shown() -> None:
    sets = in_disorder("71", 40), in_disorder("72", 40)
    response = ask(average_with(*sets), [*sets[0], *sets[1]])
    assert response.status == 200, text_of(response)
    assert np.unique(decode_picture(bytes(response.body))).tolist() == [round((100 + 60 + 60) / 3)]


def test_more_images_than_a_job_can_bring_are_refused() -> None:
    sets = in_disorder("71", MOST_READ - 1), in_disorder("72", MOST_READ - 1)
    assert len(sets[0]) + len(sets[1]) > MOST_OTHERS
    response = ask(average_with(*sets), [*sets[0], *sets[1]])
    assert response.status == 400
    assert f"takes more than {MOST_OTHERS} other images" in text_of(response)


@pytest.mark.parametrize("uid", [f"{ROOT}.77", "", "no UID"])
def test_an_image_that_is_not_in_the_study_is_not_found(uid: str) -> None:
    missing = make_slice("77", flat(1), SeriesInstanceUID=f"{ROOT}.71")
    missing.SOPInstanceUID = uid
    response = ask(make_blending_state([UNDERLYING], [missing]), [])
    assert response.status == 404
    assert text_of(response).startswith("404 Not Found: presentationUID: ")


@pytest.mark.parametrize("keyword", ["SOPInstanceUID", "SeriesInstanceUID"])
def test_an_image_that_is_named_by_more_than_a_uid_is_refused_before_the_archive_is_asked(keyword: str) -> None:
    """What a worker says of such names would not fit into a datagram, and end it."""
    others = [make_slice(f"7{number}", flat(1), SeriesInstanceUID=f"{ROOT}.71") for number in range(2)]
    others[1][keyword].value = "1" * 64
    assert ask(make_blending_state([UNDERLYING], others), []).status == 404
    others[1][keyword].value = "1" * 65
    response = ask(make_blending_state([UNDERLYING], others), [])
    assert response.status == 400
    assert "by more characters than a UID has" in text_of(response)


def test_what_is_no_image_is_not_blended() -> None:
    state = make_slice("9", flat(1), SeriesInstanceUID=f"{ROOT}.8")  # the presentation state itself
    response = ask(make_blending_state([UNDERLYING], [state]), [])
    assert response.status == 400
    assert text_of(response).startswith("400 Bad Request: presentationUID: ")
