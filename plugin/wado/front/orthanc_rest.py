"""Where Orthanc's REST callback meets the service: what differs between versions of Orthanc is known here only."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import orthanc

from wado import VERSION
from wado.cache_count import ObservedCache
from wado.errors import InternalError
from wado.files import FileBody
from wado.front.entity_tags import digest_of_package
from wado.front.exchange import NOT_KEPT, NOT_MODIFIED, OK, TEXT_PLAIN, HttpRequest, HttpResponse, error_response
from wado.front.metrics import Metrics
from wado.front.orthanc_archive import (
    OrthancArchive,
    folder_of_storage,
    storage_directory_of,
    temporary_folder_of,
)
from wado.front.orthanc_end import LAST_TO_END_WELL, end_without_destructors
from wado.front.orthanc_metrics import MetricsPublisher
from wado.front.orthanc_reset import RESET, ResetResource
from wado.front.presentation_states import RESOURCE
from wado.front.request_log import Observe, describe_exchange
from wado.front.send_file import send_file, why_not_sent
from wado.front.service import WadoService, describe
from wado.front.site_key import find_or_make_key
from wado.front.worker_process import StartError, WorkerCommand
from wado.front.workers import WorkerPool
from wado.job import WorkerSettings
from wado.settings import SECTION, Settings, SettingsError, read_configuration
from wado.spooled import MEBIBYTE, SpooledFile

DEFAULT_HTTP_THREADS = 50

FIRST_TO_ALLOW_THREADS = (4, 3)
"""The version of the Python plugin that can let go of the interpreter's lock while it sends."""

LEVEL_HOLDS = 1.0
"""Seconds."""

PLUGIN_DIRECTORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEFAULT_INTERPRETER = os.path.join(os.path.dirname(PLUGIN_DIRECTORY), ".venv", "bin", "python")

UNREAD = HttpRequest()
"""What is told of a request that was not read."""

ONLY_GET = HttpResponse(HTTPStatus.METHOD_NOT_ALLOWED, TEXT_PLAIN, b"", origin="refused")
"""What is counted where Orthanc writes the answer itself."""

_kept: list[object] = []
"""What Orthanc calls. Its Python plugin lets go of it at the end without the interpreter's lock, which from Python 3.12
on ends the process with a fault if that was the last reference."""


def register() -> None:
    """Start the workers and answer at the root that is configured. Orthanc refuses to start where this fails."""
    try:
        _register(json.loads(orthanc.GetConfiguration()))
    except (SettingsError, StartError) as error:
        orthanc.LogError(f"WADO-URI: {error}")
        raise RuntimeError(f"WADO-URI cannot start: {error}") from None


def _register(configuration: dict[str, Any]) -> None:
    settings = with_key(read_configuration(configuration), configuration)
    SpooledFile.folder = temporary_folder(configuration)
    SpooledFile.most_in_memory = settings.answer_memory * MEBIBYTE
    command = worker_command(settings)
    pool = start_pool(command, settings)
    warn_of_few_threads(configuration, settings)
    archive = OrthancArchive(storage_directory_of(configuration, orthanc.GetConfigurationPath()))
    program = f"{VERSION} {digest_of_package()} {command.surroundings()}"
    service = WadoService(archive, pool, settings, log_error, program, may_be_compressed=may_compress(configuration))
    caches: dict[str, ObservedCache] = {
        "plans": service.plans,
        "answers": service.answers,
        **archive.caches,
    }
    metrics = Metrics(pool.state, caches)
    publisher = MetricsPublisher(metrics.samples, log_error)
    observe = observer(metrics, settings.request_log)
    endpoints = {
        settings.root: Endpoint(service.handle, observe),
        f"{settings.root}/{RESOURCE}": Endpoint(service.handle_presentation_states, observe),
    }
    for uri, endpoint in endpoints.items():
        orthanc.RegisterRestCallback(re.escape(uri), endpoint)

    reset = ResetResource()
    if may_end_badly():
        orthanc.RegisterRestCallback(re.escape(RESET), reset)
    version = ""

    def on_change(change: int, level: int, identifier: str) -> None:
        nonlocal version
        if change == orthanc.ChangeType.ORTHANC_STARTED:
            version = version_of_plugin()
            warn_of_slow_clients(configuration, version)
            publisher.start()
        elif change == orthanc.ChangeType.ORTHANC_STOPPED:
            publisher.stop()
            pool.close()
            if not reset.was_asked_for:
                prepare_end(version)

    orthanc.RegisterOnChangeCallback(on_change)
    _kept.extend((*endpoints.values(), reset, on_change))
    orthanc.LogWarning(f"WADO-URI {VERSION} answers at {settings.root}")


