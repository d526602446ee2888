"""The stored file as the answer, without a worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from wado.files import FileBody
from wado.front.archive import StoredInstance
from wado.front.stored_file import read_if_asked_for
from wado.job import Job

EXPLICIT, IMPLICIT, BIG_ENDIAN = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
JPEG = "1.2.840.10008.1.2.4.50"
FILE = bytes(128) + b"DICM" + b"the rest"


@pytest.fixture
def descriptor() -> Iterator[int]:
    made = os.memfd_create("object")
    os.write(made, FILE)
    yield made
    os.close(made)


def answer(descriptor: int, stored: str, *wanted: str, media_type: str = "application/dicom", **fields: Any) -> Any:
    instance = StoredInstance("an-instance", "uuid", len(FILE), "1.2", 1, True, transfer_syntax_uid=stored)
    job = Job("uuid", len(FILE), "object", media_type, transfer_syntaxes=wanted, **fields)
    found = read_if_asked_for(job, instance, descriptor, len(FILE))
    return None if found is None else bytes(found.body)


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [(EXPLICIT, ()), (EXPLICIT, (EXPLICIT,)), (JPEG, (JPEG,)), (JPEG, ("*",)), (IMPLICIT, ("*",)), ("", ("*",))],
)
def test_what_is_stored_is_sent_where_it_is_asked_for(descriptor: int, stored: str, wanted: tuple[str, ...]) -> None:
    assert answer(descriptor, stored, *wanted) == FILE


@pytest.mark.parametrize(
    ("stored", "wanted"),
    [
        (JPEG, ()),
        ("", ()),
        (IMPLICIT, (IMPLICIT,)),
        (BIG_ENDIAN, (BIG_ENDIAN,)),
        (EXPLICIT, (JPEG, EXPLICIT)),
    ],
)
def test_another_transfer_syntax_is_for_a_worker(descriptor: int, stored: str, wanted: tuple[str, ...]) -> None:
    assert answer(descriptor, stored, *wanted) is None


@pytest.mark.parametrize("change", [{"anonymize": True}, {"charsets": ("UTF-8",)}, {"media_type": "image/jpeg"}])
def test_what_is_to_be_changed_is_for_a_worker(descriptor: int, change: dict[str, Any]) -> None:
    assert answer(descriptor, EXPLICIT, "*", **change) is None


def test_a_file_without_meta_header_is_for_a_worker() -> None:
    made = os.memfd_create("object")
    try:
        os.write(made, bytes(200))
        assert answer(made, EXPLICIT, "*") is None
    finally:
        os.close(made)


def test_a_file_too_large_for_memory_is_not_read(descriptor: int) -> None:
    instance = StoredInstance("an-instance", "uuid", len(FILE), "1.2", 1, True, transfer_syntax_uid=EXPLICIT)
    job = Job("uuid", len(FILE), "object", "application/dicom")
    found = read_if_asked_for(job, instance, descriptor, len(FILE) - 1)
    assert found is not None and isinstance(found.body, FileBody)
    assert found.body.descriptor != descriptor
    assert b"".join(found.body.pieces()) == FILE
