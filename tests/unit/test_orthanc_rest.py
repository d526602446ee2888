"""Where Orthanc's REST callback meets the service."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_orthanc import ChangeType, FakeOrthanc, RecordingRestOutput
from wado.errors import BadRequest, NotFound
from wado.front import orthanc_archive, orthanc_rest
from wado.front.exchange import HttpRequest, HttpResponse, error_response
from wado.front.metrics import Metrics
from wado.front.orthanc_rest import Endpoint, arrives_encoded, observer, register, with_key
from wado.front.site_key import NAME
from wado.front.workers import PoolState
from wado.settings import Settings

CIVETWEB_1_14 = "7f00-7f01 r-xp 00000000 08:01 1234 /opt/orthanc/Orthanc\n"
CIVETWEB_1_15 = "7f00-7f01 r-xp 00000000 08:01 1234 /usr/lib/x86_64-linux-gnu/libcivetweb.so.1.15.0\n"
CIVETWEB_1_16 = CIVETWEB_1_15.replace("1.15.0", "1.16.0")
CIVETWEB_2_0 = CIVETWEB_1_15.replace("1.15.0", "2.0.0")


@pytest.fixture
def orthanc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeOrthanc:
    fake = FakeOrthanc()
    fake.configuration_path = str(tmp_path / "orthanc.json")
    for module in (orthanc_archive, orthanc_rest):
        monkeypatch.setattr(module, "orthanc", fake)
    return fake


class RecordingService:
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self, response: HttpResponse | Exception) -> None:
        self._response = response
        self.requests: list[HttpRequest] = []
        self.observed: list[tuple[HttpRequest, HttpResponse, float]] = []

    def observe(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        self.observed.append((request, response, seconds))

    def handle(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        if isinstance(self._response, Exception):
            raise self._response
        return self._response


def no_workers() -> PoolState:
    return PoolState(workers=0, busy=0, waiting=0, restarts=0, given_up={}, caches={})


PICTURE = HttpResponse(HTTPStatus.OK, "image/png", b"picture", (("Vary", "Accept"),))


def call(
    response: HttpResponse | Exception, output: RecordingRestOutput, method: str = "GET", **get: str
) -> RecordingService:
    service = RecordingService(response)
    endpoint = Endpoint(service.handle, service.observe)
    endpoint(output, "/wado", method=method, get=get, headers={"accept": "*/*"}, groups=())
    return service


@pytest.mark.parametrize(
    ("version", "configuration", "expected"),
    [
        ((1, 12, 1), {}, True),
        ((1, 12, 2), {}, False),
        ((1, 12, 2), {"HttpCompressionEnabled": True}, True),
        ((1, 12, 1), {"HttpCompressionEnabled": False}, False),
    ],
)
def test_orthanc_may_compress_as_it_is_told_and_before_1_12_2_by_default(
    orthanc: FakeOrthanc, version: tuple[int, int, int], configuration: dict[str, bool], expected: bool
) -> None:
    orthanc.version = version
    assert orthanc_rest.may_compress(configuration) is expected


@pytest.mark.parametrize(
    ("maps", "version", "is_encoded"),
    [
        (CIVETWEB_1_14, (1, 12, 9), False),
        (CIVETWEB_1_15, (1, 9, 7), False),
        (CIVETWEB_1_15, (1, 10, 0), True),
        (CIVETWEB_1_15, (1, 12, 9), True),
        (CIVETWEB_1_16, (1, 11, 3), True),
        (CIVETWEB_2_0, (1, 12, 0), True),
        (CIVETWEB_1_15, (1, 12, 10), False),
        (CIVETWEB_1_15, (2, 0, 0), False),
        ("", (1, 12, 0), False),
    ],
)
def test_arguments_arrive_encoded_from_newer_civetwebs_in_some_orthancs(
    maps: str, version: tuple[int, int, int], is_encoded: bool
) -> None:
    assert arrives_encoded(maps, FakeOrthanc(version).CheckVersionAdvanced) is is_encoded


def test_an_answer_is_sent_with_one_content_type_and_its_headers(orthanc: FakeOrthanc) -> None:
    output = RecordingRestOutput()
    service = call(PICTURE, output, requestType="WADO", contentType="image/png")
    assert (output.status, output.body) == (200, b"picture")
    assert output.headers == [("Vary", "Accept"), ("Content-Type", "image/png")]
    assert service.requests == [
        HttpRequest("GET", {"requestType": "WADO", "contentType": "image/png"}, {"accept": "*/*"})
    ]


@pytest.mark.parametrize("body", [bytearray(b"picture"), memoryview(b"picture")], ids=["bytearray", "memoryview"])
def test_a_body_is_sent_without_a_copy(orthanc: FakeOrthanc, body: bytearray | memoryview) -> None:
    output = RecordingRestOutput()
    call(HttpResponse(HTTPStatus.OK, "image/png", body), output)
    assert output.body == b"picture"


@pytest.mark.parametrize("version", [(1, 12, 2), (1, 10, 1)])
def test_what_the_client_has_is_sent_neither_body_nor_content_type(
    orthanc: FakeOrthanc, version: tuple[int, int, int]
) -> None:
    orthanc.version = version
    output = RecordingRestOutput()
    call(HttpResponse(HTTPStatus.NOT_MODIFIED, "image/png", b"", (("ETag", '"a"'),)), output)
    assert (output.status, output.body, output.headers) == (304, b"", [("ETag", '"a"')])


@pytest.mark.parametrize(
    ("encoded", "text"),
    [("image%2Fpng", "image/png"), ("a%2Cb", "a,b"), ("1e%2B3", "1e+3"), ("a+b", "a b"), ("%zz", "%zz"), ("%ff", "�")],
)
def test_arguments_are_decoded_once_where_orthanc_does_not(
    orthanc: FakeOrthanc, monkeypatch: pytest.MonkeyPatch, encoded: str, text: str
) -> None:
    monkeypatch.setattr(orthanc_rest, "arrives_encoded", lambda maps, is_at_least: True)
    request = call(PICTURE, RecordingRestOutput(), contentType=encoded).requests[0]
    assert request.parameters == {"contentType": text}
    assert request.query == {"contentType": encoded}


def test_arguments_are_left_alone_where_orthanc_decodes(orthanc: FakeOrthanc) -> None:
    assert call(PICTURE, RecordingRestOutput(), a="100%25 +").requests[0].parameters == {"a": "100%25 +"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_get_is_the_only_method(orthanc: FakeOrthanc, method: str) -> None:
    output = RecordingRestOutput()
    service = call(PICTURE, output, method)
    assert (output.status, output.headers, service.requests) == (405, [("Allow", "GET")], [])
    assert [response.status for _, response, _ in service.observed] == [405]


def test_an_exchange_is_observed_with_the_time_that_it_took(orthanc: FakeOrthanc) -> None:
    service = call(PICTURE, RecordingRestOutput(), rows="3")
    ((request, response, seconds),) = service.observed
    assert (request.query, response) == ({"rows": "3"}, PICTURE)
    assert 0 < seconds < 10


@pytest.mark.parametrize("level", ["off", "info", "warning"])
def test_the_line_of_a_request_is_of_the_level_that_is_set(orthanc: FakeOrthanc, level: str) -> None:
    metrics = Metrics(no_workers, {})
    observer(metrics, level)(HttpRequest(), PICTURE, 0.1)
    lines = {"info": orthanc.notes, "warning": orthanc.warnings}
    assert {name for name, written in lines.items() if written} == {level} - {"off"}
    assert dict(metrics.samples())['wado_requests_total{media_type="image/png",status="200",origin="made"}'] == 1


@pytest.mark.parametrize(("level", "is_written"), [(b"default", False), (b"verbose", True), (b"trace\n", True)])
def test_a_line_that_orthanc_would_not_show_is_not_written(
    orthanc: FakeOrthanc, level: bytes, is_written: bool
) -> None:
    orthanc.resources["/tools/log-level"] = level
    observe = observer(Metrics(no_workers, {}), "info")
    for _ in range(2):
        observe(HttpRequest(), PICTURE, 0.1)
    assert len(orthanc.notes) == (2 if is_written else 0)
    assert orthanc.asked == ["/tools/log-level"]


def test_the_level_of_the_log_is_asked_again_after_a_while(
    orthanc: FakeOrthanc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orthanc_rest, "LEVEL_HOLDS", 0.0)
    observe = observer(Metrics(no_workers, {}), "info")
    for level in (b"default", b"verbose", b"default"):
        orthanc.resources["/tools/log-level"] = level
        observe(HttpRequest(), PICTURE, 0.1)
    assert len(orthanc.notes) == 1


@pytest.mark.parametrize(
    ("version", "is_old", "headers"),
    [
        ((1, 12, 2), False, []),
        ((1, 12, 1), False, [("Content-Type", "text/plain")]),
        ((1, 11, 0), True, [("Content-Type", "text/plain")]),
    ],
)
def test_an_error_is_sent_with_one_content_type_by_every_orthanc(
    orthanc: FakeOrthanc, version: tuple[int, int, int], is_old: bool, headers: list[tuple[str, str]]
) -> None:
    orthanc.version = version
    output = RecordingRestOutput(is_old=is_old)
    call(error_response(NotFound("there is none"), (("Access-Control-Allow-Origin", "*"),)), output)
    assert (output.status, output.body) == (404, b"404 Not Found: there is none\n")
    assert output.headers == [("Access-Control-Allow-Origin", "*"), *headers]


def test_a_fault_of_the_endpoint_is_an_answer_and_a_line_in_the_log_without_its_words(orthanc: FakeOrthanc) -> None:
    output = RecordingRestOutput()
    service = call(RuntimeError("Doe^Jane"), output)
    assert output.status == 500
    assert [(response.status, response.origin) for _, response, _ in service.observed] == [(500, "refused")]
    assert b"Doe" not in output.body
    assert len(orthanc.errors) == 1
    assert orthanc.errors[0].startswith("WADO-URI: fault of the endpoint: RuntimeError at test_orthanc_rest.py:")


def test_an_answer_that_cannot_be_sent_is_counted_as_the_fault_that_is_sent(orthanc: FakeOrthanc) -> None:
    output = RecordingRestOutput()
    nameless: Any = (None,)
    service = call(HttpResponse(HTTPStatus.OK, "image/png", b"picture", (nameless,)), output)
    assert output.status == 500
    assert [(response.status, response.origin) for _, response, _ in service.observed] == [(500, "refused")]


@pytest.fixture
def registered(orthanc: FakeOrthanc) -> Iterator[FakeOrthanc]:
    orthanc.configuration = {"Wado": {"Root": "/dicom-web/wado", "Interpreter": sys.executable, "Workers": 1}}
    register()
    yield orthanc
    for callback in orthanc.on_change:
        callback(ChangeType.ORTHANC_STOPPED, 0, "")


def test_the_service_answers_at_the_root_that_is_configured(registered: FakeOrthanc) -> None:
    pattern, *_ = registered.callbacks
    assert pattern == r"/dicom\-web/wado"
    assert registered.warnings[-1].endswith("answers at /dicom-web/wado")
    output = RecordingRestOutput()
    registered.callbacks[pattern](output, "/dicom-web/wado", method="GET", headers={}, groups=())
    assert output.status == 400
    assert output.body == BadRequest("is required", parameter="requestType", clause="8.1.1").to_text().encode()


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ({"Rot": "/wado"}, 'did you mean "Root"'),
        ({"Workers": True}, '"Wado.Workers" must be a whole number, 0 to 256'),
        ({"Interpreter": "/nowhere/python"}, "/nowhere/python is none"),
        ([], "must be an object"),
    ],
)
def test_orthanc_refuses_to_start_with_settings_that_cannot_be_used(
    orthanc: FakeOrthanc, section: Any, complaint: str
) -> None:
    orthanc.configuration = {"Wado": section}
    with pytest.raises(RuntimeError, match="WADO-URI cannot start"):
        register()
    assert complaint in orthanc.errors[0]
    assert not orthanc.callbacks


@pytest.mark.parametrize(
    ("threads", "is_warned"), [(None, True), (64, True), (65, False)], ids=["Orthanc's default", "too few", "enough"]
)
def test_too_few_threads_for_the_line_of_waiting_requests_are_told_of(
    monkeypatch: pytest.MonkeyPatch, threads: int | None, is_warned: bool
) -> None:
    fake = FakeOrthanc()
    monkeypatch.setattr(orthanc_rest, "orthanc", fake)
    configuration = {} if threads is None else {"HttpThreadsCount": threads}
    orthanc_rest.warn_of_few_threads(configuration, Settings(workers=4, queue_length=30 if threads else 64))
    assert bool(fake.warnings) == is_warned


def test_the_list_of_presentation_states_is_below_the_root(registered: FakeOrthanc) -> None:
    _, pattern, *_ = registered.callbacks
    assert re.fullmatch(pattern, "/dicom-web/wado/presentation-states")
    output = RecordingRestOutput()
    registered.callbacks[pattern](output, "/dicom-web/wado/presentation-states", method="GET", headers={}, groups=())
    assert output.status == 400  # not without an object


def test_a_key_is_made_where_orthanc_keeps_objects(orthanc: FakeOrthanc, tmp_path: Path) -> None:
    settings = with_key(Settings(), {"StorageDirectory": "storage"})
    assert settings.anonymize_key == (tmp_path / "storage" / NAME).read_text().strip()
    assert with_key(Settings(), {"StorageDirectory": "storage"}) == settings
    assert orthanc.warnings == []


def test_the_key_of_the_settings_is_taken_and_none_is_made(orthanc: FakeOrthanc, tmp_path: Path) -> None:
    settings = Settings(anonymize_key="the secret of a site")
    assert with_key(settings, {"StorageDirectory": "storage"}) == settings
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("version", "python", "remedy"),
    [
        ("4.0", {}, "version 4.0 of the Python plugin has no remedy"),
        ("4.2", {"AllowThreads": True}, "version 4.2 of the Python plugin has no remedy"),
        ("4.3", {}, "AllowThreads"),
        ("7.1", {"AllowThreads": False}, "AllowThreads"),
        ("mainline", {}, "AllowThreads"),
        ("4.3", {"AllowThreads": True}, None),
        ("10.0", {"AllowThreads": True}, None),
        ("mainline", {"AllowThreads": True}, None),
        (None, {}, None),
    ],
)
def test_where_a_slow_client_holds_up_others_a_warning_says_so(
    orthanc: FakeOrthanc, version: str | None, python: dict[str, bool], remedy: str | None
) -> None:
    if version:
        orthanc.resources["/plugins/python"] = {"ID": "python", "Version": version}
    orthanc_rest.warn_of_slow_clients({"Python": python}, orthanc_rest.version_of_plugin())
    assert len(orthanc.warnings) == (remedy is not None)
    assert all(remedy is not None and remedy in warning for warning in orthanc.warnings)


@pytest.mark.parametrize(("version", "is_warned"), [("4.0", 0), ("5.0", 0), ("7.1", 1), ("mainline", 1), ("", 0)])
def test_where_the_end_cannot_be_mended_a_warning_says_so(orthanc: FakeOrthanc, version: str, is_warned: int) -> None:
    orthanc_rest.prepare_end(version)  # this process has no library of Orthanc's Python plugin
    assert ["when objects come" in warning for warning in orthanc.warnings] == [True] * is_warned


def test_where_no_key_can_be_kept_a_warning_says_so(orthanc: FakeOrthanc, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert with_key(Settings(), {"StorageDirectory": "file"}).anonymize_key == ""
    assert "AnonymizeKey" in orthanc.warnings[0]
