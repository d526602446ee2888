"""A stored image made ready: its header read once, and each frame's words on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from pydicom.dataset import Dataset

from wado.dicom.frames import EncapsulatedFrames, NativeFrames, find_frames
from wado.dicom.grayscale_chain import read_grayscale_chain
from wado.dicom.image_pixel import read_image_pixel
from wado.dicom.kept_frames import KeptFrames
from wado.dicom.palette import read_palette
from wado.dicom.stored_object import PixelDataElement, Source, StoredObject, check_transfer_syntax, inflate
from wado.dicom.values import items, text, unfit, values_of
from wado.errors import NotAcceptable
from wado.image.codecs import VIDEO, CodestreamError, DecodedFrame, FrameSizeError, decode
from wado.image.color import Palette
from wado.image.grayscale import GrayscaleChain
from wado.image.icc import is_usable
from wado.image.pixels import ImagePixel
from wado.image.reduced import ReducedFrame, decode_reduced
from wado.image.resize import Picture
from wado.image.stored_values import unpack
from wado.remembered import Remembered
from wado.video.bit_stream import BitStream, open_stream
from wado.video.streams import decode_frame, decode_frames

CHAINS_KEPT = 64

CenterAndWidth = tuple[float, float]


def _no_chains() -> Remembered[tuple[int, CenterAndWidth | None], GrayscaleChain]:
    return Remembered(CHAINS_KEPT)


@dataclass(frozen=True, slots=True)
class VideoFrames:
    """One stream for all frames (PS3.5 8.2.5 and following)."""

    pixel_data: PixelDataElement

    def open(self, source: Source) -> BitStream:
        return open_stream(source, self.pixel_data.offset, self.pixel_data.length)


@dataclass(frozen=True, slots=True)
class StoredImage:
    """`palette` is that of a PALETTE COLOR image, or the supplemental one of a monochrome image.

    `chains` are the grayscale chains of the frames and windows asked for last. Frames that took decoding are kept in
    `kept`, under the name of the `attachment`.
    """

    stored_object: StoredObject
    pixel: ImagePixel
    frames: NativeFrames | EncapsulatedFrames | VideoFrames
    palette: Palette | None
    icc_profile: bytes | None = None
    has_damaged_profile: bool = False
    chains: Remembered[tuple[int, CenterAndWidth | None], GrayscaleChain] = field(default_factory=_no_chains)
    attachment: str = ""
    kept: KeptFrames | None = None

    def grayscale_chain(self, frame_index: int, window: CenterAndWidth | None) -> GrayscaleChain:
        """The frame's chain; `window` replaces the object's own."""
        chain = self.chains.get((frame_index, window))
        if chain is None:
            chain = read_grayscale_chain(self.stored_object.dataset, self.pixel, frame_index, window)
            self.chains.put((frame_index, window), chain)
        return chain

    def read_frame(self, source: Source, frame_index: int) -> DecodedFrame:
        """The words of one frame, which nobody changes; `source` is the object after `inflate`.

        Raises `NotAcceptable`.
        """
        if self.kept is None or isinstance(self.frames, NativeFrames):  # these are read faster than they are looked for
            return self._read_frame(source, frame_index)
        key = self.attachment, frame_index, 0
        frame = self.kept.get(key)
        if frame is None:
            frame = self._read_frame(source, frame_index)
            frame.words.setflags(write=False)
            self.kept.put(key, frame)
        return frame

    def read_reduced_frame(self, source: Source, frame_index: int, halvings: int) -> ReducedFrame | None:
        """The words of one frame, its sides halved so often or less; none where only `read_frame` has it right."""
        assert isinstance(self.frames, EncapsulatedFrames)
        key = self.attachment, frame_index, halvings
        kept = self.kept.get(key) if self.kept else None
        if isinstance(kept, ReducedFrame):
            return kept
        frame = decode_reduced(self.frames.read(source, frame_index), self.pixel, halvings)
        if frame is not None and self.kept:
            frame.words.setflags(write=False)
            self.kept.put(key, frame)
        return frame

    def read_rows(self, source: Source, frame_index: int, top: int, bottom: int) -> DecodedFrame | None:
        """Some rows of an uncompressed frame, and no others; none where they do not lie one behind the other."""
        if not isinstance(self.frames, NativeFrames) or self.pixel.is_planar:
            return None
        row_bits = self.frames.frame_bits // self.pixel.rows
        pixel = replace(self.pixel, rows=bottom - top)
        content, first_bit = self.frames.read_bits(source, frame_index, top * row_bits, pixel.rows * row_bits)
        words = unpack(content, pixel, is_little_endian=self.stored_object.is_little_endian, first_bit=first_bit)
        return DecodedFrame(words, pixel.photometric_interpretation)

    def _read_frame(self, source: Source, frame_index: int) -> DecodedFrame:
        if isinstance(self.frames, NativeFrames):
            content, first_bit = self.frames.read(source, frame_index)
            words = unpack(
                content, self.pixel, is_little_endian=self.stored_object.is_little_endian, first_bit=first_bit
            )
            return DecodedFrame(words, self.pixel.photometric_interpretation)
        try:
            if isinstance(self.frames, VideoFrames):
                return self._shown(decode_frame(self.frames.open(source), frame_index))
            codestream = self.frames.read(source, frame_index)
            return decode(self.stored_object.transfer_syntax_uid, codestream, self.pixel)
        except CodestreamError as error:
            raise _undecodable(error) from None

    def read_frames(self, source: Source) -> Iterator[DecodedFrame]:
        """All frames in order, each decoded when it is asked for; those of a video only once each."""
        if isinstance(self.frames, VideoFrames):
            return self._read_video(self.frames.open(source))
        return (self.read_frame(source, frame_index) for frame_index in range(self.pixel.number_of_frames))

    def _read_video(self, stream: BitStream) -> Iterator[DecodedFrame]:
        try:
            for picture in decode_frames(stream):
                yield self._shown(picture)
        except CodestreamError as error:
            raise _undecodable(error) from None

    def _shown(self, picture: Picture) -> DecodedFrame:
        """A video's frame, which must be of the size and kind that the object says."""
        pixel = self.pixel
        if picture.ndim == 2 and not pixel.is_monochrome:
            picture = np.repeat(picture[..., None], 3, axis=2)  # a stream without chrominance
        if picture.shape[:2] != (pixel.rows, pixel.columns):
            raise FrameSizeError
        if (picture.ndim == 2) != pixel.is_monochrome:
            raise CodestreamError
        return DecodedFrame(picture, pixel.photometric_interpretation if pixel.is_monochrome else "RGB")


