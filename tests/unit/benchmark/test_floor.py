"""The floor makes the picture that a worker makes, of the place in the file that the benchmark asks for."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset

from tests.benchmark.floor import (
    Decode,
    Floor,
    as_bytes,
    as_words,
    check_floor,
    decode_rle,
    look_up,
    make_floor,
    make_table,
)
from tests.benchmark.images import FRAME_NUMBER, make_ct, make_mammogram, make_palette, make_rle_ct, make_values
from tests.support.datasets import to_file
from tests.support.worker_settings import worker_settings
from wado.job import Job
from wado.media_types import IMAGE_JPEG, Category
from wado.worker.renderers import Renderers


@pytest.mark.parametrize(
    ("dataset", "decode"), [(make_ct(), as_words), (make_rle_ct(), decode_rle), (make_palette(), as_bytes)]
)
def test_the_floor_makes_the_picture_of_a_worker(dataset: Dataset, decode: Decode, tmp_path: Path) -> None:
    floor = make_floor(dataset, decode, tmp_path / "floor.dcm")
    check_floor(floor, render(to_file(dataset), tmp_path), "the test")
    assert floor.measure(0).rate > 0


def test_another_picture_is_noticed(tmp_path: Path) -> None:
    floor = make_floor(make_ct(), as_words, tmp_path / "floor.dcm")
    other = make_ct()
    other.WindowCenter = 400
    with pytest.raises(RuntimeError, match="another picture"):
        check_floor(floor, render(to_file(other), tmp_path), "the test")


def test_a_frame_is_found_where_it_is(tmp_path: Path) -> None:
    dataset = make_ct()
    frames = [np.full((512, 512), number, "<i2") for number in range(FRAME_NUMBER + 1)]
    dataset.NumberOfFrames = len(frames)
    dataset.PixelData = b"".join(frame.tobytes() for frame in frames)
    floor = make_floor(dataset, as_words, tmp_path / "floor.dcm")
    content = floor.path.read_bytes()[floor.offset : floor.offset + floor.length]
    assert content == frames[FRAME_NUMBER - 1].tobytes()


def test_the_window_is_that_of_the_standard() -> None:
    """Center 40, width 1800, rescaled by -1024: PS3.3 C.11.2.1.2.1 by hand."""
    table = make_table(make_ct())
    lowest, highest = 40 - 0.5 - 1799 / 2, 40 - 0.5 + 1799 / 2
    assert (table[int(lowest) + 1024], table[int(np.ceil(highest)) + 1024]) == (0, 255)
    assert table[1024 + 39] == 127  # (39 - 39.5) / 1799 + 0.5 of 255, and a half
    assert table[65535] == 0  # -1 - 1024


def test_words_beyond_bits_stored_are_masked() -> None:
    table = make_table(make_mammogram())
    assert np.array_equal(table[:16384], table[16384:32768])


def test_look_up_takes_every_word() -> None:
    words = make_values(300).view("<u2").reshape(-1)
    table = (np.arange(65536) % 251).astype(np.uint8)
    assert np.array_equal(look_up(table, words), table[words])
    colours = np.stack([table, table, table], -1)
    assert np.array_equal(look_up(colours, words), colours[words])


def render(content: bytes, folder: Path) -> bytes:
    path = folder / "image.dcm"
    path.write_bytes(content)
    job = Job("image", len(content), Category.SINGLE_FRAME, IMAGE_JPEG)
    with path.open("rb") as file:
        return bytes(Renderers(worker_settings()).render(job, file.fileno()).body)


def test_the_picture_is_a_jpeg_of_the_size_of_the_image(tmp_path: Path) -> None:
    floor: Floor = make_floor(make_ct(), as_words, tmp_path / "floor.dcm")
    with Image.open(io.BytesIO(floor.make_picture())) as picture:
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (512, 512), "L")
