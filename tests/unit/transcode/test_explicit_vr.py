"""Data sets rewritten element by element (PS3.5 6.2, 7.1, 7.5), from bytes put together by hand."""

from __future__ import annotations

import io
import struct

import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.unit.transcode.objects import explicit, implicit, item, sequence_end
from wado.errors import NotAcceptable
from wado.transcode.element_encoding import Element, Encoding
from wado.transcode.explicit_vr import DEEPEST, DataSetWriter

IMPLICIT, LITTLE, BIG = Encoding(True, True), Encoding(False, True), Encoding(False, False)


def rewrite(content: bytes, encoding: Encoding, **options: object) -> bytes:
    target = io.BytesIO()
    DataSetWriter(io.BytesIO(content), target, encoding, **options).copy()  # type: ignore[arg-type]
    return target.getvalue()


def read(content: bytes) -> Dataset:
    return pydicom.filereader.read_dataset(io.BytesIO(content), is_implicit_VR=False, is_little_endian=True)


UNIT_CASES = [
    ("US", 0x00280010, ">H", "<H", 0x0102),
    ("SS", 0x00189219, ">h", "<h", -2),
    ("UL", 0x00186016, ">I", "<I", 0x01020304),
    ("SL", 0x00186020, ">i", "<i", -5),
    ("FL", 0x00089459, ">f", "<f", 1.5),
    ("FD", 0x00189073, ">d", "<d", -2.25),
    ("AT", 0x00280009, ">HH", "<HH", (0x0018, 0x1063)),
    ("OW", 0x00281201, ">HH", "<HH", (1, 0x0203)),
    ("OF", 0x56000020, ">ff", "<ff", (1.0, 2.0)),
]


@pytest.mark.parametrize(("vr", "tag", "big", "little", "value"), UNIT_CASES, ids=[case[0] for case in UNIT_CASES])
def test_big_endian_numbers_are_turned_round(vr: str, tag: int, big: str, little: str, value: object) -> None:
    values = value if isinstance(value, tuple) else (value,)
    stored = explicit(tag, vr, struct.pack(big, *values), ">")
    assert rewrite(stored, BIG) == explicit(tag, vr, struct.pack(little, *values))


def test_text_and_bytes_of_big_endian_stay_as_they_are() -> None:
    stored = explicit(0x00080060, "CS", b"MR", ">") + explicit(0x00420011, "OB", b"%PDF", ">")
    assert rewrite(stored, BIG) == explicit(0x00080060, "CS", b"MR") + explicit(0x00420011, "OB", b"%PDF")


def test_big_endian_numbers_are_turned_round_at_all_levels() -> None:
    inner = explicit(0x00081140, "SQ", item(explicit(0x00280010, "US", b"\1\2", ">"), ">"), ">")
    outer = explicit(0x00081115, "SQ", item(inner + explicit(0x00280011, "US", b"\3\4", ">"), ">"), ">")
    dataset = read(rewrite(outer, BIG))
    assert dataset.ReferencedSeriesSequence[0].Columns == 0x0304
    assert dataset.ReferencedSeriesSequence[0].ReferencedImageSequence[0].Rows == 0x0102


