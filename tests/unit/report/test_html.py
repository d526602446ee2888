"""The page: sound HTML, nothing that runs, nothing that is not escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import ClassVar

import pytest
from pydicom.dataset import Dataset

from tests.support.reports import (
    PRESENTATION_STATE,
    STATE_UID,
    by_reference,
    container,
    every_report,
    image_item,
    make_code,
    make_reference,
    make_report,
    number_item,
    outline_of,
    read,
    region_item,
    text_item,
)
from wado.dicom.stored_object import BytesSource
from wado.image.affine import Affine
from wado.report.arrange import arrange
from wado.report.html import CONTENT_SECURITY_POLICY, write_html
from wado.report.outline import Figures
from wado.report.read_report import read_report
from wado.report.svg import Placement

EVERY_REPORT = every_report()

VOID = frozenset({"meta", "img", "br", "image"})
KNOWN_ELEMENTS = VOID | frozenset(
    ("html", "head", "title", "style", "body", "header", "main", "footer", "h1", "h2", "h3", "h4", "h5", "h6")
    + ("div", "p", "span", "b", "bdi", "small", "em", "strong", "a", "ul", "li", "dl", "dt", "dd", "figure")
    + ("table", "caption", "thead", "tbody", "tr", "th", "td", "figcaption", "details", "summary")
    + ("svg", "g", "polyline", "circle", "ellipse")
)
PHRASING_ONLY = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "span", "b", "bdi", "small", "em", "summary"})
FLOW = frozenset({"div", "p", "details", "dl", "ul", "table", "figure", "h1", "h2", "h3", "h4", "h5", "h6"})


class Page(HTMLParser):
    """Checks that elements are closed in their order, and that none is where it must not be."""

    VOID_SVG: ClassVar = frozenset({"polyline", "circle", "ellipse", "image"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open
        identifiers = [attributes["id"] for _, attributes in self.elements if "id" in attributes]
        assert len(identifiers) == len(set(identifiers))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in KNOWN_ELEMENTS, tag
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs)
        assert not any(name.startswith("on") or name == "style" for name in attributes), attributes
        assert not (tag in FLOW and PHRASING_ONLY & set(self.open)), (tag, self.open)
        assert not (tag == "a" and "a" in self.open)
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.VOID_SVG
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def find(self, tag: str) -> Iterator[dict[str, str]]:
        return (attributes for name, attributes in self.elements if name == tag)


def page_of(dataset: Dataset) -> Page:
    return Page(write_html(outline_of(dataset)))


@pytest.mark.parametrize(("name", "content"), EVERY_REPORT, ids=[name for name, _ in EVERY_REPORT])
def test_every_report_is_a_sound_page(name: str, content: bytes) -> None:
    outline = arrange(read_report(BytesSource(content)))
    page = Page(write_html(outline))
    targets = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    for attributes in page.find("a"):
        assert attributes["href"].startswith(("?requestType=WADO&", "#item-"))
        assert attributes["href"].startswith("?") or attributes["href"][1:] in targets
    for tag, name_ in (("img", "src"), ("image", "href")):
        assert all(attributes[name_].startswith("?requestType=WADO&") for attributes in page.find(tag))
    assert all(attributes["alt"] for attributes in page.find("img"))


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style><script>alert(1)</script>",
    "<!-- ", "]]>", "&lt;", "javascript:alert(1)",
)  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_whatever_a_report_holds_is_text(hostile: str) -> None:
    """In values, concepts, codes, units, names, UIDs and the head."""
    reference = image_item(hostile)
    reference.ReferencedSOPSequence[0].add_new(0x00081155, "LO", hostile)
    report = make_report(
        text_item(hostile, hostile),
        number_item(hostile, "1", hostile[:16]),
        reference,
        region_item("POINT", [1, 2], image_item(hostile)),
        container(hostile, text_item("A", hostile * 20)),
        title=hostile,
        PatientName=hostile,
        StudyDescription=hostile,
        CompletionFlagDescription=hostile,
    )
    page = page_of(report)
    assert "script" not in {tag for tag, _ in page.elements}
    assert hostile in " ".join(page.text)


def test_the_policy_allows_the_page_its_style_and_nothing_else() -> None:
    html = write_html(outline_of(make_report()))
    style = re.search("<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'; img-src 'self'; ")
    assert "url(" not in style[1] and "@import" not in style[1]
    assert html.count("<style") == 1


def test_the_page_declares_the_charset_that_it_is_asked_for() -> None:
    outline = outline_of(make_report())
    assert '<meta charset="utf-8">' in write_html(outline).lower()
    assert '<meta charset="iso-8859-5">' in write_html(outline, "iso-8859-5")


def test_the_language_and_the_direction_are_said() -> None:
    page = page_of(make_report(text_item("ملاحظة", "لا توجد تغيرات مرضية في الصدر")))
    assert next(page.find("main"))["dir"] == "rtl"
    assert next(page.find("html"))["lang"] == "en"  # our own words
    assert "dir" not in next(page_of(make_report(text_item("A", "a"))).find("main"))


def test_a_link_within_the_report_leads_to_its_item() -> None:
    page = page_of(make_report(text_item("A", "a"), by_reference(1, 1)))
    assert {"href": "#item-1"} in list(page.find("a"))


def test_headings_have_their_levels() -> None:
    page = page_of(make_report(container("A", container("B", text_item("C", "c")))))
    assert [tag for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h3", "h2", "h2"]


def svg_of(*regions: Dataset, placement: Placement | str | None = None) -> Page:
    outline = arrange(read(make_report(*regions)))
    figures = [figure for block in outline.blocks if isinstance(block, Figures) for figure in block.figures]
    return Page(write_html(outline, placements=dict.fromkeys(figures, placement) if placement else None))


CIRCLE = ("CIRCLE", [50, 60, 50, 70])


def test_a_region_lies_on_the_thumbnail_where_its_placement_is_known() -> None:
    placement = Placement(320, 160, Affine(a=2.0, e=2.0, c=-20.0))
    page = svg_of(region_item(*CIRCLE, image_item("Source")), placement=placement)
    assert next(page.find("svg"))["viewbox"] == "0 0 320 160"
    image = next(page.find("image"))
    assert (image["width"], image["height"]) == ("320", "160")
    assert "&rows=256" in image["href"]
    assert next(page.find("g"))["transform"] == "matrix(2 0 0 2 -20 0)"
    circle = next(page.find("circle"))
    assert (circle["cx"], circle["cy"], circle["r"]) == ("50", "60", "10")


def test_a_picture_that_cannot_be_shown_is_told_of() -> None:
    page = svg_of(region_item(*CIRCLE, image_item("Source")), placement="not shown: <for a reason>")
    assert not [*page.find("svg"), *page.find("img")]
    assert any("not shown: <for a reason>" in text for text in page.text)


def test_no_region_is_drawn_on_a_state_of_which_nobody_knows_what_it_shows() -> None:
    image = image_item("Source", ReferencedSOPSequence=[make_reference(STATE_UID, PRESENTATION_STATE)])
    page = svg_of(region_item(*CIRCLE, image))
    assert not list(page.find("svg"))
    assert any("the region is not drawn" in text for text in page.text)


def test_a_region_is_shown_with_what_is_around_it_where_the_size_is_not_known() -> None:
    """The bounds are 10 to 90 and 20 to 60; the margin is half of the greater extent."""
    page = svg_of(region_item("POLYLINE", [10, 20, 90, 20, 90, 60, 10, 20], image_item("Source")))
    assert next(page.find("svg"))["viewbox"] == "-30 -20 160 120"
    image = next(page.find("image"))
    assert not {"width", "height"} & image.keys()
    assert "rows=" not in image["href"]
    assert next(page.find("polyline"))["points"] == "10,20 90,20 90,60 10,20"


def test_an_ellipse_has_the_axes_of_its_four_points() -> None:
    """Major axis (0, 0) to (8, 6): centre (4, 3), length 10, 36.87 degrees; minor axis of length 4."""
    ellipse = region_item("ELLIPSE", [0, 0, 8, 6, 2.8, 4.6, 5.2, 1.4], image_item("Source"))
    attributes = next(svg_of(ellipse).find("ellipse"))
    assert (attributes["rx"], attributes["ry"]) == ("5", "2")
    assert attributes["transform"] == "rotate(36.87 4 3)"


@pytest.mark.parametrize(
    ("graphic_type", "points"),
    [
        ("CIRCLE", [1, 2]),
        ("ELLIPSE", [1, 2, 3, 4]),
        ("POLYLINE", [1]),
        ("SPIRAL", [1, 2]),
        ("POINT", [float("nan"), 1]),
        ("POINT", [float("inf"), 1]),
    ],
)
def test_what_cannot_be_drawn_leaves_the_picture_without_it(graphic_type: str, points: list[float]) -> None:
    page = svg_of(region_item(graphic_type, points, image_item("Source")))
    assert not list(page.find("svg"))
    assert len(list(page.find("img"))) == 1


def test_codes_are_at_hand() -> None:
    item = text_item("Finding", "x")
    item.ConceptNameCodeSequence = [make_code("Finding", "121071", "DCM")]
    assert {"title": "121071, DCM"} in list(page_of(make_report(item)).find("b"))
