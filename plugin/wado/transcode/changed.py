"""A stored object with its data set changed: a file of its own, of which the answer is made as of any stored object."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

from pydicom.uid import DeflatedExplicitVRLittleEndian

from wado.dicom.stored_object import FileSource, inflate
from wado.job import Job, Representation
from wado.request.syntax import AS_STORED

CHUNK = 1024 * 1024

Render = Callable[[Job, FileSource], Representation]


def render_changed(job: Job, source: FileSource, write: Callable[[BinaryIO], None], render: Render) -> Representation:
    """What `render` makes of the Part 10 file that `write` writes, which no folder knows of.

    `*` means the transfer syntax of `source`; a deflated object is written inflated, and deflated again at the end.
    """
    descriptor = os.memfd_create("wado-changed", os.MFD_CLOEXEC)
    is_answer = False
    try:
        with open(descriptor, "wb", buffering=CHUNK, closefd=False) as file:
            write(file)
        if inflate(source) is not source:
            job = replace(job, transfer_syntaxes=tuple(map(_deflated_as_stored, job.transfer_syntaxes)))
        representation = render(job, FileSource(descriptor, os.fstat(descriptor).st_size))
        is_answer = representation.file == descriptor
        return representation
    finally:
        if not is_answer:
            os.close(descriptor)


def _deflated_as_stored(transfer_syntax: str) -> str:
    return str(DeflatedExplicitVRLittleEndian) if transfer_syntax == AS_STORED else transfer_syntax
