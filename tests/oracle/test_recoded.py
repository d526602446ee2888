"""DICOM objects in every character set, read by DCMTK: its dcmconv finds the same text in them as in what is stored."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from tests.support.datasets import CHARSET_FILES, sample_files
from tests.support.dcmtk import assert_is_part10, run
from wado.character_sets.names import DICOM_CHARACTER_SETS
from wado.dicom.stored_object import BytesSource
from wado.errors import NotAcceptable
from wado.transcode.recoded import write_recoded

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's, of what is malformed

ITEM_OF_ANOTHER_SET = ("chrSQEncoding.dcm", "chrSQEncoding1.dcm")
"""DCMTK 3.6.7 takes an item's own set for that of what it is in."""

NOT_READ_BY_DCMTK = ("fodicom__FreezePattern.dcm",)
"""It has an item in the place of an element."""

FILES = [
    path
    for path in (*sorted(CHARSET_FILES.glob("*.dcm")), *sample_files("3_charset"))
    if path.name not in (*ITEM_OF_ANOTHER_SET, *NOT_READ_BY_DCMTK) and not path.name.startswith("pydicom__")
]
NOT_IN_DCMTK = ("ISO-8859-15",)
"""Version 3.6.7 is older than this set is in DICOM."""


def in_utf_8(path: Path, target: Path) -> str | None:
    """The texts that DCMTK finds, as it prints them, without padding; none if it was built without the set."""
    result = run("dcmconv", "-q", "--convert-to-utf8", path, target)
    complaint = result.stderr.decode("ascii", "replace")
    if "Cannot open character encoding" in complaint or "not supported" in complaint:
        return None
    assert result.returncode == 0, complaint
    dumped = run("dcmdump", "-q", "+L", "+Un", target).stdout.decode("utf-8", "backslashreplace")
    lines = [
        line for line in dumped.splitlines() if re.match(r" *\([0-9a-f]{4},[0-9a-f]{4}\) (LO|LT|PN|SH|ST|UT|UC) ", line)
    ]
    return "\n".join(re.sub(r"[ ]*\].*", "]", line) for line in lines)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_dcmtk_reads_the_same_text_in_every_set_that_holds_it(path: Path, tmp_path: Path) -> None:
    stored = in_utf_8(path, tmp_path / "utf8.dcm")
    if stored is None:
        pytest.skip("this DCMTK was built with a library that lacks the file's own set")
    assert stored
    read = []
    for row in DICOM_CHARACTER_SETS:
        file = io.BytesIO()
        try:
            write_recoded(BytesSource(path.read_bytes()), file, [row.name])
        except NotAcceptable:
            continue
        if row.name not in NOT_IN_DCMTK:
            (tmp_path / "recoded.dcm").write_bytes(file.getvalue())
            assert_is_part10(tmp_path / "recoded.dcm")
            by_dcmtk = in_utf_8(tmp_path / "recoded.dcm", tmp_path / "utf8.dcm")
            assert by_dcmtk in (stored, None), row.name
            read += [row.name] if by_dcmtk else []
    assert {"UTF-8", "GB18030"} <= set(read)
