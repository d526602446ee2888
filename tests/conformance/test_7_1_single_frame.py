"""PS3.18-2011 7.1: single frame image objects, and single frames of others."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.objects import SQUARES
from tests.conformance.server import DICOM, JPEG, PNG, REFUSED, Server, assert_refused, picture_in

START_OF_FRAME = {0xC0: "baseline", 0xC1: "extended", 0xC2: "progressive", 0xC3: "lossless"}
IMAGES = ("squares", "color", "ct", "implicit VR", "big endian")


@pytest.mark.parametrize("name", IMAGES)
@pytest.mark.parametrize("media_type", [DICOM, JPEG])
def test_the_required_types_are_served(server: Server, name: str, media_type: str) -> None:
    answer = server.ask(name, contentType=media_type)
    assert (answer.status, answer.media_type) == (200, media_type)


@pytest.mark.parametrize("name", IMAGES)
def test_a_jpeg_is_the_default(server: Server, name: str) -> None:
    assert server.ask(name).media_type == JPEG


def test_a_frame_of_several_is_a_single_frame_image(server: Server) -> None:
    assert server.ask("frames", frameNumber=2).media_type == JPEG


@pytest.mark.parametrize("name", IMAGES)
def test_a_jpeg_is_baseline_of_8_bits(server: Server, name: str) -> None:
    process, precision = start_of_frame(server.ask(name, contentType=JPEG, imageQuality=80).body)
    assert (process, precision) == ("baseline", 8)


@pytest.mark.parametrize("media_type", ["image/gif", "image/png", "image/jp2"])
def test_a_type_that_should_be_served_is_served_or_refused(server: Server, media_type: str) -> None:
    answer = server.ask("squares", contentType=media_type)
    if answer.status in REFUSED:
        assert_refused(answer, 406)
    else:
        assert answer.media_type == media_type
        assert picture_in(answer).shape[:2] == (40, 60)


def test_every_square_is_in_its_place(server: Server) -> None:
    np.testing.assert_array_equal(picture_in(server.ask("squares", contentType=PNG)), SQUARES)


def test_a_jpeg_of_good_quality_is_close_to_the_pixels(server: Server) -> None:
    picture = picture_in(server.ask("squares", contentType=JPEG, imageQuality=100)).astype(int)
    assert np.abs(picture - SQUARES).max() <= 3


def test_colours_are_those_of_the_image(server: Server) -> None:
    picture = picture_in(server.ask("color", contentType=PNG))
    assert picture[0, 0].tolist() == [250, 0, 0]
    assert picture[-1, -1].tolist() == [0, 0, 250]


def start_of_frame(jpeg: bytes) -> tuple[str, int]:
    """The coding process and the precision, as the SOFn marker segment gives them (ISO/IEC 10918-1 B.2.2)."""
    position = 2
    while jpeg[position + 1] not in START_OF_FRAME:
        position += 2 + int.from_bytes(jpeg[position + 2 : position + 4], "big")
    return START_OF_FRAME[jpeg[position + 1]], jpeg[position + 4]
