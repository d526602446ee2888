"""Which frames a state subtracts from which, and what is left (PS3.3 C.11.13, C.7.6.10.1; PS3.4 N.2.1.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless

from tests.support.datasets import make_image, to_file, with_codestreams
from tests.support.presentation_states import IMAGE_UID, make_item, make_lut, make_state
from wado.dicom.stored_image import StoredImage, read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.errors import BadRequest, NotAcceptable
from wado.image.color import Palette, render_pseudo_color
from wado.image.grayscale import Rescale, render_grayscale
from wado.image.subtraction import Differences, to_words
from wado.presentation.grayscale import read_chain
from wado.presentation.reference import FrameReference
from wado.presentation.subtraction import Mask, Masks, Subtraction, has_mask, read_difference, read_subtraction

FRAMES = np.array([[[100, 200]], [[110, 180]], [[150, 160]], [[4000, 0]]], np.uint16)
"""Four frames of two pixels."""


def open_image(dataset: Dataset | None = None, **attributes: Any) -> tuple[StoredImage, BytesSource]:
    made = make_image(FRAMES, bits_stored=12, is_multi_frame=True, **attributes) if dataset is None else dataset
    source = BytesSource(to_file(made))
    return read_stored_image(read_stored_object(source), source), source


IMAGE, SOURCE = open_image()


def state_of(operation: str = "AVG_SUB", top: dict[str, Any] | None = None, **attributes: Any) -> Dataset:
    mask = make_item(MaskOperation=operation, **attributes)
    return make_state(**{"MaskSubtractionSequence": [mask], "RecommendedViewingMode": "SUB", **(top or {})})


def read(state: Dataset, frame_number: int = 2, image: StoredImage = IMAGE) -> Subtraction | None:
    return read_subtraction(state, image, FrameReference(IMAGE_UID, frame_number))


def difference(state: Dataset, frame_number: int) -> Differences:
    reference = FrameReference(IMAGE_UID, frame_number)
    subtraction = read_subtraction(state, IMAGE, reference)
    assert subtraction is not None
    frame = IMAGE.read_frame(SOURCE, frame_number - 1)
    modality = read_chain(state, IMAGE, reference, is_subtracted=True).modality
    return read_difference(IMAGE, SOURCE, frame, subtraction, modality, Masks(1))


def test_a_state_without_a_mask_subtracts_nothing() -> None:
    assert read(make_state()) is None
    assert read(state_of("NONE")) is None
    assert read(state_of(MaskFrameNumbers=1, top={"RecommendedViewingMode": "NAT"})) is None


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"MaskFrameNumbers": 1}, Subtraction((1,), Mask((0,)))),
        ({"MaskFrameNumbers": [1, 4]}, Subtraction((1,), Mask((0, 3)))),
        ({"MaskFrameNumbers": 1, "ContrastFrameAveraging": 2}, Subtraction((1, 2), Mask((0,)))),
        ({"MaskFrameNumbers": 1, "ContrastFrameAveraging": 3}, Subtraction((1, 2, 3), Mask((0,)))),
        ({"MaskFrameNumbers": 1, "MaskSubPixelShift": [0.5, -2.25]}, Subtraction((1,), Mask((0,), 0.5, -2.25))),
        ({"MaskFrameNumbers": 1, "ApplicableFrameRange": [1, 1, 2, 3]}, Subtraction((1,), Mask((0,)))),
        ({"MaskOperation": "TID", "TIDOffset": 1}, Subtraction((1,), Mask((0,)))),
        ({"MaskOperation": "TID"}, Subtraction((1,), Mask((0,)))),
        ({"MaskOperation": "TID", "TIDOffset": None}, Subtraction((1,), Mask((0,)))),
        ({"MaskOperation": "TID", "TIDOffset": -2}, Subtraction((1,), Mask((3,)))),
        ({"MaskOperation": "TID", "TIDOffset": 1, "MaskSubPixelShift": [1, 0]}, Subtraction((1,), Mask((0,), 1.0))),
    ],
)
def test_the_frames_are_found_by_the_operation(attributes: dict[str, Any], expected: Subtraction) -> None:
    assert read(state_of(**{"operation": attributes.pop("MaskOperation", "AVG_SUB"), **attributes})) == expected


def test_of_several_masks_the_first_that_is_applicable_counts() -> None:
    masks = [
        make_item(MaskOperation="AVG_SUB", MaskFrameNumbers=number, ApplicableFrameRange=[number + 1, number + 1])
        for number in (1, 2, 3)
    ]
    state = make_state(MaskSubtractionSequence=masks)
    assert [read(state, number) for number in (2, 3, 4)] == [
        Subtraction((number - 1,), Mask((number - 2,))) for number in (2, 3, 4)
    ]
    with pytest.raises(BadRequest, match=r"Applicable Frame Range \(0028,6102\) leaves out this frame"):
        read(state, 1)


@pytest.mark.parametrize(
    ("state", "frames"),
    [
        (make_state(), [1, 2, 3, 4]),
        (state_of("NONE"), [1, 2, 3, 4]),
        (state_of("TID"), [2, 3, 4]),
        (state_of("TID", TIDOffset=2), [3, 4]),
        (state_of("TID", TIDOffset=-1), [1, 2, 3]),
        (state_of("TID", TIDOffset=9), []),
        (state_of("TID", TIDOffset=2, top={"RecommendedViewingMode": "NAT"}), [1, 2, 3, 4]),
        (state_of("TID", ContrastFrameAveraging=2), [2, 3]),
        (state_of(MaskFrameNumbers=1), [1, 2, 3, 4]),
        (state_of(MaskFrameNumbers=1, ContrastFrameAveraging=3), [1, 2]),
        (state_of(MaskFrameNumbers=1, ApplicableFrameRange=[2, 2, 4, 4]), [2, 4]),
        (state_of("TID", ApplicableFrameRange=[1, 2]), [1, 2]),
    ],
)
def test_some_frames_have_a_mask(state: Dataset, frames: list[int]) -> None:
    """By Applicable Frame Range, or what PS3.3 C.7.6.10.1.1 has in its place."""
    assert [number for number in range(1, 5) if has_mask(state, number, 4)] == frames


MALFORMED = [
    (state_of("REV_TID"), r"Mask Operation \(0028,6101\) is none of AVG_SUB, TID"),
    (state_of(""), r"Mask Operation \(0028,6101\)"),
    (state_of(), r"Mask Frame Numbers \(0028,6110\) is absent"),
    (state_of(MaskFrameNumbers=[1, 5]), r"Mask Frame Numbers \(0028,6110\) names a frame"),
    (state_of(MaskFrameNumbers=0), r"Mask Frame Numbers \(0028,6110\) names a frame"),
    (state_of(MaskFrameNumbers=1, ContrastFrameAveraging=4), r"Contrast Frame Averaging \(0028,6112\) asks for more"),
    (state_of(MaskFrameNumbers=1, ContrastFrameAveraging=0), r"Contrast Frame Averaging \(0028,6112\) is less than 1"),
    (state_of(MaskFrameNumbers=1, MaskSubPixelShift=1.0), r"Mask Sub-pixel Shift \(0028,6114\) is not two numbers"),
    (state_of(MaskFrameNumbers=1, ApplicableFrameRange=[1, 2, 3]), r"Applicable Frame Range \(0028,6102\)"),
    (state_of("TID", TIDOffset=0), r"TID Offset \(0028,6120\) is 0"),
    (state_of("TID", TIDOffset=2), r"TID Offset \(0028,6120\) leads to a frame"),
    (state_of("TID", TIDOffset=-3), r"TID Offset \(0028,6120\) leads to a frame"),
    (state_of(MaskFrameNumbers=1, top={"RecommendedViewingMode": "ADD"}), r"Recommended Viewing Mode \(0028,1090\)"),
]


@pytest.mark.parametrize(("state", "named"), MALFORMED, ids=[named for _, named in MALFORMED])
def test_what_is_malformed_is_named_and_refused(state: Dataset, named: str) -> None:
    with pytest.raises(BadRequest, match=named) as caught:
        read(state)
    assert caught.value.parameter == "presentationUID"


def test_x_ray_intensities_are_not_subtracted_without_their_logarithms() -> None:
    linear, _ = open_image(PixelIntensityRelationship="LIN")
    with pytest.raises(BadRequest, match=r"Modality LUT Sequence \(0028,3000\) is absent"):
        read(state_of(MaskFrameNumbers=1), image=linear)
    table = make_lut([2, 0, 16], [1, 2])
    assert read(state_of(MaskFrameNumbers=1, top={"ModalityLUTSequence": [table]}), image=linear)
    logarithmic, _ = open_image(PixelIntensityRelationship="LOG")
    assert read(state_of(MaskFrameNumbers=1), image=logarithmic)


@pytest.mark.parametrize(
    ("state", "frame_number", "expected"),
    [
        pytest.param(state_of(MaskFrameNumbers=1), 2, [[10, -20]], id="one mask"),
        pytest.param(state_of(MaskFrameNumbers=1), 4, [[3900, -200]], id="black and white"),
        pytest.param(state_of(MaskFrameNumbers=1), 1, [[0, 0]], id="the mask itself"),
        pytest.param(state_of(MaskFrameNumbers=[1, 2]), 3, [[45, -30]], id="the mean of two"),
        pytest.param(
            state_of(MaskFrameNumbers=1, ContrastFrameAveraging=2), 2, [[30, -30]], id="the mean of two frames"
        ),
        pytest.param(state_of("TID", TIDOffset=1), 3, [[40, -20]], id="the frame before"),
        pytest.param(state_of("TID", TIDOffset=-1), 2, [[-40, 20]], id="the frame behind"),
        # The mask 100, 200 becomes 150, 200.
        pytest.param(state_of(MaskFrameNumbers=1, MaskSubPixelShift=[0, 0.5]), 2, [[-40, -20]], id="moved to the left"),
        pytest.param(
            state_of(MaskFrameNumbers=1, top={"RescaleSlope": 2, "RescaleIntercept": -1024}),
            2,
            [[20, -40]],
            id="rescale",
        ),
    ],
)
def test_what_is_left_is_the_difference_of_modality_values(
    state: Dataset, frame_number: int, expected: list[list[float]]
) -> None:
    assert difference(state, frame_number).tolist() == expected


def test_a_modality_lut_is_applied_before_the_subtraction() -> None:
    # Of squares: 110 * 110 - 100 * 100, 180 * 180 - 200 * 200.
    squares = make_lut([256, 0, 16], [value * value for value in range(256)])
    state = state_of(MaskFrameNumbers=1, top={"ModalityLUTSequence": [squares]})
    assert difference(state, 2).tolist() == [[2100, -7600]]


def shown(state: Dataset, frame_number: int, palette: Palette | None = None) -> list[int]:
    reference = FrameReference(IMAGE_UID, frame_number)
    chain = replace(read_chain(state, IMAGE, reference, is_subtracted=True), modality=Rescale())
    words, cell = to_words(difference(state, frame_number))
    if palette:
        picture = render_pseudo_color(words, cell, chain, palette)[..., 0]
    else:
        picture = render_grayscale(words, cell, chain)
    return [int(level) for level in picture[0]]


def test_the_window_is_that_of_differences() -> None:
    # (10 + 20) / 40 * 255 = 191.25, (-20 + 20) / 40 * 255 = 0
    window = make_item(WindowCenter=0, WindowWidth=40, VOILUTFunction="LINEAR_EXACT")
    state = state_of(MaskFrameNumbers=1, top={"SoftcopyVOILUTSequence": [window]})
    assert shown(state, 2) == [191, 0]
    assert shown(state, 1) == [128, 128]
    assert shown(state, 1, Palette(0, bytes([9, 0, 0, 8, 0, 0, 7, 0, 0]))) == [8, 8]


def test_a_voi_lut_begins_below_zero() -> None:
    table = make_lut([3, -1, 8], [50, 100, 150])
    state = state_of(MaskFrameNumbers=1, top={"SoftcopyVOILUTSequence": [make_item(VOILUTSequence=[table])]})
    assert shown(state, 1) == [100, 100]
    assert shown(state, 2) == [150, 50]


def test_without_a_window_no_difference_is_half_way_to_white() -> None:
    # (3900 + 4095) / 8190 * 255 = 248.9, (-200 + 4095) / 8190 * 255 = 121.3
    state = state_of(MaskFrameNumbers=1)
    assert (shown(state, 1), shown(state, 4)) == ([128, 128], [249, 121])


def test_a_mask_is_made_once() -> None:
    masks, modality = Masks(1), Rescale()
    state = state_of(MaskFrameNumbers=[1, 2])
    subtraction = read(state, 3)
    assert subtraction is not None
    frame = IMAGE.read_frame(SOURCE, 2)
    first = read_difference(IMAGE, SOURCE, frame, subtraction, modality, masks)
    again = read_difference(IMAGE, BytesSource(b""), frame, subtraction, modality, masks)
    np.testing.assert_array_equal(first, again)
    with pytest.raises(NotAcceptable):
        read_difference(IMAGE, BytesSource(b""), frame, subtraction, Rescale(2), masks)
    with pytest.raises(NotAcceptable):
        read_difference(open_image()[0], BytesSource(b""), frame, subtraction, modality, masks)


def test_a_mask_that_cannot_be_decoded_is_the_images_fault() -> None:
    dataset = make_image(FRAMES, bits_stored=12, is_multi_frame=True)
    image, source = open_image(with_codestreams(dataset, JPEG2000Lossless, [b"no", b"codestream", b"at", b"all!"]))
    with pytest.raises(NotAcceptable, match="Pixel Data"):
        read_difference(image, source, IMAGE.read_frame(SOURCE, 1), Subtraction((1,), Mask((0,))), Rescale(), Masks(1))
