"""Which images and frames a presentation state, or an item in it, is about (PS3.3 C.11.11, Table 10-3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from wado.dicom.functional_groups import groups_of
from wado.dicom.values import decimals, integer, items, text, values_of
from wado.presentation.values import refusal, unsound

REFERENCES = (
    ("ReferencedSeriesSequence", "ReferencedImageSequence"),
    ("BlendingSequence", "ReferencedSeriesSequence", "ReferencedImageSequence"),
    ("AdvancedBlendingSequence", "ReferencedImageSequence"),
)
"""The sequences, outermost first, that lead to the images of a state (PS3.3 C.11.11, C.11.14, C.11.33)."""


@dataclass(frozen=True, slots=True)
class FrameReference:
    """One frame of one image; `frame_number` counts from 1, `segment_number` is that of a segmentation's frame."""

    sop_instance_uid: str
    frame_number: int
    segment_number: int | None = None


def refer_to(dataset: Dataset, frame_index: int) -> FrameReference:
    """The reference to a frame of an image, by the image's own attributes."""
    segment_number = None
    for group in groups_of(dataset, frame_index):
        for item in items(group, "SegmentIdentificationSequence")[:1]:
            segment_number = segment_number or integer(item, "ReferencedSegmentNumber", 0) or None
    return FrameReference(text(dataset, "SOPInstanceUID"), frame_index + 1, segment_number)


def check_reference(state: Dataset, reference: FrameReference) -> None:
    """Raises `BadRequest` where the state names neither the image nor, of an image that it names, this frame."""
    named = _references_to_image(state, reference)
    if not named:
        raise refusal("it does not reference this image")
    if not any(_names_frame(image, reference) for image in named):
        raise refusal("it references this image, but not this frame of it")


def references_frame(state: Dataset, reference: FrameReference) -> bool:
    """Whether `check_reference` lets the frame pass."""
    return any(_names_frame(image, reference) for image in _references_to_image(state, reference))


def _references_to_image(state: Dataset, reference: FrameReference) -> list[Dataset]:
    return [
        image
        for image in referenced_images(state)
        if text(image, "ReferencedSOPInstanceUID") == reference.sop_instance_uid
    ]


def referenced_images(state: Dataset) -> Iterator[Dataset]:
    """The items that reference the images of the state, whatever its class."""
    for path in REFERENCES:
        yield from _descend(state, path)


def shown_images(state: Dataset) -> Iterator[Dataset]:
    """Those of `referenced_images` that a picture can be of: not what is laid over others, in the geometry of those.

    So Blending Position and Geometry for Display have it (PS3.3 C.11.14, C.11.33).
    """
    has_geometry = any(_is_for_geometry(item) for item in items(state, "AdvancedBlendingSequence"))
    for keyword, *path in REFERENCES:
        for item in items(state, keyword):
            if text(item, "BlendingPosition") != "SUPERIMPOSED" and (_is_for_geometry(item) or not has_geometry):
                yield from _descend(item, path)


def _is_for_geometry(item: Dataset) -> bool:
    return text(item, "GeometryForDisplay") == "TRUE"


def _descend(dataset: Dataset, path: Sequence[str]) -> Iterator[Dataset]:
    """The items at the end of the path of sequences."""
    if not path:
        yield dataset
        return
    for item in items(dataset, path[0]):
        yield from _descend(item, path[1:])


def applies_to(item: Dataset, reference: FrameReference) -> bool:
    """Whether an item of the state is about the frame; one without Referenced Image Sequence is about all of them."""
    images = items(item, "ReferencedImageSequence")
    return not images or any(
        text(image, "ReferencedSOPInstanceUID") == reference.sop_instance_uid and _names_frame(image, reference)
        for image in images
    )


def _names_frame(image: Dataset, reference: FrameReference) -> bool:
    """By Referenced Frame Number, else by Referenced Segment Number; without either all frames are meant."""
    frame_numbers = _numbers(image, "ReferencedFrameNumber")
    if frame_numbers:
        return reference.frame_number in frame_numbers
    segment_numbers = _numbers(image, "ReferencedSegmentNumber")
    return not segment_numbers or reference.segment_number in segment_numbers


def _numbers(image: Dataset, keyword: str) -> list[float]:
    numbers = decimals(image, keyword)
    if len(numbers) != len(values_of(image, keyword)):
        raise unsound(keyword, "holds what is no number")
    return numbers
