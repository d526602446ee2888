"""Which bits of a bitmap shutter cover the image, by DCMTK's `dcmp2pgm`: of all shutters it draws this one alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.oracle.test_dcmpsprt import AREAS, COLUMNS, ROWS, frame, make_presentation
from tests.support.datasets import make_image, to_file
from tests.support.dcmtk import run
from tests.support.images import assert_similar, decode_picture
from wado.dicom.pixel_aspect import read_pixel_aspect
from wado.image.shutters import close_shutter
from wado.presentation.shutters import read_shutter


@pytest.mark.parametrize("value", [0, 0x8000, 0xFFFF])
def test_a_bitmap_covers_what_it_covers_by_dcmtk(value: int, tmp_path: Path) -> None:
    bits = np.zeros((ROWS, COLUMNS), bool)
    bits[10:20, 30:50] = bits[60:, :7] = bits[33, 44] = True
    state, image = make_presentation(AREAS["all"], 0, "N"), make_image(frame())
    state.ShutterShape, state.ShutterOverlayGroup, state.ShutterPresentationValue = "BITMAP", 0x6000, value
    plane = {0x10: ("US", ROWS), 0x11: ("US", COLUMNS), 0x40: ("CS", "G"), 0x50: ("SS", [1, 1])}
    plane |= {0x100: ("US", 1), 0x102: ("US", 0), 0x3000: ("OW", np.packbits(bits, bitorder="little").tobytes())}
    for element, (value_representation, content) in plane.items():
        state.add_new((0x6000, element), value_representation, content)
    for name, dataset in (("state.dcm", state), ("image.dcm", image)):
        (tmp_path / name).write_bytes(to_file(dataset))
    result = run("dcmp2pgm", "-q", "-p", tmp_path / "state.dcm", tmp_path / "image.dcm", tmp_path / "picture.pgm")
    assert result.returncode == 0, result.stderr.decode("ascii", "replace")
    shutter = read_shutter(state, image, 0, read_pixel_aspect(image, 0))
    assert shutter is not None
    assert_similar(close_shutter(frame(), shutter), decode_picture((tmp_path / "picture.pgm").read_bytes()), 1)
