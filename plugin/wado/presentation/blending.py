"""Blending Softcopy and Advanced Blending Presentation States (PS3.3 C.11.14, C.11.33, C.11.34) as frozen values.

Both are inputs, each with its own transformations, and the steps that lay them over one another: the first class is
one step of the second, whose foreground are the superimposed images and whose background the underlying ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from wado.dicom.values import decimals, integer, items, text
from wado.image.color import Palette
from wado.image.resampling import Samples
from wado.presentation.places import Named, Places
from wado.presentation.pseudo_color import read_state_palette
from wado.presentation.reference import FrameReference, applies_to
from wado.presentation.values import refusal, unsound

UNDERLYING, SUPERIMPOSED = "UNDERLYING", "SUPERIMPOSED"
"""Blending Position (C.11.14)."""

EQUAL, FOREGROUND = "EQUAL", "FOREGROUND"
"""Blending Mode (C.11.34)."""

Comparison = Callable[[Samples, float, float], NDArray[np.bool_]]

THRESHOLD_TYPES: dict[str, tuple[int, Comparison]] = {
    "RANGE_INCL": (2, lambda values, low, high: (values >= low) & (values <= high)),
    "RANGE_EXCL": (2, lambda values, low, high: (values < low) | (values > high)),
    "GREATER_OR_EQUAL": (1, lambda values, limit, _: values >= limit),
    "LESS_OR_EQUAL": (1, lambda values, limit, _: values <= limit),
    "GREATER_THAN": (1, lambda values, limit, _: values > limit),
    "LESS_THAN": (1, lambda values, limit, _: values < limit),
}
"""How many Threshold Values each type has, and which values it shows (C.11.33.1.2.1)."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """`low` and `high` are one and the same value for the types that have but one."""

    type: str
    low: float
    high: float

    def shows(self, values: Samples) -> NDArray[np.bool_]:
        return THRESHOLD_TYPES[self.type][1](values, self.low, self.high)


@dataclass(frozen=True, slots=True)
class ImageSet:
    """`named` are Series and SOP Instance UID of each image, in the order of the state.

    `references` hold by SOP Instance UID what the state says of the image's frames: there may be hundreds.
    """

    named: tuple[Named, ...]
    references: dict[str, Dataset]

    def has(self, reference: FrameReference) -> bool:
        item = self.references.get(reference.sop_instance_uid)
        return item is not None and applies_to(item, reference)


@dataclass(frozen=True, slots=True, eq=False)
class BlendingInput:
    """A set of images and what is done to them before they are blended.

    `attributes` hold the Modality LUT and the Softcopy VOI LUT Sequence. `has_padding` tells that padding is no part
    of the picture. `falls_back` tells that what the state does not say of the grayscale transformations, the image
    says.
    """

    attributes: Dataset
    images: ImageSet
    palette: Palette | None = None
    thresholds: tuple[Threshold, ...] = ()
    has_padding: bool = True
    falls_back: bool = False


@dataclass(frozen=True, slots=True)
class BlendingStep:
    """`inputs` are Blending Input Numbers, those of the state's inputs or of other steps; FOREGROUND has two."""

    mode: str
    inputs: tuple[int, ...]
    opacity: float = 1.0


DISPLAYED = 0
"""In the place of the Blending Input Number that the step whose result is displayed does not have."""


@dataclass(frozen=True, slots=True, eq=False)
class Blending:
    """`inputs` and `steps` by Blending Input Number; `order` are those that are needed, each after what it takes.

    `geometry` is the number of the input whose pixels the picture has; none leaves it to the image that is asked for.
    """

    inputs: dict[int, BlendingInput]
    steps: dict[int, BlendingStep]
    order: tuple[int, ...]
    geometry: int | None
    places: Places = field(default_factory=Places)

    def find_input(self, reference: FrameReference) -> int:
        """The number of the input that the picture has the pixels of; raises `BadRequest` if the frame is not of it."""
        named = [number for number, one in self.inputs.items() if one.images.has(reference)]
        if not named:
            raise refusal("it does not reference this image, or not this frame of it")
        if self.geometry is None:
            return named[0]
        if self.geometry not in named:
            raise refusal(
                "it lays this image over others, in whose geometry it is displayed: objectUID must name one of those"
            )
        return self.geometry


def read_blending(state: Dataset) -> Blending:
    """A Blending Softcopy Presentation State (PS3.3 A.33.4, C.11.14). Raises `BadRequest` naming the attribute."""
    by_position = {text(item, "BlendingPosition"): item for item in items(state, "BlendingSequence")}
    if len(items(state, "BlendingSequence")) != 2 or by_position.keys() != {UNDERLYING, SUPERIMPOSED}:
        raise unsound("BlendingSequence", "does not have one underlying and one superimposed set of images")
    _check_registration(state)
    first, second = (by_position[position] for position in (SUPERIMPOSED, UNDERLYING))
    inputs = {
        1: BlendingInput(first, _read_series(first), read_state_palette(state)),
        2: BlendingInput(second, _read_series(second), has_padding=False),
    }
    return Blending(inputs, {DISPLAYED: BlendingStep(FOREGROUND, (1, 2), _read_opacity(state))}, (1, 2, DISPLAYED), 2)


