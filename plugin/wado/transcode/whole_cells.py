"""The frames of an image as they are to be written: in cells of Bits Allocated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import Source
from wado.image.codecs import DecodedFrame
from wado.image.pixels import ImagePixel


def read_frames(image: StoredImage, source: Source) -> Iterator[DecodedFrame]:
    """All frames in order, each decoded when it is asked for; raises `NotAcceptable`."""
    return (in_cells(frame, image.pixel) for frame in image.read_frames(source))


def in_cells(frame: DecodedFrame, pixel: ImagePixel) -> DecodedFrame:
    """A codestream may be of fewer bits than the object says. Its values count; the object says how they are written
    when they are no longer compressed (PS3.5 8.2.1 note 1).
    """
    words, itemsize = frame.words, 2 if pixel.bits_allocated <= 16 else 4
    if words.dtype.kind == "f" or pixel.bits_allocated <= 8 * words.dtype.itemsize:
        return frame
    kind = "i" if pixel.cell.is_signed else "u"
    wide = words.view(f"{kind}{words.dtype.itemsize}").astype(f"{kind}{itemsize}")
    return replace(frame, words=wide.view(f"u{itemsize}"))
