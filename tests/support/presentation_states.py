"""Builders of presentation states, and of the items in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage

from tests.support.datasets import ROOT, make_object

IMAGE_UID = f"{ROOT}.3"
"""The image that `tests.support.datasets.make_image` makes."""


def make_item(**attributes: Any) -> Dataset:
    item = Dataset()
    item.set_original_encoding(False, True, "ascii")
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def make_reference(uid: str = IMAGE_UID, frame_numbers: Sequence[int] = (), **attributes: Any) -> Dataset:
    """An item of a Referenced Image Sequence."""
    item = make_item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.7", ReferencedSOPInstanceUID=uid, **attributes)
    if frame_numbers:
        item.ReferencedFrameNumber = list(frame_numbers)
    return item


def make_state(
    sop_class_uid: str = GrayscaleSoftcopyPresentationStateStorage,
    references: Sequence[Dataset] | None = None,
    **attributes: Any,
) -> Dataset:
    """A state that references the image, or what is told, and has nothing else but the attributes."""
    state = make_object(sop_class_uid, SOPInstanceUID=f"{ROOT}.9", SeriesInstanceUID=f"{ROOT}.8", Modality="PR")
    state.set_original_encoding(False, True, "ascii")
    images = [make_reference()] if references is None else list(references)
    state.ReferencedSeriesSequence = [make_item(SeriesInstanceUID=f"{ROOT}.2", ReferencedImageSequence=images)]
    for keyword, value in attributes.items():
        setattr(state, keyword, value)
    return state


def make_lut(descriptor: Sequence[int], entries: Sequence[int], **attributes: Any) -> Dataset:
    """An item with LUT Descriptor and LUT Data, of 16-bit words."""
    item = make_item(**attributes)
    item.add_new("LUTDescriptor", "SS" if descriptor[1] < 0 else "US", list(descriptor))
    item.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return item
