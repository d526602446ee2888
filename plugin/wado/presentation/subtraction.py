"""Which frames of an image a presentation state subtracts from which (PS3.3 C.11.13, C.7.6.10; PS3.4 N.2.1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from pydicom.dataset import Dataset

from wado.dicom.functional_groups import for_frame
from wado.dicom.shown_frame import cell_of
from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import Source
from wado.dicom.values import decimals, integer, items, text, values_of
from wado.image.codecs import DecodedFrame
from wado.image.grayscale import LookupTable, Rescale, Values, apply_modality
from wado.image.stored_values import stored_values
from wado.image.subtraction import Differences, average, shift_mask, subtract
from wado.presentation.reference import FrameReference
from wado.presentation.values import unsound
from wado.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Mask:
    """The mean of some frames, by their indices, moved by so many rows and columns."""

    frames: tuple[int, ...]
    down: float = 0.0
    left: float = 0.0


@dataclass(frozen=True, slots=True)
class Subtraction:
    """The frame asked for and those averaged with it, by their indices, and what is subtracted from them."""

    contrast_frames: tuple[int, ...]
    mask: Mask


Masks = Remembered[tuple[Mask, Rescale | LookupTable], tuple[StoredImage, Values]]
"""The masks made last, with their images: a moving picture mostly has one for all of its frames."""


def read_subtraction(state: Dataset, image: StoredImage, reference: FrameReference) -> Subtraction | None:
    """None where the state subtracts nothing; raises `BadRequest` where the frame has no mask, or a malformed one."""
    masks = _read_masks(state)
    if not masks:
        return None
    item = next((item for item in masks if _is_applicable(item, reference.frame_number)), None)
    if item is None:
        raise unsound("ApplicableFrameRange", "leaves out this frame")
    operation = text(item, "MaskOperation")
    if operation == "NONE":
        return None
    if operation not in MASK_OPERATIONS:
        raise unsound("MaskOperation", f"is none of {', '.join(MASK_OPERATIONS)}")
    number_of_frames = image.pixel.number_of_frames
    mask = _read_shift(item, MASK_OPERATIONS[operation](item, reference.frame_number, number_of_frames))
    _check_intensity(state, image, reference)
    return Subtraction(_read_contrast_frames(item, reference.frame_number, number_of_frames), mask)


def has_mask(state: Dataset, frame_number: int, number_of_frames: int) -> bool:
    """Whether the frame is one of those that the state subtracts from; all are of one that subtracts nothing.

    Without Applicable Frame Range it goes from the first frame that has a mask frame to the last one that has as many
    frames from it on as Contrast Frame Averaging takes (PS3.3 C.7.6.10.1.1).
    """
    masks = _read_masks(state)
    item = next((item for item in masks if _is_applicable(item, frame_number)), None)
    if item is None:
        return not masks
    operation = text(item, "MaskOperation")
    if operation == "NONE" or values_of(item, "ApplicableFrameRange"):
        return True
    offset = integer(item, "TIDOffset", 1) if operation == "TID" else 0
    last = frame_number - 1 + integer(item, "ContrastFrameAveraging", 1)
    return 1 <= frame_number - offset <= number_of_frames and last <= number_of_frames


def _read_masks(state: Dataset) -> list[Dataset]:
    """The items that subtract; none where the state shows the frames as they are."""
    mode = text(state, "RecommendedViewingMode") or "SUB"
    if mode not in ("SUB", "NAT"):
        raise unsound("RecommendedViewingMode", "is neither SUB nor NAT")
    return list(items(state, "MaskSubtractionSequence")) if mode == "SUB" else []


def _is_applicable(item: Dataset, frame_number: int) -> bool:
    """By Applicable Frame Range, in pairs of first and last; a state should do without it (PS3.3 C.11.13)."""
    ends = decimals(item, "ApplicableFrameRange")
    if len(ends) % 2 or len(ends) != len(values_of(item, "ApplicableFrameRange")):
        raise unsound("ApplicableFrameRange", "is not made of pairs")
    return not ends or any(first <= frame_number <= last for first, last in zip(ends[::2], ends[1::2], strict=True))


def _read_averaged(item: Dataset, frame_number: int, number_of_frames: int) -> tuple[int, ...]:
    """AVG_SUB: the frames that Mask Frame Numbers names."""
    numbers = decimals(item, "MaskFrameNumbers")
    if not numbers or len(numbers) != len(values_of(item, "MaskFrameNumbers")):
        raise unsound("MaskFrameNumbers")
    if not all(1 <= number <= number_of_frames for number in numbers):
        raise unsound("MaskFrameNumbers", "names a frame that the image does not have")
    return tuple(int(number) - 1 for number in numbers)


def _read_earlier(item: Dataset, frame_number: int, number_of_frames: int) -> tuple[int, ...]:
    """TID: the frame so many before this one, or behind it where TID Offset is negative; 1 where it is empty."""
    offset = integer(item, "TIDOffset", 1)
    if offset == 0:
        raise unsound("TIDOffset", "is 0, which would subtract each frame from itself")
    if not 1 <= frame_number - offset <= number_of_frames:
        raise unsound("TIDOffset", "leads to a frame that the image does not have")
    return (frame_number - offset - 1,)


MASK_OPERATIONS = {"AVG_SUB": _read_averaged, "TID": _read_earlier}
"""Those that a state may have (PS3.3 C.11.13), and how each finds the frames of the mask."""


def _read_shift(item: Dataset, frames: tuple[int, ...]) -> Mask:
    """Mask Sub-pixel Shift: first vertical, positive to the lower row, then horizontal, positive to the left.

    So PS3.3 C.7.6.10.1.2 has it.
    """
    shift = decimals(item, "MaskSubPixelShift")
    if len(shift) != 2 and values_of(item, "MaskSubPixelShift"):
        raise unsound("MaskSubPixelShift", "is not two numbers")
    return Mask(frames, *shift)


def _read_contrast_frames(item: Dataset, frame_number: int, number_of_frames: int) -> tuple[int, ...]:
    """The frame itself and, by Contrast Frame Averaging, those that come next."""
    count = integer(item, "ContrastFrameAveraging", 1)
    if count < 1:
        raise unsound("ContrastFrameAveraging", "is less than 1")
    if frame_number - 1 + count > number_of_frames:
        raise unsound("ContrastFrameAveraging", "asks for more frames than the image has from this one on")
    return tuple(range(frame_number - 1, frame_number - 1 + count))


def _check_intensity(state: Dataset, image: StoredImage, reference: FrameReference) -> None:
    """X-ray intensities are subtracted by their logarithms, which a Modality LUT of the state leads to (N.2.1.2)."""
    dataset, frame_index = image.stored_object.dataset, reference.frame_number - 1
    for attributes in for_frame(dataset, "FramePixelDataPropertiesSequence", frame_index):
        if text(attributes, "PixelIntensityRelationship") == "LIN" and not items(state, "ModalityLUTSequence"):
            complaint = "is absent, without which pixels linear to X-ray intensity cannot be subtracted"
            raise unsound("ModalityLUTSequence", complaint)


def read_difference(
    image: StoredImage,
    source: Source,
    frame: DecodedFrame,
    subtraction: Subtraction,
    modality: Rescale | LookupTable,
    masks: Masks,
) -> Differences:
    """The frame's modality values less those of its mask: the input of the VOI stage.

    `frame` is the one asked for, decoded; the others are read one at a time, so that never more than two of them and
    their sum are in memory. Raises `NotAcceptable` for pixels that cannot be decoded.
    """

    def values(frame_indices: tuple[int, ...]) -> Iterator[Values]:
        return (_modality_values(image, image.read_frame(source, index), modality) for index in frame_indices)

    contrast = _modality_values(image, frame, modality)
    if len(subtraction.contrast_frames) > 1:
        contrast = average(chain([contrast], values(subtraction.contrast_frames[1:])))
    made = masks.get((subtraction.mask, modality))
    if made is None or made[0] is not image:
        mask = shift_mask(average(values(subtraction.mask.frames)), subtraction.mask.down, subtraction.mask.left)
        made = image, mask
        masks.put((subtraction.mask, modality), made)
    return subtract(contrast, made[1])


def _modality_values(image: StoredImage, frame: DecodedFrame, modality: Rescale | LookupTable) -> Values:
    return apply_modality(stored_values(frame.words, cell_of(image, frame)), modality)
