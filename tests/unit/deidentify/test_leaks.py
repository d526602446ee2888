"""No original value of anything removed is anywhere in the bytes that are written, in whatever encoding."""

from __future__ import annotations

import io
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import make_object, pydicom_file, pydicom_files, sample_files, to_file
from tests.unit.deidentify.leaks import deidentified, leaks
from tests.unit.deidentify.objects import element, policy
from wado.deidentify.options import Option
from wado.errors import NotAcceptable

FOLDERS = ("1_gsps", "2_sr", "3_charset", "4_images")
FILES = [*pydicom_files(), *(path for folder in FOLDERS for path in sample_files(folder))]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_value_that_is_removed_is_left(path: Path) -> None:
    try:
        assert leaks(path.read_bytes(), policy()) == []
    except NotAcceptable:
        return  # nothing is sent of an object that cannot be read


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_option_brings_back_who_it_was(path: Path) -> None:
    every_option = frozenset(Option) - {Option.RETAIN_UIDS}
    try:
        assert leaks(path.read_bytes(), policy(*every_option), only_who=True) == []
    except NotAcceptable:
        return


@pytest.mark.skipif(not sample_files("5_broken"), reason="the larger collection is not beside the repository")
@pytest.mark.filterwarnings("ignore")
def test_no_value_is_left_of_what_is_broken() -> None:
    for path in sample_files("5_broken"):
        try:
            assert leaks(path.read_bytes(), policy()) == [], path.name
        except NotAcceptable:
            continue


def test_the_search_finds_a_value_that_is_left() -> None:
    content = to_file(make_object(PatientID="4711-0815", SeriesInstanceUID="1.2.3.4711.815"))
    written, _ = deidentified(content, policy(Option.RETAIN_UIDS))
    assert b"4711-0815" not in written
    assert leaks(content, policy(Option.RETAIN_UIDS)) == ["0020000E"]


def test_the_references_between_objects_still_resolve() -> None:
    image = make_object(StudyInstanceUID="1.2.3.1", SeriesInstanceUID="1.2.3.2", SOPInstanceUID="1.2.3.3")
    image.FrameOfReferenceUID = "1.2.3.4"
    state = make_object(StudyInstanceUID="1.2.3.1", SeriesInstanceUID="1.2.3.5", SOPInstanceUID="1.2.3.6")
    reference, series = Dataset(), Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = image.SOPClassUID, "1.2.3.3"
    reference.ReferencedFrameOfReferenceUID = "1.2.3.4"
    series.SeriesInstanceUID, series.ReferencedImageSequence = "1.2.3.2", [reference]
    state.ReferencedSeriesSequence = [series]
    image, state = (pydicom.dcmread(io.BytesIO(deidentified(to_file(made), policy())[0])) for made in (image, state))
    referred = state.ReferencedSeriesSequence[0]
    assert state.StudyInstanceUID == image.StudyInstanceUID != "1.2.3.1"
    assert referred.SeriesInstanceUID == image.SeriesInstanceUID
    assert referred.ReferencedImageSequence[0].ReferencedSOPInstanceUID == image.SOPInstanceUID
    assert referred.ReferencedImageSequence[0].ReferencedFrameOfReferenceUID == image.FrameOfReferenceUID


def test_equal_objects_give_equal_bytes() -> None:
    content = to_file(make_object(PatientID="4711"))
    assert deidentified(content, policy()) == deidentified(content, policy())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["reportsi.dcm", "test-SR.dcm", "waveform_ecg.dcm", "CT_small.dcm", "rtplan.dcm"])
def test_what_is_done_again_changes_only_the_pseudonym(name: str) -> None:
    once, _ = deidentified(pydicom_file(name).read_bytes(), policy())
    twice, _ = deidentified(once, policy())
    first, second = (pydicom.dcmread(io.BytesIO(written)) for written in (once, twice))
    assert second.PatientID != first.PatientID
    second.PatientName, second.PatientID = first.PatientName, first.PatientID
    assert first == second


def test_what_is_recorded_has_its_own_vr() -> None:
    dataset = make_object(PatientID="4711")
    dataset.add(element(0x00280303, "SH", "UNMODIFIED"))
    dataset.add(element(0x00120062, "LO", "NO"))
    written = pydicom.dcmread(io.BytesIO(deidentified(to_file(dataset), policy())[0]))
    assert (written["LongitudinalTemporalInformationModified"].VR, written["PatientIdentityRemoved"].VR) == ("CS", "CS")
    assert (written.LongitudinalTemporalInformationModified, written.PatientIdentityRemoved) == ("REMOVED", "YES")
