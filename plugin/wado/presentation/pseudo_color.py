"""The colours of a presentation state: its palette and its ICC profile (PS3.3 C.7.9, C.11.15; PS3.4 N.2.2)."""

from __future__ import annotations

from functools import lru_cache

from pydicom import dcmread
from pydicom.data import get_palette_files
from pydicom.dataset import Dataset

from wado.dicom.palette import COLORS, read_palette
from wado.dicom.stored_image import read_icc_profile
from wado.dicom.values import items, text, values_of
from wado.image.color import Palette
from wado.image.icc import is_usable
from wado.presentation.values import unsound

WELL_KNOWN = {
    "1.2.840.10008.1.5.1": "hotiron.dcm",
    "1.2.840.10008.1.5.2": "pet.dcm",
    "1.2.840.10008.1.5.3": "hotmetalblue.dcm",
    "1.2.840.10008.1.5.4": "pet20step.dcm",
    "1.2.840.10008.1.5.5": "spring.dcm",
    "1.2.840.10008.1.5.6": "summer.dcm",
    "1.2.840.10008.1.5.7": "fall.dcm",
    "1.2.840.10008.1.5.8": "winter.dcm",
}
"""The palettes of PS3.6 Annex B by their UIDs, in the files that come with pydicom."""


def read_state_palette(state: Dataset) -> Palette:
    """The palette in the state, else the well-known one that it names by Palette Color Lookup Table UID.

    A state has no Presentation LUT beside it: one that would change something is refused (PS3.3 A.33.3, A.33.4).
    """
    for keyword, is_there in (
        ("PresentationLUTSequence", bool(items(state, "PresentationLUTSequence"))),
        ("PresentationLUTShape", text(state, "PresentationLUTShape") not in ("", "IDENTITY")),
    ):
        if is_there:
            raise unsound(keyword, "stands beside a palette")
    descriptors = [values_of(state, f"{color}PaletteColorLookupTableDescriptor") for color in COLORS]
    if not any(descriptors):
        return _read_named(state)
    for color, descriptor in zip(COLORS, descriptors, strict=True):
        if descriptor[:1] != descriptors[0][:1]:
            raise unsound(f"{color}PaletteColorLookupTableDescriptor", "has another number of entries than the red one")
    return read_palette(state, is_signed=False, fault=unsound)


def _read_named(state: Dataset) -> Palette:
    uid = text(state, "PaletteColorLookupTableUID")
    if not uid:
        raise unsound("RedPaletteColorLookupTableDescriptor")
    if uid not in WELL_KNOWN:
        raise unsound("PaletteColorLookupTableUID", "is that of no well-known palette, and the state has no other")
    return read_well_known(uid)


@lru_cache(maxsize=len(WELL_KNOWN))
def read_well_known(uid: str) -> Palette:
    """One of the standard's own palettes: 256 entries."""
    (path,) = get_palette_files(WELL_KNOWN[uid])
    return read_palette(dcmread(path), is_signed=False)


def read_profile(state: Dataset) -> bytes | None:
    """The profile that the colours are to be understood by instead of the image's own, if the state has one."""
    profile = read_icc_profile(state)
    if profile is not None and not is_usable(profile):
        raise unsound("ICCProfile", "is damaged, or is not for the colours of images")
    return profile
