"""The layers of a presentation state drawn over a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from wado.errors import WadoError
from wado.graphics.canvas import Canvas, View
from wado.graphics.compounds import draw_compound
from wado.graphics.ink import Cover, Ink, Pixels, combine, find_pixels, lay_over, paint
from wado.graphics.outlines import outline
from wado.graphics.strokes import draw_outlines
from wado.graphics.texts import draw_label, draw_text
from wado.image.resize import Picture
from wado.presentation.graphic_model import Layer
from wado.remembered import Remembered

COVERS_KEPT = 8
LARGEST_KEPT = 1 << 19
"""Pixels of a cover that is remembered, and takes up to 8 MB then."""

_covers: Remembered[tuple[tuple[Layer, ...], Canvas], Cover] = Remembered(COVERS_KEPT)


def draw_graphics(picture: Picture, layers: tuple[Layer, ...], view: View) -> Picture:
    """The picture with the layers on it, the first one lowest (PS3.3 C.10.7); in colours if any of them has one.

    `view` says where the frame and the displayed area are in the picture, which has its rows and columns. Raises
    `InternalError` and `Unimplemented` where the system has no fonts for a text.
    """
    if not layers:
        return picture
    canvas = Canvas.of(view)
    cover = _covers.get((layers, canvas))
    if cover is not None:
        return lay_over(picture, cover)
    try:
        # Places without end come out as no places, and are left out where lines and areas are cut.
        with np.errstate(all="ignore"):
            return _draw(picture, layers, canvas)
    except WadoError as error:
        # What the fonts lack is said of the annotation that a request asks for; here it is for the state's own texts.
        raise type(error)(error.message, parameter="presentationUID", clause="8.2.9") from error


def _draw(picture: Picture, layers: tuple[Layer, ...], canvas: Canvas) -> Picture:
    """What is small enough is remembered. What is not is painted one ink after the other, and never held at once."""
    inks = _inks(layers, canvas)
    parts: list[Pixels] = []
    room = LARGEST_KEPT
    for ink in inks:
        room -= int(np.count_nonzero(ink.mask))
        if room < 0:
            picture = lay_over(picture, combine(parts))
            for large in chain([ink], inks):
                picture = paint(picture, large)
            return picture
        parts.append(find_pixels(ink, canvas.rows, canvas.columns))
    cover = combine(parts)
    _covers.put((layers, canvas), cover)
    return lay_over(picture, cover)


def _inks(layers: Sequence[Layer], canvas: Canvas) -> Iterator[Ink]:
    """Of each layer areas, then lines, then texts: what says more is not covered by what says less."""
    for layer in layers:
        compounds = [draw_compound(compound, canvas) for compound in layer.compounds]
        outlines = [outline(graphic, canvas) for graphic in layer.graphics]
        yield from draw_outlines([*outlines, *(drawn.outline for drawn in compounds)], layer.color, canvas)
        for drawn in compounds:
            for label in drawn.labels:
                yield from draw_label(label, layer.color, canvas)
        for text in layer.texts:
            yield from draw_text(text, layer.color, canvas)
