"""What is special about some attributes, and about data sets that are not as they should be."""

from __future__ import annotations

import copy

import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID

from tests.unit.deidentify.objects import KEY, code, element, item, policy, stored, walk_of
from wado.deidentify.deidentify import deidentify
from wado.deidentify.options import Option
from wado.deidentify.pseudonyms import Pseudonyms
from wado.deidentify.safe_private import SAFE
from wado.deidentify.walk import DEEPEST

PSEUDONYMS = Pseudonyms(KEY)


def content_item(value_type: str, **attributes: object) -> Dataset:
    return item(
        RelationshipType="CONTAINS",
        ValueType=value_type,
        ConceptNameCodeSequence=[attributes.pop("concept", code("121071", "Finding"))],
        **attributes,
    )


def report() -> Dataset:
    reference = item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2", ReferencedSOPInstanceUID="1.2.3.7")
    measured = item(NumericValue="47", MeasurementUnitsCodeSequence=[code("mm", "mm", "UCUM")])
    age = code("121033", "Subject Age")
    return item(
        ContentSequence=[
            content_item("TEXT", TextValue="Ilse Bergmann has a small mass"),
            content_item("PNAME", PersonName="Bergmann^Ilse"),
            content_item("DATE", Date="20110412"),
            content_item("NUM", MeasuredValueSequence=[measured]),
            content_item("NUM", MeasuredValueSequence=[measured], concept=age),
            content_item("CODE", ConceptCodeSequence=[code("4711", "Bergmann", "99LOCAL")]),
            content_item("UIDREF", UID="1.2.3.9"),
            content_item("IMAGE", ReferencedSOPSequence=[reference]),
            content_item("CONTAINER", ContentSequence=[content_item("TEXT", TextValue="Bergmann")]),
        ]
    )


def test_a_report_keeps_its_shape_and_its_references_and_no_value() -> None:
    dataset = report()
    walk_of().data_set(dataset)
    text, name, date, number, age, coded, uid, image, container = dataset.ContentSequence
    assert text.TextValue == str(name.PersonName) == "REMOVED"
    assert date.Date == "19000101"
    assert list(number.MeasuredValueSequence) == list(age.MeasuredValueSequence) == []
    assert coded.ConceptCodeSequence[0].CodeValue == "REMOVED"
    assert PSEUDONYMS.uid("1.2.3.9") == uid.UID
    assert image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == PSEUDONYMS.uid("1.2.3.7")
    assert container.ContentSequence[0].TextValue == "REMOVED"
    assert [inner.ConceptNameCodeSequence[0].CodeMeaning for inner in (text, coded)] == ["Finding", "Finding"]


def test_clean_structured_content_keeps_numbers_and_codes_but_the_age() -> None:
    dataset = report()
    walk_of(Option.CLEAN_STRUCTURED_CONTENT).data_set(dataset)
    text, _, _, number, age, coded, *_ = dataset.ContentSequence
    assert text.TextValue == "REMOVED"
    assert number.MeasuredValueSequence[0].NumericValue == 47
    assert list(age.MeasuredValueSequence) == []
    assert coded.ConceptCodeSequence[0].CodeValue == "4711"
    dataset = report()
    walk_of(Option.CLEAN_STRUCTURED_CONTENT, Option.RETAIN_PATIENT_CHARACTERISTICS).data_set(dataset)
    assert dataset.ContentSequence[4].MeasuredValueSequence[0].NumericValue == 47


@pytest.mark.parametrize("value_type", ["TEXT", "NUM", "CODE", "CONTAINER", "IMAGE", "DATE"])
def test_no_value_of_another_type_stays_in_an_item_of_a_report(value_type: str) -> None:
    values = item(
        TextValue="Bergmann",
        ConceptCodeSequence=[code("4711", "Bergmann", "99LOCAL")],
        MeasuredValueSequence=[item(NumericValue="47", MeasurementUnitsCodeSequence=[code("mm", "Bergmann")])],
        NumericValue="47",
        NumericValueQualifierCodeSequence=[code("4711", "Bergmann", "99LOCAL")],
    )
    dataset = item(ContentSequence=[content_item(value_type, **{entry.keyword: entry.value for entry in values})])
    walk_of().data_set(dataset)
    assert "47" not in str(dataset) and "Bergmann" not in str(dataset)


