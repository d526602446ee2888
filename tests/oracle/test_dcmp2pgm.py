"""The grayscale chain of presentation states, turned and flipped, against DCMTK's `dcmp2pgm`, within one grey level.

`dcmp2pgm` shows the whole image: it knows neither displayed areas nor rectangular, circular and polygonal shutters, and
draws no graphics, text or overlays. The states are those of a larger collection where it lies beside the repository,
those that DCMTK's own `dcmpsmk` makes of images that come with pydicom, and some that are made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_windowing
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage

from tests.support.datasets import make_image, pydicom_file, sample_files, to_file
from tests.support.dcmtk import run
from tests.support.images import assert_similar, decode_picture, greatest_difference
from tests.support.presentation_states import make_item, make_lut, make_reference, make_state
from wado.dicom.stored_image import read_stored_image
from wado.dicom.stored_object import BytesSource, inflate, read_stored_object
from wado.dicom.values import integer, text
from wado.image.grayscale import Rescale, render_grayscale
from wado.image.subtraction import to_words
from wado.presentation.grayscale import read_chain
from wado.presentation.reference import check_reference, refer_to
from wado.presentation.subtraction import Masks, read_difference, read_subtraction

IGNORES_FUNCTION = "DCMTK shows every window as LINEAR; ours is the function of PS3.3 C.11.2.1.3"


WRONG = {"hd_voi_sigmoid.pr.dcm": IGNORES_FUNCTION}
"""Where DCMTK differs and we are right: by the formula."""


def picture_by_dcmtk(state: Path, image: Path, frame_number: int, folder: Path) -> NDArray[np.uint8]:
    output = folder / "picture.pgm"
    result = run("dcmp2pgm", "-q", "-f", str(frame_number), "-p", state, image, output)
    assert result.returncode == 0, result.stderr.decode("ascii", "replace")
    return decode_picture(output.read_bytes())


def our_picture(state: Path, image: Path, frame_number: int) -> NDArray[np.uint8]:
    """The frame through the chain of the state, then turned clockwise, then flipped (PS3.3 C.10.6)."""
    source = inflate(BytesSource(image.read_bytes()))
    stored = read_stored_image(read_stored_object(source), source)
    dataset = read_stored_object(BytesSource(state.read_bytes())).dataset
    reference = refer_to(stored.stored_object.dataset, frame_number - 1)
    check_reference(dataset, reference)
    frame = stored.read_frame(source, frame_number - 1)
    subtraction = read_subtraction(dataset, stored, reference)
    chain = read_chain(dataset, stored, reference, is_subtracted=subtraction is not None)
    words, cell = frame.words, stored.pixel.cell
    if subtraction:
        words, cell = to_words(read_difference(stored, source, frame, subtraction, chain.modality, Masks(1)))
        chain = replace(chain, modality=Rescale())
    shown = render_grayscale(words, cell, chain)
    shown = np.rot90(shown, -(integer(dataset, "ImageRotation", 0) // 90))
    return np.fliplr(shown) if text(dataset, "ImageHorizontalFlip") == "Y" else shown


def compare(state: Path, image: Path, folder: Path, frame_number: int = 1) -> None:
    ours, theirs = our_picture(state, image, frame_number), picture_by_dcmtk(state, image, frame_number, folder)
    assert ours.min() < ours.max(), "there is nothing to compare in a picture of one grey level"
    if state.name in WRONG:
        assert greatest_difference(ours, theirs) > 1, "this is no exception any more"
    else:
        assert_similar(ours, theirs)


GSPS = sample_files("1_gsps")


def collected_images() -> dict[str, Path]:
    """The images of the collection that states can reference, by their UIDs."""
    return {
        str(pydicom.dcmread(path, specific_tags=["SOPInstanceUID"], force=True).get("SOPInstanceUID")): path
        for path in [*sample_files("4_images"), *GSPS]
    }


def is_grayscale_state(path: Path) -> bool:
    dataset = pydicom.dcmread(path, specific_tags=["SOPClassUID"])
    return str(dataset.get("SOPClassUID")) == GrayscaleSoftcopyPresentationStateStorage


def images_of(state: Path) -> Iterable[tuple[str, int]]:
    """The images and their first frames that the state references."""
    for series in pydicom.dcmread(state).ReferencedSeriesSequence:
        for item in series.ReferencedImageSequence:
            frames = item.get("ReferencedFrameNumber") or 1
            yield item.ReferencedSOPInstanceUID, int(frames if isinstance(frames, int) else frames[0])


STATES = [path for path in GSPS if is_grayscale_state(path)]
NO_IMAGE = {"dcmswift__gsps_annotation.dcm": "its image was never published"}


@pytest.fixture(scope="module")
def images() -> dict[str, Path]:
    return collected_images()


@pytest.mark.skipif(not STATES, reason="there is no collection of presentation states beside the repository")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("state", STATES, ids=lambda path: path.name)
def test_the_collections_states_look_as_dcmtk_shows_them(state: Path, images: dict[str, Path], tmp_path: Path) -> None:
    found = [(images[uid], frame_number) for uid, frame_number in images_of(state) if uid in images]
    assert bool(found) != (state.name in NO_IMAGE)
    for image, frame_number in found:
        compare(state, image, tmp_path, frame_number)


UNCOMPRESSED = (
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_implicit.dcm",
    "examples_overlay.dcm",
    "image_dfl.dcm",
)
"""Of the images that come with pydicom."""


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("option", ["+Vl", "+Vw", "-V"])
@pytest.mark.parametrize("name", UNCOMPRESSED)
def test_the_states_that_dcmtk_makes_look_as_dcmtk_shows_them(name: str, option: str, tmp_path: Path) -> None:
    image, state = pydicom_file(name), tmp_path / "state.dcm"
    made = run("dcmpsmk", "-q", option, "-o", image, state)
    assert made.returncode == 0, made.stderr.decode("ascii", "replace")
    compare(state, image, tmp_path)


def ramp(kind: str, first: int, last: int, frames: int = 1) -> NDArray[np.generic]:
    """(frames, 24, 40) cells from the first to the last value; each frame begins a little further on."""
    values = np.linspace(first, last, 24 * 40).round().astype(kind).reshape(24, 40)
    return np.stack([np.roll(values, 7 * frame, axis=1) for frame in range(frames)])


IMAGES = {
    "8 bits": make_image(ramp("u1", 0, 255)[0]),
    "12 bits": make_image(ramp("u2", 0, 4095)[0], bits_stored=12),
    "12 bits, MONOCHROME1": make_image(ramp("u2", 0, 4095)[0], "MONOCHROME1", bits_stored=12),
    "12 bits with sign": make_image(ramp("i2", -2048, 2047)[0], bits_stored=12),
    "16 bits with sign": make_image(ramp("i2", -32768, 32767)[0]),
    "16 bits": make_image(ramp("u2", 0, 65535)[0]),
    "frames": make_image(ramp("u2", 0, 4095, 3), bits_stored=12, is_multi_frame=True),
}

RESCALE = {"RescaleSlope": "1.5", "RescaleIntercept": "-1024", "RescaleType": "US"}


def window(center: float, width: float, *references: Dataset, **attributes: str) -> Dataset:
    item = make_item(WindowCenter=str(center), WindowWidth=str(width), **attributes)
    if references:
        item.ReferencedImageSequence = list(references)
    return item


def curve(descriptor: Sequence[int], *, is_falling: bool = False, **attributes: str) -> Dataset:
    """A table of the descriptor's number of entries and bits, bent like a gamma of 2."""
    positions = np.linspace(0, 1, descriptor[0]) ** 2
    positions = 1 - positions if is_falling else positions
    entries = np.round(positions * (2 ** descriptor[2] - 1)).astype(int)
    return make_lut(descriptor, entries.tolist(), **attributes)


