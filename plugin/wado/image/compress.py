"""Stored values to codestreams (PS3.5 Annex A.4): one encoder for each transfer syntax.

A lossy encoder takes its quality, 1 to 100, as the error that it may make: a root mean square error that follows from
the values that a frame really has, since a window may show a small part of them. Where it would make a greater one,
and at 100, it gives nothing: only the values themselves will do. JPEG has a quality of its own, and always gives one.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np

from wado.image.stored_values import Words

LOSSLESS_QUALITY = 100

LARGEST_ERROR, LARGEST_MEAN_ERROR = 24, 1.5
"""Times the error asked for that one value, and all of them in the root mean square, may be wrong by."""

COLOR_LOSSLESS_QUALITY = 90
"""From which on a coloured JPEG XL loses nothing: libjxl's lossy colours are near what an eye sees of a photograph, and
far from single pixels at sharp edges, of whatever quality."""

SMALLEST_ERROR = 0.4
"""Less than this is lost in rounding to whole values: nothing but the values themselves is as near."""

SMALLEST_RESOLUTION = 64
"""Pixels of the longer side of an HTJ2K codestream's lowest resolution, at most."""

STEP_FOR_ERROR = 2.5
"""OpenJPH's quantization step for a root mean square error of 1 part of the range; measured, 2.3 to 3.2."""

DISTANCE_FOR_ERROR = 54.0
"""libjxl's distance for a root mean square error of 1 part of the range, where it is small; measured, 50 to 60."""

ERRORS_TRIED = 4
SMALLEST_DISTANCE = 0.01
"""libjxl takes any smaller one for this."""

JPEG_XL_EFFORT = 3
DEEPEST_CHROMINANCE = 8
"""Bits of a colour that libjxl's own quality is meant for."""

MOST_NEAR = 255


@dataclass(frozen=True, slots=True)
class Frame:
    """Stored values, (rows, columns) or (rows, columns, 3): integers with their sign, `bits_stored` of them in use.

    `is_rgb` tells red, green and blue from luminance and chrominance.
    """

    values: Words
    bits_stored: int
    is_rgb: bool = False

    @property
    def is_color(self) -> bool:
        return self.values.ndim == 3

    @property
    def is_signed(self) -> bool:
        return self.values.dtype.kind == "i"

    @property
    def cell_bits(self) -> int:
        return self.values.dtype.itemsize * 8

    @property
    def cells(self) -> Words:
        """The values as unsigned numbers of their whole cells, a sign extended: what every reader takes for them."""
        return self.values.view(f"u{self.values.dtype.itemsize}")

    @property
    def precision(self) -> int:
        """Bits of the codestream's samples where it has no sign; the libraries have a least one for either cell."""
        return self.cell_bits if self.is_signed else max(self.bits_stored, 2 if self.cell_bits == 8 else 9)


FrameEncoder = Callable[[Frame, int], bytes]
"""Encodes a frame with a quality from 1 to 100; some need none."""

LossyEncoder = Callable[[Frame, int], bytes | None]
"""Encodes a frame with a loss, to a quality from 1 to 100; none where the quality leaves nothing to lose."""


def error_for(quality: int, frame: Frame) -> float:
    """The root mean square error of a quality, in stored values; 0 loses nothing.

    For values that span 8 bits it is a peak signal-to-noise ratio of 30 to 55 dB; each further bit has 3 dB more, so
    that an error is smaller beside the range, though not as small as it would be for a window on 8 bits of them.
    """
    span = float(frame.values.max()) - float(frame.values.min())
    if quality >= LOSSLESS_QUALITY or span == 0:
        return 0.0
    decibels = 30 + quality / 4 + max(0.0, 10 * math.log10((span + 1) / 256))
    error = span / float(10 ** (decibels / 20))
    return error if error >= SMALLEST_ERROR else 0.0


def encode_native(frame: Frame, quality: int) -> bytes:
    """The cells as they are, in little endian; single bits from the least significant one on (PS3.5 8.1.1, A.4.11)."""
    del quality
    if frame.bits_stored == 1 and frame.values.dtype == bool:
        return np.packbits(frame.values, bitorder="little").tobytes()
    return np.ascontiguousarray(frame.values, frame.values.dtype.newbyteorder("<")).tobytes()


def encode_deflated(frame: Frame, quality: int) -> bytes:
    """RFC 1951 without zlib's header (PS3.5 A.4.13)."""
    encoder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return encoder.compress(encode_native(frame, quality)) + encoder.flush()


def encode_rle(frame: Frame, quality: int) -> bytes:
    """A segment for each byte of each sample, the highest first; no run crosses the end of a row (PS3.5 Annex G)."""
    del quality
    rows, columns = frame.values.shape[:2]
    itemsize = frame.values.dtype.itemsize
    cells = np.ascontiguousarray(frame.cells, f"<u{itemsize}").reshape(rows, columns, -1, 1).view(np.uint8)
    return encode_rle_segments(
        cells[:, :, sample, byte] for sample in range(cells.shape[2]) for byte in reversed(range(itemsize))
    )


