"""A stored image in a compressed transfer syntax: decoded, encoded and written frame by frame (PS3.5 A.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import BinaryIO

from pydicom.dataset import Dataset

from wado.dicom.frames import EncapsulatedFrames, NativeFrames
from wado.dicom.stored_image import StoredImage, has_palette, read_stored_image
from wado.dicom.stored_object import Source, StoredObject
from wado.dicom.values import text, unfit
from wado.image.codecs import VIDEO, DecodedFrame
from wado.image.compress import LOSSLESS_QUALITY, Frame
from wado.image.pixels import ImagePixel, PixelFormat
from wado.image.stored_values import stored_values
from wado.transcode.derive import Changes, derived_uid, describe_derivation, describe_stored_loss, ratio_value
from wado.transcode.elements import Replacements, replacements, tag_of
from wado.transcode.encapsulate import LARGEST_BASIC_OFFSET, NO_TABLES, FragmentWriter, fill
from wado.transcode.icon import describe_icon
from wado.transcode.overlays_in_pixels import move_overlays
from wado.transcode.planes import is_by_plane
from wado.transcode.rewrite import Revision, write_revised
from wado.transcode.syntaxes import (
    JPEG_XL_RECOMPRESSION,
    NEVER_LOSSY,
    PIXEL_SYNTAXES,
    RECOMPRESSIBLE,
    RECOMPRESSIONS,
    Depth,
    PixelSyntax,
)
from wado.transcode.whole_cells import check_number_of_frames, read_frames


class Unsuitable(Exception):
    """The object's pixels do not go into the transfer syntax (PS3.5 8.2): another one is to be tried."""


def write_compressed(
    stored_object: StoredObject, source: Source, file: BinaryIO, transfer_syntax_uid: str, quality: int
) -> None:
    """Write a whole Part 10 file; `source` is the object after `inflate`, `quality` 1 to 100.

    Raises `Unsuitable`, or `NotAcceptable` for pixels that cannot be decoded.
    """
    if not stored_object.pixel_data or stored_object.transfer_syntax_uid in VIDEO:
        raise Unsuitable
    image = read_stored_image(stored_object, source)
    recompress = RECOMPRESSIONS.get((stored_object.transfer_syntax_uid, transfer_syntax_uid))
    if recompress and _is_recompressible(image, source, transfer_syntax_uid, recompress):
        _write_recompressed(image, source, file, transfer_syntax_uid, recompress)
        return
    syntax = PIXEL_SYNTAXES.get(transfer_syntax_uid)
    if syntax is None:
        raise Unsuitable
    plan = _Plan(image, source, syntax, transfer_syntax_uid, quality)
    start = file.tell()
    if not _write_encoded(plan, file) and plan.is_lossy:
        file.seek(start)
        file.truncate()
        _write_encoded(replace(plan, quality=LOSSLESS_QUALITY), file)


@dataclass(frozen=True, slots=True)
class _Plan:
    image: StoredImage
    source: Source
    syntax: PixelSyntax
    transfer_syntax_uid: str
    quality: int

    @property
    def dataset(self) -> Dataset:
        return self.image.stored_object.dataset

    @property
    def pixel(self) -> ImagePixel:
        return self.image.pixel

    @property
    def is_lossy(self) -> bool:
        return self.syntax.is_lossy_at(self.quality, is_color=self.pixel.samples_per_pixel > 1)


def _write_encoded(plan: _Plan, file: BinaryIO) -> bool:
    """Whether any frame lost something: only then is it true what the object says after a lossy compression."""
    decoded = read_frames(plan.image, plan.source)
    first = next(decoded)
    frame = _to_encode(first, plan)
    _check(plan, frame, _photometric_interpretation(first))
    encoder = _Encoder(plan)
    codestreams = (encoder.encode(_to_encode(each, plan)) for each in chain([first], decoded))
    revision = _revision(plan, frame, _photometric_interpretation(first))
    raw_length = first.words.nbytes * plan.pixel.number_of_frames
    places, length = write_codestreams(plan.image, plan.source, file, revision, codestreams, 2 * raw_length)
    if plan.is_lossy:
        place = places[tag_of("LossyImageCompressionRatio")]
        fill(file, place, ratio_value(plan.image, plan.source, raw_length / max(1, length)))
    return encoder.has_lost


