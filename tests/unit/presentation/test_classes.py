"""Which presentation states are served, and for which images."""

from __future__ import annotations

import pytest
from pydicom.uid import (
    AdvancedBlendingPresentationStateStorage,
    BlendingSoftcopyPresentationStateStorage,
    ColorSoftcopyPresentationStateStorage,
    CTImageStorage,
    GrayscalePlanarMPRVolumetricPresentationStateStorage,
    GrayscaleSoftcopyPresentationStateStorage,
    PseudoColorSoftcopyPresentationStateStorage,
    XAXRFGrayscaleSoftcopyPresentationStateStorage,
)

from tests.support.datasets import image_pixel
from wado.errors import BadRequest
from wado.presentation.classes import StateClass, check_image, find_class

GREY = image_pixel(4, 4)
COLOR = image_pixel(4, 4, photometric_interpretation="RGB", samples_per_pixel=3)


@pytest.mark.parametrize(
    ("uid", "expected"),
    [
        (GrayscaleSoftcopyPresentationStateStorage, StateClass.GRAYSCALE),
        (ColorSoftcopyPresentationStateStorage, StateClass.COLOR),
        (PseudoColorSoftcopyPresentationStateStorage, StateClass.PSEUDO_COLOR),
        (BlendingSoftcopyPresentationStateStorage, StateClass.BLENDING),
        (AdvancedBlendingPresentationStateStorage, StateClass.ADVANCED_BLENDING),
    ],
)
def test_the_served_classes_are_known_by_their_uid(uid: str, expected: StateClass) -> None:
    assert find_class(uid) is expected


@pytest.mark.parametrize(
    "uid",
    [
        XAXRFGrayscaleSoftcopyPresentationStateStorage,
        GrayscalePlanarMPRVolumetricPresentationStateStorage,
        CTImageStorage,
        "",
    ],
)
def test_every_other_object_is_told_which_classes_are_served(uid: str) -> None:
    with pytest.raises(BadRequest, match="Grayscale, Color, Pseudo-Color, Blending and Advanced Blending") as caught:
        find_class(uid)
    assert caught.value.parameter == "presentationUID"


@pytest.mark.parametrize(
    ("state_class", "fits_grey", "fits_color"),
    [
        (StateClass.GRAYSCALE, True, False),
        (StateClass.PSEUDO_COLOR, True, False),
        (StateClass.COLOR, False, True),
        (StateClass.BLENDING, True, True),
        (StateClass.ADVANCED_BLENDING, True, True),
    ],
)
def test_a_state_is_for_the_images_of_its_class(state_class: StateClass, fits_grey: bool, fits_color: bool) -> None:
    for pixel, fits in ((GREY, fits_grey), (COLOR, fits_color)):
        if fits:
            check_image(state_class, pixel, has_supplemental_palette=False)
        else:
            with pytest.raises(BadRequest, match="Softcopy Presentation State cannot be applied to"):
                check_image(state_class, pixel, has_supplemental_palette=False)


def test_a_supplemental_palette_does_not_make_an_image_one_for_color_states() -> None:
    check_image(StateClass.GRAYSCALE, GREY, has_supplemental_palette=True)
    for pixel in (GREY, COLOR):
        with pytest.raises(BadRequest):
            check_image(StateClass.COLOR, pixel, has_supplemental_palette=True)
