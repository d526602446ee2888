"""Where the images of a blending presentation state lie, and which of them lie where a frame is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from wado.dicom.image_plane import read_plane
from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import Source
from wado.errors import NotAcceptable, NotFound
from wado.image.plane import Plane, are_parallel, dot
from wado.presentation.reference import FrameReference, refer_to
from wado.presentation.values import refusal, unsound
from wado.remembered import Remembered

IMAGES_KEPT = 2048
"""Of a state, whose places are remembered."""

PROBES = 16
"""Images of a larger set whose headers are read first, to learn between which of them a frame lies."""

MOST_READ = 200
"""Images of one set whose headers are read for one answer, at most: a job can bring some more."""

Named = tuple[str, str]
"""Series and SOP Instance UID of an image."""


class OtherImages(Protocol):
    """The images of the study, as far as the job brought them."""

    def require(self, references: Sequence[Named]) -> None:
        """Ask for all of them at once; returns if each is here or known to be missing."""

    def is_missing(self, sop_instance_uid: str) -> bool:
        """Whether the archive has no such object in this study."""

    def attachment(self, sop_instance_uid: str) -> str:
        """The name of its bytes, which is another one when it is replaced."""

    def image(self, sop_instance_uid: str, series_instance_uid: str = "") -> tuple[StoredImage, Source]:
        """The image, and the source of its frames."""


@dataclass(frozen=True, slots=True)
class FramePlace:
    """One frame of an image and the plane it lies in, if that is known."""

    named: Named
    reference: FrameReference
    plane: Plane | None


class Places:
    """The places of all frames of the images looked at before: they are asked for again for every slice.

    The job has to bring those images all the same. Whether they are still there, and the same, is known of what it
    brings only; and what a job takes must not depend on which others were done before.
    """

    def __init__(self) -> None:
        self._known: Remembered[tuple[Named, str], tuple[FramePlace, ...]] = Remembered(IMAGES_KEPT)

    def read(self, images: Sequence[Named], others: OtherImages) -> list[FramePlace]:
        """All frames of all the images. Raises `NotFound` where one of the images is not in the study."""
        others.require(images)
        return [frame for named in dict.fromkeys(images) for frame in self._frames_of(named, others)]

    def _frames_of(self, named: Named, others: OtherImages) -> tuple[FramePlace, ...]:
        check_presence(named, others)
        key = (named, others.attachment(named[1]))
        frames = self._known.get(key)
        if frames is None:
            frames = _read_frames(named, others)
            self._known.put(key, frames)
        return frames


def _read_frames(named: Named, others: OtherImages) -> tuple[FramePlace, ...]:
    image = find_image(named, others)[0]
    dataset = image.stored_object.dataset
    return tuple(
        FramePlace(named, refer_to(dataset, frame_index), read_plane(dataset, image.pixel, frame_index))
        for frame_index in range(image.pixel.number_of_frames)
    )


def check_presence(named: Named, others: OtherImages) -> None:
    if others.is_missing(named[1]):
        message = "an image that the presentation state blends with this one is not in the study"
        raise NotFound(message, parameter="presentationUID", clause="8.2.9")


def find_image(named: Named, others: OtherImages) -> tuple[StoredImage, Source]:
    series_instance_uid, sop_instance_uid = named
    others.require([named])
    check_presence(named, others)
    try:
        return others.image(sop_instance_uid, series_instance_uid)
    except NotAcceptable:
        raise refusal("of an object that it blends with this image no picture can be made") from None


Concerns = Callable[[FrameReference], bool]
"""Whether a frame is one of those that the state means."""


def find_frames(
    images: Sequence[Named], concerns: Concerns, target: Plane, others: OtherImages, places: Places
) -> list[FramePlace]:
    """The frames of a set that may lie where the target does: parallel to one another, no two in one place.

    None are left out that do; of a large set in order, most of the others are. Raises `BadRequest` where the place of
    any of them is not known, or is not one in the target's frame of reference.
    """
    chosen: Sequence[Named] | None = None
    if len(images) > 2 * PROBES:
        chosen = _find_nearby(images, concerns, target, others, places)
    frames = _read_meant(images if chosen is None else chosen, concerns, others, places)
    if chosen is not None and not _are_in_order(frames):
        frames = _read_meant(images, concerns, others, places)
    if not frames and chosen is None:
        raise unsound("ReferencedFrameNumber", "names no frame of the images that it blends with this one")
    for frame in frames:
        check_frame_of_reference(frame.plane, target)
    return _one_stack(frames, target)


def _read_meant(images: Sequence[Named], concerns: Concerns, others: OtherImages, places: Places) -> list[FramePlace]:
    if len(images) > MOST_READ:
        raise refusal(f"this image lies across more than {MOST_READ} images of a set, or they are not in order")
    return [frame for frame in places.read(images, others) if concerns(frame.reference)]


def check_frame_of_reference(plane: Plane | None, target: Plane) -> None:
    if plane is None:
        raise unsound("ImagePositionPatient", "or what goes with it is not in an image that is blended with this one")
    if not plane.frame_of_reference_uid or plane.frame_of_reference_uid != target.frame_of_reference_uid:
        raise unsound("FrameOfReferenceUID", "is not the same in the images that it blends")


def _find_nearby(
    images: Sequence[Named], concerns: Concerns, target: Plane, others: OtherImages, places: Places
) -> Sequence[Named] | None:
    """Those between the probes that the target lies between; none if the probes are not single slices in order."""
    indices = [round(number * (len(images) - 1) / (PROBES - 1)) for number in range(PROBES)]
    probes = _read_meant([images[index] for index in indices], concerns, others, places)
    if len(probes) != PROBES or not _are_in_order(probes):
        return None
    planes = [frame.plane for frame in probes if frame.plane is not None]
    check_frame_of_reference(planes[0], target)
    normal = planes[0].normal
    lowest, highest = target.range_along(normal)
    nearby: dict[Named, None] = {}
    for (first, one), (last, other) in pairwise(zip(indices, planes, strict=True)):
        low, high = sorted((dot(one.position, normal), dot(other.position, normal)))
        margin = 2 * (high - low) / (last - first)
        if low - margin <= highest and lowest <= high + margin:
            nearby.update(dict.fromkeys(images[first : last + 1]))
    return tuple(nearby)


def _are_in_order(frames: Sequence[FramePlace]) -> bool:
    """Whether they are parallel, and lie one behind the other in their order."""
    planes = [frame.plane for frame in frames]
    if not all(plane and planes[0] and are_parallel(planes[0], plane) for plane in planes):
        return False
    depths = [dot(plane.position, planes[0].normal) for plane in planes if plane and planes[0]]
    steps = [after - before for before, after in pairwise(depths)]
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)


def _one_stack(frames: list[FramePlace], target: Plane) -> list[FramePlace]:
    """Those parallel to the target, else all of them if they are parallel to one another."""
    parallel = [frame for frame in frames if frame.plane and are_parallel(frame.plane, target)]
    if parallel:
        return parallel
    first = frames[0].plane if frames else None
    if not all(first and frame.plane and are_parallel(first, frame.plane) for frame in frames):
        raise refusal("none of the several stacks of images that it blends lies as this image does")
    return frames
