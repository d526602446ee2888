"""Presentation states in a real archive: found, listed, applied, and gone as soon as they are."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.integration.objects import Parameters, squares, uids_of
from tests.support.datasets import coded_squares, to_file
from tests.support.fusion import BLENDING, palette
from tests.support.http_client import Answer, query
from tests.support.images import decode_picture
from tests.support.orthanc_process import OrthancProcess
from tests.support.presentation_states import make_item, make_reference, make_state

SQUARES = coded_squares() // 2
"""What `squares` shows."""


@dataclass(frozen=True)
class Shown:
    """An image and a state of it, in one study."""

    image: Dataset
    state: Dataset

    @property
    def asked(self) -> Parameters:
        return uids_of(self.image) | {"contentType": "image/png"}

    @property
    def applied(self) -> Parameters:
        names = {"presentationUID": self.state.SOPInstanceUID, "presentationSeriesUID": self.state.SeriesInstanceUID}
        return {**self.asked, **names}


def state_of(image: Dataset, **attributes: Any) -> Dataset:
    state = make_state(references=[make_reference(image.SOPInstanceUID)], **attributes)
    state.ReferencedSeriesSequence[0].SeriesInstanceUID = image.SeriesInstanceUID
    state.StudyInstanceUID = image.StudyInstanceUID
    state.SeriesInstanceUID, state.SOPInstanceUID = generate_uid(), generate_uid()
    return state


def make_shown(**attributes: Any) -> Shown:
    image = squares()
    return Shown(image, state_of(image, **attributes))


def store(process: OrthancProcess, dataset: Dataset) -> str:
    """Its path in Orthanc."""
    answer = process.store(to_file(dataset))
    assert answer.status == 200, answer
    return f"/instances/{answer.json()['ID']}"


def listed(process: OrthancProcess, image: Dataset) -> list[dict[str, Any]]:
    answer = process.client.get(f"/wado/presentation-states?{query(uids_of(image))}")
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.json()
    return found


def picture(answer: Answer) -> np.ndarray[Any, np.dtype[np.uint8]]:
    assert answer.status == 200, answer
    return decode_picture(answer.body)


@pytest.fixture(scope="module")
def compressing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancProcess]:
    folder = tmp_path_factory.mktemp("compressing")
    with OrthancProcess(folder, StorageCompression=True, Wado={"Workers": 1}) as process:
        yield process


@pytest.mark.parametrize("name", ["orthanc", "compressing"])
def test_a_state_is_listed_and_applied(request: pytest.FixtureRequest, name: str) -> None:
    process: OrthancProcess = request.getfixturevalue(name)
    shown = make_shown(PresentationLUTShape="INVERSE")
    for dataset in (shown.image, shown.state):
        store(process, dataset)
    (entry,) = listed(process, shown.image)
    assert entry["presentationUID"] == shown.state.SOPInstanceUID
    by_list = process.client.get(f"/wado?{entry['query']}&contentType=image/png")
    np.testing.assert_array_equal(picture(by_list), 255 - SQUARES)
    np.testing.assert_array_equal(picture(process.wado(shown.applied)), 255 - SQUARES)
    np.testing.assert_array_equal(picture(process.wado(shown.asked)), SQUARES)
    assert process.faults() == []


def test_a_state_that_is_deleted_is_gone_at_once(orthanc: OrthancProcess) -> None:
    shown = make_shown(PresentationLUTShape="INVERSE")
    store(orthanc, shown.image)
    path = store(orthanc, shown.state)
    assert orthanc.wado(shown.applied).status == 200
    orthanc.client.request("DELETE", path)
    answer = orthanc.wado(shown.applied)
    assert answer.status == 404
    assert "presentationUID" in answer.text
    assert listed(orthanc, shown.image) == []
    store(orthanc, shown.state)
    assert orthanc.wado(shown.applied).status == 200
    assert len(listed(orthanc, shown.image)) == 1


def test_a_state_that_is_overwritten_is_the_new_one_at_once(orthanc: OrthancProcess) -> None:
    shown = make_shown()
    for dataset in (shown.image, shown.state):
        store(orthanc, dataset)
    np.testing.assert_array_equal(picture(orthanc.wado(shown.applied)), SQUARES)
    shown.state.ImageRotation = 180
    store(orthanc, shown.state)
    for _ in orthanc.workers():
        np.testing.assert_array_equal(picture(orthanc.wado(shown.applied)), SQUARES[::-1, ::-1])


def test_a_state_that_changes_all_the_time_is_always_whole(orthanc: OrthancProcess) -> None:
    """Overwritten, deleted and stored again while it is asked for and listed: one of the versions, or none."""
    image = squares()
    state = state_of(image)
    versions = [to_file(state)]
    state.PresentationLUTShape = "INVERSE"
    versions.append(to_file(state))
    shown = Shown(image, state)
    store(orthanc, image)
    identifier = orthanc.store(versions[0]).json()["ID"]

    def ask(number: int) -> Answer:
        if number % 4:
            return orthanc.wado(shown.applied)
        return orthanc.client.get(f"/wado/presentation-states?{query(uids_of(image))}")

    with ThreadPoolExecutor(4) as executor:
        answers = executor.map(ask, range(120))
        for number in range(40):
            orthanc.store(versions[number % 2])
            if number % 5 == 0:
                orthanc.client.request("DELETE", f"/instances/{identifier}")
    levels = {int(SQUARES[0, 0]), 255 - int(SQUARES[0, 0])}
    for answer in answers:
        if answer.status == 200 and answer.media_type == "image/png":
            assert int(decode_picture(answer.body)[0, 0]) in levels
        elif answer.status == 200:
            assert len(answer.json()) <= 1
        else:
            assert answer.status in (404, 410), answer


def test_an_image_to_blend_that_is_deleted_is_not_found_at_once(orthanc: OrthancProcess) -> None:
    """Two images lie upon each other; without a place in the patient, one of a size each."""
    below, above = squares(), squares()
    above.StudyInstanceUID = below.StudyInstanceUID
    shown = Shown(below, blending(below, above))
    store(orthanc, below)
    path = store(orthanc, above)
    store(orthanc, shown.state)
    colors = picture(orthanc.wado(shown.applied)).astype(int)
    assert np.abs(colors[..., 0] - SQUARES).max() <= 1  # half of both
    assert np.abs(colors[..., 1] - SQUARES // 2).max() <= 1
    orthanc.client.request("DELETE", path)
    answer = orthanc.wado(shown.applied)
    assert answer.status == 404, answer
    assert "presentationUID" in answer.text


def blending(below: Dataset, above: Dataset) -> Dataset:
    """Half of each, the one above in red."""
    sides = []
    for position, image in (("UNDERLYING", below), ("SUPERIMPOSED", above)):
        window = make_item(WindowCenter=128, WindowWidth=256)
        references = [make_reference(image.SOPInstanceUID)]
        series = make_item(SeriesInstanceUID=image.SeriesInstanceUID, ReferencedImageSequence=references)
        sides.append(
            make_item(
                BlendingPosition=position,
                StudyInstanceUID=image.StudyInstanceUID,
                ReferencedSeriesSequence=[series],
                SoftcopyVOILUTSequence=[window],
            )
        )
    state = state_of(below, BlendingSequence=sides, RelativeOpacity=0.5, **palette(*((n, 0, 0) for n in range(256))))
    state.SOPClassUID = BLENDING
    del state.ReferencedSeriesSequence
    return state
