"""GIF, still and moving, as Pillow reads it."""

from __future__ import annotations

import io
import weakref
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from PIL import Image

from tests.support.datasets import Array, coded_squares, pydicom_file
from tests.support.images import assert_equal, greatest_difference, picture_of
from wado.image.animation import encode_gif, write_gif

GREYS = np.arange(256, dtype=np.uint8).reshape(8, 32)


def animation_of(pictures: Sequence[Array], durations: Sequence[float], *, loop: bool = True) -> Image.Image:
    file = io.BytesIO()
    write_gif(file, iter(pictures), durations, loop=loop)
    return Image.open(file)


def frames_of(image: Image.Image, mode: str) -> Iterator[Array]:
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        yield np.asarray(image.convert(mode))


def delays_of(image: Image.Image) -> list[int]:
    """Milliseconds."""
    delays = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        delays.append(image.info["duration"])
    return delays


def noise(rows: int, columns: int, *samples: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(0, 256, (rows, columns, *samples), dtype=np.uint8)


@pytest.mark.parametrize("picture", [GREYS, coded_squares(), noise(61, 47), noise(1, 1), noise(300, 1)], ids=np.shape)
def test_greys_are_exact(picture: Array) -> None:
    with Image.open(io.BytesIO(encode_gif(picture))) as image:
        assert image.format == "GIF"
        assert_equal(np.asarray(image.convert("L")), picture)


@pytest.mark.parametrize("number_of_colors", [1, 2, 3, 17, 256])
def test_as_many_colours_as_a_palette_holds_are_exact(number_of_colors: int) -> None:
    colors = noise(number_of_colors, 3)
    picture = colors[np.random.default_rng(1).integers(0, number_of_colors, (40, 30))]
    with Image.open(io.BytesIO(encode_gif(picture))) as image:
        assert_equal(np.asarray(image.convert("RGB")), picture)


def gradient(rows: int, columns: int) -> Array:
    row, column = np.mgrid[0:rows, 0:columns]
    samples = [column * 255 // (columns - 1), row * 255 // (rows - 1), 255 - (row + column) * 255 // (rows + columns)]
    return np.stack(samples, -1).astype(np.uint8)


@pytest.mark.parametrize("size", [(60, 60), (400, 500)], ids=["all colours weighed", "a sample of them"])
def test_more_colours_become_near_ones(size: tuple[int, int]) -> None:
    picture = gradient(*size)
    with Image.open(io.BytesIO(encode_gif(picture))) as image:
        shown = np.asarray(image.convert("RGB"))
    assert greatest_difference(shown, picture) <= 24
    assert np.abs(shown.astype(int) - picture).mean() < 5


def test_colours_of_a_real_picture_are_kept() -> None:
    picture = picture_of(pydicom_file("examples_ybr_color.dcm"))
    with Image.open(io.BytesIO(encode_gif(picture))) as image:
        assert np.abs(np.asarray(image.convert("RGB")).astype(int) - picture).mean() < 0.2


def test_every_frame_of_an_animation_is_exact() -> None:
    pictures = [noise(20, 31, seed=seed) for seed in range(7)]
    with animation_of(pictures, [40] * 7) as image:
        frames = list(frames_of(image, "L"))
    assert len(frames) == 7
    for frame, picture in zip(frames, pictures, strict=True):
        assert_equal(frame, picture)


def test_every_frame_in_colour_has_a_palette_of_its_own() -> None:
    pictures = [np.full((8, 8, 3), color, np.uint8) for color in ([255, 0, 0], [0, 255, 0], [1, 2, 3])]
    pictures[1][0, 0] = [9, 8, 7]
    with animation_of(pictures, [40] * 3) as image:
        for frame, picture in zip(frames_of(image, "RGB"), pictures, strict=True):
            assert_equal(frame, picture)


@pytest.mark.parametrize(
    ("durations", "delays"),
    [
        ([40.0] * 4, [40] * 4),
        ([33.333] * 6, [30, 40, 30, 30, 40, 30]),
        ([10.0, 0.5, 20.0], [20, 20, 20]),
        ([100, 250, 1000], [100, 250, 1000]),
        ([1e9, 40], [655340, 40]),
    ],
)
def test_delays_add_up_to_the_durations(durations: list[float], delays: list[int]) -> None:
    with animation_of([noise(4, 4, seed=seed) for seed in range(len(durations))], durations) as image:
        assert delays_of(image) == delays


def test_a_long_animation_does_not_drift() -> None:
    with animation_of([noise(2, 2, seed=seed) for seed in range(300)], [33.333] * 300) as image:
        assert sum(delays_of(image)) == 10_000


@pytest.mark.parametrize("loop", [True, False])
def test_it_is_played_for_ever_or_once(loop: bool) -> None:
    with animation_of([GREYS, 255 - GREYS], [40, 40], loop=loop) as image:
        assert image.info.get("loop") == (0 if loop else None)


def test_equal_frames_are_not_joined() -> None:
    with animation_of([GREYS] * 5, [40] * 5) as image:
        assert getattr(image, "n_frames", 1) == 5


def test_one_picture_is_in_memory_at_a_time() -> None:
    """The last one is let go of when the next comes."""
    made: list[weakref.ref[Array]] = []
    alive = []

    def pictures() -> Iterator[Array]:
        for seed in range(50):
            alive.append(sum(picture() is not None for picture in made))
            picture = noise(9, 9, seed=seed)
            made.append(weakref.ref(picture))
            yield picture
            del picture

    write_gif(io.BytesIO(), pictures(), [40] * 50)
    assert max(alive) <= 1


def test_fewer_pictures_than_durations_are_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        write_gif(io.BytesIO(), iter([GREYS]), [40, 40])
