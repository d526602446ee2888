"""The preamble and the File Meta Information of a DICOM file (PS3.10 section 7)."""

from __future__ import annotations

from typing import BinaryIO

from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID

from wado import VERSION
from wado.dicom.stored_object import MAGIC, PREAMBLE_LENGTH, Source
from wado.dicom.values import text

IMPLEMENTATION_CLASS_UID = UID("2.25.217826342953117014512573108290736183045")
IMPLEMENTATION_VERSION_NAME = f"ORTHANC_WADO_{VERSION.replace('.', '')}"[:16]

_META_GROUP = b"\x02\x00"
_LONG_VRS = (b"OB", b"OW", b"SQ", b"UN", b"UT")


def write_meta_header(
    file: BinaryIO, dataset: FileDataset, transfer_syntax_uid: str, sop_instance_uid: str | None = None
) -> None:
    """An empty preamble, and the stored meta information with the transfer syntax and the writer changed.

    `sop_instance_uid` is that of an object that has become another one.
    An object that does not say what it is gets a header that does not either: its data are as useful as they were.
    """
    stored = dataset.file_meta
    meta = FileMetaDataset()
    meta.FileMetaInformationGroupLength = 0  # pydicom puts in what it is
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID = UID(text(dataset, "SOPClassUID") or text(stored, "MediaStorageSOPClassUID"))
    stored_uid = text(dataset, "SOPInstanceUID") or text(stored, "MediaStorageSOPInstanceUID")
    meta.MediaStorageSOPInstanceUID = UID(sop_instance_uid or stored_uid)
    meta.TransferSyntaxUID = UID(transfer_syntax_uid)
    meta.ImplementationClassUID = IMPLEMENTATION_CLASS_UID
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    if title := text(stored, "SourceApplicationEntityTitle"):
        meta.SourceApplicationEntityTitle = title
    file.write(bytes(PREAMBLE_LENGTH) + MAGIC)
    encoded = DicomBytesIO()
    write_file_meta_info(encoded, meta, enforce_standard=False)
    file.write(encoded.getvalue())


def data_set_offset(source: Source) -> int:
    """Where the data set begins: behind preamble and meta group, whichever of them there are."""
    offset = PREAMBLE_LENGTH + len(MAGIC) if source.read(PREAMBLE_LENGTH, len(MAGIC)) == MAGIC else 0
    while (header := source.read(offset, 12))[:2] == _META_GROUP and len(header) >= 8:
        if header[4:6] in _LONG_VRS:
            offset += 12 + int.from_bytes(header[8:12], "little")
        else:
            offset += 8 + int.from_bytes(header[6:8], "little")
    return offset
