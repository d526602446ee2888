"""Content items as parts of blocks: on one line with what qualifies them, and as pictures with their regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wado.report.links import Links, is_image
from wado.report.model import ContentItem, Coordinates, Referenced, Tabulated, Text
from wado.report.outline import Entry, Figure, Kind, Run, Runs, text_of
from wado.report.read_content import find_item
from wado.report.read_head import class_name
from wado.report.wording import label_runs, label_text, value_runs

MOST_LEVELS_ON_A_LINE = 2
MOST_ITEMS_ON_A_LINE = 8
LONG_TEXT = 160
"""Characters of a text that is a paragraph of its own and no entry of a list."""

SHORT_TEXT = 240
"""Characters of all the text that fits in a cell of a table."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What is below an item: levels, items (itself included), and whether pictures or tables are among them."""

    levels: int = 0
    items: int = 1
    has_block: bool = False


ALONE, BLOCK_ALONE = Extent(), Extent(has_block=True)


@dataclass(frozen=True, slots=True)
class Arranger:
    """What is known of the report while its items are arranged."""

    root: ContentItem
    links: Links
    extents: Sequence[Extent] = field(default_factory=list)

    def is_on_a_line(self, item: ContentItem) -> bool:
        """Whether the item and all below it can be said on one line."""
        extent = self.extents[item.number]
        return not (
            item.is_container
            or extent.has_block
            or extent.levels > MOST_LEVELS_ON_A_LINE
            or extent.items > MOST_ITEMS_ON_A_LINE
        )

    def line(self, item: ContentItem, *, relationship: bool = True) -> Runs:
        """Label, value and what qualifies it."""
        return (*label_runs(item, relationship=relationship), Run(": "), *self.said(item))

    def entry(self, item: ContentItem) -> Entry:
        return Entry(label_runs(item), self.said(item))

    def said(self, item: ContentItem) -> Runs:
        """The value, or where it is by reference the item that it stands for, and what qualifies it."""
        return (*value_runs(item, self.links), *self.pointer(item), *self.in_parentheses(item.children))

    def in_parentheses(self, items: Sequence[ContentItem]) -> Runs:
        runs: list[Run] = []
        for index, item in enumerate(items):
            runs += (Run("; " if index else " ("), *self.line(item))
        return (*runs, Run(")")) if runs else ()

    def pointer(self, item: ContentItem) -> Runs:
        """A link to the item that this one stands for; it is never followed, so that a circle ends nowhere."""
        if not item.target:
            return ()
        found = find_item(self.root, item.target)
        if found is None:
            return (Run(f"item {item.target}, which the report does not have", Kind.NOTE),)
        said = text_of(value_runs(found, self.links))
        text = label_text(found) + (f": {said[:80]}" if said else "")
        return (Run("see "), Run(text, Kind.VALUE, target=found.number))

    def figure(self, item: ContentItem, region: ContentItem | None = None) -> Figure:
        """An image, by itself or below the region that is drawn on it."""
        image = self.image_of(item)
        assert image is not None
        thumbnail, picture = self.links.image_urls(image)
        state = image.presentation_state
        caption: list[Run] = []
        if region is not None:
            caption += (*label_runs(region), Run(": "), *value_runs(region, self.links), Run("; "))
        caption += self.line(item)
        return Figure(
            caption=tuple(caption),
            alternative=_describe(item, image, region),
            reference=self.links.find(image.reference) or image.reference,
            frame=image.frames[0] if image.frames else None,
            presentation_state=(self.links.find(state) or state) if state else None,
            thumbnail=thumbnail,
            picture=picture,
            page=self.links.object_url(image.reference),
            shapes=shapes_of(region),
        )

    def is_figure(self, item: ContentItem) -> bool:
        """An image that can be shown, with nothing below it but what a caption can say."""
        return self.image_of(item) is not None and all(map(self.is_on_a_line, item.children))

    def is_region_of_one_image(self, item: ContentItem) -> bool:
        return item.value_type == "SCOORD" and len(item.children) == 1 and self.is_figure(item.children[0])

    def image_of(self, item: ContentItem) -> Referenced | None:
        """The image that can be shown for the item: its own, or below a region that of the item it stands for."""
        if item.target and item.relationship == "SELECTED FROM":
            return _image_in(find_item(self.root, item.target))
        return _image_in(item)

    def has_short_text(self, item: ContentItem) -> bool:
        return sum(len(inner.value.text) for inner in item.walk() if isinstance(inner.value, Text)) <= SHORT_TEXT


def measure(root: ContentItem) -> list[Extent]:
    """The extent of each item, by its number."""
    order = list(root.walk())
    extents = [ALONE] * len(order)
    for item in reversed(order):
        is_block = isinstance(item.value, Tabulated) or _image_in(item) is not None
        if item.children:
            below = [extents[child.number] for child in item.children]
            extents[item.number] = Extent(
                levels=1 + max(extent.levels for extent in below),
                items=1 + sum(extent.items for extent in below),
                has_block=is_block or item.value_type == "SCOORD" or any(extent.has_block for extent in below),
            )
        elif is_block:
            extents[item.number] = BLOCK_ALONE
    return extents


def _image_in(item: ContentItem | None) -> Referenced | None:
    if item is None or item.value_type != "IMAGE" or not isinstance(item.value, Referenced):
        return None
    return item.value if is_image(item.value.reference) else None


def shapes_of(region: ContentItem | None) -> tuple[Coordinates, ...]:
    """What can be drawn on one frame: a region in a volume of many cannot (PS3.3 C.18.6.1.2)."""
    if region is None or not isinstance(region.value, Coordinates) or region.value.pixel_origin == "VOLUME":
        return ()
    return (region.value,)


def _describe(item: ContentItem, image: Referenced, region: ContentItem | None) -> str:
    """What the picture is, for those who do not see it."""
    parts = [label_text(item), class_name(image.reference.sop_class_uid)]
    if image.frames:
        parts.append(f"frame {image.frames[0]}")
    if region is not None:
        parts.append(f"with the {label_text(region)}")
    return ", ".join(parts)
