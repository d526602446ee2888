"""Reports in a real browser: their pictures come, the regions lie where they belong, and nothing overflows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.support.chromium import Chromium, why_no_chromium
from tests.support.datasets import pydicom_file, sample_files, to_file
from tests.support.orthanc_process import LOOPBACK, OrthancProcess, why_not_installed
from tests.support.reports import (
    container,
    image_item,
    make_reference,
    make_report,
    number_item,
    region_item,
    text_item,
)

pytestmark = [
    pytest.mark.skipif(why_not_installed() is not None, reason=str(why_not_installed())),
    pytest.mark.skipif(why_no_chromium() is not None, reason=str(why_no_chromium())),
]

NARROW, WIDE = 375, 1100
"""Pixels: a telephone and a desk."""

IMAGE = pydicom.dcmread(pydicom_file("CT_small.dcm"), stop_before_pixels=True)
"""128 rows and columns."""


def report_of_the_image(study_instance_uid: str = IMAGE.StudyInstanceUID) -> Dataset:
    """In the study of the image, or in another."""
    series, study = Dataset(), Dataset()
    series.SeriesInstanceUID = IMAGE.SeriesInstanceUID
    series.ReferencedSOPSequence = [make_reference(IMAGE.SOPInstanceUID, IMAGE.SOPClassUID)]
    study.StudyInstanceUID, study.ReferencedSeriesSequence = IMAGE.StudyInstanceUID, [series]

    def image() -> Dataset:
        item = image_item("Source image")
        item.ReferencedSOPSequence = [make_reference(IMAGE.SOPInstanceUID, IMAGE.SOPClassUID)]
        return item

    measured = [number_item(f"Diameter of a lesion with a long name {number}", "12.5") for number in range(4)]
    report = make_report(
        text_item("Finding", "A nodule " * 40),
        container("Key images", image()),
        container("Regions", region_item("CIRCLE", [64, 64, 64, 84], image()), *measured),
        text_item("Identifier", "x" * 300),
        CurrentRequestedProcedureEvidenceSequence=[study],
        VerificationFlag="UNVERIFIED",
        StudyInstanceUID=study_instance_uid,
    )
    report.SOPInstanceUID = generate_uid()
    return report


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrthancProcess]:
    with OrthancProcess(tmp_path_factory.mktemp("orthanc")) as process:
        process.store(pydicom_file("CT_small.dcm"))
        yield process


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium")) as chromium:
        yield chromium


def store(orthanc: OrthancProcess, content: bytes) -> str:
    """The URL of the stored report's page."""
    orthanc.store(content)
    dataset = pydicom.dcmread(io.BytesIO(content), force=True)
    uids = {
        "studyUID": dataset.StudyInstanceUID,
        "seriesUID": dataset.SeriesInstanceUID,
        "objectUID": dataset.SOPInstanceUID,
    }
    return f"http://{LOOPBACK}:{orthanc.client.port}/wado?{urlencode({'requestType': 'WADO', **uids})}"


PICTURES = """
return Promise.all(Array.from(document.images, image => image.decode())).then(() => {
  const inside = document.querySelector("svg image").getBBox();
  const [shown, circle] = ["svg image", "circle"].map(name => document.querySelector(name).getBoundingClientRect());
  return {
    images: Array.from(document.images, image => [image.naturalWidth, image.naturalHeight]),
    inside: [inside.width, inside.height],
    circle: [circle.left - shown.left, circle.right - shown.left, circle.top - shown.top, circle.bottom - shown.top],
    scale: shown.width / 128,
  };
});
"""


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize(("study", "size"), [(IMAGE.StudyInstanceUID, 256), ("1.2.3.4.5", 128)], ids=["own", "other"])
def test_the_pictures_come_and_regions_are_in_their_pixels(
    orthanc: OrthancProcess, browser: Chromium, study: str, size: int, width: int
) -> None:
    """A thumbnail has 256 rows; below a region of an image in another study is a picture with the image's own pixels.

    The circle is in the middle, and 40 of the image's 128 pixels wide.
    """
    browser.resize(width, 2000)
    browser.open(store(orthanc, to_file(report_of_the_image(study))))
    found = browser.evaluate(PICTURES)
    assert found["images"] == [[256, 256]]
    assert found["inside"] == [size, size]
    edges = [place / found["scale"] for place in found["circle"]]
    assert edges == pytest.approx([44, 84, 44, 84], abs=0.5)


def test_the_page_runs_nothing(orthanc: OrthancProcess, browser: Chromium) -> None:
    hostile = make_report(text_item("A", "<script>document.title = 'run'</script><img src=x onerror=alert(1)>"))
    hostile.SOPInstanceUID = generate_uid()
    browser.open(store(orthanc, to_file(hostile)))
    assert browser.evaluate("return document.title") == "Report"
    assert browser.evaluate("return document.scripts.length + document.images.length") == 0
    style = browser.evaluate("return getComputedStyle(document.querySelector('h1')).fontSize")
    assert style != "32px"  # the policy lets the page's own style through


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("path", [None, *sample_files("2_sr")], ids=lambda path: path.name if path else "made")
def test_nothing_is_wider_than_the_window(
    orthanc: OrthancProcess, browser: Chromium, path: Path | None, width: int
) -> None:
    content = path.read_bytes() if path else to_file(report_of_the_image())
    browser.resize(width, 800)
    browser.open(store(orthanc, content))
    inner, scrolled = browser.evaluate("return [window.innerWidth, document.documentElement.scrollWidth]")
    assert inner == width
    assert scrolled <= inner
