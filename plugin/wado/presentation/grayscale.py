"""The grayscale chain that a presentation state has for a frame; the image's own is not used (PS3.4 N.2.1)."""

from __future__ import annotations

import math

from pydicom.dataset import Dataset

from wado.dicom.grayscale_chain import ANYTHING, Range, find_range, read_table
from wado.dicom.stored_image import StoredImage
from wado.dicom.values import decimals, items, text, values_of
from wado.image.grayscale import LINEAR, LINEAR_EXACT, WINDOW_FUNCTIONS, GrayscaleChain, LookupTable, Rescale, Window
from wado.image.pixels import ImagePixel
from wado.presentation.reference import FrameReference, applies_to
from wado.presentation.values import unsound


def read_chain(
    state: Dataset, image: StoredImage, reference: FrameReference, *, is_subtracted: bool = False
) -> GrayscaleChain:
    """Modality, VOI and presentation stage, each the identity where the state has none; raises `BadRequest`.

    `is_subtracted` tells that the VOI stage gets what is left of modality values when a mask is subtracted from them.
    """
    modality = read_modality(state, image.pixel)
    values = find_range(modality, image.pixel)
    if is_subtracted and values is not None:
        values = values[0] - values[1], values[1] - values[0]
    voi = read_voi(state, reference, values or ANYTHING) or _identity(values)
    return GrayscaleChain(modality, voi, read_inversion(state), presentation=read_presentation(state))


def read_modality(state: Dataset, pixel: ImagePixel) -> Rescale | LookupTable:
    """Modality LUT Sequence, or Rescale Slope and Intercept, which stand for each other (PS3.3 C.11.1)."""
    slope, intercept = decimals(state, "RescaleSlope")[:1], decimals(state, "RescaleIntercept")[:1]
    for keyword, given, other in (("RescaleSlope", slope, intercept), ("RescaleIntercept", intercept, slope)):
        if not given and (other or values_of(state, keyword)):
            raise unsound(keyword)
    rescale = Rescale(slope[0], intercept[0]) if slope else Rescale()
    if rescale.slope == 0:
        raise unsound("RescaleSlope", "is 0")
    tables = items(state, "ModalityLUTSequence")
    if not tables:
        return rescale
    if rescale != Rescale():
        raise unsound("ModalityLUTSequence", "stands beside Rescale Slope and Intercept")
    return _read_table(tables[0], find_range(Rescale(), pixel) or ANYTHING)


def _identity(values: Range | None) -> Window | None:
    """The VOI stage of a state that has none: the whole of what the stage before can give, and not what the frame has.

    Float pixels have no such range: that of the frame has to do.
    """
    return Window((values[0] + values[1]) / 2, values[1] - values[0], LINEAR_EXACT) if values else None


def read_voi(state: Dataset, reference: FrameReference, values: Range) -> Window | LookupTable | None:
    """The first item of Softcopy VOI LUT Sequence that is about the frame: its table, else its first window.

    `values` are those that it can be given.
    """
    for item in items(state, "SoftcopyVOILUTSequence"):
        if applies_to(item, reference):
            for table in items(item, "VOILUTSequence")[:1]:
                return _read_table(table, values)
            return _read_window(item)
    return None


def _read_window(item: Dataset) -> Window:
    """Window Center, Window Width and VOI LUT Function (PS3.3 C.11.2.1.2, C.11.2.1.3)."""
    center, width = decimals(item, "WindowCenter")[:1], decimals(item, "WindowWidth")[:1]
    function = text(item, "VOILUTFunction") or LINEAR
    if not center:
        raise unsound("WindowCenter")
    if not width:
        raise unsound("WindowWidth")
    if function not in WINDOW_FUNCTIONS:
        raise unsound("VOILUTFunction", f"is none of {', '.join(WINDOW_FUNCTIONS)}")
    if width[0] <= 0 or (function == LINEAR and width[0] < 1):
        raise unsound("WindowWidth", f"is {'less than 1' if function == LINEAR else 'not greater than 0'}")
    return Window(center[0], width[0], function)


def read_presentation(state: Dataset) -> LookupTable | None:
    """Presentation LUT Sequence (PS3.3 C.11.6)."""
    for item in items(state, "PresentationLUTSequence")[:1]:
        return _read_table(item, (0, math.inf))
    return None


def read_inversion(state: Dataset) -> bool:
    """Whether Presentation LUT Shape is INVERSE; MONOCHROME1 inverts nothing of its own accord (PS3.4 N.2)."""
    shape = text(state, "PresentationLUTShape") or "IDENTITY"
    if shape not in ("IDENTITY", "INVERSE"):
        raise unsound("PresentationLUTShape", "is neither IDENTITY nor INVERSE")
    if shape == "INVERSE" and items(state, "PresentationLUTSequence"):
        raise unsound("PresentationLUTShape", "stands beside a Presentation LUT Sequence")
    return shape == "INVERSE"


def _read_table(item: Dataset, values: Range) -> LookupTable:
    """LUT Descriptor and LUT Data of a table that can be given such values."""
    table = read_table(item, values)
    if table is None:
        raise unsound("LUTData", "is absent or does not hold what LUT Descriptor says")
    return table
