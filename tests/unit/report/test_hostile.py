"""Reports that are made to do harm: answered or refused, in bounded time and memory."""

from __future__ import annotations

import random
import resource
import struct
import time
from collections.abc import Callable

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ImplicitVRLittleEndian

from tests.support.datasets import to_data_set, to_file
from tests.support.reports import (
    by_reference,
    container,
    every_report,
    image_item,
    make_report,
    number_item,
    region_item,
    text_item,
)
from wado.dicom.element_tree import DEEPEST, MOST_ITEMS, read_element_tree
from wado.dicom.stored_object import BytesSource
from wado.errors import NotAcceptable
from wado.report.arrange import arrange
from wado.report.cda import write_cda
from wado.report.html import write_html
from wado.report.native_xml import write_native_xml
from wado.report.plain_text import write_plain_text
from wado.report.read_report import read_report
from wado.report.rtf import write_rtf

SECONDS = 20.0
"""Of processor time, on a slow machine: what takes longer grows faster than the report."""

WRITERS = (write_html, write_plain_text, write_rtf)


def write_all(content: bytes) -> list[str]:
    start = time.process_time()
    written = [*write_documents(content), write_native_xml(read_element_tree(BytesSource(content)))]
    assert time.process_time() - start < SECONDS
    return written


def write_documents(content: bytes) -> list[str]:
    """All that is made of the report as it is understood."""
    start = time.process_time()
    report = read_report(BytesSource(content))
    outline = arrange(report)
    written = [*(write(outline) for write in WRITERS), write_cda(report, outline)]
    assert time.process_time() - start < SECONDS
    return written


ITEM, ITEM_END, SEQUENCE, SEQUENCE_END = 0xE000, 0xE00D, (0x0040, 0xA730), 0xE0DD
UNDEFINED = 0xFFFFFFFF


def element(tag: tuple[int, int], value: bytes) -> bytes:
    value += b" " * (len(value) % 2)
    return struct.pack("<HHL", *tag, len(value)) + value


def deep_report(levels: int, inner: bytes = b"") -> bytes:
    """In Implicit VR Little Endian, of undefined lengths: writing it with a library would recurse."""
    kind = element((0x0008, 0x0016), b"1.2.840.10008.5.1.4.1.1.88.33")
    level = element((0x0040, 0xA010), b"CONTAINS") + element((0x0040, 0xA040), b"CONTAINER")
    begin = struct.pack("<HHL", *SEQUENCE, UNDEFINED) + struct.pack("<HHL", 0xFFFE, ITEM, UNDEFINED) + level
    end = struct.pack("<HHLHHL", 0xFFFE, ITEM_END, 0, 0xFFFE, SEQUENCE_END, 0)
    return kind + element((0x0040, 0xA040), b"CONTAINER") + begin * levels + inner + end * levels


@pytest.mark.parametrize("levels", [500, DEEPEST - 1])
def test_many_levels(levels: int) -> None:
    inner = element((0x0040, 0xA160), b"the innermost")
    html, text, *_ = write_all(deep_report(levels, inner))
    assert "the innermost" in html
    assert "the innermost" in text


def test_too_many_levels() -> None:
    with pytest.raises(NotAcceptable, match="levels"):
        read_report(BytesSource(deep_report(100_000)))


COUNT, DISTINCT = 10_000, 50
COUNT_OF_A_KIND = COUNT // 2


def many(make: Callable[[int], Dataset], count: int = COUNT_OF_A_KIND) -> bytes:
    """Some distinct items, over and over: a library would take longer to write them than they take to be read."""
    encoded = [to_data_set(make(number)) for number in range(DISTINCT)]
    items = b"".join(struct.pack("<HHL", 0xFFFE, ITEM, len(content)) + content for content in encoded)
    items *= count // DISTINCT
    report = make_report()
    del report.ContentSequence
    return to_data_set(report) + struct.pack("<HHL", *SEQUENCE, len(items)) + items


