"""A stored object de-identified: a file of its own, of which the answer is then made as of any stored object."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import BinaryIO

import numpy as np
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.tag import Tag
from pydicom.uid import UID, ExplicitVRLittleEndian
from pydicom.valuerep import STANDARD_VR

from wado.deidentify.coded_text import CodedText
from wado.deidentify.codestream import clean_frame, copied_part
from wado.deidentify.deidentify import deidentify
from wado.deidentify.elements import left_as_stored
from wado.deidentify.pixels import pixel_cleaner
from wado.deidentify.policy import Policy
from wado.deidentify.refusals import CLAUSE, check_can_be_deidentified
from wado.dicom.frames import EncapsulatedFrames, NativeFrames
from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import (
    FileSource,
    Source,
    StoredObject,
    check_transfer_syntax,
    inflate,
    read_stored_object,
)
from wado.dicom.values import unfit
from wado.errors import Forbidden, NotAcceptable, WadoError
from wado.image.codecs import CodestreamError, DecodedFrame
from wado.image.ends_in_text import TextError
from wado.job import Job, Representation
from wado.spooled import SpooledFile
from wado.transcode.changed import Render, render_changed
from wado.transcode.derive import stored_loss
from wado.transcode.element_encoding import LONG_VRS, LONGEST_SHORT_VALUE
from wado.transcode.encapsulate import TABLES
from wado.transcode.part10 import write_meta_header
from wado.transcode.planes import is_by_plane
from wado.transcode.whole_cells import check_number_of_frames, read_frames
from wado.video.bit_stream import BitStream
from wado.video.cleaned import check_decodes, write_cleaned

UNDEFINED_LENGTH = 0xFFFFFFFF
ITEM, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
NO_OFFSETS = ITEM + bytes(4)
CHUNK = 1024 * 1024
LONGEST_FRAGMENT = 1 << 31


def render_deidentified(job: Job, source: FileSource, policy: Policy, render: Render) -> Representation:
    """What `render` makes of the object once it is de-identified; `*` means the stored object's transfer syntax."""
    try:
        return render_changed(
            replace(job, anonymize=False), source, lambda file: write_deidentified(source, file, policy), render
        )
    except NotAcceptable as error:
        # To ask for the object as it is stored is no remedy for somebody who must not see it.
        complaint = error.message.partition("; contentType=application/dicom&transferSyntax=*")[0]
        complaint = complaint.replace("no picture can be made of this object", "the object cannot be de-identified")
        raise NotAcceptable(complaint, parameter=error.parameter, clause=error.clause) from None


def write_deidentified(source: Source, file: BinaryIO, policy: Policy) -> None:
    """Write a whole Part 10 file; raises `Forbidden` for what cannot be de-identified, `NotAcceptable`.

    It is in the transfer syntax of the stored one, or in Explicit VR Little Endian where that was deflated or where
    compressed pixels had to change. What lies behind the pixel data is left out: signatures, padding, private data.
    """
    source = inflate(source)
    stored_object = read_stored_object(source)
    dataset = stored_object.dataset
    with left_as_stored(dataset):
        check_can_be_deidentified(stored_object, policy)
        if not UID(stored_object.transfer_syntax_uid).is_valid:
            raise unfit("TransferSyntaxUID", "is no UID")  # it may have swallowed what was behind it
        check_transfer_syntax(stored_object)
        image = read_stored_image(stored_object, source) if stored_object.pixel_data else None
        clean = pixel_cleaner(image, source, policy)
    with refusing_what_is_malformed():
        if is_cut_short(dataset):
            raise NotAcceptable("the stored object is cut short: what is there of it cannot be de-identified")
        identity = deidentify(dataset, policy)
    transfer_syntax_uid = stored_object.transfer_syntax_uid
    frames: Iterator[DecodedFrame] = iter(())
    if image and clean:
        frames = map(clean, read_frames(image, source))
        first = next(frames)
        frames = chain([first], frames)
        describe(dataset, first)
        if stored_object.pixel_data and stored_object.pixel_data.is_encapsulated:
            transfer_syntax_uid = str(ExplicitVRLittleEndian)
            for keyword, value in stored_loss(image, source).items():
                setattr(dataset, keyword, value)
    for keyword in TABLES:
        if keyword in dataset:
            del dataset[keyword]
    write_meta_header(file, dataset, transfer_syntax_uid)
    with refusing_what_is_malformed():
        content = encoded(dataset, stored_object)
    file.write(content)
    if image and clean:
        write_cleaned_frames(file, stored_object, image, frames)
    elif image:
        write_stored_pixels(file, image, source, CodedText(identity))


