"""Text where none belongs: it goes, or the object is refused. It is nobody's name, so nothing but its place tells."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.support.datasets import DELIMITER, encapsulated, make_image, make_object, to_file, with_codestreams
from tests.unit.deidentify.objects import item, policy
from wado.deidentify.options import Option
from wado.dicom.stored_object import BytesSource
from wado.errors import Forbidden, NotAcceptable
from wado.image.compress import Frame, encode_rle
from wado.transcode.deidentified import write_deidentified

TEXT = b"Zwetschge^Ida "
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0"
PIXELS = np.arange(64, dtype=np.uint8).reshape(8, 8)
RLE = "1.2.840.10008.1.2.5"


def element(tag: int, vr: str, value: bytes, length: int | None = None) -> bytes:
    """An element in Explicit VR Little Endian, of another length than it has where one is given."""
    length = len(value) if length is None else length
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    is_long = vr in ("OB", "OW", "OF", "OD", "OL", "OV", "SQ", "UC", "UN", "UR", "UT", "SV", "UV")
    return head + (struct.pack("<2xI", length) if is_long else struct.pack("<H", length)) + value


def implicit(tag: int, value: bytes, length: int | None = None) -> bytes:
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, len(value) if length is None else length) + value


def inserted(tag: int, content: bytes, dataset: Dataset | None = None) -> bytes:
    """A file with bytes of a data set before its first element behind `tag`."""
    file = to_file(dataset if dataset is not None else image())
    stored = pydicom.dcmread(io.BytesIO(file), stop_before_pixels=True)
    following = min(int(other) for other in [*stored.keys(), 0x7FE00010] if int(other) > tag)
    at = file.index(struct.pack("<HH", following >> 16, following & 0xFFFF), 132)
    return file[:at] + content + file[at:]


def replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    assert content.count(old) == 1
    return content.replace(old, new)


def image(**attributes: Any) -> Dataset:
    return make_image(PIXELS, BurnedInAnnotation="NO", Manufacturer="ACME", **attributes)


def coded(*behind: bytes, **attributes: Any) -> Dataset:
    frame = encode_rle(Frame(PIXELS, 8), 100)
    return with_codestreams(image(**attributes), RLE, [frame, *behind])


def with_preamble() -> bytes:
    return TEXT.ljust(128, b"\0") + to_file(image())[128:]


def with_meta(tag: int, vr: str) -> bytes:
    """One more element of the meta header, whose length tells of it."""
    content = to_file(image())
    length = struct.unpack_from("<I", content, 140)[0]
    end = 144 + length
    added = element(tag, vr, TEXT)
    return content[:140] + struct.pack("<I", length + len(added)) + content[144:end] + added + content[end:]


def with_item_content() -> bytes:
    content = element(0x00081140, "SQ", ITEM + struct.pack("<I", len(TEXT)) + TEXT)
    return inserted(0x00081140, content)


def with_delimiter(delimiter: bytes) -> bytes:
    sequence = ITEM + struct.pack("<I", UNDEFINED) + element(0x00081150, "UI", b"1.2.840.10008.5.1.4.1.1.2\0")
    ends = {
        ITEM_END: ITEM_END + struct.pack("<I", len(TEXT)) + TEXT + SEQUENCE_END + bytes(4),
        SEQUENCE_END: ITEM_END + bytes(4) + SEQUENCE_END + struct.pack("<I", len(TEXT)) + TEXT,
    }
    return inserted(0x00081140, element(0x00081140, "SQ", sequence + ends[delimiter], UNDEFINED))


def unknown_sequence(tag: int, length: int | None) -> bytes:
    """A sequence that is UN: its content is in Implicit VR (PS3.5 6.2.2)."""
    content = implicit(0x00081155, b"1.2.3\0") + implicit(0x00100010, TEXT) + implicit(0x00081030, TEXT)
    items = ITEM + struct.pack("<I", len(content)) + content
    if length == UNDEFINED:
        items += SEQUENCE_END + bytes(4)
    return inserted(tag, element(tag, "UN", items, length))


def private_sequences() -> bytes:
    nested = Dataset()
    block = nested.private_block(0x0029, "ACME 1", create=True)
    block.add_new(0x01, "LO", TEXT.decode())
    middle = item(ReferencedSOPInstanceUID="1.2.3")
    middle.private_block(0x0029, "ACME 1", create=True).add_new(0x02, "SQ", [nested])
    outer = image(ReferencedImageSequence=[middle])
    outer.private_block(0x0029, "ACME 1", create=True).add_new(0x03, "SQ", [nested, middle])
    return to_file(outer)


def icon() -> bytes:
    small = item(Rows=4, Columns=4, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2", BitsAllocated=8)
    small.BitsStored, small.HighBit, small.PixelRepresentation, small.PixelData = 8, 7, 0, TEXT + b"\0\0"
    small["PixelData"].VR = "OB"
    return to_file(image(IconImageSequence=[small]))


def overlay() -> bytes:
    dataset = image()
    for number, vr, value in ((0x10, "US", 8), (0x11, "US", 8), (0x40, "CS", "G"), (0x50, "SS", [1, 1])):
        dataset.add_new((0x6000, number), vr, value)
    dataset.add_new(0x60000100, "US", 1)
    dataset.add_new(0x60000102, "US", 0)
    dataset.add_new(0x60003000, "OW", bytes(8) + TEXT)
    return to_file(dataset)


def overlay_bits() -> bytes:
    """A letter in the unused bits of every pixel."""
    letters = np.frombuffer((TEXT * 5)[:64], np.uint8).astype(np.uint16).reshape(8, 8)
    dataset = make_image(PIXELS.astype(np.uint16) | letters << 8, bits_stored=8, BurnedInAnnotation="NO")
    return to_file(dataset)


def behind_pixels() -> bytes:
    dataset = image()
    dataset.PixelData = PIXELS.tobytes() + TEXT
    dataset["PixelData"].VR = "OB"
    return to_file(dataset)


def offset_table() -> bytes:
    dataset = coded()
    dataset.PixelData = encapsulated(encode_rle(Frame(PIXELS, 8), 100), table=(TEXT * 2)[:16])
    return to_file(dataset)


def extended_offset_table() -> bytes:
    dataset = coded()
    dataset.ExtendedOffsetTable = dataset.ExtendedOffsetTableLengths = (TEXT * 2)[:16]
    return to_file(dataset)


def behind_delimiter() -> bytes:
    dataset = coded()
    dataset.PixelData = encapsulated(
        encode_rle(Frame(PIXELS, 8), 100), delimiter=DELIMITER[:4] + struct.pack("<I", len(TEXT)) + TEXT
    )
    return to_file(dataset)


def behind_deflated() -> bytes:
    return to_file(image(), DeflatedExplicitVRLittleEndian) + TEXT


def in_deflated() -> bytes:
    content = to_file(image(), DeflatedExplicitVRLittleEndian)
    start = 144 + struct.unpack_from("<I", content, 140)[0]
    data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content[start:]) + element(0xFFFCFFFC, "OB", TEXT)
    encoder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return content[:start] + encoder.compress(data) + encoder.flush()


def shorter_length(vr: str) -> bytes:
    """An odd length, one byte less than the value has, so that the rest is between two elements."""
    return inserted(0x00080050, element(0x00080050, vr, b"S" + TEXT, 1))


HIDDEN: dict[str, Callable[[], bytes]] = {
    "in the preamble": with_preamble,
    "in private information": lambda: with_meta(0x00020102, "OB"),
    "in an unknown element of the meta header": lambda: with_meta(0x00020199, "LO"),
    "in the application's title": lambda: with_meta(0x00020016, "AE"),
    "in a group length": lambda: inserted(0x00080000, element(0x00080000, "LO", TEXT)),
    "in a later group length": lambda: inserted(0x00270000, element(0x00280000, "UN", TEXT)),
    "in trailing padding": lambda: to_file(image()) + element(0xFFFCFFFC, "OB", TEXT),
    "in trailing padding of no image": lambda: to_file(make_object()) + element(0xFFFCFFFC, "OB", TEXT),
    "behind an object without pixels": lambda: to_file(make_object()) + TEXT,
    "behind a sign of less": lambda: to_file(image()) + TEXT,
    "in an item": with_item_content,
    "behind an item": lambda: with_delimiter(ITEM_END),
    "behind a sequence": lambda: with_delimiter(SEQUENCE_END),
    "in a sequence of unknown VR": lambda: unknown_sequence(0x00081140, None),
    "in one of undefined length": lambda: unknown_sequence(0x00081140, UNDEFINED),
    "in a private sequence of unknown VR": lambda: unknown_sequence(0x00091001, None),
    "in private sequences": private_sequences,
    "in an icon": icon,
    "in an overlay": overlay,
    "in unused bits": overlay_bits,
    "behind the last frame": behind_pixels,
    "in the offset table": offset_table,
    "in the extended offset table": extended_offset_table,
    "in one fragment more": lambda: to_file(coded(TEXT)),
    "behind the last fragment": behind_delimiter,
    "behind what is deflated": behind_deflated,
    "in padding that is deflated": in_deflated,
    "between two elements": lambda: shorter_length("SH"),
    "between two of long VR": lambda: shorter_length("UT"),
    "in a VR that does not exist": lambda: inserted(0x00080050, element(0x00080050, "ZZ", TEXT)),
    "in a number": lambda: inserted(0x00280103, element(0x00280106, "US", b"\0\0Ilsebe")),
    "in more numbers than there are": lambda: inserted(0x00280103, element(0x00280106, "US", TEXT)),
    "in a decimal string": lambda: inserted(0x00180050, element(0x00180050, "DS", b"1.0\\" + TEXT)),
    "in an integer string": lambda: inserted(0x00200013, element(0x00200013, "IS", TEXT)),
    "in an age": lambda: inserted(0x00101010, element(0x00101010, "AS", TEXT)),
    "in a UID": lambda: inserted(0x0020000D, element(0x00200052, "UI", TEXT)),
    "in the class's UID": lambda: replaced(
        to_file(make_object()),
        element(0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.7\0"),
        element(0x00080016, "UI", TEXT),
    ),
    "behind the end of a text": lambda: inserted(0x00080050, element(0x00080050, "SH", b"A\0\0" + TEXT + b" ")),
    "behind the end of a coded string": lambda: inserted(0x00080060, element(0x00080060, "CS", b"CT\0\0" + TEXT)),
    "in the character set": lambda: inserted(0x00080005, element(0x00080005, "CS", b"ISO_IR 100\\" + TEXT)),
    "in the value type": lambda: inserted(0x0040A040, element(0x0040A040, "CS", TEXT)),
    "in a command": lambda: inserted(0x00000000, element(0x00000900, "LO", TEXT)),
    "in a directory": lambda: inserted(0x00041130, element(0x00041141, "CS", TEXT)),
    "in a group that is none": lambda: inserted(0x00010010, element(0x00010010, "LO", TEXT)),
    "in an unknown attribute": lambda: inserted(0x00080010, element(0x00083F01, "LO", TEXT)),
    "in a curve": lambda: inserted(0x50003000, element(0x50003000, "OW", TEXT)),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("options", [(), tuple(Option)], ids=["no option", "every option"])
@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_text_goes_or_the_object_is_refused(name: str, options: tuple[Option, ...]) -> None:
    content = HIDDEN[name]()
    text = next(text for text in (b"Zwetschge", b"Ilsebe", b"Z\0w\0") if text in stored_bytes(content))
    file = io.BytesIO()
    try:
        write_deidentified(BytesSource(content), file, policy(*options))
    except (Forbidden, NotAcceptable):
        return
    assert text not in stored_bytes(file.getvalue())
    assert pydicom.dcmread(io.BytesIO(file.getvalue())).PatientIdentityRemoved == "YES"


def stored_bytes(content: bytes) -> bytes:
    """With what is deflated and what is in every second byte, as in the upper halves of pixels."""
    start = 144 + struct.unpack_from("<I", content, 140)[0]
    with contextlib.suppress(zlib.error):
        content += zlib.decompressobj(-zlib.MAX_WBITS).decompress(content[start:])
    return content + content[::2] + content[1::2]


SERVED = ("in the preamble", "in private information", "in trailing padding", "in an icon", "in unused bits")


@pytest.mark.parametrize("name", SERVED)
def test_what_is_only_beside_the_object_does_not_have_it_refused(name: str) -> None:
    write_deidentified(BytesSource(HIDDEN[name]()), io.BytesIO(), policy())


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_numbers_of_another_length_go_in_every_syntax(syntax: str) -> None:
    dataset = image(SmallestImagePixelValue=[1, 2, 3, 4])
    content = to_file(dataset, syntax)
    numbers = np.array([1, 2, 3, 4], ">u2" if syntax == ExplicitVRBigEndian else "<u2").tobytes()
    content = replaced(content, numbers, numbers[:2] + b"Ilsebe")
    file = io.BytesIO()
    write_deidentified(BytesSource(content), file, policy())
    assert b"Ilsebe" not in file.getvalue()
