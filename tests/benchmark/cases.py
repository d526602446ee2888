"""The pictures that the benchmark asks for: a row for each kind of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from pydicom.dataset import Dataset

from tests.benchmark.images import (
    FRAME_NUMBER,
    make_colour_jpeg,
    make_ct,
    make_frames,
    make_grey,
    make_jpeg_2000_ct,
    make_jpeg_lossless_ct,
    make_mammogram,
    make_palette,
    make_rle_ct,
)
from tests.benchmark.results import Target

TARGET, THUMBNAIL_TARGET = Target(1.5), Target(4.0)
UNCOMPRESSED_TARGETS = {4: Target(2.5)}


@dataclass(frozen=True, slots=True)
class Case:
    """An image and what is asked of it, as JPEG.

    `copies` are stored of it, and a parameter may be a range, so that each request asks for another picture. `target`
    is the ratio to reach, `targets` others at some numbers of connections; `instead` tells what the DICOMweb plugin
    does where it cannot do the same. `in_short` are the numbers of connections of the short run.
    """

    name: str
    make: Callable[[], Dataset]
    parameters: Mapping[str, object] = field(default_factory=dict)
    copies: int = 64
    target: Target = TARGET
    targets: Mapping[int, Target] = field(default_factory=dict)
    instead: str = ""
    in_short: tuple[int, ...] = (4,)

    def target_at(self, connections: int) -> Target:
        return self.targets.get(connections, self.target)


WHOLE = "answers the whole picture: it ignores rows"

CT = Case("CT 512 × 512", make_ct, targets=UNCOMPRESSED_TARGETS, in_short=(4, 64))
CR = Case("CR 2048 × 2048", partial(make_grey, 2048), {}, 16, targets=UNCOMPRESSED_TARGETS)
MAMMOGRAM = Case("mammogram 4096 × 5000", make_mammogram, {}, 4, targets=UNCOMPRESSED_TARGETS)
JPEG_2000 = Case("CT, JPEG 2000", make_jpeg_2000_ct, in_short=(1, 4))
JPEG_LOSSLESS = Case("CT, JPEG lossless", make_jpeg_lossless_ct)
RLE = Case("CT, RLE", make_rle_ct)
PALETTE = Case("palette 512 × 512", make_palette)
FRAME = Case(
    "frame of 200, 105 MB",
    make_frames,
    {"frameNumber": range(FRAME_NUMBER, FRAME_NUMBER + 16)},
    copies=1,
    instead="answers frame 1: it ignores frameNumber",
)

CASES = (
    CT,
    CR,
    MAMMOGRAM,
    JPEG_2000,
    JPEG_LOSSLESS,
    RLE,
    PALETTE,
    Case("ultrasound, colour JPEG", make_colour_jpeg, instead="decodes and encodes it again"),
    Case("ultrasound, quality 80", make_colour_jpeg, {"imageQuality": 80}, instead="ignores imageQuality"),
    Case("2048 × 2048, rows=128", partial(make_grey, 2048), {"rows": 128}, 16, THUMBNAIL_TARGET, instead=WHOLE),
    Case("4096 × 4096, rows=128", partial(make_grey, 4096), {"rows": 128}, 4, THUMBNAIL_TARGET, instead=WHOLE),
    FRAME,
)


def questions(case: Case) -> list[dict[str, object]]:
    """Its parameters, with each value in place of a range of them."""
    every: list[dict[str, object]] = [{}]
    for name, value in case.parameters.items():
        values = list(value) if isinstance(value, range) else [value]
        every = [{**parameters, name: each} for parameters in every for each in values]
    return every
