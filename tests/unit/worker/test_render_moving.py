"""Stored videos as the answer to a request for all frames: what is handed out, and what is bounded."""

from __future__ import annotations

import io
import os
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence
from pydicom.dataset import Dataset
from pydicom.uid import HEVCMP51, MPEG2MPML

from tests.support.datasets import make_image, to_file, with_codestreams
from tests.support.images import opened
from tests.support.worker_settings import worker_settings
from tests.unit.video.made import COLUMNS, FRAMES, ROWS, make_stream
from wado.errors import BadRequest, NotAcceptable
from wado.job import Job
from wado.media_types import IMAGE_GIF, VIDEO_MP4, VIDEO_MPEG, Category
from wado.worker.renderers import Renderers

PIXELS = FRAMES * ROWS * COLUMNS


def video(stream: bytes, syntax: str, photometric_interpretation: str = "YBR_PARTIAL_420") -> Dataset:
    shape = (ROWS, COLUMNS) if photometric_interpretation == "MONOCHROME2" else (ROWS, COLUMNS, 3)
    dataset = make_image(np.zeros(shape, np.uint8), photometric_interpretation, NumberOfFrames=FRAMES)
    return with_codestreams(dataset, syntax, [stream])


def answer(dataset: Dataset, media_type: str, maximum_animation_pixels: int = PIXELS, **parameters: Any) -> bytes:
    with opened(to_file(dataset)) as (descriptor, size):
        job = Job("attachment", size, Category.MULTI_FRAME, media_type, **parameters)
        settings = worker_settings(maximum_animation_pixels=maximum_animation_pixels)
        representation = Renderers(settings).render(job, descriptor)
        assert representation.file is not None and representation.body_size is not None
        body = os.pread(representation.file, representation.body_size, 0)
        os.close(representation.file)
        return body


@pytest.fixture(scope="module")
def mpeg() -> bytes:
    return make_stream("mpeg2video", "vob")


@pytest.mark.parametrize("media_type", [IMAGE_GIF, VIDEO_MP4])
def test_a_stored_video_that_is_encoded_anew_is_bounded(mpeg: bytes, media_type: str) -> None:
    assert answer(video(mpeg, MPEG2MPML), media_type)
    with pytest.raises(BadRequest, match="MaximumAnimationPixels"):
        answer(video(mpeg, MPEG2MPML), media_type, maximum_animation_pixels=PIXELS - 1)


def test_a_stored_video_that_is_handed_out_has_no_bound(mpeg: bytes) -> None:
    assert answer(video(mpeg, MPEG2MPML), VIDEO_MPEG, maximum_animation_pixels=1).rstrip(b"\0") == mpeg.rstrip(b"\0")


@pytest.mark.parametrize("media_type", [IMAGE_GIF, VIDEO_MP4])
def test_a_stored_video_with_fewer_frames_than_the_object_says_is_refused(mpeg: bytes, media_type: str) -> None:
    dataset = video(mpeg, MPEG2MPML)
    dataset.NumberOfFrames = FRAMES + 1
    with pytest.raises(NotAcceptable, match="fewer frames"):
        answer(dataset, media_type, 2 * PIXELS, region=(0.0, 0.0, 0.5, 0.5))


def test_what_is_no_video_is_refused() -> None:
    with pytest.raises(NotAcceptable, match="cannot be decoded"):
        answer(video(b"no video" * 100, MPEG2MPML), VIDEO_MPEG)


def test_a_window_acts_on_a_stored_video_of_greys() -> None:
    stream = make_stream("libx265", "mp4", pixel_format="gray")
    dataset = video(stream, HEVCMP51, "MONOCHROME2")
    assert answer(dataset, VIDEO_MP4).startswith(stream[:-1])
    assert stream[:-1] not in answer(dataset, VIDEO_MP4, window_center=128.0, window_width=16.0)


