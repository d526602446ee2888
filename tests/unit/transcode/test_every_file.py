"""Every file that comes with pydicom, in Explicit VR Little Endian: the same elements, and the same pixels."""

from __future__ import annotations

import io
import warnings
from functools import cache
from pathlib import Path

import pydicom
import pytest
from pydicom import config
from pydicom.dataset import FileDataset
from pydicom.pixels.utils import pixel_array
from pydicom.uid import ExplicitVRLittleEndian

from tests.support import dcmtk
from tests.support.datasets import Array, pydicom_files
from tests.support.images import assert_equal, assert_similar, rewritten
from tests.unit.transcode.objects import differences
from wado.dicom.stored_object import BytesSource, inflate, read_stored_object
from wado.errors import NotAcceptable
from wado.transcode.decompress import write_uncompressed

REFUSED = {
    "JPEG2000-embedded-sequence-delimiter.dcm": "the codestream's width is overwritten by a delimiter",
    "MR_truncated.dcm": "the pixel data are cut short",
    "rtplan_truncated.dcm": "a value is cut short",
    "no_meta.dcm": "begins with a byte too many, so that nothing stands where it should",
}

CHANGED = {"(0028,0004)", "(0028,0006)", "(0028,0100)", "(7FE0,0001)", "(7FE0,0002)"}
"""What describes compressed pixels: Photometric Interpretation, planes, cells, offset tables."""

CHANGED |= {"(0028,2110)", "(0028,2112)", "(0028,2114)"}
"""That they have lost something, which the transfer syntax alone may have told."""

FILES = [path for path in pydicom_files() if path.name not in REFUSED]
IMAGES = [path for path in FILES if any(tag in path.read_bytes() for tag in (b"\xe0\x7f\x10\0", b"\x7f\xe0\0\x10"))]
IMAGES += [path for path in FILES if path.name == "image_dfl.dcm"]
BY_NAME = {path.name: path for path in pydicom_files()}

LOSSY_JPEG = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51")


@cache
def as_explicit(path: Path) -> bytes:
    """Rewritten even where the file is in that syntax and would be given as it is."""
    source, answer = BytesSource(path.read_bytes()), io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_uncompressed(read_stored_object(source), inflate(source), answer)
    return answer.getvalue()


def read(content: bytes | Path) -> FileDataset:
    return pydicom.dcmread(io.BytesIO(content) if isinstance(content, bytes) else content, force=True)


def decode(dataset: FileDataset, *, raw: bool) -> Array | None:
    """As pydicom does, by Pillow where that can; none where no decoder is at hand."""
    for plugin in ("pillow", ""):
        try:
            return pixel_array(dataset, raw=raw, decoding_plugin=plugin)
        except (RuntimeError, ValueError, NotImplementedError, AttributeError):
            continue
    return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_elements_are_the_same(path: Path) -> None:
    config.settings.reading_validation_mode = config.IGNORE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored, answer = read(path), read(as_explicit(path))
        found = list(differences(stored, answer, is_big_endian=stored.original_encoding[1] is False))
    assert answer.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert [each for each in found if each.split(" ")[0] not in CHANGED] == []
    if not stored.file_meta.get("TransferSyntaxUID", ExplicitVRLittleEndian).is_encapsulated:
        assert found == []


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)
def test_the_pixels_are_the_same(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored, answer = read(path), read(as_explicit(path))
        has_same_colours = stored.get("PhotometricInterpretation") == answer.get("PhotometricInterpretation")
        expected = decode(stored, raw=has_same_colours)
        if expected is None:
            pytest.skip("pydicom has no decoder for this here")
        pixels = decode(answer, raw=has_same_colours)
    assert pixels is not None
    if stored.file_meta.get("TransferSyntaxUID") in LOSSY_JPEG:
        assert_similar(pixels, expected, 1 if has_same_colours else 4)
    else:
        assert_equal(pixels, expected)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_dcmtk_reads_the_answer_to_its_end(path: Path, tmp_path: Path) -> None:
    answer = tmp_path / "answer.dcm"
    answer.write_bytes(as_explicit(path))
    dcmtk.assert_is_part10(answer)
    assert "(0002,0010) UI =LittleEndianExplicit" in dcmtk.dump(answer)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_whole_is_refused(name: str) -> None:
    with pytest.raises(NotAcceptable):
        as_explicit(BY_NAME[name])


@pytest.mark.parametrize("path", pydicom_files(), ids=lambda path: path.name)
def test_the_object_as_stored_has_the_stored_bytes(path: Path) -> None:
    content = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = rewritten(path, "*")
    if content[128:132] == b"DICM":
        assert answer == content
    else:
        assert answer[128:132] == b"DICM" and answer.endswith(content[-200:])


def test_the_names_of_the_refused_files_are_those_of_files() -> None:
    assert set(REFUSED) <= set(BY_NAME)