def _to_encode(decoded: DecodedFrame, plan: _Plan) -> Frame:
    """The stored values, in cells as they are stored; in the least that hold them where something is lost, or the codec
    has no others; whole cells where it keeps those.
    """
    pixel, words = plan.pixel, decoded.words
    is_rgb = decoded.photometric_interpretation == "RGB"
    if plan.syntax.keeps_cells:
        return Frame(words.astype(bool) if pixel.bits_allocated == 1 else words, pixel.cell.bits_stored, is_rgb)
    cell_bits = words.dtype.itemsize * 8
    bits_stored = pixel.cell.bits_stored
    cell = replace(pixel.cell, high_bit=min(pixel.cell.high_bit, cell_bits - 1))
    values = stored_values(words, cell)
    is_narrowed = plan.is_lossy or cell_bits not in plan.syntax.cells_of(_photometric_interpretation(decoded))
    if bits_stored <= 8 < cell_bits and is_narrowed and values.dtype.kind in "iu":
        values = values.astype(f"{values.dtype.kind}1")
    return Frame(values, bits_stored, is_rgb)


class _Encoder:
    """The plan's encoder for one frame after the other; `has_lost` tells whether any has lost something."""

    def __init__(self, plan: _Plan) -> None:
        self._plan = plan
        self.has_lost = False

    def encode(self, frame: Frame) -> bytes:
        try:
            return self._encode(frame)
        except MemoryError:
            raise
        except Exception:  # the libraries raise each their own: a side that is too long for the format
            raise Unsuitable from None

    def _encode(self, frame: Frame) -> bytes:
        syntax, quality = self._plan.syntax, self._plan.quality
        lossy = syntax.encode_lossy(frame, quality) if self._plan.is_lossy and syntax.encode_lossy else None
        self.has_lost |= self._plan.is_lossy and (lossy is not None or syntax.encode_lossy is None)
        return lossy or syntax.encode(frame, quality)


def _photometric_interpretation(decoded: DecodedFrame) -> str:
    """That of the frame in memory, whose chrominance is no longer subsampled."""
    return decoded.photometric_interpretation.replace("_422", "")


def _check(plan: _Plan, frame: Frame, photometric_interpretation: str) -> None:
    """Raises `Unsuitable` for pixels that the transfer syntax does not hold, and for such as would be left behind."""
    syntax, pixel = plan.syntax, plan.pixel
    cell_bits = 1 if pixel.bits_allocated == 1 else frame.cell_bits
    holds_sign = syntax.keeps_cells or (syntax.holds_signed and pixel.is_monochrome)
    holds = (
        pixel.pixel_format is PixelFormat.INTEGER
        and photometric_interpretation in syntax.photometric_interpretations
        and cell_bits in syntax.cells_of(photometric_interpretation)
        and syntax.least_bits_stored <= frame.bits_stored <= syntax.most_bits_stored
        and (holds_sign or not pixel.cell.is_signed)
    )
    if not holds or _has_more_frames(plan.image) or (plan.is_lossy and not _may_lose(plan)):
        raise Unsuitable


def _has_more_frames(image: StoredImage) -> bool:
    """Whether uncompressed pixels go on behind the last frame for another one, which is kept where they are copied."""
    frames = image.frames
    more = image.pixel.number_of_frames + 1
    return isinstance(frames, NativeFrames) and frames.pixel_data.length * 8 >= more * frames.frame_bits


def _may_lose(plan: _Plan) -> bool:
    """Whether the values are a picture's, and the object has a UID that the new one's can be made of.

    Values that a palette colours in part have to stay what they are.
    """
    is_picture = text(plan.dataset, "SOPClassUID") not in NEVER_LOSSY and not has_palette(plan.dataset, plan.pixel)
    return is_picture and bool(text(plan.dataset, "SOPInstanceUID"))


def _revision(plan: _Plan, frame: Frame, photometric_interpretation: str) -> Revision:
    changed = _describe_pixels(plan, frame, photometric_interpretation) | describe_icon(plan.image.stored_object)
    if not plan.syntax.keeps_cells:
        changed |= move_overlays(plan.image, plan.source)
    if not plan.is_lossy:
        return Revision(plan.transfer_syntax_uid, Changes(changed | describe_stored_loss(plan.image, plan.source)))
    new_uid = derived_uid(text(plan.dataset, "SOPInstanceUID"), plan.transfer_syntax_uid, plan.quality)
    derivation = describe_derivation(plan.image, plan.source, plan.syntax, plan.quality, new_uid)
    changes = replace(derivation, replacements=changed | derivation.replacements)
    return Revision(plan.transfer_syntax_uid, changes, sop_instance_uid=new_uid)


