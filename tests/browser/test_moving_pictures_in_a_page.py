"""Animations and videos in a real browser's page."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.support.chromium import Chromium, why_no_chromium
from tests.support.datasets import make_image, to_file
from tests.support.orthanc_process import LOOPBACK, OrthancProcess, why_not_installed

pytestmark = [
    pytest.mark.skipif(why_not_installed() is not None, reason=str(why_not_installed())),
    pytest.mark.skipif(why_no_chromium() is not None, reason=str(why_no_chromium())),
]

FRAMES, FRAME_TIME = 20, 100

PLAY = """
return new Promise((resolve) => {
  const video = document.createElement("video");
  video.muted = true;
  video.oncanplaythrough = () => resolve([video.videoWidth, video.videoHeight, video.duration]);
  video.onerror = () => resolve(video.error.message);
  video.src = "%s";
});
"""

LOAD = """
return new Promise((resolve) => {
  const image = new Image();
  image.onload = () => resolve([image.naturalWidth, image.naturalHeight]);
  image.onerror = () => resolve("error");
  image.src = "%s";
});
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium")) as chromium:
        yield chromium


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory, browser: Chromium) -> Iterator[str]:
    """That of an object with a square that wanders; the browser shows a page of the same origin."""
    pixels = np.zeros((FRAMES, 64, 96), np.uint8)
    for number in range(FRAMES):
        pixels[number, 20:40, 3 * number : 3 * number + 20] = 255
    dataset = make_image(pixels, is_multi_frame=True)
    dataset.FrameTime = FRAME_TIME
    dataset.PatientID = "WANDERER"
    with OrthancProcess(tmp_path_factory.mktemp("orthanc")) as orthanc:
        orthanc.store(to_file(dataset))
        origin = f"http://{LOOPBACK}:{orthanc.port}"
        browser.open(f"{origin}/system")
        yield (
            f"{origin}/wado?requestType=WADO&studyUID={dataset.StudyInstanceUID}"
            f"&seriesUID={dataset.SeriesInstanceUID}&objectUID={dataset.SOPInstanceUID}"
        )


def test_a_video_plays_at_the_pace_of_the_object(browser: Chromium, link: str) -> None:
    width, height, duration = browser.evaluate(PLAY % f"{link}&contentType=video/mp4")
    assert (width, height) == (96, 64)
    assert duration == pytest.approx(FRAMES * FRAME_TIME / 1000, abs=0.05)


def test_a_video_is_cropped_and_sized_like_a_picture(browser: Chromium, link: str) -> None:
    parameters = "&contentType=video/mp4&region=0,0,0.5,1&rows=128&annotation=technique"
    width, height, _ = browser.evaluate(PLAY % (link + parameters))
    assert (width, height) == (96, 128)


def test_an_animation_is_an_image_of_the_page(browser: Chromium, link: str) -> None:
    assert browser.evaluate(LOAD % f"{link}&contentType=image/gif") == [96, 64]


@pytest.mark.parametrize("media_type", ["image/webp", "image/avif", "image/jpeg", "image/png"])
def test_a_browser_shows_one_frame_in_every_format_it_knows(browser: Chromium, link: str, media_type: str) -> None:
    assert browser.evaluate(LOAD % f"{link}&contentType={media_type}&frameNumber=7&rows=32") == [48, 32]
