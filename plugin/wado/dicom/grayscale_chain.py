"""The grayscale chain of a frame from the object's attributes: its own, the shared, or those of the top level."""

from __future__ import annotations

import math

from pydicom.dataset import Dataset

from wado.dicom.functional_groups import for_frame
from wado.dicom.table_entries import read_entries
from wado.dicom.values import decimals, items, text, values_of
from wado.image.grayscale import LINEAR, WINDOW_FUNCTIONS, GrayscaleChain, LookupTable, Rescale, Window
from wado.image.pixels import ImagePixel, PixelFormat

ANGIOGRAPHY = ("1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.12.2")
"""X-Ray Angiographic Image Storage, X-Ray Radiofluoroscopic Image Storage."""

Range = tuple[float, float]
"""The lowest and the highest value that a stage can give."""

ANYTHING = (-math.inf, math.inf)


def read_grayscale_chain(
    dataset: Dataset, pixel: ImagePixel, frame_index: int, window: tuple[float, float] | None
) -> GrayscaleChain:
    """`window` is the center and width that the request gives: they replace the object's own and keep its function."""
    modality = read_modality(dataset, pixel, frame_index)
    voi = (
        read_voi(dataset, pixel, modality, frame_index)
        if window is None
        else Window(*window, read_function(dataset, frame_index))
    )
    padding, always = read_padding(dataset, pixel), read_meaningful_values(dataset)
    return GrayscaleChain(modality, voi, read_inversion(dataset, pixel), padding, always=always)


def read_inversion(dataset: Dataset, pixel: ImagePixel) -> bool:
    """Whether the lowest value is shown white: MONOCHROME1, or Presentation LUT Shape INVERSE (PS3.3 C.11.6.1.2)."""
    return pixel.photometric_interpretation == "MONOCHROME1" or text(dataset, "PresentationLUTShape") == "INVERSE"


def read_padding(dataset: Dataset, pixel: ImagePixel) -> tuple[float, float] | None:
    """The stored values that are no part of the image, first to last (PS3.3 C.7.5.1.1.2)."""
    for prefix in ("", "Float", "DoubleFloat"):
        first = decimals(dataset, f"{prefix}PixelPaddingValue")[:1]
        last = decimals(dataset, f"{prefix}PixelPaddingRangeLimit")[:1] or first
        if first:
            ends = sorted(_with_sign(value, pixel) for value in (first[0], last[0]))
            return ends[0], ends[1]
    return None


def read_meaningful_values(dataset: Dataset) -> tuple[float, ...]:
    """Stored values of a segmentation that mean the same in all of its frames (PS3.3 C.8.20.2.3).

    0 is nothing, and Maximum Fractional Value a pixel that is the segment's for certain or as a whole: a frame of
    nothing else is no less full, and half of it no more. A label map has but the background for all frames alike.
    """
    segmentation_type = text(dataset, "SegmentationType")
    if segmentation_type == "FRACTIONAL":
        return 0.0, *decimals(dataset, "MaximumFractionalValue")[:1]
    return (0.0,) if segmentation_type == "LABELMAP" else ()


def _with_sign(value: float, pixel: ImagePixel) -> float:
    """US or SS by Pixel Representation, whichever VR the file has it in."""
    bits = pixel.bits_allocated
    if pixel.pixel_format is not PixelFormat.INTEGER:
        return value
    value = int(value) % (1 << bits)
    return value - (1 << bits) if pixel.cell.is_signed and value >> (bits - 1) else value


def read_modality(dataset: Dataset, pixel: ImagePixel, frame_index: int) -> Rescale | LookupTable:
    """Modality LUT Sequence or rescale (PS3.3 C.11.1); identity where there is neither, or none that is for display."""
    if _is_for_measuring(dataset):
        return Rescale()
    for item in items(dataset, "ModalityLUTSequence")[:1]:
        table = read_table(item, find_range(Rescale(), pixel) or ANYTHING)
        if table:
            return table
    for attributes in for_frame(dataset, "PixelValueTransformationSequence", frame_index):
        slope = decimals(attributes, "RescaleSlope")[:1]
        intercept = decimals(attributes, "RescaleIntercept")[:1]
        # A slope of 0 would make every pixel alike: it is a writer's way of having none.
        if slope and slope[0] != 0 and intercept:
            return Rescale(slope[0], intercept[0])
    return Rescale()