def test_a_stored_video_that_is_encoded_anew_has_no_more_frames_than_the_object_says(mpeg: bytes) -> None:
    dataset = video(mpeg, MPEG2MPML)
    dataset.NumberOfFrames = 3
    with av.open(io.BytesIO(answer(dataset, VIDEO_MP4)), "r") as container:
        assert len(list(container.decode(video=0))) == 3


def frames_of(*sides: str) -> Dataset:
    """Small frames whose functional groups tell of which side of the patient they are."""
    groups = []
    for side in sides:
        group, anatomy = Dataset(), Dataset()
        anatomy.FrameLaterality = side
        group.FrameAnatomySequence = [anatomy]
        groups.append(group)
    pixels = np.zeros((len(sides), 14, 75), np.uint8)
    return make_image(pixels, is_multi_frame=True, Modality="CT", PerFrameFunctionalGroupsSequence=groups)


@pytest.mark.parametrize(("sides", "count"), [(("U", "U"), 0), (("U", "B"), 1)])
def test_an_annotation_that_is_shortened_in_some_frame_is_told_of(sides: tuple[str, ...], count: int) -> None:
    with opened(to_file(frames_of(*sides))) as (descriptor, size):
        job = Job("attachment", size, Category.MULTI_FRAME, IMAGE_GIF, annotation=("technique",))
        representation = Renderers(worker_settings()).render(job, descriptor)
        assert representation.file is not None
        os.close(representation.file)
    assert len(representation.warnings) == count
    assert all(text.startswith("annotation is shortened") for text in representation.warnings)


@pytest.mark.parametrize(
    ("size", "blamed", "clause"),
    [
        ({}, None, None),
        ({"rows": 90}, "rows", "8.2.2"),
        ({"columns": 90}, "columns", "8.2.3"),
        ({"rows": 90, "columns": 1000}, "rows", "8.2.2"),
        ({"rows": 1000, "columns": 100}, "columns", "8.2.3"),
    ],
)
def test_the_parameter_that_makes_the_pictures_too_large_is_blamed(
    mpeg: bytes, size: dict[str, int], blamed: str | None, clause: str | None
) -> None:
    with pytest.raises(BadRequest, match="MaximumAnimationPixels") as raised:
        answer(video(mpeg, MPEG2MPML), IMAGE_GIF, maximum_animation_pixels=1000, **size)
    assert (raised.value.parameter, raised.value.clause) == (blamed, clause)


def levels_of(dataset: Dataset, **parameters: Any) -> list[int]:
    """The grey level of the first pixel of each frame of the animation."""
    with Image.open(io.BytesIO(answer(dataset, IMAGE_GIF, **parameters))) as animation:
        return [np.asarray(frame.convert("L")).item(0) for frame in ImageSequence.Iterator(animation)]


def pulse(**attributes: Any) -> Dataset:
    """Frames of two pixels: the first one comes and goes, the second one is always 0."""
    pixels = np.array([[[20, 0]], [[100, 0]], [[50, 0]]], np.uint8)
    return make_image(pixels, is_multi_frame=True, **attributes)


def test_frames_without_a_window_share_one_range() -> None:
    assert levels_of(pulse()) == [51, 255, 128]


def test_only_the_frames_that_are_shown_count_for_the_shared_range() -> None:
    assert levels_of(pulse(StartTrim=3, StopTrim=3)) == [255]


def test_a_window_counts_before_the_shared_range() -> None:
    assert levels_of(pulse(WindowCenter=128, WindowWidth=256)) == [20, 100, 50]
    assert levels_of(pulse(), window_center=128.0, window_width=256.0) == [20, 100, 50]


def test_a_frame_of_nothing_but_padding_does_not_count_for_the_shared_range() -> None:
    pixels = np.array([[[9, 9]], [[100, 110]], [[105, 120]]], np.uint8)
    assert levels_of(make_image(pixels, is_multi_frame=True, PixelPaddingValue=9)) == [0, 0, 64]