def _describe_pixels(plan: _Plan, frame: Frame, photometric_interpretation: str) -> Replacements:
    """The Image Pixel Module, consistent with the codestreams (PS3.5 8.2)."""
    name = plan.syntax.photometric_interpretation(photometric_interpretation, is_lossy=plan.is_lossy)
    values: dict[str, str | int | bytes | None] = {"PhotometricInterpretation": name}
    if plan.pixel.samples_per_pixel > 1:
        by_plane = plan.pixel.is_planar or is_by_plane(plan.dataset, name)
        values["PlanarConfiguration"] = int(plan.syntax.may_be_by_plane and by_plane)
    if frame.values.dtype != bool:
        values["BitsAllocated"] = frame.cell_bits
    if not plan.syntax.keeps_cells:
        bits_stored = _bits_stored(plan, frame)
        values |= {"BitsStored": bits_stored, "HighBit": bits_stored - 1}
    return replacements(values)


def _bits_stored(plan: _Plan, frame: Frame) -> int:
    depth = plan.syntax.lossy_depth if plan.is_lossy else Depth.AS_STORED
    if depth is Depth.AS_STORED:
        return frame.bits_stored
    return 12 if depth is Depth.OF_12 and frame.cell_bits == 16 else frame.cell_bits


def _is_recompressible(
    image: StoredImage, source: Source, transfer_syntax_uid: str, recompress: Callable[[bytes], bytes]
) -> bool:
    """Whether the first codestream is what its transfer syntax says, and its pixels are such as the other one holds."""
    if not isinstance(image.frames, EncapsulatedFrames):
        return False
    if transfer_syntax_uid == JPEG_XL_RECOMPRESSION and image.pixel.photometric_interpretation not in RECOMPRESSIBLE:
        return False
    try:
        return bool(recompress(image.frames.read(source, 0)))
    except (ValueError, RuntimeError):
        return False


def _write_recompressed(
    image: StoredImage, source: Source, file: BinaryIO, transfer_syntax_uid: str, recompress: Callable[[bytes], bytes]
) -> None:
    """Every codestream in other clothes: nothing else changes, but for the name of its colours where it was wrong."""
    assert isinstance(image.frames, EncapsulatedFrames)
    check_number_of_frames(image, source)
    codestreams = _recompressed(image, source, recompress)
    largest = 2 * sum(span.length for spans in image.frames.fragments for span in spans)
    changed = describe_icon(image.stored_object)
    if image.pixel.photometric_interpretation == "YBR_FULL":  # PS3.5 Tables 8.2.1-1, 8.2.15-1
        changed |= replacements({"PhotometricInterpretation": "YBR_FULL_422"})
    changes = Changes(changed)
    write_codestreams(image, source, file, Revision(transfer_syntax_uid, changes), codestreams, largest)


def _recompressed(image: StoredImage, source: Source, recompress: Callable[[bytes], bytes]) -> Iterator[bytes]:
    assert isinstance(image.frames, EncapsulatedFrames)
    for frame_index in range(image.pixel.number_of_frames):
        try:
            yield recompress(image.frames.read(source, frame_index))
        except (ValueError, RuntimeError):
            raise unfit("PixelData", "cannot be decoded") from None


def write_codestreams(
    image: StoredImage,
    source: Source,
    file: BinaryIO,
    revision: Revision,
    codestreams: Iterator[bytes],
    largest: int,
) -> tuple[dict[int, int], int]:
    """The file, with an offset table: the extended one where the codestreams may be too long for the basic one, which
    `largest` decides, the most bytes that they may have together. Gives places to fill, and the codestreams' length.
    """
    number_of_frames = image.pixel.number_of_frames
    is_extended = largest + 1024 * number_of_frames > LARGEST_BASIC_OFFSET
    fragments = FragmentWriter(number_of_frames, is_extended=is_extended)
    table = bytes(8 * number_of_frames) if is_extended else None
    tables = NO_TABLES | replacements({"ExtendedOffsetTable": table, "ExtendedOffsetTableLengths": table})
    changes = replace(revision.changes, replacements=revision.changes.replacements | tables)
    revision = replace(revision, changes=changes, write_pixel_data=lambda target: fragments.write(target, codestreams))
    places = write_revised(image.stored_object, source, file, revision)
    if is_extended:
        fill(file, places[tag_of("ExtendedOffsetTable")], fragments.extended_offset_table)
        fill(file, places[tag_of("ExtendedOffsetTableLengths")], fragments.extended_offset_table_lengths)
    return places, sum(fragments.lengths)
