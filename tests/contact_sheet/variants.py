"""The columns of the contact sheet: the parameters that each picture of an image is asked for with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wado.media_types import (
    IMAGE_AVIF,
    IMAGE_GIF,
    IMAGE_JP2,
    IMAGE_JPEG,
    IMAGE_JXL,
    IMAGE_PNG,
    IMAGE_WEBP,
    VIDEO_MP4,
)

Tags = Mapping[str, Any]
"""An object's attributes as Orthanc gives them: text by keyword."""

Parameters = dict[str, object]


@dataclass(frozen=True, slots=True)
class Variant:
    """A column; `parameters` of an object are those beside its UIDs."""

    name: str
    parameters: Callable[[Tags], Parameters]
    is_moving: bool = False


def fixed(content_type: str, **parameters: object) -> Callable[[Tags], Parameters]:
    return lambda tags: {"contentType": content_type, **parameters}


def still(content_type: str) -> Callable[[Tags], Parameters]:
    """Of a multi-frame image the last frame, since without a number some types show all of them."""

    def parameters(tags: Tags) -> Parameters:
        frame = {"frameNumber": number_of_frames(tags)} if number_of_frames(tags) > 1 else {}
        return {"contentType": content_type, **frame}

    return parameters


def with_half_the_window(tags: Tags) -> Parameters:
    """Half as wide as the image's own window, or one that suits 8 bits."""
    center, width = (first_number(tags, keyword) for keyword in ("WindowCenter", "WindowWidth"))
    if center is None or width is None or width < 2:
        center, width = 128.0, 256.0
    return {"contentType": IMAGE_JPEG, "windowCenter": f"{center:g}", "windowWidth": f"{width / 2:g}"}


def number_of_frames(tags: Tags) -> int:
    number = first_number(tags, "NumberOfFrames")
    return max(1, int(number)) if number is not None else 1


def first_number(tags: Tags, keyword: str) -> float | None:
    try:
        return float(str(tags.get(keyword, "")).split("\\")[0])
    except ValueError:
        return None


VARIANTS = (
    Variant("JPEG", fixed(IMAGE_JPEG)),
    Variant("PNG", fixed(IMAGE_PNG)),
    Variant("half the window", with_half_the_window),
    Variant("region", fixed(IMAGE_JPEG, region="0.25,0.25,0.75,0.75")),
    Variant("rows=96", fixed(IMAGE_JPEG, rows=96)),
    Variant("annotation", fixed(IMAGE_JPEG, annotation="patient,technique")),
    Variant("GIF", still(IMAGE_GIF)),
    Variant("JPEG 2000", fixed(IMAGE_JP2)),
    Variant("WebP", fixed(IMAGE_WEBP)),
    Variant("AVIF", fixed(IMAGE_AVIF)),
    Variant("JPEG XL", fixed(IMAGE_JXL)),
    Variant("all frames, GIF", fixed(IMAGE_GIF, rows=128), is_moving=True),
    Variant("all frames, MP4", fixed(VIDEO_MP4), is_moving=True),
)
