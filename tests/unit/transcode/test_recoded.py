"""Strings of DICOM objects in other character sets (PS3.18-2011 8.1.6, PS3.5 6.1.2, PS3.3 C.12.1.1.2)."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLSLossless,
)

from tests.support.datasets import CHARSET_FILES, make_image, make_object, pydicom_files, sample_files, to_file
from tests.support.images import render, rewritten
from tests.support.object_kinds import KINDS
from tests.unit.transcode.objects import differences, explicit, implicit, item, sequence_end
from wado.character_sets.decode import TEXT_VRS, decode
from wado.character_sets.names import DICOM_CHARACTER_SETS, CharacterSet, find_character_set
from wado.dicom.element_tree import SPECIFIC_CHARACTER_SET, Item, read_element_tree
from wado.dicom.stored_object import BytesSource
from wado.errors import NotAcceptable
from wado.media_types import APPLICATION_DICOM
from wado.transcode.recode_text import recode_value
from wado.transcode.recoded import write_recoded

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's, of what is meant to be malformed

FILES = sorted(CHARSET_FILES.glob("*.dcm"))
SAMPLES = sample_files("3_charset")
FOR_PYDICOM = [path for path in [*FILES, *SAMPLES] if "FreezePattern" not in path.name]
"""One has an item in the place of an element, which pydicom does not take for text or anything else."""

NAMES = [row.name for row in DICOM_CHARACTER_SETS]
CUT_SHORT = {"rtplan_truncated.dcm", "MR_truncated.dcm", "no_meta.dcm", "DICOMDIR-nooffset"}
"""One of them begins with a byte too many, so that its first value seems to go on behind its end."""


def recoded(content: bytes | Path, *names: str) -> bytes:
    content = content if isinstance(content, bytes) else content.read_bytes()
    file = io.BytesIO()
    write_recoded(BytesSource(content), file, names)
    return file.getvalue()


def warned(content: bytes, *names: str) -> tuple[str, ...]:
    return write_recoded(BytesSource(content), io.BytesIO(), names)


def read(content: bytes) -> Dataset:
    return pydicom.dcmread(io.BytesIO(content))


def texts(content: bytes | Path) -> list[tuple[str, tuple[str, ...]]]:
    """The values of every text, without padding, each with its place."""
    content = content if isinstance(content, bytes) else content.read_bytes()
    return list(_texts(read_element_tree(BytesSource(content)), ""))


def _texts(data_set: Item, place: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for tag in data_set.tags():
        if tag in data_set.sequences:
            for number, inner in enumerate(data_set.sequences[tag]):
                yield from _texts(inner, f"{place}{tag:08x}[{number}].")
        elif (value := data_set.values[tag]).vr in TEXT_VRS:
            values = decode(value.content, data_set.character_set, value.vr).values
            yield f"{place}{tag:08x}", tuple(each.rstrip(" \0") for each in values)


def declarations(data_set: Item) -> Iterator[str]:
    if SPECIFIC_CHARACTER_SET in data_set.values:
        yield data_set.values[SPECIFIC_CHARACTER_SET].content.decode().strip()
    for items in data_set.sequences.values():
        for inner in items:
            yield from declarations(inner)


@lru_cache(maxsize=64)
def original(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    return texts(path)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("path", [*FILES, *SAMPLES], ids=lambda path: path.name)
def test_every_text_comes_back_from_every_set_that_holds_it(path: Path, name: str) -> None:
    row = find_character_set(name)
    assert row is not None
    try:
        answer = recoded(path, name)
    except NotAcceptable as error:
        assert "(" in error.message
        assert not holds_all(row, original(path))
        return
    assert texts(answer) == original(path)
    terms = "\\".join(row.defined_terms)
    assert list(declarations(read_element_tree(BytesSource(answer)))) == ([terms] if terms else [])


def holds_all(row: CharacterSet, found: list[tuple[str, tuple[str, ...]]]) -> bool:
    """By Python's codec, where the set of DICOM is the same; else each character is looked up in the sets."""
    text = "".join(value for _, values in found for value in values)
    if row.defined_terms[0] and row.codec:
        return text.encode(row.codec, "ignore").decode(row.codec) == text
    try:
        recode_value(text.encode(), b"ISO_IR 192", "LT", row.defined_terms)
    except ValueError:
        return False
    return True


def strings(dataset: Dataset) -> list[tuple[int, str]]:
    dataset.decode()
    return [(int(each.tag), str(each.value)) for each in dataset.iterall() if each.VR in TEXT_VRS]


