"""The story of a request: understand it, find the object, choose the media type, have it made, answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus

from wado.character_sets.names import DICOM_CHARACTER_SETS
from wado.errors import Gone, InternalError, NotFound, WadoError
from wado.front.archive import Archive, InstanceReference, StoredInstance
from wado.front.exchange import HttpRequest, HttpResponse, error_response
from wado.front.negotiation import negotiate, negotiate_charsets
from wado.front.others import OpenObjects, Workers
from wado.front.presentation_states import list_presentation_states
from wado.front.stored_file import read_if_asked_for
from wado.job import Job, Representation
from wado.media_types import APPLICATION_DICOM, APPLICATION_JSON, Category, classify, is_text
from wado.request.model import MediaRange, WadoRequest, WeightedCharset
from wado.request.parse import parse_request
from wado.request.rules import check_media_type
from wado.request.syntax import parse_accept, parse_accept_charset
from wado.settings import Settings

MOST_ROUNDS = 4
"""Times that a worker may ask for further objects: a state, what it names, and what that names."""

UNDERSTOOD = 1024
"""Queries and Accept fields whose meaning is kept in mind: a viewer asks for the same, and with the same, again."""


class WadoService:
    def __init__(self, archive: Archive, workers: Workers, settings: Settings, log: Callable[[str], None]) -> None:
        self._archive = archive
        self._workers = workers
        self._settings = settings
        self._log = log
        origin = (("Access-Control-Allow-Origin", settings.allow_origin),) if settings.allow_origin else ()
        self._headers = (("Vary", "Accept, Accept-Charset"), *origin)

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The answer to any request whatever: never raises."""
        return self._safely(self._answer, request)

    def handle_presentation_states(self, request: HttpRequest) -> HttpResponse:
        """The list of the presentation states that apply to an image: never raises."""
        return self._safely(self._list_presentation_states, request)

    def _safely(self, answer: Callable[[HttpRequest], HttpResponse], request: HttpRequest) -> HttpResponse:
        try:
            try:
                return answer(request)
            except Gone:  # overwritten between its look-up and its reading: it is looked up once more
                return answer(request)
        except WadoError as error:
            return error_response(error, self._headers)
        except Exception as error:
            self._log(f"fault of the front: {describe(error)}")
            return error_response(InternalError("this is a fault of the server; its log says where"), self._headers)

    def _list_presentation_states(self, request: HttpRequest) -> HttpResponse:
        listed = list_presentation_states(
            request.query, self._archive, self._workers, allow_object_alone=self._settings.allow_object_alone
        )
        return HttpResponse(HTTPStatus.OK, APPLICATION_JSON, listed, self._headers)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        wado_request = understand(tuple(request.query.items()), self._settings.allow_object_alone)
        instance = self._archive.find(
            InstanceReference(
                wado_request.study_instance_uid, wado_request.series_instance_uid, wado_request.sop_instance_uid
            )
        )
        try:
            return self._answer_with(instance, wado_request, request)
        except WadoError as error:
            error.instance = instance.identifier
            raise

    def _answer_with(self, instance: StoredInstance, wado_request: WadoRequest, request: HttpRequest) -> HttpResponse:
        category = classify(
            instance.sop_class_uid,
            instance.number_of_frames,
            instance.has_pixel_data,
            wado_request.frame_number,
            has_content_tree=instance.has_content_tree,
        )
        media_type = choose_media_type(category, wado_request.content_types, request.headers.get("accept", ""))
        check_media_type(wado_request, media_type, category)
        charsets = choose_charsets(media_type, wado_request.charsets, request.headers.get("accept-charset", ""))
        job = plan_job(wado_request, instance, category, media_type, self._settings, charsets)
        warnings = find_warnings(wado_request, media_type)
        return self._respond(self._make(job, instance, wado_request), warnings, instance.identifier)

    def _make(self, job: Job, instance: StoredInstance, request: WadoRequest) -> Representation:
        """Have it made: at once, or once more with the other objects that it turns out to take."""
        with OpenObjects(self._archive, job, instance, request.study_instance_uid) as objects:
            stored_file = read_if_asked_for(job, instance, objects.descriptors[0])
            if stored_file is not None:
                return stored_file
            if request.presentation_uid:
                _add_presentation_state(objects, request.presentation_series_uid, request.presentation_uid)
            for _ in range(MOST_ROUNDS):
                answer = self._workers.run(objects.job, objects.descriptors[0], objects.descriptors[1:])
                if isinstance(answer, Representation):
                    return answer
                objects.satisfy(answer)
        raise InternalError("the answer takes other objects without end")

    def _respond(self, representation: Representation, warnings: tuple[str, ...], identifier: str) -> HttpResponse:
        # One field for all of them: Orthanc keeps one of each name.
        warning = ", ".join(f'299 - "{text}"' for text in (*warnings, *representation.warnings))
        headers = (*self._headers, *((("Warning", warning),) if warning else ()))
        headers = (*headers, *representation.headers)
        return HttpResponse(HTTPStatus.OK, representation.media_type, representation.body, headers, instance=identifier)