def read_advanced_blending(state: Dataset) -> Blending:
    """An Advanced Blending Presentation State (PS3.3 A.33.7, C.11.33, C.11.34); raises as `read_blending`."""
    inputs: dict[int, BlendingInput] = {}
    geometry = []
    for item in items(state, "AdvancedBlendingSequence"):
        number = _read_number(item)
        if number in inputs:
            raise unsound("BlendingInputNumber", "is that of two inputs")
        inputs[number] = _read_input(item)
        if text(item, "GeometryForDisplay") == "TRUE":
            geometry.append(number)
    if not inputs:
        raise unsound("AdvancedBlendingSequence")
    if len(geometry) > 1:
        raise unsound("GeometryForDisplay", "is TRUE for more than one input")
    steps = _read_steps(state, inputs)
    return Blending(inputs, steps, _order(inputs, steps), geometry[0] if geometry else None)


def _read_input(item: Dataset) -> BlendingInput:
    _check_registration(item)
    if text(item, "TimeSeriesBlending") == "TRUE":
        raise unsound("TimeSeriesBlending", "is TRUE; no series in time is blended here")
    if any("ReferencedOpticalPathIdentifier" in image for image in items(item, "ReferencedImageSequence")):
        raise unsound("ReferencedOpticalPathIdentifier", "is present; no optical paths are told apart here")
    palettes = items(item, "PaletteColorLookupTableSequence")
    thresholds = tuple(_read_threshold(threshold) for threshold in items(item, "ThresholdSequence"))
    palette = read_state_palette(palettes[0]) if palettes else None
    return BlendingInput(item, _read_images((item,)), palette, thresholds, falls_back=True)


def _read_steps(state: Dataset, inputs: dict[int, BlendingInput]) -> dict[int, BlendingStep]:
    """Those whose results are inputs again, by number, and the one without a number, which is the picture (C.11.34)."""
    steps: dict[int, BlendingStep] = {}
    for item in items(state, "BlendingDisplaySequence"):
        number = _read_number(item) if "BlendingInputNumber" in item else DISPLAYED
        if number in inputs or number in steps:
            raise unsound("BlendingInputNumber", "is the same, or absent, in more than one place")
        steps[number] = _read_step(item)
    if DISPLAYED not in steps:
        raise unsound("BlendingDisplaySequence", "has no step whose result is displayed")
    return steps


def _order(inputs: dict[int, BlendingInput], steps: dict[int, BlendingStep]) -> tuple[int, ...]:
    """The inputs and steps that the displayed one takes, by whichever way, each after its own inputs."""
    taken: dict[int, tuple[int, ...]] = {}
    waiting = [DISPLAYED]
    while waiting:
        number = waiting.pop()
        if number in taken:
            continue
        if number not in inputs and number not in steps:
            raise unsound("BlendingDisplayInputSequence", "names an input that is not there")
        taken[number] = steps[number].inputs if number in steps else ()
        waiting.extend(taken[number])
    try:
        return tuple(TopologicalSorter(taken).static_order())
    except CycleError:
        raise unsound("BlendingDisplayInputSequence", "leads a step back to its own result") from None


def _read_step(item: Dataset) -> BlendingStep:
    mode = text(item, "BlendingMode")
    inputs = tuple(_read_number(one) for one in items(item, "BlendingDisplayInputSequence"))
    if mode == FOREGROUND:
        if len(inputs) != 2:
            raise unsound("BlendingDisplayInputSequence", "does not have the two items of FOREGROUND")
        return BlendingStep(mode, inputs, _read_opacity(item))
    if mode != EQUAL:
        raise unsound("BlendingMode", "is neither EQUAL nor FOREGROUND")
    if not inputs:
        raise unsound("BlendingDisplayInputSequence")
    return BlendingStep(mode, inputs)


def _read_threshold(item: Dataset) -> Threshold:
    kind = text(item, "ThresholdType")
    if kind not in THRESHOLD_TYPES:
        raise unsound("ThresholdType")
    values = [value for one in items(item, "ThresholdValueSequence") for value in decimals(one, "ThresholdValue")]
    if len(values) != THRESHOLD_TYPES[kind][0]:
        raise unsound("ThresholdValueSequence", "does not have the number of values of its Threshold Type")
    return Threshold(kind, min(values), max(values))


def _read_series(item: Dataset) -> ImageSet:
    series = items(item, "ReferencedSeriesSequence")
    if not series:
        raise unsound("ReferencedSeriesSequence")
    return _read_images(series)


def _read_images(all_series: Sequence[Dataset]) -> ImageSet:
    """Of items with Series Instance UID and Referenced Image Sequence."""
    named: dict[Named, list[Dataset]] = {}
    for series in all_series:
        images = items(series, "ReferencedImageSequence")
        if not images:
            raise unsound("ReferencedImageSequence", "is absent; whole series are not looked up here")
        series_instance_uid = text(series, "SeriesInstanceUID")
        for image in images:
            named.setdefault((series_instance_uid, text(image, "ReferencedSOPInstanceUID")), []).append(image)
    references = {}
    for (_, sop_instance_uid), images in named.items():
        references[sop_instance_uid] = Dataset()
        references[sop_instance_uid].ReferencedImageSequence = images
    return ImageSet(tuple(named), references)


def _read_number(item: Dataset) -> int:
    number = integer(item, "BlendingInputNumber", 0)
    if number < 1:
        raise unsound("BlendingInputNumber")
    return number


def _read_opacity(item: Dataset) -> float:
    opacity = decimals(item, "RelativeOpacity")
    if len(opacity) != 1 or not 0.0 <= opacity[0] <= 1.0:
        raise unsound("RelativeOpacity", "is not a number from 0 to 1")
    return opacity[0]


def _check_registration(item: Dataset) -> None:
    """A fusion without its registration would show one thing at the place of another."""
    if items(item, "ReferencedSpatialRegistrationSequence"):
        raise unsound("ReferencedSpatialRegistrationSequence", "is present; no registration is applied here")