def test_the_subjects_age_goes_from_what_was_acquired_with_the_image() -> None:
    """An item of NUMERIC has no measured values, but a number (PS3.3 10.2)."""
    age = item(ValueType="NUMERIC", NumericValue="47", FloatingPointValue=[47.0])
    age.ConceptNameCodeSequence = [code("121033", "Subject Age")]
    age.MeasurementUnitsCodeSequence = [code("a", "year", "UCUM")]
    for options, number in (((), 0), ((Option.RETAIN_PATIENT_CHARACTERISTICS,), 47)):
        dataset = item(AcquisitionContextSequence=[copy.deepcopy(age)])
        walk_of(Option.CLEAN_STRUCTURED_CONTENT, *options).data_set(dataset)
        kept = dataset.AcquisitionContextSequence[0]
        assert kept.NumericValue == number
        assert ("FloatingPointValue" in kept) is bool(number)


def test_clean_descriptors_leaves_known_words_and_small_numbers() -> None:
    dataset = stored(PatientName="Bergmann^Ilse", SeriesDescription="Ax T2 head, 5 mm (Krause) Bergmann 20110412")
    deidentify(dataset, policy(Option.CLEAN_DESCRIPTORS))
    assert dataset.SeriesDescription == "Ax T2 head 5 mm"


def test_a_description_that_is_cleaned_is_in_no_other_text_either() -> None:
    whole, harmless = "Ax T2 head 20110412x", "Ax T2 head 5 mm"
    dataset = stored(SeriesDescription=whole, SoftwareVersions=whole, StudyDescription=harmless, FilterType=harmless)
    deidentify(dataset, policy(Option.CLEAN_DESCRIPTORS))
    assert (dataset.SeriesDescription, dataset.SoftwareVersions) == ("Ax T2 head", "REMOVED")
    assert dataset.StudyDescription == dataset.FilterType == harmless


def test_clean_descriptors_takes_out_the_patients_own_name_though_it_is_a_word() -> None:
    dataset = stored(PatientName="Brown^Ilse", SeriesDescription="Brown head", ImageComments="fat of Brown")
    deidentify(dataset, policy(Option.CLEAN_DESCRIPTORS))
    assert "brown" not in str(dataset).lower()


def graphics() -> Dataset:
    words = item(UnformattedTextValue="Bergmann", AnchorPoint=[1.0, 1.0])
    drawn = item(GraphicType="POLYLINE", GraphicData=[1.0, 2.0, 3.0, 4.0])
    reference = item(ReferencedSOPInstanceUID="1.2.3.7")
    return item(
        GraphicAnnotationSequence=[
            item(
                GraphicLayer="NOTES",
                ReferencedImageSequence=[reference],
                TextObjectSequence=[words],
                GraphicObjectSequence=[drawn],
            )
        ]
    )


def test_graphics_become_a_note_that_they_are_gone() -> None:
    dataset = graphics()
    walk_of().data_set(dataset)
    annotation = dataset.GraphicAnnotationSequence[0]
    assert annotation.ReferencedImageSequence[0].ReferencedSOPInstanceUID == PSEUDONYMS.uid("1.2.3.7")
    assert annotation.TextObjectSequence[0].UnformattedTextValue == "REMOVED"
    assert "GraphicObjectSequence" not in annotation


def test_clean_graphics_keeps_what_is_drawn_without_the_words() -> None:
    dataset = graphics()
    walk_of(Option.CLEAN_GRAPHICS).data_set(dataset)
    annotation = dataset.GraphicAnnotationSequence[0]
    assert annotation.GraphicObjectSequence[0].GraphicData == [1.0, 2.0, 3.0, 4.0]
    assert annotation.TextObjectSequence[0].UnformattedTextValue == "REMOVED"