def is_cut_short(dataset: Dataset) -> bool:
    """Whether the file ends within its last element, of which pydicom gives what there is."""
    last = dataset.get_item(max(dataset.keys())) if dataset else None
    if not isinstance(last, RawDataElement) or last.length == UNDEFINED_LENGTH:
        return False
    return len(last.value or b"") < last.length


@contextmanager
def refusing_what_is_malformed() -> Iterator[None]:
    """Has pydicom raise `NotAcceptable` where it raises nearly anything."""
    try:
        yield
    except (MemoryError, WadoError):
        raise
    except Exception:
        raise NotAcceptable("the stored object is malformed in a way that cannot be de-identified") from None


def describe(dataset: Dataset, frame: DecodedFrame) -> None:
    """The Image Pixel Module of frames as they are decoded, in whole cells (PS3.3 C.7.6.3)."""
    dataset.PhotometricInterpretation = frame.photometric_interpretation.replace("_422", "")
    dataset.BitsAllocated = frame.words.dtype.itemsize * 8
    if frame.words.ndim == 3:
        dataset.PlanarConfiguration = int(is_by_plane(dataset, dataset.PhotometricInterpretation))


def encoded(dataset: Dataset, stored_object: StoredObject) -> bytes:
    """The data set up to the pixel data, in the encoding that it was stored in."""
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = stored_object.is_implicit_vr, stored_object.is_little_endian
    if not stored_object.is_implicit_vr:
        name_vrs(dataset, is_little_endian=stored_object.is_little_endian)
    write_dataset(buffer, dataset)
    return buffer.getvalue()


def name_vrs(dataset: Dataset, *, is_little_endian: bool) -> None:
    """Have every element say its VR: those of a sequence that was UN have none (PS3.5 6.2.2).

    What was UN itself was looked at as what its attribute is, and says so; not in Big Endian, as it may be in either.
    """
    for tag in list(dataset.keys()):
        element = dataset.get_item(tag)
        if isinstance(element, RawDataElement):
            if element.VR is None:
                element = dataset[tag]
            elif element.VR == "UN" and is_little_endian and (vr := _meant_vr(element)) != "UN":
                dataset[tag] = element._replace(VR=vr)  # no private one: pydicom would read and write it anew
        if element.VR == "SQ":
            for item in dataset[tag].value:
                name_vrs(item, is_little_endian=is_little_endian)


def _meant_vr(element: RawDataElement) -> str:
    """The dictionary's VR, if it has just one and that has room for the length (PS3.5 6.2.2, 7.1.2)."""
    if element.tag.is_private or not dictionary_has_tag(element.tag):
        return "UN"
    vr = dictionary_VR(element.tag)
    has_room = vr in LONG_VRS or len(element.value or b"") <= LONGEST_SHORT_VALUE
    return vr if vr in STANDARD_VR and has_room else "UN"


def write_header(file: BinaryIO, stored_object: StoredObject, vr: bytes, length: int) -> None:
    """The header of the pixel data element (PS3.5 7.1)."""
    assert stored_object.pixel_data is not None
    order = "<" if stored_object.is_little_endian else ">"
    tag = Tag(stored_object.pixel_data.keyword)
    file.write(struct.pack(f"{order}HH", tag.group, tag.element))
    file.write(b"" if stored_object.is_implicit_vr else vr + bytes(2))
    file.write(struct.pack(f"{order}I", length))


def write_cleaned_frames(
    file: BinaryIO, stored_object: StoredObject, image: StoredImage, frames: Iterator[DecodedFrame]
) -> None:
    """Native pixel data, frame by frame."""
    first = next(frames)
    words_type = first.words.dtype.newbyteorder("<" if stored_object.is_little_endian else ">")
    size = first.words.nbytes * image.pixel.number_of_frames
    vr = {"u": b"OB" if first.words.dtype.itemsize == 1 else b"OW", "f": b"OF"}[first.words.dtype.kind]
    if first.words.dtype == np.float64:
        vr = b"OD"
    write_header(file, stored_object, vr, size + size % 2)
    by_plane = first.words.ndim == 3 and stored_object.dataset.PlanarConfiguration == 1
    for frame in chain([first], frames):
        words = np.moveaxis(frame.words, -1, 0) if by_plane else frame.words
        file.write(np.ascontiguousarray(words, words_type).tobytes())
    file.write(bytes(size % 2))


