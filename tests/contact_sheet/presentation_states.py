"""The contact sheet's page of presentation states: each image as it is, and beside it as a state shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

from tests.contact_sheet.features import Feature, make_features
from tests.contact_sheet.page import Cell, Row
from tests.support.datasets import sample_files, to_file
from tests.support.http_client import Answer
from tests.support.orthanc_process import OrthancProcess
from wado.media_types import IMAGE_PNG
from wado.presentation.classes import SERVED

COLUMNS = ("the image", "with the state", "with the state, larger")
LARGER = {"rows": 480}

STATES, IMAGES = "1_gsps", "4_images"
"""Folders of the larger collection, where it lies beside the repository."""

Show = Callable[[Answer, str], Cell]
"""Makes the cell of an answer, whose files begin so."""


def make_rows(orthanc: OrthancProcess, show: Show) -> Iterator[Row]:
    for number, feature in enumerate([*make_features(), *collected_features()]):
        yield make_row(orthanc, feature, f"state-{number:03}", show)


def make_row(orthanc: OrthancProcess, feature: Feature, prefix: str, show: Show) -> Row:
    stored = [orthanc.store(to_file(dataset)) for dataset in (*feature.images, feature.state)]
    try:
        asked = {"contentType": IMAGE_PNG, **feature.parameters, **uids_of(feature.images[0])}
        applied = asked | {
            "presentationUID": feature.state.SOPInstanceUID,
            "presentationSeriesUID": feature.state.SeriesInstanceUID,
        }
        answers = [orthanc.wado(parameters) for parameters in (asked, applied, LARGER | applied)]
    finally:
        for answer in stored:
            orthanc.client.request("DELETE", f"/instances/{answer.json()['ID']}")
    cells = tuple(show(answer, f"{prefix}-{column}") for column, answer in enumerate(answers))
    return Row(feature.name, SERVED[feature.state.SOPClassUID].value, cells)


def uids_of(image: Dataset) -> Mapping[str, object]:
    return {
        "studyUID": image.StudyInstanceUID,
        "seriesUID": image.SeriesInstanceUID,
        "objectUID": image.SOPInstanceUID,
    }


def collected_features() -> Iterator[Feature]:
    """The states of the collection whose images are there as well, each with the first of them."""
    images = {uid_of(path): path for path in [*sample_files(IMAGES), *sample_files(STATES)]}
    for path in sample_files(STATES):
        state = pydicom.dcmread(path)
        if state.SOPClassUID not in SERVED:
            continue
        for uid, frame_numbers in referenced(state):
            if uid in images:
                frame = {"frameNumber": frame_numbers[0]} if frame_numbers else {}
                image = pydicom.dcmread(images[uid])
                # Some lie in a study of their own; a state is found in that of its image.
                state.StudyInstanceUID = image.StudyInstanceUID
                yield Feature(path.name, state, (image,), frame)
                break


def uid_of(path: Path) -> str:
    return str(pydicom.dcmread(path, specific_tags=["SOPInstanceUID"], force=True).get("SOPInstanceUID"))


def referenced(state: Dataset) -> Iterator[tuple[str, list[int]]]:
    for series in state.get("ReferencedSeriesSequence", []):
        for item in series.ReferencedImageSequence:
            numbers = item.get("ReferencedFrameNumber") or []
            yield item.ReferencedSOPInstanceUID, [numbers] if isinstance(numbers, int) else list(map(int, numbers))
