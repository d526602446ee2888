"""Where each frame lies in the pixel data, and its bytes (PS3.5 section 8 and Annex A.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from wado.dicom.stored_object import PixelDataElement, Source
from wado.dicom.table_entries import swap_bytes
from wado.dicom.values import unfit, values_of
from wado.image.codestream import Kind, recognise
from wado.image.pixels import ImagePixel

ITEM = b"\xfe\xff\x00\xe0"
_END_OF_IMAGE = b"\xff\xd9"
"""The marker that ends a JPEG, JPEG-LS or JPEG 2000 codestream."""
_LONGEST_SIGNATURE = 12
"""Bytes by which a JPEG XL is known."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of the source."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class NativeFrames:
    """Uncompressed frames, one behind the other without a gap, even of single bits (PS3.5 8.1.1).

    `has_swapped_bytes` tells of cells that are no wider than a byte and lie in words of Big Endian (PS3.5 8.1.2).
    """

    pixel_data: Span
    frame_bits: int
    has_swapped_bytes: bool = False

    def read(self, source: Source, frame_index: int) -> tuple[bytes, int]:
        """The bytes that hold the frame, and its first bit in them. A last byte that is missing is taken for 0."""
        return self.read_bits(source, frame_index, 0, self.frame_bits)

    def read_bits(self, source: Source, frame_index: int, start: int, number: int) -> tuple[bytes, int]:
        """The bytes that hold so many bits of the frame, and the first of these in them.

        Refused as the whole frame is: a part of one that is cut short is not shown either.
        """
        first_byte, first_bit = divmod(frame_index * self.frame_bits, 8)
        length = (first_bit + self.frame_bits + 7) // 8
        there = min(length, self.pixel_data.length - first_byte)
        if there < max(1, length - 1):
            raise unfit("PixelData", "is shorter than the number of frames, rows and columns say")
        is_there = source.size - self.pixel_data.offset - first_byte >= length - 1
        skipped, first_bit = divmod(first_bit + start, 8)
        length = (first_bit + number + 7) // 8
        content = self._read_bytes(source, first_byte + skipped, min(length, there - skipped)) if is_there else b""
        if not is_there or len(content) < length - 1:
            raise unfit("PixelData", "is cut short")
        return content.ljust(length, b"\0"), first_bit

    def _read_bytes(self, source: Source, first_byte: int, length: int) -> bytes:
        if not self.has_swapped_bytes:
            return source.read(self.pixel_data.offset + first_byte, length)
        extra = first_byte % 2
        words = source.read(self.pixel_data.offset + first_byte - extra, (extra + length + 1) // 2 * 2)
        return swap_bytes(words)[extra : extra + length]


@dataclass(frozen=True, slots=True)
class EncapsulatedFrames:
    """Codestreams, each in one fragment or several."""

    fragments: tuple[tuple[Span, ...], ...]

    def read(self, source: Source, frame_index: int) -> bytes:
        if frame_index >= len(self.fragments):
            raise unfit("PixelData", "holds fewer frames than Number of Frames says")
        parts = [source.read(span.offset, span.length) for span in self.fragments[frame_index]]
        return parts[0] if len(parts) == 1 else b"".join(parts)


def find_frames(
    source: Source, dataset: Dataset, element: PixelDataElement, pixel: ImagePixel
) -> NativeFrames | EncapsulatedFrames:
    if element.length is not None:
        has_swapped_bytes = element.is_in_words and pixel.bits_allocated <= 8 and dataset.original_encoding[1] is False
        return NativeFrames(Span(element.offset, element.length), pixel.frame_bits, has_swapped_bytes)
    items = list(_items(source, element.offset))
    if len(items) < 2:
        raise unfit("PixelData", "holds no fragment")
    table, *fragments = items
    starts = _extended_offsets(dataset) or _basic_offsets(source, table)
    grouped = _by_offsets(fragments, starts) if starts else None
    if grouped is None or len(grouped) < pixel.number_of_frames:
        grouped = _by_count(source, fragments, pixel.number_of_frames)
    return EncapsulatedFrames(tuple(map(tuple, grouped)))


def _items(source: Source, offset: int) -> Iterator[Span]:
    """The items of encapsulated pixel data: the offset table, then the fragments, up to the delimiter or the end."""
    while (header := source.read(offset, 8))[:4] == ITEM and len(header) == 8:
        length = int.from_bytes(header[4:], "little")
        length = min(length, max(0, source.size - offset - 8))
        yield Span(offset + 8, length)
        offset += 8 + length


def _basic_offsets(source: Source, table: Span) -> list[int]:
    content = source.read(table.offset, table.length)
    return [int.from_bytes(content[at : at + 4], "little") for at in range(0, len(content) - 3, 4)]


def _extended_offsets(dataset: Dataset) -> list[int]:
    """Extended Offset Table (PS3.3 C.7.6.3.1.8): 64-bit offsets of the frames' items, after the empty basic table."""
    content = next((value for value in values_of(dataset, "ExtendedOffsetTable") if isinstance(value, bytes)), b"")
    return [int.from_bytes(content[at : at + 8], "little") for at in range(0, len(content) - 7, 8)]


def _by_offsets(fragments: Sequence[Span], starts: Sequence[int]) -> list[list[Span]] | None:
    """Fragments by the table's offsets, which count from the first fragment's item; none if the table is wrong."""
    first = fragments[0].offset
    positions = {fragment.offset - first: index for index, fragment in enumerate(fragments)}
    if any(start not in positions for start in starts):
        return None
    indices = [positions[start] for start in starts]
    ends = [*indices[1:], len(fragments)]
    if any(end <= start for start, end in zip(indices, ends, strict=True)):
        return None
    return [list(fragments[start:end]) for start, end in zip(indices, ends, strict=True)]


def _by_count(source: Source, fragments: Sequence[Span], number_of_frames: int) -> list[list[Span]]:
    """Fragments without a usable table: all one frame's, one for each frame, or each up to an end-of-image marker.

    JPEG XL ends without a marker, but begins with one.
    """
    if number_of_frames == 1:
        return [list(fragments)]
    if len(fragments) == number_of_frames:
        return [[fragment] for fragment in fragments]
    if _begins_jpeg_xl(source, fragments[0]):
        starts = [span.offset - fragments[0].offset for span in fragments if _begins_jpeg_xl(source, span)]
        grouped = _by_offsets(fragments, starts)
        if grouped and len(grouped) == number_of_frames:
            return grouped
    frames: list[list[Span]] = [[]]
    for fragment in fragments:
        frames[-1].append(fragment)
        if _END_OF_IMAGE in source.read(fragment.offset + max(0, fragment.length - 4), min(4, fragment.length)):
            frames.append([])
    frames = [frame for frame in frames if frame]
    if len(frames) != number_of_frames:
        raise unfit("PixelData", "does not say which fragments belong to which frame")
    return frames


def _begins_jpeg_xl(source: Source, fragment: Span) -> bool:
    return recognise(source.read(fragment.offset, min(fragment.length, _LONGEST_SIGNATURE))) is Kind.JPEG_XL
