"""Codestreams to words (PS3.5 Annex A.4): the table of decoders, and the checks before each."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from wado.image.codestream import (
    RESTARTS,
    Jpeg2000Header,
    JpegHeader,
    Kind,
    bare_jpeg_2000,
    has_every_restart,
    has_every_scan,
    has_every_tile,
    read_jpeg_2000_header,
    read_jpeg_header,
    recognise,
)
from wado.image.jpeg_xl_header import read_jpeg_xl_size
from wado.image.pixels import ImagePixel
from wado.image.second_thread import is_processor_free
from wado.image.stored_values import Words, unpack

RLE_LOSSLESS = "1.2.840.10008.1.2.5"
ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
DEFLATED_IMAGE_FRAME = "1.2.840.10008.1.2.8.1"

MOST_TILES = 4096
LEAST_FOR_TWO_THREADS = 256 * 256
"""Pixels of a JPEG 2000: sixteen code-blocks, of which each thread takes the next, and some 12 ms of work for one."""

MOST_DECOMPOSITION_LEVELS = 32
_END_OF_IMAGE = b"\xff\xd9"
_LONGEST_PADDING = 16
"""Bytes at the end of a codestream among which its last marker is looked for."""

_FILLERS = (b"\x00" * 64, b"\x55" * 64, b"\xcc\x3a" * 32)
"""Bytes in place of those that a JPEG may lack: no two of them make the same of an incomplete picture."""

_SINGLE_BITS = tuple(bytes([1 << bit]) for bit in range(8))


class CodestreamError(Exception):
    """The codestream cannot be decoded, or not wholly."""


class FrameSizeError(CodestreamError):
    """The codestream is not of the size that the object's Rows and Columns say."""


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """The words of a frame, and the colour space that they are in after decoding."""

    words: Words
    photometric_interpretation: str
    is_signed: bool = False
    """Whether the codestream itself says so; then the words have been extended to their whole cells."""


Decoder = Callable[[bytes, ImagePixel], DecodedFrame]


def decode(transfer_syntax_uid: str, codestream: bytes, pixel: ImagePixel) -> DecodedFrame:
    """One frame's words, (rows, columns) or (rows, columns, 3), unsigned; raises `CodestreamError`."""
    decoder = BY_TRANSFER_SYNTAX.get(transfer_syntax_uid) or BY_KIND.get(recognise(codestream))
    if decoder is None:
        raise CodestreamError
    try:
        frame = decoder(codestream, pixel)
    except (MemoryError, CodestreamError):
        raise
    except Exception:  # the libraries raise each their own
        _check_room(pixel)
        raise CodestreamError from None
    shape = (pixel.rows, pixel.columns) if pixel.samples_per_pixel == 1 else (pixel.rows, pixel.columns, 3)
    _check(frame.words.shape == shape)
    unsigned = _in_cells(frame.words.view(f"u{frame.words.dtype.itemsize}"), pixel)
    return DecodedFrame(unsigned, frame.photometric_interpretation, is_signed=frame.words.dtype.kind == "i")


def _in_cells(words: Words, pixel: ImagePixel) -> Words:
    """Words no wider than the object's cells; values that have no room in these are no values of this object."""
    itemsize = max(8, pixel.bits_allocated) // 8
    if words.dtype.itemsize <= itemsize or words.dtype.kind == "f":
        return words
    _check(int(words.max()) < 1 << 8 * itemsize)
    return words.astype(f"u{itemsize}")


def _check_room(pixel: ImagePixel) -> None:
    """Raise `MemoryError` where there may not have been enough, of which the libraries complain as of damage.

    They were seen to take up to 4 bytes for each sample, and little else, beside the words that come out.
    """
    np.empty(pixel.words_bytes + 5 * pixel.rows * pixel.columns * pixel.samples_per_pixel, np.uint8)


