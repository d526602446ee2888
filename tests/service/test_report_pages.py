"""Whole exchanges for reports as pages, with the images that they refer to."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from tests.service.test_exchanges import Site
from tests.support.datasets import make_image
from tests.support.images import decode_picture
from tests.support.memory_archive import made_object
from tests.support.pdf import needs_poppler, page_of_pdf, text_of_pdf
from tests.support.presentation_states import make_state
from tests.support.reports import (
    CT_IMAGE,
    IMAGE_SERIES_UID,
    IMAGE_UID,
    PRESENTATION_STATE,
    STATE_SERIES_UID,
    STATE_UID,
    image_item,
    make_reference,
    make_report,
    region_item,
)

PDF = "application/pdf"


def make_squares(second: int = 100, **attributes: Any) -> Dataset:
    """Four squares of 40 pixels: 0 and 100 above, 150 and 255 below."""
    pixels = np.kron(np.array([[0, second], [150, 255]], np.uint8), np.ones((40, 40), np.uint8))
    names = {"SOPClassUID": CT_IMAGE, "SOPInstanceUID": IMAGE_UID, "SeriesInstanceUID": IMAGE_SERIES_UID}
    return make_image(pixels, **{**names, **attributes})


def ask(report: Dataset, *others: Dataset) -> bytes:
    report.SOPInstanceUID = f"{report.StudyInstanceUID}.99"
    for other in others:
        other.StudyInstanceUID = report.StudyInstanceUID
    wanted = made_object(report)
    response = Site(wanted, *map(made_object, others)).ask(wanted, contentType=PDF)
    assert (response.status, response.media_type) == (200, PDF), bytes(response.body)
    return bytes(response.body)


def pictures_in(document: bytes) -> list[np.ndarray[Any, Any]]:
    """The JPEG files within."""
    streams = re.findall(rb"/DCTDecode.*?stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL)
    return [np.asarray(decode_picture(stream)) for stream in streams]


def test_an_image_is_shown() -> None:
    (picture,) = pictures_in(ask(make_report(image_item("Key image")), make_squares()))
    assert picture.shape[:2] == (480, 480)
    corners = picture[[60, 60, 420, 420], [60, 420, 60, 420]].astype(int).reshape(4, -1)[:, 0]
    assert np.abs(corners - [0, 100, 150, 255]).max() <= 3


def test_the_frame_that_is_referred_to_is_shown() -> None:
    frames = np.stack([np.tile(np.array(row, np.uint8), (16, 8)) for row in ([0, 255], [255, 0])])
    names: dict[str, Any] = {
        "SOPClassUID": CT_IMAGE,
        "SOPInstanceUID": IMAGE_UID,
        "SeriesInstanceUID": IMAGE_SERIES_UID,
    }
    stored = make_image(frames, is_multi_frame=True, **names)
    (picture,) = pictures_in(ask(make_report(image_item(ReferencedFrameNumber=2)), stored))
    assert picture[240, 5] > 250
    assert picture[240, -5] < 5


def test_an_image_is_shown_in_its_presentation_state() -> None:
    state_reference = make_reference(STATE_UID, PRESENTATION_STATE)
    references = [make_reference(IMAGE_UID, CT_IMAGE)]
    state = make_state(references=references, PresentationLUTShape="INVERSE")
    state.ReferencedSeriesSequence[0].SeriesInstanceUID = IMAGE_SERIES_UID
    state.SOPInstanceUID, state.SeriesInstanceUID = STATE_UID, STATE_SERIES_UID
    report = make_report(image_item("Key image", ReferencedSOPSequence=Items([state_reference])))
    (picture,) = pictures_in(ask(report, make_squares(), state))
    corners = picture[[60, 60, 420, 420], [60, 420, 60, 420]].astype(int).reshape(4, -1)[:, 0]
    assert np.abs(corners - [255, 155, 105, 0]).max() <= 3


@needs_poppler
def test_a_region_is_drawn_over_the_image() -> None:
    """A line across 60 of the image's 80 columns, which takes 54 mm of the page's width."""
    image = image_item("Source", relationship="SELECTED FROM")
    page = page_of_pdf(ask(make_report(region_item("POLYLINE", [10, 20, 70, 20], image)), make_squares()))
    rows, columns = np.nonzero((page[..., 0] > 200) & (page[..., 1] > 170) & (page[..., 2] < 100))
    millimetres = 210 / page.shape[1]
    assert np.ptp(columns) * millimetres == pytest.approx(54 * 60 / 80, abs=1)
    assert np.ptp(rows) * millimetres < 1
    # The black square is around it: the picture begins 10 columns before the line and 20 rows above.
    left, top = columns.min() - 54 / 8 / millimetres, rows.min() - 54 / 4 / millimetres
    assert page[round(top) + 8, round(left) + 8].max() < 20


@needs_poppler
@pytest.mark.parametrize(
    ("report", "others", "reason"),
    [
        (make_report(image_item("Key image")), [], "does not have the image in the report's study"),
        (
            make_report(
                image_item("Key", ReferencedSOPSequence=Items([make_reference(STATE_UID, PRESENTATION_STATE)]))
            ),
            [make_squares()],
            "does not have the presentation state in the report's study",
        ),
        (make_report(image_item("Key", ReferencedFrameNumber=3)), [make_squares(NumberOfFrames=2)], "cannot be shown"),
        (make_report(image_item("Key", instance="x" * 60_000)), [], "does not say which image it is"),
    ],
    ids=["image missing", "state missing", "broken", "no UID"],
)
def test_why_an_image_is_not_shown_is_told(report: Dataset, others: list[Dataset], reason: str) -> None:
    document = ask(report, *others)
    assert pictures_in(document) == []
    assert reason in " ".join(text_of_pdf(document, "-raw").split())


@needs_poppler
def test_of_many_images_the_first_ones_are_shown() -> None:
    items = [image_item(f"Image {number}", instance=f"{IMAGE_UID}.{number}") for number in range(1, 301)]
    stored = [make_squares(number, SOPInstanceUID=f"{IMAGE_UID}.{number}") for number in range(1, 121)]
    document = ask(make_report(*items), *stored)
    text = " ".join(text_of_pdf(document, "-raw").split())
    assert len(pictures_in(document)) == 100
    assert text.count("not shown: no more than 100 pictures are") == 200
