"""What crosses the boundary between the front and a worker, and its encoding.

A message is a header of JSON and at most `INLINE_LIMIT` raw bytes, in one datagram of a SOCK_SEQPACKET pair; larger
bytes travel as a file descriptor beside it. Nothing in it depends on the Python version at either end.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from wado.errors import BY_NAME, InternalError, WadoError

INLINE_LIMIT = 128 * 1024
"""Bytes of body in a datagram: fits the kernel's default send buffer (net.core.wmem_default, 208 KiB)."""

HEADER_LIMIT = 16 * 1024
DATAGRAM_LIMIT = HEADER_LIMIT + INLINE_LIMIT

_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker is told once, when it starts; the names are those of `wado.settings.Settings`."""

    worker_memory: int
    maximum_pixels: int
    maximum_animation_pixels: int
    image_quality: int
    burn_in_overlays: bool


@dataclass(frozen=True, slots=True)
class Job:
    """One representation of one stored object.

    Equal jobs give equal bytes: the job is the plan of an answer. The object itself comes as an open file, in the
    descriptor beside the job; `attachment` names its content for the worker's caches. `charsets` are names of
    `wado.character_sets.names`, in order of preference, for text.
    """

    attachment: str
    size: int
    category: str
    media_type: str
    frame_number: int | None = None
    rows: int | None = None
    columns: int | None = None
    region: tuple[float, float, float, float] | None = None
    annotation: tuple[str, ...] = ()
    window_center: float | None = None
    window_width: float | None = None
    image_quality: int | None = None
    transfer_syntaxes: tuple[str, ...] = ()
    charsets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Representation:
    """A worker's answer: `body`, or `body_size` bytes of the open `file` beside it, from `body_offset` on.

    `warnings` tell of parameters that had nothing to act on; `headers` are fields of the answer besides Content-Type.
    """

    media_type: str
    body: bytes | bytearray | memoryview = b""
    body_size: int | None = None
    body_offset: int = 0
    warnings: tuple[str, ...] = ()
    file: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A worker's refusal, and what to write to the log about it (never a value out of an object)."""

    error: WadoError
    log: str | None = None


def encode_settings(settings: WorkerSettings) -> str:
    return json.dumps({name: getattr(settings, name) for name in WorkerSettings.__slots__})


def decode_settings(text: str) -> WorkerSettings:
    return WorkerSettings(**json.loads(text))


@lru_cache(maxsize=1024)
def encode_job(job: Job) -> bytes:
    return json.dumps({name: getattr(job, name) for name in Job.__slots__}, separators=(",", ":")).encode()


def decode_job(message: bytes) -> Job:
    fields: dict[str, Any] = json.loads(message)
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    return Job(**values)


def encode_representation(representation: Representation) -> list[bytes | bytearray | memoryview]:
    """The parts of the datagram, for `sendmsg`."""
    header = {
        "media_type": representation.media_type,
        "body_size": representation.body_size,
        "body_offset": representation.body_offset,
        "warnings": representation.warnings,
        "headers": representation.headers,
    }
    return [*_with_length(header), representation.body]


def encode_failure(failure: Failure) -> list[bytes | bytearray | memoryview]:
    error = failure.error
    header = {
        "error": type(error).__name__,
        "message": error.message,
        "parameter": error.parameter,
        "clause": error.clause,
        "retry_after": error.retry_after,
        "log": failure.log,
    }
    return _with_length(header)


def decode_answer(datagram: memoryview) -> Representation | Failure:
    """What a worker said; the body is a copy."""
    length = _LENGTH.unpack_from(datagram)[0] if len(datagram) >= _LENGTH.size else HEADER_LIMIT + 1
    start = _LENGTH.size + length
    if length > HEADER_LIMIT or start > len(datagram):
        raise ValueError("the worker's answer is malformed")
    header: dict[str, Any] = json.loads(bytes(datagram[_LENGTH.size : start]))
    if "error" in header:
        log = header.pop("log")
        error = BY_NAME.get(header.pop("error"), InternalError)
        return Failure(error(header.pop("message"), **header), log)
    return Representation(
        header["media_type"],
        bytes(datagram[start:]),
        header["body_size"],
        header.get("body_offset", 0),
        tuple(header["warnings"]),
        headers=tuple((name, value) for name, value in header.get("headers", ())),
    )


def _with_length(header: dict[str, Any]) -> list[bytes | bytearray | memoryview]:
    encoded = json.dumps(header, separators=(",", ":")).encode()
    return [_LENGTH.pack(len(encoded)), encoded]
