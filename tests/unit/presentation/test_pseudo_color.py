"""Palettes and profiles of presentation states (PS3.3 C.7.9, C.11.15; PS3.6 Annex B)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import ImageCms
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import PseudoColorSoftcopyPresentationStateStorage

from tests.support.images import assert_similar
from tests.support.presentation_states import make_lut, make_state
from wado.dicom.palette import COLORS
from wado.errors import BadRequest
from wado.presentation.pseudo_color import WELL_KNOWN, read_profile, read_state_palette

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def state_of(**attributes: Any) -> Dataset:
    return make_state(PseudoColorSoftcopyPresentationStateStorage, **attributes)


def with_palette(*channels: Sequence[int], bits: int = 8, **attributes: Any) -> Dataset:
    state = state_of(**attributes)
    for color, entries in zip(COLORS, channels, strict=True):
        state.add_new(f"{color}PaletteColorLookupTableDescriptor", "US", [len(entries), 0, bits])
        state.add_new(f"{color}PaletteColorLookupTableData", "OW", np.array(entries, "<u2").tobytes())
    return state


def test_the_palette_is_that_of_the_state() -> None:
    assert read_state_palette(with_palette([1, 2], [3, 4], [5, 6])).entries == bytes([1, 3, 5, 2, 4, 6])
    wide = with_palette([0, 0x8000], [0x1010, 0], [0, 0xFFFF], bits=16)
    assert read_state_palette(wide).entries == bytes([0, 16, 0, 128, 0, 255])


@pytest.mark.parametrize("uid", WELL_KNOWN)
def test_a_well_known_palette_is_the_standards(uid: str) -> None:
    entries = np.frombuffer(read_state_palette(state_of(PaletteColorLookupTableUID=uid)).entries, np.uint8)
    expected = apply_color_lut(np.arange(256, dtype=np.uint8), palette=uid)
    assert_similar(entries.reshape(256, 3), expected)  # pydicom rounds a half in a segment to the even side


def test_hot_iron_is_as_ps3_6_table_b_1_1_lists_it() -> None:
    entries = read_state_palette(state_of(PaletteColorLookupTableUID="1.2.840.10008.1.5.1")).entries
    assert [tuple(entries[3 * index : 3 * index + 3]) for index in (0, 1, 127, 128, 192, 255)] == [
        (0, 0, 0),
        (2, 0, 0),
        (254, 0, 0),
        (255, 0, 0),
        (255, 128, 4),
        (255, 255, 255),
    ]


def test_a_palette_in_the_state_counts_before_the_one_it_is_named_after() -> None:
    state = with_palette([1, 2], [3, 4], [5, 6], PaletteColorLookupTableUID="1.2.840.10008.1.5.1")
    assert len(read_state_palette(state).entries) == 6


def test_an_identity_may_stand_beside_a_palette() -> None:
    assert read_state_palette(with_palette([1, 2], [3, 4], [5, 6], PresentationLUTShape="IDENTITY"))


def lacking(state: Dataset, keyword: str) -> Dataset:
    delattr(state, keyword)
    return state


WHOLE = ([1, 2], [3, 4], [5, 6])

MALFORMED = [
    (state_of(), r"Red Palette Color Lookup Table Descriptor \(0028,1101\) is absent"),
    (state_of(PaletteColorLookupTableUID="1.2.3"), r"Palette Color Lookup Table UID \(0028,1199\) is that of no well"),
    (with_palette([1, 2], [3, 4, 5], [5, 6]), r"Green Palette Color Lookup Table Descriptor \(0028,1102\) has another"),
    (lacking(with_palette(*WHOLE), "BluePaletteColorLookupTableDescriptor"), r"Blue Palette .* Descriptor"),
    (lacking(with_palette(*WHOLE), "BluePaletteColorLookupTableData"), r"Blue Palette Color Lookup Table Data"),
    (lacking(with_palette(*WHOLE), "RedPaletteColorLookupTableData"), r"Red Palette Color Lookup Table Data"),
    (with_palette(*WHOLE, bits=12), r"Red Palette Color Lookup Table Descriptor \(0028,1101\)"),
    (with_palette(*WHOLE, PresentationLUTShape="INVERSE"), r"Presentation LUT Shape \(2050,0020\) stands beside"),
    (
        with_palette(*WHOLE, PresentationLUTSequence=[make_lut([1, 0, 8], [1])]),
        r"Presentation LUT Sequence \(2050,0010\) stands beside",
    ),
]


@pytest.mark.parametrize(("state", "named"), MALFORMED, ids=[named for _, named in MALFORMED])
def test_a_palette_that_is_malformed_is_named_and_refused(state: Dataset, named: str) -> None:
    with pytest.raises(BadRequest, match=named) as caught:
        read_state_palette(state)
    assert caught.value.parameter == "presentationUID"


def test_the_profile_is_that_of_the_state() -> None:
    assert read_profile(state_of()) is None
    assert read_profile(state_of(ICCProfile=SRGB)) == SRGB


@pytest.mark.parametrize(
    "profile", [SRGB[:200], b"no profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_a_profile_that_cannot_be_used_is_refused(profile: bytes) -> None:
    with pytest.raises(BadRequest, match=r"ICC Profile \(0028,2000\) is damaged"):
        read_profile(state_of(ICCProfile=profile))
