"""The Derivation Image Functional Group: frames that were made of another object's (PS3.3 C.7.6.16.2.6)."""

from __future__ import annotations

from pydicom.dataset import Dataset

from wado.dicom.values import items, text
from wado.transcode.elements import item, tag_of
from wado.transcode.explicit_vr import AddItem, Path

_CLASS = "1.2.840.10008.5.1.4.1.1."

DERIVED_BY_FRAME = frozenset(
    f"{_CLASS}{suffix}"
    for suffix in (
        *("2.1", "4.1", "4.3", "130"),  # Enhanced CT, MR, MR color, PET
        *("12.1.1", "12.2.1"),  # Enhanced XA, XRF
        *("13.1.1", "13.1.2", "13.1.3", "13.1.4", "13.1.5"),  # X-ray 3D angiographic, craniofacial, breast
        *("6.2", "6.3"),  # Enhanced ultrasound volume, photoacoustic
        *("14.1", "14.2", "77.1.5.4"),  # Optical coherence tomography, intravascular and of the eye
        *("77.1.6", "77.1.8", "77.1.9"),  # Whole slide and confocal microscopy
        *("481.23", "481.24"),  # Enhanced RT, enhanced continuous RT
    )
)
"""SOP classes whose images have the functional group where they were derived from another object (the tables of
functional groups in PS3.3 Annex A). Not those that keep it for the images that they were made of: legacy converted ones
(A.70 to A.72), and the analysis of a volume of the eye, whose only source is its tomogram (A.84.3.2.1).
"""

SHARED, BY_FRAME = "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"
DERIVATION_IMAGES = "DerivationImageSequence"

ANY_FRAME = "9999999999"
"""In place of a frame number, with room for any."""


def has_functional_groups(dataset: Dataset) -> bool:
    return SHARED in dataset or BY_FRAME in dataset


def add_to_each(attributes: Dataset) -> AddItem:
    """The same item, wherever its sequence is."""
    content = item(attributes)
    return lambda _: content


def derivation_images(dataset: Dataset, number_of_frames: int, derivation: Dataset) -> dict[Path, AddItem]:
    """The items to add, by path, where `derivation` is that of the whole object; none where they do not belong.

    They go where the functional group is: among those of each frame if any frame has it, else among the shared ones.
    It may not be in both (PS3.3 C.7.6.16.1.1). Each item is one step of derivation (PS3.17 FFF.2.4.2.3.2).
    """
    if text(dataset, "SOPClassUID") not in DERIVED_BY_FRAME or not has_functional_groups(dataset):
        return {}
    shared = items(dataset, SHARED)
    if not _have_derivations(shared) and _have_derivations(items(dataset, BY_FRAME)):
        path = (tag_of(BY_FRAME), tag_of(DERIVATION_IMAGES))
        return {path: _add_to_frames(derivation) if number_of_frames > 1 else add_to_each(derivation)}
    if shared:
        return {(tag_of(SHARED), tag_of(DERIVATION_IMAGES)): add_to_each(derivation)}
    group = Dataset()
    group.DerivationImageSequence = [derivation]
    return {(tag_of(SHARED),): add_to_each(group)}


def _have_derivations(groups: list[Dataset]) -> bool:
    return any(DERIVATION_IMAGES in group for group in groups)


def _add_to_frames(derivation: Dataset) -> AddItem:
    """The derivation of each frame, from the same one of the source (PS3.3 Table 10-3): encoded once for all."""
    (stored,) = derivation.SourceImageSequence
    source, of_frame = Dataset(), Dataset()
    source.update(stored)
    source.ReferencedFrameNumber = ANY_FRAME
    of_frame.update(derivation)
    of_frame.SourceImageSequence = [source]
    place = b"IS" + len(ANY_FRAME).to_bytes(2, "little")
    before, _, behind = item(of_frame).partition(place + ANY_FRAME.encode())
    return lambda index: before + place + str(index + 1).ljust(len(ANY_FRAME)).encode() + behind
