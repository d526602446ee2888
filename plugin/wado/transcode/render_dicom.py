"""application/dicom: the object as it is stored, or in another transfer syntax (PS3.18-2011 6.3.1, 8.2.11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from wado.dicom.stored_object import (
    FileSource,
    Source,
    StoredObject,
    check_transfer_syntax,
    inflate,
    is_part10,
    read_stored_object,
)
from wado.dicom.values import text
from wado.errors import NotAcceptable
from wado.job import Job, Representation, WorkerSettings
from wado.media_types import APPLICATION_DICOM
from wado.request.syntax import AS_STORED
from wado.spooled import SpooledFile, buffered
from wado.stored_syntax import NEVER_SENT, is_stored_one
from wado.transcode.compress import Unsuitable, write_compressed
from wado.transcode.decompress import write_deflated, write_uncompressed
from wado.transcode.part10 import data_set_offset, write_meta_header
from wado.transcode.rewrite import NO_SIGNATURES

CHUNK = 1024 * 1024

REFERENCED = frozenset(f"1.2.840.10008.1.2.4.{suffix}" for suffix in ("94", "95", "204", "205"))
"""JPIP: a URL in place of pixel data, which every other transfer syntax has to have (PS3.5 A.6, A.7, A.8)."""


def render_dicom(job: Job, source: FileSource, settings: WorkerSettings) -> Representation:
    """A Part 10 file in the first of the transfer syntaxes that can be had, else in Explicit VR Little Endian."""
    if job.transfer_syntaxes[:1] == (AS_STORED,) and is_part10(source):
        return _stored_file(source)  # even one that cannot be read
    stored_object = read_stored_object(source)
    quality = settings.image_quality if job.image_quality is None else job.image_quality
    refusal = None
    for wanted in (*job.transfer_syntaxes, ExplicitVRLittleEndian):
        try:
            if is_stored_one(wanted, stored_object.transfer_syntax_uid) and _is_in_it(stored_object, wanted):
                return _as_stored(stored_object, source)
            if wanted not in NEVER_SENT:
                answer = _in_file(_writer(wanted, stored_object, source, quality))
                return replace(answer, warnings=_warnings(stored_object, wanted))
        except Unsuitable:
            continue
        except NotAcceptable as error:
            refusal = refusal or error
    assert refusal is not None
    raise refusal


def _is_in_it(stored_object: StoredObject, wanted: str) -> bool:
    """Not where a file with encapsulated pixels names a transfer syntax that has none: no reader takes it for that."""
    is_encapsulated = bool(stored_object.pixel_data and stored_object.pixel_data.is_encapsulated)
    return not (is_encapsulated and wanted in (ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian))


def _warnings(stored_object: StoredObject, wanted: str) -> tuple[str, ...]:
    """Signatures lie behind the pixels; what they were made with, before them (PS3.3 C.12.1.1.3)."""
    was_compressed = bool(stored_object.pixel_data and stored_object.pixel_data.is_encapsulated)
    changes_pixels = was_compressed or wanted not in (ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian)
    return (NO_SIGNATURES,) if changes_pixels and "MACParametersSequence" in stored_object.dataset else ()


def _writer(wanted: str, stored_object: StoredObject, source: Source, quality: int) -> Callable[[BinaryIO], None]:
    """What writes the object in a transfer syntax, unless it raises `Unsuitable`."""
    if stored_object.transfer_syntax_uid in REFERENCED:
        raise NotAcceptable(
            f"{UID(stored_object.transfer_syntax_uid).name} is sent as it is stored only, since its pixels lie "
            "elsewhere; contentType=application/dicom&transferSyntax=* does that"
        )
    check_transfer_syntax(stored_object)
    inflated = inflate(source)
    if wanted == ExplicitVRLittleEndian:
        return lambda file: write_uncompressed(stored_object, inflated, file)
    if wanted == DeflatedExplicitVRLittleEndian:
        return lambda file: write_deflated(stored_object, inflated, file)
    return lambda file: write_compressed(stored_object, inflated, file, wanted, quality)


def _as_stored(stored_object: StoredObject, source: FileSource) -> Representation:
    """The stored file itself; one that lacks its preamble and meta header, or whose meta header lacks the transfer
    syntax, is given them (PS3.18-2011 6.3.1.2, PS3.10 7.1).
    """
    if stored_object.is_part10 and text(stored_object.dataset.file_meta, "TransferSyntaxUID"):
        return _stored_file(source)
    return _in_file(lambda file: _write_with_meta_header(stored_object, source, file))


def _stored_file(source: FileSource) -> Representation:
    return Representation(APPLICATION_DICOM, body_size=source.size, file=source.descriptor)


def _write_with_meta_header(stored_object: StoredObject, source: Source, file: BinaryIO) -> None:
    write_meta_header(file, stored_object.dataset, stored_object.transfer_syntax_uid)
    offset = data_set_offset(source)
    while content := source.read(offset, CHUNK):
        file.write(content)
        offset += len(content)


def _in_file(write: Callable[[BinaryIO], None]) -> Representation:
    """What `write` writes, in a file of its own that no folder knows of."""
    with SpooledFile() as spooled:
        with buffered(spooled) as file:
            write(file)
        return Representation(APPLICATION_DICOM, body_size=spooled.size, file=spooled.take())
