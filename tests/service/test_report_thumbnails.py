"""Whole exchanges for the pages of reports in HTML: regions lie where they belong on the thumbnails of their images."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items

from tests.service.test_exchanges import Site
from tests.support.datasets import make_image
from tests.support.images import decode_picture
from tests.support.memory_archive import made_object
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
    text_item,
)
from wado.front.exchange import HttpRequest

SPOT = (60.5, 20.5)
"""Column and row of the one bright place of the image: three by three pixels of 40 rows and 80 columns."""


def make_spot(**attributes: Any) -> Dataset:
    pixels = np.zeros((40, 80), np.uint8)
    pixels[19:22, 59:62] = 255
    names = {"SOPClassUID": CT_IMAGE, "SOPInstanceUID": IMAGE_UID, "SeriesInstanceUID": IMAGE_SERIES_UID}
    return make_image(pixels, **{**names, "WindowCenter": "128", "WindowWidth": "256", **attributes})


def site_of(report: Dataset, *others: Dataset, evidence_study: str | None = None) -> tuple[Site, str]:
    """The archive with these objects in one study, and the report's page out of it."""
    report.SOPInstanceUID = f"{report.StudyInstanceUID}.99"
    if evidence_study is None:
        evidence_study = report.StudyInstanceUID
    report.CurrentRequestedProcedureEvidenceSequence[0].StudyInstanceUID = evidence_study
    for other in others:
        other.StudyInstanceUID = report.StudyInstanceUID
    wanted = made_object(report)
    site = Site(wanted, *map(made_object, others))
    response = site.ask(wanted)
    assert (response.status, response.media_type) == (200, "text/html; charset=UTF-8")
    return site, bytes(response.body).decode()


def spot_and_region(site: Site, page: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Column and row of the bright place in the thumbnail that the page asks for, and of the point drawn over it."""
    (image,) = re.findall(r'<image href="\?([^"]*)" width="(\d+)" height="(\d+)"', page)
    query = {name: values[0] for name, values in parse_qs(unescape(image[0])).items()}
    response = site.service.handle(HttpRequest("GET", query, {}))
    assert response.status == 200, bytes(response.body)
    picture = np.asarray(decode_picture(bytes(response.body))).astype(float)
    assert picture.shape[:2] == (int(image[2]), int(image[1]))
    rows, columns = np.nonzero(picture.reshape(*picture.shape[:2], -1)[..., 0] > 128)
    a, d, b, e, c, f = map(float, re.findall(r"matrix\(([^)]*)\)", page)[0].split())
    x, y = map(float, re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', page)[0])
    return (columns.mean() + 0.5, rows.mean() + 0.5), (a * x + b * y + c, d * x + e * y + f)


@pytest.mark.parametrize(
    "attributes", [{}, {"PixelAspectRatio": [2, 1]}, {"PixelSpacing": [1, 3]}], ids=["square", "tall", "wide"]
)
def test_a_region_lies_where_it_belongs(attributes: dict[str, Any]) -> None:
    region = region_item("POINT", list(SPOT), image_item("Source"))
    spot, drawn = spot_and_region(*site_of(make_report(region), make_spot(**attributes)))
    assert np.abs(np.subtract(spot, drawn)).max() <= 1.5


@pytest.mark.parametrize(("rotation", "flip"), [(0, "N"), (90, "N"), (180, "Y"), (270, "Y")])
def test_a_region_is_turned_with_the_image_that_a_presentation_state_turns(rotation: int, flip: str) -> None:
    image = make_spot()
    area = Dataset()
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [41, 1], [80, 40]
    area.PresentationSizeMode, area.PresentationPixelAspectRatio = "SCALE TO FIT", [1, 1]
    state = make_state(
        references=[make_reference()],
        ImageRotation=rotation,
        ImageHorizontalFlip=flip,
        DisplayedAreaSelectionSequence=Items([area]),
    )
    state.ReferencedSeriesSequence[0].SeriesInstanceUID = IMAGE_SERIES_UID
    state.SOPInstanceUID, state.SeriesInstanceUID = STATE_UID, STATE_SERIES_UID
    shown = image_item("Source", ReferencedSOPSequence=Items([make_reference(STATE_UID, PRESENTATION_STATE)]))
    spot, drawn = spot_and_region(*site_of(make_report(region_item("POINT", list(SPOT), shown)), image, state))
    assert np.abs(np.subtract(spot, drawn)).max() <= 4.0  # some 8 pixels of the thumbnail to one of the image


def test_an_image_that_is_not_there_is_said_to_be_missing() -> None:
    region = region_item("POINT", list(SPOT), image_item("Source"))
    _, page = site_of(make_report(region, text_item("Finding", "A nodule")))
    assert "not shown: this server does not have the image in the report's study" in page
    assert "A nodule" in page
    assert "<svg" not in page


def test_images_without_regions_are_left_to_the_browser() -> None:
    site, page = site_of(make_report(image_item("Key image")), make_spot())
    assert '<img loading="lazy"' in page
    assert len(site.workers.jobs) == 1


def test_an_image_of_another_study_is_shown_as_it_is() -> None:
    report = make_report(region_item("POINT", list(SPOT), image_item("Source")))
    site, page = site_of(report, evidence_study="1.2.3.77")
    assert "<svg" in page
    assert "this server does not have" not in page
    assert len(site.workers.jobs) == 1


def test_any_number_of_regions_lies_on_the_thumbnail_of_one_image() -> None:
    regions = [region_item("POINT", [number % 80, 1], image_item("Source")) for number in range(250)]
    site, page = site_of(make_report(*regions), make_spot())
    assert page.count('width="320" height="160"') == 250
    assert len(site.workers.jobs) == 2
