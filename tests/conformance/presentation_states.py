"""The presentation states that the clauses are tested with, each of images in the archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.support.fusion import palette
from tests.support.presentation_states import make_item, make_reference, make_state

GRAYSCALE, COLOR, PSEUDO_COLOR, BLENDING, VOLUME_RENDERING = (
    f"1.2.840.10008.5.1.4.1.1.11.{number}" for number in (1, 2, 3, 4, 7)
)

Uids = Mapping[str, Mapping[str, str]]
"""studyUID, seriesUID and objectUID of each image by its name."""

TEXT = "Όγκος Ω"
"""In ISO_IR 126 and in UTF-8."""


def refer_to(uids: Mapping[str, str], *frame_numbers: int) -> list[Dataset]:
    """A Referenced Image Sequence of this image."""
    return [make_reference(uids["objectUID"], frame_numbers)]


def in_series(uids: Mapping[str, str], references: Sequence[Dataset]) -> list[Dataset]:
    """A Referenced Series Sequence."""
    return [make_item(SeriesInstanceUID=uids["seriesUID"], ReferencedImageSequence=list(references))]


def state_of(uids: Mapping[str, str], *frame_numbers: int, sop_class_uid: str = GRAYSCALE, **more: Any) -> Dataset:
    """A state of this image, with nothing else than the attributes."""
    state = make_state(sop_class_uid, **more)
    state.ReferencedSeriesSequence = in_series(uids, refer_to(uids, *frame_numbers))
    return state


def area(mode: str, **attributes: Any) -> dict[str, Any]:
    """Rows 11 to 30 and columns 11 to 50: 2 by 4 of the coded squares."""
    item = make_item(
        DisplayedAreaTopLeftHandCorner=[11, 11],
        DisplayedAreaBottomRightHandCorner=[50, 30],
        PresentationSizeMode=mode,
        PresentationPixelAspectRatio=[1, 1],
        **attributes,
    )
    return {"DisplayedAreaSelectionSequence": [item]}


def window(center: float, *references: Dataset) -> Dataset:
    item = make_item(WindowCenter=center, WindowWidth=256)
    if references:
        item.ReferencedImageSequence = list(references)
    return item


def text_at_the_top(character_set: str) -> dict[str, Any]:
    text = make_item(
        UnformattedTextValue=TEXT,
        BoundingBoxAnnotationUnits="DISPLAY",
        BoundingBoxTopLeftHandCorner=[0.0, 0.0],
        BoundingBoxBottomRightHandCorner=[1.0, 0.5],
        BoundingBoxTextHorizontalJustification="LEFT",
    )
    annotation = make_item(GraphicLayer="TEXT", TextObjectSequence=[text])
    return {"SpecificCharacterSet": character_set, "GraphicAnnotationSequence": [annotation]}


def blending(underlying: Mapping[str, str], superimposed: Mapping[str, str]) -> Dataset:
    """Half of the underlying image, half of the superimposed one in red."""
    sides = [
        make_item(
            BlendingPosition=position,
            StudyInstanceUID=uids["studyUID"],
            ReferencedSeriesSequence=in_series(uids, refer_to(uids)),
            SoftcopyVOILUTSequence=[window(128)],
        )
        for position, uids in (("UNDERLYING", underlying), ("SUPERIMPOSED", superimposed))
    ]
    red = palette(*((level, 0, 0) for level in range(256)))
    state = make_state(BLENDING, [], BlendingSequence=sides, RelativeOpacity=0.5, **red)
    del state.ReferencedSeriesSequence
    return state


def magnified(factor: float) -> dict[str, Any]:
    return area("MAGNIFY", PresentationPixelMagnificationRatio=factor)


def pseudo_color() -> dict[str, Any]:
    return palette(*((level, 255 - level, 0) for level in range(256)))


def window_of_frames(uids: Mapping[str, str]) -> list[Dataset]:
    """The second frame is shown 20 darker than the others."""
    return [window(128, *refer_to(uids, 1, 3)), window(148, *refer_to(uids, 2))]


MAKERS: dict[str, tuple[str, Callable[[Uids], Dataset]]] = {
    "inverting state": ("squares", lambda uids: state_of(uids["squares"], PresentationLUTShape="INVERSE")),
    "turning state": ("squares", lambda uids: state_of(uids["squares"], ImageRotation=90, ImageHorizontalFlip="Y")),
    "fitting state": ("squares", lambda uids: state_of(uids["squares"], **area("SCALE TO FIT"))),
    "true size state": (
        "squares",
        lambda uids: state_of(uids["squares"], **area("TRUE SIZE", PresentationPixelSpacing=[0.5, 0.5])),
    ),
    "magnifying state": ("squares", lambda uids: state_of(uids["squares"], **magnified(2))),
    "pseudo-color state": (
        "squares",
        lambda uids: state_of(uids["squares"], sop_class_uid=PSEUDO_COLOR, **pseudo_color()),
    ),
    "volume rendering state": ("squares", lambda uids: state_of(uids["squares"], sop_class_uid=VOLUME_RENDERING)),
    "unsound state": ("squares", lambda uids: state_of(uids["squares"], ImageRotation=45)),
    "Greek state": ("squares", lambda uids: state_of(uids["squares"], **text_at_the_top("ISO_IR 126"))),
    "UTF-8 state": ("squares", lambda uids: state_of(uids["squares"], **text_at_the_top("ISO_IR 192"))),
    "colour state": ("color", lambda uids: state_of(uids["color"], sop_class_uid=COLOR, ImageRotation=180)),
    "windows of frames": (
        "frames",
        lambda uids: state_of(uids["frames"], SoftcopyVOILUTSequence=window_of_frames(uids["frames"])),
    ),
    "state of two frames": ("frames", lambda uids: state_of(uids["frames"], 1, 3)),
    "turning state of an oriented image": (
        "transverse",
        lambda uids: state_of(uids["transverse"], ImageRotation=90, SoftcopyVOILUTSequence=[window(128)]),
    ),
    "blending state": ("anatomy", lambda uids: blending(uids["anatomy"], uids["activity"])),
    "blending state that lacks an image": (
        "anatomy",
        lambda uids: blending(uids["anatomy"], {**uids["activity"], "objectUID": generate_uid()}),
    ),
}
"""Each state by its name: the image in whose study it is, and how it is made."""