@pytest.mark.parametrize("path", FOR_PYDICOM, ids=lambda path: path.name)
@pytest.mark.parametrize("name", ["UTF-8", "GB18030"])
def test_pydicom_reads_the_same_text_in_the_sets_of_all_characters(path: Path, name: str) -> None:
    assert strings(read(recoded(path, name))) == strings(pydicom.dcmread(path, force=True))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_was_converted_can_be_converted_back(path: Path) -> None:
    stored = read_element_tree(BytesSource(path.read_bytes()))
    row = find_character_set(stored.character_set.decode().strip().rpartition("\\")[2])
    if row is None or row.defined_terms != tuple(stored.character_set.decode().strip().split("\\")):
        return
    back = recoded(recoded(path, "UTF-8"), row.name)
    assert texts(back) == original(path)
    if b"\x1b" not in path.read_bytes():  # some escape more often than they have to
        kept = read_element_tree(BytesSource(back)).values
        assert [tag for tag, value in stored.values.items() if tag & 0xFFFF and kept[tag] != value] == []


@pytest.mark.parametrize("path", pydicom_files(), ids=lambda path: path.name)
def test_nothing_but_text_changes_in_any_file(path: Path) -> None:
    if path.name in CUT_SHORT:
        with pytest.raises(NotAcceptable, match="cut short"):
            recoded(path, "UTF-8")
        return
    stored, answer = pydicom.dcmread(path, force=True), read(recoded(path, "UTF-8"))
    for dataset in (stored, answer):
        dataset.decode()
        undeclare(dataset)
    assert list(differences(stored, answer)) == []
    for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"):
        if keyword in stored:
            assert stored[keyword].value == answer[keyword].value


def undeclare(dataset: Dataset) -> None:
    dataset.pop(SPECIFIC_CHARACTER_SET, None)
    for each in dataset:
        for inner in each.value if each.VR == "SQ" else ():
            undeclare(inner)


def nested(**attributes: str) -> Dataset:
    """A German object with a Greek item and one that declares nothing."""
    greek, german = Dataset(), Dataset()
    greek.SpecificCharacterSet = "ISO_IR 126"
    greek.CodeMeaning = "Διονυσιος"
    german.CodeMeaning = "Größe"
    greek.ConceptCodeSequence = [german_of(greek)]
    dataset = make_object(SpecificCharacterSet="ISO_IR 100", PatientName="Müller^Jörg", **attributes)
    dataset.ProcedureCodeSequence = [greek, german]
    block = dataset.private_block(0x0009, "Tests", create=True)
    block.add_new(1, "LT", "Präparat \\ Übersicht")
    block.add_new(2, "UN", "Präparat".encode("latin-1"))
    block.add_new(3, "UC", ["à", "b", "ç"])
    return dataset


def german_of(outer: Dataset) -> Dataset:
    """An item in an item, of a set of its own again."""
    inner = Dataset()
    inner.SpecificCharacterSet = "ISO_IR 100"
    inner.CodeMeaning = "Weiß"
    return inner


