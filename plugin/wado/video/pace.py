"""When each picture of a video is shown, in ticks of the clock that its format has.

MP4 has a clock of any rate, and a picture lasts as many ticks as it likes. MPEG knows eight frame rates, and a picture
that lasts several ticks is there as often.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import floor

MPEG_FRAME_RATES = (
    *(Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30)),
    *(Fraction(50), Fraction(60000, 1001), Fraction(60)),
)
"""ISO/IEC 13818-2 table 6-4, frame_rate_code."""

MP4_CLOCK = Fraction(90_000)

TOLERANCE = Fraction(1, 50)
"""How much faster or slower all of a video may be so that no picture is shown unevenly: 33 ms are 30 a second."""

Milliseconds = float | Fraction


def choose_mpeg_rate(durations: Iterable[Milliseconds]) -> Fraction:
    """The lowest rate whose whole ticks come nearest to the durations; where none comes near, that of the finest."""
    exact = {Fraction(duration) for duration in durations}
    rate = min(MPEG_FRAME_RATES, key=lambda rate: _misfit(exact, rate))
    return rate if _misfit(exact, rate) <= TOLERANCE else MPEG_FRAME_RATES[-1]


def mpeg_ticks(durations: Iterable[Milliseconds], rate: Fraction) -> Iterator[int]:
    """Ticks of each picture, 0 for one that has to be left out because pictures come faster than 60 a second.

    The first is always there, so that there is one.
    """
    ahead = Fraction(0)
    for number, duration in enumerate(Fraction(duration) for duration in durations):
        if _misfit({duration}, rate) <= TOLERANCE:
            yield _round(duration * rate / 1000)
            continue
        ahead += duration * rate / 1000
        ticks = max(_round(ahead), 1 if number == 0 else 0)
        ahead -= ticks
        yield ticks


def mp4_ticks(durations: Iterable[Milliseconds]) -> Iterator[int]:
    """Ticks of each picture, at least one, rounded so that their sum keeps to that of the durations."""
    end = Fraction(0)
    shown = 0
    for duration in durations:
        end += Fraction(duration) * MP4_CLOCK / 1000
        ticks = max(1, _round(end) - shown)
        yield ticks
        shown += ticks


def _misfit(durations: Iterable[Fraction], rate: Fraction) -> Fraction:
    """The greatest part by which a duration is changed when it becomes whole ticks."""
    return max((_misfit_of(duration * rate / 1000) for duration in durations), default=Fraction(0))


def _misfit_of(ticks: Fraction) -> Fraction:
    return abs(max(1, _round(ticks)) - ticks) / ticks


def _round(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))
