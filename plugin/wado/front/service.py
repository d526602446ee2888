"""The story of a request: understand it, find the object, choose the media type, have it made, answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

from wado import VERSION
from wado.errors import BadRequest, Gone, InternalError, NotFound, WadoError
from wado.front.answers import Answers, Outcome, is_in_memory
from wado.front.archive import Archive, InstanceReference, StoredInstance
from wado.front.canonical_link import write_canonical_link
from wado.front.conditional import Conditions, read_conditions, write_http_date
from wado.front.entity_tags import EntityTags, tag_of_content
from wado.front.exchange import NOT_KEPT, NOT_MODIFIED, OK, HttpRequest, HttpResponse, error_response
from wado.front.others import JobObjects, Workers
from wado.front.plan import (
    Asked,
    Headers,
    Plan,
    as_asked,
    choose_charsets,
    choose_media_type,
    find_warnings,
    is_short,
    plan_job,
    recalled,
)
from wado.front.presentation_states import list_presentation_states
from wado.front.shared_work import SharedWork
from wado.front.stored_file import read_if_asked_for
from wado.job import Representation
from wado.media_types import APPLICATION_JSON, classify
from wado.remembered import Remembered
from wado.request.model import WadoRequest
from wado.request.parameters import BY_NAME
from wado.request.parse import parse_request
from wado.request.rules import check_media_type
from wado.settings import Settings
from wado.spooled import MEBIBYTE

MOST_ROUNDS = 4
"""Times that a worker may ask for further objects: a state, what it names, and what that names."""

MOST_REPLACED = 3
"""Times that an object may be overwritten while one request for it is answered."""

PLANNED = 4096
"""Requests whose plan is kept in mind, some 4 KiB each: as many pictures as a page of thumbnails or a series has."""

MADE, SHARED, KEPT, KNOWN = "made", "shared", "kept", "not modified"
"""How an answer came about."""

EXPOSED = "Content-Disposition, Content-Location, ETag, Retry-After, Warning"
"""What a script of another origin may read of an answer's head besides what it always may."""


