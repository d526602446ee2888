"""What went, looked for in numbers and bytes that stay."""

from __future__ import annotations

import pytest

from tests.unit.deidentify.objects import element, item, policy, stored
from wado.deidentify.deidentify import deidentify
from wado.deidentify.elements import bytes_of

ICC_PROFILE, SOP_CLASSES_IN_STUDY = 0x00282000, 0x00080062
PRIVATE_CLASS = "1.2.3.4.5.9.1"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("attribute", "value"),
    [("PatientName", "Bergmann^Ilse"), ("PatientID", "AX-4711-Q"), ("StudyInstanceUID", "1.2.3.4711.815")],
)
def test_bytes_with_a_value_go_in_any_encoding(attribute: str, value: str, encoding: str) -> None:
    profile = b"\1\2\3\4" + value.partition("^")[0].upper().encode(encoding) + bytes(3)
    dataset = stored(**{attribute: value}, ICCProfile=profile)
    deidentify(dataset, policy())
    assert bytes_of(dataset, ICC_PROFILE) == b""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["Соловьёва^Ольга", "山田花子^太郎"])
def test_bytes_with_a_name_beyond_latin_go(name: str, encoding: str) -> None:
    profile = name.partition("^")[0].encode(encoding)
    dataset = stored(SpecificCharacterSet="ISO_IR 192", PatientName=name, ICCProfile=profile + bytes(len(profile) % 2))
    deidentify(dataset, policy())
    assert bytes_of(dataset, ICC_PROFILE) == b""


def test_bytes_of_something_else_stay() -> None:
    dataset = stored(PatientName="Bergmann^Ilse", ICCProfile="Burgmann".encode("utf-16-le"))
    deidentify(dataset, policy())
    assert bytes_of(dataset, ICC_PROFILE) == "Burgmann".encode("utf-16-le")


@pytest.mark.parametrize("value", ["1.2.3.4711.815", "1.2.3.4711.815.7"])
def test_the_uid_of_an_object_is_no_class(value: str) -> None:
    dataset = stored(StudyInstanceUID="1.2.3.4711.815", SOPClassesInStudy=value)
    deidentify(dataset, policy())
    assert bytes_of(dataset, SOP_CLASSES_IN_STUDY) == b""


def test_a_private_class_stays_though_a_reference_that_goes_names_it() -> None:
    dataset = stored(sop_class_uid=PRIVATE_CLASS)
    patient = item(ReferencedSOPClassUID=PRIVATE_CLASS, ReferencedSOPInstanceUID="1.2.3.4711.1")
    dataset.add(element(0x00081120, "SQ", [patient]))
    deidentify(dataset, policy())
    assert "ReferencedPatientSequence" not in dataset
    assert dataset.SOPClassUID == PRIVATE_CLASS
