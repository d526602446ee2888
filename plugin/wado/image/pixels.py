"""What the pixels of an image are, in numbers: the value that the image chain starts from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class PixelFormat(Enum):
    """Pixel Data, Float Pixel Data or Double Float Pixel Data (PS3.3 C.7.6.24, C.7.6.25)."""

    INTEGER = "integer"
    FLOAT = "float"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class Cell:
    """Where in its cell a stored value lies, and whether it has a sign (PS3.3 C.7.6.3); `high_bit` counts from 0."""

    bits_stored: int
    high_bit: int
    is_signed: bool


@dataclass(frozen=True, slots=True)
class ImagePixel:
    """The Image Pixel Module (PS3.3 C.7.6.3), consistent in itself.

    `is_planar` is Planar Configuration 1.
    """

    rows: int
    columns: int
    samples_per_pixel: int
    photometric_interpretation: str
    is_planar: bool
    bits_allocated: int
    cell: Cell
    number_of_frames: int
    pixel_format: PixelFormat

    @property
    def is_monochrome(self) -> bool:
        return self.photometric_interpretation in ("MONOCHROME1", "MONOCHROME2")

    @property
    def is_subsampled(self) -> bool:
        """Whether uncompressed pixels keep two chrominance samples for two pixels (PS3.3 C.7.6.3.1.2)."""
        return self.photometric_interpretation in ("YBR_FULL_422", "YBR_PARTIAL_422")

    @property
    def frame_bits(self) -> int:
        """Bits of one uncompressed frame."""
        samples = 2 if self.is_subsampled else self.samples_per_pixel
        return self.rows * self.columns * samples * self.bits_allocated

    @property
    def words_bytes(self) -> int:
        """Bytes of one frame's words, as they are when it has been decoded."""
        return self.rows * self.columns * self.samples_per_pixel * max(1, self.bits_allocated // 8)