class WadoService:
    """`answers` and `plans` are those that are kept; to be read by whoever wants to know how many."""

    def __init__(
        self,
        archive: Archive,
        workers: Workers,
        settings: Settings,
        log: Callable[[str], None],
        program: str = VERSION,
        *,
        may_be_compressed: bool = False,
    ) -> None:
        """`program` tells apart what versions of the plugin and of its libraries make.

        `may_be_compressed` is whether the server compresses answers where the client accepts that.
        """
        self.answers = Answers(settings.answer_cache * MEBIBYTE)
        self._archive = archive
        self._workers = workers
        self._settings = settings
        self._log = log
        self._began = int(time.time())
        self._entity_tags = EntityTags(settings, program)
        self._shared = SharedWork[tuple[Outcome, str]](
            settings.queue_length, settings.timeout + settings.queue_timeout, lambda done: is_in_memory(done[0])
        )
        self.plans: Remembered[Asked, Plan] = Remembered(PLANNED)
        self._etag_format = "W/{}" if may_be_compressed else "{}"
        headers = (("Vary", _vary(may_be_compressed)), *_cross_origin(settings.allow_origin))
        self._error_headers = (*headers, *NOT_KEPT)
        self._headers = (*headers, *((("Cache-Control", settings.cache_control),) if settings.cache_control else ()))

    def handle(self, request: HttpRequest) -> HttpResponse:
        """The answer to any request whatever: never raises."""
        return self._answer_at_hand(request) or self._safely(self._answer, request)

    def handle_presentation_states(self, request: HttpRequest) -> HttpResponse:
        """The list of the presentation states that apply to an image: never raises."""
        return self._safely(self._list_presentation_states, request)

    def _safely(self, answer: Callable[[HttpRequest], HttpResponse], request: HttpRequest) -> HttpResponse:
        try:
            for _ in range(MOST_REPLACED):
                try:
                    return answer(request)
                except Gone:  # overwritten between its look-up and its reading: it is looked up once more
                    continue
            return answer(request)
        except WadoError as error:
            return error_response(error, self._error_headers)
        except Exception as error:
            self._log(f"fault of the front: {describe(error)}")
            fault = InternalError("this is a fault of the server; its log says where")
            return error_response(fault, self._error_headers)

    def _list_presentation_states(self, request: HttpRequest) -> HttpResponse:
        origins: set[str] = set()

        def have_done(objects: JobObjects) -> Outcome:
            outcome, origin = self._have_done(objects, self._entity_tags.of(objects.job))
            origins.add(origin)
            return outcome

        listed = list_presentation_states(
            _read_parameters(request), self._archive, have_done, allow_object_alone=self._settings.allow_object_alone
        )
        entity_tag = tag_of_content(listed.content)
        headers = (*self._headers, self._etag(entity_tag))
        if read_conditions(request.headers).hold_for(entity_tag, None):
            return HttpResponse(NOT_MODIFIED, APPLICATION_JSON, b"", headers, KNOWN, listed.instance)
        origin = origins.pop() if len(origins) == 1 else MADE
        return HttpResponse(OK, APPLICATION_JSON, listed.content, headers, origin, listed.instance)

    def _answer_at_hand(self, request: HttpRequest) -> HttpResponse | None:
        """The answer where the client has it or it is kept, and the object is there for certain; none otherwise.

        `_answer` would give the same. Most requests are such, and are answered here with as little as there can be.
        """
        headers = request.headers
        plan = self.plans.get(as_asked(request))
        if plan is None or plan.evidence is None or not plan.evidence.holds():
            return None
        entity_tag = plan.entity_tag
        if "if-none-match" in headers or "if-modified-since" in headers:
            has_it = read_conditions(headers).name(entity_tag)
            return self._not_modified(plan, entity_tag, _date(plan)) if has_it else None
        kept = self.answers.at_hand(entity_tag)
        return self._respond(plan, entity_tag, _date(plan), kept, KEPT) if kept else None

    def _answer(self, request: HttpRequest) -> HttpResponse:
        plan = self._plan(request)
        try:
            return self._answer_with(plan, request.headers)
        except WadoError as error:
            error.instance = plan.instance.identifier
            raise

    def _plan(self, request: HttpRequest) -> Plan:
        """The plan for the object as it is now; raises `WadoError`."""
        known = self.plans.peek(as_asked(request))
        if known and self._archive.find(_reference(known.request)) is known.instance:
            return known
        # What nobody knows is left out, since it often is another each time.
        return self._plan_anew(request.limited_to(BY_NAME))

    def _plan_anew(self, http_request: HttpRequest) -> Plan:
        asked = as_asked(http_request)
        known = self.plans.peek(asked)
        request = known.request if known else self._parse(_read_parameters(http_request))
        instance = self._archive.find(_reference(request))
        if known and known.instance is instance:
            return known
        try:
            plan = self._make_plan(asked, request, instance)
        except WadoError as error:
            error.instance = instance.identifier
            raise
        if is_short(asked):
            self.plans.put(asked, plan)
        return plan

    def _parse(self, parameters: Mapping[str, str]) -> WadoRequest:
        return parse_request(parameters, allow_object_alone=self._settings.allow_object_alone)

    def _answer_with(self, plan: Plan, headers: Mapping[str, str]) -> HttpResponse:
        wado_request = plan.request
        objects = JobObjects(self._archive, plan.job, plan.instance, wado_request.study_instance_uid)
        if wado_request.presentation_uid:
            _add_presentation_state(objects, wado_request.presentation_series_uid, wado_request.presentation_uid)
        conditions = read_conditions(headers)
        for _ in range(MOST_ROUNDS):
            is_planned = objects.job is plan.job
            entity_tag = plan.entity_tag if is_planned else self._entity_tags.of(objects.job)
            # None for an answer that takes other objects, since one that goes leaves no date.
            date = _date(plan) if is_planned else None
            if self._is_sure_to_be_had(entity_tag, date, conditions):
                return self._not_modified(plan, entity_tag, date)
            outcome, origin = self._have_done(objects, entity_tag)
            if isinstance(outcome, Representation):
                if conditions.hold_for(entity_tag, date):
                    return self._not_modified(plan, entity_tag, date)
                return self._respond(plan, entity_tag, date, outcome, origin)
            objects.satisfy(outcome)
        raise InternalError("the answer takes other objects without end")

    def _make_plan(self, asked: Asked, request: WadoRequest, instance: StoredInstance) -> Plan:
        """Raises `WadoError`."""
        _, accept, accept_charset = asked
        is_remembered = is_short(asked)
        category = classify(
            instance.sop_class_uid,
            instance.number_of_frames,
            instance.has_pixel_data,
            request.frame_number,
            has_content_tree=instance.has_content_tree,
        )
        media_type = recalled(choose_media_type, is_remembered)(category, request.content_types, accept)
        check_media_type(request, media_type, category)
        charsets = recalled(choose_charsets, is_remembered)(media_type, request.charsets, accept_charset)
        job = plan_job(request, instance, category, media_type, charsets)
        link = write_canonical_link(request, job)
        entity_tag = self._entity_tags.of(job)
        headers = (*self._headers, *((("Content-Location", link),) if link else ()))
        head = (*headers, self._etag(entity_tag))
        # Of the second after, in which nothing is any more replaced that had another date.
        date = None if instance.modified is None else max(instance.modified, self._began) + 1
        return Plan(
            request=request,
            instance=instance,
            evidence=None if request.presentation_uid else instance.evidence,
            job=job,
            entity_tag=entity_tag,
            date=date,
            warnings=find_warnings(request, media_type),
            headers=headers,
            head=head,
            dated_head=head if date is None else (*head, ("Last-Modified", write_http_date(date))),
        )

    def _etag(self, entity_tag: str) -> tuple[str, str]:
        """A weak one where it names both the bytes and the bytes compressed (RFC 9110 section 8.8.3.3).

        Conditions are compared weakly (section 13.1.2), so that it does as much.
        """
        return ("ETag", self._etag_format.format(entity_tag))

    def _head(self, plan: Plan, entity_tag: str, date: int | None) -> Headers:
        if date is not None:
            return plan.dated_head
        return plan.head if entity_tag == plan.entity_tag else (*plan.headers, self._etag(entity_tag))

    def _not_modified(self, plan: Plan, entity_tag: str, date: int | None) -> HttpResponse:
        head = self._head(plan, entity_tag, date)
        return HttpResponse(NOT_MODIFIED, plan.job.media_type, b"", head, KNOWN, plan.instance.identifier)

    def _respond(
        self, plan: Plan, entity_tag: str, date: int | None, representation: Representation, origin: str
    ) -> HttpResponse:
        head = self._head(plan, entity_tag, date)
        if representation.headers:
            head = (*head, *representation.headers)
        if plan.warnings or representation.warnings:
            # One field for all of them: Orthanc keeps one of each name.
            warnings = (*plan.warnings, *representation.warnings)
            head = (*head, ("Warning", ", ".join(f'299 - "{text}"' for text in warnings)))
        return HttpResponse(OK, representation.media_type, representation.body, head, origin, plan.instance.identifier)

    def _is_sure_to_be_had(self, entity_tag: str, date: int | None, conditions: Conditions) -> bool:
        """Whether there is the answer, and the client has it: what can be told without making it.

        Whoever knows its name was sent it. Other conditions are of an answer that has to be known to be no error.
        """
        return conditions.name(entity_tag) or (
            conditions.hold_for(entity_tag, date) and self.answers.is_known(entity_tag)
        )

    def _have_done(self, objects: JobObjects, entity_tag: str) -> tuple[Outcome, str]:
        """The outcome of the job, and whether it was kept, made, or shared by an equal request that had it made."""
        kept = self.answers.get(entity_tag)
        if kept is not None:
            return kept, KEPT
        if not self._settings.answer_cache:
            return self._make(objects, entity_tag), MADE
        (outcome, origin), is_anothers = self._shared.do(entity_tag, lambda: self._make_once(objects, entity_tag))
        return outcome, SHARED if is_anothers else origin

    def _make_once(self, objects: JobObjects, entity_tag: str) -> tuple[Outcome, str]:
        made_meanwhile = self.answers.peek(entity_tag)
        return (self._make(objects, entity_tag), MADE) if made_meanwhile is None else (made_meanwhile, KEPT)

    def _make(self, objects: JobObjects, entity_tag: str) -> Outcome:
        with objects.opened() as descriptors:
            most_in_memory = self._settings.answer_memory * MEBIBYTE
            stored_file = read_if_asked_for(objects.job, objects.instance, descriptors[0], most_in_memory)
            outcome = stored_file or self._workers.run(objects.job, descriptors[0], descriptors[1:])
        self.answers.put(entity_tag, outcome, is_easily_had=stored_file is not None)
        return outcome


