"""A whole Part 10 file in Explicit VR Little Endian encoding, made of a stored one and of what changes in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from wado.dicom.stored_object import Source, StoredObject
from wado.dicom.values import integer
from wado.transcode.derive import Changes
from wado.transcode.element_encoding import Encoding
from wado.transcode.explicit_vr import DataSetWriter, WritePixelData
from wado.transcode.part10 import data_set_offset, write_meta_header

NO_SIGNATURES = "digital signatures are left out: what they sign has changed"


@dataclass(frozen=True, slots=True)
class Revision:
    """What is written otherwise than it is stored. `sop_instance_uid` is that of a new object, none for the same."""

    transfer_syntax_uid: str
    changes: Changes = field(default_factory=Changes)
    write_pixel_data: WritePixelData | None = None
    sop_instance_uid: str | None = None


def write_revised(stored_object: StoredObject, source: Source, file: BinaryIO, revision: Revision) -> dict[int, int]:
    """The file; gives back where the values of the replacements lie. `source` is the object after `inflate`."""
    write_meta_header(file, stored_object.dataset, revision.transfer_syntax_uid, revision.sop_instance_uid)
    return write_data_set(stored_object, source, file, revision)


def write_data_set(stored_object: StoredObject, source: Source, file: BinaryIO, revision: Revision) -> dict[int, int]:
    dataset = stored_object.dataset
    offset = data_set_offset(source)
    encoding = encoding_of(stored_object, source, offset)
    with source.open() as content:
        content.seek(offset)
        writer = DataSetWriter(
            content,
            file,
            encoding,
            is_signed=integer(dataset, "PixelRepresentation", 0) == 1,
            bits_allocated=integer(dataset, "BitsAllocated", 16),
            replacements=revision.changes.replacements,
            added_items=revision.changes.added_items,
            revised_values=revision.changes.revised_values,
            write_pixel_data=revision.write_pixel_data,
        )
        writer.copy()
    return writer.places


def encoding_of(stored_object: StoredObject, source: Source, offset: int) -> Encoding:
    """By the look of the first element, at `offset`: there are files that name a transfer syntax they are not in."""
    vr = source.read(offset + 4, 2)
    has_vr = vr.isalpha() and vr.isupper()
    return Encoding(not has_vr, stored_object.is_little_endian)
