"""Pictures with a presentation state, against those without one: the other plugin does not tell them apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, GrayscaleSoftcopyPresentationStateStorage, generate_uid

from tests.benchmark.competitors import store, wado
from tests.benchmark.effort import Effort
from tests.benchmark.images import make_ct
from tests.benchmark.load import Request, compete, prepare, required
from tests.benchmark.results import Row, Section, Target, latency_text, rate_text, ratio_of
from tests.support.orthanc_process import OrthancProcess
from tests.support.presentation_states import make_item, make_reference, make_state

TARGET = Target(0.5)
ANNOTATIONS = 10
COPIES = 16
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


@dataclass(frozen=True, slots=True)
class StateCase:
    """A presentation state of a CT image."""

    name: str
    make_state: Callable[[Dataset], Dataset]


STATE_CASES = (
    StateCase("window", make_window_state),
    StateCase("window, ten annotations", make_annotated_state),
)


def measure_states(orthanc: OrthancProcess, effort: Effort) -> Iterator[Row]:
    for case in STATE_CASES:
        pairs = [_store_pair(orthanc, case) for _ in range(COPIES)]
        loads = [required(prepare(orthanc.client, requests), case.name) for requests in zip(*pairs, strict=True)]
        for connections in effort.connections((4,), COPIES):
            with_it, without = compete(loads, connections, effort)
            assert with_it is not None
            cells = (rate_text(with_it), latency_text(with_it), rate_text(without))
            yield Row(case.name, connections, cells, ratio_of(with_it, without), TARGET)


def _store_pair(orthanc: OrthancProcess, case: StateCase) -> tuple[Request, Request]:
    """The requests for an image with its state, and without."""
    image = make_ct()
    state = case.make_state(image)
    stored = store(orthanc, image)
    store(orthanc, state)
    named = {"presentationUID": state.SOPInstanceUID, "presentationSeriesUID": state.SeriesInstanceUID}
    return wado(stored, named), wado(stored, {})


STATES = Section(
    "Presentation state on a CT image",
    "Against the same picture without one, both cold: 16 images in turns, each with a state of its own.",
    ("with it", "p50 / p99", "without"),
    "× without",
    measure_states,
)
