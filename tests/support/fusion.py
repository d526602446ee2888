"""Slices that lie somewhere in a made patient, states that blend them, and where a state finds them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from tests.support.datasets import ROOT, Array, make_image, make_object, to_file
from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import BytesSource, Source, read_stored_object
from wado.image.color import RGB
from wado.job import NeedsOthers
from wado.presentation.blended_frame import blend_frame
from wado.presentation.blending import Blending, read_advanced_blending, read_blending

FRAME_OF_REFERENCE = f"{ROOT}.9"
TRANSVERSE = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
BLENDING = "1.2.840.10008.5.1.4.1.1.11.4"
ADVANCED_BLENDING = "1.2.840.10008.5.1.4.1.1.11.8"
WIDTH = 256
"""With a center of 128, of a window that shows each value of 0 to 255 as itself."""


def make_slice(
    uid: str,
    pixels: Array,
    position: Sequence[float] = (0.0, 0.0, 0.0),
    *,
    spacing: tuple[float, float] = (1.0, 1.0),
    orientation: Sequence[float] = TRANSVERSE,
    **attributes: Any,
) -> Dataset:
    """An image whose first pixel's center lies at `position`; `uid` is the end of its SOP Instance UID."""
    image = make_image(pixels, attributes.pop("photometric_interpretation", "MONOCHROME2"))
    image.SOPInstanceUID = f"{ROOT}.{uid}"
    image.FrameOfReferenceUID = FRAME_OF_REFERENCE
    image.ImagePositionPatient = list(position)
    image.ImageOrientationPatient = list(orientation)
    image.PixelSpacing = list(spacing)
    for keyword, value in attributes.items():
        setattr(image, keyword, value)
    return image


def item(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def reference(image: Dataset, **attributes: Any) -> Dataset:
    return item(ReferencedSOPClassUID=image.SOPClassUID, ReferencedSOPInstanceUID=image.SOPInstanceUID, **attributes)


def window(center: float = 128, width: float = WIDTH) -> list[Dataset]:
    """A Softcopy VOI LUT Sequence."""
    return [item(WindowCenter=center, WindowWidth=width, VOILUTFunction="LINEAR")]


def palette(*entries: tuple[int, int, int]) -> dict[str, Any]:
    """The attributes of a palette of 8 bits."""
    attributes: dict[str, Any] = {}
    for channel, color in enumerate(("Red", "Green", "Blue")):
        attributes[f"{color}PaletteColorLookupTableDescriptor"] = [len(entries), 0, 8]
        content = bytes(entry[channel] for entry in entries)
        attributes[f"{color}PaletteColorLookupTableData"] = content + bytes(len(content) % 2)
    return attributes


RED = palette(*((value, 0, 0) for value in range(256)))
"""A level of 0 to 1 becomes as much red."""


def side(position: str, images: Sequence[Dataset], **attributes: Any) -> Dataset:
    """An item of a Blending Sequence."""
    by_series: dict[str, list[Dataset]] = {}
    for image in images:
        by_series.setdefault(image.SeriesInstanceUID, []).append(reference(image))
    series = [item(SeriesInstanceUID=uid, ReferencedImageSequence=named) for uid, named in by_series.items()]
    found = {"SoftcopyVOILUTSequence": window(), **attributes}
    return item(BlendingPosition=position, StudyInstanceUID=f"{ROOT}.1", ReferencedSeriesSequence=series, **found)


def make_blending_state(
    underlying: Sequence[Dataset], superimposed: Sequence[Dataset], opacity: float = 0.5, **attributes: Any
) -> Dataset:
    state = make_object(BLENDING, RelativeOpacity=opacity, **{**RED, **attributes})
    state.BlendingSequence = [side("UNDERLYING", underlying), side("SUPERIMPOSED", superimposed)]
    return state


def advanced_input(number: int, images: Sequence[Dataset], **attributes: Any) -> Dataset:
    """An item of an Advanced Blending Sequence."""
    whole = {
        "BlendingInputNumber": number,
        "StudyInstanceUID": f"{ROOT}.1",
        "SeriesInstanceUID": images[0].SeriesInstanceUID,
        "ReferencedImageSequence": [reference(image) for image in images],
        "SoftcopyVOILUTSequence": window(),
    }
    return item(**{**whole, **attributes})


def step(mode: str, *inputs: int, **attributes: Any) -> Dataset:
    """An item of a Blending Display Sequence."""
    named = [item(BlendingInputNumber=number) for number in inputs]
    return item(BlendingMode=mode, BlendingDisplayInputSequence=named, **attributes)


def make_advanced_state(inputs: Sequence[Dataset], *steps: Dataset) -> Dataset:
    return make_object(ADVANCED_BLENDING, AdvancedBlendingSequence=list(inputs), BlendingDisplaySequence=list(steps))


class Study:
    """Implements `OtherImages`: the images of a study. `brought` are those that the job has, else all of them."""

    def __init__(self, images: Sequence[Dataset], *, brought: Sequence[str] | None = None) -> None:
        self._files = {image.SOPInstanceUID: to_file(image) for image in images}
        self.brought = set(self._files) if brought is None else set(brought)
        self.opened: list[str] = []

    def require(self, references: Sequence[tuple[str, str]]) -> None:
        wanted = [pair for pair in references if pair[1] in self._files and pair[1] not in self.brought]
        if wanted:
            raise NeedsOthers(tuple(wanted))

    def is_missing(self, sop_instance_uid: str) -> bool:
        return sop_instance_uid not in self._files

    def attachment(self, sop_instance_uid: str) -> str:
        return hashlib.sha256(self._files[sop_instance_uid]).hexdigest()

    def image(self, sop_instance_uid: str, series_instance_uid: str = "") -> tuple[StoredImage, Source]:
        self.opened.append(sop_instance_uid)
        return self.open(sop_instance_uid)

    def open(self, sop_instance_uid: str) -> tuple[StoredImage, Source]:
        source = BytesSource(self._files[sop_instance_uid])
        return read_stored_image(read_stored_object(source), source), source

    def replace(self, image: Dataset) -> None:
        self._files[image.SOPInstanceUID] = to_file(image)


def read_state(state: Dataset) -> Blending:
    """The state as a reader has it: written and read again."""
    dataset = read_stored_object(BytesSource(to_file(state))).dataset
    return read_blending(dataset) if state.SOPClassUID == BLENDING else read_advanced_blending(dataset)


def blended(state: Dataset, asked_for: Dataset, others: Sequence[Dataset], frame_index: int = 0) -> RGB:
    """What a request for one of the images shows."""
    study = Study([asked_for, *others])
    return blend_frame(read_state(state), *study.open(asked_for.SOPInstanceUID), frame_index, study)


def flat(value: int, rows: int = 4, columns: int = 4) -> Array:
    return np.full((rows, columns), value, np.uint8)