MODALITY_LUT = curve([4096, 0, 16], ModalityLUTType="US")
SIGNED_MODALITY_LUT = curve([4096, -2048, 12], ModalityLUTType="US", is_falling=True)
INVERSE = {"PresentationLUTShape": "INVERSE"}

MADE: list[tuple[str, dict[str, Any]]] = [
    ("8 bits", {}),
    ("8 bits", INVERSE),
    ("12 bits", {}),
    ("12 bits, MONOCHROME1", {}),
    ("12 bits, MONOCHROME1", INVERSE),
    ("12 bits with sign", {}),
    ("16 bits with sign", {}),
    ("16 bits", INVERSE),
    ("12 bits", RESCALE),
    ("12 bits with sign", RESCALE),
    ("12 bits", {"RescaleSlope": "-2", "RescaleIntercept": "100", "RescaleType": "US"}),
    ("12 bits", {"ModalityLUTSequence": [MODALITY_LUT]}),
    ("12 bits with sign", {"ModalityLUTSequence": [SIGNED_MODALITY_LUT]}),
    ("12 bits", {"SoftcopyVOILUTSequence": [window(2000, 1000)]}),
    ("12 bits", {"SoftcopyVOILUTSequence": [window(40, 400)], **RESCALE, **INVERSE}),
    ("12 bits with sign", {"SoftcopyVOILUTSequence": [window(-100, 1500)]}),
    ("12 bits", {"SoftcopyVOILUTSequence": [window(2000, 1)]}),
    ("12 bits", {"SoftcopyVOILUTSequence": [window(2000, 2)]}),
    ("12 bits", {"SoftcopyVOILUTSequence": [window(30000, 40000)], "ModalityLUTSequence": [MODALITY_LUT]}),
    ("12 bits", {"SoftcopyVOILUTSequence": [make_item(VOILUTSequence=[curve([4096, 0, 8])])]}),
    ("12 bits", {"SoftcopyVOILUTSequence": [make_item(VOILUTSequence=[curve([1000, 500, 10])])]}),
    ("12 bits", {"SoftcopyVOILUTSequence": [make_item(VOILUTSequence=[curve([2000, 0, 16], is_falling=True)])]}),
    ("12 bits with sign", {"SoftcopyVOILUTSequence": [make_item(VOILUTSequence=[curve([2000, -1000, 12])])]}),
    ("12 bits", {"SoftcopyVOILUTSequence": [make_item(VOILUTSequence=[curve([3000, -500, 12])])], **RESCALE}),
    ("12 bits", {"PresentationLUTSequence": [curve([256, 0, 8])]}),
    ("12 bits", {"PresentationLUTSequence": [curve([4096, 0, 12], is_falling=True)]}),
    ("16 bits", {"PresentationLUTSequence": [curve([1024, 0, 10])]}),
    ("12 bits", {"PresentationLUTSequence": [curve([256, 0, 16])], "SoftcopyVOILUTSequence": [window(2000, 1000)]}),
    ("12 bits", {"PresentationLUTSequence": [curve([16, 0, 16])], "SoftcopyVOILUTSequence": [window(2000, 3000)]}),
    (
        "12 bits",
        {
            "PresentationLUTSequence": [curve([100, 0, 12])],
            "SoftcopyVOILUTSequence": [make_item(VOILUTSequence=[curve([4096, 0, 10])])],
        },
    ),
    (
        "12 bits",
        {
            "ModalityLUTSequence": [MODALITY_LUT],
            "PresentationLUTSequence": [curve([4096, 0, 16], is_falling=True)],
            "SoftcopyVOILUTSequence": [make_item(VOILUTSequence=[curve([0x8000, 0, 14])])],
        },
    ),
    ("8 bits", {"ImageRotation": 90}),
    ("8 bits", {"ImageRotation": 180, "ImageHorizontalFlip": "Y"}),
    ("8 bits", {"ImageRotation": 270, "ImageHorizontalFlip": "Y"}),
]