def _undecodable(error: CodestreamError) -> NotAcceptable:
    """All frames have the same Rows and Columns (PS3.3 C.7.6.3, C.7.6.6), also those at the edge of a larger image."""
    is_of_another_size = isinstance(error, FrameSizeError)
    complaint = "holds a frame of another size than Rows and Columns say" if is_of_another_size else "cannot be decoded"
    return unfit("PixelData", complaint)


def read_stored_image(stored_object: StoredObject, source: Source) -> StoredImage:
    """Raises `NotAcceptable` for an object without pixels, or with pixels that nothing here can decode."""
    if stored_object.pixel_data is None:
        raise unfit("PixelData", "is absent")
    check_transfer_syntax(stored_object)
    pixel = read_image_pixel(stored_object.dataset, stored_object.pixel_data)
    pixel = _as_it_is(pixel, stored_object)
    frames = (
        VideoFrames(stored_object.pixel_data)
        if stored_object.transfer_syntax_uid in VIDEO
        else find_frames(source, stored_object.dataset, stored_object.pixel_data, pixel)
    )
    dataset = stored_object.dataset
    palette = read_palette(dataset, pixel.cell.is_signed) if has_palette(dataset, pixel) else None
    profile = None if pixel.is_monochrome else read_icc_profile(dataset)
    is_sound = profile is None or is_usable(profile)
    return StoredImage(stored_object, pixel, frames, palette, profile if is_sound else None, not is_sound)


def has_palette(dataset: Dataset, pixel: ImagePixel) -> bool:
    """Whether some values are shown by a palette: all, or those of a supplemental one (PS3.3 C.7.6.23, C.7.9)."""
    if pixel.photometric_interpretation == "PALETTE COLOR":
        return True
    is_supplemental = text(dataset, "PixelPresentation") in ("COLOR", "MIXED", "TRUE_COLOR")
    return pixel.is_monochrome and is_supplemental and "RedPaletteColorLookupTableDescriptor" in dataset


def read_icc_profile(dataset: Dataset) -> bytes | None:
    """The profile of the image, or of its first optical path (PS3.3 C.11.15, C.8.12.5)."""
    for attributes in (dataset, *items(dataset, "OpticalPathSequence")[:1]):
        for value in values_of(attributes, "ICCProfile"):
            if isinstance(value, bytes) and value:
                return value
    return None


def inflated(stored_object: StoredObject, source: Source) -> Source:
    return inflate(source) if stored_object.is_deflated else source


def _as_it_is(pixel: ImagePixel, stored_object: StoredObject) -> ImagePixel:
    """Pixels that are called subsampled and are not: some writers keep YBR_FULL_422 when they decompress."""
    length = stored_object.pixel_data.length if stored_object.pixel_data else None
    full = pixel.rows * pixel.columns * 3 * pixel.bits_allocated // 8 * pixel.number_of_frames
    if pixel.is_subsampled and (length is None or length >= full):
        return replace(pixel, photometric_interpretation=pixel.photometric_interpretation.replace("_422", ""))
    if pixel.is_subsampled and pixel.columns % 2:
        raise unfit("Columns", "is odd, which subsampled chrominance does not allow")
    return pixel