def decode_jpeg(codestream: bytes, pixel: ImagePixel) -> DecodedFrame:
    """JPEG baseline, extended and lossless. Lossy YBR is decoded to RGB, which libjpeg does best and at no cost."""
    header = _checked_jpeg_header(codestream, pixel)
    otherwise = pixel.photometric_interpretation != "RGB"
    if pixel.samples_per_pixel == 1:
        spaces, photometric_interpretation = _AS_IT_IS, pixel.photometric_interpretation
    elif not header.is_lossless and header.is_ybr(otherwise=otherwise):
        spaces, photometric_interpretation = _YBR_TO_RGB, "RGB"
    else:
        spaces = _COMPONENTS
        photometric_interpretation = "YBR_FULL" if header.is_lossless and otherwise else "RGB"
    return DecodedFrame(_decode_whole_jpeg(codestream, header, spaces), photometric_interpretation)


Spaces = tuple[str | None, str | None]
"""What libjpeg is to take the components for, and what to make of them. The same twice leaves them as they are."""

_AS_IT_IS: Spaces = (None, None)
_YBR_TO_RGB: Spaces = ("YCBCR", "RGB")
_COMPONENTS: Spaces = ("YCBCR", "YCBCR")


def _decode_whole_jpeg(codestream: bytes, header: JpegHeader, spaces: Spaces) -> Words:
    """Raises `CodestreamError` for a codestream that is cut short, of which libjpeg makes up the rest.

    One that merely lacks its last marker is whole: then it does not matter which bytes follow. Where there are several
    scans, nobody can tell whether the last one is there. The marker may also stand where the codestream was cut, or
    data be lost before a restart; then too other bytes in place of the missing ones make another picture.
    """
    _check(has_every_scan(codestream, header) and has_every_restart(codestream, header))
    if end_of(codestream) is None:
        _check(header.has_one_scan)
        words, *others = (_decode_jpeg(_filled(codestream, header, filler), spaces) for filler in _FILLERS)
        _check(all(np.array_equal(words, other) for other in others))
        return words
    words = _decode_jpeg(codestream, spaces)
    if header.restart_interval or not header.has_one_scan or _ends_in_middle_grey(words, header):
        _check(
            all(np.array_equal(words, _decode_jpeg(_filled(codestream, header, filler), spaces)) for filler in _FILLERS)
        )
    return words


def end_of(codestream: bytes) -> int | None:
    """The offset of the last marker."""
    end = codestream.find(_END_OF_IMAGE, max(0, len(codestream) - _LONGEST_PADDING))
    return end if end >= 0 else None


def _filled(codestream: bytes, header: JpegHeader, filler: bytes) -> bytes:
    """With other bytes where some may be missing: before the last marker, and before those of restarts."""
    cut = codestream[: end_of(codestream)].rstrip(b"\xff")
    if header.restart_interval:
        head, scan = cut[: header.first_scan], cut[header.first_scan :]
        cut = head + RESTARTS.sub(lambda marker: filler + marker[0], scan)
    return cut + filler + _END_OF_IMAGE


def _ends_in_middle_grey(words: Words, header: JpegHeader) -> bool:
    """What libjpeg gives the blocks and rows for which there are no data, whatever the colour space."""
    return bool(np.all(words[-1, -1] == 1 << (header.precision - 1)))


def _decode_jpeg(codestream: bytes, spaces: Spaces) -> Words:
    words: Words = imagecodecs.jpeg8_decode(codestream, colorspace=spaces[0], outcolorspace=spaces[1])
    return words


def decode_jpeg_ls(codestream: bytes, pixel: ImagePixel) -> DecodedFrame:
    """The decoder searches for seconds where the last marker is missing, and takes bits that it lacks for zeros."""
    _checked_jpeg_header(codestream, pixel)
    if end_of(codestream) is None:
        cut = codestream.rstrip(b"\xff")
        # One that is whole has no room for another byte.
        _check(not any(_is_jpeg_ls(cut + bit + _END_OF_IMAGE) for bit in _SINGLE_BITS))
        codestream = cut + _END_OF_IMAGE
    return DecodedFrame(imagecodecs.jpegls_decode(codestream), pixel.photometric_interpretation)


def _is_jpeg_ls(codestream: bytes) -> bool:
    try:
        imagecodecs.jpegls_decode(codestream)
    except imagecodecs.JpeglsError:
        return False
    return True


