"""The Native DICOM Model of reports against DCMTK's, element by element and value by value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.datasets import sample_files
from tests.support.dcmtk import run
from tests.support.xml_schemas import parse
from wado.dicom.element_tree import read_element_tree
from wado.dicom.stored_object import BytesSource
from wado.report.native_xml import write_native_xml

CHARACTER_SET = "00080005"
"""DCMTK declares what it converts to; ours is what the object declares."""

Row = tuple[str, str, str | float]


def rows_of(root: Any) -> list[Row]:
    rows: list[Row] = []
    for element in root.iter("{*}*"):
        if element.getparent() is not None and element.getparent().get("tag") == CHARACTER_SET:
            continue
        name = element.tag.partition("}")[2]
        place = element.get("tag") or element.get("number") or ""
        text: str | float = (element.text or "").strip(" \n") if len(element) == 0 else ""
        if name == "Value" and element.getparent().get("vr") in ("FL", "FD"):
            text = float(np.float32(text)) if element.getparent().get("vr") == "FL" else float(text)
        if place != CHARACTER_SET:
            rows.append((name, place, text))
    return rows


@pytest.mark.parametrize("path", sample_files("2_sr"), ids=lambda path: path.name)
def test_dcmtk_writes_the_same(path: Path) -> None:
    finished = run("dcm2xml", "-q", "-nat", "+Xn", "+Eb", "+U8", path)
    if finished.returncode or not finished.stdout:
        pytest.skip("dcm2xml does not read this file")
    ours = write_native_xml(read_element_tree(BytesSource(path.read_bytes())))
    assert rows_of(parse(ours)) == rows_of(parse(finished.stdout))
