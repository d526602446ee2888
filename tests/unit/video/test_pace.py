"""When pictures are shown, by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

import pytest

from wado.video.pace import MPEG_FRAME_RATES, choose_mpeg_rate, mp4_ticks, mpeg_ticks


@pytest.mark.parametrize(
    ("durations", "rate", "ticks"),
    [
        ([40] * 3, 25, [1, 1, 1]),
        ([Fraction(1000, 30)] * 3, 30, [1, 1, 1]),
        ([33] * 100, 30, [1] * 100),
        ([33.333] * 3, 30, [1, 1, 1]),
        ([Fraction(1001, 30)] * 3, Fraction(30000, 1001), [1, 1, 1]),
        ([100] * 3, 30, [3, 3, 3]),
        ([66.667] * 2, 30, [2, 2]),
        ([1000] * 2, 24, [24, 24]),
        ([40, 80, 120], 25, [1, 2, 3]),
        ([20] * 2, 50, [1, 1]),
        ([37] * 5, 60, [2, 2, 3, 2, 2]),
        ([5] * 6, 60, [1, 0, 0, 0, 1, 0]),
    ],
    ids=str,
)
def test_mpeg_repeats_pictures_at_a_rate_of_the_standard(
    durations: list[float | Fraction], rate: Fraction, ticks: list[int]
) -> None:
    assert choose_mpeg_rate(durations) == rate
    assert list(mpeg_ticks(durations, Fraction(rate))) == ticks


@pytest.mark.parametrize("duration", [1, 7, 16, 21, 29, 37, 45, 111, 333.3, 2500])
def test_mpeg_keeps_time(duration: float) -> None:
    """Within two in a hundred where every picture is shown equally long, else to half a tick."""
    rate = choose_mpeg_rate([duration] * 200)
    assert rate in MPEG_FRAME_RATES
    shown = sum(mpeg_ticks([duration] * 200, rate)) * 1000 / rate
    assert abs(shown - 200 * duration) <= max(200 * duration / 50, float(500 / rate))


@pytest.mark.parametrize("durations", [[1], [1, 1, 1, 1, 1], [4, 4], [0.03]])
def test_mpeg_has_a_picture_however_short_all_of_it_is(durations: list[float]) -> None:
    ticks = list(mpeg_ticks(durations, choose_mpeg_rate(durations)))
    assert ticks == [1] + [0] * (len(durations) - 1)


def test_uneven_pictures_keep_time_throughout() -> None:
    durations = [13.7, 41.3, 97.1, 8.9] * 50
    rate = choose_mpeg_rate(durations)
    ends = accumulate(mpeg_ticks(durations, rate))
    for end, wanted in zip(ends, accumulate(durations), strict=True):
        assert abs(end * 1000 / rate - wanted) <= max(float(1000 / rate), wanted / 50)


def test_mp4_has_ticks_of_a_ninety_thousandth() -> None:
    assert list(mp4_ticks([40, 33.3333, 1000, 0])) == [3600, 3000, 90000, 1]
    assert sum(mp4_ticks([33.33333] * 3000)) == 9_000_000 - 1  # 99999.99 ms
