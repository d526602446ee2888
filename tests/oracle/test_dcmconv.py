"""Code extensions as DCMTK reads them: what we store, converted to UTF-8 by its dcmconv."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.datasets import CHARSET_FILES
from tests.support.dcmtk import run
from wado.character_sets.decode import decode
from wado.character_sets.encode_values import encode_values
from wado.dicom.element_tree import Item, read_element_tree
from wado.dicom.stored_object import BytesSource

TEXTS = {
    ("ISO_IR 100",): "Buc^Jérôme",
    ("ISO_IR 101",): "Wałęsa^Łucja",
    ("ISO_IR 109",): "Ħaż^Ċ",
    ("ISO_IR 110",): "Ķirsis^Ņ",
    ("ISO_IR 144",): "Люксембург",
    ("ISO_IR 127",): "قباني^لنزار",
    ("ISO_IR 126",): "Διονυσιος",
    ("ISO_IR 138",): "שרון^דבורה",
    ("ISO_IR 148",): "Çavuşoğlu^Işık",
    ("ISO_IR 166",): "กานดา^ใจดี",
    ("ISO_IR 13",): "ﾔﾏﾀﾞ^ﾀﾛｳ",
    ("ISO_IR 192",): "Wang^XiaoDong=王^小東",
    ("GB18030",): "Wang^XiaoDong=王^小东",
    ("GBK",): "Wang^XiaoDong=王^小乗",
    ("", "ISO 2022 IR 87"): "Yamada^Tarou=山田^太郎表=やまだ^たろう",
    ("", "ISO 2022 IR 87", "ISO 2022 IR 159"): "Yamada=山丂田^太郎",
    ("ISO 2022 IR 13", "ISO 2022 IR 87"): "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    ("", "ISO 2022 IR 149"): "Hong^Gildong=洪^吉洞=홍^길동",
    ("", "ISO 2022 IR 58"): "Zhang^XiaoDong=张^小东",
    ("ISO 2022 IR 100", "ISO 2022 IR 126", "ISO 2022 IR 144"): "é^Ωé=Л^é=Ω Л",
}
SPECIFIC_CHARACTER_SET, PATIENT_NAME, ADDITIONAL_HISTORY = 0x00080005, 0x00100010, 0x001021B0


def element(tag: int, vr: bytes, content: bytes) -> bytes:
    """In Explicit VR Little Endian, of a VR with a length of 16 bits."""
    padded = content + b" " * (len(content) % 2)
    group, number = tag >> 16, tag & 0xFFFF
    return group.to_bytes(2, "little") + number.to_bytes(2, "little") + vr + len(padded).to_bytes(2, "little") + padded


def stored(terms: tuple[str, ...], name: str, text: str) -> bytes:
    return b"".join(
        (
            element(SPECIFIC_CHARACTER_SET, b"CS", "\\".join(terms).encode()),
            element(PATIENT_NAME, b"PN", encode_values([name], terms, "PN")),
            element(ADDITIONAL_HISTORY, b"LT", encode_values([text], terms, "LT")),
        )
    )


def converted(path: Path, target: Path, *options: str) -> Item:
    result = run("dcmconv", "-q", *options, "--convert-to-utf8", path, target)
    complaint = result.stderr.decode("ascii", "replace")
    if "Cannot open character encoding" in complaint:
        pytest.skip("this DCMTK was built with a library that lacks the set")
    assert result.returncode == 0, complaint
    return read_element_tree(BytesSource(target.read_bytes()))


def text_of(item: Item, tag: int) -> str:
    vr, content = item.values[tag]
    return "\\".join(decode(content, item.character_set, vr).values).rstrip(" ")


@pytest.mark.parametrize("terms", TEXTS, ids=lambda terms: "+".join(terms) or "none")
def test_dcmtk_reads_what_is_stored(terms: tuple[str, ...], tmp_path: Path) -> None:
    name = TEXTS[terms]
    text = name.replace("^", " ").replace("=", "\r\n")
    (tmp_path / "stored.dcm").write_bytes(stored(terms, name, text))
    item = converted(tmp_path / "stored.dcm", tmp_path / "utf8.dcm", "-f", "-te")
    assert item.character_set == b"ISO_IR 192"
    assert text_of(item, PATIENT_NAME) == name
    assert text_of(item, ADDITIONAL_HISTORY) == text


FILES = sorted(path for path in CHARSET_FILES.glob("*.dcm") if path.stem != "chrSQEncoding")
"""One has a Japanese item in a data set of UTF-8, which DCMTK 3.6.7 takes for UTF-8 as well."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_dcmtk_reads_files_of_other_makers_alike(path: Path, tmp_path: Path) -> None:
    ours = read_element_tree(BytesSource(path.read_bytes()))
    theirs = converted(path, tmp_path / "utf8.dcm")
    tags = [tag for tag, value in ours.values.items() if value.vr in ("PN", "LO", "SH", "LT", "ST", "UT")]
    assert {tag: text_of(ours, tag) for tag in tags} == {tag: text_of(theirs, tag) for tag in tags}
