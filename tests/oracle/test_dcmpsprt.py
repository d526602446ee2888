"""Displayed areas, turned and flipped, against DCMTK's `dcmpsprt`, which prints what a presentation state shows.

`dcmpsprt` knows areas in the image as it is stored, whatever the turn, and prints them without scaling, in pixels of 12
bits; what lies beyond the image is black.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from tests.support.datasets import make_image, to_file
from tests.support.dcmtk import run
from tests.support.images import assert_similar
from tests.support.presentation_states import make_item, make_state
from tests.support.worker_settings import worker_settings
from wado.dicom.stored_image import read_stored_image
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.job import Job
from wado.media_types import IMAGE_PNG, Category
from wado.presentation.displayed_area import read_displayed_area
from wado.presentation.reference import refer_to
from wado.worker.layout import choose_layout

ROWS, COLUMNS = 80, 120
BITS_OF_A_LEVEL = 4095 / 255

CONFIGURATION = """\
[[GENERAL]]
[PRINT]
Directory = {folder}
MinPrintResolution = 1\\1
MaxPrintResolution = 8192\\8192
[DATABASE]
Directory = {folder}
[[COMMUNICATION]]
[PRINTER]
Aetitle = PRINTER
Hostname = localhost
Port = 10005
Type = LOCALPRINTER
DisplayFormat = 1,1
FilmSizeID = 14INX17IN
MagnificationType = NONE
MediumType = PAPER
ResolutionID = STANDARD
Supports12Bit = true
"""

AREAS = {
    "all": (1, 1, COLUMNS, ROWS),
    "a part": (11, 21, 70, 50),
    "beyond the left and the top": (-9, -4, 70, 50),
    "beyond the right and the bottom": (31, 41, COLUMNS + 20, ROWS + 7),
    "around it": (-19, -29, COLUMNS + 15, ROWS + 35),
    "one pixel": (60, 40, 60, 40),
}
"""Left, top, right and bottom, counted from 1."""


def frame() -> NDArray[np.uint8]:
    """Nowhere symmetric."""
    rows, columns = np.indices((ROWS, COLUMNS))
    return ((columns * 7 + rows * 13 + columns * rows // 11) % 200 + 30).astype(np.uint8)


def make_presentation(area: tuple[int, int, int, int], rotation: int, flip: str) -> Dataset:
    left, top, right, bottom = area
    item = make_item(PresentationSizeMode="SCALE TO FIT", PresentationPixelAspectRatio=["1", "1"])
    item.DisplayedAreaTopLeftHandCorner, item.DisplayedAreaBottomRightHandCorner = [left, top], [right, bottom]
    state = make_state(DisplayedAreaSelectionSequence=[item], ImageRotation=rotation, ImageHorizontalFlip=flip)
    state.PresentationLUTShape = "IDENTITY"
    state.PresentationCreationDate, state.PresentationCreationTime = "20200101", "120000"
    state.ContentLabel, state.ContentDescription, state.ContentCreatorName = "TEST", "", ""
    state.StudyDate = state.StudyTime = state.ReferringPhysicianName = state.StudyID = state.AccessionNumber = ""
    state.PatientBirthDate = state.PatientSex = state.Manufacturer = ""
    state.SeriesNumber, state.InstanceNumber = 1, 1
    return state


def picture_by_dcmtk(state: Dataset, image: Dataset, folder: Path) -> NDArray[np.float64]:
    configuration = folder / "dcmpstat.cfg"
    configuration.write_text(CONFIGURATION.format(folder=folder))
    for name, dataset in (("state.dcm", state), ("image.dcm", image)):
        (folder / name).write_bytes(to_file(dataset))
    arguments = ("-q", "-c", configuration, "-p", "PRINTER", "+p", folder / "state.dcm", folder / "image.dcm")
    result = run("dcmpsprt", *arguments)
    printed = list(folder.glob("HG_*.dcm"))
    assert printed, result.stderr.decode("ascii", "replace")
    pixels = pydicom.dcmread(printed[0]).pixel_array
    return pixels / BITS_OF_A_LEVEL


def our_picture(state: Dataset, image: Dataset) -> NDArray[np.uint8]:
    source = BytesSource(to_file(image))
    stored = read_stored_image(read_stored_object(source), source)
    area = read_displayed_area(state, stored, refer_to(stored.stored_object.dataset, 0))
    job = Job("attachment", 1, Category.SINGLE_FRAME, IMAGE_PNG)
    return choose_layout(job, stored, 0, worker_settings(), area).draw(frame())


@pytest.mark.parametrize(("rotation", "flip"), list(product((0, 90, 180, 270), "NY")))
@pytest.mark.parametrize("name", AREAS)
def test_the_area_is_the_one_that_dcmtk_prints(name: str, rotation: int, flip: str, tmp_path: Path) -> None:
    state, image = make_presentation(AREAS[name], rotation, flip), make_image(frame())
    theirs = np.round(picture_by_dcmtk(state, image, tmp_path)).astype(np.uint8)
    assert_similar(our_picture(state, image), theirs, 1)