def with_key(settings: Settings, configuration: dict[str, Any]) -> Settings:
    """The settings with the site's own key where they name none; without one, `anonymize` alone fails."""
    if settings.anonymize_key:
        return settings
    try:
        key = find_or_make_key(folder_of_storage(configuration, orthanc.GetConfigurationPath()))
    except OSError as error:
        orthanc.LogWarning(
            f"WADO-URI: no key can be kept in StorageDirectory ({error.strerror}), so that anonymize fails; "
            f'set "{SECTION}.AnonymizeKey"'
        )
        return settings
    return replace(settings, anonymize_key=key)


def temporary_folder(configuration: dict[str, Any]) -> str | None:
    """Orthanc's TemporaryDirectory, which has to be there; none is the system's."""
    folder = temporary_folder_of(configuration, orthanc.GetConfigurationPath())
    if folder is None or os.access(folder, os.W_OK | os.X_OK):
        return folder
    orthanc.LogWarning("WADO-URI: TemporaryDirectory cannot be written to; large answers go to the system's")
    return None


def may_compress(configuration: dict[str, Any]) -> bool:
    """Whether Orthanc sends answers compressed to whoever accepts that; before 1.12.2 it does where nothing is said."""
    by_default = not orthanc.CheckVersionAdvanced(1, 12, 2)
    return bool(configuration.get("HttpCompressionEnabled", by_default))


def worker_command(settings: Settings) -> WorkerCommand:
    interpreter = settings.interpreter or DEFAULT_INTERPRETER
    if not os.access(interpreter, os.X_OK):
        raise StartError(
            f"the workers need a Python interpreter, and {interpreter} is none; make the virtual environment there, "
            f'or set "{SECTION}.Interpreter"'
        )
    return WorkerCommand(interpreter, PLUGIN_DIRECTORY, worker_settings(settings), SpooledFile.folder)


def start_pool(command: WorkerCommand, settings: Settings) -> WorkerPool:
    pool = WorkerPool(
        command,
        count=count_workers(settings),
        timeout=settings.timeout,
        queue_length=settings.queue_length,
        queue_timeout=settings.queue_timeout,
        log=log_error,
    )
    pool.start()
    return pool


def worker_settings(settings: Settings) -> WorkerSettings:
    return WorkerSettings(**{name: getattr(settings, name) for name in WorkerSettings.__slots__})


def warn_of_few_threads(configuration: dict[str, Any], settings: Settings) -> None:
    """Requests that wait keep one of Orthanc's threads each, which then is not there for anything else.

    As many as may wait for a worker may wait for the answer to an equal request.
    """
    threads = configuration.get("HttpThreadsCount", DEFAULT_HTTP_THREADS)
    needed = count_workers(settings) + 2 * settings.queue_length
    if threads <= needed:
        orthanc.LogWarning(
            f'WADO-URI: "HttpThreadsCount" is {threads}; with more than {needed} ("{SECTION}.Workers" and '
            f'twice "{SECTION}.QueueLength" together) Orthanc\'s own REST API answers even when every worker is busy'
        )


def version_of_plugin() -> str:
    """That of Orthanc's Python plugin; empty for one built by somebody else under another name."""
    try:
        return str(json.loads(orthanc.RestApiGet("/plugins/python"))["Version"])
    except (orthanc.OrthancException, LookupError, ValueError):
        return ""


def numbers_of(version: str) -> tuple[int, int] | None:
    """The first two numbers of a version; none for a development build."""
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return (int(numbers[1]), int(numbers[2])) if numbers else None


def warn_of_slow_clients(configuration: dict[str, Any], version: str) -> None:
    """While the Python plugin sends an answer, it lets no other one be made, unless it is new enough and told to."""
    if not version:
        return
    numbers = numbers_of(version)
    if numbers and numbers < FIRST_TO_ALLOW_THREADS:
        remedy = f"version {version} of the Python plugin has no remedy: use a newer one, or a web server that buffers"
    elif configuration.get("Python", {}).get("AllowThreads") is not True:
        remedy = 'set "Python": {"AllowThreads": true}'
    else:
        return
    orthanc.LogWarning(f"WADO-URI: a client that reads a large answer slowly holds up all other requests; {remedy}")


def may_end_badly() -> bool:
    """Whether the Python plugin can be one of those whose end has a fault: they need such an Orthanc."""
    return bool(orthanc.CheckVersionAdvanced(1, 12, 6))


def prepare_end(version: str) -> None:
    """Have Orthanc end with its own exit code where its Python plugin would fail."""
    numbers = numbers_of(version)
    if not version or (numbers and numbers <= LAST_TO_END_WELL):
        return
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            end_without_destructors(maps.read())
    except OSError:
        orthanc.LogWarning(
            "WADO-URI: Orthanc may end with a fault of its Python plugin, after it has stopped, when objects come at "
            "that time"
        )


