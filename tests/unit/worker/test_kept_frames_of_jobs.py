"""What a worker keeps of frames from one job to the next: never another picture for it, and never more memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless, JPEGLSLossless, RLELossless

from tests.support.datasets import Array, make_image, pydicom_file, to_file, with_codestreams
from tests.support.images import assert_equal, decode_picture, opened
from tests.support.worker_settings import worker_settings
from wado.dicom.kept_frames import ENTRY_OVERHEAD
from wado.job import Job
from wado.media_types import IMAGE_GIF, IMAGE_PNG, Category
from wado.worker.renderers import Renderers

ROOT = Path(__file__).parents[3]
FRAMES = np.random.default_rng(7).integers(-1000, 1000, (4, 60, 80)).astype(np.int16)
WINDOW: dict[str, Any] = {"WindowCenter": 0, "WindowWidth": 2000}


def encode_jpeg_2000(frame: Array) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(frame, codecformat="j2k", reversible=True))


def encode_jpeg_ls(frame: Array) -> bytes:
    return bytes(imagecodecs.jpegls_encode(frame.view(np.uint16)))


ENCODERS: dict[str, Callable[[Array], bytes]] = {JPEG2000Lossless: encode_jpeg_2000, JPEGLSLossless: encode_jpeg_ls}


def compressed(frames: Array = FRAMES, **attributes: Any) -> bytes:
    dataset = make_image(frames, is_multi_frame=True, **WINDOW | attributes)
    return to_file(with_codestreams(dataset, JPEG2000Lossless, [encode_jpeg_2000(frame) for frame in frames]))


def native() -> bytes:
    return to_file(make_image(FRAMES, is_multi_frame=True, **WINDOW))


def answer(renderers: Renderers, content: bytes | Path, attachment: str = "attachment", **what: Any) -> bytes:
    with opened(content) as (descriptor, size):
        category = what.pop("category", Category.SINGLE_FRAME)
        return bytes(
            renderers.render(Job(attachment, size, category, **{"media_type": IMAGE_PNG} | what), descriptor).body
        )


def picture(renderers: Renderers, content: bytes | Path, attachment: str = "attachment", **what: Any) -> Array:
    return decode_picture(answer(renderers, content, attachment, **what))


def test_a_frame_is_decoded_once_for_every_window_and_size() -> None:
    renderers, content = Renderers(worker_settings()), compressed()
    for center in range(-500, 500, 100):
        what: dict[str, Any] = {"frame_number": 2, "window_center": float(center), "window_width": 300.0, "rows": 30}
        assert_equal(picture(renderers, content, **what), picture(Renderers(worker_settings()), content, **what))
    assert (renderers.frames.hits, renderers.frames.misses) == (9, 1)
    assert renderers.frames.bytes == ENTRY_OVERHEAD + FRAMES[0].nbytes


def test_every_frame_and_every_object_is_kept_as_itself() -> None:
    renderers, contents = Renderers(worker_settings()), {"a": compressed(), "b": compressed(FRAMES[::-1])}
    for _ in range(2):
        for attachment, content in contents.items():
            for number in range(1, 5):
                shown = picture(renderers, content, attachment, frame_number=number)
                assert_equal(shown, picture(Renderers(worker_settings()), content, frame_number=number))
    assert (renderers.frames.hits, renderers.frames.misses) == (8, 8)


def test_frames_that_are_not_compressed_are_read_each_time() -> None:
    renderers = Renderers(worker_settings())
    for _ in range(2):
        answer(renderers, native(), frame_number=1)
    assert (renderers.frames.hits, renderers.frames.misses, renderers.frames.bytes) == (0, 0, 0)


def test_without_room_nothing_is_kept() -> None:
    renderers, content = Renderers(worker_settings(frame_cache=0)), compressed()
    for _ in range(2):
        answer(renderers, content, frame_number=1)
    assert (renderers.frames.hits, renderers.frames.bytes) == (0, 0)


@pytest.mark.parametrize(("frame_cache", "worker_memory", "bound"), [(128, 2048, 128), (128, 256, 64), (0, 256, 0)])
def test_no_more_than_a_quarter_of_the_memory_is_for_frames(frame_cache: int, worker_memory: int, bound: int) -> None:
    settings = worker_settings(frame_cache=frame_cache, worker_memory=worker_memory)
    assert Renderers(settings).frames.bound == bound * 1024 * 1024


def animated(dataset: Dataset) -> bytes:
    dataset.FrameTime = 40
    return to_file(dataset)


def test_the_frames_of_an_animation_without_a_window_are_decoded_once_for_range_and_pictures() -> None:
    renderers = Renderers(worker_settings())
    dataset = make_image(FRAMES, is_multi_frame=True)
    codestreams = [encode_jpeg_2000(frame) for frame in FRAMES]
    content = animated(with_codestreams(dataset, JPEG2000Lossless, codestreams))
    answer(renderers, content, category=Category.MULTI_FRAME, media_type=IMAGE_GIF)
    assert (renderers.frames.hits, renderers.frames.misses) == (4, 4)


def test_an_animation_that_would_leave_no_room_is_not_kept() -> None:
    renderers = Renderers(worker_settings(frame_cache=1, worker_memory=256))
    frames = np.zeros((80, 60, 80), np.int16)  # 750 KiB of the one MiB
    dataset = make_image(frames, is_multi_frame=True, **WINDOW)
    content = animated(with_codestreams(dataset, JPEG2000Lossless, [encode_jpeg_2000(frames[0])] * 80))
    answer(renderers, content, category=Category.MULTI_FRAME, media_type=IMAGE_GIF)
    assert (renderers.frames.hits, renderers.frames.misses, renderers.frames.bytes) == (0, 0, 0)


@pytest.mark.parametrize("uid", [RLELossless, JPEGLSLossless, JPEG2000Lossless])
@pytest.mark.parametrize("size", [{}, {"rows": 20}, {"region": (0.2, 0.3, 0.9, 0.8)}], ids=str)
def test_nothing_changes_a_frame_that_is_kept(uid: str, size: dict[str, Any]) -> None:
    """Whatever is shown in between, with or without window, overlays and palettes."""
    renderers, content = Renderers(worker_settings(burn_in_overlays=True)), compressed_as(uid)
    first = answer(renderers, content, frame_number=3, **size)
    for what in ({"window_center": 10.0, "window_width": 50.0}, {"annotation": ("technique",)}, {"rows": 200}, {}):
        answer(renderers, content, frame_number=3, **what)
    assert answer(renderers, content, frame_number=3, **size) == first
    assert renderers.frames.misses == 1


def compressed_as(uid: str) -> bytes:
    dataset = make_image(FRAMES, is_multi_frame=True)
    to_file(dataset)
    if encode := ENCODERS.get(uid):
        return to_file(with_codestreams(dataset, uid, [encode(frame) for frame in FRAMES]))
    dataset.compress(uid, generate_instance_uid=False)
    return to_file(dataset, uid)


def test_a_kept_frame_cannot_be_written_to() -> None:
    renderers = Renderers(worker_settings())
    answer(renderers, pydicom_file("JPEG2000.dcm"))
    frame = renderers.frames.get(("attachment", 0, 0))
    assert frame is not None
    with pytest.raises(ValueError, match="read-only"):
        frame.words[0, 0] = 0


LACK = """
import resource, sys
sys.path[:0] = sys.argv[1:3]
import numpy as np
from tests.unit.worker.test_kept_frames_of_jobs import LACKING, answer, compressed
from tests.support.datasets import make_image, to_file
from wado.worker.main import limit_memory
from wado.worker.renderers import Renderers