def complete(state: Dataset, image: Dataset) -> Dataset:
    """With what DCMTK asks for beyond the chain."""
    area = make_item(PresentationSizeMode="SCALE TO FIT", PresentationPixelAspectRatio=["1", "1"])
    area.DisplayedAreaTopLeftHandCorner = [1, 1]
    area.DisplayedAreaBottomRightHandCorner = [image.Columns, image.Rows]
    state.DisplayedAreaSelectionSequence = [area]
    state.PresentationCreationDate, state.PresentationCreationTime = "20200101", "120000"
    state.ContentLabel, state.ContentDescription, state.ContentCreatorName = "TEST", "", ""
    state.StudyDate = state.StudyTime = state.ReferringPhysicianName = state.StudyID = state.AccessionNumber = ""
    state.PatientBirthDate = state.PatientSex = state.Manufacturer = ""
    state.SeriesNumber, state.InstanceNumber = 1, 1
    if "PresentationLUTSequence" not in state and "PresentationLUTShape" not in state:
        state.PresentationLUTShape = "IDENTITY"
    if "ImageRotation" in state and "ImageHorizontalFlip" not in state:
        state.ImageHorizontalFlip = "N"
    return state


def write_both(state: Dataset, image: Dataset, folder: Path) -> tuple[Path, Path]:
    paths = folder / "state.dcm", folder / "image.dcm"
    for path, dataset in zip(paths, (complete(state, image), image), strict=True):
        path.write_bytes(to_file(dataset))
    return paths


