"""What crosses the boundary between the front and a worker."""

from __future__ import annotations

import json
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.worker_settings import worker_settings
from wado.cache_count import CacheCount, NamedCounts
from wado.errors import BY_NAME, BadRequest, InternalError, Unavailable, WadoError
from wado.job import (
    DATAGRAM_LIMIT,
    HEADER_LIMIT,
    INLINE_LIMIT,
    MOST_OTHERS,
    DeviceRegions,
    Failure,
    Job,
    Needs,
    OtherObject,
    Representation,
    decode_answer,
    decode_job,
    decode_settings,
    encode_failure,
    encode_job,
    encode_needs,
    encode_representation,
    encode_settings,
)
from wado.media_types import Category
from wado.request.syntax import MOST_TRANSFER_SYNTAXES

finite = st.floats(allow_nan=False, allow_infinity=False)

JOBS = st.builds(
    Job,
    attachment=st.text(),
    size=st.integers(0, 2**63),
    category=st.sampled_from([category.value for category in Category]),
    media_type=st.text(),
    frame_number=st.none() | st.integers(),
    rows=st.none() | st.integers(),
    columns=st.none() | st.integers(),
    window_center=st.none() | finite,
    window_width=st.none() | finite,
    image_quality=st.none() | st.integers(1, 100),
    transfer_syntaxes=st.lists(st.text()).map(tuple),
    anonymize=st.booleans(),
    presentation_uid=st.none() | st.text(),
    others=st.lists(st.builds(OtherObject, st.text(), st.text(), st.integers(0, 2**63))).map(tuple),
    missing=st.lists(st.text()).map(tuple),
)

TEXT = st.text(max_size=100)
CLAUSES = st.none() | st.sampled_from(["8.1.4", "8.2.7"])


def sent(parts: list[bytes | bytearray | memoryview]) -> memoryview:
    return memoryview(b"".join(parts))


@given(JOBS)
def test_a_job_arrives_as_it_was_sent(job: Job) -> None:
    assert decode_job(encode_job(job)) == job


def test_settings_arrive_as_they_were_sent() -> None:
    regions = DeviceRegions("ACME", "SonoMat", 480, 640, ((0, 0, 640, 40), (600, 440, 40, 40)))
    settings = worker_settings(
        anonymize_key="a secret of a site", anonymize_options=("RetainUIDs",), anonymize_regions=(regions,)
    )
    assert decode_settings(encode_settings(settings)) == settings


@given(JOBS)
def test_equal_jobs_give_equal_bytes(job: Job) -> None:
    assert encode_job(decode_job(encode_job(job))) == encode_job(job)


def test_a_job_is_plain_json_that_any_version_of_python_reads() -> None:
    job = Job("uuid", 1000, "single-frame image", "image/jpeg", window_center=-0.5, transfer_syntaxes=("*",))
    assert json.loads(encode_job(job)) == {
        "attachment": "uuid",
        "size": 1000,
        "category": "single-frame image",
        "media_type": "image/jpeg",
        "window_center": -0.5,
        "transfer_syntaxes": ["*"],
    }


def test_the_longest_job_is_shorter_than_a_header() -> None:
    longest = Job(
        attachment="1" * 100,
        size=2**63,
        category="single-frame image",
        media_type="application/x-hl7-cda-level-one+xml",
        frame_number=-(10**12),
        rows=10**12,
        columns=10**12,
        window_center=-1.7976931348623157e308,
        window_width=5e-324,
        image_quality=100,
        transfer_syntaxes=("1" * 64,) * MOST_TRANSFER_SYNTAXES,
        anonymize=True,
        presentation_uid="1" * 64,
        others=(OtherObject("1" * 64, "1" * 36, 2**40),) * MOST_OTHERS,
        missing=("1" * 64,) * MOST_OTHERS,
    )
    assert len(encode_job(longest)) < HEADER_LIMIT


COUNT = st.builds(CacheCount, *(st.integers(0, 2**63) for _ in range(3)), st.none() | st.integers(0, 2**63))
COUNTS = st.lists(st.tuples(TEXT, COUNT), max_size=5).map(tuple)


