"""How long the benchmark measures."""

from __future__ import annotations

from dataclasses import dataclass

CONNECTIONS = (1, 4, 16, 64)


@dataclass(frozen=True, slots=True)
class Effort:
    """`is_full` measures every case at every number of connections, and not only those that the short run picks."""

    rounds: int
    seconds: int
    is_full: bool = False

    def connections(self, in_short: tuple[int, ...], most: int = CONNECTIONS[-1]) -> tuple[int, ...]:
        """Those to measure at, of a case that the short run measures at some of them."""
        return tuple(number for number in CONNECTIONS if number <= most) if self.is_full else in_short


SHORT, FULL = Effort(rounds=3, seconds=1), Effort(rounds=3, seconds=2, is_full=True)