small, large = compressed(np.zeros((1, 2000, 4000), np.int16)), to_file(make_image(np.ones((8000, 8000), np.uint16)))
answer(Renderers(LACKING), to_file(make_image(np.ones((8, 8), np.uint16))))
limit_memory(512)
renderers = Renderers(LACKING)
for number in range(8):
    answer(renderers, small, str(number))
before = renderers.frames.bytes
limit, used = resource.getrlimit(resource.RLIMIT_AS)[0], int(open("/proc/self/statm").read().split()[0]) * 4096
ballast = np.ones(max(0, limit - used - (int(sys.argv[3]) << 20)), np.uint8)
body = answer(renderers, large, "large", rows=100)
print(before, renderers.frames.bytes, len(body))
"""
LACKING = worker_settings(frame_cache=128, worker_memory=512)


@pytest.mark.parametrize(("room", "is_kept"), [(500, True), (80, False)])
def test_what_is_kept_gives_way_to_a_job_that_needs_the_memory(room: int, is_kept: bool) -> None:
    """Something else takes all but `room` MiB, of which the large frame needs 122; those kept are as many."""
    command = [sys.executable, "-c", LACK, str(ROOT), str(ROOT / "plugin"), str(room)]
    before, after, length = map(
        int,
        subprocess.run(
            command, capture_output=True, check=True, env={"MALLOC_MMAP_THRESHOLD_": "1000000"}
        ).stdout.split(),
    )
    assert before == 8 * (ENTRY_OVERHEAD + 2000 * 4000 * 2)
    assert after == (before if is_kept else 0)
    assert length > 0