def encode_rle_segments(planes: Iterable[Words]) -> bytes:
    """A segment for each plane of bytes, (rows, columns), behind a header of their offsets."""
    coded = (bytes(imagecodecs.packbits_encode(np.ascontiguousarray(plane))) for plane in planes)
    segments = [segment + bytes(len(segment) % 2) for segment in coded]
    offsets = np.zeros(16, "<u4")
    offsets[0] = len(segments)
    offsets[1 : len(segments) + 1] = 64 + np.cumsum([0, *map(len, segments[:-1])])
    return offsets.tobytes() + b"".join(segments)


def encode_jpeg_baseline(frame: Frame, quality: int) -> bytes:
    """JPEG process 1; chrominance has as many columns as luminance."""
    options: dict[str, Any] = {"level": quality}
    if frame.is_color:
        space = "RGB" if frame.is_rgb else "YCBCR"
        options |= {"subsampling": "444", "colorspace": space, "outcolorspace": "YCBCR"}
    return bytes(imagecodecs.jpeg8_encode(_contiguous(frame.values), **options))


def encode_jpeg_extended(frame: Frame, quality: int) -> bytes:
    """JPEG process 4, of 12 bits; 8 bits are process 2, which differs from baseline in its frame header alone."""
    if frame.cell_bits == 16:
        return bytes(imagecodecs.jpeg8_encode(_contiguous(frame.values), quality, bitspersample=12))
    return encode_jpeg_baseline(frame, quality).replace(b"\xff\xc0\x00", b"\xff\xc1\x00", 1)


def encode_jpeg_lossless(frame: Frame, quality: int) -> bytes:
    """JPEG process 14 with selection value 1, in the colours that there are."""
    del quality
    options: dict[str, Any] = {"lossless": True, "predictor": 1, "bitspersample": frame.precision}
    if frame.is_color:
        space = "RGB" if frame.is_rgb else "UNKNOWN"  # libjpeg would halve the columns of named chrominance
        options |= {"colorspace": space, "outcolorspace": space}
    return bytes(imagecodecs.jpeg8_encode(_contiguous(frame.cells), **options))


def encode_jpeg_ls(frame: Frame, quality: int) -> bytes | None:
    """JPEG-LS of whole cells; `near` values may differ by that much, which an even distribution makes of the error."""
    error = error_for(quality, frame)
    near = min(MOST_NEAR, int(error * math.sqrt(3)))
    if near == 0 or (frame.is_signed and not _is_inside(frame, near)):
        return None  # the codestream's samples have no sign: the greatest of one are next to the smallest
    return bytes(imagecodecs.jpegls_encode(_contiguous(frame.cells), near))


def encode_jpeg_ls_lossless(frame: Frame, quality: int) -> bytes:
    del quality
    return bytes(imagecodecs.jpegls_encode(_contiguous(frame.cells), 0))


def encode_jpeg_2000_lossless(frame: Frame, quality: int) -> bytes:
    del quality
    return bytes(imagecodecs.jpeg2k_encode(_contiguous(frame.values), reversible=True, **_jpeg_2000_options(frame)))


def encode_jpeg_2000(frame: Frame, quality: int) -> bytes | None:
    options = _jpeg_2000_options(frame)

    def encode(error: float) -> bytes:
        ratio = 20 * math.log10((2**frame.bits_stored - 1) / error)  # OpenJPEG's peak is that of the precision
        lossy = options | {"level": ratio, "reversible": False}
        return bytes(imagecodecs.jpeg2k_encode(_contiguous(frame.values), **lossy))

    return _encode_near(frame, quality, encode, _decode_jpeg_2000)


def _jpeg_2000_options(frame: Frame) -> dict[str, Any]:
    return {"codecformat": "j2k", "bitspersample": frame.bits_stored, "mct": frame.is_rgb, "numthreads": 1}


def encode_htj2k_lossless(frame: Frame, quality: int) -> bytes:
    """High-Throughput JPEG 2000, progressing by resolution, position, component, layer as OpenJPH always does.

    With a tile-part for each resolution and their lengths, down to one of 64 pixels: the RPCL options (PS3.5 A.4.4).
    OpenJPH's binding knows the precision of whole cells only. What a smaller one changes is the number that is taken
    from unsigned samples (ISO/IEC 15444-1 G.1): it is taken here, from samples that are then signed, and the precision
    written into the header.
    """
    del quality
    options: dict[str, Any] = {"tlm": True, "tilepart": imagecodecs.HTJ2K.TILEPART.RESOLUTIONS} | _htj2k(frame)
    values = _contiguous(frame.values)
    if frame.bits_stored == frame.cell_bits:
        return bytes(imagecodecs.htj2k_encode(values, reversible=True, **options))
    if not frame.is_signed:
        values = (values - values.dtype.type(1 << frame.bits_stored - 1)).view(f"i{values.dtype.itemsize}")
    codestream = bytearray(imagecodecs.htj2k_encode(values, reversible=True, **options))
    for component in range(3 if frame.is_color else 1):
        codestream[_FIRST_PRECISION + 3 * component] = frame.bits_stored - 1 | (_SIGNED if frame.is_signed else 0)
    return bytes(codestream)


