"""Pixels that are not square (PS3.3 10.7.1.1, C.7.6.3.1.7), and the size that they give (PS3.18-2011 8.2.2, 8.2.3)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydicom.dataset import Dataset

from wado.dicom.pixel_aspect import SOURCES, read_pixel_aspect
from wado.image.resize import fit_size

SQUARE = Fraction(1)


def attributes(**values: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def measures(spacing: list[Any]) -> Dataset:
    return attributes(PixelMeasuresSequence=[attributes(PixelSpacing=spacing)])


@pytest.mark.parametrize("keyword", SOURCES)
def test_the_first_value_is_the_vertical_one(keyword: str) -> None:
    assert read_pixel_aspect(attributes(**{keyword: [2, 1]}), 0) == 2
    assert read_pixel_aspect(attributes(**{keyword: [1, 4]}), 0) == Fraction(1, 4)


@pytest.mark.parametrize(
    ("spacing", "aspect"),
    [
        (["0.7", "0.7"], SQUARE),
        (["0.3", "0.1"], Fraction(3)),  # in floating point 2.9999999999999996
        (["0.4688", "0.2344"], Fraction(2)),
        (["20", "1"], Fraction(20)),
        (["1", "20"], Fraction(1, 20)),
    ],
)
def test_decimals_are_taken_exactly(spacing: list[str], aspect: Fraction) -> None:
    assert read_pixel_aspect(attributes(PixelSpacing=spacing), 0) == aspect


def test_the_first_source_that_makes_sense_decides() -> None:
    aspects = {"PixelSpacing": [2, 1], "ImagerPixelSpacing": [3, 1], "NominalScannedPixelSpacing": [4, 1]}
    aspects["PixelAspectRatio"] = [5, 1]
    while aspects:
        assert read_pixel_aspect(attributes(**aspects), 0) == next(iter(aspects.values()))[0]
        del aspects[next(iter(aspects))]
    assert read_pixel_aspect(attributes(PixelSpacing=[0, 0], PixelAspectRatio=[5, 1]), 0) == 5


def test_a_frames_own_measures_count_before_the_shared_ones_and_those_before_the_top_level() -> None:
    dataset = attributes(
        PixelSpacing=[5, 1],
        SharedFunctionalGroupsSequence=[measures([3, 1])],
        PerFrameFunctionalGroupsSequence=[measures([2, 1]), Dataset()],
    )
    assert [read_pixel_aspect(dataset, frame_index) for frame_index in range(3)] == [2, 3, 3]
    del dataset.SharedFunctionalGroupsSequence
    assert read_pixel_aspect(dataset, 1) == 5


@pytest.mark.parametrize(
    "spacing",
    [None, "", [1], [1, 2, 3], [0, 1], [1, 0], [-2, 1], ["x", 1], [1, 1e-9], [21, 1], [1, 21], [1e308, 1], ["nan", 1]],
    ids=str,
)
def test_nonsense_means_square_pixels(spacing: Any) -> None:
    dataset = Dataset()
    dataset.add_new("PixelSpacing", "DS", None)
    dataset["PixelSpacing"]._value = spacing  # as a file might hold it
    assert read_pixel_aspect(dataset, 0) == SQUARE


@pytest.mark.parametrize(
    ("aspect", "rows", "columns", "expected"),
    [
        pytest.param(Fraction(2), None, None, (100, 200), id="neither: one pixel for each value"),
        pytest.param(Fraction(2), 100, None, (100, 100), id="rows alone"),  # 200 high, 200 wide
        pytest.param(Fraction(2), None, 100, (100, 100), id="columns alone"),
        pytest.param(Fraction(2), 100, 50, (50, 50), id="both: the narrower one decides"),
        pytest.param(Fraction(2), 50, 100, (50, 50), id="both: the lower one decides"),
        pytest.param(Fraction(1, 2), 100, None, (100, 400), id="flat pixels, rows"),  # 50 high, 200 wide
        pytest.param(Fraction(1, 2), None, 100, (25, 100), id="flat pixels, columns"),
        pytest.param(Fraction(1, 2), 100, 100, (25, 100), id="flat pixels, both"),
        pytest.param(Fraction(4, 3), 200, None, (200, 300), id="133.33 high"),
        pytest.param(Fraction(4, 3), None, 100, (67, 100), id="66.67 is rounded"),
        pytest.param(Fraction(1, 20), None, 8, (1, 8), id="never no row"),
    ],
)
def test_pixels_become_square_when_a_size_is_chosen(
    aspect: Fraction, rows: int | None, columns: int | None, expected: tuple[int, int]
) -> None:
    assert fit_size(100, 200, aspect, rows, columns) == expected


@pytest.mark.parametrize("aspect", [Fraction(20), Fraction(7, 5), SQUARE, Fraction(1, 3), Fraction(1, 20)])
def test_both_maxima_are_kept_and_one_of_them_is_reached(aspect: Fraction) -> None:
    lengths = [1, 3, 97, 512]
    for rows, columns, most_rows, most_columns in (
        (a, b, c, d) for a in lengths for b in lengths for c in lengths for d in lengths
    ):
        fitted = fit_size(rows, columns, aspect, most_rows, most_columns)
        assert fitted[0] <= most_rows and fitted[1] <= most_columns
        assert fitted[0] == most_rows or fitted[1] == most_columns
