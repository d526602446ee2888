"""dicom3tools' dciodvfy finds no error in an answer that it does not find in the stored object (PS3.3)."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.datasets import pydicom_files, sample_files
from tests.support.worker_settings import worker_settings
from wado.errors import WadoError
from wado.job import Job
from wado.media_types import APPLICATION_DICOM, Category
from wado.worker.renderers import Renderers

PROGRAM = shutil.which("dciodvfy")
NAMES = (
    *("CT_small.dcm", "MR_small.dcm", "MR_small_RLE.dcm", "rtplan.dcm", "rtdose_1frame.dcm", "reportsi.dcm"),
    *("waveform_ecg.dcm", "examples_rgb_color.dcm", "examples_palette.dcm", "US1_J2KR.dcm", "liver_1frame.dcm"),
    *("highdicom__sm_image.dcm", "highdicom__sm_image_jpegls.dcm", "pydicomdata__liver_j2k.dcm"),
    *("pydicomdata__emri_small.dcm", "highdicom__ct_image.dcm", "highdicom__dx_image.dcm"),
    *("dcmqi__rwvm.dcm", "liver_expb_1frame.dcm", "dicomparser__CT0012.explicit_little_endian.dcm"),
)
FILES = {path.name: path for path in (*pydicom_files(), *sample_files("4_images")) if path.name in NAMES}

JPEG = "1.2.840.10008.1.2.4."
PARAMETERS: dict[str, dict[str, Any]] = {
    "Explicit VR Little Endian": {},
    "UTF-8": {"charsets": ("UTF-8",), "transfer_syntaxes": ("*",)},
    "de-identified": {"anonymize": True, "transfer_syntaxes": ("*",)},
    "de-identified, JPEG-LS": {"anonymize": True, "transfer_syntaxes": (f"{JPEG}80",)},
    "RLE": {"transfer_syntaxes": ("1.2.840.10008.1.2.5",)},
    "JPEG 2000": {"transfer_syntaxes": (f"{JPEG}90",)},
    "JPEG baseline": {"transfer_syntaxes": (f"{JPEG}50",)},
    "near-lossless JPEG-LS": {"transfer_syntaxes": (f"{JPEG}81",)},
    "all together": {
        "anonymize": True,
        "charsets": ("UTF-8",),
        "transfer_syntaxes": (f"{JPEG}91",),
        "image_quality": 80,
    },
}

CONDITIONS = "Attribute present when condition unsatisfied"
ENHANCED_MR = "pydicomdata__emri_small.dcm"
WRONG = {(ENHANCED_MR, "near-lossless JPEG-LS"): CONDITIONS, (ENHANCED_MR, "all together"): CONDITIONS}
"""What the tool says that is wrong. Enhanced MR images: what an ORIGINAL one must have a DERIVED one may have (PS3.3
C.8.13.4, C.8.13.5); the tool says that it may not.
"""


def errors_in(path: Path) -> Counter[str]:
    """Without the values, which differ."""
    assert PROGRAM
    result = subprocess.run([PROGRAM, "-new", str(path)], capture_output=True, timeout=60, check=False)
    lines = (result.stderr + result.stdout).decode("latin-1").splitlines()
    return Counter(re.sub(r"<[^<>/]*>", "<>", line) for line in lines if line.startswith("Error"))


@pytest.fixture(scope="module")
def renderers() -> Renderers:
    return Renderers(worker_settings(anonymize_key="sixteen letters!"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(PROGRAM is None, reason="dciodvfy is not installed (Debian package dicom3tools)")
@pytest.mark.parametrize("parameters", PARAMETERS)
@pytest.mark.parametrize("name", FILES)
def test_there_is_no_new_error(name: str, parameters: str, renderers: Renderers, tmp_path: Path) -> None:
    stored, answer = FILES[name], tmp_path / "answer.dcm"
    with stored.open("rb") as file:
        size = stored.stat().st_size
        job = Job(name, size, Category.OTHER.value, APPLICATION_DICOM, **PARAMETERS[parameters])
        try:
            made = renderers.render(job, file.fileno())
        except WadoError as refusal:
            pytest.skip(f"it cannot be had: {refusal.message}")
        assert made.file is not None
        with open(made.file, "rb", closefd=made.file != file.fileno()) as content:
            content.seek(0)
            answer.write_bytes(content.read())
    found = errors_in(answer) - errors_in(stored)
    wrong = WRONG.get((name, parameters))
    if wrong is not None:
        assert all(wrong in error for error in found) and found, "it no longer says what is wrong"
    else:
        assert found == Counter()
