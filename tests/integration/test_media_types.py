"""Every file that comes with pydicom, in every media type: whatever the answer is, it is what it says it is."""

from __future__ import annotations

import io
from pathlib import Path

import pydicom
import pytest
from PIL import Image
from pydicom.dataset import FileDataset
from pydicom.uid import JPEGBaseline8Bit

from tests.integration.objects import Parameters, begins_as_its_type, new_uids, uids_of
from tests.support.datasets import pydicom_files
from tests.support.http_client import Answer
from tests.support.orthanc_process import OrthancProcess
from tests.support.signatures import is_of_media_type
from wado.media_types import SR_DOCUMENT_CLASSES

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # some of the files are meant to be malformed

VARIATIONS: dict[str, Parameters] = {
    "plain": {},
    "frame": {"frameNumber": 1},
    "window": {"windowCenter": 100, "windowWidth": 200},
    "size": {"rows": 50, "columns": 60},
    "annotation": {"annotation": "patient,technique", "region": "0,0,1,1"},
    "all": {"frameNumber": 1, "windowCenter": 100, "windowWidth": 200, "rows": 50, "imageQuality": 50},
    "a frame that few objects have": {"frameNumber": 7},
}
REFUSALS = {400, 404, 406, 501}


@pytest.fixture(scope="module", params=pydicom_files(), ids=lambda path: path.name)
def stored(request: pytest.FixtureRequest, orthanc: OrthancProcess) -> FileDataset:
    """The header of a file that Orthanc has accepted."""
    content = with_uids(request.param)
    answer = orthanc.store(content)
    if answer.status != 200:
        pytest.skip(f"Orthanc does not accept it: {answer.status}")
    return pydicom.dcmread(io.BytesIO(content), force=True, stop_before_pixels=True)


def with_uids(path: Path) -> bytes:
    """The file, with those UIDs that it lacks."""
    dataset = pydicom.dcmread(path, force=True)
    if dataset.get("SOPInstanceUID") and dataset.get("SeriesInstanceUID") and dataset.get("StudyInstanceUID"):
        return path.read_bytes()
    for keyword, value in new_uids().items():
        setattr(dataset, keyword, value)
    file = io.BytesIO()
    pydicom.dcmwrite(file, dataset)
    return file.getvalue()


@pytest.mark.parametrize("variation", VARIATIONS.values(), ids=VARIATIONS.keys())
@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/gif", "image/jp2", "image/webp"])
def test_a_picture_is_of_its_type_and_size_or_refused(
    orthanc: OrthancProcess, stored: FileDataset, media_type: str, variation: Parameters
) -> None:
    answer = orthanc.wado(uids_of(stored) | variation | {"contentType": media_type})
    if answer.status != 200:
        assert_refused(answer)
        return
    if stored.SOPClassUID in SR_DOCUMENT_CLASSES:
        assert answer.media_type == "text/html"  # as for every report in a type that it does not come in (7.3.2)
        return
    assert answer.media_type == media_type
    assert is_of_media_type(answer.body, media_type)
    with Image.open(io.BytesIO(answer.body)) as picture:
        picture.load()
        assert fits(picture.size, (stored.Columns, stored.Rows), pixel_aspect(stored), variation)


@pytest.mark.parametrize("transfer_syntax", [None, "*", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50"])
def test_a_dicom_file_is_the_same_object_or_refused(
    orthanc: OrthancProcess, stored: FileDataset, transfer_syntax: str | None
) -> None:
    answer = orthanc.wado(uids_of(stored) | {"contentType": "application/dicom", "transferSyntax": transfer_syntax})
    if answer.status != 200:
        assert_refused(answer)
        return
    assert answer.media_type == "application/dicom"
    assert begins_as_its_type(answer)
    dataset = pydicom.dcmread(io.BytesIO(answer.body), stop_before_pixels=True)
    made_from = [item.get("ReferencedSOPInstanceUID") for item in dataset.get("SourceImageSequence") or ()]
    is_lossy = transfer_syntax_of(dataset) == JPEGBaseline8Bit != transfer_syntax_of(stored)
    assert (dataset.SOPInstanceUID != stored.SOPInstanceUID) == is_lossy
    assert not is_lossy or stored.SOPInstanceUID in made_from
    if transfer_syntax is None:
        assert dataset.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"


@pytest.mark.parametrize("media_type", [None, "text/html", "text/plain", "image/gif", "image/jp2", "video/mpeg", "a/b"])
def test_any_other_type_is_made_or_refused(
    orthanc: OrthancProcess, stored: FileDataset, media_type: str | None
) -> None:
    answer = orthanc.wado(uids_of(stored) | {"contentType": media_type})
    if answer.status != 200:
        assert_refused(answer)
    elif media_type is not None and answer.media_type != "text/html":  # which a report falls back to (7.3.2)
        assert answer.media_type == media_type


def transfer_syntax_of(dataset: FileDataset) -> str | None:
    uid: str | None = dataset.file_meta.get("TransferSyntaxUID")
    return uid


def assert_refused(answer: Answer) -> None:
    assert answer.status in REFUSALS, answer
    assert answer.media_type == "text/plain"
    assert answer.text.startswith(str(answer.status))


def pixel_aspect(dataset: FileDataset) -> float:
    """Height over width of a pixel."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio"):
        if dataset.get(keyword):
            return float(dataset[keyword].value[0]) / float(dataset[keyword].value[1])
    return 1.0


def fits(size: tuple[int, int], matrix: tuple[int, int], aspect: float, parameters: Parameters) -> bool:
    """Whether columns and rows are the object's own, or scaled to the maxima with square pixels."""
    if "rows" not in parameters:
        return size == matrix
    original = (matrix[0], matrix[1] * aspect)
    factor = min(
        int(str(parameters[name])) / length
        for name, length in zip(("columns", "rows"), original, strict=True)
        if name in parameters
    )
    return all(
        abs(made - length * factor) <= 0.5 + 1e-9 or made == 1 for made, length in zip(size, original, strict=True)
    )
