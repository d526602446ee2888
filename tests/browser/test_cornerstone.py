"""Cornerstone, the viewer of DICOM objects that many portals are built on, shows what `/wado` gives it.

Its own loader of WADO-URI fetches an object from a page of another origin, decodes it by its own decoders and draws
it on a canvas. The drawing must be the picture that the same service makes of the object.
"""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pydicom
import pytest
import requests
from numpy.typing import NDArray
from PIL import Image
from pydicom.uid import (
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.support.chromium import Chromium, why_no_chromium
from tests.support.datasets import pydicom_file
from tests.support.http_client import query
from tests.support.orthanc_process import LOOPBACK, ROOT, OrthancProcess, why_not_installed

SCRIPTS = {
    "/dicomParser.min.js": "dicom-parser/dist",
    "/cornerstone.min.js": "cornerstone-core/dist",
    "/cornerstoneWADOImageLoader.bundle.min.js": "cornerstone-wado-image-loader/dist",
    "/index.worker.bundle.min.worker.js": "cornerstone-wado-image-loader/dist",
}
"""By their path in the page's origin: the folder of the npm package that each lies in. The last decodes in threads."""


def script_file(path: str) -> Path:
    return ROOT / "node_modules" / SCRIPTS[path] / path.removeprefix("/")


def why_no_cornerstone() -> str | None:
    missing = sorted({SCRIPTS[path].split("/")[0] for path in SCRIPTS if not script_file(path).is_file()})
    return f"not in node_modules, to which scripts/setup.sh dev brings them: {', '.join(missing)}" if missing else None


pytestmark = [
    pytest.mark.skipif(why_not_installed() is not None, reason=str(why_not_installed())),
    pytest.mark.skipif(why_no_chromium() is not None, reason=str(why_no_chromium())),
    pytest.mark.skipif(why_no_cornerstone() is not None, reason=str(why_no_cornerstone())),
]

PAGE = b"""<!doctype html><title>viewer</title><body style="margin: 0">
<script src="/dicomParser.min.js"></script>
<script src="/cornerstone.min.js"></script>
<script src="/cornerstoneWADOImageLoader.bundle.min.js"></script>
<script>
  const loader = cornerstoneWADOImageLoader;
  loader.external.cornerstone = cornerstone;
  loader.external.dicomParser = dicomParser;
  loader.webWorkerManager.initialize({
    maxWebWorkers: 1, taskConfiguration: {decodeTask: {initializeCodecsOnStartup: false}},
  });
  async function show(imageId, voi) {
    const image = await cornerstone.loadImage(imageId);
    const element = document.createElement("div");
    element.style.width = `${image.columns}px`;
    element.style.height = `${image.rows}px`;
    document.body.replaceChildren(element);
    cornerstone.enable(element);
    const drawn = new Promise(
      (resolve) => element.addEventListener(cornerstone.EVENTS.IMAGE_RENDERED, resolve, {once: true}));
    const viewport = cornerstone.getDefaultViewportForImage(element, image);
    cornerstone.displayImage(element, image, voi ? {...viewport, voi} : viewport);
    await drawn;
    return [image.data.string("x00020010"), element.querySelector("canvas").toDataURL("image/png")];
  }
</script>"""

SHOW = """
const [imageId, voi] = %s;
return show(imageId, voi).catch((error) => String(error.error ? error.error.message || error.error : error));
"""

CT = "CT_small.dcm"
COMPRESSED_CT = "693_J2KI.dcm"  # JPEG 2000, lossy
CLIP = "examples_ybr_color.dcm"  # an ultrasound of 30 frames in JPEG baseline
COLOUR = "examples_rgb_color.dcm"  # Explicit VR Little Endian
COMPRESSED_COLOUR = "examples_jpeg2k.dcm"  # YBR_RCT

LOSSLESS = [
    ExplicitVRLittleEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEG2000Lossless,
]
"""Those that this loader decodes; it is older than High-Throughput JPEG 2000 and JPEG XL in DICOM."""

FRAME_NUMBERS = [1, 2, 15, 30]

ROUNDING = 1
"""Grey levels of 255: Cornerstone and the service do not round alike."""

LOSS = 16
"""Grey levels of 255 that a sample may be off, at the quality by default."""

WINDOW = (40, 400)
"""Centre and width, in Hounsfield units."""


class Drawing(NamedTuple):
    transfer_syntax_uid: str
    """Of the file that the loader was sent."""

    pixels: NDArray[np.int16]
    """(rows, columns, 3), 0 to 255."""


class Viewer(BaseHTTPRequestHandler):
    """The page and its scripts."""

    def do_GET(self) -> None:
        is_script = self.path in SCRIPTS
        content = script_file(self.path).read_bytes() if is_script else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """The test's output is no place for it."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """That of the viewer's page, which is another than Orthanc's."""
    with ThreadingHTTPServer((LOOPBACK, 0), Viewer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, origin: str) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium")) as chromium:
        chromium.open(origin)
        yield chromium


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory, origin: str) -> Iterator[OrthancProcess]:
    with OrthancProcess(tmp_path_factory.mktemp("orthanc"), Wado={"AllowOrigin": origin}) as process:
        for name in (CT, COMPRESSED_CT, CLIP, COLOUR, COMPRESSED_COLOUR):
            process.store(pydicom_file(name))
        yield process


def url(orthanc: OrthancProcess, name: str, parameters: dict[str, Any]) -> str:
    dataset = pydicom.dcmread(pydicom_file(name), stop_before_pixels=True)
    uids = {
        "studyUID": dataset.StudyInstanceUID,
        "seriesUID": dataset.SeriesInstanceUID,
        "objectUID": dataset.SOPInstanceUID,
    }
    return f"http://{LOOPBACK}:{orthanc.port}/wado?{query({'requestType': 'WADO', **uids, **parameters})}"


def drawn(
    browser: Chromium, orthanc: OrthancProcess, name: str, frame: int | None = None, **parameters: Any
) -> Drawing:
    """What Cornerstone draws of the object, or of its frame of this number.

    The loader takes `frame`, which has to come last, off the URL for itself; it counts from 0.
    """
    address = url(orthanc, name, {"contentType": "application/dicom", **parameters})
    voi = {"windowCenter": WINDOW[0], "windowWidth": WINDOW[1]} if name in (CT, COMPRESSED_CT) else None
    image_id = f"wadouri:{address}" + (f"&frame={frame - 1}" if frame else "")
    answer = browser.evaluate(SHOW % json.dumps([image_id, voi]))
    assert isinstance(answer, list), answer
    transfer_syntax_uid, data_url = answer
    content = base64.b64decode(data_url.partition(",")[2])
    return Drawing(transfer_syntax_uid, np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.int16))


def picture(orthanc: OrthancProcess, name: str, frame: int | None = None) -> NDArray[np.int16]:
    """The service's own picture of it: (rows, columns, 3), 0 to 255."""
    parameters: dict[str, Any] = {"contentType": "image/png"}
    if name in (CT, COMPRESSED_CT):
        parameters |= {"windowCenter": WINDOW[0], "windowWidth": WINDOW[1]}
    if frame:
        parameters["frameNumber"] = frame
    content = requests.get(url(orthanc, name, parameters), timeout=60).content
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.int16)