_FIRST_PRECISION, _SIGNED = 42, 0x80
"""Offset of the first component's Ssiz in a bare codestream, and the bit of it that is the sign (A.5.1)."""


def encode_htj2k(frame: Frame, quality: int) -> bytes | None:
    options = _htj2k(frame)

    def encode(error: float) -> bytes:
        step = STEP_FOR_ERROR * error / 2**frame.cell_bits
        return bytes(imagecodecs.htj2k_encode(_contiguous(frame.values), step, reversible=False, **options))

    return _encode_near(frame, quality, encode, _decode_jpeg_2000)


def _htj2k(frame: Frame) -> dict[str, Any]:
    longest = max(frame.values.shape[:2])
    resolutions = max(1, math.ceil(math.log2(longest / SMALLEST_RESOLUTION)))  # OpenJPH takes 0 for its default
    return {"rgb": frame.is_rgb, "resolutions": min(32, resolutions)}


def encode_jpeg_xl_lossless(frame: Frame, quality: int) -> bytes:
    del quality
    return bytes(imagecodecs.jpegxl_encode(_contiguous(frame.values), lossless=True, **_jpeg_xl_options(frame)))


def encode_jpeg_xl(frame: Frame, quality: int) -> bytes | None:
    """Of 8 bits with libjxl's own quality, which is made for pictures; of more bits by the error, since a window may
    show any part of them, in no greater precision than the values need.
    """
    if frame.is_color and quality >= COLOR_LOSSLESS_QUALITY:
        return None
    if quality < LOSSLESS_QUALITY and frame.bits_stored <= DEEPEST_CHROMINANCE:
        return bytes(imagecodecs.jpegxl_encode(_contiguous(frame.values), quality, **_jpeg_xl_options(frame)))
    precision = max(9, int(frame.values.max()).bit_length())
    options = _jpeg_xl_options(frame) | {"bitspersample": precision}

    def encode(error: float) -> bytes | None:
        distance = DISTANCE_FOR_ERROR * error / 2**precision
        if distance < SMALLEST_DISTANCE:
            return None
        return bytes(imagecodecs.jpegxl_encode(_contiguous(frame.values), distance=distance, **options))

    return _encode_near(frame, quality, encode, _decode_jpeg_xl)


def _jpeg_xl_options(frame: Frame) -> dict[str, Any]:
    precision = 8 if frame.cell_bits == 8 else frame.precision
    return {"bitspersample": precision, "effort": JPEG_XL_EFFORT, "usecontainer": False, "numthreads": 1}


def recompress_jpeg(codestream: bytes) -> bytes:
    """A JPEG as JPEG XL that gives back its every byte."""
    return bytes(imagecodecs.jpegxl_encode_jpeg(codestream, usecontainer=True, numthreads=1))


def restore_jpeg(codestream: bytes) -> bytes:
    """The JPEG that a JPEG XL was made of; raises `ValueError` if it was not made of one."""
    return bytes(imagecodecs.jpegxl_decode_jpeg(codestream, numthreads=1))


def _encode_near(
    frame: Frame, quality: int, encode: Callable[[float], bytes | None], decode: Callable[[bytes], Words]
) -> bytes | None:
    """A codestream that makes no greater error than the quality allows; none where only the values themselves do.

    The libraries promise no error: `encode` is given smaller ones until what is decoded is near enough, so that no
    structure vanishes because it is small.
    """
    allowed = attempted = error_for(quality, frame)
    for _ in range(ERRORS_TRIED):
        codestream = encode(attempted) if attempted >= SMALLEST_ERROR else None
        if codestream is None:
            break
        if _is_close(decode(codestream), frame, allowed):
            return codestream
        attempted /= 2
    return None


def _decode_jpeg_2000(codestream: bytes) -> Words:
    words: Words = imagecodecs.jpeg2k_decode(codestream, numthreads=1)
    return words


def _decode_jpeg_xl(codestream: bytes) -> Words:
    words: Words = imagecodecs.jpegxl_decode(codestream, numthreads=1)
    return words


def _is_close(decoded: Words, frame: Frame, error: float) -> bool:
    """Whether no value is wrong by much more than the error asked for, and not all of them together."""
    errors = np.abs(decoded.astype(np.float32).reshape(frame.values.shape) - frame.values)
    mean = math.sqrt(float(np.mean(np.square(errors, dtype=np.float64))))
    # Rounding to whole values adds an error of its own.
    return bool(errors.max() <= LARGEST_ERROR * error + 1 and mean <= LARGEST_MEAN_ERROR * error + 0.5)


def _is_inside(frame: Frame, distance: int) -> bool:
    limits = np.iinfo(frame.values.dtype)
    return bool(limits.min + distance <= int(frame.values.min()) and int(frame.values.max()) <= limits.max - distance)


def _contiguous(values: Words) -> Words:
    return np.ascontiguousarray(values)
