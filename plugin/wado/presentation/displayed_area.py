"""What part of a frame a presentation state shows, and turned how (PS3.3 C.10.4, C.10.6)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pydicom.dataset import Dataset

from wado.dicom.pixel_aspect import LIMIT, SMALLEST, read_pixel_aspect
from wado.dicom.stored_image import StoredImage
from wado.dicom.total_pixel_matrix import read_tile_place
from wado.dicom.values import decimals, integer, items, text, values_of
from wado.image.layout import Orientation
from wado.image.region import Box
from wado.presentation.reference import FrameReference, applies_to
from wado.presentation.values import unsound

SIZE_MODES = ("SCALE TO FIT", "TRUE SIZE", "MAGNIFY")
ORIGINS = ("FRAME", "VOLUME")
DEGREES = {0: 0, 90: 1, 180: 2, 270: 3}
"""Image Rotation as quarter turns clockwise."""


@dataclass(frozen=True, slots=True)
class DisplayedArea:
    """The specified displayed area of a frame, in its own pixels before it is turned.

    The area may reach beyond the frame; `shown` is what of it this frame can show. `pixel_aspect` is the height of a
    pixel over its width, `magnification` how many columns of the picture each column becomes; it is none unless the
    size mode is MAGNIFY.
    """

    specified: Box
    shown: Box
    orientation: Orientation
    pixel_aspect: Fraction
    magnification: Fraction | None = None


def read_displayed_area(state: Dataset, image: StoredImage, reference: FrameReference) -> DisplayedArea:
    """The first item that is about the frame; the whole frame where the state has no Displayed Area at all."""
    frame = Box(0, 0, image.pixel.rows, image.pixel.columns)
    orientation = read_orientation(state)
    aspect = read_pixel_aspect(image.stored_object.dataset, reference.frame_number - 1)
    if "DisplayedAreaSelectionSequence" not in state:
        return DisplayedArea(frame, frame, orientation, aspect)
    for item in items(state, "DisplayedAreaSelectionSequence"):
        if applies_to(item, reference):
            specified, shown = _read_boxes(item, image, reference)
            aspect = _read_pixel_aspect(item) or aspect
            return DisplayedArea(specified, shown, orientation, aspect, _read_magnification(item))
    raise unsound("DisplayedAreaSelectionSequence", "has no item for this image or frame")


def read_orientation(state: Dataset) -> Orientation:
    """Image Rotation, then Image Horizontal Flip; none where the state has no Spatial Transformation."""
    degrees = integer(state, "ImageRotation", -1) if values_of(state, "ImageRotation") else 0
    flip = text(state, "ImageHorizontalFlip")
    if degrees not in DEGREES:
        raise unsound("ImageRotation", "is none of 0, 90, 180 and 270")
    if flip not in ("", "Y", "N"):
        raise unsound("ImageHorizontalFlip", "is neither Y nor N")
    return Orientation(DEGREES[degrees], flip == "Y")


def _read_boxes(item: Dataset, image: StoredImage, reference: FrameReference) -> tuple[Box, Box]:
    """The specified area, and what of it the frame can show: all, or its own part of the Total Pixel Matrix."""
    frame = Box(0, 0, image.pixel.rows, image.pixel.columns)
    corners = (
        _read_corner(item, "DisplayedAreaTopLeftHandCorner"),
        _read_corner(item, "DisplayedAreaBottomRightHandCorner"),
    )
    # The top left corner is that of the turned image, in the columns and rows of the image as it is stored: which of
    # the two has the lower ones depends on the turn, and on how the writer of the state took this.
    (left, right), (top, bottom) = (sorted(ends) for ends in zip(*corners, strict=True))
    if _reads_matrix(item):
        column, row = _place_of(image, reference)
        specified = Box(top - 1, left - 1, bottom, right).moved(-row, -column)
        shown = specified.common(frame)
    else:
        specified = _from_1(Box(top - 1, left - 1, bottom, right), frame)
        shown = specified if specified.common(frame) else None
    if shown is None:
        raise unsound("DisplayedAreaSelectionSequence", "selects an area that has no pixel of this frame")
    return specified, shown


def _from_1(box: Box, frame: Box) -> Box:
    """The area; the whole frame where a state has counted the corners of that from 0 instead of 1."""
    last = box.bottom, box.right
    starts_at_0 = (box.top, box.left) == (-1, -1)
    is_frame = last in ((frame.bottom - 1, frame.right - 1), (frame.bottom, frame.right))
    return frame if starts_at_0 and is_frame else box


def _read_corner(item: Dataset, keyword: str) -> tuple[int, int]:
    """Column and row, the first being 1."""
    values = values_of(item, keyword)
    if len(values) != 2 or not all(isinstance(value, int) for value in values):
        raise unsound(keyword)
    return int(values[0]), int(values[1])


def _reads_matrix(item: Dataset) -> bool:
    origin = text(item, "PixelOriginInterpretation") or "FRAME"
    if origin not in ORIGINS:
        raise unsound("PixelOriginInterpretation", "is neither FRAME nor VOLUME")
    return origin == "VOLUME"


def _place_of(image: StoredImage, reference: FrameReference) -> tuple[int, int]:
    """Of the frame's first pixel in the Total Pixel Matrix; an image of one frame without a matrix is its own."""
    dataset = image.stored_object.dataset
    place = read_tile_place(dataset, image.pixel, reference.frame_number - 1)
    if place is None and (image.pixel.number_of_frames > 1 or "TotalPixelMatrixColumns" in dataset):
        raise unsound("PixelOriginInterpretation", "is VOLUME, and the image does not say where its frames are in it")
    return place or (0, 0)


def _read_pixel_aspect(item: Dataset) -> Fraction | None:
    """Presentation Pixel Spacing or Aspect Ratio, the vertical one first (PS3.3 10.7.1.3); none if it has neither."""
    for keyword in ("PresentationPixelSpacing", "PresentationPixelAspectRatio"):
        if not values_of(item, keyword):
            continue
        values = decimals(item, keyword)
        if len(values) != 2 or min(values) < SMALLEST:
            raise unsound(keyword)
        vertical, horizontal = (Fraction(value).limit_denominator(1_000_000) for value in values)
        aspect = vertical / horizontal
        if not Fraction(1, LIMIT) <= aspect <= LIMIT:
            raise unsound(keyword, f"has pixels more oblong than {LIMIT} to 1")
        return aspect
    return None


def _read_magnification(item: Dataset) -> Fraction | None:
    """Presentation Pixel Magnification Ratio, where the size mode is MAGNIFY. A state without a mode is to fit."""
    mode = text(item, "PresentationSizeMode") or SIZE_MODES[0]
    if mode not in SIZE_MODES:
        raise unsound("PresentationSizeMode", f"is none of {', '.join(SIZE_MODES)}")
    if mode != "MAGNIFY":
        return None
    ratio = decimals(item, "PresentationPixelMagnificationRatio")[:1]
    if not ratio or ratio[0] <= 0:
        raise unsound("PresentationPixelMagnificationRatio")
    # Of the digits that the state has: 1.1 is 11 to 10.
    return Fraction(repr(ratio[0]))
