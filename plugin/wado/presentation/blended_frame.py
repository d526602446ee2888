"""One frame blended with the other images of its presentation state, in its own pixels (PS3.4 N.2.4, N.2.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from wado.dicom.functional_groups import for_frame
from wado.dicom.grayscale_chain import read_padding
from wado.dicom.image_plane import read_plane
from wado.dicom.shown_frame import cell_of, choose_show
from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import Source
from wado.dicom.values import text
from wado.image.affine import Affine
from wado.image.blending import Layer, average, lay_over, make_layer, to_rgb
from wado.image.color import RGB
from wado.image.grayscale import LINEAR_EXACT, GrayscaleChain, Window, apply_modality, p_values
from wado.image.plane import Plane
from wado.image.region import Box
from wado.image.resampling import SAME_PLACE, Samples, Share, Slice, add_slices, nearest_only, stack_of, weigh_slices
from wado.image.stored_values import stored_values
from wado.job import NeedsOthers
from wado.presentation.blending import DISPLAYED, FOREGROUND, Blending, BlendingInput, BlendingStep
from wado.presentation.grayscale import read_chain
from wado.presentation.places import FramePlace, Named, OtherImages, check_frame_of_reference, find_frames, find_image
from wado.presentation.reference import FrameReference, refer_to
from wado.presentation.values import refusal, unsound

SEGMENTATIONS = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
"""Segmentation Storage, Label Map Segmentation Storage: between two of their values there is no other."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of an image, and where it lies in the patient, if that is known."""

    image: StoredImage
    source: Source
    frame_index: int
    reference: FrameReference
    plane: Plane | None

    @property
    def dataset(self) -> Dataset:
        return self.image.stored_object.dataset


@dataclass(frozen=True, slots=True)
class Counting:
    """A frame that counts in a picture: where the picture's pixels are in it, and what it counts there."""

    frame: Frame
    to_frame: Affine
    share: Share


def blend_frame(blending: Blending, image: StoredImage, source: Source, frame_index: int, others: OtherImages) -> RGB:
    """The frame with all that the state lays over or under it: its rows and columns, in the state's colour space.

    Raises `BadRequest` where the state cannot be applied to the frame, `NotFound` where the study lacks an image of
    it, and what `others` raises to get at one.
    """
    target = make_frame(image, source, frame_index)
    blending.find_input(target.reference)
    slices = _find_all_slices(blending, target, others)
    layers: dict[int, Layer] = {}
    for number in blending.order:
        if number in blending.steps:
            layers[number] = _blend(blending.steps[number], layers)
        else:
            layers[number] = _show_input(blending.inputs[number], slices[number], target)
    return to_rgb(layers[DISPLAYED])


def make_frame(image: StoredImage, source: Source, frame_index: int) -> Frame:
    dataset = image.stored_object.dataset
    plane = read_plane(dataset, image.pixel, frame_index)
    return Frame(image, source, frame_index, refer_to(dataset, frame_index), plane)


def _blend(step: BlendingStep, layers: dict[int, Layer]) -> Layer:
    taken = [layers[number] for number in step.inputs]
    return lay_over(taken[0], taken[1], step.opacity) if step.mode == FOREGROUND else average(taken)


def _show_input(one: BlendingInput, slices: list[Counting], target: Frame) -> Layer:
    """An input's slices where the target is, through its own transformations."""
    if not slices:
        pixel = target.image.pixel
        return make_layer(np.full((pixel.rows, pixel.columns), np.nan))
    return _show_grey(one, slices, target) if _is_grey(one, slices) else _show_colors(one, slices, target)


def _find_all_slices(blending: Blending, target: Frame, others: OtherImages) -> dict[int, list[Counting]]:
    """The slices of each input that is needed. What is not here is asked for at once for all of them."""
    found: dict[int, list[Counting]] = {}
    needed: list[Named] = []
    for number in blending.order:
        if number in blending.inputs:
            try:
                found[number] = _find_slices(blending, blending.inputs[number], target, others)
            except NeedsOthers as needs:
                needed.extend(needs.references)
    if needed:
        raise NeedsOthers(tuple(dict.fromkeys(needed)))
    return found


