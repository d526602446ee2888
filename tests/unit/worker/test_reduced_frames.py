"""Small pictures out of frames decoded at a lower resolution: those of the whole frames, and only where they are."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit

from tests.support.datasets import Array, make_image, sample_files, to_file, with_codestreams
from tests.support.images import decode_picture, opened
from tests.support.worker_settings import worker_settings
from wado.dicom.kept_frames import ENTRY_OVERHEAD
from wado.dicom.stored_image import read_stored_image
from wado.dicom.stored_object import FileSource, read_stored_object
from wado.errors import NotAcceptable
from wado.image.reduced import ReducedFrame
from wado.image.resize import PixelByPixel, show_resized
from wado.job import Job
from wado.media_types import IMAGE_PNG, Category
from wado.worker.renderers import Renderers

ROWS, COLUMNS = 512, 640
GENERATOR = np.random.default_rng(5)


def smooth(low: float, high: float) -> Array:
    """Shapes with soft edges, and some noise."""
    coarse = GENERATOR.uniform(low, high, (ROWS // 32, COLUMNS // 32)).astype(np.float32)
    fine = np.asarray(Image.fromarray(coarse).resize((COLUMNS, ROWS), Image.Resampling.BICUBIC))
    return np.clip(fine + GENERATOR.normal(0, (high - low) / 50, fine.shape), low, high)


DEEP = smooth(0, 4095).astype(np.uint16)
GREY = smooth(0, 255).astype(np.uint8)
COLOURS = np.stack([smooth(0, 255) for _ in range(3)], -1).astype(np.uint8)
STORED: dict[str, Any] = {"bits_stored": 12, "WindowCenter": 2048, "WindowWidth": 4096}


def in_jpeg_2000(pixels: Array, name: str = "MONOCHROME2", **attributes: Any) -> Dataset:
    dataset = make_image(pixels, name, **attributes)
    codestream = imagecodecs.jpeg2k_encode(
        pixels, codecformat="j2k", reversible=True, bitspersample=attributes.get("bits_stored")
    )
    return with_codestreams(dataset, JPEG2000Lossless, [bytes(codestream)])


def in_jpeg(pixels: Array, name: str, **attributes: Any) -> Dataset:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=92)
    return with_codestreams(make_image(pixels, name, **attributes), JPEGBaseline8Bit, [buffer.getvalue()])


def shown(content: bytes | Path, renderers: Renderers | None = None, **what: Any) -> tuple[Array, int]:
    """The picture, and of how many rows and columns a word of the frame was that it was made of."""
    renderers = renderers or Renderers(worker_settings(maximum_pixels=10**8))
    with opened(content) as (descriptor, size):
        job = Job("attachment", size, Category.SINGLE_FRAME, IMAGE_PNG, **what)
        picture = decode_picture(bytes(renderers.render(job, descriptor).body))
    kept = [renderers.frames.get(("attachment", 0, halvings)) for halvings in range(1, 4)]
    return picture, next((frame.scale for frame in kept if isinstance(frame, ReducedFrame)), 1)


def expected(content: bytes | Path, rows: int, window: tuple[float, float] | None = None) -> Array:
    """Of the whole frame, decoded; `window` are the ends of a line of grey levels."""
    with opened(content) as (descriptor, size):
        source = FileSource(descriptor, size)
        image = read_stored_image(read_stored_object(source), source)
        words = image.read_frame(source, 0).words
    columns = round(words.shape[1] * rows / words.shape[0])
    if window is None:
        return show_resized(words, PixelByPixel(lambda picture: picture), rows, columns)
    low, high = window
    levels = np.clip(np.floor((words - low) / (high - low) * 255 + 0.5), 0, 255).astype(np.uint8)
    return show_resized(levels, PixelByPixel(lambda picture: picture), rows, columns)


@pytest.mark.parametrize(("rows", "scale"), [(65, 1), (64, 2), (33, 2), (32, 4), (16, 8), (4, 8)])
@pytest.mark.parametrize(
    ("dataset", "window", "most"),
    [
        pytest.param(in_jpeg_2000(DEEP, **STORED), (0, 4095), 8, id="JPEG 2000"),
        pytest.param(in_jpeg_2000(COLOURS, "YBR_RCT"), None, 4, id="JPEG 2000 in colour"),
        pytest.param(in_jpeg(GREY, "MONOCHROME2", WindowCenter=128, WindowWidth=256), (0, 255), 8, id="JPEG"),
        pytest.param(in_jpeg(COLOURS, "YBR_FULL_422"), None, 8, id="JPEG in colour"),
    ],
)
def test_a_small_picture_is_that_of_the_whole_frame(
    dataset: Dataset, window: tuple[float, float] | None, most: int, rows: int, scale: int
) -> None:
    content = to_file(dataset)
    picture, used = shown(content, rows=rows)
    assert used == min(scale, most)
    errors = np.abs(picture.astype(int) - expected(content, rows, window))
    assert errors.mean() <= (1.5 if rows >= 32 else 3.0)
    assert errors.max() <= (5 if rows >= 32 else 10)


@pytest.mark.parametrize("region", [(0.0, 0.0, 0.5, 0.5), (0.21, 0.33, 0.87, 0.99)], ids=str)
def test_a_region_is_the_part_of_the_whole_picture(region: tuple[float, float, float, float]) -> None:
    content, native = to_file(in_jpeg_2000(DEEP, **STORED)), to_file(make_image(DEEP, **STORED))
    picture, used = shown(content, region=region, rows=32)
    other, _ = shown(native, region=region, rows=32)
    assert used == 2
    assert np.abs(picture.astype(int) - other).max() <= 6


WHOLLY: dict[str, tuple[Dataset, dict[str, Any]]] = {
    "large": (in_jpeg_2000(DEEP, **STORED), {"rows": 128}),
    "narrow window": (in_jpeg_2000(DEEP, **STORED | {"WindowWidth": 2000}), {"rows": 32}),
    "narrow window asked for": (
        in_jpeg_2000(DEEP, **STORED),
        {"rows": 32, "window_center": 2048.0, "window_width": 400.0},
    ),
    "no window": (in_jpeg_2000(DEEP, bits_stored=12), {"rows": 32}),
    "curve": (in_jpeg_2000(DEEP, **STORED | {"VOILUTFunction": "SIGMOID"}), {"rows": 32}),
    "padding": (in_jpeg_2000(DEEP, **STORED | {"PixelPaddingValue": 0}), {"rows": 32}),
    "labels": (in_jpeg_2000(GREY, SegmentationType="LABELMAP", WindowCenter=128, WindowWidth=256), {"rows": 32}),
    # Reduced along its rows alone: its pixels are eight times as high as they are wide.
    "one side": (in_jpeg_2000(np.ascontiguousarray(DEEP[:64]), **STORED, PixelSpacing=[8, 1]), {"columns": 64}),
}


@pytest.mark.parametrize("name", WHOLLY)
def test_a_frame_is_decoded_wholly_where_its_values_cannot_be_averaged(name: str) -> None:
    dataset, what = WHOLLY[name]
    assert shown(to_file(dataset), **what)[1] == 1


def test_a_palette_is_never_averaged() -> None:
    entries = np.arange(256, dtype=np.uint16) * 257
    palette = {f"{color}PaletteColorLookupTableDescriptor": [256, 0, 16] for color in ("Red", "Green", "Blue")}
    data = {f"{color}PaletteColorLookupTableData": entries.tobytes() for color in ("Red", "Green", "Blue")}
    dataset = in_jpeg_2000(GREY, "PALETTE COLOR", **palette, **data)
    assert shown(to_file(dataset), rows=32)[1] == 1


def test_overlays_are_burnt_into_the_whole_frame() -> None:
    renderers = Renderers(worker_settings(burn_in_overlays=True))
    assert shown(to_file(in_jpeg_2000(DEEP, **STORED)), renderers, rows=32)[1] == 1


def test_the_picture_does_not_depend_on_what_was_asked_for_before() -> None:
    content, renderers = to_file(in_jpeg_2000(DEEP, **STORED)), Renderers(worker_settings())
    first = shown(content, rows=32)[0]
    shown(content, renderers)
    for _ in range(2):
        np.testing.assert_array_equal(shown(content, renderers, rows=32)[0], first)
    assert renderers.frames.bytes == 2 * ENTRY_OVERHEAD + DEEP.nbytes + DEEP.nbytes // 16


def test_a_codestream_cut_short_is_refused_in_every_size() -> None:
    codestream = bytes(imagecodecs.jpeg2k_encode(DEEP, codecformat="j2k", reversible=True, bitspersample=12))
    for length in np.linspace(200, len(codestream) - 10, 8).astype(int):
        for end in (b"", b"\xff\xd9"):
            dataset = make_image(DEEP, **STORED)
            content = to_file(with_codestreams(dataset, JPEG2000Lossless, [codestream[:length] + end]))
            with pytest.raises(NotAcceptable, match="cannot be decoded"):
                shown(content, rows=32)


@pytest.mark.parametrize("rows", [32, 64, 128, 200])
def test_pictures_of_real_frames_are_nearer_than_those_of_another_filter(rows: int) -> None:
    """On the average as near as the whole frame reduced by another filter without negative weights, and nearer."""
    files, compared = sample_files("4_images"), 0
    if not files:
        pytest.skip("there are no sample files beside the repository")
    for path in files:
        try:
            picture, scale = shown(path, rows=rows, frame_number=1)
        except Exception:  # other tests tell which of them can be shown
            continue
        if scale == 1:
            continue
        whole, _ = shown(path, Renderers(worker_settings(maximum_pixels=10**8, burn_in_overlays=True)), rows=rows)
        full, _ = shown(path)
        box = np.asarray(Image.fromarray(full).resize(whole.shape[1::-1], Image.Resampling.BOX))
        errors = np.abs(picture.astype(int) - whole)
        assert errors.mean() <= 1.25, path.name
        assert np.percentile(errors, 99.9) <= 20, path.name
        assert errors.mean() <= max(0.5, np.abs(box.astype(int) - whole).mean()), path.name
        compared += 1
    assert compared > 0 or rows == 200
