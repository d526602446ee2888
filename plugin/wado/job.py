"""What crosses the boundary between the front and a worker, and its encoding.

A message is a header of JSON and at most `INLINE_LIMIT` raw bytes, in one datagram of a SOCK_SEQPACKET pair; larger
bytes travel as a file descriptor beside it. Nothing in it depends on the Python version at either end.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

from wado.cache_count import CacheCount, NamedCounts
from wado.errors import BY_NAME, InternalError, WadoError
from wado.files import Body, Content, FileBody

INLINE_LIMIT = 128 * 1024
"""Bytes of body in a datagram: fits the kernel's default send buffer (net.core.wmem_default, 208 KiB)."""

HEADER_LIMIT = 64 * 1024
DATAGRAM_LIMIT = HEADER_LIMIT + INLINE_LIMIT

SETTINGS_VARIABLE = "WADO_SETTINGS"
"""The environment variable in which a worker gets its settings."""
MOST_OTHERS = 250
"""Other objects that a job can bring: the kernel hands over at most 253 open files at once (SCM_MAX_FD)."""
LONGEST_UID = 64
"""Characters (PS3.5 9.1): with longer ones the names of other objects might not fit into a header."""

_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class DeviceRegions:
    """The rectangles (left, top, width, height, in pixels) in which a device writes the patient into its images."""

    manufacturer: str
    model: str
    rows: int
    columns: int
    rectangles: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker is told once, when it starts; the names are those of `wado.settings.Settings`."""

    worker_memory: int
    frame_cache: int
    answer_memory: int
    answer_disk: int
    maximum_pixels: int
    maximum_animation_pixels: int
    image_quality: int
    burn_in_overlays: bool
    anonymize_key: str
    anonymize_options: tuple[str, ...]
    anonymize_regions: tuple[DeviceRegions, ...]
    anonymize_refuses_faces: bool


@dataclass(frozen=True, slots=True)
class OtherObject:
    """An object that the answer takes besides the one it is of; it comes as an open file as well."""

    sop_instance_uid: str
    attachment: str
    size: int


@dataclass(frozen=True, slots=True)
class Job:
    """One representation of one stored object.

    Equal jobs give equal bytes: the job is the plan of an answer. The object itself comes as an open file, in the
    first descriptor beside the job; `attachment` names its content for the worker's caches. The descriptors of the
    `others` follow in their order; `missing` are the SOP Instance UIDs of those that the archive does not have.
    `charsets` are names of `wado.character_sets.names`, in order of preference, for text.
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
    anonymize: bool = False
    charsets: tuple[str, ...] = ()
    presentation_uid: str | None = None
    others: tuple[OtherObject, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Representation:
    """A worker's answer: `body`, or `body_size` bytes of the open `file` beside it, from `body_offset` on. The front
    makes a body of these, which stays in the file where it is large.

    `warnings` tell of parameters that had nothing to act on, or that were honoured in part; `headers` are fields of the
    answer besides Content-Type. `cache_counts`, as with any answer, tell how the worker's caches stand, where that has
    changed.
    """

    media_type: str
    body: Body = b""
    body_size: int | None = None
    body_offset: int = 0
    warnings: tuple[str, ...] = ()
    file: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    cache_counts: NamedCounts = ()


@dataclass(frozen=True, slots=True)
class Needs:
    """A worker's request for other objects of the same study, without which it cannot do the job.

    `references` are a Series Instance UID, empty if it is not known, and a SOP Instance UID each.
    """

    references: tuple[tuple[str, str], ...]
    cache_counts: NamedCounts = ()


class NeedsOthers(Exception):
    """Ends the work on a job in a worker; the front sends the job again with the objects, or without those it lacks."""

    def __init__(self, references: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.references = references


@dataclass(frozen=True, slots=True)
class Failure:
    """A worker's refusal, and what to write to the log about it (never a value out of an object)."""

    error: WadoError
    log: str | None = None
    cache_counts: NamedCounts = ()


Answer = Representation | Needs | Failure


def encode_settings(settings: WorkerSettings) -> str:
    return json.dumps(asdict(settings))


def decode_settings(text: str) -> WorkerSettings:
    values: dict[str, Any] = json.loads(text)
    values["anonymize_options"] = tuple(values["anonymize_options"])
    values["anonymize_regions"] = tuple(map(_device_regions, values["anonymize_regions"]))
    return WorkerSettings(**values)


def _device_regions(values: dict[str, Any]) -> DeviceRegions:
    return DeviceRegions(**{**values, "rectangles": tuple(map(tuple, values["rectangles"]))})


_DEFAULTS = {parameter.name: parameter.default for parameter in fields(Job)}


@lru_cache(maxsize=1024)
def encode_job(job: Job) -> bytes:
    """What is not as in any other job: that is little, and both ends have to go through it."""
    values = {name: value for name, default in _DEFAULTS.items() if (value := getattr(job, name)) != default}
    if job.others:
        values["others"] = [(other.sop_instance_uid, other.attachment, other.size) for other in job.others]
    return json.dumps(values, separators=(",", ":")).encode()


def decode_job(message: bytes) -> Job:
    values: dict[str, Any] = json.loads(message)
    others = tuple(OtherObject(*other) for other in values.pop("others", ()))
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    return Job(**values, others=others)


_ANSWERED = {
    parameter.name: parameter.default for parameter in fields(Representation) if parameter.name not in ("body", "file")
}


def encode_representation(representation: Representation) -> list[Content]:
    """The parts of the datagram, for `sendmsg`."""
    assert not isinstance(representation.body, FileBody), "a worker sends files beside the datagram"
    header = {name: value for name, default in _ANSWERED.items() if (value := getattr(representation, name)) != default}
    return [*_with_length(header), representation.body]


def encode_needs(needs: Needs) -> list[Content]:
    return _with_length({"needs": needs.references, "cache_counts": needs.cache_counts})


def encode_failure(failure: Failure) -> list[Content]:
    error = failure.error
    header = {
        "error": type(error).__name__,
        "message": error.message,
        "parameter": error.parameter,
        "clause": error.clause,
        "retry_after": error.retry_after,
        "log": failure.log,
        "cache_counts": failure.cache_counts,
    }
    return _with_length(header)


def decode_answer(datagram: memoryview) -> Answer:
    """What a worker said; the body is a copy."""
    length = _LENGTH.unpack_from(datagram)[0] if len(datagram) >= _LENGTH.size else HEADER_LIMIT + 1
    start = _LENGTH.size + length
    if length > HEADER_LIMIT or start > len(datagram):
        raise ValueError("the worker's answer is malformed")
    header: dict[str, Any] = json.loads(bytes(datagram[_LENGTH.size : start]))
    cache_counts = tuple((name, CacheCount(*count)) for name, count in header.pop("cache_counts", ()))
    if "needs" in header:
        return Needs(tuple((series, instance) for series, instance in header["needs"]), cache_counts)
    if "error" in header:
        log = header.pop("log")
        error = BY_NAME.get(header.pop("error"), InternalError)
        return Failure(error(header.pop("message"), **header), log, cache_counts)
    return Representation(
        header["media_type"],
        bytes(datagram[start:]),
        header.get("body_size"),
        header.get("body_offset", 0),
        tuple(header.get("warnings", ())),
        headers=tuple((name, value) for name, value in header.get("headers", ())),
        cache_counts=cache_counts,
    )


def _with_length(header: dict[str, Any]) -> list[Content]:
    encoded = json.dumps(header, separators=(",", ":")).encode()
    return [_LENGTH.pack(len(encoded)), encoded]
