"""Text of data sets that pydicom has read: every character set, items in items, and what is no text."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from tests.support.datasets import CHARSET_FILES, make_object, to_file
from tests.unit.character_sets.test_stored_names import NAMES
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.dicom.texts import character_set_of, stored_text, stored_texts

JAPANESE = "ISO 2022 IR 6\\ISO 2022 IR 87"
YAMADA = b"\x1b$B;3ED\x1b(B"
"""In JIS X 0208, as PS3.5 H.3.1 has it."""


SPECIFIC_CHARACTER_SET = b"\x08\x00\x05\x00CS"
REQUESTED_PROCEDURE_ID = b"\x40\x00\x01\x10SH"


def with_identifier(character_set: str, content: bytes) -> Dataset:
    """What is read out of a file whose last element, Requested Procedure ID, has these bytes."""
    file = to_file(make_object(SpecificCharacterSet=""))
    declared = element(SPECIFIC_CHARACTER_SET, character_set.encode())
    file = file.replace(element(SPECIFIC_CHARACTER_SET, b""), declared) + element(REQUESTED_PROCEDURE_ID, content)
    return read_stored_object(BytesSource(file)).dataset


def element(head: bytes, content: bytes) -> bytes:
    """In Explicit VR Little Endian, by tag and VR."""
    even = content + b" " * (len(content) % 2)
    return head + len(even).to_bytes(2, "little") + even


@pytest.mark.parametrize("stem", [stem for stem in NAMES if "SQ" not in stem])
def test_the_name_of_every_example_is_read(stem: str) -> None:
    dataset = read_stored_object(BytesSource((CHARSET_FILES / f"{stem}.dcm").read_bytes())).dataset
    assert stored_text(dataset, "PatientName") == NAMES[stem].strip()


@pytest.mark.parametrize("stem", ["chrSQEncoding", "chrSQEncoding1"])
def test_an_item_has_its_own_character_set_or_that_of_what_it_is_in(stem: str) -> None:
    dataset = read_stored_object(BytesSource((CHARSET_FILES / f"{stem}.dcm").read_bytes())).dataset
    item = dataset.RequestedProcedureCodeSequence[0]
    assert stored_text(item, "PatientName", character_set_of(dataset)) == NAMES[stem]


@pytest.mark.filterwarnings("ignore:Unknown encoding")
@pytest.mark.parametrize(
    ("character_set", "content", "values"),
    [
        (JAPANESE, b"A\\" + YAMADA + b"\\B", ("A", "山田", "B")),
        ("ISO_IR 13", b"\xd4\xcf\xc0\xde\\\\", ("ﾔﾏﾀﾞ", "", "")),
        ("ISO_IR 203", b"\xa4 \xbd", ("€ œ",)),
        ("ISO_IR 100", b"M\xfcller\x80", ("Müller€",)),
        ("", b"caf\xc3\xa9", ("café",)),
        ("NO SUCH", b"plain", ("plain",)),
    ],
)
def test_values_are_read_by_the_letter_and_nothing_is_lost(
    character_set: str, content: bytes, values: tuple[str, ...]
) -> None:
    assert stored_texts(with_identifier(character_set, content), "RequestedProcedureID") == values


def test_what_is_not_there_has_no_values() -> None:
    dataset = with_identifier("ISO_IR 100", b"")
    assert [stored_texts(dataset, keyword) for keyword in ("RequestedProcedureID", "InstitutionName")] == [(), ()]
    assert stored_text(dataset, "InstitutionName") == ""


def test_what_pydicom_has_made_of_a_value_is_taken_as_it_is() -> None:
    dataset = make_object(SpecificCharacterSet=["", "ISO 2022 IR 87"], PatientID=["A ", "B"])
    assert stored_texts(dataset, "PatientID") == ("A", "B")
    assert character_set_of(dataset) == b"\\ISO 2022 IR 87"


def test_reading_decodes_nothing_else() -> None:
    dataset = read_stored_object(BytesSource((CHARSET_FILES / "chrH31.dcm").read_bytes())).dataset
    kinds = [type(dataset.get_item(tag)) for tag in dataset.keys()]  # noqa: SIM118  iterating converts
    stored_text(dataset, "PatientName")
    assert [type(dataset.get_item(tag)) for tag in dataset.keys()] == kinds  # noqa: SIM118
