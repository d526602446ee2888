"""Videos, as libav's decoders see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest

from tests.support.datasets import Array
from tests.unit.video.made import mean_error, numbered, see, written
from wado.media_types import VIDEO_MP4, VIDEO_MPEG
from wado.video.encode import LONGEST_SIDE, crf, quantiser, write_video, write_video_at

BOTH = pytest.mark.parametrize("media_type", [VIDEO_MPEG, VIDEO_MP4])
BLACK, WHITE = 16, 235


def video_of(
    pictures: Sequence[Array], media_type: str, *, durations: Sequence[float] | None = None, quality: int = 90
) -> bytes:
    return written(write_video, iter(pictures), durations or [40] * len(pictures), media_type, quality)


def ramps(number: int, rows: int = 64, columns: int = 96) -> list[Array]:
    """Grey ramps that move."""
    row, column = np.mgrid[0:rows, 0:columns]
    return [
        ((row + column + 3 * shift) * 255 // (rows + columns + 3 * number)).astype(np.uint8) for shift in range(number)
    ]


@BOTH
def test_every_picture_is_there_once_and_in_order(media_type: str) -> None:
    seen = see(video_of([numbered(number) for number in range(30)], media_type))
    assert seen.numbers == list(range(30))
    assert seen.frame_rate == 25
    assert seen.times == pytest.approx([number / 25 for number in range(30)], abs=1e-4)


@pytest.mark.parametrize(
    ("media_type", "container", "codec"), [(VIDEO_MPEG, "mpeg", "mpeg2video"), (VIDEO_MP4, "mov", "h264")]
)
def test_the_container_and_the_codec_are_what_players_of_the_type_know(
    media_type: str, container: str, codec: str
) -> None:
    content = video_of(ramps(2), media_type)
    seen = see(content)
    assert (seen.container, seen.codec) == (container, codec)
    assert content.startswith(b"\x00\x00\x01\xba") if media_type == VIDEO_MPEG else content[4:8] == b"ftyp"


def test_the_index_of_an_mp4_comes_first() -> None:
    content = video_of(ramps(20), VIDEO_MP4)
    assert 0 < content.find(b"moov") < content.find(b"mdat")


@BOTH
def test_grey_levels_are_kept(media_type: str) -> None:
    pictures = ramps(12)
    seen = see(video_of(pictures, media_type, quality=100))
    wanted = [picture * ((WHITE - BLACK) / 255) + BLACK for picture in pictures]
    assert mean_error(seen.luminance, wanted) < 0.6
    assert mean_error(seen.pictures, [np.stack([picture] * 3, -1) for picture in pictures]) < 1


@BOTH
@pytest.mark.parametrize("samples", [(), (3,)], ids=["grey", "colour"])
def test_white_is_white_and_black_is_black(media_type: str, samples: tuple[int, ...]) -> None:
    pictures = [np.full((32, 48, *samples), level, np.uint8) for level in (0, 255, 0)]
    seen = see(video_of(pictures, media_type))
    assert [set(plane.ravel().tolist()) for plane in seen.luminance] == [{BLACK}, {WHITE}, {BLACK}]
    assert [set(picture.ravel().tolist()) for picture in seen.pictures] == [{0}, {255}, {0}]


@BOTH
@pytest.mark.parametrize("size", [(64, 64), (720, 64)], ids=["BT.601", "BT.709"])
@pytest.mark.parametrize("color", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (200, 120, 40)], ids=str)
def test_colours_are_kept(media_type: str, size: tuple[int, int], color: tuple[int, ...]) -> None:
    picture = np.empty((*size, 3), np.uint8)
    picture[:] = color
    (shown,) = see(video_of([picture], media_type)).pictures
    assert np.abs(shown.astype(int) - color).max() <= 4


@BOTH
@pytest.mark.parametrize("size", [(1, 1), (2, 2), (17, 33), (16, 5), (5, 16)], ids=str)
def test_odd_sizes_get_their_last_row_and_column_once_more(media_type: str, size: tuple[int, int]) -> None:
    picture = ramps(1, *size)[0]
    seen = see(video_of([picture] * 3, media_type, quality=100))
    assert seen.size == (size[0] + size[0] % 2, size[1] + size[1] % 2)
    wanted = np.pad(picture, [(0, size[0] % 2), (0, size[1] % 2)], mode="edge")
    assert mean_error([seen.pictures[0][..., 1]], [wanted]) < 3


@BOTH
def test_more_quality_is_a_larger_and_better_video(media_type: str) -> None:
    generator = np.random.default_rng(0)
    pictures = [generator.normal(128, 30, (64, 64)).clip(0, 255).astype(np.uint8) for _ in range(8)]
    wanted = [np.stack([picture] * 3, -1) for picture in pictures]
    videos = [video_of(pictures, media_type, quality=quality) for quality in (1, 30, 60, 100)]
    errors = [mean_error(see(video).pictures, wanted) for video in videos]
    assert [len(video) for video in videos] == sorted(len(video) for video in videos)
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 3 < errors[0]


def test_quality_is_spread_over_the_encoders_scales() -> None:
    assert (crf(1), crf(100)) == (40, 10)
    assert [quantiser(quality) for quality in (1, 25, 50, 75, 100)] == [31, 13, 6, 2, 1]
    assert [quantiser(quality) for quality in range(1, 101)] == sorted(map(quantiser, range(1, 101)), reverse=True)


def test_mp4_shows_each_picture_as_long_as_it_shall() -> None:
    seen = see(video_of([numbered(number) for number in range(4)], VIDEO_MP4, durations=[100, 500, 33.3, 250]))
    assert seen.numbers == [0, 1, 2, 3]
    assert seen.times == pytest.approx([0, 0.1, 0.6, 0.6333], abs=1e-3)
    assert seen.duration == pytest.approx(0.8833, abs=1e-3)


def test_mpeg_repeats_pictures_to_keep_time() -> None:
    seen = see(video_of([numbered(number) for number in range(3)], VIDEO_MPEG, durations=[100, 100, 200]))
    assert seen.frame_rate == 30
    assert seen.numbers == [0] * 3 + [1] * 3 + [2] * 6


@BOTH
def test_a_rate_does_for_pictures_of_unknown_number(media_type: str) -> None:
    pictures = (numbered(number) for number in range(20))
    seen = see(written(write_video_at, pictures, Fraction(50), media_type, 90))
    assert seen.numbers == list(range(20))
    assert seen.times[-1] == pytest.approx(19 / 50, abs=1e-4)


@BOTH
def test_the_longest_side_can_be_encoded(media_type: str) -> None:
    longest = LONGEST_SIDE[media_type]
    for size in ((longest, 16), (16, longest)):
        assert see(video_of([np.zeros(size, np.uint8)], media_type)).size == size


@BOTH
def test_few_pictures_are_in_memory(media_type: str) -> None:
    """All three hundred would be 77 MB, and 115 as they are encoded."""

    def resident() -> int:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096

    used = []

    def pictures() -> Iterator[Array]:
        for shift in range(300):
            used.append(resident())
            yield np.roll(base, shift, 1)

    base = ramps(1, 512, 512)[0]
    written(write_video, pictures(), [40] * 300, media_type, 50)
    # The encoder's own pictures are there after a hundred.
    assert max(used[100:]) - used[100] < 15_000_000


def test_equal_pictures_give_equal_bytes() -> None:
    for media_type in (VIDEO_MPEG, VIDEO_MP4):
        assert video_of(ramps(5), media_type) == video_of(ramps(5), media_type)


@BOTH
def test_fewer_pictures_than_durations_are_an_error(media_type: str) -> None:
    with pytest.raises(ValueError, match="zip"):
        video_of(list(islice(ramps(3), 2)), media_type, durations=[40] * 3)
