"""The document in an object with the Encapsulated Document Module: where its bytes lie (PS3.3 C.24.2).

They are found, not read: a model for a 3D printer can have hundreds of megabytes.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_partial
from pydicom.tag import BaseTag

from wado.dicom.stored_object import UNDEFINED_LENGTH, Source, inflate
from wado.dicom.values import integer, text
from wado.errors import NotAcceptable

ENCAPSULATED_DOCUMENT = 0x00420011

_REST_LIMIT = 1 << 20
"""Bytes behind the document in which its attributes are looked for: there are a few short ones."""

_STL_HEADER = 84
_STL_TRIANGLE = 50


@dataclass(frozen=True, slots=True)
class EncapsulatedDocument:
    """`offset` and `length` are those of the document in `source`, without its padding.

    `source` is not the one that was given where that is deflated. `has_wrong_length` tells that Encapsulated Document
    Length contradicts the value's own length.
    """

    source: Source
    offset: int
    length: int
    media_type: str
    title: str
    sop_instance_uid: str
    has_wrong_length: bool = False

    def read(self, length: int | None = None) -> bytes:
        """The first bytes of the document, or all."""
        return self.source.read(self.offset, self.length if length is None else min(length, self.length))


def find_encapsulated_document(source: Source) -> EncapsulatedDocument:
    """Raises `NotAcceptable` for what has no document that could be found."""
    inflated = inflate(source)
    stop = _StopAtDocument()
    with inflated.open() as file:
        try:
            before = read_partial(file, stop, force=True)
        except MemoryError:
            raise
        except Exception:  # pydicom raises nearly anything for what is not DICOM
            raise unfit("it cannot be read as DICOM") from None
        offset = file.tell() + stop.header_length
        is_implicit_vr, is_little_endian = before.original_encoding
    length = stop.length
    if not stop.found or length == 0:
        raise unfit("Encapsulated Document (0042,0011) is absent or empty")
    if length == UNDEFINED_LENGTH or offset + length > inflated.size:
        raise unfit("Encapsulated Document (0042,0011) ends before its end")
    after = _read_rest(inflated.read(offset + length, _REST_LIMIT), bool(is_implicit_vr), bool(is_little_endian))
    stated = integer(after, "EncapsulatedDocumentLength", 0)
    without_padding = _length_without_padding(inflated, offset, length, stated)
    return EncapsulatedDocument(
        source=inflated,
        offset=offset,
        length=without_padding,
        media_type=text(after, "MIMETypeOfEncapsulatedDocument").lower(),
        title=text(before, "DocumentTitle"),
        sop_instance_uid=text(before, "SOPInstanceUID"),
        has_wrong_length=stated not in (0, without_padding),
    )


def unfit(complaint: str) -> NotAcceptable:
    return NotAcceptable(
        f"the document cannot be taken out of this object: {complaint}; "
        "contentType=application/dicom&transferSyntax=* gives the object as it is stored"
    )


def _read_rest(content: bytes, is_implicit_vr: bool, is_little_endian: bool) -> Dataset:
    """What follows the document, as far as it can be read: the document does not depend on it."""
    try:
        return read_dataset(io.BytesIO(content), is_implicit_vr, is_little_endian)
    except MemoryError:
        raise
    except Exception:
        return Dataset()


def _length_without_padding(source: Source, offset: int, length: int, stated: int) -> int:
    """By Encapsulated Document Length (0042,0015), unless more than zeros would be cut off.

    Without it, one zero at the end is padding (PS3.5 6.2, OB), which a binary STL needs never and may end in.
    """
    if 0 < stated <= length:
        rest = source.read(offset + stated, length - stated)
        if not rest.strip(b"\0"):
            return stated
    if length == _binary_stl_length(source.read(offset, _STL_HEADER)):
        return length
    return length - (source.read(offset + length - 1, 1) == b"\0")


def _binary_stl_length(head: bytes) -> int | None:
    """A header of 80 bytes, the number of triangles, and 50 bytes for each: always even."""
    if len(head) < _STL_HEADER:
        return None
    return int(_STL_HEADER + _STL_TRIANGLE * struct.unpack_from("<L", head, _STL_HEADER - 4)[0])


def is_stl(head: bytes, length: int) -> bool:
    """Whether a document that begins so and has that length is a model of triangles, in text or binary."""
    return head.lstrip()[:5].lower() == b"solid" or length == _binary_stl_length(head)


class _StopAtDocument:
    """pydicom's `stop_when`: remembers what the element was at which it stopped."""

    def __init__(self) -> None:
        self.found = False
        self.length = 0
        self.header_length = 0

    def __call__(self, tag: BaseTag, vr: str | None, length: int) -> bool:
        if tag < ENCAPSULATED_DOCUMENT:
            return False
        self.found = tag == ENCAPSULATED_DOCUMENT
        self.length = length
        self.header_length = 8 if vr is None else 12  # implicit VR; OB and UN (PS3.5 7.1.2)
        return True
