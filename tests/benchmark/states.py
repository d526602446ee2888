"""Presentation states of the benchmark's images."""

from __future__ import annotations

import math

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, GrayscaleSoftcopyPresentationStateStorage, generate_uid

from tests.support.presentation_states import make_item, make_reference, make_state

ANNOTATIONS = 10
WINDOW_CENTER, WINDOW_WIDTH = 500, 900


def make_window_state(image: Dataset) -> Dataset:
    state = make_state(
        GrayscaleSoftcopyPresentationStateStorage,
        [make_reference(image.SOPInstanceUID)],
        RescaleSlope=1,
        RescaleIntercept=-1024,
        SoftcopyVOILUTSequence=[make_item(WindowCenter=WINDOW_CENTER, WindowWidth=WINDOW_WIDTH)],
    )
    state.StudyInstanceUID, state.SeriesInstanceUID, state.SOPInstanceUID = (
        image.StudyInstanceUID,
        generate_uid(),
        generate_uid(),
    )
    state.file_meta = FileMetaDataset()
    state.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return state


def make_annotated_state(image: Dataset) -> Dataset:
    """A line, a circle or an ellipse each, with a text that leads to it."""
    state = make_window_state(image)
    state.GraphicLayerSequence = [make_item(GraphicLayer="FINDINGS", GraphicLayerOrder=1)]
    state.GraphicAnnotationSequence = [make_annotation(number) for number in range(ANNOTATIONS)]
    return state


def make_annotation(number: int) -> Dataset:
    angle = 2 * math.pi * number / ANNOTATIONS
    column, row = 256 + 150 * math.cos(angle), 256 + 150 * math.sin(angle)
    shapes = (
        ("POLYLINE", [column - 30, row, column + 30, row + 20]),
        ("CIRCLE", [column, row, column + 25, row]),
        ("ELLIPSE", [column - 30, row, column + 30, row, column, row - 15, column, row + 15]),
    )
    kind, data = shapes[number % len(shapes)]
    graphic = make_item(
        GraphicAnnotationUnits="PIXEL",
        GraphicDimensions=2,
        NumberOfGraphicPoints=len(data) // 2,
        GraphicData=data,
        GraphicType=kind,
        GraphicFilled="N",
    )
    text = make_item(
        UnformattedTextValue=f"Lesion {number + 1}: {10 + number} mm",
        AnchorPoint=[column, row],
        AnchorPointAnnotationUnits="PIXEL",
        AnchorPointVisibility="Y",
    )
    return make_item(GraphicLayer="FINDINGS", GraphicObjectSequence=[graphic], TextObjectSequence=[text])
