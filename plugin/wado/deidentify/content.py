"""Items of a concept and a value: those of reports, acquisition contexts and preparations (PS3.15 E.3.4).

No item goes, since others refer to items by their place: an item loses its value. Text loses it always, because nobody
can tell what is in it; so Table E.3.4-1 matters for codes and numbers only. Names, dates and UIDs are attributes of
Table E.1-1, and references stay, with new UIDs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from pydicom.dataset import Dataset

from wado.deidentify.elements import put_dummy, put_nothing, replace
from wado.deidentify.options import Option
from wado.deidentify.values import REMOVED, REMOVED_SCHEME
from wado.dicom.values import items, text

TEXT_VALUE, MEASURED_VALUES, CONCEPT_CODES = 0x0040A160, 0x0040A300, 0x0040A168
NUMERIC_VALUE = 0x0040A30A
FINER_NUMBERS = (0x0040A161, 0x0040A162, 0x0040A163, 0x0040A301)
"""Floating Point Value, Rational Numerator and Denominator Value (Type 1C), Numeric Value Qualifier Code Sequence."""

CHARACTERISTICS = frozenset({("DCM", "121032"), ("DCM", "121033")})
"""Subject Sex and Subject Age: the concepts of codes and numbers that go without Retain Patient Characteristics."""
ALWAYS_GO = frozenset({("NCIt", "C54627")})
"""Experience: of the person who reports."""


def clean_item(item: Dataset, options: Collection[Option], *, keeps_values: bool, clean: Callable[[str], str]) -> None:
    """Take the value out of one item. `keeps_values` lets those of codes and numbers be that identify nobody; `clean`
    makes of a text what may stay of it.
    """
    if TEXT_VALUE in item:
        replace(item, TEXT_VALUE, "UT", clean(text(item, "TextValue")) if keeps_values else REMOVED)
    if keeps_values and _may_stay(item, options):
        return
    value_type = text(item, "ValueType")  # an item may have values besides those of its type
    if value_type == "NUM" or MEASURED_VALUES in item:
        put_nothing(item, MEASURED_VALUES, "SQ")  # Type 2: a number that is not told (PS3.3 C.18.1)
    if value_type == "CODE" or CONCEPT_CODES in item:
        replace(item, CONCEPT_CODES, "SQ", [dummy_code()])
    if NUMERIC_VALUE in item:
        put_dummy(item, NUMERIC_VALUE, "DS")  # NUMERIC has its number in the item itself (PS3.3 10.2)
    for tag in FINER_NUMBERS:
        if tag in item:
            del item[tag]


def _may_stay(item: Dataset, options: Collection[Option]) -> bool:
    concept = next(
        (
            (text(code, "CodingSchemeDesignator"), text(code, "CodeValue"))
            for code in items(item, "ConceptNameCodeSequence")
        ),
        ("", ""),
    )
    if concept in CHARACTERISTICS:
        return Option.RETAIN_PATIENT_CHARACTERISTICS in options
    return concept not in ALWAYS_GO


def dummy_code() -> Dataset:
    """A code that means nothing (PS3.3 8.1): its scheme is a private one."""
    code = Dataset()
    code.CodeValue = REMOVED
    code.CodingSchemeDesignator = REMOVED_SCHEME
    code.CodeMeaning = REMOVED
    return code


CODE_VALUES = ("CodeValue", "LongCodeValue", "URNCodeValue")


def is_code(item: Dataset) -> bool:
    return any(keyword in item for keyword in CODE_VALUES)
