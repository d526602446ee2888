"""Overlays in the unused bits of the pixels' cells, which most codecs drop, moved into elements of their own."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from wado.dicom.overlays import (
    BIT_POSITION,
    BITS_ALLOCATED,
    DATA,
    GROUPS,
    IMAGE_FRAME_ORIGIN,
    NUMBER_OF_FRAMES,
    ROWS,
    read_overlays_in_pixels,
)
from wado.dicom.stored_image import StoredImage
from wado.dicom.stored_object import Source
from wado.errors import NotAcceptable
from wado.transcode.bits import BitPacker
from wado.transcode.element_encoding import Element
from wado.transcode.elements import Replacements


def has_overlays_in_pixels(dataset: Dataset) -> bool:
    return any(True for _ in _groups(dataset))


def move_overlays(image: StoredImage, source: Source) -> Replacements:
    """Each as Overlay Data, a bit for each pixel of each frame (PS3.3 C.9.2, PS3.5 8.1.2).

    Reads every frame, one after the other. Raises `NotAcceptable` where one cannot be told from the pixels.
    """
    dataset, pixel = image.stored_object.dataset, image.pixel
    groups = list(_groups(dataset))
    if not groups:
        return {}
    planes = {group: BitPacker() for group in groups}
    for frame_index, frame in enumerate(image.read_frames(source)):
        found = read_overlays_in_pixels(dataset, frame_index, frame.words, pixel.cell)
        by_group = {overlay.group: overlay.bits for overlay in found}
        for group in groups:
            if group not in by_group:
                raise NotAcceptable(
                    f"Overlay Bit Position ({group:04X},{BIT_POSITION:04X}) is no bit that this object's pixels leave "
                    "unused; contentType=application/dicom&transferSyntax=* gives the object as it is stored"
                )
            planes[group].add(by_group[group])
    moved: Replacements = {}
    for group, packer in planes.items():
        moved |= _describe(dataset, group, packer.finish(), pixel.number_of_frames)
    return moved


def _groups(dataset: Dataset) -> Iterator[int]:
    """The groups whose overlay has no data of its own."""
    for group in GROUPS:
        if (group, ROWS) in dataset and (group, DATA) not in dataset and (group, BIT_POSITION) in dataset:
            yield group


def _describe(dataset: Dataset, group: int, bits: bytes, number_of_frames: int) -> Replacements:
    elements = [
        _number(group, BITS_ALLOCATED, 1),
        _number(group, BIT_POSITION, 0),
        Element(group << 16 | DATA, "OW", bits + bytes(len(bits) % 2)),
    ]
    if number_of_frames > 1 and (group, NUMBER_OF_FRAMES) not in dataset:
        text = str(number_of_frames).encode()
        elements.append(Element(group << 16 | NUMBER_OF_FRAMES, "IS", text + b" " * (len(text) % 2)))
        elements.append(_number(group, IMAGE_FRAME_ORIGIN, 1))
    return {element.tag: element for element in elements}


def _number(group: int, element: int, value: int) -> Element:
    return Element(group << 16 | element, "US", value.to_bytes(2, "little"))
