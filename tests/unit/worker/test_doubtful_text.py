"""Text that is not in the character set that its object declares: drawn as it is most likely meant, and told of."""

from __future__ import annotations

import os
import tempfile

import pytest

from tests.support.datasets import Array, coded_squares, make_image, to_file
from tests.support.images import opened, representation_of
from tests.support.presentation_states import make_item, make_state
from tests.support.worker_settings import worker_settings
from wado.job import Job, OtherObject, Representation
from wado.media_types import IMAGE_PNG, Category
from wado.worker.renderers import Renderers

SQUARES: Array = coded_squares()
PLAIN, LATIN_1, UTF_8, JUNK = b"M?ller", b"M\xfcller", b"M\xc3\xbcll", b"M\xff\xfe\xffr"
CASES = [
    ("ISO_IR 100", LATIN_1, False),
    ("ISO_IR 192", UTF_8 + b" ", False),
    ("", PLAIN, False),
    ("", LATIN_1, True),
    ("ISO_IR 192", LATIN_1, True),
    ("ISO_IR 100", UTF_8 + b" ", True),
    ("ISO_IR 192", JUNK + b" ", True),
]


def image(character_set: str, keyword: str, stored: bytes) -> bytes:
    """Bytes that no library would write under the character set."""
    dataset = make_image(SQUARES, SpecificCharacterSet=character_set)
    setattr(dataset, keyword, PLAIN.decode())
    return to_file(dataset).replace(PLAIN, stored)


@pytest.mark.parametrize(("character_set", "stored", "is_doubtful"), CASES)
@pytest.mark.parametrize(
    ("kind", "keyword"),
    [
        ("patient", "PatientName"),
        ("patient", "PatientID"),
        ("technique", "InstitutionName"),
        ("technique", "StudyDescription"),
        ("technique", "SeriesDescription"),
    ],
)
def test_annotation_tells_of_it(kind: str, keyword: str, character_set: str, stored: bytes, is_doubtful: bool) -> None:
    content = image(character_set, keyword, stored)
    warnings = representation_of(content, annotation=(kind,), rows=512, columns=512).warnings
    assert [text for text in warnings if "character set" in text] == (
        ["annotation: text of this image is not in the character set that it declares: it is read as what it most "
         "likely is"] if is_doubtful else []
    )  # fmt: skip
    other = "technique" if kind == "patient" else "patient"
    assert not [text for text in representation_of(content, annotation=(other,)).warnings if "character set" in text]
    assert not representation_of(content).warnings


def shown_with(state: bytes, state_uid: str) -> Representation:
    content = to_file(make_image(SQUARES, WindowCenter=128, WindowWidth=256))
    with opened(content) as (descriptor, size), tempfile.TemporaryFile() as file:
        file.write(state)
        file.flush()
        others = (OtherObject(state_uid, "state", len(state)),)
        job = Job("image", size, Category.SINGLE_FRAME, IMAGE_PNG, presentation_uid=state_uid, others=others)
        answer = Renderers(worker_settings()).render(job, descriptor, [file.fileno()])
        if answer.file is not None and answer.file != descriptor:
            os.close(answer.file)
        return answer


@pytest.mark.parametrize(("character_set", "stored", "is_doubtful"), CASES)
@pytest.mark.parametrize("place", ["text", "tick"])
def test_a_presentation_state_tells_of_it(place: str, character_set: str, stored: bytes, is_doubtful: bool) -> None:
    if place == "text":
        text = make_item(
            UnformattedTextValue=PLAIN.decode(),
            AnchorPoint=[5.0, 5.0],
            AnchorPointAnnotationUnits="PIXEL",
            AnchorPointVisibility="N",
        )
        annotation = make_item(GraphicLayer="A", TextObjectSequence=[text])
    else:
        ruler = make_item(
            CompoundGraphicUnits="PIXEL",
            GraphicDimensions=2,
            NumberOfGraphicPoints=2,
            GraphicData=[1.0, 1.0, 9.0, 9.0],
            CompoundGraphicType="RULER",
            MajorTicksSequence=[make_item(TickPosition=0.5, TickLabel=PLAIN.decode())],
        )
        annotation = make_item(GraphicLayer="A", CompoundGraphicSequence=[ruler])
    state = make_state(
        SpecificCharacterSet=character_set,
        GraphicAnnotationSequence=[annotation],
        DisplayedAreaSelectionSequence=[
            make_item(
                DisplayedAreaTopLeftHandCorner=[1, 1],
                DisplayedAreaBottomRightHandCorner=[SQUARES.shape[1], SQUARES.shape[0]],
                PresentationSizeMode="SCALE TO FIT",
                PresentationPixelAspectRatio=[1, 1],
            )
        ],
    )
    warnings = shown_with(to_file(state).replace(PLAIN, stored), state.SOPInstanceUID).warnings
    told = "text of this presentation state is not in the character set that it declares: it is read as what it most"
    assert [text[: len(told)] for text in warnings] == ([told] if is_doubtful else [])
