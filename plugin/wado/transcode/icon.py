"""The icon of an object whose pixels leave the transfer syntax that the icon may be compressed in, too."""

from __future__ import annotations

import copy

import numpy as np
from pydicom.dataset import Dataset
from pydicom.encaps import generate_fragments

from wado.dicom.image_pixel import read_image_pixel
from wado.dicom.stored_object import PixelDataElement, StoredObject
from wado.dicom.values import items, unfit
from wado.image.codecs import CodestreamError, decode
from wado.transcode.element_encoding import Element
from wado.transcode.elements import Replacements, item, tag_of
from wado.transcode.explicit_vr import SIGNATURES
from wado.transcode.whole_cells import in_cells

ICONS = "IconImageSequence"


def describe_icon(stored_object: StoredObject) -> Replacements:
    """The sequence with its pixels uncompressed, which go with any transfer syntax (PS3.3 C.7.6.1.1.6).

    Nothing for an icon that is uncompressed already. Raises `NotAcceptable` for one that cannot be decoded.
    """
    icons = items(stored_object.dataset, ICONS)
    if not any(_is_compressed(icon) for icon in icons):
        return {}
    tag = tag_of(ICONS)
    content = b"".join(item(_decoded(icon, stored_object.transfer_syntax_uid)) for icon in icons)
    return {tag: Element(tag, "SQ", content)}


def _is_compressed(icon: Dataset) -> bool:
    return "PixelData" in icon and bool(icon["PixelData"].is_undefined_length)


def _decoded(icon: Dataset, transfer_syntax_uid: str) -> Dataset:
    if not _is_compressed(icon):
        return icon
    pixel = read_image_pixel(icon, PixelDataElement("PixelData", 0, None))
    try:
        _, *fragments = generate_fragments(icon.PixelData)
        frame = in_cells(decode(transfer_syntax_uid, b"".join(fragments), pixel), pixel)
    except (CodestreamError, ValueError):
        raise unfit(ICONS, "cannot be decoded") from None
    decoded = copy.deepcopy(icon)
    for tag in SIGNATURES & set(decoded.keys()):
        del decoded[tag]
    itemsize = frame.words.dtype.itemsize
    content = np.ascontiguousarray(frame.words, f"<u{itemsize}").tobytes()
    decoded.PixelData = content + bytes(len(content) % 2)
    decoded["PixelData"].VR = "OW" if itemsize > 1 else "OB"
    decoded["PixelData"].is_undefined_length = False
    decoded.BitsAllocated = itemsize * 8
    decoded.PhotometricInterpretation = frame.photometric_interpretation
    if pixel.samples_per_pixel > 1:
        decoded.PlanarConfiguration = 0
    return decoded
