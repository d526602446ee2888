"""One small object of every kind of pixels, whose values are known: what is asked for in every transfer syntax."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from tests.support.datasets import Array, make_image, make_object

ROWS, COLUMNS = 37, 46
"""Odd, and no whole number of blocks: the last byte and the last block of everything are cut; 4:2:2 needs pairs."""

SEGMENTATION, RT_DOSE = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.481.2"


def anatomy(bits: int, *, is_signed: bool = False, frames: int = 0) -> Array:
    """Smooth shapes with noise over the whole range of so many bits, its ends included."""
    generator = np.random.default_rng(bits)
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    shape = (max(1, frames), ROWS, COLUMNS)
    smooth = np.sin(rows / 7) + np.cos(columns / 9) + generator.normal(0, 0.02, shape)
    scaled = (smooth - smooth.min()) / np.ptp(smooth) * (2**bits - 1)
    lowest = -(1 << bits - 1) if is_signed else 0
    values: Array = (np.rint(scaled) + lowest).astype(f"{'i' if is_signed else 'u'}{1 if bits <= 8 else 2}")
    return values if frames else values[0].copy()


def colored(bits: int = 8) -> Array:
    grey = anatomy(bits)
    return np.stack([grey, np.roll(grey, 5, 0), grey[::-1]], -1)


def _ct() -> Dataset:
    """Signed values with padding outside of a circle, as scanners write them."""
    values = (anatomy(12).astype(np.int16) - 1024).astype(np.int16)
    values[:4, :4] = -2000
    return make_image(
        values, PixelPaddingValue=-2000, RescaleIntercept=0, RescaleSlope=1, SmallestImagePixelValue=-2000
    )


def _palette() -> Dataset:
    ramp = np.linspace(0, 65535, 256).astype("<u2").tobytes()
    attributes: dict[str, Any] = {
        f"{color}PaletteColorLookupTableDescriptor": [256, 0, 16] for color in ("Red", "Green", "Blue")
    }
    data: dict[str, Any] = {f"{color}PaletteColorLookupTableData": ramp for color in ("Red", "Green", "Blue")}
    return make_image(anatomy(8), "PALETTE COLOR", **attributes, **data)


def _overlay_in_pixels() -> Dataset:
    """An overlay in bit 12 of the cells, where the values have 12 (PS3.5-2003 8.1.2)."""
    values = anatomy(12)
    plane = np.zeros_like(values)
    plane[3:9, 5:20] = 1
    dataset = make_image(values | plane << 12, bits_stored=12, high_bit=11)
    for element, value in {0x0010: ROWS, 0x0011: COLUMNS, 0x0100: 16, 0x0102: 12}.items():
        dataset.add_new((0x6000, element), "US", value)
    dataset.add_new((0x6000, 0x0040), "CS", "G")
    dataset.add_new((0x6000, 0x0050), "SS", [1, 1])
    return dataset


def _single_bits() -> Dataset:
    masks = np.stack([anatomy(8) > level for level in (60, 120, 180)])
    dataset = make_image(masks, is_multi_frame=True, SegmentationType="BINARY")
    dataset.SOPClassUID = SEGMENTATION
    return dataset


def _dose() -> Dataset:
    dataset = make_image(anatomy(16).astype(np.uint32) * 60000, SamplesPerPixel=1)
    dataset.SOPClassUID = RT_DOSE
    return dataset


KINDS: dict[str, Dataset] = {
    "grey 8": make_image(anatomy(8)),
    "grey 12": make_image(anatomy(12), bits_stored=12),
    "grey 16": make_image(anatomy(16)),
    "inverse grey 10": make_image(anatomy(10), "MONOCHROME1", bits_stored=10),
    "grey 8 in 16": make_image(anatomy(8).astype(np.uint16), bits_stored=8),
    "signed 16": make_image(anatomy(16, is_signed=True)),
    "signed 12": make_image(anatomy(12, is_signed=True), bits_stored=12),
    "ct": _ct(),
    "palette": _palette(),
    "rgb": make_image(colored(), "RGB"),
    "rgb by plane": make_image(colored(), "RGB", is_planar=True),
    "rgb 16": make_image(colored(16), "RGB"),
    "ybr": make_image(colored(), "YBR_FULL"),
    "ybr 422": make_image(np.repeat(colored()[:, ::2], 2, 1), "YBR_FULL_422"),
    "frames": make_image(anatomy(8, frames=3), is_multi_frame=True),
    "single bits": _single_bits(),
    "overlay in pixels": _overlay_in_pixels(),
    "dose": _dose(),
    "float": make_image(anatomy(12).astype(np.float32) / 7),
    "report": make_object("1.2.840.10008.5.1.4.1.1.88.11"),
}