def _read_parameters(request: HttpRequest) -> Mapping[str, str]:
    """The decoded query. Raises `BadRequest` for a parameter under two spellings.

    Who may see what is told by filters of Orthanc's, which look at the query as it came: they saw the one, and the
    other would be answered.
    """
    name = request.names_twice(BY_NAME)
    if name is not None:
        raise BadRequest("must not be given twice", parameter=name, clause=BY_NAME[name].clause)
    return request.parameters


def _reference(request: WadoRequest) -> InstanceReference:
    return InstanceReference(request.study_instance_uid, request.series_instance_uid, request.sop_instance_uid)


def _date(plan: Plan) -> int | None:
    """None for a moment ago."""
    return None if plan.date is None or plan.date > time.time() else plan.date


def _vary(may_be_compressed: bool) -> str:
    """What of a request an answer's bytes depend on beside the query (RFC 9110 section 12.5.5)."""
    return "Accept, Accept-Charset, Accept-Encoding" if may_be_compressed else "Accept, Accept-Charset"


def _cross_origin(allowed: str) -> Headers:
    """Which scripts may read the answers, and what of their heads beyond what they may read anyway."""
    if not allowed:
        return ()
    return (("Access-Control-Allow-Origin", allowed), ("Access-Control-Expose-Headers", EXPOSED))


def _add_presentation_state(objects: JobObjects, series_instance_uid: str | None, sop_instance_uid: str) -> None:
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
