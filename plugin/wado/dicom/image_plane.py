"""Where a frame lies in the patient, from the object's attributes (PS3.3 C.7.6.2, C.7.6.16.2)."""

from __future__ import annotations

import math
from dataclasses import replace

from pydicom.dataset import Dataset

from wado.dicom.functional_groups import groups_of
from wado.dicom.values import decimals, items, text
from wado.image.pixels import ImagePixel
from wado.image.plane import Plane, Vector, dot

RIGHT_ANGLE = 1e-3
"""Cosine of the greatest angle between directions that still count as at right angles."""


def read_plane(dataset: Dataset, pixel: ImagePixel, frame_index: int) -> Plane | None:
    """None where the object does not say, or not all of it, or nonsense."""
    position = _read_position(dataset, pixel, frame_index)
    cosines = _find(dataset, frame_index, ("PlaneOrientationSequence", DETECTORS), "ImageOrientationPatient", 6)
    spacing = _find(dataset, frame_index, ("PixelMeasuresSequence",), "PixelSpacing", 2)
    if position is None or cosines is None or spacing is None:
        return None
    row_direction, column_direction = _unit(cosines[:3]), _unit(cosines[3:])
    if row_direction is None or column_direction is None or abs(dot(row_direction, column_direction)) > RIGHT_ANGLE:
        return None
    plane = Plane(
        text(dataset, "FrameOfReferenceUID"),
        position,
        row_direction,
        column_direction,
        spacing[0],
        spacing[1],
        pixel.rows,
        pixel.columns,
        _read_thickness(dataset, frame_index),
    )
    moved = _moved_to_frame(plane, dataset, pixel, frame_index)
    return moved if moved and _is_of_this_world(moved) else None


FARTHEST = 1e6
"""Millimetres from the origin of the patient's coordinates: more is a mistake in the file."""

SPACINGS = (1e-6, 1e4)
"""Millimetres: pixels that are smaller or larger are none."""


def _is_of_this_world(plane: Plane) -> bool:
    smallest, largest = SPACINGS
    return max(map(abs, plane.position)) <= FARTHEST and all(
        smallest <= spacing <= largest for spacing in (plane.row_spacing, plane.column_spacing)
    )


DETECTORS = "DetectorInformationSequence"
"""Of nuclear medicine (PS3.3 C.8.4.11): the position that stands there is that of its first slice."""


def _read_position(dataset: Dataset, pixel: ImagePixel, frame_index: int) -> Vector | None:
    sequences = ("PlanePositionSequence", DETECTORS)
    found = _find(dataset, frame_index, sequences, "ImagePositionPatient", 3)
    return (found[0], found[1], found[2]) if found else None


def _moved_to_frame(plane: Plane, dataset: Dataset, pixel: ImagePixel, frame_index: int) -> Plane | None:
    """Frames that share one position lie at given distances from it along the normal."""
    if pixel.number_of_frames == 1 or _has_own_position(dataset, frame_index):
        return plane
    distance = _distance_of_frame(dataset, pixel, frame_index, plane.normal)
    if distance is None:
        return None
    x, y, z = (value + distance * along for value, along in zip(plane.position, plane.normal, strict=True))
    return replace(plane, position=(x, y, z))


def _distance_of_frame(dataset: Dataset, pixel: ImagePixel, frame_index: int, normal: Vector) -> float | None:
    offsets = decimals(dataset, "GridFrameOffsetVector")
    if len(offsets) == pixel.number_of_frames:
        if offsets[0] == 0:
            return offsets[frame_index]
        # Where the first is not 0, they are the z coordinates of a transverse dose (PS3.3 C.8.8.3.2).
        return (offsets[frame_index] - offsets[0]) * normal[2] if abs(normal[2]) > 1 - RIGHT_ANGLE else None
    slices, spacing = decimals(dataset, "SliceVector"), decimals(dataset, "SpacingBetweenSlices")
    if len(slices) == pixel.number_of_frames and spacing:
        # A positive spacing stacks the slices along the normal, a negative one against it (PS3.3 C.8.4.15).
        return (slices[frame_index] - 1) * spacing[0]
    return None


def _has_own_position(dataset: Dataset, frame_index: int) -> bool:
    own = items(dataset, "PerFrameFunctionalGroupsSequence")[frame_index : frame_index + 1]
    return any(items(group, "PlanePositionSequence") for group in own)


def _read_thickness(dataset: Dataset, frame_index: int) -> float:
    for keyword in ("SpacingBetweenSlices", "SliceThickness"):
        found = _find(dataset, frame_index, ("PixelMeasuresSequence",), keyword, 1)
        if found and found[0] > 0:
            return found[0]
    return 0.0


def _find(
    dataset: Dataset, frame_index: int, sequences: tuple[str, ...], keyword: str, length: int
) -> list[float] | None:
    """The attribute's numbers from a functional group, else from the object itself; none if they are not so many."""
    holders = [
        item
        for holder in (*groups_of(dataset, frame_index), dataset)
        for sequence in sequences
        for item in items(holder, sequence)[:1]
    ]
    for holder in (*holders, dataset):
        numbers = decimals(holder, keyword)
        if len(numbers) == length:
            return numbers
    return None


def _unit(cosines: list[float]) -> Vector | None:
    length = math.hypot(*cosines)
    if not 0.99 < length < 1.01:
        return None
    return cosines[0] / length, cosines[1] / length, cosines[2] / length
