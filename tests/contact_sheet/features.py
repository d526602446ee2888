"""What presentation states can say: one of each, with the images that it is for, made of what can be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageDraw
from pydicom.dataset import Dataset

from tests.support.datasets import ROOT, Array, make_image
from tests.support.fusion import (
    advanced_input,
    flat,
    make_advanced_state,
    make_blending_state,
    make_slice,
    palette,
    side,
    step,
    window,
)
from tests.support.presentation_states import make_item, make_lut, make_reference, make_state

ROWS, COLUMNS = 150, 200
GRAYSCALE, COLOR, PSEUDO_COLOR = (f"1.2.840.10008.5.1.4.1.1.11.{number}" for number in (1, 2, 3))
IMAGE_WINDOW: dict[str, Any] = {"WindowCenter": 2048, "WindowWidth": 4096}
WINDOW: dict[str, Any] = {"SoftcopyVOILUTSequence": [make_item(**IMAGE_WINDOW)]}
"""That of the image, for the states that are about something else."""

RED, GREEN, YELLOW = [0x8A00, 0xCF00, 0xC300], [0xC000, 0x3000, 0xC000], [0xF500, 0x7500, 0xE000]
"""CIELab, as PCS-Values."""

TRIANGLE = [40.0, 30.0, 160.0, 40.0, 90.0, 120.0, 40.0, 30.0]


@dataclass(frozen=True, slots=True)
class Feature:
    """A state and its images; the first is the one that is asked for, with `parameters` wherever the state is."""

    name: str
    state: Dataset
    images: tuple[Dataset, ...]
    parameters: Mapping[str, object] = field(default_factory=dict)
    is_moving: bool = False


@cache
def drawing() -> Array:
    """Grey levels from left to right, and marks by which one sees how it is turned: 12 bits."""
    picture = Image.new("I;16", (COLUMNS, ROWS))
    ramp = np.tile(np.linspace(400, 3200, COLUMNS).astype(np.uint16), (ROWS, 1))
    picture = Image.fromarray(ramp)
    draw = ImageDraw.Draw(picture)
    draw.ellipse([70, 30, 170, 130], fill=2600)
    draw.ellipse([95, 55, 145, 105], fill=900)
    for box in ([15, 20, 25, 100], [15, 20, 60, 30], [15, 50, 45, 60]):  # an F
        draw.rectangle(box, fill=4000)
    return np.array(picture, np.uint16)


def image(**attributes: Any) -> Dataset:
    return make_image(drawing(), bits_stored=12, PixelSpacing=[0.5, 0.5], **IMAGE_WINDOW | attributes)


def color_image(**attributes: Any) -> Dataset:
    grey = (drawing() >> 4).astype(np.uint8)
    return make_image(np.stack([grey, grey[::-1], 255 - grey], -1), "RGB", **attributes)


def frames() -> Dataset:
    """Contrast medium that comes in from the left, over the drawing."""
    pixels = np.stack([drawing()] * 6)
    for number in range(1, 6):
        pixels[number, 70:80, : number * 35] = pixels[number, 70:80, : number * 35] // 2
    return make_image(pixels, bits_stored=12, is_multi_frame=True, FrameTime="500", **IMAGE_WINDOW)


def grey(name: str, **attributes: Any) -> Feature:
    """A Grayscale Softcopy Presentation State of the drawing."""
    return Feature(name, make_state(**{**WINDOW, **attributes}), (image(),))


def voi(function: str, center: float, width: float) -> dict[str, Any]:
    return {
        "SoftcopyVOILUTSequence": [make_item(WindowCenter=center, WindowWidth=width, VOILUTFunction=function)],
    }


def area(left: int, top: int, right: int, bottom: int, mode: str = "SCALE TO FIT", **attributes: Any) -> dict[str, Any]:
    item = make_item(
        DisplayedAreaTopLeftHandCorner=[left, top],
        DisplayedAreaBottomRightHandCorner=[right, bottom],
        PresentationSizeMode=mode,
        **{"PresentationPixelAspectRatio": [1, 1], **attributes},
    )
    return {"DisplayedAreaSelectionSequence": [item]}


def annotation(layer: str = "FINDINGS", color: list[int] | None = None, **content: list[Dataset]) -> dict[str, Any]:
    described = make_item(GraphicLayer=layer, GraphicLayerOrder=1)
    if color:
        described.GraphicLayerRecommendedDisplayCIELabValue = color
    return {
        "GraphicAnnotationSequence": [make_item(GraphicLayer=layer, **content)],
        "GraphicLayerSequence": [described],
    }


def graphic(kind: str, *data: float, units: str = "PIXEL", **attributes: Any) -> Dataset:
    return make_item(
        GraphicAnnotationUnits=units,
        GraphicDimensions=2,
        NumberOfGraphicPoints=len(data) // 2,
        GraphicData=list(data),
        GraphicType=kind,
        **attributes,
    )


def drawn(*graphics: Dataset, color: list[int] | None = None) -> dict[str, Any]:
    return annotation(color=color, GraphicObjectSequence=list(graphics))


def boxed(value: str, *box: float, justification: str = "LEFT", units: str = "PIXEL", **attributes: Any) -> Dataset:
    return make_item(
        UnformattedTextValue=value,
        BoundingBoxAnnotationUnits=units,
        BoundingBoxTopLeftHandCorner=list(box[:2]),
        BoundingBoxBottomRightHandCorner=list(box[2:]),
        BoundingBoxTextHorizontalJustification=justification,
        **attributes,
    )


def anchored(value: str, x: float, y: float, visible: str = "N", **attributes: Any) -> Dataset:
    return make_item(
        UnformattedTextValue=value,
        AnchorPoint=[x, y],
        AnchorPointAnnotationUnits="PIXEL",
        AnchorPointVisibility=visible,
        **attributes,
    )


def written(*texts: Dataset, color: list[int] | None = None) -> dict[str, Any]:
    return annotation(color=color, TextObjectSequence=list(texts))


def compound(kind: str, *data: float, **attributes: Any) -> Dataset:
    return make_item(
        CompoundGraphicInstanceID=1,
        CompoundGraphicUnits="PIXEL",
        GraphicDimensions=2,
        NumberOfGraphicPoints=len(data) // 2,
        GraphicData=list(data),
        CompoundGraphicType=kind,
        **attributes,
    )


def compounds(*graphics: Dataset) -> dict[str, Any]:
    return annotation(color=YELLOW, CompoundGraphicSequence=list(graphics))


TICKS = [make_item(TickPosition=position, TickLabel=f"{position * 10:g} cm") for position in (0.0, 0.5, 1.0)]


def with_overlay(dataset: Dataset, group: int = 0x6000, *, layer: str | None = None) -> Dataset:
    """A ring; without `layer` it only lies there."""
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS]
    distance = np.hypot(rows - 80, columns - 120)
    bits = np.packbits((distance > 55) & (distance < 60), bitorder="little").tobytes()
    for element, vr, value in (
        (0x10, "US", ROWS),
        (0x11, "US", COLUMNS),
        (0x40, "CS", "G"),
        (0x50, "SS", [1, 1]),
        (0x100, "US", 1),
        (0x102, "US", 0),
        (0x3000, "OW", bits + bytes(len(bits) % 2)),
    ):
        dataset.add_new((group, element), vr, value)
    return activating(dataset, group, layer) if layer else dataset


def activating(state: Dataset, group: int, layer: str) -> Dataset:
    state.add_new((group, 0x1001), "CS", layer)
    return state


def grey_levels() -> Iterator[Feature]:
    logarithms = [int(4095 * np.log1p(entry) / np.log(4096)) for entry in range(4096)]
    bands = [entry // 512 * 9000 for entry in range(4096)]
    gamma = [int(65535 * (entry / 255) ** 2.2) for entry in range(256)]
    yield grey("no window: the whole range")
    yield grey("window, LINEAR", **voi("LINEAR", 1500, 1500))
    yield grey("window, LINEAR_EXACT", **voi("LINEAR_EXACT", 1500, 1500))
    yield grey("window, SIGMOID", **voi("SIGMOID", 1500, 1500))
    yield grey("rescale", RescaleSlope=2, RescaleIntercept=-1000, **voi("LINEAR", 2048, 4096))
    yield grey("Modality LUT", ModalityLUTSequence=[make_lut([4096, 0, 16], logarithms, ModalityLUTType="US")])
    yield grey("VOI LUT", SoftcopyVOILUTSequence=[make_item(VOILUTSequence=[make_lut([4096, 0, 16], bands)])])
    yield grey("Presentation LUT", PresentationLUTSequence=[make_lut([256, 0, 16], gamma)])
    yield grey("Presentation LUT Shape INVERSE", PresentationLUTShape="INVERSE")
    of_monochrome1 = image(PhotometricInterpretation="MONOCHROME1")
    yield Feature("MONOCHROME1 image: inverted by nothing", make_state(**WINDOW), (of_monochrome1,))
    alternatives = [make_item(WindowCenter=[1000, 3000], WindowWidth=[1000, 1000])]
    yield grey("several windows: the first", SoftcopyVOILUTSequence=alternatives)


def subtractions() -> Iterator[Feature]:
    levels: dict[str, Any] = {
        "SoftcopyVOILUTSequence": [make_item(WindowCenter=0, WindowWidth=3000)],
        "RecommendedViewingMode": "SUB",
    }

    def subtraction(**attributes: Any) -> Dataset:
        return make_state(**levels, MaskSubtractionSequence=[make_item(**attributes)])

    averaged = subtraction(MaskOperation="AVG_SUB", MaskFrameNumbers=1)
    shifted = subtraction(MaskOperation="AVG_SUB", MaskFrameNumbers=1, MaskSubPixelShift=[0.5, -1.5])
    yield Feature("mask AVG_SUB", averaged, (frames(),), {"frameNumber": 5})
    yield Feature("mask AVG_SUB, shifted", shifted, (frames(),), {"frameNumber": 5})
    yield Feature("mask AVG_SUB, animation", averaged, (frames(),), {"contentType": "image/gif"}, is_moving=True)
    differences = subtraction(MaskOperation="TID", TIDOffset=1)
    yield Feature("mask TID, animation", differences, (frames(),), {"contentType": "image/gif"}, is_moving=True)
    of_two = make_state(references=[make_reference(frame_numbers=[2, 5])], **WINDOW)
    yield Feature("frames 2 and 5, animation", of_two, (frames(),), {"contentType": "image/gif"}, is_moving=True)


RECTANGLE = {
    "ShutterLeftVerticalEdge": 30,
    "ShutterRightVerticalEdge": 170,
    "ShutterUpperHorizontalEdge": 20,
    "ShutterLowerHorizontalEdge": 130,
}
CIRCLE = {"CenterOfCircularShutter": [75, 110], "RadiusOfCircularShutter": 65}
POLYGON = {"VerticesOfThePolygonalShutter": [10, 100, 75, 190, 140, 100, 75, 10]}


def shutters() -> Iterator[Feature]:
    yield grey("shutter RECTANGULAR", ShutterShape="RECTANGULAR", **RECTANGLE)
    yield grey("shutter CIRCULAR", ShutterShape="CIRCULAR", **CIRCLE)
    yield grey("shutter POLYGONAL", ShutterShape="POLYGONAL", **POLYGON)
    shapes = ["RECTANGULAR", "CIRCULAR", "POLYGONAL"]
    yield grey("three shutters", ShutterShape=shapes, **RECTANGLE, **CIRCLE, **POLYGON)
    yield grey("shutter, grey", ShutterShape="CIRCULAR", **CIRCLE, ShutterPresentationValue=0x8000)
    yield grey("shutter, CIELab", ShutterShape="CIRCULAR", **CIRCLE, ShutterPresentationColorCIELabValue=GREEN)
    bitmap = make_state(**WINDOW, ShutterShape="BITMAP", ShutterOverlayGroup=0x6000, ShutterPresentationValue=0)
    yield Feature("shutter BITMAP: a ring is closed", with_overlay(bitmap), (image(),))


def overlays() -> Iterator[Feature]:
    layer: dict[str, Any] = {"GraphicLayerSequence": [make_item(GraphicLayer="RING", GraphicLayerOrder=1)]}
    colored: dict[str, Any] = {
        "GraphicLayerSequence": [
            make_item(GraphicLayer="RING", GraphicLayerOrder=1, GraphicLayerRecommendedDisplayCIELabValue=RED)
        ]
    }
    yield Feature("overlay of the state", with_overlay(make_state(**WINDOW, **layer), layer="RING"), (image(),))
    yield Feature(
        "overlay of the image", activating(make_state(**WINDOW, **colored), 0x6000, "RING"), (with_overlay(image()),)
    )
    yield Feature("overlay that no layer shows", make_state(**WINDOW), (with_overlay(image()),))


def areas() -> Iterator[Feature]:
    for rotation in (0, 90, 180, 270):
        for flip in "NY":
            if (rotation, flip) != (0, "N"):
                yield grey(f"rotation {rotation}, flip {flip}", ImageRotation=rotation, ImageHorizontalFlip=flip)
    yield grey("area, SCALE TO FIT", **area(61, 21, 180, 140))
    yield grey("area beyond the image", **area(-39, -29, 140, 100))
    yield grey("area, TRUE SIZE", **area(61, 21, 180, 140, "TRUE SIZE", PresentationPixelSpacing=[0.5, 0.5]))
    magnified = area(61, 21, 180, 140, "MAGNIFY", PresentationPixelMagnificationRatio=2.5)
    yield grey("area, MAGNIFY 2.5", **magnified)
    state = make_state(**WINDOW, **magnified)
    yield Feature("MAGNIFY 2.5, cropped to 200 by 150", state, (image(),), {"rows": 200, "columns": 150})
    yield grey("pixel aspect 2\\1", **area(1, 1, 200, 150, PresentationPixelAspectRatio=[2, 1]))
    turned = make_state(**WINDOW, **area(61, 21, 180, 140), ImageRotation=90, **drawn(graphic("POLYLINE", *TRIANGLE)))
    yield Feature("turned area with graphics", turned, (image(),))
    yield Feature("region of it", turned, (image(),), {"region": "0.5,0,1,0.5"})
    placed = image(ImageOrientationPatient=[1, 0, 0, 0, 1, 0], PatientName="Made^For Tests", Modality="CT")
    yield Feature(
        "annotation of it: edges turned",
        make_state(**WINDOW, ImageRotation=90),
        (placed,),
        {"annotation": "patient,technique"},
    )


def graphics() -> Iterator[Feature]:
    yield grey("POINT", **drawn(graphic("POINT", 40, 75), graphic("POINT", 120, 80), color=RED))
    yield grey("POLYLINE", **drawn(graphic("POLYLINE", *TRIANGLE)))
    yield grey("POLYLINE, CIELab", **drawn(graphic("POLYLINE", *TRIANGLE), color=RED))
    yield grey("POLYLINE, filled", **drawn(graphic("POLYLINE", *TRIANGLE, GraphicFilled="Y"), color=GREEN))
    yield grey("INTERPOLATED", **drawn(graphic("INTERPOLATED", *TRIANGLE), color=YELLOW))
    yield grey("CIRCLE", **drawn(graphic("CIRCLE", 120, 80, 120, 40), color=YELLOW))
    ellipse = (60.0, 80.0, 180.0, 80.0, 120.0, 50.0, 120.0, 110.0)
    yield grey("ELLIPSE", **drawn(graphic("ELLIPSE", *ellipse), color=YELLOW))
    tilted = (80.0, 40.0, 160.0, 120.0, 140.0, 60.0, 100.0, 100.0)
    yield grey("ELLIPSE, tilted and filled", **drawn(graphic("ELLIPSE", *tilted, GraphicFilled="Y"), color=GREEN))
    displayed = graphic("POLYLINE", 0.1, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.9, 0.1, 0.1, units="DISPLAY")
    yield grey("DISPLAY units, turned", **drawn(displayed, color=RED), ImageRotation=90)
    grey_layer = annotation(GraphicObjectSequence=[graphic("POLYLINE", *TRIANGLE)])
    grey_layer["GraphicLayerSequence"][0].GraphicLayerRecommendedDisplayGrayscaleValue = 0x3000
    yield grey("layer of dark grey", **grey_layer)
    yield Feature("two layers in order", make_state(**WINDOW, **two_layers()), (image(),))
    line = make_item(
        LineThickness=4.0, LineDashingStyle="DASHED", LinePattern=0x00FF00FF, PatternOnColorCIELabValue=YELLOW
    )
    line.PatternOnOpacity = 1.0
    yield grey("line style: thick, dashed", **drawn(graphic("POLYLINE", *TRIANGLE, LineStyleSequence=[line])))
    pattern = b"\xff\xff\x00\x00" * 16 + b"\x00\x00\xff\xff" * 16
    fill = make_item(FillMode="STIPPELED", FillPattern=pattern, PatternOnColorCIELabValue=GREEN, PatternOnOpacity=0.7)
    filled = graphic("POLYLINE", *TRIANGLE, GraphicFilled="Y", FillStyleSequence=[fill])
    yield grey("fill style: stippled", **drawn(filled))
    half = make_item(FillMode="SOLID", PatternOnColorCIELabValue=RED, PatternOnOpacity=0.4)
    yield grey("fill style: 40 %", **drawn(graphic("POLYLINE", *TRIANGLE, GraphicFilled="Y", FillStyleSequence=[half])))
    yield matrix_units()


def two_layers() -> dict[str, Any]:
    squares = {"BELOW": (50.0, 130.0), "ABOVE": (90.0, 170.0)}
    annotations = []
    for name in ("ABOVE", "BELOW"):
        left, right = squares[name]
        box = (left, 40.0, right, 40.0, right, 110.0, left, 110.0, left, 40.0)
        shape = graphic("POLYLINE", *box, GraphicFilled="Y")
        annotations.append(make_item(GraphicLayer=name, GraphicObjectSequence=[shape]))
    layers = [
        make_item(GraphicLayer=name, GraphicLayerOrder=order, GraphicLayerRecommendedDisplayCIELabValue=color)
        for name, order, color in (("ABOVE", 2, RED), ("BELOW", 1, GREEN))
    ]
    return {"GraphicAnnotationSequence": annotations, "GraphicLayerSequence": layers}


def matrix_units() -> Feature:
    """Of two tiles beside each other the right one, which a circle around their common edge reaches into."""
    tiles = np.stack([drawing(), drawing()])
    slide = make_image(
        tiles,
        bits_stored=12,
        is_multi_frame=True,
        TotalPixelMatrixColumns=2 * COLUMNS,
        TotalPixelMatrixRows=ROWS,
        DimensionOrganizationType="TILED_FULL",
        **IMAGE_WINDOW,
    )
    circle = graphic("CIRCLE", COLUMNS, 75.0, COLUMNS + 60.0, 75.0, units="MATRIX")
    state = make_state(**WINDOW, **drawn(circle, color=YELLOW))
    return Feature("MATRIX units, second tile", state, (slide,), {"frameNumber": 2})


def texts() -> Iterator[Feature]:
    for justification in ("LEFT", "CENTER", "RIGHT"):
        box = boxed("Mass\r\n12 mm", 70, 30, 170, 70, justification=justification)
        outline = graphic("POLYLINE", 70, 30, 170, 30, 170, 70, 70, 70, 70, 30)
        content = annotation(color=YELLOW, TextObjectSequence=[box], GraphicObjectSequence=[outline])
        yield grey(f"text in its box, {justification}", **content)
    yield grey("text in its box, turned", **written(boxed("Mass\r\n12 mm", 70, 30, 170, 70)), ImageRotation=90)
    yield grey("text at an anchor point", **written(anchored("12 mm", 120, 80), color=YELLOW))
    line = boxed("Nodule", 5, 120, 80, 145)
    line.AnchorPoint, line.AnchorPointAnnotationUnits, line.AnchorPointVisibility = [120.0, 80.0], "PIXEL", "Y"
    yield grey("text with a line to its anchor point", **written(line, color=YELLOW))
    yield grey("text in DISPLAY units", **written(boxed("R", 0.02, 0.02, 0.2, 0.2, units="DISPLAY"), color=RED))
    style = make_item(
        TextColorCIELabValue=GREEN,
        HorizontalAlignment="RIGHT",
        VerticalAlignment="BOTTOM",
        Bold="Y",
        Italic="Y",
        Underlined="Y",
        ShadowStyle="OUTLINED",
        ShadowOffsetX=1.5,
        ShadowOffsetY=1.5,
        ShadowColorCIELabValue=[0, 0x8080, 0x8080],
        ShadowOpacity=1.0,
    )
    yield grey("text style", **written(boxed("Cyst", 70, 30, 170, 70, TextStyleSequence=[style])))
    for name, character_set, value in (
        ("Japanese", "ISO 2022 IR 87", "腫瘤 12 mm"),
        ("Greek", "ISO_IR 126", "Όγκος 12 mm"),
        ("Arabic", "ISO_IR 127", "ورم 12 مم"),
        ("Thai", "ISO_IR 166", "ก้อนเนื้อ"),
        ("Hebrew", "ISO_IR 138", "גידול 12 mm"),
        ("Chinese and Cyrillic", "ISO_IR 192", "结节 Узел 12 mm"),
    ):
        written_so = make_state(
            SpecificCharacterSet=["", character_set] if "2022" in character_set else character_set, **WINDOW
        )
        for keyword, content in written(boxed(value, 20, 40, 190, 70), color=YELLOW).items():
            setattr(written_so, keyword, content)
        yield Feature(f"text, {name}, {character_set}", written_so, (image(),))


def compound_graphics() -> Iterator[Feature]:
    diagonal = (50.0, 40.0, 170.0, 110.0)
    yield grey("MULTILINE", **compounds(compound("MULTILINE", *diagonal, 50, 60, 170, 130)))
    yield grey("INFINITELINE", **compounds(compound("INFINITELINE", *diagonal)))
    yield grey("CUTLINE", **compounds(compound("CUTLINE", *diagonal, GapLength=0.2)))
    yield grey("RANGELINE", **compounds(compound("RANGELINE", *diagonal)))
    for kind in ("RULER", "AXIS"):
        yield grey(kind, **compounds(compound(kind, *diagonal, MajorTicksSequence=TICKS, TickAlignment="CENTER")))
    yield grey("CROSSHAIR", **compounds(compound("CROSSHAIR", 120, 80, GapLength=0.1, DiameterOfVisibility=0.5)))
    yield grey("ARROW", **compounds(compound("ARROW", *diagonal)))
    yield grey("RECTANGLE", **compounds(compound("RECTANGLE", *diagonal)))
    around = {"RotationAngle": 30.0, "RotationPoint": [110.0, 75.0]}
    yield grey("RECTANGLE, rotated", **compounds(compound("RECTANGLE", *diagonal, **around)))
    yield grey("ELLIPSE, compound", **compounds(compound("ELLIPSE", *diagonal, GraphicFilled="Y")))
    simple = graphic("POLYLINE", *diagonal, CompoundGraphicInstanceID=1)
    fallback = annotation(
        color=YELLOW, CompoundGraphicSequence=[compound("PRIVATE", 1, 1)], GraphicObjectSequence=[simple]
    )
    yield grey("an unknown one by its simple rendition", **fallback)


def colors() -> Iterator[Feature]:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    marked = drawn(graphic("CIRCLE", 120, 80, 120, 40), color=YELLOW)
    yield Feature("Color", make_state(COLOR, ICCProfile=profile, ImageRotation=90, **marked), (color_image(),))
    hot = palette(*((min(255, 2 * value), max(0, 2 * value - 255), value // 4) for value in range(256)))
    yield Feature("Pseudo-Color, own palette", make_state(PSEUDO_COLOR, **WINDOW, **hot), (image(),))
    for number, name in enumerate(
        ("hot iron", "PET", "hot metal blue", "PET 20 step", "spring", "summer", "fall", "winter"), 1
    ):
        well_known: dict[str, Any] = {"PaletteColorLookupTableUID": f"1.2.840.10008.1.5.{number}"}
        yield Feature(f"Pseudo-Color, {name}", make_state(PSEUDO_COLOR, **WINDOW, **well_known), (image(),))


def fusions() -> Iterator[Feature]:
    """A slice of fine pixels, and of another series two slices of coarse ones around it."""
    anatomy = make_slice("31", (drawing() >> 4).astype(np.uint8), WindowCenter=128, WindowWidth=256)
    activity = [spot("41", -2.0, 240), spot("42", 2.0, 120)]
    for slice_ in activity:
        slice_.SeriesInstanceUID = f"{ROOT}.7"
    whole = (anatomy, *activity)
    for opacity in (0.25, 0.75):
        yield Feature(f"Blending, opacity {opacity}", make_blending_state([anatomy], activity, opacity), whole)
    threshold = make_blending_state([anatomy], activity, 0.75)
    threshold.BlendingSequence[1] = side("SUPERIMPOSED", activity, SoftcopyVOILUTSequence=window(200, 100))
    yield Feature("Blending, a window of its own", threshold, whole)
    inputs = [advanced_input(1, [anatomy]), advanced_input(2, activity)]
    inputs[0].GeometryForDisplay = "TRUE"
    inputs[1].PaletteColorLookupTableSequence = [make_item(PaletteColorLookupTableUID="1.2.840.10008.1.5.1")]
    half = step("FOREGROUND", 1, 2, RelativeOpacity=0.5)
    yield Feature("Advanced Blending, FOREGROUND", make_advanced_state(inputs, half), whole)
    yield Feature("Advanced Blending, EQUAL", make_advanced_state(inputs, step("EQUAL", 1, 2)), whole)


def spot(uid: str, depth: float, brightest: int) -> Dataset:
    """Some activity about the middle of the drawing, in pixels of 5 by 5."""
    rows, columns = np.mgrid[0:30, 0:40]
    pixels = flat(0, 30, 40) + (brightest * np.exp(-(np.hypot(rows - 16, columns - 24) ** 2) / 30)).astype(np.uint8)
    return make_slice(uid, pixels, (2.0, 2.0, depth), spacing=(5.0, 5.0))


SECTIONS = (
    grey_levels,
    subtractions,
    shutters,
    overlays,
    areas,
    graphics,
    texts,
    compound_graphics,
    colors,
    fusions,
)


def make_features() -> Iterator[Feature]:
    for section in SECTIONS:
        yield from section()
