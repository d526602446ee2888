"""The graphics and layers of presentation states (PS3.3 C.10.5, C.10.7)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import make_image, sample_files, to_file
from tests.support.presentation_states import IMAGE_UID, make_item, make_reference, make_state
from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.errors import BadRequest
from wado.presentation.graphic_layers import read_graphics
from wado.presentation.graphic_model import (
    Anchor,
    Compound,
    CompoundShape,
    Graphic,
    Horizontal,
    Layer,
    Paint,
    Shape,
    Text,
    Units,
    Vertical,
)
from wado.presentation.reference import FrameReference, referenced_images

FIRST = FrameReference(IMAGE_UID, 1)
RED_CIELAB = [35579, 53664, 50858]
"""L* 54.29, a* 80.81, b* 69.89 under D50: the red of sRGB."""


def stored(**attributes: Any) -> StoredImage:
    source = BytesSource(to_file(make_image(np.zeros((8, 10), np.uint8), **attributes)))
    return read_stored_image(read_stored_object(source), source)


def graphic(**attributes: Any) -> Dataset:
    usual = {
        "GraphicAnnotationUnits": "PIXEL",
        "GraphicDimensions": 2,
        "NumberOfGraphicPoints": 2,
        "GraphicData": [1.0, 2.0, 3.5, 4.0],
        "GraphicType": "POLYLINE",
        "GraphicFilled": "N",
    }
    return make_item(**usual | attributes)


def compound(**attributes: Any) -> Dataset:
    usual = {
        "CompoundGraphicInstanceID": 7,
        "CompoundGraphicUnits": "PIXEL",
        "GraphicDimensions": 2,
        "NumberOfGraphicPoints": 2,
        "GraphicData": [1.0, 2.0, 3.5, 4.0],
        "CompoundGraphicType": "ARROW",
    }
    return make_item(**usual | attributes)


def text(value: str = "Lesion", **attributes: Any) -> Dataset:
    usual = {"AnchorPointAnnotationUnits": "PIXEL", "AnchorPoint": [3.0, 4.0], "AnchorPointVisibility": "Y"}
    return make_item(UnformattedTextValue=value, **(attributes or usual))


def boxed(**attributes: Any) -> Dataset:
    usual = {
        "BoundingBoxAnnotationUnits": "DISPLAY",
        "BoundingBoxTopLeftHandCorner": [0.1, 0.2],
        "BoundingBoxBottomRightHandCorner": [0.5, 0.3],
        "BoundingBoxTextHorizontalJustification": "RIGHT",
    }
    return text(**usual | attributes)


def annotation(*items: Dataset, layer: str = "MARKS", **attributes: Any) -> Dataset:
    its = make_item(GraphicLayer=layer, **attributes)
    for keyword, decisive in (
        ("CompoundGraphicSequence", "CompoundGraphicType"),
        ("GraphicObjectSequence", "GraphicType"),
        ("TextObjectSequence", "UnformattedTextValue"),
    ):
        found = [item for item in items if decisive in item]
        if found:
            setattr(its, keyword, found)
    return its


def layer_item(name: str, order: int | None, **attributes: Any) -> Dataset:
    item = make_item(GraphicLayer=name, **attributes)
    if order is not None:
        item.GraphicLayerOrder = order
    return item


def read(
    *annotations: Dataset,
    layers: tuple[Dataset, ...] = (),
    reference: FrameReference = FIRST,
    image: StoredImage | None = None,
) -> tuple[Layer, ...]:
    state = make_state(GraphicAnnotationSequence=list(annotations), GraphicLayerSequence=list(layers))
    return read_graphics(state, image or stored(), reference)


def only_graphic(item: Dataset) -> Graphic:
    ((only,),) = [layer.graphics for layer in read(annotation(item))]
    return only


def only_text(item: Dataset) -> Text:
    ((only,),) = [layer.texts for layer in read(annotation(item))]
    return only


def only_compound(item: Dataset) -> Compound:
    ((only,),) = [layer.compounds for layer in read(annotation(item))]
    return only


def test_a_state_without_annotations_has_no_graphics() -> None:
    assert read_graphics(make_state(), stored(), FIRST) == ()


def test_a_graphic_has_its_shape_points_and_units() -> None:
    expected = Graphic(Shape.POLYLINE, Units.PIXEL, ((1.0, 2.0), (3.5, 4.0)))
    assert only_graphic(graphic()) == expected


def test_layers_are_in_their_order_each_with_its_colour() -> None:
    layers = (
        layer_item("UPPER", 2, GraphicLayerRecommendedDisplayCIELabValue=RED_CIELAB),
        layer_item("LOWER", 1, GraphicLayerRecommendedDisplayGrayscaleValue=0x8080),
        layer_item("EMPTY", 0),
    )
    found = read(annotation(graphic(), layer="UPPER"), annotation(graphic(), layer="LOWER"), layers=layers)
    assert [layer.color for layer in found] == [(128, 128, 128), (255, 0, 0)]
    assert [layer.order for layer in found] == [1, 2]


def test_the_colour_is_taken_before_the_grey() -> None:
    layers = (
        layer_item(
            "MARKS",
            1,
            GraphicLayerRecommendedDisplayGrayscaleValue=0xFFFF,
            GraphicLayerRecommendedDisplayCIELabValue=RED_CIELAB,
        ),
    )
    assert [layer.color for layer in read(annotation(graphic()), layers=layers)] == [(255, 0, 0)]


def test_annotations_of_a_layer_that_is_not_described_are_drawn_last_in_no_colour_of_their_own() -> None:
    layers = (layer_item("KNOWN", 9, GraphicLayerRecommendedDisplayGrayscaleValue=0),)
    found = read(annotation(graphic(), layer="UNKNOWN"), annotation(graphic(), layer="KNOWN"), layers=layers)
    assert [layer.color for layer in found] == [(0, 0, 0), None]


def test_annotations_of_one_layer_are_together() -> None:
    (layer,) = read(annotation(graphic()), annotation(graphic(GraphicType="INTERPOLATED")))
    assert [one.shape for one in layer.graphics] == [Shape.POLYLINE, Shape.INTERPOLATED]


@pytest.mark.parametrize(("frame_number", "is_drawn"), [(1, False), (2, True)])
def test_annotations_are_those_of_the_frame(frame_number: int, is_drawn: bool) -> None:
    item = annotation(graphic(), ReferencedImageSequence=[make_reference(frame_numbers=[2, 3])])
    assert bool(read(item, reference=FrameReference(IMAGE_UID, frame_number))) == is_drawn


def test_annotations_of_another_image_are_not_drawn() -> None:
    assert read(annotation(graphic(), ReferencedImageSequence=[make_reference("1.2.3")])) == ()


def test_matrix_units_become_pixels_of_the_frame() -> None:
    image = stored(
        TotalPixelMatrixColumns=40, TotalPixelMatrixRows=16, DimensionOrganizationType="TILED_FULL", NumberOfFrames=1
    )
    (layer,) = read(
        annotation(graphic(GraphicAnnotationUnits="MATRIX", GraphicData=[13.0, 9.0, 20.0, 15.0])),
        image=image,
        reference=FrameReference(IMAGE_UID, 6),
    )
    assert layer.graphics[0].points == ((3.0, 1.0), (10.0, 7.0))
    assert layer.graphics[0].units is Units.PIXEL


def test_matrix_units_of_an_image_without_a_matrix_are_refused() -> None:
    with pytest.raises(BadRequest, match="Graphic Annotation Units"):
        read(annotation(graphic(GraphicAnnotationUnits="MATRIX")))


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"GraphicType": "SPIRAL"}, "Graphic Type"),
        ({"GraphicAnnotationUnits": "INCHES"}, "Graphic Annotation Units"),
        ({"GraphicDimensions": 3}, "Graphic Dimensions"),
        ({"GraphicData": [1.0]}, "Graphic Data"),
        ({"GraphicData": [1.0, float("nan")]}, "Graphic Data"),
        ({"GraphicData": [1.0, float("inf"), 2.0, 2.0]}, "Graphic Data"),
        ({"GraphicType": "CIRCLE", "GraphicData": [1.0, 2.0]}, "Graphic Data"),
        ({"GraphicType": "ELLIPSE"}, "Graphic Data"),
    ],
)
def test_a_graphic_of_which_nothing_can_be_told_is_refused(attributes: dict[str, Any], named: str) -> None:
    with pytest.raises(BadRequest, match=named) as refusal:
        read(annotation(graphic(**attributes)))
    assert refusal.value.parameter == "presentationUID"


def test_points_beyond_those_of_the_shape_are_left_out() -> None:
    assert only_graphic(graphic(GraphicType="POINT")).points == ((1.0, 2.0),)
    assert len(only_graphic(graphic(GraphicData=[1.0, 2.0, 3.0, 4.0, 5.0])).points) == 2


def test_a_line_of_one_point_is_kept() -> None:
    assert only_graphic(graphic(GraphicData=[1.0, 2.0])).points == ((1.0, 2.0),)


def test_a_text_may_have_a_box() -> None:
    found = only_text(boxed())
    assert found.lines == ("Lesion",)
    assert found.anchor is None and found.box is not None
    assert (found.box.units, found.box.justification) == (Units.DISPLAY, Horizontal.RIGHT)
    assert np.allclose(found.box.corners, ((0.1, 0.2), (0.5, 0.3)))


def test_a_text_may_have_an_anchor() -> None:
    assert only_text(text()) == Text(("Lesion",), anchor=Anchor(Units.PIXEL, (3.0, 4.0), is_visible=True))


@pytest.mark.parametrize("line_break", ["\r\n", "\n\r", "\r", "\n"])
def test_a_text_may_have_lines(line_break: str) -> None:
    assert only_text(text(f"\n one{line_break}{line_break}two\t2 {line_break}")).lines == (" one", "", "two 2")


def test_an_empty_text_is_none() -> None:
    assert read(annotation(text("  "))) == ()


def test_a_box_of_one_corner_is_a_point() -> None:
    item = text(BoundingBoxAnnotationUnits="PIXEL", BoundingBoxTopLeftHandCorner=[5.0, 6.0])
    assert only_text(item).anchor == Anchor(Units.PIXEL, (5.0, 6.0), is_visible=False)


def test_a_text_without_a_place_is_refused() -> None:
    with pytest.raises(BadRequest, match="Bounding Box Top Left Hand Corner"):
        read(annotation(text(AnchorPointVisibility="N")))


def test_a_text_is_in_the_characters_of_the_state() -> None:
    state = make_state(SpecificCharacterSet="ISO_IR 144", GraphicAnnotationSequence=[annotation(text("Пациент"))])
    dataset = read_stored_object(BytesSource(to_file(state))).dataset
    ((found,),) = [layer.texts for layer in read_graphics(dataset, stored(), FIRST)]
    assert found.lines == ("Пациент",)


def test_a_line_style_is_read() -> None:
    style = make_item(
        PatternOnColorCIELabValue=RED_CIELAB,
        PatternOnOpacity=0.5,
        PatternOffColorCIELabValue=[0, 32896, 32896],
        LineThickness=2.5,
        LineDashingStyle="DASHED",
        LinePattern=0xF0F0F0F0,
        ShadowStyle="OUTLINED",
        ShadowOffsetX=1.0,
        ShadowOffsetY=-2.0,
        ShadowColorCIELabValue=[65535, 32896, 32896],
        ShadowOpacity=0.25,
    )
    line = only_graphic(graphic(LineStyleSequence=[style])).line
    assert line is not None and line.shadow is not None
    assert line.on == Paint((255, 0, 0), 0.5)
    assert line.off == Paint((0, 0, 0), 1.0)
    assert (line.thickness, line.pattern) == (2.5, 0xF0F0F0F0)
    assert line.shadow.is_outlined and line.shadow.offset == (1.0, -2.0) and line.shadow.opacity == 0.25


@pytest.mark.parametrize(("pattern", "expected"), [(0x00FF, 0x00FF00FF), (0xFFFF, 0xFFFF), (0xFF000000, 0xFF000000)])
def test_a_pattern_of_16_bits_is_taken_twice(pattern: int, expected: int) -> None:
    style = make_item(LineDashingStyle="DASHED", LinePattern=pattern)
    line = only_graphic(graphic(LineStyleSequence=[style])).line
    assert line is not None and line.pattern == expected


def test_a_solid_line_has_no_pattern() -> None:
    line = only_graphic(graphic(LineStyleSequence=[make_item(LineDashingStyle="SOLID", LinePattern=0xFF)])).line
    assert line is not None and line.pattern is None and line.thickness is None


def test_a_fill_style_is_read() -> None:
    style = make_item(FillMode="STIPPELED", FillPattern=bytes(range(128)), PatternOnOpacity=2.0)
    fill = only_graphic(graphic(GraphicFilled="Y", FillStyleSequence=[style])).fill
    assert fill is not None and fill.pattern == bytes(range(128)) and fill.on == Paint(None, 1.0)


def test_a_text_style_is_read() -> None:
    style = make_item(
        TextColorCIELabValue=RED_CIELAB, HorizontalAlignment="CENTER", VerticalAlignment="BOTTOM", Bold="Y", Italic="N",
        Underlined="Y", ShadowStyle="OFF", CSSFontName="serif",
    )  # fmt: skip
    found = only_text(boxed(TextStyleSequence=[style])).style
    assert found is not None
    assert found.color == (255, 0, 0)
    assert (found.horizontal, found.vertical) == (Horizontal.CENTER, Vertical.BOTTOM)
    assert (found.is_bold, found.is_italic, found.is_underlined) == (True, False, True)
    assert found.shadow is None


def test_a_malformed_colour_is_refused() -> None:
    with pytest.raises(BadRequest, match="Pattern On Color CIELab Value"):
        read(annotation(graphic(LineStyleSequence=[make_item(PatternOnColorCIELabValue=[1, 2])])))


def test_a_compound_graphic_is_drawn_instead_of_its_simple_rendition() -> None:
    rendition = graphic(CompoundGraphicInstanceID=7)
    label = text()
    label.CompoundGraphicInstanceID = 7
    (layer,) = read(annotation(compound(), rendition, label, graphic(GraphicType="INTERPOLATED")))
    assert [one.shape for one in layer.compounds] == [CompoundShape.ARROW]
    assert [one.shape for one in layer.graphics] == [Shape.INTERPOLATED]
    assert layer.texts == ()


@pytest.mark.parametrize(
    "attributes",
    [
        {"CompoundGraphicType": "PRIVATE"},
        {"GraphicData": [1.0, 2.0]},
        {"CompoundGraphicType": "MULTILINE", "GraphicData": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]},
        {"RotationAngle": 30.0},
        {"CompoundGraphicUnits": "MILES"},
        {
            "CompoundGraphicType": "CROSSHAIR",
            "GraphicData": [1.0, 2.0],
            "MajorTicksSequence": [make_item(TickPosition=0.5)],
        },
    ],
)
def test_what_cannot_be_drawn_by_its_own_definition_is_shown_by_its_rendition(attributes: dict[str, Any]) -> None:
    item = compound(**attributes)
    (layer,) = read(annotation(item, graphic(CompoundGraphicInstanceID=7)))
    assert layer.compounds == () and len(layer.graphics) == 1
    with pytest.raises(BadRequest):
        read(annotation(item, graphic()))


def test_a_compound_graphic_has_its_ticks_gap_and_rotation() -> None:
    ticks = [make_item(TickPosition=0.25, TickLabel="10"), make_item(TickPosition=1.0, TickLabel="40")]
    found = only_compound(
        compound(
            CompoundGraphicType="AXIS", MajorTicksSequence=ticks, TickAlignment="TOP", TickLabelAlignment="TOP",
            ShowTickLabel="N", RotationAngle=45.0, RotationPoint=[5.0, 6.0], GapLength=0.5, DiameterOfVisibility=0.75,
            GraphicFilled="Y",
        )
    )  # fmt: skip
    assert [(tick.position, tick.label) for tick in found.ticks] == [(0.25, "10"), (1.0, "40")]
    assert (found.tick_side, found.label_side, found.shows_labels) == (Vertical.TOP, Vertical.TOP, False)
    assert (found.angle, found.pivot, found.gap, found.visibility) == (45.0, (5.0, 6.0), 0.5, 0.75)
    assert found.is_filled


def test_layers_are_equal_if_what_they_draw_is() -> None:
    assert hash(read(annotation(graphic(), boxed()))) == hash(read(annotation(graphic(), boxed())))


@pytest.mark.parametrize(
    ("name", "graphics", "texts"),
    [("gran_all.pr.dcm", 5, 0), ("gran_display.pr.dcm", 1, 0), ("hd_annot.pr.dcm", 6, 3)],
)
def test_states_that_other_programs_made(name: str, graphics: int, texts: int) -> None:
    paths = [path for path in sample_files("1_gsps") if path.name == name]
    if not paths:
        pytest.skip("the larger collection of files is not beside the repository")
    state = read_stored_object(BytesSource(paths[0].read_bytes())).dataset
    uid = str(next(iter(referenced_images(state))).ReferencedSOPInstanceUID)
    layers = read_graphics(state, stored(), FrameReference(uid, 1))
    assert sum(len(layer.graphics) for layer in layers) == graphics
    assert sum(len(layer.texts) for layer in layers) == texts
