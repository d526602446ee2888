"""The grayscale chain of a frame from the object's attributes: its own, the shared, or those of the top level."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from wado.dicom.table_entries import read_entries
from wado.dicom.values import decimals, items, text, values_of
from wado.image.grayscale import LINEAR, WINDOW_FUNCTIONS, GrayscaleChain, LookupTable, Rescale, Window
from wado.image.pixels import ImagePixel


def read_grayscale_chain(
    dataset: Dataset, pixel: ImagePixel, frame_index: int, window: tuple[float, float] | None
) -> GrayscaleChain:
    """`window` is the center and width that the request gives: they replace the object's own and keep its function."""
    modality = read_modality(dataset, pixel, frame_index)
    is_inverted = pixel.photometric_interpretation == "MONOCHROME1"
    if window is None:
        return GrayscaleChain(modality, read_voi(dataset, pixel, modality, frame_index), is_inverted)
    function = read_function(dataset, frame_index)
    return GrayscaleChain(modality, Window(*window, function), is_inverted)


def read_modality(dataset: Dataset, pixel: ImagePixel, frame_index: int) -> Rescale | LookupTable:
    """Modality LUT Sequence or rescale (PS3.3 C.11.1); identity where there is neither."""
    for item in items(dataset, "ModalityLUTSequence")[:1]:
        table = _read_table(item, is_signed=pixel.cell.is_signed)
        if table:
            return table
    for attributes in _for_frame(dataset, "PixelValueTransformationSequence", frame_index):
        slope = decimals(attributes, "RescaleSlope")[:1]
        intercept = decimals(attributes, "RescaleIntercept")[:1]
        # A slope of 0 would make every pixel alike: it is a writer's way of having none.
        if slope and slope[0] != 0 and intercept:
            return Rescale(slope[0], intercept[0])
    return Rescale()


def read_voi(
    dataset: Dataset, pixel: ImagePixel, modality: Rescale | LookupTable, frame_index: int
) -> Window | LookupTable | None:
    """The first VOI LUT, else the first window that can be used (PS3.3 C.11.2); none if the object has neither."""
    for attributes in _for_frame(dataset, "FrameVOILUTSequence", frame_index):
        for item in items(attributes, "VOILUTSequence")[:1]:
            table = _read_table(item, is_signed=pixel.cell.is_signed or _may_be_negative(modality))
            if table:
                return table
        window = _read_window(attributes)
        if window:
            return window
    return None


def read_function(dataset: Dataset, frame_index: int) -> str:
    """VOI LUT Function (PS3.3 C.11.2.1.3); LINEAR where it is absent or unknown."""
    for attributes in _for_frame(dataset, "FrameVOILUTSequence", frame_index):
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


def _for_frame(dataset: Dataset, macro: str, frame_index: int) -> Iterator[Dataset]:
    """Where a frame's attributes may stand: its functional group, the shared one (PS3.3 C.7.6.16), the top level."""
    frames = items(dataset, "PerFrameFunctionalGroupsSequence")
    if frame_index < len(frames):
        yield from items(frames[frame_index], macro)[:1]
    for shared in items(dataset, "SharedFunctionalGroupsSequence")[:1]:
        yield from items(shared, macro)[:1]
    yield dataset


def _read_table(item: Dataset, *, is_signed: bool) -> LookupTable | None:
    """LUT Descriptor and LUT Data (PS3.3 C.11.1.1.1); none if they do not agree."""
    descriptor = [value for value in values_of(item, "LUTDescriptor") if isinstance(value, int)]
    data = values_of(item, "LUTData")
    if len(descriptor) != 3 or not data:
        return None
    number_of_entries = descriptor[0] & 0xFFFF or 0x10000
    first_mapped_value = descriptor[1] & 0xFFFF
    if is_signed and first_mapped_value >= 0x8000:
        first_mapped_value -= 0x10000
    entries = read_entries(data, number_of_entries, is_little_endian=item.original_encoding[1] is not False)
    if entries is None or not 1 <= descriptor[2] <= 16:
        return None
    return LookupTable(first_mapped_value, descriptor[2], entries)


def _may_be_negative(modality: Rescale | LookupTable) -> bool:
    return isinstance(modality, Rescale) and (modality.intercept < 0 or modality.slope < 0)
