"""Any stored object in Explicit VR Little Endian: its data set rewritten, its frames decoded one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

import numpy as np
from pydicom.datadict import tag_for_keyword
from pydicom.uid import UID, ExplicitVRLittleEndian

from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import Source, StoredObject
from wado.dicom.values import integer, unfit
from wado.errors import NotAcceptable
from wado.image.codecs import VIDEO, DecodedFrame
from wado.image.stored_values import Words
from wado.transcode.explicit_vr import PIXEL_DATA, DataSetWriter, Element, Encoding, write_element_header
from wado.transcode.part10 import data_set_offset, write_meta_header

LONGEST_VALUE = 0xFFFFFFFE


def write_uncompressed(stored_object: StoredObject, source: Source, file: BinaryIO) -> None:
    """Write a whole Part 10 file; `source` is the object after `inflate`. Raises `NotAcceptable`."""
    offset = data_set_offset(source)
    if stored_object.transfer_syntax_uid in VIDEO:
        raise NotAcceptable(
            f"{UID(stored_object.transfer_syntax_uid).name} is sent as it is stored only; "
            "contentType=application/dicom&transferSyntax=* does that, contentType=video/mp4 gives the video"
        )
    encoding = Encoding(_is_implicit_vr(source, offset), stored_object.is_little_endian)
    dataset = stored_object.dataset
    is_signed = integer(dataset, "PixelRepresentation", 0) == 1
    replacements: dict[int, Element | None] = {}
    write_pixel_data = None
    if stored_object.pixel_data and stored_object.pixel_data.is_encapsulated:
        image = read_stored_image(stored_object, source)
        frames = image.read_frames(source)
        first = next(frames)
        replacements = describe_pixels(image, first)

        def write_pixel_data(target: BinaryIO) -> None:
            write_frames(target, image, chain([first], frames), first.words.dtype.itemsize)

    write_meta_header(file, dataset, ExplicitVRLittleEndian)
    with source.open() as content:
        content.seek(offset)
        DataSetWriter(
            content,
            file,
            encoding,
            is_signed=is_signed,
            bits_allocated=integer(dataset, "BitsAllocated", 16),
            replacements=replacements,
            write_pixel_data=write_pixel_data,
        ).copy()


def _is_implicit_vr(source: Source, offset: int) -> bool:
    """Whether the first element has no VR: there are files that name a transfer syntax they are not in."""
    vr = source.read(offset + 4, 2)
    return not (vr.isalpha() and vr.isupper())


def describe_pixels(image: StoredImage, frame: DecodedFrame) -> dict[int, Element | None]:
    """What changes in the Image Pixel Module when the pixels are no longer compressed (PS3.5 8.2, A.4)."""
    photometric_interpretation = frame.photometric_interpretation.encode()
    elements: dict[str, tuple[str, bytes] | None] = {
        "PhotometricInterpretation": ("CS", photometric_interpretation + b" " * (len(photometric_interpretation) % 2)),
        "BitsAllocated": ("US", (frame.words.dtype.itemsize * 8).to_bytes(2, "little")),
        "ExtendedOffsetTable": None,
        "ExtendedOffsetTableLengths": None,
    }
    if image.pixel.samples_per_pixel > 1:
        elements["PlanarConfiguration"] = ("US", b"\0\0")
    tags = {tag_for_keyword(keyword) or 0: value for keyword, value in elements.items()}
    return {tag: value and Element(tag, *value) for tag, value in tags.items()}


def write_frames(target: BinaryIO, image: StoredImage, frames: Iterator[DecodedFrame], itemsize: int) -> None:
    """The pixel data element, frame by frame."""
    pixel = image.pixel
    frame_length = pixel.rows * pixel.columns * pixel.samples_per_pixel * itemsize
    length = frame_length * pixel.number_of_frames
    if length > LONGEST_VALUE:
        raise unfit("PixelData", "is too long to be sent uncompressed")
    write_element_header(target, PIXEL_DATA, "OW" if itemsize > 1 else "OB", length + length % 2)
    for frame in frames:
        if frame.words.dtype.itemsize != itemsize:
            raise unfit("PixelData", "has frames of different depths")
        target.write(_little_endian(frame.words))
    if length % 2:
        target.write(b"\0")


def _little_endian(words: Words) -> memoryview:
    ordered = np.ascontiguousarray(words, words.dtype.newbyteorder("<"))
    return ordered.reshape(-1).view(np.uint8).data