def difference(drawing: Drawing, expected: NDArray[np.int16]) -> int:
    """The largest of a sample, in grey levels of 255."""
    assert drawing.pixels.shape == expected.shape
    return int(np.abs(drawing.pixels - expected).max())


@pytest.mark.parametrize("transfer_syntax_uid", LOSSLESS)
@pytest.mark.parametrize("name", [CT, CLIP, COLOUR])
def test_every_lossless_syntax_shows_the_same_picture(
    browser: Chromium, orthanc: OrthancProcess, name: str, transfer_syntax_uid: str
) -> None:
    drawing = drawn(browser, orthanc, name, transferSyntax=transfer_syntax_uid)
    assert drawing.transfer_syntax_uid == transfer_syntax_uid
    assert difference(drawing, picture(orthanc, name)) <= ROUNDING


@pytest.mark.parametrize("name", [CT, COMPRESSED_CT, CLIP, COLOUR, COMPRESSED_COLOUR])
def test_a_viewer_that_asks_for_no_syntax_gets_one_that_it_reads(
    browser: Chromium, orthanc: OrthancProcess, name: str
) -> None:
    drawing = drawn(browser, orthanc, name)
    assert drawing.transfer_syntax_uid == ExplicitVRLittleEndian
    assert difference(drawing, picture(orthanc, name)) <= ROUNDING


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        (CT, ExplicitVRLittleEndian),
        (COMPRESSED_CT, JPEG2000),
        (CLIP, JPEGBaseline8Bit),
        (COLOUR, ExplicitVRLittleEndian),
        (COMPRESSED_COLOUR, JPEG2000Lossless),
    ],
)
def test_an_object_is_shown_as_it_is_stored(browser: Chromium, orthanc: OrthancProcess, name: str, stored: str) -> None:
    drawing = drawn(browser, orthanc, name, transferSyntax="*")
    assert drawing.transfer_syntax_uid == stored
    assert difference(drawing, picture(orthanc, name)) <= ROUNDING


@pytest.mark.parametrize("transfer_syntax", [None, "*", RLELossless, JPEG2000Lossless])
def test_every_frame_of_a_clip_is_found(
    browser: Chromium, orthanc: OrthancProcess, transfer_syntax: str | None
) -> None:
    pictures = [picture(orthanc, CLIP, number) for number in FRAME_NUMBERS]
    for number, expected in zip(FRAME_NUMBERS, pictures, strict=True):
        drawing = drawn(browser, orthanc, CLIP, number, transferSyntax=transfer_syntax)
        differences = [difference(drawing, each) for each in pictures]
        assert difference(drawing, expected) <= ROUNDING
        assert sum(each <= ROUNDING for each in differences) == 1  # no other of them looks like it


@pytest.mark.parametrize("transfer_syntax_uid", [JPEG2000, JPEGLSNearLossless])
@pytest.mark.parametrize("name", [CT, COLOUR])
def test_a_lossy_syntax_shows_nearly_the_same_picture(
    browser: Chromium, orthanc: OrthancProcess, name: str, transfer_syntax_uid: str
) -> None:
    drawing = drawn(browser, orthanc, name, transferSyntax=transfer_syntax_uid)
    assert drawing.transfer_syntax_uid == transfer_syntax_uid
    assert difference(drawing, picture(orthanc, name)) <= LOSS


def test_a_de_identified_object_is_shown(browser: Chromium, orthanc: OrthancProcess) -> None:
    drawing = drawn(browser, orthanc, CT, anonymize="yes", transferSyntax=JPEG2000Lossless)
    assert difference(drawing, picture(orthanc, CT)) <= ROUNDING
