"""A stand-in for the module `orthanc`, which exists only inside Orthanc. Import it before what imports `orthanc`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

UNKNOWN_RESOURCE = 17
NOT_ENOUGH_MEMORY = 4


class OrthancException(Exception):
    pass


class ChangeType:
    ORTHANC_STARTED = 11
    ORTHANC_STOPPED = 12


class MetricsType:
    DEFAULT = 0


class FakeOrthanc(ModuleType):
    """`resources` are the REST API's answers by their URI, bytes or what becomes JSON; `asked` is what was asked.

    `found` are the answers of /tools/lookup and of the look-ups by one UID, `series` is that of /tools/find.
    """

    OrthancException = OrthancException
    ChangeType = ChangeType
    MetricsType = MetricsType

    def __init__(self, version: tuple[int, int, int] = (1, 12, 10)) -> None:
        super().__init__("orthanc")
        self.version = version
        self.configuration: dict[str, Any] = {}
        self.configuration_path = "/etc/orthanc/orthanc.json"
        self.resources: dict[str, Any] = {}
        self.found: dict[str, list[dict[str, str]]] = {}
        self.series: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.fails_with: int | None = None
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.notes: list[str] = []
        self.metrics: dict[str, float] = {}
        self.callbacks: dict[str, Callable[..., None]] = {}
        self.on_change: list[Callable[[int, int, str], None]] = []

    def RestApiGet(self, uri: str) -> bytes:
        self.asked.append(uri)
        if self.fails_with is not None:
            raise OrthancException(self.fails_with, "as told")
        if uri not in self.resources:
            raise OrthancException(UNKNOWN_RESOURCE, "Unknown resource")
        answer = self.resources[uri]
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    def RestApiPost(self, uri: str, body: str) -> bytes:
        self.asked.append(uri)
        if uri == "/tools/reset":
            return b"{}"
        if uri == "/tools/find":
            return json.dumps(self.series).encode()
        assert uri == "/tools/lookup"
        return json.dumps(self.found.get(body, [])).encode()

    def LookupInstance(self, uid: str) -> str:
        return self._look_up(uid, "Instance")

    def LookupStudy(self, uid: str) -> str:
        return self._look_up(uid, "Study")

    def _look_up(self, uid: str, level: str) -> str:
        self.asked.append(f"{level} {uid}")
        identifiers = [item["ID"] for item in self.found.get(uid, []) if item["Type"] == level]
        if len(identifiers) != 1:
            raise OrthancException(-1, "Internal error")
        return identifiers[0]

    def GetDicomForInstance(self, identifier: str) -> bytes:
        if identifier not in self.files:
            raise OrthancException(UNKNOWN_RESOURCE, "Unknown resource")
        return self.files[identifier]

    def CheckVersionAdvanced(self, major: int, minor: int, revision: int) -> int:
        return int(self.version >= (major, minor, revision))

    def GetConfiguration(self) -> str:
        return json.dumps(self.configuration)

    def GetConfigurationPath(self) -> str:
        return self.configuration_path

    def LogError(self, text: str) -> None:
        self.errors.append(text)

    def LogInfo(self, text: str) -> None:
        self.notes.append(text)

    def SetMetricsValue(self, name: str, value: float, kind: int) -> None:
        assert type(value) is float and kind == MetricsType.DEFAULT
        self.metrics[name] = value

    def LogWarning(self, text: str) -> None:
        self.warnings.append(text)

    def RegisterRestCallback(self, pattern: str, callback: Callable[..., None]) -> None:
        self.callbacks[pattern] = callback

    def RegisterOnChangeCallback(self, callback: Callable[[int, int, str], None]) -> None:
        self.on_change.append(callback)


class RecordingRestOutput:
    """What Orthanc would send. An `is_old` one is that of the Python plugin before its version 4.3."""

    def __init__(self, *, is_old: bool = False) -> None:
        self._is_old = is_old
        self.status: int | None = None
        self.headers: list[tuple[str, str]] = []
        self.body = b""

    def AnswerBuffer(self, body: bytes | bytearray | memoryview, media_type: str) -> None:
        self._send(200, bytes(body))
        self.headers.append(("Content-Type", media_type))

    def SendHttpStatus(self, status: int, body: bytes | str, length: int | None = None) -> None:
        if self._is_old and not (isinstance(body, str) and length == len(body)):
            raise TypeError("argument 2 must be str")
        if not self._is_old and (not isinstance(body, bytes) or length is not None):
            raise AssertionError("the version at hand takes bytes, and no length")
        assert status != 200
        self._send(status, body.encode() if isinstance(body, str) else body)

    def SendHttpStatusCode(self, status: int) -> None:
        self._send(status, b"")

    def SendMethodNotAllowed(self, allowed: str) -> None:
        self.headers.append(("Allow", allowed))
        self._send(405, b"")

    def SetHttpHeader(self, name: str, value: str) -> None:
        assert self.status is None, "headers go before the body"
        self.headers.append((name, value))

    def _send(self, status: int, body: bytes) -> None:
        assert self.status is None, "there is one answer to a request"
        self.status, self.body = status, body


sys.modules.setdefault("orthanc", FakeOrthanc())
