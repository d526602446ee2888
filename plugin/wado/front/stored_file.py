"""The stored file itself as the answer, where it is what is asked for: a worker would hand it back as it is."""

from __future__ import annotations

import os

from wado.files import FileBody, read_whole
from wado.front.archive import StoredInstance
from wado.job import Job, Representation
from wado.media_types import APPLICATION_DICOM
from wado.stored_syntax import EXPLICIT_VR_LITTLE_ENDIAN, is_stored_one

PREAMBLE_LENGTH, MAGIC = 128, b"DICM"


def read_if_asked_for(
    job: Job, instance: StoredInstance, descriptor: int, most_in_memory: int
) -> Representation | None:
    """The file, if nothing about it is to change and it is one of PS3.10; none where a worker has to see to that.

    What is longer than `most_in_memory` bytes is not read here.
    """
    if job.media_type != APPLICATION_DICOM or job.anonymize or job.charsets:
        return None
    wanted = (*job.transfer_syntaxes, EXPLICIT_VR_LITTLE_ENDIAN)[0]
    if not is_stored_one(wanted, instance.transfer_syntax_uid):
        return None
    if os.pread(descriptor, len(MAGIC), PREAMBLE_LENGTH) != MAGIC:
        return None
    if job.size > most_in_memory:
        return Representation(APPLICATION_DICOM, FileBody(os.dup(descriptor), job.size))
    return Representation(APPLICATION_DICOM, read_whole(descriptor, job.size))
