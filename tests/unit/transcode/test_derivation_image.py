"""The Derivation Image Functional Group after lossy compression (PS3.3 C.7.6.16.2.6)."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.support.datasets import make_image, to_file
from tests.support.images import render, rewritten
from tests.support.object_kinds import anatomy
from wado.dicom.stored_object import BytesSource, read_stored_object
from wado.errors import NotAcceptable
from wado.media_types import APPLICATION_DICOM
from wado.transcode.compress import write_compressed
from wado.transcode.syntaxes import JPEG_EXTENDED

CLASS = "1.2.840.10008.5.1.4.1.1."
ENHANCED_MR, WHOLE_SLIDE = f"{CLASS}4.1", f"{CLASS}77.1.6"
LEGACY_CT, VOLUME_ANALYSIS, SECONDARY_CAPTURE = f"{CLASS}2.2", f"{CLASS}77.1.5.8", f"{CLASS}7.3"
JPEG_LS, JPEG_2000 = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.91"
ENCODINGS = [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]
SHARED, BY_FRAME = 0x52009229, 0x52009230


def derivation(description: str) -> Dataset:
    earlier, code = Dataset(), Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "113072", "DCM", "Multiplanar reformatting"
    earlier.DerivationDescription = description
    earlier.SourceImageSequence = []
    earlier.DerivationCodeSequence = [code]
    return earlier


def group(*descriptions: str) -> Dataset:
    """Functional groups that stand before and behind the Derivation Image, which is there for any description."""
    groups, content = Dataset(), Dataset()
    referenced = Dataset()
    referenced.ReferencedSOPClassUID, referenced.ReferencedSOPInstanceUID = ENHANCED_MR, "1.2.3.99"
    groups.ReferencedImageSequence = [referenced]
    content.FrameAcquisitionNumber = 1
    groups.FrameContentSequence = [content]
    if descriptions:
        groups.DerivationImageSequence = [derivation(description) for description in descriptions]
    return groups


def enhanced(
    shared: list[Dataset] | None, by_frame: list[Dataset] | None, sop_class_uid: str = ENHANCED_MR, **attributes: Any
) -> Dataset:
    frames = anatomy(12, frames=3)
    dataset = make_image(frames, bits_stored=12, is_multi_frame=True, SOPClassUID=sop_class_uid)
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.SeriesInstanceUID = "1.2.3.4.2"
    if shared is not None:
        dataset.SharedFunctionalGroupsSequence = shared
    if by_frame is not None:
        dataset.PerFrameFunctionalGroupsSequence = by_frame
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def lossy(dataset: Dataset, stored: str = ExplicitVRLittleEndian) -> Dataset:
    answer = pydicom.dcmread(io.BytesIO(rewritten(to_file(dataset, stored), JPEG_EXTENDED)))
    assert answer.file_meta.TransferSyntaxUID == JPEG_EXTENDED
    return answer


def lossy_in_place(content: bytes) -> None:
    source = BytesSource(content)
    write_compressed(read_stored_object(source), source, io.BytesIO(), JPEG_2000, 80)


def descriptions(groups: Dataset) -> list[str]:
    return [item.DerivationDescription for item in groups.get("DerivationImageSequence", [])]


LOST = "Lossy compression: JPEG extended, quality 90 of 100"


@pytest.mark.parametrize("stored", ENCODINGS)
def test_it_is_shared_where_no_frame_has_one(stored: str) -> None:
    answer = lossy(enhanced([group()], [group(), group(), group()]), stored)
    (shared,) = answer.SharedFunctionalGroupsSequence
    (item,) = shared.DerivationImageSequence
    assert item.DerivationDescription == answer.DerivationDescription == LOST
    assert item.DerivationCodeSequence == answer.DerivationCodeSequence
    assert item.SourceImageSequence == answer.SourceImageSequence
    assert "ReferencedFrameNumber" not in item.SourceImageSequence[0]
    assert list(shared.keys()) == sorted(shared.keys())
    assert [descriptions(frame) for frame in answer.PerFrameFunctionalGroupsSequence] == [[], [], []]


@pytest.mark.parametrize("stored", ENCODINGS)
def test_it_stands_behind_what_is_shared(stored: str) -> None:
    answer = lossy(enhanced([group("once", "twice")], [group()]), stored)
    assert descriptions(answer.SharedFunctionalGroupsSequence[0]) == ["once", "twice", LOST]
    assert descriptions(answer.PerFrameFunctionalGroupsSequence[0]) == []


@pytest.mark.parametrize("stored", ENCODINGS)
def test_it_is_each_frames_own_where_any_frame_has_one(stored: str) -> None:
    """Frame by frame it was made of the same frame: Referenced Frame Number says of which (PS3.3 Table 10-3)."""
    answer = lossy(enhanced([group()], [group("once"), group(), group("twice")]), stored)
    frames = answer.PerFrameFunctionalGroupsSequence
    assert [descriptions(frame) for frame in frames] == [["once", LOST], [LOST], ["twice", LOST]]
    sources = [frame.DerivationImageSequence[-1].SourceImageSequence[0] for frame in frames]
    assert [source.ReferencedFrameNumber for source in sources] == [1, 2, 3]
    assert {source.ReferencedSOPInstanceUID for source in sources} == {"1.2.3.4.3"}
    assert all(list(frame.keys()) == sorted(frame.keys()) for frame in frames)
    assert "DerivationImageSequence" not in answer.SharedFunctionalGroupsSequence[0]
    assert "ReferencedFrameNumber" not in answer.SourceImageSequence[0]


def test_the_only_frame_of_an_object_needs_no_number() -> None:
    dataset = enhanced([group()], [group("once")])
    dataset.NumberOfFrames, dataset.PixelData = 1, dataset.PixelData[: len(dataset.PixelData) // 3]
    source = lossy(dataset).PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[1].SourceImageSequence[0]
    assert "ReferencedFrameNumber" not in source


@pytest.mark.parametrize("shared", [None, []])
def test_the_shared_groups_are_made_where_there_are_none(shared: list[Dataset] | None) -> None:
    answer = lossy(enhanced(shared, [group(), group(), group()]))
    assert [descriptions(item) for item in answer.SharedFunctionalGroupsSequence] == [[LOST]]
    assert list(answer.keys()) == sorted(answer.keys())


@pytest.mark.parametrize("sop_class_uid", [LEGACY_CT, VOLUME_ANALYSIS, SECONDARY_CAPTURE])
def test_it_stays_what_it_is_where_it_tells_of_other_images(sop_class_uid: str) -> None:
    for shared in (group(), group("once")):
        answer = lossy(enhanced([shared], [group()], sop_class_uid))
        assert answer.SharedFunctionalGroupsSequence[0] == shared
        assert answer.PerFrameFunctionalGroupsSequence[0] == group()


def test_an_object_without_functional_groups_gets_none() -> None:
    answer = lossy(enhanced(None, None))
    assert "SharedFunctionalGroupsSequence" not in answer and "SourceImageSequence" in answer


def test_a_lossless_one_stays_as_it_is() -> None:
    dataset = enhanced([group()], [group("once")])
    answer = pydicom.dcmread(io.BytesIO(rewritten(to_file(dataset), JPEG_LS)))
    assert answer.SharedFunctionalGroupsSequence[0] == group()
    assert answer.PerFrameFunctionalGroupsSequence[0] == group("once")


def test_it_is_said_that_the_source_had_lost_something() -> None:
    answer = lossy(enhanced([group()], None, LossyImageCompression="01"))
    (source,) = answer.SharedFunctionalGroupsSequence[0].DerivationImageSequence[0].SourceImageSequence
    assert source.PurposeOfReferenceCodeSequence[0].CodeValue == "121330"


def references(series: Dataset, keyword: str) -> tuple[str, list[str]]:
    return series.SeriesInstanceUID, [item.ReferencedSOPInstanceUID for item in series[keyword].value]


def series_with(uid: str, keyword: str, *instances: str) -> Dataset:
    series = Dataset()
    series.SeriesInstanceUID = uid
    setattr(series, keyword, [])
    for instance in instances:
        reference = Dataset()
        reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = ENHANCED_MR, instance
        series[keyword].value.append(reference)
    return series


OWN, OTHER, SOURCE = "1.2.3.4.2", "1.2.3.5.2", "1.2.3.4.3"


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ([], [(OWN, [SOURCE])]),
        ([(OTHER, ["1.2.3.6"])], [(OTHER, ["1.2.3.6"]), (OWN, [SOURCE])]),
        ([(OTHER, ["1.2.3.6"]), (OWN, ["1.2.3.7"])], [(OTHER, ["1.2.3.6"]), (OWN, ["1.2.3.7", SOURCE])]),
        ([(OWN, ["1.2.3.7", SOURCE])], [(OWN, ["1.2.3.7", SOURCE])]),
    ],
)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_source_is_among_what_the_object_refers_to(
    stored: list[tuple[str, list[str]]], expected: list[tuple[str, list[str]]], encoding: str
) -> None:
    """Common Instance Reference (PS3.3 C.12.2)."""
    keyword = "ReferencedInstanceSequence"
    listed = [series_with(uid, keyword, *instances) for uid, instances in stored]
    answer = lossy(enhanced([group()], None, ReferencedSeriesSequence=listed), encoding)
    assert [references(series, keyword) for series in answer.ReferencedSeriesSequence] == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("is_listed", [False, True])
def test_the_source_is_among_the_evidence(is_listed: bool, encoding: str) -> None:
    """By study and series (PS3.3 C.8.13.1)."""
    keyword, study, other = "ReferencedSOPSequence", Dataset(), Dataset()
    other.StudyInstanceUID, study.StudyInstanceUID = "1.2.3.8", "1.2.3.4.1"
    other.ReferencedSeriesSequence = [series_with("1.2.3.8.1", keyword, "1.2.3.8.2")]
    study.ReferencedSeriesSequence = [series_with(OTHER, keyword, "1.2.3.6")]
    evidence = [other, study] if is_listed else [other]
    answer = lossy(enhanced([group()], None, SourceImageEvidenceSequence=evidence), encoding)
    first, second = answer.SourceImageEvidenceSequence
    assert first == other and second.StudyInstanceUID == study.StudyInstanceUID
    found = [references(series, keyword) for series in second.ReferencedSeriesSequence]
    assert found == [(OTHER, ["1.2.3.6"])] * is_listed + [(OWN, [SOURCE])]


@pytest.mark.parametrize("sop_class_uid", [WHOLE_SLIDE, LEGACY_CT])
def test_others_have_no_list_of_evidence(sop_class_uid: str) -> None:
    assert "SourceImageEvidenceSequence" not in lossy(enhanced([group()], None, sop_class_uid))


def unknown(tag: int, items: list[Dataset], *, is_implicit_vr: bool = True) -> bytes:
    """A sequence in explicit VR whose writer did not know it: UN with a length, implicit within (PS3.5 6.2.2)."""
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = is_implicit_vr, True
    dataset = Dataset()
    dataset.add_new(tag, "SQ", items)
    write_sequence(buffer, dataset[tag], ["iso8859"])
    content = buffer.getvalue()
    return struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, b"UN", 0, len(content)) + content


def without_groups(content: bytes) -> tuple[bytes, bytes]:
    """What stands before and behind the functional groups."""
    at = content.index(struct.pack("<HH", 0x7FE0, 0x0010) + b"OW")
    return content[:at], content[at:]


def test_groups_of_unknown_vr_are_groups() -> None:
    before, pixels = without_groups(to_file(enhanced(None, None)))
    groups = unknown(SHARED, [group()]) + unknown(BY_FRAME, [group("once"), group(), group()])
    answer = pydicom.dcmread(io.BytesIO(rewritten(before + groups + pixels, JPEG_EXTENDED)))
    assert [descriptions(frame) for frame in answer.PerFrameFunctionalGroupsSequence] == [
        ["once", LOST],
        [LOST],
        [LOST],
    ]
    assert descriptions(answer.SharedFunctionalGroupsSequence[0]) == []


def frame_type_group(*descriptions: str, comment: str = "") -> Dataset:
    groups, frame_type = group(*descriptions), Dataset()
    frame_type.FrameType = ["ORIGINAL", "PRIMARY"]
    groups.MRImageFrameTypeSequence = [frame_type]
    if comment:
        groups.FrameContentSequence[0].FrameComments = comment
    return groups


def test_long_groups_of_unknown_vr_are_groups() -> None:
    """Those of more than 64 kilobytes, which pydicom leaves unread."""
    comment = "long " * 2000
    before, pixels = without_groups(to_file(enhanced(None, None)))
    shared = unknown(SHARED, [group()])
    frames = [frame_type_group("once", comment=comment), *(frame_type_group(comment=comment) for _ in range(9))]
    answer = pydicom.dcmread(io.BytesIO(rewritten(before + shared + unknown(BY_FRAME, frames) + pixels, JPEG_EXTENDED)))
    groups = answer.PerFrameFunctionalGroupsSequence
    assert [descriptions(frame) for frame in groups] == [["once", LOST], *([LOST] for _ in range(9))]
    assert all(frame.MRImageFrameTypeSequence[0].FrameType == ["DERIVED", "PRIMARY"] for frame in groups)
    assert descriptions(answer.SharedFunctionalGroupsSequence[0]) == []


@pytest.mark.parametrize("is_implicit_vr", [False, True])
@pytest.mark.parametrize("is_long", [False, True])
def test_frame_types_in_groups_of_unknown_vr_become_others(is_long: bool, is_implicit_vr: bool) -> None:
    """Some write what is within as what is around it."""
    before, pixels = without_groups(to_file(enhanced(None, None)))
    frames = [frame_type_group(comment="long " * 6000 * is_long) for _ in range(3)]
    groups = unknown(SHARED, [group()]) + unknown(BY_FRAME, frames, is_implicit_vr=is_implicit_vr)
    answer = pydicom.dcmread(io.BytesIO(rewritten(before + groups + pixels, JPEG_EXTENDED)))
    found = answer.PerFrameFunctionalGroupsSequence
    assert [frame.MRImageFrameTypeSequence[0].FrameType for frame in found] == [["DERIVED", "PRIMARY"]] * 3
    assert descriptions(answer.SharedFunctionalGroupsSequence[0]) == [LOST]


@pytest.mark.parametrize("is_implicit_vr", [False, True])
def test_an_empty_item_does_not_hide_the_encoding_of_those_behind_it(is_implicit_vr: bool) -> None:
    before, pixels = without_groups(to_file(enhanced(None, None)))
    frames = [Dataset(), frame_type_group("once"), frame_type_group()]
    groups = unknown(BY_FRAME, frames, is_implicit_vr=is_implicit_vr)
    answer = pydicom.dcmread(io.BytesIO(rewritten(before + groups + pixels, JPEG_EXTENDED)))
    found = answer.PerFrameFunctionalGroupsSequence
    assert [descriptions(frame) for frame in found] == [[LOST], ["once", LOST], [LOST]]
    assert [frame.MRImageFrameTypeSequence[0].FrameType for frame in found[1:]] == [["DERIVED", "PRIMARY"]] * 2


@pytest.mark.parametrize("transfer_syntax_uid", [JPEG_EXTENDED, JPEG_LS])
def test_no_answer_lacks_pixels_that_a_malformed_sequence_swallows(transfer_syntax_uid: str) -> None:
    """Its length goes beyond the item that it is in, and beyond the pixels."""
    before, pixels = without_groups(to_file(enhanced(None, None)))
    derivations = struct.pack("<HH2sHI", 0x0008, 0x9124, b"SQ", 0, 200008)
    derivations += struct.pack("<HHI", 0xFFFE, 0xE000, 200000) + b"\x08\x00\x11\x21ST\x02\x00AB"
    shared = struct.pack("<HH2sHI", 0x5200, 0x9229, b"SQ", 0, len(derivations) + 8)
    shared += struct.pack("<HHI", 0xFFFE, 0xE000, len(derivations)) + derivations
    content = before + shared + pixels
    stored = read_stored_object(BytesSource(content))
    with pytest.raises(NotAcceptable, match="reaches into its pixel data"):
        write_compressed(stored, BytesSource(content), io.BytesIO(), transfer_syntax_uid, 90)
    assert rewritten(content, transfer_syntax_uid) == content


def test_what_is_unknown_elsewhere_stays_in_its_bytes() -> None:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "T-D1100", "SRT", "Head"
    region = unknown(0x00082218, [code])  # Anatomic Region Sequence
    content = to_file(enhanced([group()], [group(), group(), group()], Modality="MR"))
    at = content.index(struct.pack("<HH", 0x0010, 0x0010) + b"PN")
    assert region in rewritten(content[:at] + region + content[at:], JPEG_EXTENDED)


def test_there_is_one_item_of_shared_groups_however_long() -> None:
    before, pixels = without_groups(to_file(enhanced(None, None)))
    shared = unknown(SHARED, [frame_type_group(comment="long " * 15000)])
    answer = pydicom.dcmread(io.BytesIO(rewritten(before + shared + pixels, JPEG_EXTENDED)))
    assert [descriptions(one) for one in answer.SharedFunctionalGroupsSequence] == [[LOST]]


@pytest.mark.parametrize("vr", ["UN", "OB"])
def test_what_is_no_sequence_in_its_place_cannot_be_added_to(vr: str) -> None:
    """It is kept, and so are the pixels."""
    before, pixels = without_groups(to_file(enhanced(None, None)))
    garbage = struct.pack("<HH2sHI", SHARED >> 16, SHARED & 0xFFFF, vr.encode(), 0, 8) + b"no items"
    answer = rewritten(before + garbage + pixels, JPEG_2000)
    assert answer.endswith(garbage + pixels)
    with pytest.raises(NotAcceptable, match="what should be a sequence"):
        lossy_in_place(before + garbage + pixels)


def test_a_signature_of_the_groups_goes() -> None:
    signature, groups = Dataset(), group()
    signature.Signature = bytes(16)
    groups.DigitalSignaturesSequence = [signature]
    answer = lossy(enhanced([groups], [group()]))
    assert "DigitalSignaturesSequence" not in answer.SharedFunctionalGroupsSequence[0]


@pytest.mark.parametrize("by_frame", [[group()], [group("once"), group("once"), group("once")]])
def test_after_de_identification_it_names_the_de_identified_object(by_frame: list[Dataset]) -> None:
    dataset = enhanced([group()], by_frame, BurnedInAnnotation="NO", PatientID="4711")
    parameters: dict[str, Any] = {"anonymize": True, "anonymize_key": "sixteen letters!"}
    stored = to_file(dataset)
    content = render(stored, APPLICATION_DICOM, transfer_syntaxes=(JPEG_EXTENDED,), **parameters)
    answer = pydicom.dcmread(io.BytesIO(content))
    kept = pydicom.dcmread(io.BytesIO(render(stored, APPLICATION_DICOM, transfer_syntaxes=("*",), **parameters)))
    groups = [*answer.SharedFunctionalGroupsSequence, *answer.PerFrameFunctionalGroupsSequence]
    found = [item.DerivationImageSequence[-1] for item in groups if "DerivationImageSequence" in item]
    assert len(found) == len(by_frame)
    for item in found:
        assert item.SourceImageSequence[0].ReferencedSOPInstanceUID == kept.SOPInstanceUID
        assert item.DerivationDescription == LOST
    for uid in (dataset.SOPInstanceUID, dataset.SeriesInstanceUID, dataset.StudyInstanceUID, "1.2.3.99"):
        assert uid.encode() not in content.replace(ENHANCED_MR.encode(), b"")


@pytest.mark.parametrize("sop_class_uid", [WHOLE_SLIDE, f"{CLASS}13.1.3", f"{CLASS}77.1.5.4"])
def test_pixels_and_frames_stay_as_many(sop_class_uid: str) -> None:
    answer = lossy(enhanced([group()], None, sop_class_uid))
    assert descriptions(answer.SharedFunctionalGroupsSequence[0]) == [LOST]
    assert np.shape(answer.pixel_array) == (3, 37, 46)