@pytest.mark.parametrize("options", [(), (Option.CLEAN_GRAPHICS, Option.CLEAN_DESCRIPTORS)])
def test_nothing_of_curves_and_overlays_stays(options: tuple[Option, ...]) -> None:
    dataset = Dataset()
    dataset.add(element(0x50020005, "US", 2))
    dataset.add(element(0x60000010, "US", 8))
    dataset.add(element(0x60000022, "LO", "Bergmann"))
    dataset.add(element(0x60003000, "OW", bytes(8)))
    walk_of(*options).data_set(dataset)
    assert len(dataset) == 0


def private() -> Dataset:
    dataset = Dataset()
    dataset.add(element(0x00190010, "LO", "SIEMENS MR HEADER"))
    dataset.add(element(0x0019100C, "IS", "1000"))
    dataset.add(element(0x00191008, "CS", "IMAGE NUM 4"))
    dataset.add(element(0x00290010, "LO", "SIEMENS CSA HEADER"))
    dataset.add(element(0x00291010, "OB", b"Bergmann"))
    return dataset


def test_nothing_private_stays() -> None:
    dataset = private()
    walk_of().data_set(dataset)
    assert len(dataset) == 0


def test_retain_safe_private_keeps_what_the_standard_calls_safe_with_its_creator() -> None:
    dataset = private()
    walk_of(Option.RETAIN_SAFE_PRIVATE).data_set(dataset)
    assert [int(entry.tag) for entry in dataset] == [0x00190010, 0x0019100C]


def test_a_private_creator_of_several_values_is_none() -> None:
    dataset = Dataset()
    dataset.add(element(0x00190010, "LO", ["SIEMENS MR HEADER", "Bergmann"]))
    dataset.add(element(0x0019100C, "IS", "1000"))
    walk_of(Option.RETAIN_SAFE_PRIVATE).data_set(dataset)
    assert len(dataset) == 0


def test_retain_uids_keeps_those_of_safe_private_attributes_too() -> None:
    for options, kept in (((), False), ((Option.RETAIN_UIDS,), True)):
        dataset = item(SOPInstanceUID="1.2.3.7")
        dataset.add(element(0x00990010, "LO", "NQHeader"))
        dataset.add(element(0x00991002, "UI", "1.2.3.7"))  # Analyzed Series UID
        walk_of(Option.RETAIN_SAFE_PRIVATE, *options).data_set(dataset)
        assert dataset[0x00991002].value == dataset.SOPInstanceUID
        assert (dataset.SOPInstanceUID == "1.2.3.7") is kept


def test_no_pixels_but_the_objects_own_stay() -> None:
    dataset = item(DerivationCodeSequence=[item(PixelData=b"Bergmann")])
    dataset.add(element(0x7F020010, "OW", b"Bergmann"))  # Variable Pixel Data, retired
    dataset.add(element(0x7FE00003, "UV", 8))  # Encapsulated Pixel Data Value Total Length, of what was stored
    walk_of().data_set(dataset)
    assert [int(entry.tag) for entry in dataset] == [0x00089215]
    assert len(dataset.DerivationCodeSequence[0]) == 0


def test_a_text_value_that_is_in_no_item_is_a_text_value() -> None:
    dataset = item(TextValue="Ilse Bergmann")
    walk_of().data_set(dataset)
    assert dataset.TextValue == "REMOVED"


def test_the_table_of_safe_private_attributes_is_whole() -> None:
    assert len(SAFE) == 479


def test_dates_of_a_patient_move_together() -> None:
    first, second = stored(StudyDate="20110412", PatientID="1"), stored(StudyDate="20110420", PatientID="1")
    for dataset in (first, second):
        deidentify(dataset, policy(Option.RETAIN_LONGITUDINAL_TEMPORAL_INFORMATION))
    assert int(first.StudyDate) < 20110412
    other = stored(StudyDate="20110412", PatientID="2")
    deidentify(other, policy(Option.RETAIN_LONGITUDINAL_TEMPORAL_INFORMATION))
    assert other.StudyDate != first.StudyDate
    assert first.LongitudinalTemporalInformationModified == "MODIFIED"