@pytest.mark.parametrize(("name", "attributes"), MADE)
def test_every_attribute_of_the_chain_is_applied_as_dcmtk_does(
    name: str, attributes: dict[str, Any], tmp_path: Path
) -> None:
    compare(*write_both(make_state(**attributes), IMAGES[name], tmp_path), tmp_path)


@pytest.mark.parametrize("frame_number", [1, 2, 3])
def test_each_frame_has_the_window_that_references_it(frame_number: int, tmp_path: Path) -> None:
    windows = [
        window(1000, 1000, make_reference("1.9")),
        window(500, 800, make_reference(frame_numbers=[2])),
        window(3000, 600, make_reference(frame_numbers=[1, 3])),
    ]
    state = make_state(SoftcopyVOILUTSequence=windows)
    compare(*write_both(state, IMAGES["frames"], tmp_path), tmp_path, frame_number)


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("name", ["12 bits", "12 bits with sign", "16 bits with sign"])
def test_the_functions_that_dcmtk_does_not_know_look_as_pydicom_shows_them(
    name: str, function: str, tmp_path: Path
) -> None:
    state = make_state(SoftcopyVOILUTSequence=[window(300, 900, VOILUTFunction=function)])
    ours = our_picture(*write_both(state, IMAGES[name], tmp_path), 1)
    shown = IMAGES[name].copy()
    shown.WindowCenter, shown.WindowWidth, shown.VOILUTFunction = 300, 900, function
    outputs = apply_windowing(shown.pixel_array, shown)
    lowest = -(1 << (shown.BitsStored - 1)) if shown.PixelRepresentation else 0
    assert_similar(ours, np.round((outputs - lowest) / (2**shown.BitsStored - 1) * 255))


AFTER_SUBTRACTION: list[dict[str, Any]] = [
    {"SoftcopyVOILUTSequence": [window(-200, 1500)]},
    {"SoftcopyVOILUTSequence": [window(0, 4000)], **INVERSE},
    {"SoftcopyVOILUTSequence": [make_item(VOILUTSequence=[curve([2000, -1000, 12])])]},
    {"SoftcopyVOILUTSequence": [window(0, 5000)], "PresentationLUTSequence": [curve([1024, 0, 10], is_falling=True)]},
]


@pytest.mark.parametrize("attributes", AFTER_SUBTRACTION)
def test_a_subtracted_frame_looks_as_dcmtk_shows_the_differences_as_an_image(
    attributes: dict[str, Any], tmp_path: Path
) -> None:
    frames = ramp("u2", 0, 4095, 3).astype(np.int16)
    differences = make_image(frames[2] - frames[0])
    theirs = picture_by_dcmtk(*write_both(make_state(**attributes), differences, tmp_path), 1, tmp_path)
    state = make_state(MaskSubtractionSequence=[make_item(MaskOperation="TID", TIDOffset=2)], **attributes)
    state_path, image_path = write_both(state, IMAGES["frames"], tmp_path)
    assert_similar(our_picture(state_path, image_path, 3), theirs)