def _is_for_measuring(dataset: Dataset) -> bool:
    """X-ray angiography's Modality LUT leads back to linear intensities, not to what is shown (PS3.3 C.8.7.1.1.2)."""
    is_angiography = text(dataset, "SOPClassUID") in ANGIOGRAPHY
    return is_angiography and text(dataset, "PixelIntensityRelationship") in ("LOG", "DISP")


def read_voi(
    dataset: Dataset, pixel: ImagePixel, modality: Rescale | LookupTable, frame_index: int
) -> Window | LookupTable | None:
    """The first VOI LUT, else the first window that can be used (PS3.3 C.11.2); none if the object has neither."""
    for attributes in for_frame(dataset, "FrameVOILUTSequence", frame_index):
        for item in items(attributes, "VOILUTSequence")[:1]:
            table = read_table(item, find_range(modality, pixel) or ANYTHING)
            if table:
                return table
        window = _read_window(attributes)
        if window:
            return window
    return None


def read_function(dataset: Dataset, frame_index: int) -> str:
    """VOI LUT Function (PS3.3 C.11.2.1.3); LINEAR where it is absent or unknown."""
    for attributes in for_frame(dataset, "FrameVOILUTSequence", frame_index):
        function = text(attributes, "VOILUTFunction")
        if function in WINDOW_FUNCTIONS:
            return function
    return LINEAR


def _read_window(attributes: Dataset) -> Window | None:
    centers, widths = decimals(attributes, "WindowCenter"), decimals(attributes, "WindowWidth")
    function = text(attributes, "VOILUTFunction")
    function = function if function in WINDOW_FUNCTIONS else LINEAR
    smallest = 1.0 if function == LINEAR else 0.0
    for center, width in zip(centers, widths, strict=False):
        if width > 0 and width >= smallest:
            return Window(center, width, function)
    return None


def find_range(modality: Rescale | LookupTable, pixel: ImagePixel) -> Range | None:
    """Of the modality stage, for all values that Bits Stored can hold; none for floats, which can be anything."""
    if isinstance(modality, LookupTable):
        return 0.0, 2.0**modality.bits - 1.0
    if pixel.pixel_format is not PixelFormat.INTEGER:
        return None
    count = 1 << pixel.cell.bits_stored
    lowest = -count // 2 if pixel.cell.is_signed else 0
    ends = [modality.slope * value + modality.intercept for value in (lowest, lowest + count - 1)]
    return min(ends), max(ends)


def read_table(item: Dataset, values: Range) -> LookupTable | None:
    """LUT Descriptor and LUT Data (PS3.3 C.11.1.1.1) of a table that can be given such values.

    None if they do not agree.
    """
    descriptor = [value for value in values_of(item, "LUTDescriptor") if isinstance(value, int)]
    data = values_of(item, "LUTData")
    if len(descriptor) != 3 or not data:
        return None
    number_of_entries = descriptor[0] & 0xFFFF or 0x10000
    entries = read_entries(data, number_of_entries, is_little_endian=item.original_encoding[1] is not False)
    if entries is None or not 1 <= descriptor[2] <= 16:
        return None
    return LookupTable(_with_sign_for(descriptor[1], values), descriptor[2], entries)


def _with_sign_for(first: int, values: Range) -> int:
    """The first value mapped, whose VR may tell its sign or not (PS3.3 C.11.1.1.1).

    Without one it is read with a sign where it can be a value that the table is given, or can be none but for the sign.
    """
    lowest, highest = values
    unsigned = first & 0xFFFF
    is_signed = first < 0 or unsigned - 0x10000 >= lowest or unsigned > highest
    return unsigned - 0x10000 if is_signed and unsigned >= 0x8000 else unsigned
