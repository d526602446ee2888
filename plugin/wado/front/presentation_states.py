"""Which presentation states of the study apply to an image: what a client needs to know to ask for one of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlencode

from wado.errors import BadRequest, Gone, InternalError, NotFound, WadoError
from wado.front.archive import Archive, InstanceReference, StoredInstance
from wado.front.others import JobObjects
from wado.job import MOST_OTHERS, Job, Needs, Representation
from wado.media_types import APPLICATION_JSON, IMAGE_JPEG, classify
from wado.request.model import WadoRequest
from wado.request.parameters import BY_NAME
from wado.request.parse import parse_request

RESOURCE = "presentation-states"
"""Below the root of the service."""

TAKEN = frozenset({"requestType", "studyUID", "seriesUID", "objectUID", "frameNumber"})
"""The parameters that name an image or a frame of it."""


HaveDone = Callable[[JobObjects], Representation | Needs]


class Listed(NamedTuple):
    """The list as JSON, and the archive's identifier of the image."""

    content: bytes
    instance: str


def list_presentation_states(
    query: Mapping[str, str], archive: Archive, have_done: HaveDone, *, allow_object_alone: bool
) -> Listed:
    """What each of them is, and the parameters that apply it. Raises `WadoError`."""
    request = understand(query, allow_object_alone=allow_object_alone)
    image = archive.find(
        InstanceReference(request.study_instance_uid, request.series_instance_uid, request.sop_instance_uid)
    )
    try:
        found = _find(request, image, archive, have_done)
    except WadoError as error:
        error.instance = image.identifier
        raise
    given = {name: query[name] for name in query if name in TAKEN - {"requestType"}}
    if request.frame_number is None and image.number_of_frames > 1:
        given |= {"contentType": IMAGE_JPEG}  # by default it would be no picture (7.2.2)
    listed = [state | {"query": urlencode(_parameters(given, state))} for state in found]
    return Listed(json.dumps(listed).encode(), image.identifier)


def _find(request: WadoRequest, image: StoredInstance, archive: Archive, have_done: HaveDone) -> list[dict[str, Any]]:
    frame_number = _frame_of(request, image)
    study_instance_uid = request.study_instance_uid or archive.study_of(image)
    states = archive.find_presentation_states(study_instance_uid)
    job = Job(
        attachment=image.attachment,
        size=image.size,
        category=classify(image.sop_class_uid, image.number_of_frames, image.has_pixel_data).value,
        media_type=APPLICATION_JSON,
        frame_number=frame_number,
    )
    found: list[dict[str, Any]] = []
    for start in range(0, len(states), MOST_OTHERS):
        found += _those_that_apply(
            states[start : start + MOST_OTHERS], JobObjects(archive, job, image, study_instance_uid), have_done
        )
    return found


def _frame_of(request: WadoRequest, image: StoredInstance) -> int | None:
    """The frame that is asked for; none for all. It is ignored where there is one only (8.2.7)."""
    number, number_of_frames = request.frame_number, image.number_of_frames
    if number is None or number_of_frames <= 1:
        return None
    if not 1 <= number <= number_of_frames:
        raise BadRequest(f"must be 1 to {number_of_frames} for this object", parameter="frameNumber", clause="8.2.7")
    return number


def understand(query: Mapping[str, str], *, allow_object_alone: bool) -> WadoRequest:
    """As a request for a picture, of which requestType may be left out. Raises `BadRequest`."""
    for name in query:
        if name in BY_NAME and name not in TAKEN:
            message = "is no parameter of this list, which takes those that name an image or one frame of it"
            raise BadRequest(message, parameter=name, clause=BY_NAME[name].clause)
    given = {name: value for name, value in query.items() if value.strip(" ")}
    return parse_request({"requestType": "WADO", **given}, allow_object_alone=allow_object_alone)


def _those_that_apply(
    states: Sequence[InstanceReference],
    objects: JobObjects,
    have_done: HaveDone,
) -> list[dict[str, Any]]:
    for state in states:
        with suppress(NotFound, Gone):  # deleted since the study was searched
            objects.add(state.series_instance_uid, state.sop_instance_uid)
    answer = have_done(objects)
    if isinstance(answer, Needs):
        raise InternalError("a list of presentation states takes nothing but them")
    applying: list[dict[str, Any]] = json.loads(bytes(answer.body))
    return applying


def _parameters(given: Mapping[str, str], state: Mapping[str, Any]) -> dict[str, str]:
    names = ("presentationUID", "presentationSeriesUID")
    return {"requestType": "WADO", **given, **{name: state[name] for name in names}}