def _alone(frame: Frame) -> Counting:
    """Pixel on pixel."""
    return Counting(frame, Affine(), Share(Box(0, 0, frame.image.pixel.rows, frame.image.pixel.columns), 1.0))


def _find_slices(blending: Blending, one: BlendingInput, target: Frame, others: OtherImages) -> list[Counting]:
    if one.images.has(target.reference):
        return [_alone(target)]
    if target.plane is None:
        return [_find_counterpart(one, target, others)]
    places = find_frames(one.images.named, one.images.has, target.plane, others, blending.places)
    return _weigh(places, target.plane, others)


def _find_counterpart(one: BlendingInput, target: Frame, others: OtherImages) -> Counting:
    """The only frame of an input, of the same size, where neither says where it lies: pixel lies on pixel."""
    named = one.images.named
    if len(named) == 1:
        image, source = find_image(named[0], others)
        frames = [make_frame(image, source, frame_index) for frame_index in range(image.pixel.number_of_frames)]
        meant = [frame for frame in frames if one.images.has(frame.reference)]
        size, other_size = ((pixel.rows, pixel.columns) for pixel in (target.image.pixel, image.pixel))
        if len(meant) == 1 and meant[0].plane is None and size == other_size:
            return _alone(meant[0])
    raise unsound("ImagePositionPatient", "or what goes with it is not in this image, which it blends with others")


def _weigh(places: list[FramePlace], target: Plane, others: OtherImages) -> list[Counting]:
    """Those of the frames that count in the target, opened."""
    planes = [place.plane for place in places if place.plane is not None]
    if not planes:
        return []
    stack, order = stack_of(planes)
    if any(after - before < SAME_PLACE for before, after in pairwise(stack.depths)):
        raise refusal("several images of one set lie in one place, and it does not say which one belongs to this image")
    counting = [(places[order[index]], share) for index, share in weigh_slices(target, stack).items()]
    others.require([place.named for place, _ in counting])
    found = []
    for place, share in counting:
        frame = make_frame(*find_image(place.named, others), place.reference.frame_number - 1)
        check_frame_of_reference(frame.plane, target)
        assert frame.plane is not None
        found.append(Counting(frame, target.pixels_of(frame.plane), share))
    return found


def _is_grey(one: BlendingInput, slices: list[Counting]) -> bool:
    """Whether grayscale transformations apply. The other class blends colours too, and palettes of images (N.2.6)."""
    images = [found.frame.image for found in slices]
    is_monochrome = all(image.pixel.is_monochrome for image in images)
    if is_monochrome and (not one.falls_back or one.palette or not any(image.palette for image in images)):
        return True
    if not one.falls_back or one.palette or one.thresholds:
        raise unsound(
            "PhotometricInterpretation", "of an image is of colours, where it tells how grey values are shown"
        )
    return False


def _show_colors(one: BlendingInput, slices: list[Counting], target: Frame) -> Layer:
    return make_layer(_sample(slices, [_read_colors(found.frame) for found in slices], target))


def _read_colors(frame: Frame) -> Samples:
    """Red, green and blue of 0 to 1, as the image itself has them."""
    decoded = frame.image.read_frame(frame.source, frame.frame_index)
    return choose_show(frame.image, decoded, frame.frame_index)(decoded.words) / 255.0


def _show_grey(one: BlendingInput, slices: list[Counting], target: Frame) -> Layer:
    """Modality values are interpolated: they are what was measured, unlike what windows and palettes make of them."""
    chains = [_read_chain(one, found.frame) for found in slices]
    samples = [_read_values(one, found.frame, chain) for found, chain in zip(slices, chains, strict=True)]
    values = _sample(slices, samples, target)
    if one.thresholds:
        is_shown = np.logical_or.reduce([threshold.shows(values) for threshold in one.thresholds])
        values = np.where(is_shown, values, np.nan)
    nearest = max(range(len(slices)), key=lambda index: float(np.max(slices[index].share.weights)))
    return make_layer(_levels(values, samples, chains[nearest]), one.palette)


