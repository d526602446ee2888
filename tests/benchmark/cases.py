"""What the benchmark measures: a row for each kind of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from pydicom.dataset import Dataset

from tests.benchmark.images import (
    make_colour_jpeg,
    make_ct,
    make_frames,
    make_grey,
    make_jpeg_2000_ct,
    make_jpeg_lossless_ct,
    make_palette,
    make_rle_ct,
)
from tests.benchmark.states import make_annotated_state, make_window_state

FIRST_TARGET, TARGET, THUMBNAIL_TARGET = 2.0, 1.5, 4.0


@dataclass(frozen=True, slots=True)
class Case:
    """An image and what is asked of it, as JPEG.

    `target` is the ratio to reach; `instead` tells what the other plugin does where it cannot do the same.
    """

    name: str
    make: Callable[[], Dataset]
    parameters: Mapping[str, object] = field(default_factory=dict)
    target: float = TARGET
    instead: str = ""


WHOLE = "answers the whole picture: it ignores rows"

CASES = (
    Case("CT 512 x 512, 16 bit", make_ct, target=FIRST_TARGET),
    Case("CR 2048 x 2048, 16 bit", partial(make_grey, 2048), target=FIRST_TARGET),
    Case("CT, JPEG 2000", make_jpeg_2000_ct),
    Case("CT, JPEG lossless", make_jpeg_lossless_ct),
    Case("CT, RLE", make_rle_ct),
    Case("palette 512 x 512", make_palette),
    Case("colour JPEG 1024 x 1024", make_colour_jpeg, instead="decodes and encodes it again"),
    Case("colour JPEG, quality 80", make_colour_jpeg, {"imageQuality": 80}, instead="ignores imageQuality"),
    Case("2048 x 2048, rows=128", partial(make_grey, 2048), {"rows": 128}, THUMBNAIL_TARGET, WHOLE),
    Case("4096 x 4096, rows=128", partial(make_grey, 4096), {"rows": 128}, THUMBNAIL_TARGET, WHOLE),
    Case("frame 100 of 200", make_frames, {"frameNumber": 100}, instead="answers frame 1: it ignores frameNumber"),
)


@dataclass(frozen=True, slots=True)
class StateCase:
    """An image, and a presentation state of it; `target` is how many of the plain pictures a second it has to reach."""

    name: str
    make: Callable[[], Dataset]
    make_state: Callable[[Dataset], Dataset]
    target: float = 0.5


STATE_CASES = (
    StateCase("window", make_ct, make_window_state),
    StateCase("window, ten annotations", make_ct, make_annotated_state),
)
