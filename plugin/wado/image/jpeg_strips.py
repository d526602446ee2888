"""A large JPEG encoded in strips, two at the same time where a processor is free (ISO/IEC 10918-1 E.1.4, F.1.1.5).

A strip is a restart interval: nothing in its coded data depends on the strip above it, so that the strips, each encoded
as a picture of its own, make the picture when they are put one behind the other with markers between them. It decodes
to the same pixels as if it had been encoded at once. The strips depend on the size alone: equal pictures give equal
bytes, whether one thread or two have encoded them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from wado.image.codestream import RESTART_INTERVAL, find_frame_header, read_jpeg_header
from wado.image.second_thread import LARGE, in_two

Samples = NDArray[np.uint8]
"""(rows, columns) or (rows, columns, channels)."""

Encode = Callable[[Samples], bytes]
"""Baseline, sequential, with the same tables for every picture."""

_BLOCK, _TALLEST_UNIT = 8, 16
"""Rows and columns of a block; rows of a unit (MCU) where chrominance has half the resolution."""

_LONGEST_INTERVAL = 0xFFFF
"""Units that a restart interval can have (B.2.4.4)."""

_FIRST_RESTART, _RESTARTS = 0xD0, 8
_END_OF_IMAGE = 2
"""Bytes of the last marker."""


def encode_in_strips(samples: Samples, encode: Encode) -> bytes:
    """The picture as one JPEG; a small one encoded at once."""
    rows, columns = samples.shape[:2]
    height = strip_height(rows, columns)
    if height >= rows:
        return encode(samples)
    strips = [samples[top : top + height] for top in range(0, rows, height)]
    middle = len(strips) // 2
    upper, lower = in_two(
        lambda: [encode(strip) for strip in strips[:middle]], lambda: [encode(strip) for strip in strips[middle:]]
    )
    return join([*upper, *lower], rows)


def strip_height(rows: int, columns: int) -> int:
    """Whole units: half of the picture, or as much as an interval can have; all of a small one."""
    if rows * columns < LARGE or rows <= _TALLEST_UNIT:
        return rows
    half = -(-rows // 2 // _TALLEST_UNIT) * _TALLEST_UNIT
    longest = _LONGEST_INTERVAL // -(-columns // _BLOCK) * _BLOCK // _TALLEST_UNIT * _TALLEST_UNIT
    return min(half, longest)


def join(strips: Sequence[bytes], rows: int) -> bytes:
    """The strips of a picture of so many rows, all but the last of the same height, as one codestream."""
    header = read_jpeg_header(strips[0])
    assert header
    frame = find_frame_header(strips[0])
    first = strips[0]
    sized = b"".join([first[: frame + 5], rows.to_bytes(2, "big"), first[frame + 7 : header.first_scan]])
    scan_header = int.from_bytes(first[header.first_scan + 2 : header.first_scan + 4], "big")
    coded = header.first_scan + 2 + scan_header
    interval = units(header.rows, header.columns, header.components)
    parts = [
        sized,
        bytes((0xFF, RESTART_INTERVAL, 0, 4)),
        interval.to_bytes(2, "big"),
        first[header.first_scan : coded],
    ]
    for number, strip in enumerate(strips):
        parts.append(strip[coded:-_END_OF_IMAGE])
        parts.append(bytes((0xFF, _FIRST_RESTART + number % _RESTARTS)))
    parts[-1] = first[-_END_OF_IMAGE:]
    return b"".join(parts)


def units(rows: int, columns: int, components: Sequence[tuple[int, int, int]]) -> int:
    """How many units a scan of all components has; of a single component, each block is one (A.2.2, A.2.3)."""
    is_interleaved = len(components) > 1
    width = _BLOCK * (max(horizontal for _, horizontal, _ in components) if is_interleaved else 1)
    height = _BLOCK * (max(vertical for _, _, vertical in components) if is_interleaved else 1)
    return -(-rows // height) * -(-columns // width)