@lru_cache(maxsize=UNDERSTOOD)
def understand(query: tuple[tuple[str, str], ...], allow_object_alone: bool) -> WadoRequest:
    return parse_request(dict(query), allow_object_alone=allow_object_alone)


@lru_cache(maxsize=UNDERSTOOD)
def choose_media_type(category: Category, content_types: tuple[MediaRange, ...], accept: str) -> str:
    return negotiate(category, content_types, parse_accept(accept))


@lru_cache(maxsize=UNDERSTOOD)
def choose_charsets(media_type: str, charsets: tuple[WeightedCharset, ...], accept_charset: str) -> tuple[str, ...]:
    """The character sets that text may be in; none for what is no text, and for DICOM objects as they are stored.

    Those are converted where charset asks for it: a browser's Accept-Charset field means documents.
    """
    if media_type == APPLICATION_DICOM:
        return negotiate_charsets(charsets, (), DICOM_CHARACTER_SETS) if charsets else ()
    return negotiate_charsets(charsets, parse_accept_charset(accept_charset)) if is_text(media_type) else ()


def plan_job(
    request: WadoRequest,
    instance: StoredInstance,
    category: Category,
    media_type: str,
    settings: Settings,
    charsets: tuple[str, ...],
) -> Job:
    """The request and the settings' defaults as the plan of one answer."""
    return Job(
        attachment=instance.attachment,
        size=instance.size,
        category=category.value,
        media_type=media_type,
        frame_number=request.frame_number,
        rows=request.rows,
        columns=request.columns,
        window_center=request.window_center,
        window_width=request.window_width,
        image_quality=request.image_quality,
        region=request.region,
        annotation=request.annotation,
        transfer_syntaxes=request.transfer_syntaxes,
        anonymize=request.anonymize,
        charsets=charsets,
        presentation_uid=request.presentation_uid,
    )


def find_warnings(request: WadoRequest, media_type: str) -> tuple[str, ...]:
    """What has nothing to act on: the standard forbids charset beside no media type (8.1.6)."""
    has_effect = is_text(media_type) or media_type == APPLICATION_DICOM
    return () if not request.charsets or has_effect else (f"charset has no effect: {media_type} has no character set",)


def _add_presentation_state(objects: OpenObjects, series_instance_uid: str | None, sop_instance_uid: str) -> None:
    try:
        objects.add(series_instance_uid, sop_instance_uid)
    except NotFound as error:
        raise NotFound(error.message, parameter="presentationUID", clause="8.2.9") from None


def describe(error: BaseException) -> str:
    """Kind and place of an error, for the log: its message may hold a patient's data, and stays out."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return type(error).__name__ + place
