"""The frames of an image as they are to be written: in cells of Bits Allocated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wado.dicom.frames import EncapsulatedFrames, Span
from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import Source
from wado.dicom.values import unfit
from wado.image.codecs import (
    DEFLATED_IMAGE_FRAME,
    ENCAPSULATED_UNCOMPRESSED,
    RLE_LOSSLESS,
    CodestreamError,
    DecodedFrame,
    decode,
)
from wado.image.codestream import recognise
from wado.image.pixels import ImagePixel

_LONGEST_SIGNATURE = 12
"""Bytes by which a codestream is known."""
_RLE_SIGNATURE = 8
"""Bytes of the number of segments and the first one's offset, which are the same in every frame (PS3.5 G.5)."""


def read_frames(image: StoredImage, source: Source) -> Iterator[DecodedFrame]:
    """All frames in order, each decoded when it is asked for; raises `NotAcceptable`.

    So it does where there are more of them than the object says, of which some would be lost, and where one differs
    from the first in what the object says of all of them: depth and colours.
    """
    check_number_of_frames(image, source)
    kinds = set()
    for stored in image.read_frames(source):
        frame = in_cells(stored, image.pixel)
        kinds.add((frame.words.dtype, frame.photometric_interpretation))
        if len(kinds) > 1:
            raise unfit("PixelData", "has frames of different depths or colours")
        yield frame


def check_number_of_frames(image: StoredImage, source: Source) -> None:
    """Raises `NotAcceptable` for codestreams of more frames than there are said to be: by the table of offsets, or
    where fragments that were taken for one frame hold one each.
    """
    if not isinstance(image.frames, EncapsulatedFrames):
        return
    frames = image.frames.fragments
    if len(frames) > image.pixel.number_of_frames or (len(frames[0]) > 1 and _are_frames(frames[0], image, source)):
        raise unfit("PixelData", "holds more frames than Number of Frames says")


def _are_frames(fragments: tuple[Span, ...], image: StoredImage, source: Source) -> bool:
    """Whether another fragment begins as the first does, or the first is whole where none can be known by that."""
    uid = image.stored_object.transfer_syntax_uid
    if uid in (ENCAPSULATED_UNCOMPRESSED, DEFLATED_IMAGE_FRAME):
        return _is_whole(source.read(fragments[0].offset, fragments[0].length), uid, image.pixel)
    starts = [source.read(span.offset, _LONGEST_SIGNATURE) for span in fragments]
    first, *others = [start[:_RLE_SIGNATURE] if uid == RLE_LOSSLESS else recognise(start) for start in starts]
    return first is not None and first in others


def _is_whole(codestream: bytes, transfer_syntax_uid: str, pixel: ImagePixel) -> bool:
    try:
        decode(transfer_syntax_uid, codestream, pixel)
    except CodestreamError:
        return False
    return True


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
