"""Pictures in a real browser's page, as a portal shows them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file

from tests.support.chromium import Chromium, why_no_chromium
from tests.support.orthanc_process import LOOPBACK, OrthancProcess, why_not_installed

pytestmark = [
    pytest.mark.skipif(why_not_installed() is not None, reason=str(why_not_installed())),
    pytest.mark.skipif(why_no_chromium() is not None, reason=str(why_no_chromium())),
]

PAGE = b"<!doctype html><title>portal</title><body></body>"

SHOW = """
return new Promise((resolve, reject) => {
  const image = new Image();
  if (%s) image.crossOrigin = "anonymous";
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    let pixel = null;
    try { pixel = Array.from(context.getImageData(%d, %d, 1, 1).data); } catch (error) { pixel = error.name; }
    resolve([image.naturalWidth, image.naturalHeight, pixel]);
  };
  image.onerror = () => resolve("error");
  image.src = "%s";
});
"""


class Portal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:
        """The test's output is no place for it."""


@pytest.fixture(scope="module")
def portal() -> Iterator[str]:
    """A page of another origin than Orthanc's."""
    with ThreadingHTTPServer((LOOPBACK, 0), Portal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, portal: str) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium")) as chromium:
        chromium.open(portal)
        yield chromium


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory, portal: str) -> Iterator[OrthancProcess]:
    with OrthancProcess(tmp_path_factory.mktemp("orthanc"), Wado={"AllowOrigin": portal}) as process:
        for name in ("CT_small.dcm", "SC_rgb_rle.dcm"):
            process.store(Path(str(get_testdata_file(name))))
        yield process


def link(orthanc: OrthancProcess, name: str, parameters: str = "") -> str:
    dataset = pydicom.dcmread(str(get_testdata_file(name)), stop_before_pixels=True)
    return (
        f"http://{LOOPBACK}:{orthanc.port}/wado?requestType=WADO&studyUID={dataset.StudyInstanceUID}"
        f"&seriesUID={dataset.SeriesInstanceUID}&objectUID={dataset.SOPInstanceUID}{parameters}"
    )


def test_an_image_element_shows_the_picture_in_its_own_size(browser: Chromium, orthanc: OrthancProcess) -> None:
    width, height, _ = browser.evaluate(SHOW % ("false", 0, 0, link(orthanc, "CT_small.dcm")))
    assert (width, height) == (128, 128)


def test_rows_is_the_height_that_the_browser_sees(browser: Chromium, orthanc: OrthancProcess) -> None:
    width, height, _ = browser.evaluate(SHOW % ("false", 0, 0, link(orthanc, "CT_small.dcm", "&rows=300")))
    assert (width, height) == (300, 300)


@pytest.mark.parametrize(("row", "colour"), [(5, [255, 0, 0]), (25, [0, 255, 0]), (45, [0, 0, 255]), (95, [255] * 3)])
def test_colours_are_what_they_were(browser: Chromium, orthanc: OrthancProcess, row: int, colour: list[int]) -> None:
    url = link(orthanc, "SC_rgb_rle.dcm", "&contentType=image/png")
    _, _, pixel = browser.evaluate(SHOW % ("true", 50, row, url))
    assert pixel == [*colour, 255]


def test_a_page_that_asks_without_cross_origin_cannot_read_the_pixels(
    browser: Chromium, orthanc: OrthancProcess
) -> None:
    _, _, pixel = browser.evaluate(SHOW % ("false", 0, 0, link(orthanc, "CT_small.dcm")))
    assert pixel == "SecurityError"


def test_a_dicom_file_is_fetched_by_a_viewer_of_the_allowed_origin(browser: Chromium, orthanc: OrthancProcess) -> None:
    url = link(orthanc, "CT_small.dcm", "&contentType=application%2Fdicom&transferSyntax=*")
    script = f"""
    const answer = await fetch("{url}");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return [answer.headers.get("content-type"), bytes.length, String.fromCharCode(...bytes.slice(128, 132))];
    """
    size = Path(str(get_testdata_file("CT_small.dcm"))).stat().st_size
    assert browser.evaluate(f"return (async () => {{ {script} }})()") == ["application/dicom", size, "DICM"]


def test_a_picture_that_cannot_be_had_is_a_broken_image(browser: Chromium, orthanc: OrthancProcess) -> None:
    assert browser.evaluate(SHOW % ("false", 0, 0, link(orthanc, "CT_small.dcm", "&rows=0"))) == "error"