def _read_chain(one: BlendingInput, frame: Frame) -> GrayscaleChain:
    """The input's transformations; where a state need not have them, those of the image for what it does not have."""
    if not one.falls_back:
        return read_chain(one.attributes, frame.image, frame.reference)
    attributes = one.attributes
    if not any(keyword in attributes for keyword in MODALITY):
        attributes = _with_modality_of(frame, attributes)
    chain = read_chain(attributes, frame.image, frame.reference)
    own = frame.image.grayscale_chain(frame.frame_index, None)
    if "SoftcopyVOILUTSequence" not in attributes:
        chain = replace(chain, voi=own.voi)
    # There is no Presentation LUT here: low values are white where the image is shown so, unless a palette says how.
    return replace(chain, is_inverted=own.is_inverted and one.palette is None)


MODALITY = ("ModalityLUTSequence", "RescaleSlope", "RescaleIntercept")


def _with_modality_of(frame: Frame, attributes: Dataset) -> Dataset:
    merged = Dataset()
    merged.update(attributes)
    for keyword in MODALITY:
        for place in for_frame(frame.dataset, "PixelValueTransformationSequence", frame.frame_index):
            if keyword in place and keyword not in merged:
                merged[keyword] = place[keyword]
    return merged


GREATEST = float(np.finfo(np.float32).max)
"""Greater values are none: they are interpolated with the precision of 32 bits."""


def _read_values(one: BlendingInput, frame: Frame, chain: GrayscaleChain) -> Samples:
    """Modality values of a frame; NaN for padding, and for what is no number."""
    decoded = frame.image.read_frame(frame.source, frame.frame_index)
    stored = stored_values(decoded.words, cell_of(frame.image, decoded))
    with np.errstate(over="ignore", invalid="ignore"):  # attributes and float pixels may be of any size
        values = np.asarray(apply_modality(stored, chain.modality), np.float64)
    is_value = np.abs(values) <= GREATEST
    padding = read_padding(frame.dataset, frame.image.pixel) if one.has_padding else None
    if padding is not None:
        is_value &= (stored < padding[0]) | (stored > padding[1])
    return values if is_value.all() else np.where(is_value, values, np.nan)


def _sample(slices: list[Counting], samples: list[Samples], target: Frame) -> Samples:
    """The slices where the target's pixels are."""
    pixel = target.image.pixel
    is_nearest = any(text(found.frame.dataset, "SOPClassUID") in SEGMENTATIONS for found in slices)
    shares = {index: found.share for index, found in enumerate(slices)}
    if is_nearest:
        shares = nearest_only(shares, pixel.rows, pixel.columns)
    parts = [Slice(samples[index], slices[index].to_frame, share) for index, share in shares.items()]
    return add_slices(parts, pixel.rows, pixel.columns, is_nearest=is_nearest)


def _levels(values: Samples, samples: list[Samples], chain: GrayscaleChain) -> Samples:
    """0 to 1, NaN where the values are NaN. Without VOI LUT the whole range of the slices is shown."""
    if chain.voi is None:
        numbers: NDArray[np.float64] = np.concatenate([one[np.isfinite(one)] for one in samples])
        low, high = (float(numbers.min()), float(numbers.max())) if numbers.size else (0.0, 0.0)
        chain = replace(chain, voi=Window((low + high) / 2, high - low, LINEAR_EXACT))
    is_number = np.isfinite(values)
    if is_number.all():
        return p_values(values, chain)
    return np.where(is_number, p_values(np.where(is_number, values, 0.0), chain), np.nan)