def count_workers(settings: Settings) -> int:
    """One more than cores by default: it works while the answer of another one is on its way through the front."""
    return settings.workers or len(os.sched_getaffinity(0)) + 1


def log_error(text: str) -> None:
    orthanc.LogError(f"WADO-URI: {text}")


def observer(metrics: Metrics, request_log: str) -> Observe:
    """What is told of each exchange: it is counted, and written to the log at the level of the setting RequestLog."""
    write = {"off": None, "info": orthanc.LogInfo, "warning": orthanc.LogWarning}[request_log]
    is_shown = InfoLevel().is_shown if request_log == "info" else lambda: True

    def observe(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        metrics.observe(response, seconds)
        if write and is_shown():
            write(describe_exchange(request, response, seconds))

    return observe


class InfoLevel:
    """Whether Orthanc writes lines of the level `info` to its log: one that nobody sees need not be put together.

    Its REST API can change that at any time. It is asked at most once a second.
    """

    def __init__(self) -> None:
        self._asked: float | None = None
        self._is_shown = True

    def is_shown(self) -> bool:
        now = time.monotonic()
        if self._asked is None or now - self._asked >= LEVEL_HOLDS:
            self._asked = now
            try:
                # "default" only where no category of lines has a level of its own.
                self._is_shown = orthanc.RestApiGet("/tools/log-level").strip() != b"default"
            except orthanc.OrthancException:  # a version that does not tell
                self._is_shown = True
        return self._is_shown


class Endpoint:
    """The REST callback. `observe` is told of each exchange before the answer is sent."""

    def __init__(self, handle: Callable[[HttpRequest], HttpResponse], observe: Observe) -> None:
        self._handle = handle
        self._observe = observe
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            self._arrives_encoded = arrives_encoded(maps.read(), orthanc.CheckVersionAdvanced)
        # From 1.12.2 on, Orthanc adds a Content-Type to an error's text: one more would be sent as a second.
        self._sends_text_type = bool(orthanc.CheckVersionAdvanced(1, 12, 2))

    def __call__(self, output: Any, uri: str, **request: Any) -> None:
        began = time.perf_counter()
        http_request = UNREAD
        try:
            if request["method"] != "GET":
                self._observe(http_request, ONLY_GET, time.perf_counter() - began)
                output.SendMethodNotAllowed("GET")
                return
            http_request = HttpRequest("GET", request.get("get", {}), request["headers"], self._arrives_encoded)
            self._send(output, http_request, self._handle(http_request), began)
        except Exception as error:
            log_error(f"fault of the endpoint: {describe(error)}")
            fault = InternalError("this is a fault of the server; its log says where")
            self._send(output, http_request, error_response(fault, NOT_KEPT), began)

    def _send(self, output: Any, request: HttpRequest, response: HttpResponse, began: float) -> None:
        if isinstance(response.body, FileBody):
            refusal = why_not_sent(output, response.body)
            response = error_response(refusal, NOT_KEPT) if refusal else response
        set_header = output.SetHttpHeader
        for name, value in response.headers:
            set_header(name, value)
        # Here, where hardly anything can go wrong any more, but before a slow client takes its time.
        self._observe(request, response, time.perf_counter() - began)
        if response.status is NOT_MODIFIED:
            output.SendHttpStatusCode(int(NOT_MODIFIED))
        elif isinstance(response.body, FileBody):
            send_file(output, response.body, response.media_type, log_error)
        elif response.status is OK:
            # SetHttpHeader("Content-Type") would send a second one beside this.
            output.AnswerBuffer(response.body, response.media_type)
        else:
            self._send_error(output, response)

    def _send_error(self, output: Any, response: HttpResponse) -> None:
        if not self._sends_text_type:
            output.SetHttpHeader("Content-Type", response.media_type)
        body = bytes(response.body)
        try:
            output.SendHttpStatus(response.status.value, body)
        except TypeError:  # before version 4.3 of the Python plugin
            output.SendHttpStatus(response.status.value, body.decode("ascii"), len(body))


def arrives_encoded(memory_maps: str, is_at_least: Callable[[int, int, int], object]) -> bool:
    """Whether Orthanc hands over query arguments as they came, percent-encoded.

    civetweb leaves the query as it is from its version 1.15 on; Orthanc asks it to decode from 1.12.10 on, and decodes
    by itself before 1.10. Orthanc's own builds contain civetweb 1.14, which decodes; Debian's link with a newer one.
    """
    library = re.search(r"libcivetweb\.so\.(\d+)\.(\d+)", memory_maps)
    newer = library is not None and (int(library[1]), int(library[2])) >= (1, 15)
    return bool(newer and is_at_least(1, 10, 0) and not is_at_least(1, 12, 10))
