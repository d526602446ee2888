"""The overlays that a presentation state shows (PS3.3 C.11.7)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import make_image, to_file
from wado.dicom.stored_image import read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.errors import BadRequest
from wado.presentation.overlays import ShownOverlay, find_planes, read_shown_overlays

VR = {
    0x10: "US",
    0x11: "US",
    0x15: "IS",
    0x40: "CS",
    0x50: "SS",
    0x51: "US",
    0x100: "US",
    0x102: "US",
    0x1001: "CS",
    0x3000: "OW",
}
PLANE: dict[int, Any] = {0x10: 2, 0x11: 3, 0x40: "G", 0x50: [1, 1], 0x3000: b"\x1d\x00"}
BITS = [[True, False, True], [True, True, False]]


def with_group(dataset: Dataset, group: int, elements: dict[int, Any]) -> Dataset:
    for element, value in elements.items():
        dataset.add_new((group, element), VR[element], value)
    return dataset


def state_with(*layers: tuple[str, int, int], **activations: str) -> Dataset:
    """Layers of name, order and P-Value; activations as g6000="NAME"."""
    state = Dataset()
    state.GraphicLayerSequence = [make_layer(*layer) for layer in layers]
    for group, name in activations.items():
        with_group(state, int(group[1:], 16), {0x1001: name})
    return state


def make_layer(name: str, order: int, grey: int) -> Dataset:
    layer = Dataset()
    layer.GraphicLayer, layer.GraphicLayerOrder = name, order
    layer.GraphicLayerRecommendedDisplayGrayscaleValue = grey
    return layer


def read(state: Dataset, image: Dataset, frame_index: int = 0) -> tuple[ShownOverlay, ...]:
    return read_shown_overlays(state, image, frame_index)


def bits_of(shown: ShownOverlay) -> list[list[bool]]:
    assert shown.plane is not None
    rows: list[list[bool]] = shown.plane.bits.tolist()
    return rows


def test_the_images_overlay_is_shown_in_its_layers_colour() -> None:
    state = state_with(("ONE", 1, 0x8000), g6000="ONE")
    (shown,) = read(state, with_group(Dataset(), 0x6000, PLANE))
    assert (shown.layer, shown.color, bits_of(shown)) == ("ONE", (128, 128, 128), BITS)


@pytest.mark.parametrize("activations", [{}, {"g6000": ""}, {"g6002": "ONE"}])
def test_an_overlay_without_a_layer_is_not_shown(activations: dict[str, str]) -> None:
    assert read(state_with(("ONE", 1, 0), **activations), with_group(Dataset(), 0x6000, PLANE)) == ()


def test_the_states_own_overlay_is_shown_instead_of_the_images() -> None:
    state = with_group(state_with(g6000="ONE"), 0x6000, {**PLANE, 0x3000: b"\x3f\x00"})
    (shown,) = read(state, with_group(Dataset(), 0x6000, PLANE))
    assert bits_of(shown) == [[True] * 3] * 2


def test_a_layer_that_recommends_nothing_is_white() -> None:
    (shown,) = read(state_with(g6000="UNKNOWN"), with_group(Dataset(), 0x6000, PLANE))
    assert shown.color == (255, 255, 255)


def test_lower_layers_come_first() -> None:
    state = state_with(("HIGH", 9, 0), ("LOW", 2, 0), g6000="HIGH", g6002="LOW", g6004="LOW")
    image = Dataset()
    for group in (0x6000, 0x6002, 0x6004):
        with_group(image, group, PLANE)
    shown = read(state, image)
    assert [overlay.group for overlay in shown] == [0x6002, 0x6004, 0x6000]
    assert [overlay.order for overlay in shown] == [0, 0, 1]


def test_regions_of_interest_are_shown_too() -> None:
    assert len(read(state_with(g6000="ONE"), with_group(Dataset(), 0x6000, {**PLANE, 0x40: "R"}))) == 1


def test_a_multi_frame_overlay_has_its_own_plane_for_each_frame() -> None:
    """Two planes of six bits, the first for frame 2."""
    image = with_group(Dataset(), 0x6000, {**PLANE, 0x15: 2, 0x51: 2, 0x3000: b"\xdd\x0f"})
    state = state_with(g6000="ONE")
    assert read(state, image, 0) == ()
    assert bits_of(read(state, image, 1)[0]) == BITS
    assert bits_of(read(state, image, 2)[0]) == [[True] * 3] * 2


def test_an_overlay_of_no_rows_has_nothing_to_show() -> None:
    image = with_group(Dataset(), 0x6000, {**PLANE, 0x10: 0})
    with_group(image, 0x6002, PLANE)
    (shown,) = read(state_with(g6000="ONE", g6002="ONE"), image)
    assert shown.group == 0x6002


@pytest.mark.parametrize("changes", [{0x3000: b""}, {0x50: [1]}, {0x11: None}])
def test_a_malformed_overlay_is_refused_by_its_group(changes: dict[int, Any]) -> None:
    image = with_group(Dataset(), 0x6004, {**PLANE, **changes})
    with pytest.raises(BadRequest, match="overlay of group 6004 is malformed"):
        read(state_with(g6004="ONE"), image)


def test_a_malformed_overlay_that_is_not_shown_does_no_harm() -> None:
    assert read(state_with(g6000="ONE"), with_group(Dataset(), 0x6004, {0x3000: b""})) == ()


WITHIN = {0x10: 2, 0x11: 3, 0x50: [1, 1], 0x100: 16, 0x102: 15}


def planes_of(elements: dict[int, Any]) -> list[list[list[bool]]]:
    """Of 12 bits in 16, the highest of which are set in the first, fourth and fifth cell."""
    cells = np.array([[0x8123, 0x0FFF, 0x4123], [0x8FFF, 0x8000, 0]], np.uint16)
    source = BytesSource(to_file(with_group(make_image(cells, bits_stored=12), 0x6000, elements)))
    image = read_stored_image(read_stored_object(source), source)
    shown = read(state_with(g6000="ONE"), image.stored_object.dataset)
    return [plane.bits.tolist() for _, plane, _ in find_planes(shown, image, image.read_frame(source, 0), 0)]


def test_an_overlay_within_the_pixels_has_its_plane_when_there_are_pixels() -> None:
    (before,) = read(state_with(g6000="ONE"), with_group(Dataset(), 0x6000, WITHIN))
    assert before.plane is None
    assert planes_of(WITHIN) == [[[True, False, False], [True, True, False]]]


@pytest.mark.parametrize("changes", [{0x102: 3}, {0x102: 16}, {0x10: 5}, {0x100: 1}])
def test_an_overlay_that_cannot_be_within_the_pixels_is_refused(changes: dict[int, Any]) -> None:
    with pytest.raises(BadRequest, match="overlay of group 6000 is said to be within the pixels"):
        planes_of({**WITHIN, **changes})


def test_an_overlay_with_data_is_not_looked_for_in_the_pixels() -> None:
    assert planes_of(PLANE) == [BITS]