@given(st.lists(st.tuples(st.text(), st.text())).map(tuple), COUNTS)
def test_what_a_worker_needs_arrives_as_it_was_said(
    references: tuple[tuple[str, str], ...], counts: NamedCounts
) -> None:
    needs = Needs(references, counts)
    assert decode_answer(sent(encode_needs(needs))) == needs


def test_a_worker_can_need_as_many_objects_as_a_job_can_bring() -> None:
    encoded = sent(encode_needs(Needs((("1" * 64, "1" * 64),) * MOST_OTHERS)))
    assert len(encoded) < HEADER_LIMIT


@given(
    st.builds(
        Representation,
        TEXT,
        st.binary(),
        st.none() | st.integers(0, 2**63),
        st.integers(0),
        st.lists(TEXT).map(tuple),
        cache_counts=COUNTS,
    )
)
def test_a_representation_arrives_as_it_was_sent(representation: Representation) -> None:
    assert decode_answer(sent(encode_representation(representation))) == representation


@given(
    kind=st.sampled_from(list(BY_NAME.values())),
    message=TEXT,
    parameter=st.none() | TEXT,
    clause=CLAUSES,
    retry_after=st.none() | st.integers(0, 3600),
    log=st.none() | TEXT,
    counts=COUNTS,
)
def test_a_failure_arrives_as_the_error_that_it_was(
    kind: type[WadoError],
    message: str,
    parameter: str | None,
    clause: str | None,
    retry_after: int | None,
    log: str | None,
    counts: NamedCounts,
) -> None:
    error = kind(message, parameter=parameter, clause=clause, retry_after=retry_after)
    answer = decode_answer(sent(encode_failure(Failure(error, log, counts))))
    assert isinstance(answer, Failure)
    assert type(answer.error) is kind
    assert vars(answer.error) == vars(error)
    assert (answer.log, answer.cache_counts) == (log, counts)


def test_an_error_that_the_front_does_not_know_is_its_own_fault() -> None:
    header = json.dumps({"error": "Novel", "message": "?", "log": None}).encode()
    answer = decode_answer(memoryview(struct.pack("<I", len(header)) + header))
    assert isinstance(answer, Failure)
    assert type(answer.error) is InternalError


def test_the_body_of_an_answer_is_a_copy() -> None:
    buffer = bytearray(b"".join(encode_representation(Representation("image/png", b"body"))))
    answer = decode_answer(memoryview(buffer))
    buffer[:] = bytes(len(buffer))
    assert answer == Representation("image/png", b"body")


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"abc",
        struct.pack("<I", 5) + b"{}",
        struct.pack("<I", 2**32 - 1) + b"{}",
        struct.pack("<I", HEADER_LIMIT + 1) + bytes(HEADER_LIMIT + 1),
        struct.pack("<I", 4) + b"{\xff}}",
        struct.pack("<I", 2) + b"no",
    ],
    ids=["empty", "no-length", "short", "huge", "beyond-the-limit", "not-utf-8", "not-json"],
)
def test_what_is_no_answer_is_refused(datagram: bytes) -> None:
    with pytest.raises(ValueError):
        decode_answer(memoryview(datagram))


@given(st.binary(max_size=200))
def test_rubbish_is_refused_with_an_error_that_the_front_expects(datagram: bytes) -> None:
    with pytest.raises(ValueError):
        decode_answer(memoryview(datagram))


def test_the_largest_datagram_goes_through_a_pair_of_sockets() -> None:
    representation = Representation("image/png", bytes(INLINE_LIMIT), warnings=("w" * (HEADER_LIMIT - 200),))
    front, worker = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with front, worker:
        worker.sendmsg(encode_representation(representation))
        assert decode_answer(memoryview(front.recv(DATAGRAM_LIMIT))) == representation


def test_every_error_crosses_under_its_own_name() -> None:
    assert BY_NAME["BadRequest"] is BadRequest
    assert BY_NAME["Unavailable"] is Unavailable
    assert set(BY_NAME.values()) == set(WadoError.__subclasses__())