def test_it_is_recorded_what_was_done() -> None:
    dataset = stored(PatientName="Bergmann^Ilse", PatientID="4711")
    deidentify(dataset, policy(Option.CLEAN_DESCRIPTORS, Option.RETAIN_DEVICE_IDENTITY))
    assert dataset.PatientIdentityRemoved == "YES"
    assert dataset.LongitudinalTemporalInformationModified == "REMOVED"
    codes = dataset.DeidentificationMethodCodeSequence
    assert [entry.CodeValue for entry in codes] == ["113100", "113109", "113105"]
    assert all(entry.CodingSchemeDesignator == "DCM" and len(entry.CodeMeaning) <= 64 for entry in codes)
    assert dataset.PatientName == dataset.PatientID == PSEUDONYMS.patient("4711")


def test_an_object_that_is_marked_keeps_its_uids() -> None:
    dataset = stored(PatientIdentityRemoved="YES", PatientID="4711", DeidentificationMethod="by hand")
    uids = dataset.StudyInstanceUID, dataset.SOPInstanceUID
    deidentify(dataset, policy())
    assert (dataset.StudyInstanceUID, dataset.SOPInstanceUID) == uids
    assert list(dataset.DeidentificationMethod) == ["by hand", "PS3.15 Annex E"]
    assert dataset.PatientID != "4711"


