"""Transcoded objects read by programs that are not ours: DCMTK and GDCM give back the stored pixels."""

from __future__ import annotations

import copy
import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pixel_array

from tests.support import dcmtk
from tests.support.datasets import Array, to_file
from tests.support.images import render, rewritten
from tests.support.object_kinds import KINDS
from wado.media_types import APPLICATION_DICOM

JPEG = "1.2.840.10008.1.2.4."
RLE, DEFLATED = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.1.99"
PROGRAMS = {
    RLE: ("dcmdrle",),
    DEFLATED: ("dcmconv", "+te"),
    **{f"{JPEG}{suffix}": ("dcmdjpeg", "+cn") for suffix in ("50", "51", "57", "70")},
    f"{JPEG}80": ("dcmdjpls",),
    f"{JPEG}81": ("dcmdjpls",),
}
GDCM = [*(f"{JPEG}{suffix}" for suffix in ("57", "70", "80", "90")), RLE]
EVERY = [*PROGRAMS, *(f"{JPEG}{suffix}" for suffix in ("90", "91", "201", "202", "203"))]
LOSSY = [f"{JPEG}{suffix}" for suffix in ("50", "51", "81", "91", "203")]

IMAGES = [name for name in KINDS if name not in ("report", "float", "overlay in pixels")]
NOT_BY_GDCM = {("rgb 16", RLE): "GDCM mixes up the bytes of deep colours; DCMTK and pydicom do not"}


def file_of(name: str, uid: str, folder: Path) -> Path:
    """The kind of object in the transfer syntax; skips where that cannot hold it."""
    content = rewritten(to_file(KINDS[name]), uid)
    if pydicom.dcmread(io.BytesIO(content)).file_meta.TransferSyntaxUID != uid:
        pytest.skip("it cannot be had in this transfer syntax")
    path = folder / "answer.dcm"
    path.write_bytes(content)
    return path


def pixels(dataset: Dataset) -> Array:
    return pixel_array(dataset, raw=True)


def assert_same_pixels(dataset: Dataset, name: str, uid: str) -> None:
    theirs, ours = pixels(dataset).astype(np.int64), pixels(KINDS[name]).astype(np.int64)
    if uid in LOSSY and KINDS[name].SamplesPerPixel == 3 and dataset.PhotometricInterpretation.startswith("YBR"):
        assert theirs.shape == ours.shape  # other colours than the stored ones
    elif uid in LOSSY:
        assert np.abs(theirs - ours).max() <= np.ptp(ours) / 12
    else:
        np.testing.assert_array_equal(theirs, ours)


@pytest.mark.parametrize("uid", PROGRAMS)
@pytest.mark.parametrize("name", IMAGES)
def test_dcmtk_decodes_it(name: str, uid: str, tmp_path: Path) -> None:
    path = file_of(name, uid, tmp_path)
    program, *options = PROGRAMS[uid]
    result = dcmtk.run(program, *options, path, tmp_path / "decoded.dcm")
    assert result.returncode == 0, result.stderr
    assert_same_pixels(pydicom.dcmread(tmp_path / "decoded.dcm"), name, uid)


@pytest.mark.parametrize("uid", GDCM)
@pytest.mark.parametrize("name", IMAGES)
def test_gdcm_decodes_it(name: str, uid: str, tmp_path: Path) -> None:
    program = shutil.which("gdcmconv")
    if program is None:
        pytest.skip("gdcmconv is not installed (Debian package libgdcm-tools)")
    if (name, uid) in NOT_BY_GDCM:
        pytest.skip(NOT_BY_GDCM[name, uid])
    path = file_of(name, uid, tmp_path)
    command = [program, "--raw", str(path), str(tmp_path / "decoded.dcm")]
    result = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert_same_pixels(pydicom.dcmread(tmp_path / "decoded.dcm"), name, uid)


@pytest.mark.parametrize("uid", ["*", *GDCM])
@pytest.mark.parametrize("name", IMAGES)
def test_gdcm_decodes_it_when_it_is_de_identified_and_in_unicode(name: str, uid: str, tmp_path: Path) -> None:
    program = shutil.which("gdcmconv")
    if program is None:
        pytest.skip("gdcmconv is not installed (Debian package libgdcm-tools)")
    if (name, uid) in NOT_BY_GDCM:
        pytest.skip(NOT_BY_GDCM[name, uid])
    dataset = copy.deepcopy(KINDS[name])
    dataset.SpecificCharacterSet, dataset.PatientName, dataset.BurnedInAnnotation = "ISO_IR 100", "Müller^Jörg", "NO"
    parameters = {"anonymize": True, "charsets": ("UTF-8",), "transfer_syntaxes": (uid,)}
    content = render(to_file(dataset), APPLICATION_DICOM, anonymize_key="sixteen letters!", **parameters)
    (tmp_path / "answer.dcm").write_bytes(content)
    command = [program, "--raw", str(tmp_path / "answer.dcm"), str(tmp_path / "decoded.dcm")]
    result = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    decoded = pydicom.dcmread(tmp_path / "decoded.dcm")
    assert decoded.PatientIdentityRemoved == "YES" and decoded.SpecificCharacterSet == "ISO_IR 192"
    assert decoded.PatientName != dataset.PatientName and decoded.SOPInstanceUID != dataset.SOPInstanceUID
    assert_same_pixels(decoded, name, uid)


@pytest.mark.parametrize("uid", EVERY)
@pytest.mark.parametrize("name", KINDS)
def test_dcmtk_reads_it_to_its_end(name: str, uid: str, tmp_path: Path) -> None:
    path = file_of(name, uid, tmp_path)
    dcmtk.assert_is_part10(path)
    assert dcmtk.dump(path)
