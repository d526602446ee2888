"""A stored object's bytes: its data set up to the pixel data, and where the pixel data lie (PS3.10 section 7)."""

from __future__ import annotations

import io
import os
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from pydicom.dataset import FileDataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from wado.dicom.plain_header import read_plain_header
from wado.dicom.values import text, unfit
from wado.errors import NotAcceptable
from wado.spooled import CHUNK, SpooledFile, buffered

PREAMBLE_LENGTH = 128
MAGIC = b"DICM"
UNDEFINED_LENGTH = 0xFFFFFFFF

_STANDARD = "1.2.840.10008.1.2."
"""What the UIDs of DICOM's transfer syntaxes begin with, a full stop put behind each."""

PIXEL_DATA_TAGS = {0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData", 0x7FE00010: "PixelData"}


class Source(Protocol):
    """Bytes that can be read from anywhere in them."""

    @property
    def size(self) -> int:
        """How many there are."""

    def read(self, offset: int, length: int) -> bytes:
        """At most `length` bytes; fewer only at the end."""

    def open(self) -> BinaryIO:
        """The same bytes as a file at its start."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """An open file. It is read, never mapped: a mapping of a file that shrinks would end the process."""

    descriptor: int
    size: int

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self.descriptor, max(0, min(length, self.size - offset)), offset)

    def open(self) -> BinaryIO:
        file = os.fdopen(self.descriptor, "rb", closefd=False)
        file.seek(0)
        return file


@dataclass(frozen=True, slots=True)
class BytesSource:
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, offset: int, length: int) -> bytes:
        return self.content[offset : offset + length]

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content)


@dataclass(frozen=True, slots=True)
class SpooledSource:
    """A file without a name, which is closed when nobody reads from it any more."""

    file: SpooledFile
    size: int

    def read(self, offset: int, length: int) -> bytes:
        return FileSource(self.file.descriptor, self.size).read(offset, length)

    def open(self) -> BinaryIO:
        return FileSource(self.file.descriptor, self.size).open()


@dataclass(frozen=True, slots=True)
class PixelDataElement:
    """The pixel data element: `offset` is that of its value in the source, `length` None where it is encapsulated.

    `is_in_words` tells of OW, the words of 16 bits whose bytes change places in Big Endian (PS3.5 6.2, Annex A.3).
    """

    keyword: str
    offset: int
    length: int | None
    is_in_words: bool = False

    @property
    def is_encapsulated(self) -> bool:
        return self.length is None


@dataclass(frozen=True, slots=True)
class StoredObject:
    """`dataset` ends before the pixel data, whose place is that in the source after `inflate`.

    `is_part10` tells whether the file has its preamble and meta header.
    """

    dataset: FileDataset
    transfer_syntax_uid: str
    pixel_data: PixelDataElement | None
    is_part10: bool

    @property
    def is_deflated(self) -> bool:
        return self.transfer_syntax_uid == DeflatedExplicitVRLittleEndian

    @property
    def is_implicit_vr(self) -> bool:
        return self.transfer_syntax_uid == ImplicitVRLittleEndian

    @property
    def is_little_endian(self) -> bool:
        return self.transfer_syntax_uid != ExplicitVRBigEndian


def read_stored_object(source: Source) -> StoredObject:
    """Read the data set up to the pixel data; raises `NotAcceptable` for what is no DICOM file.

    The object may lack preamble and meta header: Orthanc stores such files as they come.
    """
    inflated = inflate(source)
    stop = _StopAtPixelData()
    try:
        dataset, element_offset = _read_header(inflated, stop)
    except MemoryError:
        raise
    except Exception:  # pydicom raises nearly anything for what is not DICOM
        raise _unreadable() from None
    return StoredObject(
        dataset=dataset,
        transfer_syntax_uid=str(DeflatedExplicitVRLittleEndian)
        if inflated is not source
        else _transfer_syntax_of(dataset),
        pixel_data=stop.found(element_offset),
        is_part10=is_part10(source),
    )


def _read_header(source: Source, stop: _StopAtPixelData) -> tuple[FileDataset, int]:
    """The data set up to the element at which it stops, and that element's offset."""
    head = source.read(0, _HEAD)
    plain = read_plain_header(head, stop, is_whole=len(head) == source.size)
    if plain is not None:
        return plain
    with source.open() as file:
        return read_partial(file, stop, force=True), file.tell()


def check_transfer_syntax(stored_object: StoredObject) -> None:
    """Raises `NotAcceptable` for a transfer syntax that is none of DICOM's (PS3.5 section 10, PS3.6 Annex A).

    Nobody can know how its values lie: GE's 1.2.840.113619.5.2 has big endian pixels under little endian headers.
    """
    if not f"{stored_object.transfer_syntax_uid}.".startswith(_STANDARD):
        raise unfit("TransferSyntaxUID", "is none of DICOM's")


def is_part10(source: Source) -> bool:
    """Whether the object begins with a preamble (PS3.10 7.1)."""
    return source.read(PREAMBLE_LENGTH, len(MAGIC)) == MAGIC


def is_deflated(source: Source) -> bool:
    """Whether the object is in the deflated transfer syntax (PS3.5 A.5)."""
    return _deflated_meta(source) is not None


def inflate(source: Source) -> Source:
    """The source itself; for the deflated transfer syntax the same object in Explicit VR Little Endian."""
    meta = _deflated_meta(source)
    if meta is None:
        return source
    file = SpooledFile()
    try:
        with buffered(file) as target:
            target.write(meta.replace(_DEFLATED, _INFLATED))
            _inflate_to(target, source, len(meta))
    except zlib.error:
        raise _unreadable() from None
    return BytesSource(os.pread(file.descriptor, file.size, 0)) if file.is_in_memory else SpooledSource(file, file.size)


def _deflated_meta(source: Source) -> bytes | None:
    meta_length = _meta_length(source.read(0, _GROUP_LENGTH + 12))
    if meta_length > _META_LIMIT:
        return None
    meta = source.read(0, meta_length)
    return meta if len(meta) == meta_length and _DEFLATED in meta else None


def _inflate_to(target: BinaryIO, source: Source, offset: int) -> None:
    """Piece by piece; what lies behind the end of the compressed data is none of the object."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while not inflater.eof:
        content = inflater.unconsumed_tail
        if not content:
            content = source.read(offset, CHUNK)
            offset += len(content)
        inflated = inflater.decompress(content, CHUNK)
        if not inflated and not content:
            raise zlib.error("cut short")
        target.write(inflated)


_HEAD = _META_LIMIT = 64 * 1024
_DEFLATED = DeflatedExplicitVRLittleEndian.encode()
_INFLATED = ExplicitVRLittleEndian.encode().ljust(len(_DEFLATED), b"\0")
_GROUP_LENGTH = PREAMBLE_LENGTH + len(MAGIC)


def _meta_length(head: bytes) -> int:
    """The bytes of preamble and meta header, by File Meta Information Group Length (PS3.10 Table 7.1-1); 0 without."""
    element = head[_GROUP_LENGTH : _GROUP_LENGTH + 12]
    if not element.startswith(b"\x02\x00\x00\x00UL\x04\x00") or len(element) < 12:
        return 0
    return _GROUP_LENGTH + 12 + int.from_bytes(element[8:], "little")


def _unreadable() -> NotAcceptable:
    return NotAcceptable(
        "the stored object cannot be read as DICOM; "
        "contentType=application/dicom&transferSyntax=* gives it as it is stored"
    )


def _transfer_syntax_of(dataset: FileDataset) -> str:
    """What the meta header says; without one, what pydicom found by reading."""
    named = text(dataset.file_meta, "TransferSyntaxUID")
    if named:
        return named
    is_implicit_vr, is_little_endian = dataset.original_encoding
    if is_implicit_vr:
        return str(ImplicitVRLittleEndian)
    return str(ExplicitVRLittleEndian if is_little_endian else ExplicitVRBigEndian)


class _StopAtPixelData:
    """pydicom's `stop_when`: remembers what the element was at which it stopped."""

    def __init__(self) -> None:
        self._tag = 0
        self._vr: str | None = None
        self._length = 0

    def __call__(self, tag: BaseTag, vr: str | None, length: int) -> bool:
        if tag not in PIXEL_DATA_TAGS:
            return False
        self._tag, self._vr, self._length = tag, vr, length
        return True

    def found(self, element_offset: int) -> PixelDataElement | None:
        if not self._tag:
            return None
        header_length = 8 if self._vr is None else 12  # implicit VR; OB, OW, OF, OD and UN (PS3.5 7.1.2)
        length = None if self._length == UNDEFINED_LENGTH else self._length
        return PixelDataElement(PIXEL_DATA_TAGS[self._tag], element_offset + header_length, length, self._vr == "OW")