def write_stored_pixels(file: BinaryIO, image: StoredImage, source: Source, removed: CodedText) -> None:
    """The pixels as they are stored, and nothing that only lies beside them.

    Raises `Forbidden` for coded ones that have in them what was removed.
    """
    stored_object = image.stored_object
    element = stored_object.pixel_data
    assert element is not None
    if not isinstance(image.frames, NativeFrames):
        write_header(file, stored_object, b"OB", UNDEFINED_LENGTH)
        file.write(NO_OFFSETS)
        if isinstance(image.frames, EncapsulatedFrames):
            write_codestreams(file, image, source, removed)
        else:
            write_video(file, image.frames.open(source), removed)
        file.write(SEQUENCE_END + bytes(4))
        return
    assert element.length is not None
    size = min(element.length, (image.pixel.frame_bits * image.pixel.number_of_frames + 7) // 8)
    size -= (element.offset + size > source.size) * (element.offset + size - source.size)
    vr = {"FloatPixelData": b"OF", "DoubleFloatPixelData": b"OD"}.get(element.keyword)
    write_header(file, stored_object, vr or (b"OW" if element.is_in_words else b"OB"), size + size % 2)
    has_half_a_word = size % 2 == 1 and element.is_in_words and not stored_object.is_little_endian
    whole = size - has_half_a_word
    for at in range(0, whole, CHUNK):
        file.write(source.read(element.offset + at, min(CHUNK, whole - at)))
    if has_half_a_word:  # big endian: the last byte of the pixels lies behind that of the padding
        file.write(b"\0" + source.read(element.offset + size, 1).ljust(1, b"\0"))
    else:
        file.write(bytes(size % 2))


def write_codestreams(file: BinaryIO, image: StoredImage, source: Source, removed: CodedText) -> None:
    """One fragment for each frame, without a table of offsets (PS3.5 A.4)."""
    assert isinstance(image.frames, EncapsulatedFrames)
    check_number_of_frames(image, source)
    transfer_syntax_uid = image.stored_object.transfer_syntax_uid
    for number in range(image.pixel.number_of_frames):
        try:
            codestream = clean_frame(transfer_syntax_uid, image.frames.read(source, number), image.pixel)
        except TextError:
            raise told_in_pixels("that no decoder reads") from None
        except CodestreamError:
            raise unfit("PixelData", "cannot be read") from None
        if removed.is_in(copied_part(transfer_syntax_uid, codestream)):
            raise told_in_pixels()
        file.write(ITEM + struct.pack("<I", len(codestream)))
        file.write(codestream)


def told_in_pixels(which: str = "that is removed elsewhere") -> Forbidden:
    return Forbidden(f"its coded pixel data have text in them {which}", parameter="anonymize", clause=CLAUSE)


def write_video(file: BinaryIO, stream: BitStream, removed: CodedText) -> None:
    """The fragments of a video, which is one stream."""
    with SpooledFile(stream.size) as cleaned:
        try:
            write_cleaned(cleaned.descriptor, stream)
            check_decodes(BitStream(FileSource(cleaned.descriptor, cleaned.size), [(0, cleaned.size)]))
        except CodestreamError:
            raise Forbidden(
                "what its writer put beside the pictures of this video cannot be taken out of it",
                parameter="anonymize",
                clause=CLAUSE,
            ) from None
        for start in range(0, cleaned.size, LONGEST_FRAGMENT):
            length = min(LONGEST_FRAGMENT, cleaned.size - start)
            file.write(ITEM + struct.pack("<I", length + length % 2))
            for at in range(start, start + length, CHUNK):
                piece = os.pread(cleaned.descriptor, CHUNK + removed.overlap, at)
                if removed.is_in(piece):
                    raise told_in_pixels()
                file.write(piece[: min(CHUNK, start + length - at)])
            file.write(bytes(length % 2))