def decode_jpeg_2000(codestream: bytes, pixel: ImagePixel) -> DecodedFrame:
    """JPEG 2000 and High-Throughput JPEG 2000; the decoder undoes a component transform (PS3.3 C.7.6.3.1.2)."""
    codestream = bare_jpeg_2000(codestream)
    header = checked_jpeg_2000_header(codestream, pixel)
    if _END_OF_IMAGE not in codestream[-16:]:
        # OpenJPEG makes something of a codestream that is cut short; the last marker alone may be missing.
        codestream = codestream.removesuffix(b"\xff")
        _check(has_every_tile(codestream, header.number_of_tiles))
        codestream += _END_OF_IMAGE
    is_large = pixel.rows * pixel.columns >= LEAST_FOR_TWO_THREADS
    words = _decode_jpeg_2000(codestream, 2 if is_large and is_processor_free() else 1)
    return DecodedFrame(words, color_space_of_jpeg_2000(header, pixel))


def checked_jpeg_2000_header(codestream: bytes, pixel: ImagePixel) -> Jpeg2000Header:
    """That of a bare codestream of the image's size; raises `CodestreamError` for others."""
    header = read_jpeg_2000_header(codestream)
    _check(header is not None)
    assert header
    _check_size(header.rows, header.columns, pixel)
    _check(header.number_of_components == pixel.samples_per_pixel and not header.is_subsampled)
    _check(header.number_of_tiles <= MOST_TILES and header.decomposition_levels <= MOST_DECOMPOSITION_LEVELS)
    return header


def _decode_jpeg_2000(codestream: bytes, threads: int) -> Words:
    """On one thread where there is no memory for another: OpenJPEG does not tell that from damage."""
    try:
        words: Words = imagecodecs.jpeg2k_decode(codestream, numthreads=threads)
    except imagecodecs.Jpeg2kError:
        if threads == 1:
            raise
        return _decode_jpeg_2000(codestream, 1)
    return words


def color_space_of_jpeg_2000(header: Jpeg2000Header, pixel: ImagePixel) -> str:
    """That of the decoded words."""
    is_rgb = header.has_component_transform or pixel.photometric_interpretation in ("YBR_RCT", "YBR_ICT")
    return "RGB" if is_rgb and pixel.samples_per_pixel == 3 else pixel.photometric_interpretation


def decode_jpeg_xl(codestream: bytes, pixel: ImagePixel) -> DecodedFrame:
    """A recompressed JPEG is taken out as the JPEG that it was, so that its colours are read as that one's are."""
    size = read_jpeg_xl_size(codestream)
    _check(size is not None)
    assert size
    if size != (pixel.columns, pixel.rows):  # which it may be told to be turned from
        _check_size(*size, pixel)
    try:
        original = bytes(imagecodecs.jpegxl_decode_jpeg(codestream, numthreads=1))
    except ValueError:
        words = imagecodecs.jpegxl_decode(codestream)
        return DecodedFrame(words, "RGB" if pixel.samples_per_pixel == 3 else pixel.photometric_interpretation)
    return decode_jpeg(original, pixel)


def decode_rle(codestream: bytes, pixel: ImagePixel) -> DecodedFrame:
    """Each byte of each sample has a segment, the highest first, whatever Planar Configuration says (PS3.5 Annex G)."""
    itemsize = max(8, pixel.bits_allocated) // 8
    number_of_pixels = pixel.rows * pixel.columns
    length = number_of_pixels if pixel.bits_allocated > 1 else (number_of_pixels + 7) // 8
    segments = rle_segments(codestream, pixel.samples_per_pixel * itemsize)
    samples = [_rle_words(segments[at : at + itemsize], length) for at in range(0, len(segments), itemsize)]
    if pixel.bits_allocated == 1:
        return DecodedFrame(unpack(samples[0].tobytes(), pixel), pixel.photometric_interpretation)
    words = samples[0] if len(samples) == 1 else np.stack(samples, axis=-1)
    shape = pixel.rows, pixel.columns, *words.shape[1:]
    return DecodedFrame(words.reshape(shape), pixel.photometric_interpretation)


def decode_uncompressed(codestream: bytes, pixel: ImagePixel) -> DecodedFrame:
    """A last byte that is missing is taken for 0, as where frames are not encapsulated."""
    length = (pixel.frame_bits + 7) // 8
    _check(len(codestream) >= max(1, length - 1))
    codestream = codestream.ljust(length, b"\0")
    return DecodedFrame(unpack(codestream, pixel), pixel.photometric_interpretation)


