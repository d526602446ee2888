"""The values of content items, one reader for each value type (PS3.3 C.17.3.2 and C.18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wado.dicom.element_tree import Item
from wado.report.model import (
    Coded,
    Coordinates,
    Measured,
    Moment,
    Named,
    Referenced,
    Tabulated,
    Text,
    Times,
    Value,
)
from wado.report.read_values import (
    code,
    codes,
    first_item,
    integers,
    items,
    numbers,
    person,
    reference,
    reference_in,
    tag_of,
    text,
    texts,
    written_date,
    written_date_time,
    written_time,
)

REFERENCED_SOP_SEQUENCE = tag_of("ReferencedSOPSequence")
MEASURED_VALUE_SEQUENCE = tag_of("MeasuredValueSequence")
TABULATED_VALUES_SEQUENCE = tag_of("TabulatedValuesSequence")
_MOST_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class ValueReader:
    """`read` gives none where the item has no value; `tags` are the attributes that it looks at."""

    read: Callable[[Item], Value | None]
    tags: tuple[int, ...]


def _text_reader(keyword: str) -> ValueReader:
    tag = tag_of(keyword)

    def read(item: Item) -> Value | None:
        found = text(item, tag)
        return Text(found) if found else None

    return ValueReader(read, (tag,))


def _moment_reader(keyword: str, write: Callable[[str], str]) -> ValueReader:
    tag = tag_of(keyword)

    def read(item: Item) -> Value | None:
        stored = text(item, tag)
        return Moment(stored, write(stored)) if stored else None

    return ValueReader(read, (tag,))


_CONCEPT_CODE, _PERSON_NAME = tag_of("ConceptCodeSequence"), tag_of("PersonName")


def _read_coded(item: Item) -> Value | None:
    found = code(item, _CONCEPT_CODE)
    return Coded(found) if found else None


def _read_named(item: Item) -> Value | None:
    return Named(person(item, _PERSON_NAME)) if texts(item, _PERSON_NAME) else None


_NUMERIC, _FLOATING = tag_of("NumericValue"), tag_of("FloatingPointValue")
_NUMERATORS, _DENOMINATORS = tag_of("RationalNumeratorValue"), tag_of("RationalDenominatorValue")
_UNIT, _QUALIFIER = tag_of("MeasurementUnitsCodeSequence"), tag_of("NumericValueQualifierCodeSequence")


def _read_measured(item: Item) -> Value | None:
    """None where there is neither number nor qualifier; a qualifier alone tells why there is no number."""
    qualifier = code(item, _QUALIFIER)
    measured = first_item(item, MEASURED_VALUE_SEQUENCE)
    if measured is None:
        return Measured(qualifier=qualifier) if qualifier else None
    ratios = zip(texts(measured, _NUMERATORS), texts(measured, _DENOMINATORS), strict=False)
    return Measured(
        texts(measured, _NUMERIC),
        code(measured, _UNIT),
        qualifier,
        texts(measured, _FLOATING),
        tuple("/".join(ratio) for ratio in ratios),
    )


_FRAMES, _SEGMENTS = tag_of("ReferencedFrameNumber"), tag_of("ReferencedSegmentNumber")
_CHANNELS = tag_of("ReferencedWaveformChannels")
_VALUE_MAPPING = tag_of("ReferencedRealWorldValueMappingInstanceSequence")


def _read_referenced(item: Item) -> Value | None:
    found = items(item, REFERENCED_SOP_SEQUENCE)
    if not found:
        return None
    first = found[0]
    channels = integers(first, _CHANNELS)
    return Referenced(
        reference_in(first),
        integers(first, _FRAMES),
        integers(first, _SEGMENTS),
        tuple(zip(channels[::2], channels[1::2], strict=False)),
        reference(first, REFERENCED_SOP_SEQUENCE),
        reference(first, _VALUE_MAPPING),
        tuple(map(reference_in, found[1:])),
    )


_GRAPHIC_TYPE, _GRAPHIC_DATA = tag_of("GraphicType"), tag_of("GraphicData")
_FRAME_OF_REFERENCE = tag_of("ReferencedFrameOfReferenceUID")
_PIXEL_ORIGIN, _FIDUCIAL = tag_of("PixelOriginInterpretation"), tag_of("FiducialUID")


def _coordinates_reader(dimensions: int) -> ValueReader:
    def read(item: Item) -> Value | None:
        found = tuple(map(float, numbers(item, _GRAPHIC_DATA)))
        graphic_type = text(item, _GRAPHIC_TYPE)
        if not (found or graphic_type):
            return None
        points = tuple(found[start : start + dimensions] for start in range(0, len(found), dimensions))
        return Coordinates(
            graphic_type,
            points,
            text(item, _FRAME_OF_REFERENCE),
            text(item, _PIXEL_ORIGIN),
            text(item, _FIDUCIAL),
        )

    return ValueReader(read, (_GRAPHIC_TYPE, _GRAPHIC_DATA, _FRAME_OF_REFERENCE, _PIXEL_ORIGIN, _FIDUCIAL))


_RANGE_TYPE, _SAMPLES = tag_of("TemporalRangeType"), tag_of("ReferencedSamplePositions")
_OFFSETS, _MOMENTS = tag_of("ReferencedTimeOffsets"), tag_of("ReferencedDateTime")


def _read_times(item: Item) -> Value | None:
    moments = tuple(map(written_date_time, texts(item, _MOMENTS)))
    times = Times(text(item, _RANGE_TYPE), texts(item, _SAMPLES), texts(item, _OFFSETS), moments)
    return times if times != Times("") else None


_ROWS, _COLUMNS = tag_of("NumberOfTableRows"), tag_of("NumberOfTableColumns")
_ROW, _COLUMN = tag_of("TableRowNumber"), tag_of("TableColumnNumber")
_ROW_DEFINITIONS, _COLUMN_DEFINITIONS = tag_of("TableRowDefinitionSequence"), tag_of("TableColumnDefinitionSequence")
_CONCEPT, _CELLS = tag_of("ConceptNameCodeSequence"), tag_of("CellValuesSequence")
_SELECTOR_VR = tag_of("SelectorAttributeVR")
_SELECTOR_CODE = tag_of("SelectorCodeSequenceValue")


def _read_tabulated(item: Item) -> Value | None:
    """The cells by row and column: one alone, or a whole row or column in one item (PS3.3 C.18.10.1.2)."""
    table = first_item(item, TABULATED_VALUES_SEQUENCE)
    if table is None:
        return None
    rows, columns = (next(iter(integers(table, tag)), 0) for tag in (_ROWS, _COLUMNS))
    if not (rows > 0 and columns > 0 and rows * columns <= _MOST_CELLS):
        return None
    cells = [[""] * columns for _ in range(rows)]
    for cell in items(table, _CELLS):
        _put_cells(cells, cell)
    return Tabulated(
        _read_headings(table, _ROW_DEFINITIONS, _ROW, rows),
        _read_headings(table, _COLUMN_DEFINITIONS, _COLUMN, columns),
        tuple(map(tuple, cells)),
    )


def _put_cells(cells: list[list[str]], item: Item) -> None:
    values = _cell_values(item)
    row, column = (next(iter(integers(item, tag)), 0) for tag in (_ROW, _COLUMN))
    for offset, value in enumerate(values):
        row_index = row - 1 if row else offset
        column_index = column - 1 if column else offset
        if row and column and offset:
            cells_there = cells[row_index] if 0 <= row_index < len(cells) else []
            if 0 <= column_index < len(cells_there):
                cells_there[column_index] += f"\\{value}"
        elif 0 <= row_index < len(cells) and 0 <= column_index < len(cells[0]):
            cells[row_index][column_index] = value


def _cell_values(item: Item) -> tuple[str, ...]:
    coded = tuple(code.text for code in codes(item, _SELECTOR_CODE))
    known = {_ROW, _COLUMN, _SELECTOR_VR, _SELECTOR_CODE}
    others = (value for tag in item.values if tag not in known for value in texts(item, tag))
    return (*coded, *others)


def _read_headings(table: Item, tag: int, number_tag: int, count: int) -> tuple[str, ...]:
    """The concept and unit of each row or column; one definition without a number is for all of them."""
    headings = [""] * count
    for definition in items(table, tag):
        concept, unit = code(definition, _CONCEPT), code(definition, _UNIT)
        heading = " ".join(filter(None, (concept.text if concept else "", f"[{unit.value}]" if unit else "")))
        number = next(iter(integers(definition, number_tag)), 0)
        if number == 0:
            headings = [heading] * count
        elif number <= count:
            headings[number - 1] = heading
    return tuple(headings)


READERS: dict[str, ValueReader] = {
    "TEXT": _text_reader("TextValue"),
    "UIDREF": _text_reader("UID"),
    "CODE": ValueReader(_read_coded, (_CONCEPT_CODE,)),
    "NUM": ValueReader(_read_measured, (MEASURED_VALUE_SEQUENCE, _QUALIFIER)),
    "PNAME": ValueReader(_read_named, (_PERSON_NAME,)),
    "DATE": _moment_reader("Date", written_date),
    "TIME": _moment_reader("Time", written_time),
    "DATETIME": _moment_reader("DateTime", written_date_time),
    "COMPOSITE": ValueReader(_read_referenced, (REFERENCED_SOP_SEQUENCE,)),
    "IMAGE": ValueReader(_read_referenced, (REFERENCED_SOP_SEQUENCE,)),
    "WAVEFORM": ValueReader(_read_referenced, (REFERENCED_SOP_SEQUENCE,)),
    "SCOORD": _coordinates_reader(2),
    "SCOORD3D": _coordinates_reader(3),
    "TCOORD": ValueReader(_read_times, (_RANGE_TYPE, _SAMPLES, _OFFSETS, _MOMENTS)),
    "TABLE": ValueReader(_read_tabulated, (TABULATED_VALUES_SEQUENCE,)),
}
"""The value types that have a value of their own: all but CONTAINER (PS3.3 Table C.17.3-7)."""