def changing_section(number: int) -> Dataset:
    """No two neighbours agree on the order of their columns, so that no table can be made of them."""
    parts = [text_item("A", "a"), text_item("B", "b")]
    return container("Section", *(parts if number % 2 else reversed(parts)))


MANY: dict[str, Callable[[int], Dataset]] = {
    "texts": lambda number: text_item(f"Concept {number}", f"value {number}"),
    "long texts": lambda number: text_item("Concept", f"value {number} " * 20),
    "measurements": lambda number: number_item(f"Concept {number}", str(number)),
    "sections": lambda number: container(f"Section {number}"),
    "sections of one kind": lambda number: container("Section", text_item("A", f"{number}")),
    "sections that disagree": changing_section,
    "images": lambda number: image_item(ReferencedFrameNumber=number + 1),
    "regions": lambda number: region_item("POINT", [number, number], image_item()),
    "references": lambda number: by_reference(1, COUNT - number),
    "contexts": lambda number: container("C", text_item("Observer", f"{number}", relationship="HAS OBS CONTEXT")),
}


@pytest.mark.parametrize("kind", MANY)
def test_thousands_of_items_of_a_kind(kind: str) -> None:
    html, text, *_ = write_documents(many(MANY[kind]))
    assert html.count('id="item-') >= COUNT_OF_A_KIND + 1
    assert text


def test_ten_thousand_items() -> None:
    makers = list(MANY.values())
    html, text, *_, native = write_all(many(lambda number: makers[number % len(makers)](number), COUNT))
    assert html.count('id="item-') >= COUNT + 1
    assert text
    assert native.count("<Item ") >= COUNT


def test_more_items_than_any_report_has() -> None:
    item = struct.pack("<HHL", 0xFFFE, ITEM, 0)
    items = item * (MOST_ITEMS + 1)
    content = element((0x0040, 0xA040), b"CONTAINER") + struct.pack("<HHL", *SEQUENCE, len(items)) + items
    with pytest.raises(NotAcceptable, match="items"):
        read_report(BytesSource(content))


def test_a_circle_of_references() -> None:
    items = [text_item(f"Item {number}", "x", by_reference(1, number % 3 + 1)) for number in range(1, 4)]
    html, *_ = write_all(to_file(make_report(*items, by_reference(1))))
    assert html.count('href="#item-') == 4


@pytest.mark.parametrize("text", ["word " * 1_000_000, "x" * 5_000_000, "\n" * 500_000, "山" * 1_000_000])
def test_megabytes_of_text(text: str) -> None:
    html, plain, *_ = write_all(to_file(make_report(text_item("Finding", f"begin{text}end"))))
    for written in (html, plain):
        assert "begin" in written
        assert "end" in written


def test_a_region_of_many_points() -> None:
    points = [float(number % 500) for number in range(100_000)]
    report = make_report(region_item("POLYLINE", points, image_item()))
    html, *_ = write_all(to_file(report, ImplicitVRLittleEndian))
    assert html.count("0,1 2,3 4,5 ") >= 200


def test_the_memory_grows_with_the_report_alone() -> None:
    """Some 1 MB of items, of which the document is some 2.5 MB."""
    content = many(MANY["measurements"])
    write_documents(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write_documents(content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 48 * 1024


@pytest.mark.parametrize("seed", range(12))
def test_a_broken_report_is_written_or_refused(seed: int) -> None:
    """Bytes changed, cut out and doubled at random in every report that is at hand."""
    chance = random.Random(seed)
    for _, content in every_report():
        broken = bytearray(content)
        for _ in range(chance.randrange(1, 12)):
            place = chance.randrange(len(broken))
            match chance.randrange(3):
                case 0:
                    broken[place] = chance.randrange(256)
                case 1:
                    del broken[place : place + chance.randrange(8)]
                case 2:
                    broken[place:place] = broken[place : place + chance.randrange(64)]
        try:
            write_all(bytes(broken))
        except NotAcceptable:
            continue
