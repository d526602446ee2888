"""Graphics and texts of a presentation state, as frozen values (PS3.3 C.10.5, C.10.7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

Point = tuple[float, float]
"""Column, then row."""

Color = tuple[int, int, int]
"""sRGB, 0 to 255; a grey has three equal ones."""

WHITE: Color = (255, 255, 255)


class Units(Enum):
    """What a point is relative to (C.10.5, Graphic Annotation Units).

    A pixel of the frame, 0, 0 the top left corner of the top left one; or a fraction of the specified displayed area.
    """

    PIXEL = "PIXEL"
    DISPLAY = "DISPLAY"


class Shape(Enum):
    """Graphic Type (C.10.5.1.2)."""

    POINT = "POINT"
    POLYLINE = "POLYLINE"
    INTERPOLATED = "INTERPOLATED"
    CIRCLE = "CIRCLE"
    ELLIPSE = "ELLIPSE"


class CompoundShape(Enum):
    """Compound Graphic Type (C.10.5.1.3)."""

    MULTILINE = "MULTILINE"
    INFINITELINE = "INFINITELINE"
    CUTLINE = "CUTLINE"
    RANGELINE = "RANGELINE"
    RULER = "RULER"
    AXIS = "AXIS"
    CROSSHAIR = "CROSSHAIR"
    ARROW = "ARROW"
    RECTANGLE = "RECTANGLE"
    ELLIPSE = "ELLIPSE"


class Horizontal(Enum):
    LEFT = "LEFT"
    CENTER = "CENTER"
    RIGHT = "RIGHT"


class Vertical(Enum):
    TOP = "TOP"
    CENTER = "CENTER"
    BOTTOM = "BOTTOM"


@dataclass(frozen=True, slots=True)
class Shadow:
    """Behind a line or text: moved by an offset, or widened by the offset's length (C.10.5.1.3.13.2).

    `offset` is to the right and downward, in the units of what has the shadow; `opacity` is from 0 to 1.
    """

    is_outlined: bool
    offset: Point
    color: Color
    opacity: float


@dataclass(frozen=True, slots=True)
class Paint:
    """A colour and how much of it covers what is below, from 0 to 1; `color` is that of the layer if there is none."""

    color: Color | None = None
    opacity: float = 1.0


SOLID = Paint()


@dataclass(frozen=True, slots=True)
class LineStyle:
    """Table C.10-5b.

    `thickness` is in the units of the graphic; `pattern` has 32 bits, the most significant first, set where the line
    is painted `on`; a solid line has none.
    """

    on: Paint = SOLID
    off: Paint | None = None
    thickness: float | None = None
    pattern: int | None = None
    shadow: Shadow | None = None


@dataclass(frozen=True, slots=True)
class FillStyle:
    """Table C.10-5c. `pattern` are 32 rows of 32 bits, the most significant left, set where it is painted `on`."""

    on: Paint = SOLID
    off: Paint | None = None
    pattern: bytes | None = None


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Table C.10-5a."""

    color: Color | None = None
    horizontal: Horizontal | None = None
    vertical: Vertical | None = None
    is_bold: bool = False
    is_italic: bool = False
    is_underlined: bool = False
    shadow: Shadow | None = None


@dataclass(frozen=True, slots=True)
class Graphic:
    """An item of Graphic Object Sequence; as many points as its shape needs."""

    shape: Shape
    units: Units
    points: tuple[Point, ...]
    is_filled: bool = False
    line: LineStyle | None = None
    fill: FillStyle | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """A major tick: 0 is at the first point, 1 at the second one."""

    position: float
    label: str


@dataclass(frozen=True, slots=True)
class Compound:
    """An item of Compound Graphic Sequence; as many points as its shape needs.

    `angle` is in degrees counterclockwise around `pivot`. `gap` and `visibility` are diameters as fractions of the
    specified displayed area. `tick_side` is Tick Alignment, `label_side` Tick Label Alignment: TOP is to the left of
    the way from the first point to the second.
    """

    shape: CompoundShape
    units: Units
    points: tuple[Point, ...]
    is_filled: bool = False
    angle: float = 0.0
    pivot: Point | None = None
    gap: float = 0.0
    visibility: float | None = None
    ticks: tuple[Tick, ...] = ()
    tick_side: Vertical = Vertical.CENTER
    label_side: Vertical = Vertical.BOTTOM
    shows_labels: bool = True
    line: LineStyle | None = None
    fill: FillStyle | None = None
    text: TextStyle | None = None


@dataclass(frozen=True, slots=True)
class TextBox:
    """The top left and bottom right corner; after rotation and flip, any corner may be any other."""

    units: Units
    corners: tuple[Point, Point]
    justification: Horizontal = Horizontal.LEFT


@dataclass(frozen=True, slots=True)
class Anchor:
    """The point that a text is about; a line leads there if it `is_visible`."""

    units: Units
    point: Point
    is_visible: bool


@dataclass(frozen=True, slots=True)
class Text:
    """An item of Text Object Sequence; it has a box, an anchor or both."""

    lines: tuple[str, ...]
    box: TextBox | None = None
    anchor: Anchor | None = None
    style: TextStyle | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """What is drawn in one layer; `color` is none where the state recommends none (C.10.7).

    The `order` counts the state's layers from the lowest, those without graphics too.
    """

    color: Color | None = None
    graphics: tuple[Graphic, ...] = ()
    compounds: tuple[Compound, ...] = ()
    texts: tuple[Text, ...] = ()
    order: int = 0
