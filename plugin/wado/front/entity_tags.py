"""The name of an answer's bytes: a strong entity tag (RFC 9110 section 8.8.3)."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import fields

from wado.job import Job, WorkerSettings, encode_job
from wado.settings import Settings

DIGEST_SIZE = 16
"""Bytes of a tag: no two answers meet at the same one."""

WITHOUT_EFFECT = frozenset({"worker_memory", "frame_cache", "answer_memory", "answer_disk", "anonymize_key"})
"""Settings of the workers that change no byte of an answer, or that are the key of the digest."""

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class EntityTags:
    """Names answers by what makes their bytes: the job, with the UUIDs of all its files; the settings; the program.

    So the name is known before there are bytes, and is the same on every server of one kind with the same
    configuration. Where an answer is de-identified, its name is a keyed digest: the site's key cannot be found by
    trying keys on it.
    """

    def __init__(self, settings: Settings, program: str) -> None:
        """`program` tells versions of what makes the bytes apart."""
        names = [field.name for field in fields(WorkerSettings) if field.name not in WITHOUT_EFFECT]
        told = json.dumps([program, {name: getattr(settings, name) for name in names}], default=_in_parts)
        key = hashlib.sha256(settings.anonymize_key.encode()).digest()
        self._digest = hashlib.blake2b(told.encode(), digest_size=DIGEST_SIZE)
        self._keyed_digest = hashlib.blake2b(told.encode(), digest_size=DIGEST_SIZE, key=key)

    def of(self, job: Job) -> str:
        """The tag of what the job makes, in its quotes."""
        digest = (self._keyed_digest if job.anonymize else self._digest).copy()
        digest.update(encode_job(job))
        return f'"{digest.hexdigest()}"'


def tag_of_content(content: bytes) -> str:
    """The tag of bytes that are there already."""
    return f'"{hashlib.blake2b(content, digest_size=DIGEST_SIZE).hexdigest()}"'


def digest_of_package(folder: str = PACKAGE) -> str:
    """Tells one state of the plugin's own files from any other, whether or not its version was changed."""
    digest = hashlib.blake2b(digest_size=DIGEST_SIZE)
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                content = file.read()
            digest.update(f"{os.path.relpath(path, folder)}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _in_parts(value: object) -> list[object]:
    """A frozen value among the settings as its fields."""
    return [getattr(value, name) for name in value.__slots__]  # type: ignore[attr-defined]
