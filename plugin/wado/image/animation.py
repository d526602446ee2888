"""Pictures to GIF, still and moving.

Pillow encodes each picture as a GIF of its own; here its blocks are put into one container, so that no more than one
picture is ever in memory.
"""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import numpy as np
from PIL import Image

from wado.image.resize import Picture

SHORTEST_DURATION, LONGEST_DURATION = 20.0, 655_340.0
"""Milliseconds: browsers show what asks for less for 100, and a delay has 16 bits of hundredths."""

LONGEST_SIDE = 65535

COLORS_WEIGHED, PIXELS_WEIGHED = 4096, 1 << 15
"""Up to so many colours all count for the palette, else those of so many pixels: more take half a second a picture."""

_GREYS = bytes(np.repeat(np.arange(256, dtype=np.uint8), 3))
_TABLE_FOLLOWS = 0x80
_SCREEN_FLAGS = _TABLE_FOLLOWS | 0x70 | 7
"""A table of 256 colours, of 8 bits each."""
_LOOP_FOREVER = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_TRAILER = b"\x3b"
_SCREEN_LENGTH, _DESCRIPTOR_LENGTH = 13, 10


def encode_gif(picture: Picture) -> bytes:
    """Grey pictures lose nothing; colours beyond 256 become the nearest of a palette made for the picture."""
    return _screen(picture) + _image(picture) + _TRAILER


def write_gif(file: BinaryIO, pictures: Iterable[Picture], durations: Iterable[float], *, loop: bool = True) -> None:
    """Write as many pictures as there are durations, in milliseconds; they are all of one size."""
    is_first = True
    for picture, delay in zip(pictures, _delays(durations), strict=True):
        if is_first:
            file.write(_screen(picture) + (_LOOP_FOREVER if loop else b""))
            is_first = False
        file.write(_graphic_control(delay) + _image(picture))
    file.write(_TRAILER)


def _delays(durations: Iterable[float]) -> Iterator[int]:
    """Hundredths of a second, rounded so that their sum keeps to that of the durations."""
    end = 0.0
    shown = 0
    for duration in durations:
        end += min(max(duration, SHORTEST_DURATION), LONGEST_DURATION) / 10
        delay = int(end + 0.5) - shown
        yield delay
        shown += delay


def _screen(picture: Picture) -> bytes:
    """Header, logical screen and the table of greys."""
    rows, columns = picture.shape[:2]
    return b"GIF89a" + struct.pack("<HHBBB", columns, rows, _SCREEN_FLAGS, 0, 0) + _GREYS


def _graphic_control(delay: int) -> bytes:
    """A picture that covers the one before it."""
    return struct.pack("<BBBBHBB", 0x21, 0xF9, 4, 1 << 2, delay, 0, 0)


def _image(picture: Picture) -> bytes:
    """Image descriptor, the table of colours where it is not that of greys, and the compressed pixels."""
    indexed = Image.fromarray(np.ascontiguousarray(picture))
    is_grey = indexed.mode == "L"
    if not is_grey:
        indexed = _to_palette(indexed)
    file = io.BytesIO()
    indexed.save(file, "GIF", optimize=False, interlace=0)
    content = file.getbuffer()
    size_of_table = content[10] & 7
    start = _SCREEN_LENGTH + (3 << (size_of_table + 1))
    table = b"" if is_grey else bytes(content[_SCREEN_LENGTH:start])
    descriptor = bytearray(content[start : start + _DESCRIPTOR_LENGTH])
    descriptor[-1] = 0 if is_grey else _TABLE_FOLLOWS | size_of_table
    return bytes(descriptor) + table + bytes(content[start + _DESCRIPTOR_LENGTH : -len(_TRAILER)])


def _to_palette(image: Image.Image) -> Image.Image:
    """At most 256 colours, of which each pixel has the nearest: dithering would draw a grain that nothing has."""
    if image.getcolors(COLORS_WEIGHED):
        return image.quantize(256, Image.Quantize.MEDIANCUT)
    step = math.ceil(math.sqrt(image.width * image.height / PIXELS_WEIGHED))
    size = max(1, image.width // step), max(1, image.height // step)
    sample = image.resize(size, Image.Resampling.NEAREST)
    return image.quantize(palette=sample.quantize(256, Image.Quantize.MEDIANCUT), dither=Image.Dither.NONE)