@pytest.mark.parametrize(
    "uid", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_items_inherit_the_one_set_that_is_declared(uid: str) -> None:
    answer = read(render(to_file(nested(), uid), APPLICATION_DICOM, charsets=("UTF-8",), transfer_syntaxes=("*",)))
    assert answer.file_meta.TransferSyntaxUID == uid
    assert answer.SpecificCharacterSet == "ISO_IR 192"
    greek, german = answer.ProcedureCodeSequence
    (inner,) = greek.ConceptCodeSequence
    assert not any("SpecificCharacterSet" in each for each in (greek, german, inner))
    assert [answer.PatientName, greek.CodeMeaning, german.CodeMeaning, inner.CodeMeaning] == [
        *("Müller^Jörg", "Διονυσιος", "Größe", "Weiß")
    ]
    if uid != ImplicitVRLittleEndian:  # which does not tell what private attributes are
        assert answer[0x00091001].value == "Präparat \\ Übersicht"
        assert answer[0x00091003].value == ["à", "b", "ç"]
    else:
        assert answer[0x00091001].value == "Präparat \\ Übersicht".encode("latin-1")
    assert answer[0x00091002].value == "Präparat".encode("latin-1")


def test_a_value_that_no_set_holds_is_refused_by_its_tag_alone() -> None:
    with pytest.raises(NotAcceptable) as caught:
        recoded(to_file(nested()), "ISO-8859-1", "ISO-8859-2")
    assert (
        caught.value.message
        == "Code Meaning (0008,0104) has characters that ISO-8859-2 cannot hold; charset=UTF-8 has all"
    )
    assert (caught.value.parameter, caught.value.clause) == ("charset", "8.1.6")


def test_the_next_set_of_the_list_is_for_the_object_as_a_whole() -> None:
    answer = read(recoded(to_file(nested()), "ISO-8859-1", "US-ASCII", "GB18030", "UTF-8"))
    assert answer.SpecificCharacterSet == "GB18030"
    assert answer.PatientName == "Müller^Jörg"


def test_ascii_declares_nothing() -> None:
    dataset = make_object(SpecificCharacterSet="ISO_IR 100", PatientName="Mueller")
    assert "SpecificCharacterSet" not in read(recoded(to_file(dataset), "US-ASCII"))
    del dataset.SpecificCharacterSet
    answer = recoded(to_file(dataset), "ISO-8859-5")
    assert read(answer).SpecificCharacterSet == "ISO_IR 144"
    assert [each.tag for each in read(answer)] == sorted(each.tag for each in read(answer))


def test_a_data_set_of_nothing_declares_its_set_at_its_end() -> None:
    answer = recoded(explicit(0x00080001, "UL", bytes(4)), "UTF-8")
    assert answer.endswith(explicit(SPECIFIC_CHARACTER_SET, "CS", b"ISO_IR 192"))


def test_a_sequence_of_unknown_vr_is_of_implicit_vr_within() -> None:
    inner = implicit(SPECIFIC_CHARACTER_SET, b"ISO_IR 126") + implicit(0x00080104, "Δ".encode("iso8859-7") + b" ")
    sequence = b"\x09\0\x10\x10UN\0\0\xff\xff\xff\xff" + item(inner) + sequence_end()
    creator, own = explicit(0x00090010, "LO", b"Tests "), explicit(0x00100010, "PN", b"M\xfcll")
    for order in ("<", ">"):
        start = explicit(SPECIFIC_CHARACTER_SET, "CS", b"ISO_IR 100", order)
        parts = (creator, sequence, own) if order == "<" else ()
        answer = recoded(start + b"".join(parts) + explicit(0x00100020, "LO", b"1 ", order), "UTF-8")
        assert (sequence_end() in answer) == bool(parts)
        if parts:
            assert implicit(0x00080104, "Δ".encode()) in answer
            assert b"ISO_IR 126" not in answer
            assert explicit(0x00100010, "PN", "Müll ".encode()) in answer


def test_a_public_attribute_of_unknown_vr_means_what_the_dictionary_says() -> None:
    start = explicit(SPECIFIC_CHARACTER_SET, "CS", b"ISO_IR 100")
    answer = recoded(start + explicit(0x00104000, "UN", "Größe!".encode("latin-1")), "UTF-8")
    assert explicit(0x00104000, "LT", "Größe!".encode()) in answer


def test_a_public_attribute_of_unknown_vr_stays_unknown_where_its_vr_has_no_room() -> None:
    """LT has a length of 16 bits (PS3.5 6.2.2, note 4)."""
    start = explicit(0x00080005, "CS", b"ISO_IR 100")
    long = "ö" * 40000
    answer = recoded(start + explicit(0x00104000, "UN", long.encode("latin-1")), "UTF-8")
    assert explicit(0x00104000, "UN", long.encode()) in answer


def test_five_hundred_levels_are_converted() -> None:
    content = explicit(0x0040A160, "UT", "é".encode("latin-1") * 2)
    for _ in range(500):
        content = explicit(0x0040A730, "SQ", item(content))
    answer = recoded(explicit(SPECIFIC_CHARACTER_SET, "CS", b"ISO_IR 100") + content, "UTF-8")
    assert answer.count("éé".encode()) == 1
    assert answer.endswith((b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0") * 2)


def test_more_levels_than_any_object_has_are_refused() -> None:
    undefined = b"\xff\xff\xff\xff"
    level = b"\x40\0\x30\xa7SQ\0\0" + undefined + b"\xfe\xff\0\xe0" + undefined
    with pytest.raises(NotAcceptable, match=r"levels|cannot be read"):
        recoded(level * 2000, "UTF-8")


def test_a_value_too_long_for_its_length_field_is_refused() -> None:
    start = explicit(SPECIFIC_CHARACTER_SET, "CS", b"ISO_IR 100")
    longest = "\\".join(["é" * 63] * 900)
    content = start + explicit(0x00102000, "LO", longest.encode("latin-1") + b" ")
    with pytest.raises(
        NotAcceptable, match=r"Medical Alerts \(0010,2000\) would be longer in UTF-8 than its VR allows"
    ):
        recoded(content, "UTF-8")
    assert read(recoded(content, "UTF-8", "ISO-8859-15")).SpecificCharacterSet == "ISO_IR 203"
    text = start + explicit(0x0040A160, "UT", b"\xe9" * 70_000)
    assert ("é" * 70_000).encode() in recoded(text, "UTF-8")


@pytest.mark.parametrize("uid", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize(
    ("keyword", "characters"),
    [
        ("StudyDescription", 64),
        ("StationName", 16),
        ("InstitutionAddress", 1024),
        ("PatientComments", 10240),
        ("TextValue", 100_001),
    ],
)
def test_a_value_of_the_greatest_length_stays_whole(keyword: str, characters: int, uid: str) -> None:
    """Limits count characters (PS3.5 Table 6.2-1): there may be three times as many bytes, and are an even number."""
    text = "".join(chr(0x4E00 + number % 5000) for number in range(characters))
    content = to_file(make_object(SpecificCharacterSet="GB18030", **{keyword: text}), uid)
    for name, codec in (("UTF-8", "utf-8"), ("GBK", "gbk"), ("GB18030", "gb18030")):
        answer = recoded(content, name)
        encoded = text.encode(codec)
        stored = read_element_tree(BytesSource(answer)).values[Tag(keyword)].content
        assert stored == encoded + b" " * (len(encoded) % 2)
        assert read(answer)[keyword].value == text


def test_each_group_of_a_name_may_have_64_characters() -> None:
    groups = ["A" * 64, "山" * 64, "や" * 64]
    dataset = make_object(SpecificCharacterSet="ISO_IR 192", PatientName="=".join(groups))
    for name in ("ISO-2022-JP", "GB18030", "UTF-8"):
        assert str(read(recoded(to_file(dataset), name)).PatientName).split("=") == groups


def test_bytes_that_are_no_declared_text_are_never_guessed_at() -> None:
    for declared, stored in (
        (b"", b"M\xfcller"),
        (b"ISO_IR 100", b"\x93quoted\x94 "),
        (b"ISO_IR 192", b"M\xfcller"),
        (b"ISO 2022 IR 6\\ISO 2022 IR 87", b"\x1b$B\x3b\x33\x45\x1b(B "),
        (b"KLINGON ", b"M\xfcller"),
    ):
        content = explicit(SPECIFIC_CHARACTER_SET, "CS", declared) + explicit(0x00100010, "PN", stored)
        with pytest.raises(NotAcceptable) as caught:
            recoded(content, "UTF-8")
        assert "Patient's Name (0010,0010) is no text in the character set" in caught.value.message
        assert "ller" not in caught.value.message


@pytest.mark.parametrize(
    ("declared", "stored"),
    [
        (b"", "Müller ".encode()),
        (b"ISO_IR 100", "Müller ".encode()),
        (b"ISO-IR 100", "Müller".encode("latin-1")),
        (b"ISO 2022 IR 6 ", b"\x1b-AM\xfcller "),
    ],
)
def test_what_is_beyond_doubt_is_converted_with_a_warning(declared: bytes, stored: bytes) -> None:
    content = explicit(SPECIFIC_CHARACTER_SET, "CS", declared + b" " * (len(declared) % 2))
    content += explicit(0x00100010, "PN", stored + b" " * (len(stored) % 2))
    assert read(recoded(content, "UTF-8")).PatientName == "Müller"
    (warning,) = warned(content, "UTF-8")
    assert warning.endswith("was read in its own: (0010,0010)")


def test_a_set_that_is_declared_behind_its_text_is_refused() -> None:
    text = explicit(0x00080104, "LO", "Größe ".encode())
    disordered = item(text + explicit(SPECIFIC_CHARACTER_SET, "CS", b"ISO_IR 192"))
    content = explicit(SPECIFIC_CHARACTER_SET, "CS", b"ISO_IR 100") + explicit(0x00081032, "SQ", disordered)
    with pytest.raises(NotAcceptable, match=r"\(0008,0005\) stands behind text"):
        recoded(content, "GB18030")


def test_an_empty_item_out_of_place_is_left_out() -> None:
    content = explicit(0x00081115, "SQ", b"") + item(b"") + explicit(0x00100010, "PN", b"Abc ")
    assert item(b"") not in recoded(content, "UTF-8")
    assert read(recoded(content, "UTF-8")).PatientName == "Abc"


def test_a_yen_sign_is_no_backslash() -> None:
    """JIS X 0201 has it at 05/12, which is a delimiter too (PS3.5 6.1.2.3)."""
    start = explicit(SPECIFIC_CHARACTER_SET, "CS", b"ISO_IR 13 ")
    content = start + explicit(0x00104000, "LT", b"5\x5c ~") + explicit(0x00081090, "LO", b"a\x5cb ")
    answer = read(recoded(content, "UTF-8"))
    assert answer.PatientComments == "5¥ ‾"
    assert answer.ManufacturerModelName == ["a", "b"]
    back = read_element_tree(BytesSource(recoded(recoded(content, "UTF-8"), "ISO_IR 13")))
    assert back.values[0x00104000].content == b"5\x5c ~"
    with pytest.raises(NotAcceptable, match=r"\(0010,4000\)"):
        recoded(to_file(make_object(PatientComments="a~b")), "ISO_IR 13")


def test_component_groups_of_names_stay() -> None:
    dataset = make_object(SpecificCharacterSet="ISO_IR 192", PatientName="Yamada^Tarou=山田^太郎=やまだ^たろう")
    answer = recoded(to_file(dataset), "ISO-2022-JP")
    assert b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B" in answer
    assert str(read(answer).PatientName) == "Yamada^Tarou=山田^太郎=やまだ^たろう"


def test_padding_is_neither_lost_nor_doubled() -> None:
    for stored, converted in ((b"M\xfcll", "Müll ".encode()), (b"M\xfclle ", "Mülle".encode())):
        assert recode_value(stored, b"ISO_IR 100", "LO", ("ISO_IR 192",)) == converted
        assert recode_value(converted, b"ISO_IR 192", "LO", ("ISO_IR 100",)) == stored
    assert recode_value(b"abc ", b"ISO_IR 100", "LO", ("ISO_IR 192",)) == b"abc "


def test_a_set_that_dicom_lacks_is_refused() -> None:
    with pytest.raises(NotAcceptable, match="DICOM has no such character set"):
        recoded(to_file(make_object()), "windows-1252", "Shift_JIS")


def test_compressed_pixels_are_copied_and_the_other_steps_follow() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    content = rewritten(
        to_file(make_image(pixels, SpecificCharacterSet="ISO_IR 100", PatientName="Müller")), JPEGLSLossless
    )
    kept = read(render(content, APPLICATION_DICOM, charsets=("UTF-8",), transfer_syntaxes=("*",)))
    assert kept.file_meta.TransferSyntaxUID == JPEGLSLossless
    assert (kept.PixelData, str(kept.PatientName)) == (read(content).PixelData, "Müller")
    both = read(render(content, APPLICATION_DICOM, charsets=("UTF-8",)))
    assert both.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert (both.PixelData, str(both.PatientName)) == (pixels.tobytes(), "Müller")


def test_what_is_de_identified_is_converted_too() -> None:
    dataset = make_image(np.zeros((8, 8), np.uint8), BurnedInAnnotation="NO", SpecificCharacterSet="ISO_IR 100")
    dataset.PatientName = "Müller"
    dataset.ImageComments = "Müller"
    dataset.AcquisitionContextSequence = []
    job = {"charsets": ("UTF-8",), "anonymize": True, "transfer_syntaxes": (JPEGLSLossless,)}
    answer = render(to_file(dataset), APPLICATION_DICOM, anonymize_key="a secret of a site", **job)
    assert read(answer).SpecificCharacterSet == "ISO_IR 192"
    assert read(answer).file_meta.TransferSyntaxUID == JPEGLSLossless
    assert read(answer).PatientIdentityRemoved == "YES"
    assert "Müller".encode() not in answer
    assert "Müller".encode("latin-1") not in answer


@given(st.sampled_from(FILES), st.lists(st.tuples(st.integers(132, 2000), st.integers(0, 255)), max_size=8))
def test_what_is_malformed_is_converted_or_refused(path: Path, faults: list[tuple[int, int]]) -> None:
    content = bytearray(path.read_bytes())
    for place, code in faults:
        content[place % len(content)] = code
    with contextlib.suppress(NotAcceptable):
        recoded(bytes(content), "UTF-8")


@pytest.mark.parametrize("name", KINDS)
def test_pixels_of_every_kind_stay(name: str) -> None:
    content = to_file(KINDS[name])
    stored, answer = read(content), read(recoded(content, "UTF-8"))
    for keyword in ("PixelData", "FloatPixelData"):
        if keyword in stored:
            assert stored[keyword].value == answer[keyword].value
