"""The Graphic Annotation and Graphic Layer Modules (PS3.3 C.10.5, C.10.7): what is drawn over a frame, in order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from pydicom.dataset import Dataset

from wado.dicom.stored_image import StoredImage
from wado.dicom.texts import character_set_of, is_doubtful
from wado.dicom.total_pixel_matrix import read_tile_place
from wado.dicom.values import integer, items, text, values_of
from wado.presentation.cielab import read_color
from wado.presentation.compound_graphics import read_compound
from wado.presentation.graphic_model import Color, Compound, Graphic, Layer, Text
from wado.presentation.graphic_space import TilePlace
from wado.presentation.graphics import read_graphic
from wado.presentation.reference import FrameReference, applies_to
from wado.presentation.text_objects import read_text_object

LAST = 1 << 31
"""Order of a layer that has none, and of one that an annotation names and the state does not describe."""


@dataclass(slots=True)
class _Drawn:
    """What is found for one layer."""

    graphics: list[Graphic] = field(default_factory=list)
    compounds: list[Compound] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


def read_graphics(state: Dataset, image: StoredImage, reference: FrameReference) -> tuple[Layer, ...]:
    """The layers that have something to draw over the frame, the lowest first.

    Raises `BadRequest` where it cannot be told what an annotation looks like.
    """
    place = read_tile_place(image.stored_object.dataset, image.pixel, reference.frame_number - 1)
    drawn: dict[str, _Drawn] = defaultdict(_Drawn)
    for annotation in items(state, "GraphicAnnotationSequence"):
        if applies_to(annotation, reference):
            inherited = character_set_of(annotation, character_set_of(state))
            _read_annotation(annotation, place, inherited, drawn[text(annotation, "GraphicLayer")])
    colors = read_layer_colors(state)
    orders = {name: order for order, name in enumerate(colors)}
    layers = (
        _layer(colors.get(name), drawn[name], orders.get(name, len(orders)))
        for name in sorted(drawn, key=lambda name: orders.get(name, len(orders)))
    )
    return tuple(layer for layer in layers if layer.graphics or layer.compounds or layer.texts)


def has_doubtful_text(state: Dataset) -> bool:
    """Whether some text that the state draws is not in the character set that it declares."""
    declared = character_set_of(state)
    return any(
        _has_doubtful_text(annotation, character_set_of(annotation, declared))
        for annotation in items(state, "GraphicAnnotationSequence")
    )


def _has_doubtful_text(annotation: Dataset, inherited: bytes) -> bool:
    texts = ((item, "UnformattedTextValue", inherited) for item in items(annotation, "TextObjectSequence"))
    labels = (
        (tick, "TickLabel", character_set_of(item, inherited))
        for item in items(annotation, "CompoundGraphicSequence")
        for tick in items(item, "MajorTicksSequence")
    )
    return any(is_doubtful(*text) for text in (*texts, *labels))


def read_layer_colors(state: Dataset) -> dict[str, Color | None]:
    """Each layer that the state describes, the lowest first, with the colour that it recommends.

    That for colour displays rather than the grey: a picture is shown on one. None where it recommends none.
    """
    described = sorted(
        items(state, "GraphicLayerSequence"),
        key=lambda layer: integer(layer, "GraphicLayerOrder", LAST),
    )
    return {text(layer, "GraphicLayer"): _read_layer_color(layer) for layer in described}


def _read_layer_color(layer: Dataset) -> Color | None:
    prefix = "GraphicLayerRecommendedDisplay"
    return read_color(layer, f"{prefix}CIELabValue", f"{prefix}GrayscaleValue", f"{prefix}RGBValue")


def _layer(color: Color | None, drawn: _Drawn, order: int) -> Layer:
    return Layer(color, tuple(drawn.graphics), tuple(drawn.compounds), tuple(drawn.texts), order)


def _read_annotation(annotation: Dataset, place: TilePlace | None, inherited: bytes, drawn: _Drawn) -> None:
    """What shows a compound graphic in simple ones is drawn only where the compound itself cannot be (C.10.5.1.3.1)."""
    simple = [*items(annotation, "GraphicObjectSequence"), *items(annotation, "TextObjectSequence")]
    renditions = {_instance_id(item) for item in simple} - {None}
    shown: set[int | None] = set()
    for item in items(annotation, "CompoundGraphicSequence"):
        instance_id = _instance_id(item)
        compound = read_compound(item, place, inherited, has_rendition=instance_id in renditions)
        if compound is not None:
            drawn.compounds.append(compound)
            shown.add(instance_id)
    shown -= {None}
    for item in items(annotation, "GraphicObjectSequence"):
        if _instance_id(item) not in shown:
            drawn.graphics.append(read_graphic(item, place))
    for item in items(annotation, "TextObjectSequence"):
        if _instance_id(item) not in shown:
            drawn.texts += filter(None, [read_text_object(item, place, inherited)])


def _instance_id(item: Dataset) -> int | None:
    return integer(item, "CompoundGraphicInstanceID", -1) if values_of(item, "CompoundGraphicInstanceID") else None
