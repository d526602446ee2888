"""Where a frame is in the picture that shows it: which part, turned and flipped how, and how large."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from wado.image.affine import FLIP, QUARTER_TURN, Affine, scaling, translation
from wado.image.region import Box
from wado.image.resize import Picture, Show, resize, rounded, show_resized
from wado.image.shrink import Window
from wado.image.stored_values import Words


@dataclass(frozen=True, slots=True)
class Orientation:
    """Quarter turns clockwise, then perhaps left for right (PS3.3 C.10.6)."""

    quarter_turns: int = 0
    is_flipped: bool = False

    @property
    def swaps_sides(self) -> bool:
        """Whether rows become columns."""
        return self.quarter_turns % 2 == 1

    def turn(self, picture: Picture) -> Picture:
        if not self.quarter_turns and not self.is_flipped:
            return picture
        turned = np.rot90(picture, -self.quarter_turns)
        return np.ascontiguousarray(turned[:, ::-1] if self.is_flipped else turned)

    def size(self, rows: int, columns: int) -> tuple[int, int]:
        """Rows and columns of a picture afterwards."""
        return (columns, rows) if self.swaps_sides else (rows, columns)

    def affine(self, rows: int, columns: int) -> Affine:
        """Places in a picture of this size as places in the turned one."""
        affine = Affine()
        for _ in range(self.quarter_turns):
            affine = affine.then(QUARTER_TURN).then(translation(rows, 0))
            rows, columns = columns, rows
        return affine.then(FLIP).then(translation(columns, 0)) if self.is_flipped else affine

    def turned_back(self, box: Box, rows: int, columns: int) -> Box:
        """A box in the turned picture as one in the picture of this size before."""
        turned_rows, turned_columns = self.size(rows, columns)
        if self.is_flipped:
            box = Box(box.top, turned_columns - box.right, box.bottom, turned_columns - box.left)
        for _ in range(self.quarter_turns):
            box = Box(turned_columns - box.right, box.top, turned_columns - box.left, box.bottom)
            turned_rows, turned_columns = turned_columns, turned_rows
        return box


UPRIGHT = Orientation()


@dataclass(frozen=True, slots=True)
class Layout:
    """What part of a frame is shown, and in how many rows and columns.

    `box` is that part in the frame's own pixels, and may reach beyond the frame. Turned, it fills the picture of `rows`
    and `columns`: the whole of it, or only what is within `window`, in pixels of the turned box. It fills a part of
    the picture where there is a `place`; the rest is black. `displayed` is the area that graphics in DISPLAY units
    are relative to, in the frame's own pixels; the box, where there is none.
    """

    box: Box
    rows: int
    columns: int
    orientation: Orientation = UPRIGHT
    window: Window | None = None
    place: Box | None = None
    displayed: Box | None = None

    def is_frame(self, rows: int, columns: int) -> bool:
        """Whether the picture is a frame of this size as it is: whole, upright and not scaled."""
        return self == Layout(Box(0, 0, rows, columns), rows, columns, displayed=self.displayed)

    def crop(self, picture: Picture) -> Picture:
        """The box out of a picture of the frame, turned; black beyond the frame."""
        return self.orientation.turn(self.box.crop(picture))

    @property
    def is_plain(self) -> bool:
        """Whether the picture is the box as it lies in the frame, in some size."""
        return self.orientation == UPRIGHT and self.window is None and self.place is None

    def show(self, words: Words, show: Show) -> Picture:
        """`draw(show(words))`; of a part of the frame, or a reduced one, no more is shown than it takes."""
        if self.is_plain and self.box.is_within(*words.shape[:2]):
            return show_resized(self.box.crop(words), show, self.rows, self.columns)
        return self.draw(show(words))

    def show_reduced(self, words: Words, show: Show, scale: int, offset: float) -> Picture:
        """As `show` of a plain layout, out of words of which each stands for `scale` rows and columns of the frame.

        What is at x in the frame is at x / `scale` + `offset` in the words: half a word beyond the last one at most.
        """
        left, top, right, bottom = (
            edge / scale + offset for edge in (self.box.left, self.box.top, self.box.right, self.box.bottom)
        )
        first_row, first_column, end_row, end_column = int(top), int(left), math.ceil(bottom), math.ceil(right)
        picture = show(words[first_row:end_row, first_column:end_column])
        missing = end_row - first_row - picture.shape[0], end_column - first_column - picture.shape[1]
        if any(missing):
            picture = np.pad(picture, ((0, missing[0]), (0, missing[1]), (0, 0))[: picture.ndim], mode="edge")
        window = left - first_column, top - first_row, right - first_column, bottom - first_row
        return resize(picture, self.rows, self.columns, window)

    def draw(self, picture: Picture) -> Picture:
        """The picture of a frame, in these rows and columns."""
        if self.place is None:
            return resize(self.crop(picture), self.rows, self.columns, self.window)
        drawn = resize(self.crop(picture), self.place.rows, self.place.columns, self.window)
        return Box(0, 0, self.rows, self.columns).moved(-self.place.top, -self.place.left).crop(drawn)

    @property
    def to_picture(self) -> Affine:
        """Places in the frame as places in the picture."""
        box, place = self.box, self.place or Box(0, 0, self.rows, self.columns)
        turned_rows, turned_columns = self.orientation.size(box.rows, box.columns)
        left, top, right, bottom = self.window or (0, 0, turned_columns, turned_rows)
        return (
            translation(-box.left, -box.top)
            .then(self.orientation.affine(box.rows, box.columns))
            .then(translation(-left, -top))
            .then(scaling(place.columns / (right - left), place.rows / (bottom - top)))
            .then(translation(place.left, place.top))
        )

    @property
    def displayed_to_picture(self) -> Affine:
        """Fractions of the specified displayed area, column then row, as places in the picture.

        0, 0 is the corner that is its top left one when it is turned and flipped (PS3.3 C.10.4, C.10.5; PS3.4
        N.2.3.4). The area is that of the presentation state, whatever part of it the picture shows (PS3.18-2011 8.2.9,
        note 2).
        """
        area = self.displayed or self.box
        corners = np.array([(area.left, area.top), (area.right, area.bottom)], np.float64)
        (left, top), (right, bottom) = np.sort(self.to_picture.apply(corners), axis=0).tolist()
        return scaling(right - left, bottom - top).then(translation(left, top))


def fit_into(layout: Layout, rows: int, columns: int) -> Layout:
    """The layout for a picture of this size: as large as it can be without being distorted, in the middle, on black."""
    if (layout.rows, layout.columns) == (rows, columns):
        return layout
    factor = min(Fraction(rows, layout.rows), Fraction(columns, layout.columns))
    height = rounded(layout.rows * factor)
    width = rounded(layout.columns * factor)
    top, left = (rows - height) // 2, (columns - width) // 2
    return replace(layout, rows=rows, columns=columns, place=Box(top, left, top + height, left + width))
