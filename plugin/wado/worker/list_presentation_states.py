"""Which of the presentation states of a job apply to its image, as JSON."""

from __future__ import annotations

import json
from typing import Any

from pydicom.dataset import Dataset

from wado.dicom.stored_object import Source, read_stored_object
from wado.dicom.texts import stored_text
from wado.dicom.values import decimals, text
from wado.errors import WadoError
from wado.job import Job, Representation
from wado.media_types import APPLICATION_JSON
from wado.presentation.classes import SERVED
from wado.presentation.reference import shown_images
from wado.worker.others import OtherObjects

DESCRIPTION = {
    "presentationSeriesUID": "SeriesInstanceUID",
    "sopClassUID": "SOPClassUID",
    "contentLabel": "ContentLabel",
    "contentDescription": "ContentDescription",
    "presentationCreationDate": "PresentationCreationDate",
    "presentationCreationTime": "PresentationCreationTime",
}
"""What tells a person which state it is (PS3.3 C.11.10), but for names of persons."""


def list_presentation_states(job: Job, source: Source, others: OtherObjects) -> Representation:
    """In the order of the job; what cannot be read as a presentation state applies to nothing."""
    image_uid = text(read_stored_object(source).dataset, "SOPInstanceUID")
    listed = []
    for other in job.others:
        try:
            state = read_stored_object(others.file(other.sop_instance_uid)[1]).dataset
        except WadoError:
            continue
        frame_numbers = find_frame_numbers(state, image_uid)
        is_asked_for = job.frame_number is None or not frame_numbers or job.frame_number in frame_numbers
        if text(state, "SOPClassUID") in SERVED and frame_numbers is not None and is_asked_for:
            listed.append(describe(state, other.sop_instance_uid, frame_numbers))
    return Representation(APPLICATION_JSON, json.dumps(listed).encode())


def find_frame_numbers(state: Dataset, sop_instance_uid: str) -> list[int] | None:
    """The frames that the state is for, empty if it is for all of them; none if it is not for this image."""
    named = [image for image in shown_images(state) if text(image, "ReferencedSOPInstanceUID") == sop_instance_uid]
    if not named:
        return None
    frames = [decimals(image, "ReferencedFrameNumber") for image in named]
    return sorted({int(number) for numbers in frames for number in numbers}) if all(frames) else []


def describe(state: Dataset, sop_instance_uid: str, frame_numbers: list[int]) -> dict[str, Any]:
    return {
        "presentationUID": sop_instance_uid,
        **{name: stored_text(state, keyword) for name, keyword in DESCRIPTION.items()},
        "kind": SERVED[text(state, "SOPClassUID")].value,
        "frameNumbers": frame_numbers,
    }
