"""A stored object with its data set changed: a file of its own, of which the answer is made as of any stored object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

from pydicom.uid import DeflatedExplicitVRLittleEndian

from wado.dicom.stored_object import FileSource, is_deflated
from wado.job import Job, Representation
from wado.request.syntax import AS_STORED
from wado.spooled import SpooledFile, buffered

Render = Callable[[Job, FileSource], Representation]


def render_changed(job: Job, source: FileSource, write: Callable[[BinaryIO], None], render: Render) -> Representation:
    """What `render` makes of the Part 10 file that `write` writes, which no folder knows of.

    `*` means the transfer syntax of `source`; a deflated object is written inflated, and deflated again at the end.
    """
    with SpooledFile() as spooled:
        with buffered(spooled) as file:
            write(file)
        if is_deflated(source):
            job = replace(job, transfer_syntaxes=tuple(map(_deflated_as_stored, job.transfer_syntaxes)))
        representation = render(job, FileSource(spooled.descriptor, spooled.size))
        if representation.file == spooled.descriptor:
            spooled.take()
        return representation


def _deflated_as_stored(transfer_syntax: str) -> str:
    return str(DeflatedExplicitVRLittleEndian) if transfer_syntax == AS_STORED else transfer_syntax
