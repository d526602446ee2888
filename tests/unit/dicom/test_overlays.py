"""The Overlay Plane Module (PS3.3 C.9.2), bit by bit; an overlay that is not sound is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.support.datasets import make_image, to_file
from wado.dicom.overlays import (
    BIT_POSITION,
    BITS_ALLOCATED,
    COLUMNS,
    DATA,
    IMAGE_FRAME_ORIGIN,
    NUMBER_OF_FRAMES,
    ORIGIN,
    ROWS,
    read_overlays,
    read_overlays_in_pixels,
)
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.image.pixels import Cell

VR = {NUMBER_OF_FRAMES: "IS", ORIGIN: "SS", DATA: "OW"}
PLANE = {ROWS: 2, COLUMNS: 3, ORIGIN: [1, 1], BITS_ALLOCATED: 1, DATA: b"\x1d\x00"}


def with_overlay(changes: dict[int, Any] | None = None, group: int = 0x6000, dataset: Dataset | None = None) -> Dataset:
    """An overlay of 2 rows and 3 columns, but for the changes; an element changed to None is left out."""
    dataset = Dataset() if dataset is None else dataset
    for element, value in {**PLANE, **(changes or {})}.items():
        if value is not None:
            dataset.add_new((group, element), VR.get(element, "US"), value)
    return dataset


def test_the_least_significant_bit_comes_first() -> None:
    (overlay,) = read_overlays(with_overlay(), 0)  # 0x1d is 1 0 1, 1 1 0
    assert overlay.bits.tolist() == [[True, False, True], [True, True, False]]
    assert (overlay.group, overlay.top, overlay.left) == (0x6000, 0, 0)


def test_rows_follow_each_other_without_a_gap() -> None:
    (overlay,) = read_overlays(with_overlay({ROWS: 3, COLUMNS: 5, DATA: b"\x21\x44"}), 0)
    assert np.argwhere(overlay.bits).tolist() == [[0, 0], [1, 0], [2, 0], [2, 4]]


@pytest.mark.parametrize(("origin", "place"), [([1, 1], (0, 0)), ([3, 2], (2, 1)), ([-4, 0], (-5, -1))])
def test_the_origin_is_row_and_column_counted_from_1_and_may_be_outside(
    origin: list[int], place: tuple[int, int]
) -> None:
    (overlay,) = read_overlays(with_overlay({ORIGIN: origin}), 0)
    assert (overlay.top, overlay.left) == place


def test_every_overlay_group_is_read_in_order() -> None:
    dataset = with_overlay(group=0x601E)
    with_overlay(group=0x6002, dataset=dataset)
    assert [overlay.group for overlay in read_overlays(dataset, 0)] == [0x6002, 0x601E]


def test_an_overlay_of_one_frame_belongs_to_every_frame() -> None:
    dataset = with_overlay()
    assert [len(read_overlays(dataset, frame_index)) for frame_index in (0, 1, 9)] == [1, 1, 1]


THREE_FRAMES = {NUMBER_OF_FRAMES: 3, DATA: np.packbits(np.repeat([1, 0, 1], 6), bitorder="little").tobytes() + b"\0"}
"""Frames of six bits: all set, none, all."""


@pytest.mark.parametrize(
    ("frame_origin", "shown"),
    [
        (None, [True, False, True, None, None]),
        (1, [True, False, True, None, None]),
        (2, [None, True, False, True, None]),
        (4, [None, None, None, True, False]),
    ],
)
def test_the_frames_of_an_overlay_begin_at_the_image_frame_origin(
    frame_origin: int | None, shown: list[bool | None]
) -> None:
    dataset = with_overlay({**THREE_FRAMES, IMAGE_FRAME_ORIGIN: frame_origin})
    found = [read_overlays(dataset, frame_index) for frame_index in range(5)]
    assert [bool(overlays[0].bits.all()) if overlays else None for overlays in found] == shown
    assert all(overlays[0].bits.any() == overlays[0].bits.all() for overlays in found if overlays)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({ROWS: 0}, id="no rows"),
        pytest.param({COLUMNS: 0}, id="no columns"),
        pytest.param({ROWS: None}, id="rows absent"),
        pytest.param({COLUMNS: None}, id="columns absent"),
        pytest.param({ROWS: [2, 2]}, id="rows twice"),
        pytest.param({ROWS: 65535, COLUMNS: 65535}, id="short data"),
        pytest.param({COLUMNS: 100}, id="data short by a few bytes"),
        pytest.param({DATA: b""}, id="empty data"),
        pytest.param({DATA: None}, id="within the pixels (retired)"),
        pytest.param({ORIGIN: None}, id="origin absent"),
        pytest.param({ORIGIN: 1}, id="origin of one value"),
        pytest.param({ORIGIN: [1, 1, 1]}, id="origin of three values"),
        pytest.param({NUMBER_OF_FRAMES: 0}, id="no frames"),
        pytest.param({NUMBER_OF_FRAMES: ""}, id="frames empty"),
    ],
)
def test_a_malformed_overlay_is_left_out_and_the_others_stay(changes: dict[int, Any]) -> None:
    dataset = with_overlay(changes)
    with_overlay(group=0x6004, dataset=dataset)
    assert [overlay.group for overlay in read_overlays(dataset, 0)] == [0x6004]


def test_frames_that_the_data_do_not_hold_are_left_out() -> None:
    dataset = with_overlay({NUMBER_OF_FRAMES: 9})
    assert [len(read_overlays(dataset, frame_index)) for frame_index in range(4)] == [1, 1, 0, 0]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("vr", ["OB", "OW"])
def test_every_byte_order_gives_the_same_overlay(syntax: str, vr: str) -> None:
    dataset = make_image(np.zeros((4, 5), np.uint16))
    data = b"\x21\x84\x0f\x00"
    with_overlay({ROWS: 4, COLUMNS: 5, DATA: data}, dataset=dataset)
    swaps = syntax == ExplicitVRBigEndian and vr == "OW"
    dataset[0x6000, DATA].VR = vr
    dataset[0x6000, DATA].value = data[1::-1] + data[:1:-1] if swaps else data
    stored = read_stored_object(BytesSource(to_file(dataset, syntax)))
    (overlay,) = read_overlays(stored.dataset, 0)
    expected = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[:20].reshape(4, 5)
    assert overlay.bits.tolist() == expected.astype(bool).tolist()


IN_PIXELS = {DATA: None, BITS_ALLOCATED: 16, BIT_POSITION: 14}
TWELVE_BITS = Cell(12, 11, is_signed=False)
WORDS = np.array([[0x4000, 0x3FFF, 0xFFFF], [0x8000, 0x4ABC, 0]], np.uint16)


def test_an_overlay_within_the_pixels_is_one_bit_of_each_cell() -> None:
    (overlay,) = read_overlays_in_pixels(with_overlay(IN_PIXELS), 0, WORDS, TWELVE_BITS)
    assert overlay.bits.tolist() == [[True, False, True], [False, True, False]]
    assert (overlay.group, overlay.top, overlay.left) == (0x6000, 0, 0)


@pytest.mark.parametrize(
    ("position", "cell", "is_unused"),
    [
        (12, TWELVE_BITS, True),
        (15, TWELVE_BITS, True),
        (11, TWELVE_BITS, False),
        (0, TWELVE_BITS, False),
        (16, TWELVE_BITS, False),
        (65535, TWELVE_BITS, False),
        (3, Cell(12, 15, is_signed=True), True),
        (0, Cell(12, 15, is_signed=False), True),
        (4, Cell(12, 15, is_signed=True), False),
        (15, Cell(12, 15, is_signed=True), False),
        (15, Cell(16, 15, is_signed=False), False),
        (0, Cell(16, 15, is_signed=False), False),
    ],
)
def test_only_a_bit_that_no_stored_value_uses_is_an_overlay(position: int, cell: Cell, is_unused: bool) -> None:
    dataset = with_overlay({**IN_PIXELS, BIT_POSITION: position})
    assert len(read_overlays_in_pixels(dataset, 0, WORDS, cell)) == is_unused


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({BITS_ALLOCATED: 1}, id="allocated as data of its own"),
        pytest.param({BITS_ALLOCATED: None}, id="bits allocated absent"),
        pytest.param({BIT_POSITION: None}, id="bit position absent"),
        pytest.param({BIT_POSITION: [14, 15]}, id="two bit positions"),
        pytest.param({DATA: b"\x1d\x00"}, id="has data of its own"),
        pytest.param({ROWS: 3}, id="more rows than the image"),
        pytest.param({COLUMNS: 2}, id="fewer columns than the image"),
        pytest.param({ROWS: None}, id="rows absent"),
        pytest.param({ORIGIN: 1}, id="origin of one value"),
        pytest.param({NUMBER_OF_FRAMES: ""}, id="frames empty"),
    ],
)
def test_a_malformed_overlay_within_the_pixels_is_left_out_and_the_others_stay(changes: dict[int, Any]) -> None:
    dataset = with_overlay({**IN_PIXELS, **changes})
    with_overlay({**IN_PIXELS, BIT_POSITION: 15}, group=0x6004, dataset=dataset)
    overlays = read_overlays_in_pixels(dataset, 0, WORDS, TWELVE_BITS)
    assert [overlay.group for overlay in overlays] == [0x6004]


def test_cells_of_colours_and_of_floats_hold_no_overlay() -> None:
    dataset = with_overlay(IN_PIXELS)
    assert read_overlays_in_pixels(dataset, 0, np.zeros((2, 3, 3), np.uint16), TWELVE_BITS) == ()
    assert read_overlays_in_pixels(dataset, 0, np.zeros((2, 3), np.float32), TWELVE_BITS) == ()


def test_each_frame_within_the_overlays_frames_has_the_bits_of_its_own_cells() -> None:
    dataset = with_overlay({**IN_PIXELS, NUMBER_OF_FRAMES: 2, IMAGE_FRAME_ORIGIN: 2})
    found = [len(read_overlays_in_pixels(dataset, frame_index, WORDS, TWELVE_BITS)) for frame_index in range(4)]
    assert found == [0, 1, 1, 0]
