"""Which attributes of a state make the grayscale chain of a frame (PS3.4 N.2.1; PS3.3 C.11.1, C.11.6, C.11.8)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import make_image, to_file
from tests.support.presentation_states import IMAGE_UID, make_item, make_lut, make_reference, make_state
from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.errors import BadRequest
from wado.image.grayscale import LINEAR_EXACT, SIGMOID, GrayscaleChain, LookupTable, Rescale, Window, render_grayscale
from wado.presentation.grayscale import read_chain
from wado.presentation.reference import FrameReference

FIRST = FrameReference(IMAGE_UID, 1)


def stored(kind: str = "u2", bits_stored: int = 12, interpretation: str = "MONOCHROME2", **more: Any) -> StoredImage:
    pixels = np.zeros((2, 2), kind)
    source = BytesSource(to_file(make_image(pixels, interpretation, bits_stored=bits_stored, **more)))
    return read_stored_image(read_stored_object(source), source)


UNSIGNED_12, SIGNED_12 = stored(), stored("i2")


def chain_of(image: StoredImage = UNSIGNED_12, reference: FrameReference = FIRST, **attributes: Any) -> GrayscaleChain:
    return read_chain(make_state(**attributes), image, reference)


def window(center: float, width: float, *references: Dataset, **attributes: Any) -> Dataset:
    item = make_item(WindowCenter=center, WindowWidth=width, **attributes)
    if references:
        item.ReferencedImageSequence = list(references)
    return item


def voi(*items: Dataset) -> dict[str, Any]:
    return {"SoftcopyVOILUTSequence": list(items)}


@pytest.mark.parametrize(
    ("image", "lowest", "highest"),
    [
        (UNSIGNED_12, 0, 4095),
        (SIGNED_12, -2048, 2047),
        (stored("u1", 8), 0, 255),
        (stored("u2", 16), 0, 65535),
        (stored("i2", 16), -32768, 32767),
        (stored("u1", 1), 0, 1),
    ],
)
def test_a_state_without_any_of_it_shows_all_that_bits_stored_can_hold(
    image: StoredImage, lowest: int, highest: int
) -> None:
    everything = Window((lowest + highest) / 2, highest - lowest, LINEAR_EXACT)
    assert chain_of(image) == GrayscaleChain(Rescale(), everything, is_inverted=False)


def test_the_images_own_attributes_are_not_used() -> None:
    image = stored(
        interpretation="MONOCHROME1",
        RescaleSlope=2,
        RescaleIntercept=-1024,
        WindowCenter=40,
        WindowWidth=400,
        PresentationLUTShape="INVERSE",
        VOILUTSequence=[make_lut([2, 0, 8], [1, 2])],
        PixelPaddingValue=0,
    )
    assert chain_of(image) == chain_of(UNSIGNED_12)


@pytest.mark.parametrize(
    ("slope", "intercept", "expected"),
    [(2, -1024, Window(3071, 8190, LINEAR_EXACT)), (-1, 0, Window(-2047.5, 4095, LINEAR_EXACT))],
)
def test_a_rescale_widens_the_range_that_is_shown(slope: int, intercept: int, expected: Window) -> None:
    chain = chain_of(RescaleSlope=slope, RescaleIntercept=intercept)
    assert (chain.modality, chain.voi) == (Rescale(slope, intercept), expected)


def test_a_modality_lut_has_the_range_of_its_bits() -> None:
    chain = chain_of(ModalityLUTSequence=[make_lut([2, 5, 10], [7, 9])])
    assert chain.modality == LookupTable(5, 10, np.array([7, 9], np.uint16).tobytes())
    assert chain.voi == Window(511.5, 1023, LINEAR_EXACT)


UNSIGNED_16, SIGNED_16 = stored(bits_stored=16), stored("i2", 16)


@pytest.mark.parametrize(
    ("image", "written", "first"),
    [
        pytest.param(SIGNED_16, 0xFFFE, -2, id="a sign that the VR does not tell"),
        pytest.param(SIGNED_16, -2, -2, id="a sign that the VR tells"),
        pytest.param(UNSIGNED_16, 0xFFFE, 65534, id="a high value"),
        pytest.param(UNSIGNED_12, 0xFFFE, -2, id="below all values rather than above all"),
        pytest.param(UNSIGNED_16, -2, -2, id="below all values by its VR"),
        pytest.param(SIGNED_12, 0x8000, -32768, id="far below"),
    ],
)
def test_the_first_value_of_a_modality_lut_may_have_a_sign(image: StoredImage, written: int, first: int) -> None:
    modality = chain_of(image, ModalityLUTSequence=[make_lut([1, written, 16], [7])]).modality
    assert isinstance(modality, LookupTable) and modality.first_mapped_value == first


@pytest.mark.parametrize(
    ("image", "attributes", "first"),
    [
        (UNSIGNED_16, {}, 65534),
        (SIGNED_16, {}, -2),
        (UNSIGNED_16, {"RescaleSlope": 2, "RescaleIntercept": -2}, -2),
        (UNSIGNED_16, {"RescaleSlope": 2, "RescaleIntercept": -1}, 65534),
        (UNSIGNED_16, {"RescaleSlope": 1, "RescaleIntercept": -2}, -2),
        (SIGNED_16, {"RescaleSlope": 1, "RescaleIntercept": 32768}, 65534),
        (SIGNED_16, {"ModalityLUTSequence": [make_lut([1, 0, 16], [7])]}, 65534),
        (stored("f4"), {}, -2),
    ],
)
def test_the_first_value_of_a_voi_lut_has_a_sign_where_its_input_has(
    image: StoredImage, attributes: dict[str, Any], first: int
) -> None:
    table = chain_of(image, **attributes, **voi(make_item(VOILUTSequence=[make_lut([1, 0xFFFE, 8], [7])]))).voi
    assert isinstance(table, LookupTable) and table.first_mapped_value == first


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (window(40, 400), Window(40, 400)),
        (window(40, 400, VOILUTFunction="LINEAR"), Window(40, 400)),
        (window(40, 400, VOILUTFunction="SIGMOID"), Window(40, 400, SIGMOID)),
        (window(4, 0.5, VOILUTFunction="LINEAR_EXACT"), Window(4, 0.5, LINEAR_EXACT)),
        (make_item(WindowCenter=[40, -600], WindowWidth=[400, 1500]), Window(40, 400)),
    ],
)
def test_the_first_window_counts_with_its_function(item: Dataset, expected: Window) -> None:
    assert chain_of(**voi(item)).voi == expected


def test_a_voi_lut_counts_before_a_window_and_before_other_luts() -> None:
    tables = [make_lut([2, 0, 8], [1, 2]), make_lut([2, 0, 8], [3, 4])]
    assert chain_of(**voi(window(40, 400, VOILUTSequence=tables))).voi == LookupTable(
        0, 8, np.array([1, 2], np.uint16).tobytes()
    )


@pytest.mark.parametrize(("frame_number", "center"), [(1, 3), (2, 2), (3, 3), (4, 4)])
def test_the_first_item_that_is_about_the_frame_counts(frame_number: int, center: float) -> None:
    windows = voi(
        window(1, 10, make_reference("1.9")),
        window(2, 10, make_reference(frame_numbers=[2])),
        window(3, 10, make_reference("1.9"), make_reference(frame_numbers=[1, 2, 3])),
        window(4, 10),
        window(5, 10),
    )
    assert chain_of(reference=FrameReference(IMAGE_UID, frame_number), **windows).voi == Window(center, 10)


def test_a_frame_that_no_item_is_about_has_no_window() -> None:
    chain = chain_of(**voi(window(1, 10, make_reference("1.9"))))
    assert chain.voi == Window(2047.5, 4095, LINEAR_EXACT)


@pytest.mark.parametrize(("shape", "expected"), [("IDENTITY", False), ("INVERSE", True), ("", False)])
def test_the_shape_alone_decides_of_inversion(shape: str, expected: bool) -> None:
    for interpretation in ("MONOCHROME1", "MONOCHROME2"):
        image = stored(interpretation=interpretation)
        assert chain_of(image, PresentationLUTShape=shape).is_inverted is expected


def test_a_presentation_lut_is_the_last_stage() -> None:
    chain = chain_of(PresentationLUTSequence=[make_lut([3, 0, 10], [0, 1023, 0])], **voi(window(2, 3)))
    assert chain.presentation == LookupTable(0, 10, np.array([0, 1023, 0], np.uint16).tobytes())
    shown = render_grayscale(np.array([[0, 1, 2, 3, 4]], np.uint16), UNSIGNED_12.pixel.cell, chain)
    assert shown.tolist() == [[0, 0, 255, 0, 0]]


def test_after_subtraction_the_range_has_a_sign_and_is_one_bit_longer() -> None:
    state = make_state(RescaleSlope=2, RescaleIntercept=-1024)
    assert read_chain(state, UNSIGNED_12, FIRST, is_subtracted=True).voi == Window(0, 2 * 8190, LINEAR_EXACT)
    table = make_state(**voi(make_item(VOILUTSequence=[make_lut([1, 0xFFFE, 8], [7])])))
    chain = read_chain(table, UNSIGNED_12, FIRST, is_subtracted=True)
    assert isinstance(chain.voi, LookupTable) and chain.voi.first_mapped_value == -2


def test_float_pixels_have_no_range_but_that_of_the_frame() -> None:
    assert chain_of(stored("f4")).voi is None


SHORT = make_lut([9, 0, 8], [1, 2])

MALFORMED = [
    ({"RescaleSlope": "2"}, r"Rescale Intercept \(0028,1052\) is absent"),
    ({"RescaleIntercept": "2"}, r"Rescale Slope \(0028,1053\) is absent"),
    ({"RescaleSlope": "0", "RescaleIntercept": "2"}, r"Rescale Slope \(0028,1053\) is 0"),
    ({"ModalityLUTSequence": [SHORT]}, r"LUT Data \(0028,3006\)"),
    ({"ModalityLUTSequence": [make_item()]}, r"LUT Data \(0028,3006\)"),
    ({"ModalityLUTSequence": [make_lut([2, 0, 17], [1, 2])]}, r"LUT Data \(0028,3006\)"),
    (
        {"ModalityLUTSequence": [make_lut([1, 0, 8], [1])], "RescaleSlope": 1, "RescaleIntercept": -1},
        r"Modality LUT Sequence \(0028,3000\) stands beside",
    ),
    (voi(make_item(VOILUTSequence=[SHORT])), r"LUT Data \(0028,3006\)"),
    (voi(make_item()), r"Window Center \(0028,1050\) is absent"),
    (voi(make_item(WindowCenter=1)), r"Window Width \(0028,1051\) is absent"),
    (voi(window(40, 0)), r"Window Width \(0028,1051\) is less than 1"),
    (voi(window(40, 0.5)), r"Window Width \(0028,1051\) is less than 1"),
    (voi(window(40, 0, VOILUTFunction="SIGMOID")), r"Window Width \(0028,1051\) is not greater than 0"),
    (voi(window(40, -1, VOILUTFunction="LINEAR_EXACT")), r"Window Width \(0028,1051\) is not greater than 0"),
    (voi(window(40, 400, VOILUTFunction="CURVED")), r"VOI LUT Function \(0028,1056\) is none of LINEAR"),
    ({"PresentationLUTSequence": [SHORT]}, r"LUT Data \(0028,3006\)"),
    ({"PresentationLUTShape": "LIN OD"}, r"Presentation LUT Shape \(2050,0020\) is neither"),
    (
        {"PresentationLUTShape": "INVERSE", "PresentationLUTSequence": [make_lut([1, 0, 8], [1])]},
        r"Presentation LUT Shape \(2050,0020\) stands beside",
    ),
]


@pytest.mark.parametrize(("attributes", "named"), MALFORMED, ids=[named for _, named in MALFORMED])
def test_what_is_malformed_is_named_and_refused(attributes: dict[str, Any], named: str) -> None:
    with pytest.raises(BadRequest, match=named) as caught:
        chain_of(**attributes)
    assert (caught.value.parameter, caught.value.clause) == ("presentationUID", "8.2.9")


def test_a_window_of_another_image_may_be_malformed() -> None:
    assert chain_of(**voi(window(1, 0, make_reference("1.9")), window(2, 10))).voi == Window(2, 10)


def test_an_identity_beside_a_modality_lut_changes_nothing() -> None:
    table = make_lut([1, 0, 8], [1])
    chain = chain_of(ModalityLUTSequence=[table], RescaleSlope=1, RescaleIntercept=0)
    assert isinstance(chain.modality, LookupTable)
