"""Which attributes make the grayscale chain of a frame (PS3.3 C.11.1, C.11.2, C.7.6.16)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import make_image
from wado.dicom.grayscale_chain import read_grayscale_chain
from wado.dicom.image_pixel import read_image_pixel
from wado.dicom.stored_object import PixelDataElement
from wado.image.grayscale import LINEAR_EXACT, SIGMOID, GrayscaleChain, LookupTable, Rescale, Window


def chain_of(
    photometric_interpretation: str = "MONOCHROME2",
    frame_index: int = 0,
    window: tuple[float, float] | None = None,
    kind: str = "u2",
    **attributes: Any,
) -> GrayscaleChain:
    dataset = make_image(np.zeros((1, 1), kind), photometric_interpretation, **attributes)
    dataset.set_original_encoding(False, True, "ascii")
    pixel = read_image_pixel(dataset, PixelDataElement("PixelData", 0, 2))
    return read_grayscale_chain(dataset, pixel, frame_index, window)


def item(**attributes: Any) -> Dataset:
    dataset = Dataset()
    dataset.set_original_encoding(False, True, "ascii")
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def lut(descriptor: list[int], *entries: int) -> Dataset:
    dataset = item()
    dataset.add_new("LUTDescriptor", "US", descriptor)
    dataset.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return dataset


def test_an_object_without_any_of_it_has_the_identity_and_no_window() -> None:
    assert chain_of() == GrayscaleChain(Rescale(), None, is_inverted=False)


def test_monochrome1_is_inverted() -> None:
    assert chain_of("MONOCHROME1").is_inverted


@pytest.mark.parametrize(
    ("slope", "intercept", "expected"),
    [
        ("2", "-1024", Rescale(2, -1024)),
        ("-1", "0", Rescale(-1, 0)),
        ("0", "5", Rescale()),
        (None, "5", Rescale()),
        ("2", None, Rescale()),
    ],
)
def test_rescale_needs_both_and_a_slope(slope: str | None, intercept: str | None, expected: Rescale) -> None:
    assert chain_of(RescaleSlope=slope, RescaleIntercept=intercept).modality == expected


def test_a_modality_lut_counts_before_rescale() -> None:
    modality = chain_of(ModalityLUTSequence=[lut([2, 5, 16], 7, 9)], RescaleSlope=2, RescaleIntercept=0).modality
    assert modality == LookupTable(5, 16, np.array([7, 9], np.uint16).tobytes())


@pytest.mark.parametrize(("kind", "first"), [("i2", -2), ("u2", 65534)])
def test_the_first_value_of_a_modality_lut_has_the_sign_of_the_pixels(kind: str, first: int) -> None:
    modality = chain_of(kind=kind, ModalityLUTSequence=[lut([1, 0xFFFE, 16], 7)]).modality
    assert isinstance(modality, LookupTable) and modality.first_mapped_value == first


@pytest.mark.parametrize(("intercept", "first"), [("-1024", -2), ("0", 65534)])
def test_the_first_value_of_a_voi_lut_has_the_sign_of_the_modality_values(intercept: str, first: int) -> None:
    voi = chain_of(VOILUTSequence=[lut([1, 0xFFFE, 16], 7)], RescaleSlope=1, RescaleIntercept=intercept).voi
    assert isinstance(voi, LookupTable) and voi.first_mapped_value == first


@pytest.mark.parametrize(
    ("intercept", "vr", "written", "first"),
    [
        pytest.param("0", "SS", -20, -20, id="a sign that the VR tells of values that have none"),
        pytest.param("-1024", "US", 40000, 40000, id="no sign where only without it there is such a value"),
        pytest.param("-40000", "US", 40000, -25536, id="a sign where there is such a value"),
    ],
)
def test_the_first_value_of_a_voi_lut_is_one_that_there_can_be(
    intercept: str, vr: str, written: int, first: int
) -> None:
    table = item()
    table.add_new("LUTDescriptor", vr, [1, written, 16])
    table.add_new("LUTData", "OW", b"\7\0")
    voi = chain_of(VOILUTSequence=[table], RescaleSlope=1, RescaleIntercept=intercept).voi
    assert isinstance(voi, LookupTable) and voi.first_mapped_value == first


@pytest.mark.parametrize("descriptor", [[9, 0, 16], [2, 0, 0], [2, 0, 17], [2, 0]], ids=str)
def test_a_table_that_is_not_whole_is_passed_over(descriptor: list[int]) -> None:
    chain = chain_of(VOILUTSequence=[lut(descriptor, 1, 2)], WindowCenter=40, WindowWidth=400)
    assert chain.voi == Window(40, 400)


def test_a_voi_lut_counts_before_a_window() -> None:
    chain = chain_of(VOILUTSequence=[lut([2, 0, 8], 1, 2)], WindowCenter=40, WindowWidth=400)
    assert isinstance(chain.voi, LookupTable)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"WindowCenter": 40, "WindowWidth": 400}, Window(40, 400)),
        ({"WindowCenter": [40, -600], "WindowWidth": [400, 1500]}, Window(40, 400)),
        ({"WindowCenter": [40, -600], "WindowWidth": [0, 1500]}, Window(-600, 1500)),
        ({"WindowCenter": [40, -600], "WindowWidth": 400}, Window(40, 400)),
        ({"WindowCenter": 40}, None),
        ({"WindowCenter": 40, "WindowWidth": 0}, None),
        ({"WindowCenter": 40, "WindowWidth": 0.5}, None),
        ({"WindowCenter": 40, "WindowWidth": -1}, None),
        ({"WindowCenter": 4, "WindowWidth": 0.5, "VOILUTFunction": "LINEAR_EXACT"}, Window(4, 0.5, LINEAR_EXACT)),
        ({"WindowCenter": 4, "WindowWidth": 5, "VOILUTFunction": "SIGMOID"}, Window(4, 5, SIGMOID)),
        ({"WindowCenter": 4, "WindowWidth": 5, "VOILUTFunction": "CURVED"}, Window(4, 5)),
    ],
)
def test_the_first_window_that_can_be_used_is(attributes: dict[str, Any], expected: Window | None) -> None:
    assert chain_of(**attributes).voi == expected


def test_the_requests_window_keeps_the_objects_function() -> None:
    attributes: dict[str, Any] = {"WindowCenter": 4, "WindowWidth": 5, "VOILUTFunction": "SIGMOID"}
    assert chain_of(window=(100, 200), **attributes).voi == Window(100, 200, SIGMOID)
    assert chain_of(window=(100, 200), VOILUTSequence=[lut([1, 0, 8], 1)]).voi == Window(100, 200)


def groups(center: int | None, slope: int | None) -> Dataset:
    group = item()
    if center is not None:
        group.FrameVOILUTSequence = [item(WindowCenter=center, WindowWidth=10)]
    if slope is not None:
        group.PixelValueTransformationSequence = [item(RescaleSlope=slope, RescaleIntercept=1)]
    return group


@pytest.mark.parametrize(
    ("frame_index", "center", "slope"),
    [(0, 11, 21), (1, 12, 30), (2, 30, 23), (3, 30, 30)],
    ids=["its own", "its own window", "its own slope", "beyond its groups"],
)
def test_a_frames_own_groups_count_before_the_shared_ones(frame_index: int, center: int, slope: int) -> None:
    chain = chain_of(
        frame_index=frame_index,
        NumberOfFrames=4,
        PerFrameFunctionalGroupsSequence=[groups(11, 21), groups(12, None), groups(None, 23)],
        SharedFunctionalGroupsSequence=[groups(30, 30)],
        WindowCenter=99,
        WindowWidth=99,
    )
    assert chain == GrayscaleChain(Rescale(slope, 1), Window(center, 10), is_inverted=False)


def test_the_top_level_counts_where_no_group_has_a_window() -> None:
    chain = chain_of(SharedFunctionalGroupsSequence=[item()], WindowCenter=99, WindowWidth=98)
    assert chain.voi == Window(99, 98)
