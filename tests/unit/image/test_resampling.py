"""Values of one frame at the pixels of another, and how much slices count, with numbers computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.images import assert_equal
from wado.image.affine import Affine
from wado.image.plane import Plane, are_parallel
from wado.image.region import Box
from wado.image.resampling import (
    Samples,
    Share,
    Slice,
    Stack,
    add_slices,
    nearest_only,
    resample,
    stack_of,
    weigh_slices,
)

NAN = math.nan


def plane(
    z: float = 0.0, *, x: float = 0.0, y: float = 0.0, tilt: float = 0.0, size: int = 3, thickness: float = 0.0
) -> Plane:
    """A transverse plane, tilted around its rows."""
    return Plane("", (x, y, z), (1, 0, 0), (0, math.cos(tilt), math.sin(tilt)), 1, 1, size, size, thickness)


def samples(*rows: list[float]) -> Samples:
    return np.array(rows, np.float64)


def test_the_equation_of_the_standard_leads_from_pixel_to_pixel() -> None:
    source = Plane("", (10, 20, 30), (0, 1, 0), (0, 0, -1), 2, 3, 8, 9)
    target = Plane("", (5, 26, 24), (0, 1, 0), (0, 0, -1), 1, 1, 8, 9)
    # The center of the target's first pixel is 6 mm along the rows and 6 mm down the columns: column 2, row 3.
    places = target.pixels_of(source).apply(np.array([[0.5, 0.5], [3.5, 0.5], [0.5, 4.5]]))
    assert places == pytest.approx(np.array([[2.5, 3.5], [3.5, 3.5], [2.5, 5.5]]))


def test_parallel_planes_may_look_in_opposite_directions() -> None:
    assert are_parallel(plane(), plane(5, tilt=math.pi))
    assert are_parallel(plane(), plane(tilt=0.0005))
    assert not are_parallel(plane(), plane(tilt=0.005))


def test_the_same_grid_is_not_touched() -> None:
    values = samples([1, 2], [3, 4])
    assert resample(values, Affine(), 2, 2) is values


def test_values_lie_at_the_centers_of_pixels() -> None:
    row = samples([0, 100])
    half = Affine(a=0.5, e=1.0)
    assert resample(row, half, 1, 4)[0].tolist() == [0, 25, 75, 100]
    assert resample(row, half, 1, 4, is_nearest=True)[0].tolist() == [0, 0, 100, 100]


def test_beyond_the_outermost_pixels_there_is_nothing() -> None:
    moved = resample(samples([1, 2, 3]), Affine(c=-1.0), 1, 5)[0]
    assert_equal(moved, np.array([NAN, 1, 2, 3, NAN]))
    assert np.isnan(resample(samples([1, 2], [3, 4]), Affine(f=2.0), 2, 2)).all()


def test_between_something_and_nothing_there_is_nothing() -> None:
    values = samples([1, NAN, 3, 4], [5, 6, 7, 8])
    assert_equal(resample(values, Affine(c=0.25), 1, 3)[0], np.array([NAN, NAN, 3.25]))
    assert_equal(resample(values, Affine(c=1.0), 2, 3), samples([NAN, 3, 4], [6, 7, 8]))
    assert_equal(resample(values, Affine(c=0.25, f=1.0), 1, 3)[0], np.array([5.25, 6.25, 7.25]))


def test_channels_are_resampled_each_by_itself() -> None:
    colors = np.stack([samples([0, 100]), samples([10, 20])], axis=-1)
    assert resample(colors, Affine(a=0.5), 1, 4)[0, :, 1].tolist() == [10, 12.5, 17.5, 20]


def test_slices_are_ordered_by_their_depth() -> None:
    stack, order = stack_of([plane(8), plane(0), plane(4)])
    assert order == (1, 2, 0)
    assert (stack.depths, stack.spacing) == ((0, 4, 8), 4)


@pytest.mark.parametrize(
    ("depth", "weights"),
    [
        (4, {1: 1.0}),
        (4.003, {1: 1.0}),  # a thousandth of the spacing is no difference
        (5, {1: 0.75, 2: 0.25}),
        (-2, {0: 1.0}),
        (-2.1, {}),
        (10, {2: 1.0}),
        (99, {}),
    ],
)
def test_neighbouring_slices_count_by_their_nearness(depth: float, weights: dict[int, float]) -> None:
    stack, _ = stack_of([plane(0), plane(4), plane(8)])
    assert weights_of(plane(depth), stack) == weights


def test_a_gap_is_not_bridged() -> None:
    stack, _ = stack_of([plane(depth) for depth in (0, 4, 8, 16, 20)])
    assert weights_of(plane(12), stack) == {}
    assert weights_of(plane(14), stack) == {3: 1.0}
    assert weights_of(plane(18), stack) == {3: 0.5, 4: 0.5}


def test_a_tilted_plane_takes_of_each_slice_by_the_row() -> None:
    stack, _ = stack_of([plane(0), plane(1), plane(2), plane(3)])
    shares = weigh_slices(plane(0.25, tilt=math.pi / 2), stack)  # its rows lie at depths of 0.25, 1.25 and 2.25
    expected = {0: [0.75, 0, 0], 1: [0.25, 0.75, 0], 2: [0, 0.25, 0.75], 3: [0, 0, 0.25]}
    assert shares.keys() == expected.keys()
    for index, share in shares.items():
        whole = np.zeros((3, 3))
        whole[share.box.top : share.box.bottom] = share.weights
        assert whole[:, 0] == pytest.approx(expected[index])
    assert shares[3].box == Box(2, 0, 3, 3)  # no more is looked at than can count


WHOLE = Box(0, 0, 1, 3)


def part(values: list[float], weights: Samples | float, box: Box = WHOLE) -> Slice:
    return Slice(samples(values), Affine(), Share(box, weights))


def test_slices_are_added_by_their_shares() -> None:
    one, other = [10, NAN, 30], [20, 20, NAN]
    assert_equal(add_slices([part(one, 0.25), part(other, 0.75)], 1, 3), samples([17.5, NAN, NAN]))
    parts = [part(one, samples([1, 0, 0])), part(other, samples([1, 0]), Box(0, 1, 1, 3))]
    assert_equal(add_slices(parts, 1, 3), samples([10, 20, NAN]))


def test_a_slice_that_counts_alone_is_not_touched() -> None:
    values = samples([1, 2, 3])
    assert add_slices([Slice(values, Affine(), Share(WHOLE, 1.0))], 1, 3) is values


def test_of_what_cannot_be_mixed_the_nearest_counts() -> None:
    alone = nearest_only({3: Share(WHOLE, 0.25), 4: Share(WHOLE, 0.75)}, 1, 3)
    assert alone.keys() == {4} and np.asarray(alone[4].weights).tolist() == [[1, 1, 1]]
    assert nearest_only({}, 1, 3) == {}
    mixed = {0: Share(WHOLE, samples([0.9, 0.2, 0.0])), 1: Share(Box(0, 1, 1, 3), samples([0.8, 0.0]))}
    chosen = nearest_only(mixed, 1, 3)
    assert_equal(np.asarray(chosen[0].weights), samples([1, 0, 0]))
    assert_equal(np.asarray(chosen[1].weights), samples([1, 0]))


def weights_of(target: Plane, stack: Stack) -> dict[int, float]:
    """Of a plane that is parallel to the slices."""
    return {index: float(np.max(share.weights)) for index, share in weigh_slices(target, stack).items()}
