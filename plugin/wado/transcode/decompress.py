"""Any stored object in Explicit VR Little Endian: its data set rewritten, its frames decoded one by one."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

import numpy as np
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import Source, StoredObject
from wado.dicom.values import unfit
from wado.errors import NotAcceptable
from wado.image.codecs import VIDEO, DecodedFrame
from wado.image.stored_values import Words
from wado.transcode.bits import BitPacker
from wado.transcode.derive import Changes, describe_stored_loss
from wado.transcode.element_encoding import PIXEL_DATA, write_element_header
from wado.transcode.elements import Replacements, replacements
from wado.transcode.encapsulate import NO_TABLES
from wado.transcode.explicit_vr import CHUNK
from wado.transcode.icon import describe_icon
from wado.transcode.part10 import write_meta_header
from wado.transcode.planes import is_by_plane
from wado.transcode.rewrite import Revision, write_data_set, write_revised
from wado.transcode.whole_cells import read_frames

LONGEST_VALUE = 0xFFFFFFFE

DEFLATION = 6
"""zlib's level of its own choice."""


def write_uncompressed(stored_object: StoredObject, source: Source, file: BinaryIO) -> None:
    """Write a whole Part 10 file; `source` is the object after `inflate`. Raises `NotAcceptable`."""
    write_revised(stored_object, source, file, _decompression(stored_object, source, ExplicitVRLittleEndian))


def write_deflated(stored_object: StoredObject, source: Source, file: BinaryIO) -> None:
    """The same with its data set deflated, the meta header before it as it is (PS3.5 A.5)."""
    write_meta_header(file, stored_object.dataset, DeflatedExplicitVRLittleEndian)
    revision = _decompression(stored_object, source, DeflatedExplicitVRLittleEndian)
    deflating = _DeflatingFile(file)
    with io.BufferedWriter(deflating, CHUNK) as buffered:
        write_data_set(stored_object, source, buffered, revision)
        buffered.flush()
        deflating.finish()


def _decompression(stored_object: StoredObject, source: Source, transfer_syntax_uid: str) -> Revision:
    if stored_object.transfer_syntax_uid in VIDEO:
        raise NotAcceptable(
            f"{UID(stored_object.transfer_syntax_uid).name} is sent as it is stored only; "
            "contentType=application/dicom&transferSyntax=* does that, contentType=video/mp4 gives the video"
        )
    if not (stored_object.pixel_data and stored_object.pixel_data.is_encapsulated):
        return Revision(transfer_syntax_uid)
    image = read_stored_image(stored_object, source)
    frames = read_frames(image, source)
    first = next(frames)
    changed = describe_pixels(image, first) | describe_icon(stored_object) | describe_stored_loss(image, source)

    def write_pixel_data(target: BinaryIO) -> None:
        if is_of_bits(image):
            write_bits(target, image, chain([first], frames))
            return
        write_frames(target, image, chain([first], frames), first.words.dtype.itemsize)

    return Revision(transfer_syntax_uid, Changes(changed), write_pixel_data)


def describe_pixels(image: StoredImage, frame: DecodedFrame) -> Replacements:
    """What changes in the Image Pixel Module when the pixels are no longer compressed (PS3.5 8.2, A.4)."""
    changed = NO_TABLES | replacements(
        {
            "PhotometricInterpretation": frame.photometric_interpretation,
            "BitsAllocated": 1 if is_of_bits(image) else frame.words.dtype.itemsize * 8,
        }
    )
    if image.pixel.samples_per_pixel > 1:
        by_plane = is_by_plane(image.stored_object.dataset, frame.photometric_interpretation)
        changed |= replacements({"PlanarConfiguration": int(by_plane)})
    return changed


def is_of_bits(image: StoredImage) -> bool:
    """Whether a pixel is a single bit, as those of a binary segmentation have to be, which codecs give as a byte."""
    return image.pixel.bits_allocated == 1 and image.pixel.samples_per_pixel == 1


def write_bits(target: BinaryIO, image: StoredImage, frames: Iterator[DecodedFrame]) -> None:
    """The pixel data element of single bits, one frame behind the other without a gap (PS3.5 8.1.1)."""
    pixel = image.pixel
    length = -(-pixel.rows * pixel.columns * pixel.number_of_frames // 8)
    if length > LONGEST_VALUE:
        raise unfit("PixelData", "is too long to be sent uncompressed")
    write_element_header(target, PIXEL_DATA, "OB", length + length % 2)
    packer = BitPacker()
    for frame in frames:
        packer.add(frame.words != 0)
        target.write(packer.take())
    target.write(packer.finish() + bytes(length % 2))


def write_frames(target: BinaryIO, image: StoredImage, frames: Iterator[DecodedFrame], itemsize: int) -> None:
    """The pixel data element, frame by frame."""
    pixel = image.pixel
    frame_length = pixel.rows * pixel.columns * pixel.samples_per_pixel * itemsize
    length = frame_length * pixel.number_of_frames
    if length > LONGEST_VALUE:
        raise unfit("PixelData", "is too long to be sent uncompressed")
    write_element_header(target, PIXEL_DATA, "OW" if itemsize > 1 else "OB", length + length % 2)
    for frame in frames:
        by_plane = is_by_plane(image.stored_object.dataset, frame.photometric_interpretation)
        target.write(_little_endian(np.moveaxis(frame.words, -1, 0) if by_plane else frame.words))
    if length % 2:
        target.write(b"\0")


def _little_endian(words: Words) -> memoryview:
    ordered = np.ascontiguousarray(words, words.dtype.newbyteorder("<"))
    return ordered.reshape(-1).view(np.uint8).data


class _DeflatingFile(io.RawIOBase):
    """What is written to it goes into the file deflated; nothing of it can be changed later."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._deflate = zlib.compressobj(DEFLATION, wbits=-zlib.MAX_WBITS)
        self._taken = 0
        self._given = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._taken

    def write(self, content: Any, /) -> int:
        self._pass_on(self._deflate.compress(content))
        length = memoryview(content).nbytes
        self._taken += length
        return length

    def finish(self) -> None:
        self._pass_on(self._deflate.flush())
        self._file.write(bytes(self._given % 2))

    def _pass_on(self, deflated: bytes) -> None:
        self._given += len(deflated)
        self._file.write(deflated)
