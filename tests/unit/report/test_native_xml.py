"""The Native DICOM Model (PS3.19 A.1), against its schema, by hand and against pydicom."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.support.datasets import to_file
from tests.support.reports import every_report, make_report, text_item
from tests.support.xml_schemas import parse, parse_valid
from wado.character_sets.encode import encode, html_reference
from wado.character_sets.names import CHARACTER_SETS
from wado.dicom.element_tree import Item, Value, read_element_tree
from wado.dicom.stored_object import BytesSource
from wado.report.native_xml import NAMESPACE, NO_PIXEL_DATA, NOT_WHOLE, REPLACED, write_native_xml
from wado.report.xml_text import comment, escape, escape_attribute

SCHEMA = "native_dicom_model"
NAMES = {"n": NAMESPACE}
SYNTAXES = [None, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]


def written(dataset: Dataset, syntax: str | None = None) -> str:
    return write_native_xml(read_element_tree(BytesSource(to_file(dataset, syntax))))


def element(keyword: str, value: Any, syntax: str | None = None, **others: Any) -> Any:
    """What is written of one attribute of a report."""
    root = parse_valid(written(make_report(**{keyword: value}, **others), syntax), SCHEMA)
    (found,) = root.xpath(f"n:DicomAttribute[@keyword='{keyword}']", namespaces=NAMES)
    return found


def values(found: Any) -> list[str]:
    assert [value.get("number") for value in found] == [str(number + 1) for number in range(len(found))]
    return [value.text or "" for value in found]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize(
    ("keyword", "vr", "value", "expected"),
    [
        ("ImageType", "CS", ["MPG", "", "XR3"], ["MPG", "", "XR3"]),  # the example of Table A.1.5-2
        ("PixelSpacing", "DS", ["0.5", "0.4"], ["0.5", "0.4"]),
        ("PatientComments", "LT", "  a\\b <&>\r\nc ", ["  a\\b <&>\r\nc"]),
        ("ReferencedFrameNumbers", "US", [1, 65535], ["1", "65535"]),
        ("PixelPaddingValue", "US", 7, ["7"]),
        ("DoubleFloatRealWorldValueFirstValueMapped", "FD", 0.1, ["0.1"]),
        ("RecommendedDisplayFrameRateInFloat", "FL", 0.1, ["0.1"]),
        ("FrameIncrementPointer", "AT", [0x00181063, 0x0018A001], ["00181063", "0018A001"]),
        ("StudyInstanceUID", "UI", "1.2.840", ["1.2.840"]),
    ],
)
def test_values_are_written_as_the_table_has_them(
    syntax: str | None, keyword: str, vr: str, value: Any, expected: list[str]
) -> None:
    found = element(keyword, value, syntax)
    assert (found.get("vr"), values(found)) == (vr, expected)


def test_a_name_is_parsed_into_its_groups_and_components() -> None:
    name = element("PatientName", "Yamada^Tarou^^Dr^III=山田^太郎=やまだ^たろう")[0]
    groups = {
        group.tag.partition("}")[2]: [(part.tag.partition("}")[2], part.text) for part in group] for group in name
    }
    assert groups == {
        "Alphabetic": [
            ("FamilyName", "Yamada"),
            ("GivenName", "Tarou"),
            ("NamePrefix", "Dr"),
            ("NameSuffix", "III"),
        ],
        "Ideographic": [("FamilyName", "山田"), ("GivenName", "太郎")],
        "Phonetic": [("FamilyName", "やまだ"), ("GivenName", "たろう")],
    }


def test_more_parts_of_a_name_than_there_are_places_are_kept() -> None:
    document = write_native_xml(Item(values={0x00100010: Value("PN", b"a^b^c^d^e^f=g=h=i")}))
    assert parse_valid(document, SCHEMA).xpath("string(.)").strip() == "abcde^fgh=i"


def test_attributes_without_a_value_have_no_content() -> None:
    assert len(element("StudyID", "")) == 0
    assert len(element("RequestAttributesSequence", [])) == 0


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_bytes_are_in_base64_and_words_in_little_endian(syntax: str | None) -> None:
    stored = b"\1\2" if syntax != ExplicitVRBigEndian else b"\2\1"
    found = element("RedPaletteColorLookupTableData", stored, syntax)
    assert (found.get("vr"), base64.b64decode(found[0].text)) == ("OW", b"\1\2")


def test_private_elements_tell_their_creator_and_not_their_block() -> None:
    dataset = make_report()
    block = dataset.private_block(0x0009, 'MADE "FOR" <TESTS>', create=True)
    block.add_new(0x01, "LO", "kept")
    dataset.add(DataElement(0x000B1001, "LO", "nobody reserved it"))
    root = parse_valid(written(dataset), SCHEMA)
    (found,) = root.xpath("n:DicomAttribute[@privateCreator]", namespaces=NAMES)
    assert dict(found.attrib) == {"tag": "00090001", "vr": "LO", "privateCreator": 'MADE "FOR" <TESTS>'}
    (alone,) = root.xpath("n:DicomAttribute[@tag='000B1001']", namespaces=NAMES)
    assert values(alone) == ["nobody reserved it"]


@pytest.mark.parametrize(("code", "shown"), [(0x00, "␀"), (0x0B, "␋"), (0x0C, "␌"), (0x1F, "␟")])
def test_what_xml_cannot_hold_is_shown_and_told(code: int, shown: str) -> None:
    dataset = make_report(text_item("A", f"a{chr(code)}b"))
    document = written(dataset)
    assert f"a{shown}b" in parse_valid(document, SCHEMA).xpath("string(.)")
    assert comment(REPLACED) in document


def test_pixel_data_and_a_file_cut_short_are_told() -> None:
    dataset = make_report(Rows=1, Columns=1, BitsAllocated=8, PixelData=b"\0\0")
    dataset["PixelData"].VR = "OB"
    assert comment(NO_PIXEL_DATA) in written(dataset)
    cut = to_file(make_report())[:-3]
    assert comment(NOT_WHOLE) in write_native_xml(read_element_tree(BytesSource(cut)))


def test_group_lengths_and_padding_are_left_out() -> None:
    dataset = make_report()
    dataset.add(DataElement(0x00080000, "UL", 4))
    dataset.add(DataElement(0xFFFCFFFC, "OB", b"\0\0"))
    tags = parse(written(dataset)).xpath("n:DicomAttribute/@tag", namespaces=NAMES)
    assert tags and not {"00080000", "FFFCFFFC"} & set(tags)


def test_a_tree_of_five_hundred_levels_is_written() -> None:
    item = Item(values={0x0040A160: Value("UT", b"here")})
    for _ in range(500):
        item = Item(sequences={0x0040A730: [item]})
    document = write_native_xml(item)
    assert document.count("<Item ") == document.count("</Item>") == 500
    assert '<Value number="1">here</Value>' in document


@pytest.mark.parametrize("character_set", CHARACTER_SETS, ids=lambda row: row.name)
def test_in_every_character_set_the_text_is_the_same(character_set: Any) -> None:
    dataset = make_report(text_item("Finding", "Müller 山田 Ω"))
    document = write_native_xml(read_element_tree(BytesSource(to_file(dataset))), character_set.name)
    name, body = encode(document, [character_set.name], html_reference)
    assert name == character_set.name
    text = body.decode(character_set.codec).partition("?>")[2]
    assert "Müller 山田 Ω" in parse(text).xpath("string(.)")


@given(st.text())
def test_any_text_comes_back_but_for_what_xml_forbids(text: str) -> None:
    root = parse(f'<a b="{escape_attribute(text)}">{escape(text)}</a>')
    forbidden = {character for character in text if escape(character) in ("\N{REPLACEMENT CHARACTER}",)}
    forbidden |= {character for character in text if ord(character) < 0x20 and character not in "\t\n\r"}
    if not forbidden:
        assert (root.text or "", root.get("b")) == (text, text)


@given(st.text())
def test_no_comment_ends_early(text: str) -> None:
    assert parse(f"<a>{comment(text)}</a>").xpath("count(comment())") == 1


def _expected(dataset: Dataset) -> list[tuple[str, str, int]]:
    """Tag, VR and number of values or items of every element, by pydicom."""
    found = []
    for each in dataset:
        if each.tag.element == 0:
            continue
        tag = f"{each.tag:08X}"
        if each.VR == "SQ":
            found.append((tag, "SQ", len(each.value)))
            for item in each.value:
                found += _expected(item)
        elif not each.tag.is_private:
            found.append((tag, str(each.VR), -1))
    return found


@pytest.mark.parametrize(("name", "content"), every_report(), ids=lambda each: each if isinstance(each, str) else "")
def test_every_element_of_every_report_is_there(name: str, content: bytes) -> None:
    root = parse_valid(write_native_xml(read_element_tree(BytesSource(content))), SCHEMA)
    ours = [
        (found.get("tag"), found.get("vr"), len(found) if found.get("vr") == "SQ" else -1)
        for found in root.iter(f"{{{NAMESPACE}}}DicomAttribute")
        if int(found.get("tag")[:4], 16) % 2 == 0
    ]
    assert ours == [
        row for row in _expected(dcmread(DicomBytesIO(content), force=True)) if int(row[0][:4], 16) % 2 == 0
    ]