def test_the_meta_header_says_what_the_object_is_and_nothing_more() -> None:
    dataset = stored(PatientID="4711")
    dataset.file_meta.SourceApplicationEntityTitle = "BERGMANN"
    dataset.file_meta.PrivateInformationCreatorUID = UID("1.2.3.4711")
    dataset.file_meta.PrivateInformation = b"Bergmann"
    deidentify(dataset, policy())
    keywords = [entry.keyword for entry in dataset.file_meta]
    assert keywords == ["MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "TransferSyntaxUID"]
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID


def test_a_name_goes_from_the_labels_that_the_profile_keeps() -> None:
    dataset = stored(PatientName="Bergmann^Ilse", SoftwareVersions="for BERGMANN 2", ContentLabel="BERGMANN")
    deidentify(dataset, policy())
    assert dataset.SoftwareVersions == dataset.ContentLabel == "REMOVED"


@pytest.mark.parametrize(
    ("character_set", "name", "label"),
    [
        ("ISO_IR 100", "Müller^Jörg", "of Müller"),
        ("ISO_IR 100", "Müller^Jörg", "MÜLLER 2"),
        ("ISO_IR 144", "Люксембург", "Люксембург 2"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎", "by 山田 A"),
        (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동", "2 길동"),
        ("GB18030", "Wang^XiaoDong=王^小东", "小东 2"),
    ],
)
def test_a_name_beyond_ascii_goes_whatever_bytes_it_has(character_set: str | list[str], name: str, label: str) -> None:
    """In the object's own character set, and in another one that an item has."""
    there = item(SpecificCharacterSet="ISO_IR 192", SoftwareVersions=label, Modality="MR")
    dataset = stored(
        SpecificCharacterSet=character_set,
        PatientName=name,
        SoftwareVersions=label,
        RealWorldValueMappingSequence=[there],
    )
    deidentify(dataset, policy())
    inner = dataset.RealWorldValueMappingSequence[0]
    assert dataset.SoftwareVersions == inner.SoftwareVersions == "REMOVED"


def test_what_is_read_of_the_object_is_compared_in_its_stored_bytes() -> None:
    """GB 2312 without its escape sequence, which pydicom reads as Latin letters: Manufacturer is asked for early."""
    dataset = stored(SpecificCharacterSet=["", "ISO 2022 IR 58"], PatientID="4711")
    for tag, vr, value in (
        (0x00080070, "LO", "of 小东".encode("gb2312")),
        (0x00100010, "PN", "王^小东".encode("gb2312")),
    ):
        dataset[tag] = RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)
    number = "四七一一".encode("gb2312")
    dataset[0x00100020] = RawDataElement(Tag(0x00100020), "LO", len(number), number, 0, False, True)
    there = item(SpecificCharacterSet="ISO_IR 192", SoftwareVersions="小东 2", FilterType="四七一一 2")
    dataset.RealWorldValueMappingSequence = [there]
    deidentify(dataset, policy())
    assert dataset.Manufacturer == there.SoftwareVersions == there.FilterType == "REMOVED"


def test_a_name_that_only_an_item_has_goes_from_text_around_it() -> None:
    there = item(SpecificCharacterSet="ISO_IR 192", PatientName="Müller^Jörg")
    dataset = stored(SpecificCharacterSet="ISO_IR 100", SoftwareVersions="Müller", ReferencedImageSequence=[there])
    deidentify(dataset, policy())
    assert dataset.SoftwareVersions == "REMOVED"


def test_each_of_many_names_goes() -> None:
    names = [f"Berg{number}mann^Ilse" for number in range(100)]
    dataset = stored(OtherPatientNames=names, SoftwareVersions="for Berg77mann")
    deidentify(dataset, policy())
    assert dataset.SoftwareVersions == "REMOVED"


def test_text_beyond_ascii_that_names_nobody_stays_in_its_bytes() -> None:
    dataset = stored(SpecificCharacterSet="ISO_IR 100", PatientName="Müller^Jörg", SoftwareVersions="Prüfung 2")
    deidentify(dataset, policy())
    assert dataset.get_item("SoftwareVersions").value == "Prüfung 2 ".encode("latin-1")


@pytest.mark.parametrize("name", ["Brown^Ilse", "Moss^Miller^^Dr."])
def test_a_name_goes_from_labels_though_it_is_a_word_of_codes(name: str) -> None:
    dataset = stored(PatientName=name, SoftwareVersions="for Brown, miller", BodyPartExamined="BROWN")
    deidentify(dataset, policy())
    assert dataset.SoftwareVersions == "REMOVED"
    assert dataset.BodyPartExamined == "BROWN"  # a coded string, as parts of bodies are in collections' names


def test_a_code_of_the_standard_stays_unless_somebody_is_named_in_it() -> None:
    dataset = stored(
        PatientName="Brown^Ilse^Bergmann",
        PatientID="121071",
        AnatomicRegionSequence=[code("121071", "Brown fat", "SCT"), code("T-1", "Knee of Bergmann", "SRT")],
    )
    deidentify(dataset, policy())
    fat, knee = dataset.AnatomicRegionSequence
    assert (fat.CodeValue, fat.CodeMeaning) == ("121071", "Brown fat")
    assert (knee.CodeValue, knee.CodeMeaning) == ("T-1", "REMOVED")


def test_a_part_of_the_body_stays_though_the_description_that_goes_is_the_same() -> None:
    dataset = stored(SeriesDescription="Thorax", BodyPartExamined="THORAX", SoftwareVersions="Thorax 1")
    deidentify(dataset, policy())
    assert (dataset.BodyPartExamined, dataset.SoftwareVersions) == ("THORAX", "Thorax 1")


def test_what_is_too_deep_goes() -> None:
    innermost = outermost = item(PatientComments="Bergmann", Modality="CT")
    for _ in range(DEEPEST + 5):
        outermost = item(RealWorldValueMappingSequence=Sequence([outermost]))
    walk_of().data_set(outermost)
    assert str(innermost.Modality) == "CT"  # untouched, because nothing leads to it
    depth, inner = 0, outermost
    while "RealWorldValueMappingSequence" in inner:
        depth, inner = depth + 1, inner.RealWorldValueMappingSequence[0]
    assert depth == DEEPEST and "Bergmann" not in str(outermost)


def test_nothing_of_a_malformed_sequence_stays() -> None:
    dataset = stored(PatientID="4711")
    referenced_sop_sequence = Tag(0x00081199)
    raw = RawDataElement(referenced_sop_sequence, "UN", 8, b"Bergmann", 0, False, True)
    dataset._dict[referenced_sop_sequence] = raw
    deidentify(dataset, policy())
    assert not any(map(len, dataset.get("ReferencedSOPSequence", [])))