@pytest.mark.parametrize("bits_allocated", [8, 16, 32, 64])
def test_big_endian_pixels_are_turned_round_by_their_cells(bits_allocated: int) -> None:
    unit = max(2, bits_allocated // 8)
    stored = explicit(0x7FE00010, "OW", bytes(range(16)), ">")
    turned = b"".join(bytes(range(at, at + unit))[::-1] for at in range(0, 16, unit))
    assert rewrite(stored, BIG, bits_allocated=bits_allocated) == explicit(0x7FE00010, "OW", turned)


IMPLICIT_CASES = [
    ("CS", 0x00080060, b"MR"),
    ("PN", 0x00100010, b"A^B "),
    ("US", 0x00280010, b"\1\2"),
    ("OW", 0x7FE00010, b"\1\2"),
    ("OW", 0x00281201, b"\1\2"),
    ("UN", 0x00080FFF, b"\1\2"),
    ("UT", 0x0040A160, b"text"),
    ("LO", 0x00090010, b"ACME"),
    ("UN", 0x00091001, b"\1\2"),
]


@pytest.mark.parametrize(("vr", "tag", "value"), IMPLICIT_CASES, ids=[f"{case[1]:08X}" for case in IMPLICIT_CASES])
def test_implicit_elements_get_the_vr_of_the_dictionary(vr: str, tag: int, value: bytes) -> None:
    assert rewrite(implicit(tag, value), IMPLICIT) == explicit(tag, vr, value)


@pytest.mark.parametrize(("is_signed", "vr"), [(True, "SS"), (False, "US")])
def test_us_or_ss_is_decided_by_the_pixels(is_signed: bool, vr: str) -> None:
    stored = implicit(0x00280106, b"\xff\xff")
    assert rewrite(stored, IMPLICIT, is_signed=is_signed) == explicit(0x00280106, vr, b"\xff\xff")


def test_private_elements_of_a_known_creator_get_its_vrs() -> None:
    creator = b"SIEMENS MEDCOM HEADER "
    stored = implicit(0x00290010, creator) + implicit(0x00291008, b"MEDCOM") + implicit(0x00291110, b"\1\2")
    expected = [
        explicit(0x00290010, "LO", creator),
        explicit(0x00291008, "CS", b"MEDCOM"),
        explicit(0x00291110, "UN", b"\1\2"),  # of a block that no creator has
    ]
    assert rewrite(stored, IMPLICIT) == b"".join(expected)


def test_private_creators_count_within_their_own_item_only() -> None:
    creator = implicit(0x00290010, b"SIEMENS MEDCOM HEADER ")
    value = implicit(0x00291008, b"MEDCOM")
    dataset = read(rewrite(creator + value + implicit(0x00321064, item(value)), IMPLICIT))
    assert dataset[0x00291008].VR == "CS"
    assert dataset.RequestedProcedureCodeSequence[0].get_item(0x00291008).VR in (None, "UN")


@pytest.mark.parametrize("encoding", [IMPLICIT, LITTLE], ids=["implicit", "explicit"])
def test_values_of_odd_length_are_made_even(encoding: Encoding) -> None:
    write = implicit if encoding.is_implicit_vr else None
    for tag, vr, value, padded in [
        (0x00100010, "PN", b"A^B", b"A^B "),
        (0x00080018, "UI", b"1.2", b"1.2\0"),
        (0x00420011, "OB", b"abc", b"abc\0"),
    ]:
        stored = write(tag, value) if write else explicit(tag, vr, value)
        assert rewrite(stored, encoding) == explicit(tag, vr, padded)


@pytest.mark.parametrize("length", [0xFFFF, 0x10000, 70000])
def test_a_value_too_long_for_its_vr_is_un(length: int) -> None:
    content = b"1" * length
    assert rewrite(implicit(0x00281051, content), IMPLICIT) == explicit(
        0x00281051, "UN", content + b"\0" * (length % 2)
    )


def test_an_odd_value_that_padding_makes_too_long_is_un() -> None:
    stored = explicit(0x00204000, "LT", b"x" * 0xFFFF)
    assert rewrite(stored, LITTLE) == explicit(0x00204000, "UN", b"x" * 0xFFFF + b" ")


@pytest.mark.parametrize("is_item_undefined", [True, False], ids=["item undefined", "item defined"])
@pytest.mark.parametrize("is_undefined", [True, False], ids=["sequence undefined", "sequence defined"])
def test_sequences_of_any_kind_of_length_keep_their_items(is_undefined: bool, is_item_undefined: bool) -> None:
    def nest(depth: int) -> bytes:
        content = implicit(0x00080100, f"L{depth}".encode())
        if depth < 4:
            inner = item(nest(depth + 1), is_undefined=is_item_undefined) * 2
            end = sequence_end() if is_undefined else b""
            content += implicit(0x00080121, inner + end, is_undefined=is_undefined)
        return content

    dataset = read(rewrite(nest(0) + implicit(0x00280010, b"\5\0"), IMPLICIT))
    assert dataset.Rows == 5
    for depth in range(4):
        assert dataset.CodeValue == f"L{depth}"
        assert len(dataset.EquivalentCodeSequence) == 2
        dataset = dataset.EquivalentCodeSequence[1]
    assert dataset.CodeValue == "L4"


def test_un_of_undefined_length_is_a_sequence_in_implicit_little_endian() -> None:
    inside = item(implicit(0x00280010, b"\1\2"), is_undefined=True) + sequence_end()
    for encoding, order in ((LITTLE, "<"), (BIG, ">")):
        header = struct.pack(f"{order}HH2sHI", 0x0008, 0x1115, b"UN", 0, 0xFFFFFFFF)
        after = explicit(0x00280011, "US", b"\0\7" if order == ">" else b"\7\0", order)
        dataset = read(rewrite(header + inside + after, encoding))
        assert dataset.ReferencedSeriesSequence[0].Rows == 0x0201
        assert dataset.Columns == 7


def test_an_empty_sequence_and_an_empty_item_stay() -> None:
    stored = explicit(0x00081115, "SQ", b"") + explicit(0x00081140, "SQ", item(b"") * 3)
    dataset = read(rewrite(stored, LITTLE))
    assert len(dataset.ReferencedSeriesSequence) == 0
    assert len(dataset.ReferencedImageSequence) == 3


def test_group_lengths_are_left_out() -> None:
    stored = implicit(0x00080000, b"\4\0\0\0") + implicit(0x00080060, b"MR")
    assert rewrite(stored, IMPLICIT) == explicit(0x00080060, "CS", b"MR")


def test_replacements_stand_in_their_places() -> None:
    stored = explicit(0x00280004, "CS", b"YBR_FULL") + explicit(0x00280010, "US", b"\1\0")
    replacements = {
        0x00280002: Element(0x00280002, "US", b"\3\0"),
        0x00280004: Element(0x00280004, "CS", b"RGB "),
        0x00280010: None,
        0x00280100: Element(0x00280100, "US", b"\x08\0"),
    }
    expected = [
        explicit(0x00280002, "US", b"\3\0"),
        explicit(0x00280004, "CS", b"RGB "),
        explicit(0x00280100, "US", b"\x08\0"),
    ]
    assert rewrite(stored, LITTLE, replacements=replacements) == b"".join(expected)


def test_replacements_are_of_the_top_level_only() -> None:
    stored = explicit(0x00880200, "SQ", item(explicit(0x00280100, "US", b"\x10\0")))
    dataset = read(rewrite(stored, LITTLE, replacements={0x00280100: None}))
    assert dataset.IconImageSequence[0].BitsAllocated == 16


def test_characters_are_copied_and_not_understood() -> None:
    value = bytes(range(0x80, 0x100))
    assert rewrite(implicit(0x00081030, value), IMPLICIT) == explicit(0x00081030, "LO", value)


@pytest.mark.parametrize("cut", [1, 3])
def test_a_value_that_is_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(NotAcceptable, match="cut short"):
        rewrite(explicit(0x00100010, "PN", b"A^BC")[:-cut], LITTLE)


def test_sequences_nested_too_deeply_are_refused() -> None:
    content = b""
    for _ in range(DEEPEST + 2):
        content = explicit(0x00081115, "SQ", item(content))
    with pytest.raises(NotAcceptable, match="nested too deeply"):
        rewrite(content, LITTLE)


@pytest.mark.parametrize("stray", [sequence_end(), item(b"", is_undefined=True)[8:]], ids=["sequence", "item"])
def test_an_end_that_ends_nothing_is_refused(stray: bytes) -> None:
    with pytest.raises(NotAcceptable, match="ends where none began"):
        rewrite(explicit(0x00280010, "US", b"\1\0") + stray, LITTLE)


def test_an_empty_item_out_of_place_is_left_out() -> None:
    """As behind a sequence that says that it is empty. Some readers take it for the end of the object."""
    before, behind = explicit(0x00081115, "SQ", b""), explicit(0x00280010, "US", b"\1\0")
    written = explicit(0x00081115, "SQ", b"")[:8] + b"\xff\xff\xff\xff" + sequence_end()
    assert rewrite(before + item(b"") + behind, LITTLE) == written + behind
    with pytest.raises(NotAcceptable, match="ends where none began"):
        rewrite(before + item(behind), LITTLE)


def test_a_compressed_icon_is_refused() -> None:
    icon = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF) + item(b"") + sequence_end()
    with pytest.raises(NotAcceptable, match="icon"):
        rewrite(explicit(0x00880200, "SQ", item(icon)), LITTLE)


@pytest.mark.parametrize("vr", [b"U\xff", b"ui", b"\0\0", b"??", b"4 "])
def test_what_is_no_vr_is_unknown(vr: bytes) -> None:
    """Readers do not agree on how long the length is behind it; behind UN they do (PS3.5 7.1.2)."""
    stored = explicit(0x00080060, "CS", b"MR") + struct.pack("<HH2sH", 0x0008, 0x1155, vr, 4) + b"1.2\0"
    inner = explicit(0x00081140, "SQ", item(stored))
    dataset = read(rewrite(inner + explicit(0x00280010, "US", b"\1\0"), LITTLE))
    (found,) = dataset.ReferencedImageSequence
    assert found.Modality == "MR" and found.ReferencedSOPInstanceUID == "1.2" and dataset.Rows == 1
    assert explicit(0x00081155, "UN", b"1.2\0") in rewrite(inner, LITTLE)
