"""The frames of an image as they are to be written: in cells that have room for Bits Stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import Source
from wado.image.codecs import DecodedFrame
from wado.image.pixels import Cell


def read_frames(image: StoredImage, source: Source) -> Iterator[DecodedFrame]:
    """All frames in order, each decoded when it is asked for; raises `NotAcceptable`."""
    return (with_room(frame, image.pixel.cell) for frame in image.read_frames(source))


def with_room(frame: DecodedFrame, cell: Cell) -> DecodedFrame:
    """A codestream may be of fewer bits than the object says. Its values count; the object says how they are written
    when they are no longer compressed (PS3.5 8.2.1 note 1).
    """
    words = frame.words
    if words.dtype.kind == "f" or cell.bits_stored <= 8 * words.dtype.itemsize:
        return frame
    kind, itemsize = "i" if cell.is_signed else "u", 2 if cell.bits_stored <= 16 else 4
    wide = words.view(f"{kind}{words.dtype.itemsize}").astype(f"{kind}{itemsize}")
    return replace(frame, words=wide.view(f"u{itemsize}"))
