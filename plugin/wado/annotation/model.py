"""What an annotation is made of: lines of text in the corners, letters at the edges."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

Vector = tuple[float, float, float]
"""A direction in the patient: x to the left, y to the back, z to the head (PS3.3 C.7.6.2.1.1)."""

PATIENT = "patient"
TECHNIQUE = "technique"

NO_BREAK = "\N{NO-BREAK SPACE}"
"""Between a label and its value, and between a number and its unit: they stand on one line."""

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
"""What stands where something had to be left out."""


class Rank(IntEnum):
    """What comes first in a small picture, and gives way last where there is no room for all."""

    IDENTITY = 0
    """Without it, or at least its beginning, there is no annotation."""
    MARKER = 1
    """Shown whole or not at all: without it there is no annotation."""
    SPELLING = 2
    """The same name in another script."""
    DETAIL = 3
    HEADING = 4
    """Where and under which titles; gives way before all else."""


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    rank: Rank = Rank.DETAIL


@dataclass(frozen=True, slots=True)
class EdgeLetters:
    """The directions in the patient that lie at each edge of the picture (PS3.3 C.7.6.1.1.1)."""

    left: str = ""
    right: str = ""
    top: str = ""
    bottom: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """The lines of each corner, from top to bottom; the more important first."""

    top_left: tuple[Line, ...] = ()
    top_right: tuple[Line, ...] = ()
    bottom_left: tuple[Line, ...] = ()
    bottom_right: tuple[Line, ...] = ()
    edges: EdgeLetters = EdgeLetters()

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.top_left + self.top_right + self.bottom_right + self.bottom_left


@dataclass(frozen=True, slots=True)
class ShownImage:
    """What the object's attributes alone do not tell of the finished picture.

    `window` is center and width; `horizontal` is where in the patient the picture's rows run to, left to right, and
    `vertical` where its columns run to, top to bottom.
    """

    number_of_frames: int = 1
    window: tuple[float, float] | None = None
    horizontal: Vector | None = None
    vertical: Vector | None = None
