"""The region of a picture (PS3.18-2011 8.2.4): edges on the nearest pixel's edge, by exact decimals."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.support.datasets import coded_squares
from tests.support.images import assert_equal
from wado.image.region import Box, select_box


@pytest.mark.parametrize(
    ("start", "end", "length", "edges"),
    [
        (0.0, 1.0, 100, (0, 100)),
        (0.29, 0.57, 100, (29, 57)),  # in floating point 28.999999999999996 and 56.99999999999999
        (0.285, 0.575, 100, (29, 58)),  # 28.5 and 57.5 are halfway, and go up
        (0.284, 0.574, 100, (28, 57)),
        (0.25, 0.75, 10, (3, 8)),  # 2.5 and 7.5
        (0.1, 0.3, 10, (1, 3)),
        (0.333, 0.667, 3, (1, 2)),
        (0.5, 0.5001, 4, (2, 3)),  # never without a pixel
        (0.999999, 1.0, 4, (3, 4)),
        (0.0, 0.000001, 4, (0, 1)),
        (1e-7, 2e-7, 1, (0, 1)),
        (0.5, 1.0, 1, (0, 1)),
        (0.1, 0.2, 65535, (6554, 13107)),  # 6553.5
    ],
)
def test_edges_lie_on_the_nearest_pixels_edge(start: float, end: float, length: int, edges: tuple[int, int]) -> None:
    assert select_box(length, 7, (0.0, start, 1.0, end)) == Box(edges[0], 0, edges[1], 7)
    assert select_box(7, length, (start, 0.0, end, 1.0)) == Box(0, edges[0], 7, edges[1])


@pytest.mark.parametrize("length", [100, 512, 1023, 3328])
@pytest.mark.parametrize("parts", [2, 3, 7, 10, 97])
def test_regions_that_touch_partition_the_picture(length: int, parts: int) -> None:
    decimals = [round(part / parts, 6) for part in range(parts + 1)]
    boxes = [select_box(length, 10, (0.0, start, 1.0, end)) for start, end in pairwise(decimals)]
    assert boxes[0].top == 0 and boxes[-1].bottom == length
    assert all(upper.bottom == lower.top for upper, lower in pairwise(boxes))
    assert all(box.rows >= 1 for box in boxes)


@pytest.mark.parametrize("region", [None, (0.0, 0.0, 1.0, 1.0)])
def test_the_whole_picture_is_a_region_too(region: tuple[float, float, float, float] | None) -> None:
    assert select_box(480, 640, region) == Box(0, 0, 480, 640)


def test_left_and_top_come_before_right_and_bottom() -> None:
    box = select_box(40, 80, (0.25, 0.5, 0.75, 1.0))
    assert (box.left, box.top, box.right, box.bottom) == (20, 20, 60, 40)
    assert (box.rows, box.columns) == (20, 40)


@pytest.mark.parametrize("rows", range(1, 12))
def test_no_region_is_without_a_pixel_or_beyond_the_picture(rows: int) -> None:
    places = [number / 20 for number in range(21)]
    for start, end in ((start, end) for start in places for end in places if start < end):
        box = select_box(rows, 1, (0.0, start, 1.0, end))
        assert 0 <= box.top < box.bottom <= rows


def test_a_region_shows_the_squares_that_lie_in_it() -> None:
    squares = coded_squares(4, 4)
    shown = select_box(40, 40, (0.25, 0.5, 0.75, 0.75)).crop(squares)
    assert_equal(shown, squares[20:30, 10:30])
    colours = np.stack([squares] * 3, -1)
    assert_equal(select_box(40, 40, (0.25, 0.5, 0.75, 0.75)).crop(colours), colours[20:30, 10:30])


def test_a_box_beyond_the_picture_is_padded_with_black() -> None:
    picture = np.arange(1, 7, dtype=np.uint8).reshape(2, 3)
    assert Box(-1, 1, 1, 5).crop(picture).tolist() == [[0, 0, 0, 0], [2, 3, 0, 0]]
    assert Box(0, 1, 2, 3).crop(picture).base is not None, "within the picture nothing is copied"


@pytest.mark.parametrize(
    ("other", "common"), [(Box(1, 1, 9, 9), Box(1, 1, 4, 5)), (Box(4, 0, 9, 9), None), (Box(0, 5, 9, 9), None)]
)
def test_what_two_boxes_have_in_common(other: Box, common: Box | None) -> None:
    assert Box(0, 0, 4, 5).common(other) == common
    assert other.common(Box(0, 0, 4, 5)) == common
