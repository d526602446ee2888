"""CDA documents as outlines: every word of the narrative, and nothing that the document would have run or loaded."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import CDA, make_cda
from tests.support.reports import container, make_report, number_item, read, text_item
from wado.errors import NotAcceptable
from wado.report.arrange import arrange
from wado.report.cda import write_cda
from wado.report.html import write_html
from wado.report.outline import Bullets, Entries, Heading, Kind, Paragraph, Table, runs_of, text_of
from wado.report.read_cda import DEEPEST, UNSIGNED, find_xml_encoding, is_cda, read_cda
from wado.report.read_cda_narrative import MEDIUM


def narrative(mark_up: str) -> list[object]:
    outline = read_cda(make_cda(f"<title>T</title><text>{mark_up}</text>"))
    assert isinstance(outline.body[0], Heading)
    return list(outline.body[1:])


def texts(mark_up: str) -> list[str]:
    return [text_of(tuple(runs_of(block))) for block in narrative(mark_up)]  # type: ignore[arg-type]


def test_the_header_is_told() -> None:
    outline = read_cda(CDA)
    assert (outline.title, outline.language, outline.warnings) == ("Chest CT", "en-GB", ())
    (entries,) = outline.head
    assert isinstance(entries, Entries)
    told = {text_of(entry.term): text_of(entry.value) for entry in entries.entries}
    assert told == {
        "Patient": "Müller, Zoë",
        "Patient ID": "4711",
        "Birth date": "1970-01-02",
        "Sex": "F",
        "Document type": "Imaging report",
        "Document date": "2020-03-04 10:15:00 +01:00",
        "Signed": "2020-03-04",
        "Signed by": "Reader, Ann",
    }


@pytest.mark.parametrize(
    ("use", "name", "written"),
    [
        ("", "<given>Ann</given> <given>B.</given><family>Reader</family>", "Reader, Ann B."),
        (
            "L",
            "<prefix>Dr.</prefix><given>Ann</given><family>van</family><family>Dyck</family><suffix>MD</suffix>",
            "van Dyck, Ann, Dr., MD",
        ),
        ("", "<family>Reader</family>", "Reader"),
        ("", "  Dr. Ann\n Reader ", "Dr. Ann Reader"),
        ("", "Dr. <given>Ann</given> <family>Reader</family>, MD", "Dr. Ann Reader, MD"),
        ("", "<given>Ann</given><delimiter>-</delimiter><family>Reader</family>", "Ann - Reader"),
        ("IDE", "<given>太郎</given><family>山田</family>", "山田 太郎"),
        ("", "<given>길동</given><family>홍</family>", "홍 길동"),
        ("SYL", "<family>Yamada</family><given>Tarou</given>", "Yamada Tarou"),
    ],
)
def test_names_are_written_as_those_of_reports(use: str, name: str, written: str) -> None:
    patient = f'<patient><name use="{use}">{name}</name></patient>'
    document = re.sub("<patient>.*</patient>", patient, make_cda("<title>A</title>").decode()).encode()
    outline = read_cda(document)
    (entries,) = outline.head
    assert isinstance(entries, Entries)
    assert {text_of(entry.term): text_of(entry.value) for entry in entries.entries}["Patient"] == written
    assert outline.report_head.patient.name.text == written


def test_a_document_that_nobody_signed_says_so_at_once() -> None:
    assert read_cda(make_cda("<title>A</title>", header="")).warnings == (UNSIGNED,)


def test_sections_are_headings_and_nest() -> None:
    inner = "<component><section><title>B</title><text>b</text></section></component>"
    outline = read_cda(make_cda(f"<title>A</title><text>a</text>{inner}", "<title>C</title>"))
    headings = [(block.level, text_of(block.runs)) for block in outline.body if isinstance(block, Heading)]
    assert headings == [(2, "A"), (3, "B"), (2, "C")]


@pytest.mark.parametrize(
    ("mark_up", "expected"),
    [
        ("plain  \n words", ["plain words"]),
        ("<paragraph>a</paragraph> <paragraph>b<br/>c</paragraph>", ["a", "b\nc"]),
        ("a<content styleCode='Bold'> b</content> c", ["a b c"]),
        ("10<sup>6</sup> and CO<sub>2</sub>", ["10⁶ and CO₂"]),
        ("x<sup>a b</sup>", ["x^(a b)"]),
        ("<content revised='delete'>no</content> yes", ["[deleted: no] yes"]),
        ("a<footnote>note</footnote>", ["a [note]"]),
        ("<list><item>a</item><item>b</item></list>", ["ab"]),
        ("<renderMultiMedia referencedObject='x'/>", [MEDIUM]),
        ("a &amp; b &lt;script&gt;", ["a & b <script>"]),
    ],
)
def test_the_narrative_is_read(mark_up: str, expected: list[str]) -> None:
    assert texts(mark_up) == expected


def test_lists_keep_their_points_numbers_and_depth() -> None:
    blocks = narrative("<list listType='ordered'><item>a<list><item>b</item></list></item><item>c</item></list>")
    assert all(isinstance(block, Bullets) for block in blocks)
    points = [
        (block.depth, [text_of(point) for point in block.points]) for block in blocks if isinstance(block, Bullets)
    ]
    assert points == [(0, ["1. a"]), (1, ["b"]), (0, ["2. c"])]


def test_a_table_keeps_every_cell_in_its_column() -> None:
    (table,) = narrative(
        "<table><caption>Sizes</caption><thead><tr><th>Name</th><th colspan='2'>mm</th></tr></thead>"
        "<tbody><tr><th rowspan='2'>Lesion</th><td>1</td><td>2</td></tr>"
        "<tr><td>3</td><td><paragraph>4</paragraph><list><item>5</item></list></td></tr></tbody></table>"
    )
    assert isinstance(table, Table)
    assert text_of(table.caption) == "Sizes"
    assert [text_of(column) for column in table.columns] == ["Name", "mm", ""]
    assert [[text_of(cell) for cell in row] for row in table.rows] == [["Lesion", "1", "2"], ["", "3", "4\n5"]]


@pytest.mark.parametrize("span", ["1000000", "0", "-1", "x", "²"])
def test_a_span_beyond_reason_costs_nothing(span: str) -> None:
    cell = f"<td colspan='{span}' rowspan='{span}'>a</td>"
    (table,) = narrative(f"<table><tbody><tr>{cell}<td>b</td></tr><tr><td>c</td></tr></tbody></table>")
    assert isinstance(table, Table)
    shown = "".join(text_of(cell) for row in table.rows for cell in row)
    assert shown == "abc"


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//host/x", "?a=1"])
def test_links_lead_to_the_web_or_nowhere(href: str) -> None:
    runs = [run for block in narrative(f"<linkHtml href='{href}'>words</linkHtml>") for run in runs_of(block)]  # type: ignore[arg-type]
    assert [(run.text, run.url) for run in runs] == [("words", "")]
    (linked,) = narrative("<linkHtml href='https://example.org/'>words</linkHtml>")
    assert isinstance(linked, Paragraph) and linked.runs[0].url == "https://example.org/"


def test_nothing_of_the_document_runs_or_is_loaded() -> None:
    hostile = (
        "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title><text><paragraph styleCode='\" onclick=\"x'>"
        "&lt;img src=x onerror=y&gt;</paragraph><script xmlns='http://www.w3.org/1999/xhtml'>alert(2)</script>"
        "<linkHtml href='https://a/&quot; onmouseover=&quot;x'>l</linkHtml></text>"
    )
    style = b"<?xml-stylesheet type='text/xsl' href='https://a/evil.xsl'?>"
    document = make_cda(hostile)
    declaration, _, rest = document.partition(b"?>")
    page = write_html(read_cda(declaration + b"?>" + style + rest))
    body = page.partition("</head>")[2]
    assert "<script" not in body and "<img" not in body and "evil.xsl" not in body
    assert '" onmouseover' not in body and "onclick" not in body
    assert "&lt;script&gt;alert(1)" in body


def test_entries_for_machines_are_not_shown_but_a_body_of_another_kind_is_told() -> None:
    entry = "<entry><observation><text>coded words</text><value>5</value></observation></entry>"
    outline = read_cda(make_cda(f"<title>A</title><text>a</text>{entry}"))
    assert "coded" not in "".join(run.text for block in outline.blocks for run in runs_of(block))
    body = CDA.replace(b"<structuredBody>", b"<nonXMLBody><text>JVBERi0=</text></nonXMLBody><structuredBody>")
    told = [run for block in read_cda(body).body for run in runs_of(block) if run.kind == Kind.NOTE]
    assert len(told) == 1


@pytest.mark.parametrize(
    "document",
    [
        CDA[:-5],
        CDA.replace(b"</text>", b"</wrong>"),
        CDA.replace(b"No nodule", b"&unknown;"),
        CDA.replace(b"No nodule", b"\xff"),
        CDA.replace(b"No nodule", b"\0"),
        make_cda("<text>" + "<content>" * DEEPEST + "</content>" * DEEPEST + "</text>"),
    ],
    ids=["cut", "not well-formed", "unknown entity", "not UTF-8", "NUL", "too deep"],
)
def test_what_is_malformed_is_refused(document: bytes) -> None:
    with pytest.raises(NotAcceptable, match="application/dicom"):
        read_cda(document)


def test_entities_are_never_expanded() -> None:
    bomb = b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>"
    declaration, _, rest = CDA.partition(b"?>")
    with pytest.raises(NotAcceptable):
        read_cda(declaration + b"?>" + bomb + rest.replace(b"No nodule", b"&b;"))
    external = b"<!DOCTYPE a SYSTEM 'https://a/evil.dtd'>"
    with pytest.raises(NotAcceptable):
        read_cda(declaration + b"?>" + external + rest)


def test_a_large_document_is_read_in_time() -> None:
    rows = "".join(f"<tr><td>{number}</td><td>value</td></tr>" for number in range(20_000))
    started = time.process_time()
    outline = read_cda(make_cda(f"<text><table><tbody>{rows}</tbody></table></text>"))
    assert time.process_time() - started < 20
    (table,) = outline.body
    assert isinstance(table, Table) and len(table.rows) == 20_000


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<?xml version='1.0'?><a/>", "UTF-8"),
        (b"<?xml version='1.0' encoding='latin1'?><a/>", "ISO-8859-1"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><a/>", "UTF-8"),
        ("\ufeff<a/>".encode("utf-16-le"), "UTF-16"),
        (b"<?xml version='1.0' encoding='x\r\nA: b'?><a/>", "UTF-8"),
        (b"", "UTF-8"),
    ],
)
def test_the_encoding_is_the_one_declared(head: bytes, name: str) -> None:
    assert find_xml_encoding(head) == name


@given(st.binary())
def test_any_bytes_are_cda_or_not(head: bytes) -> None:
    assert not is_cda(head)
    with pytest.raises(NotAcceptable):
        read_cda(head)


@given(st.data())
def test_a_damaged_document_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(make_cda("<title>A</title><text><table><tbody><tr><td>b</td></tr></tbody></table></text>"))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        write_html(read_cda(bytes(content)))
    except NotAcceptable:
        return


def test_what_is_written_as_cda_is_read_again() -> None:
    """Through the narrative of one's own: each value comes back."""
    items = [container(f"Lesion {n}", number_item("Length", f"{n}.5"), text_item("Note", "a\nb <c>")) for n in range(3)]
    report = read(make_report(*items, PatientName="Müller^Zoë"))
    outline = read_cda(write_cda(report, arrange(report)).encode())
    shown = "".join(run.text for block in outline.blocks for run in runs_of(block))
    assert all(text in shown for text in ("Müller", "Zoë", "0.5", "1.5", "2.5", "a\nb <c>", "Lesion 2"))