def decode_deflated(codestream: bytes, pixel: ImagePixel) -> DecodedFrame:
    """Inflates no more than a frame's length."""
    frame = zlib.decompressobj(-zlib.MAX_WBITS).decompress(codestream, pixel.frame_bits // 8 + 1)
    _check(len(frame) * 8 >= pixel.frame_bits)
    return decode_uncompressed(frame, pixel)


BY_TRANSFER_SYNTAX: dict[str, Decoder] = {
    RLE_LOSSLESS: decode_rle,
    ENCAPSULATED_UNCOMPRESSED: decode_uncompressed,
    DEFLATED_IMAGE_FRAME: decode_deflated,
}
"""Frames that do not say by themselves what they are."""

BY_KIND: dict[Kind | None, Decoder] = {
    Kind.JPEG: decode_jpeg,
    Kind.JPEG_LS: decode_jpeg_ls,
    Kind.JPEG_2000: decode_jpeg_2000,
    Kind.JPEG_XL: decode_jpeg_xl,
}

VIDEO = frozenset(
    f"1.2.840.10008.1.2.4.{suffix}"
    for suffix in (
        *("100", "100.1", "101", "101.1", "102", "102.1", "103", "103.1", "104", "104.1"),
        *("105", "105.1", "106", "106.1", "107", "108"),
    )
)
"""Transfer syntaxes whose pixel data are one stream for all frames (PS3.5 8.2.7 and following)."""


MAY_BE_LOSSY = VIDEO | {f"1.2.840.10008.1.2.4.{suffix}" for suffix in ("50", "51", "81", "91", "93", "112", "203")}
"""Transfer syntaxes in which a bit need not come back as it was (PS3.5 A.4): a stored value merely comes near."""


def _checked_jpeg_header(codestream: bytes, pixel: ImagePixel) -> JpegHeader:
    header = read_jpeg_header(codestream)
    _check(header is not None)
    assert header
    _check_size(header.rows, header.columns, pixel)
    _check(len(header.components) == pixel.samples_per_pixel)
    return header


def rle_segments(codestream: bytes, number_of_segments: int) -> list[bytes]:
    offsets = np.frombuffer(codestream, "<u4", 16)
    _check(int(offsets[0]) == number_of_segments <= 15)
    bounds = [*map(int, offsets[1 : number_of_segments + 1]), len(codestream)]
    _check(bounds[0] >= 64 and sorted(bounds) == bounds)
    return [codestream[start:end] for start, end in pairwise(bounds)]


def _rle_words(segments: list[bytes], length: int) -> Words:
    """So many words, of a byte in each segment; put together by shifts, which take a third of a strided copy's time."""
    words: Words = rle_bytes(segments[0], length)
    for segment in segments[1:]:
        words = np.left_shift(words, 8, dtype=f"u{len(segments)}")
        words |= rle_bytes(segment, length)
    return words


def rle_bytes(segment: bytes, length: int) -> NDArray[np.uint8]:
    """The first so many bytes of a segment; raises `CodestreamError` or `ValueError` where there are fewer.

    Behind the last row a segment may have a byte of padding (PS3.5 G.3), and real ones have more than that, which need
    be no runs: imagecodecs takes that for damage.
    """
    try:
        decoded = imagecodecs.packbits_decode(segment)
    except imagecodecs.PackbitsError:
        decoded = _rle_runs(segment, length)
    return np.frombuffer(decoded, np.uint8, length)


def _rle_runs(segment: bytes, length: int) -> bytes:
    """Run by run, up to the last byte that is needed (PS3.5 G.3.2)."""
    decoded, at = bytearray(), 0
    while len(decoded) < length:
        _check(at < len(segment))
        code = segment[at]
        if code < 128:
            decoded += segment[at + 1 : at + 2 + code]
            at += 2 + code
        else:
            decoded += segment[at + 1 : at + 2] * (257 - code if code > 128 else 0)
            at += 2 if code > 128 else 1
    return bytes(decoded)


def _check_size(rows: int, columns: int, pixel: ImagePixel) -> None:
    if (rows, columns) != (pixel.rows, pixel.columns):
        raise FrameSizeError


def _check(is_right: bool) -> None:
    if not is_right:
        raise CodestreamError
