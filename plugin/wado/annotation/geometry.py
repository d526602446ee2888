"""How a frame lies in the patient, and of which side of the patient it is."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.annotation.frame_attributes import FrameAttributes, attributes_of_frame
from wado.annotation.model import Vector
from wado.annotation.orientation import cross, direction_of, dot, unit
from wado.dicom.values import decimals, integer, text, values_of

Directions = tuple[Vector, Vector]


def read_directions(dataset: Dataset, frame_index: int) -> Directions | None:
    """Where the stored frame's rows and columns run to in the patient, as unit vectors; none if that is unknown.

    Image Orientation (Patient), else the letters of Patient Orientation, of bipeds only (PS3.3 C.7.6.1.1.1).
    """
    if text(dataset, "AnatomicalOrientationType") not in ("", "BIPED"):
        return None
    return read_plane(attributes_of_frame(dataset, frame_index)) or _read_patient_orientation(dataset)


def read_plane(frame: FrameAttributes) -> Directions | None:
    """Image Orientation (Patient), if it is two directions at right angles (PS3.3 C.7.6.2.1.1)."""
    cosines = frame.vector("PlaneOrientationSequence", "ImageOrientationPatient", 6)
    if cosines is None:
        cosines = frame.vector("DetectorInformationSequence", "ImageOrientationPatient", 6)
    if cosines is None:
        return None
    row, column = unit((cosines[0], cosines[1], cosines[2])), unit((cosines[3], cosines[4], cosines[5]))
    if row is None or column is None or abs(dot(row, column)) > 0.1:
        return None
    return row, column


def read_laterality(frame: FrameAttributes) -> str:
    """Of the frame, of the image, or of the series: R, L, B or U (PS3.3 C.7.6.16.2.8)."""
    for anatomy in frame.places("FrameAnatomySequence"):
        laterality = text(anatomy, "FrameLaterality")
        if laterality:
            return laterality
    return text(frame.dataset, "ImageLaterality") or text(frame.dataset, "Laterality")


def read_slice_position(frame: FrameAttributes) -> float | None:
    """In mm: Slice Location, else how far along the slice's normal it lies (PS3.3 C.7.6.2.1.1).

    Frames without functional groups share one position, which is that of none of them.
    """
    if not frame.groups:
        if integer(frame.dataset, "NumberOfFrames", 1) > 1:
            return None
        for location in decimals(frame.dataset, "SliceLocation")[:1]:
            return location
    plane = read_plane(frame)
    position = frame.vector("PlanePositionSequence", "ImagePositionPatient", 3)
    if plane is None or position is None:
        return None
    return dot((position[0], position[1], position[2]), cross(*plane))


def _read_patient_orientation(dataset: Dataset) -> Directions | None:
    directions = [direction_of(str(letters).strip()) for letters in values_of(dataset, "PatientOrientation")]
    if len(directions) != 2 or directions[0] is None or directions[1] is None:
        return None
    return directions[0], directions[1]
