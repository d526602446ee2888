"""Content items of every value type, as they are read (PS3.3 C.17.3.2 and C.18)."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.support.reports import (
    IMAGE_UID,
    STATE_UID,
    by_reference,
    code_item,
    container,
    image_item,
    make_code,
    make_item,
    make_reference,
    make_report,
    number_item,
    read,
    region_item,
    text_item,
)
from wado.report.model import (
    Code,
    Coded,
    ContentItem,
    Coordinates,
    Measured,
    Moment,
    Named,
    Referenced,
    Tabulated,
    Text,
    Times,
)
from wado.report.read_content import NO_VALUE_TYPE, UNREADABLE, find_item

EVERY_ENCODING = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian)


def read_one(item: Dataset, transfer_syntax_uid: str | None = None) -> ContentItem:
    root = read(make_report(item), transfer_syntax_uid).root
    assert root is not None
    return root.children[0]


@pytest.mark.parametrize(
    ("value_type", "attributes", "value"),
    [
        ("TEXT", {"TextValue": "a\\b\r\nc "}, Text("a\\b\nc")),
        ("UIDREF", {"UID": "1.2.3"}, Text("1.2.3")),
        ("DATE", {"Date": "20240229"}, Moment("20240229", "2024-02-29")),
        ("DATE", {"Date": "20240230"}, Moment("20240230", "20240230")),
        ("TIME", {"Time": "123405.500000"}, Moment("123405.500000", "12:34:05.5")),
        ("TIME", {"Time": "12"}, Moment("12", "12 h")),
        ("DATETIME", {"DateTime": "20240229123405+0130"}, Moment("20240229123405+0130", "2024-02-29 12:34:05 +01:30")),
        ("DATETIME", {"DateTime": "2024"}, Moment("2024", "2024")),
        ("DATETIME", {"DateTime": "202402"}, Moment("202402", "2024-02")),
        ("DATETIME", {"DateTime": "20240230"}, Moment("20240230", "20240230")),
    ],
)
def test_a_value_of_one_attribute(value_type: str, attributes: dict[str, Any], value: object) -> None:
    assert read_one(make_item(value_type, "Concept", **attributes)).value == value


def test_a_name_has_all_its_groups_and_components() -> None:
    value = read_one(make_item("PNAME", "Observer", PersonName="Yamada^Tarou^^Dr.^MD=山田^太郎=やまだ^たろう")).value
    assert isinstance(value, Named)
    assert value.person.written == ("Yamada, Tarou, Dr., MD", "山田 太郎", "やまだ たろう")


def test_a_code_is_read_with_what_identifies_it() -> None:
    code = make_code("Liver", "10200004", "SCT")
    code.CodingSchemeVersion = "2023"
    value = read_one(make_item("CODE", "Site", ConceptCodeSequence=[code])).value
    assert value == Coded(Code("10200004", "SCT", "Liver", "2023"))


def test_a_code_can_be_long_or_a_urn_and_lack_its_meaning() -> None:
    long, urn = Dataset(), Dataset()
    long.LongCodeValue, long.CodingSchemeDesignator = "L" * 20, "99TEST"
    urn.URNCodeValue = "urn:oid:1.2"
    item = read_one(make_item("CODE", ConceptNameCodeSequence=[urn], ConceptCodeSequence=[long]))
    assert item.concept == Code("urn:oid:1.2")
    assert item.concept.text == "(urn:oid:1.2)"
    assert isinstance(item.value, Coded)
    assert item.value.code.text == f"({'L' * 20}, 99TEST)"


@pytest.mark.parametrize("transfer_syntax_uid", EVERY_ENCODING)
def test_a_measurement_has_all_its_values_in_all_their_forms(transfer_syntax_uid: str) -> None:
    measured = Dataset()
    measured.NumericValue = ["0.333", "2"]
    measured.FloatingPointValue = [1 / 3, 2.0]
    measured.RationalNumeratorValue, measured.RationalDenominatorValue = [1, -2], [3, 1]
    measured.MeasurementUnitsCodeSequence = [make_code("millimetre", "mm", "UCUM")]
    item = make_item(
        "NUM",
        "Length",
        MeasuredValueSequence=[measured],
        NumericValueQualifierCodeSequence=[make_code("Value out of range", "114009", "DCM")],
    )
    assert read_one(item, transfer_syntax_uid).value == Measured(
        ("0.333", "2"),
        Code("mm", "UCUM", "millimetre"),
        Code("114009", "DCM", "Value out of range"),
        (repr(1 / 3), "2"),
        ("1/3", "-2/1"),
    )


def test_a_measurement_that_was_not_made_has_its_reason() -> None:
    reason = make_code("Measurement not attempted", "114006", "DCM")
    item = read_one(make_item("NUM", "Length", MeasuredValueSequence=[], NumericValueQualifierCodeSequence=[reason]))
    assert item.value == Measured(qualifier=Code("114006", "DCM", "Measurement not attempted"))


def test_an_image_has_its_frames_segments_and_presentation_state() -> None:
    state = make_reference(STATE_UID)
    item = image_item("Image", ReferencedFrameNumber=[3, 5], ReferencedSegmentNumber=2, ReferencedSOPSequence=[state])
    value = read_one(item).value
    assert isinstance(value, Referenced)
    assert (value.reference.sop_instance_uid, value.frames, value.segments) == (IMAGE_UID, (3, 5), (2,))
    assert value.presentation_state is not None
    assert value.presentation_state.sop_instance_uid == STATE_UID


def test_a_waveform_has_its_channels() -> None:
    reference = make_reference(ReferencedWaveformChannels=[1, 0, 2, 3])
    value = read_one(make_item("WAVEFORM", "ECG", ReferencedSOPSequence=[reference])).value
    assert isinstance(value, Referenced)
    assert value.channels == ((1, 0), (2, 3))


@pytest.mark.parametrize("transfer_syntax_uid", EVERY_ENCODING)
def test_coordinates_are_points(transfer_syntax_uid: str) -> None:
    region = region_item("POLYLINE", [1.5, 2, 3, 4.25])
    assert read_one(region, transfer_syntax_uid).value == Coordinates("POLYLINE", ((1.5, 2.0), (3.0, 4.25)))
    item = make_item(
        "SCOORD3D", "Volume", GraphicType="POINT", GraphicData=[1, 2, 3], ReferencedFrameOfReferenceUID="1.2"
    )
    assert read_one(item, transfer_syntax_uid).value == Coordinates("POINT", ((1.0, 2.0, 3.0),), "1.2")


def test_times_are_samples_offsets_or_moments() -> None:
    item = make_item("TCOORD", "Beat", TemporalRangeType="SEGMENT", ReferencedSamplePositions=[10, 20])
    assert read_one(item).value == Times("SEGMENT", ("10", "20"))
    item = make_item("TCOORD", "Beat", TemporalRangeType="POINT", ReferencedTimeOffsets=["0.5"])
    assert read_one(item).value == Times("POINT", (), ("0.5",))
    item = make_item("TCOORD", "Beat", TemporalRangeType="POINT", ReferencedDateTime=["20240101120000"])
    assert read_one(item).value == Times("POINT", (), (), ("2024-01-01 12:00:00",))


def make_table(rows: int, columns: int, *cells: dict[str, Any], headings: tuple[str, ...] = ()) -> Dataset:
    table = Dataset()
    table.NumberOfTableRows, table.NumberOfTableColumns = rows, columns
    table.TableColumnDefinitionSequence = []
    for number, heading in enumerate(headings, 1):
        definition = Dataset()
        definition.TableColumnNumber, definition.ConceptNameCodeSequence = number, [make_code(heading)]
        definition.MeasurementUnitsCodeSequence = [make_code("milliampere", "mA", "UCUM")] if number > 1 else []
        table.TableColumnDefinitionSequence.append(definition)
    table.CellValuesSequence = []
    for attributes in cells:
        cell = Dataset()
        for keyword, value in attributes.items():
            setattr(cell, keyword, value)
        table.CellValuesSequence.append(cell)
    return make_item("TABLE", "Currents", TabulatedValuesSequence=[table])


def test_a_table_is_read_by_cells_rows_and_columns() -> None:
    """PS3.3 C.18.10.1.2: a whole column, a whole row and a cell of its own."""
    column = {"TableColumnNumber": 1, "SelectorAttributeVR": "LO", "SelectorLOValue": ["a", "b", "c"]}
    row = {"TableRowNumber": 2, "SelectorAttributeVR": "FL", "SelectorFLValue": [0.1, 90.25]}
    cell = {"TableRowNumber": 3, "TableColumnNumber": 2, "SelectorCodeSequenceValue": [make_code("Low")]}
    value = read_one(make_table(3, 2, column, row, cell, headings=("Name", "Current"))).value
    assert value == Tabulated(("", "", ""), ("Name", "Current [mA]"), (("a", ""), ("0.1", "90.25"), ("c", "Low")))


@pytest.mark.parametrize("rows", [0, 2_000_000_000])
def test_a_table_of_an_impossible_size_is_shown_as_it_is_stored(rows: int) -> None:
    item = read_one(make_table(rows, 2, {"TableRowNumber": 1, "SelectorLOValue": "kept"}))
    assert item.value is None
    assert UNREADABLE in item.notes
    assert any(attribute.text == "kept" for attribute in item.others)


def test_an_unknown_value_type_is_shown_as_it_is_stored() -> None:
    item = read_one(make_item("HOLOGRAM", "Finding", TextValue="kept"))
    assert item.notes == ("The value type HOLOGRAM is not known; what is stored follows.",)
    assert [(attribute.name, attribute.text) for attribute in item.others] == [("Text Value", "kept")]


def test_an_item_without_a_value_type_keeps_its_place() -> None:
    item = Dataset()
    item.RelationshipType, item.TextValue = "CONTAINS", "kept"
    found = read_one(item)
    assert found.notes == (NO_VALUE_TYPE,)
    assert found.others[0].text == "kept"


def test_private_attributes_of_an_item_are_kept() -> None:
    item = text_item("Finding", "text")
    item.private_block(0x0041, "MAKER", create=True).add_new(1, "LO", "private value")
    assert [attribute.text for attribute in read_one(item).others] == ["MAKER", "private value"]


def test_an_absent_value_is_none() -> None:
    for value_type in ("TEXT", "CODE", "NUM", "PNAME", "DATE", "IMAGE", "SCOORD", "TCOORD", "TABLE"):
        item = read_one(make_item(value_type, "Concept"))
        assert (item.value, item.notes, item.others) == (None, (), ())


def test_positions_are_those_by_which_items_are_referred_to() -> None:
    """PS3.3 C.17.3.2.5: the root is 1, its first child 1.1."""
    inner = container("B", text_item("C", "c"), by_reference(1, 1))
    root = read(make_report(text_item("A", "a"), inner)).root
    assert root is not None
    assert [item.position for item in root.walk()] == ["1", "1.1", "1.2", "1.2.1", "1.2.2"]
    assert [item.number for item in root.walk()] == [0, 1, 2, 3, 4]
    assert find_item(root, "1.2.1") is root.children[1].children[0]
    assert root.children[1].children[1].target == "1.1"


@pytest.mark.parametrize("position", ["", "2", "1.3", "1.1.1", "1.0", "a", "1..1"])
def test_a_position_where_nothing_is_leads_nowhere(position: str) -> None:
    root = read(make_report(text_item("A", "a"), text_item("B", "b"))).root
    assert root is not None
    assert find_item(root, position) is None


def test_the_template_and_the_times_of_an_item_are_read() -> None:
    template = Dataset()
    template.MappingResource, template.TemplateIdentifier = "DCMR", "1411"
    group = container(
        "Group", number_item("A", "1"), ContentTemplateSequence=[template], ObservationDateTime="20240101"
    )
    item = read_one(group)
    assert (item.template, item.observed) == ("TID 1411", "2024-01-01")


def test_relationships_are_kept() -> None:
    item = code_item("A", "b", code_item("C", "d", relationship="HAS CONCEPT MOD"), relationship="HAS OBS CONTEXT")
    found = read_one(item)
    assert (found.relationship, found.children[0].relationship) == ("HAS OBS CONTEXT", "HAS CONCEPT MOD")
